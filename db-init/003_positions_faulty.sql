-- Positions that the plausibility check rejects (a jump of 80 km in a second) stay, marked.
ALTER TABLE positions ADD COLUMN IF NOT EXISTS faulty boolean NOT NULL DEFAULT false;

CREATE INDEX IF NOT EXISTS positions_faulty ON positions (device_imei, recorded_at) WHERE faulty;

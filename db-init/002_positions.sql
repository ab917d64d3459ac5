-- The telemetry firehose: written by the processor, never through Directus, which does not see a table
-- with a composite key. A hypertable in chunks of one day where TimescaleDB is there.
CREATE TABLE IF NOT EXISTS positions (
  device_imei varchar(15) NOT NULL,
  recorded_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  latitude    double precision NOT NULL CHECK (latitude BETWEEN -90 AND 90),
  longitude   double precision NOT NULL CHECK (longitude BETWEEN -180 AND 180),
  altitude_m  smallint,
  speed_kmh   smallint,
  heading     smallint CHECK (heading BETWEEN 0 AND 359),
  satellites  smallint,
  attributes  jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (device_imei, recorded_at)
);

CREATE INDEX IF NOT EXISTS positions_recorded_at ON positions (recorded_at DESC);

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN
    PERFORM create_hypertable('positions', 'recorded_at',
      chunk_time_interval => interval '1 day', if_not_exists => true, migrate_data => true);
  END IF;
END
$$;

-- Rows for the example: a small fleet, two weeks of its life. All the same on every run.
INSERT INTO vehicle_groups (id, sort, name, colour) VALUES
  (1, 1, 'Depot Hamburg', '#2F80ED'), (2, 2, 'Depot Bremen', '#27AE60'), (3, 3, 'Cold chain', '#56CCF2'), (4, 4, 'Night shift', '#9B51E0');
SELECT setval('vehicle_groups_id_seq', 4);

INSERT INTO vehicles (id, status, sort, date_created, user_created, plate, name, vin, fuel, model_year, odometer_km, tags, notes) VALUES
  ('10000000-0000-4000-8000-000000000101', 'active', 1, '2026-02-03 08:12:00+00', 'a0a0a0a0-0000-4000-8000-000000000001', 'HH-SG 101', 'Sprinter, city north', 'WDB9066331S000101', 'diesel', 2021, 148230.4, 'city', NULL),
  ('10000000-0000-4000-8000-000000000102', 'active', 2, '2026-02-03 08:15:00+00', 'a0a0a0a0-0000-4000-8000-000000000001', 'HH-SG 102', 'Sprinter, city south', 'WDB9066331S000102', 'diesel', 2021, 139877.9, 'city', 'Left mirror is slow: check before leaving.'),
  ('10000000-0000-4000-8000-000000000103', 'active', 3, '2026-02-03 08:19:00+00', 'a0a0a0a0-0000-4000-8000-000000000001', 'HH-SG 103E', 'eVito', 'WDF44760513000103', 'electric', 2024, 21044.0, 'city,night', NULL),
  ('10000000-0000-4000-8000-000000000104', 'workshop', 4, '2026-02-03 08:21:00+00', 'a0a0a0a0-0000-4000-8000-000000000001', 'HH-SG 104', 'Atego 818', 'WDB9670221L000104', 'diesel', 2019, 312905.6, 'cold chain', E'Cooling unit: error 17 since Monday.\nParts are ordered.'),
  ('10000000-0000-4000-8000-000000000105', 'active', 5, '2026-02-04 10:02:00+00', 'b0b0b0b0-0000-4000-8000-000000000002', 'HH-SG 105', 'Atego 1224', 'WDB9670231L000105', 'diesel', 2020, 268411.2, 'cold chain,night', NULL),
  ('10000000-0000-4000-8000-000000000201', 'active', 6, '2026-02-04 10:05:00+00', 'b0b0b0b0-0000-4000-8000-000000000002', 'HB-SG 201', 'Crafter', 'WV1ZZZSYZK9000201', 'diesel', 2022, 97312.8, NULL, NULL),
  ('10000000-0000-4000-8000-000000000202', 'active', 7, '2026-02-04 10:09:00+00', 'b0b0b0b0-0000-4000-8000-000000000002', 'HB-SG 202', 'Crafter', 'WV1ZZZSYZK9000202', 'diesel', 2022, 88120.3, 'night', NULL),
  ('10000000-0000-4000-8000-000000000203', 'active', 8, '2026-02-04 10:11:00+00', 'b0b0b0b0-0000-4000-8000-000000000002', 'HB-SG 203E', 'e-Crafter', 'WV1ZZZSYZK9000203', 'electric', 2025, 8034.5, 'city', NULL),
  ('10000000-0000-4000-8000-000000000204', 'active', 9, '2026-03-12 07:40:00+00', 'a0a0a0a0-0000-4000-8000-000000000001', 'HB-SG 204', 'Trailer, three axles', 'WKESD000000000204', 'none', 2018, 0, NULL, NULL),
  ('10000000-0000-4000-8000-000000000110', 'retired', 10, '2026-02-03 08:30:00+00', 'a0a0a0a0-0000-4000-8000-000000000001', 'HH-SG 110', 'Vario (sold)', 'WDB6703231N000110', 'diesel', 2009, 611203.0, NULL, 'Sold in March; the tracker is back in stock.');

INSERT INTO vehicles_vehicle_groups (vehicles_id, vehicle_groups_id)
SELECT id, CASE WHEN plate LIKE 'HH%' THEN 1 ELSE 2 END FROM vehicles WHERE status <> 'retired' ORDER BY plate;
INSERT INTO vehicles_vehicle_groups (vehicles_id, vehicle_groups_id)
SELECT id, 3 FROM vehicles WHERE tags LIKE '%cold chain%' ORDER BY plate;
INSERT INTO vehicles_vehicle_groups (vehicles_id, vehicle_groups_id)
SELECT id, 4 FROM vehicles WHERE tags LIKE '%night%' ORDER BY plate;

INSERT INTO devices (id, status, imei, model, firmware, sim_iccid, mounted_on, last_seen_at, vehicle)
SELECT ('20000000-0000-4000-8000-000000000' || right(v.plate_no, 3))::uuid, 'mounted', '35632900000' || lpad(v.plate_no, 4, '0'),
       CASE WHEN v.fuel = 'electric' THEN 'FMC130' WHEN v.fuel = 'none' THEN 'FMB920' ELSE 'FMB640' END,
       '03.28.07.Rev.00', '8949020000000' || lpad(v.plate_no, 6, '0'), date '2026-02-10', timestamptz '2026-04-30 18:00:00+00', v.id
FROM (SELECT id, fuel, lpad((regexp_match(plate, '[0-9]+'))[1], 3, '0') AS plate_no FROM vehicles WHERE status <> 'retired') AS v;
INSERT INTO devices (id, status, imei, model, firmware, vehicle) VALUES
  ('20000000-0000-4000-8000-000000000f01', 'stock', '356329000009001', 'FMC130', '03.28.07.Rev.00', NULL),
  ('20000000-0000-4000-8000-000000000f02', 'stock', '356329000009002', 'FMC130', NULL, NULL),
  ('20000000-0000-4000-8000-000000000f03', 'archived', '356329000009003', 'FMB920', '03.25.14.Rev.03', NULL);

-- An event every few minutes over two weeks.
INSERT INTO events (device, kind, severity, occurred_at, payload)
SELECT d.id,
       (ARRAY['ignition_on', 'geofence_in', 'geofence_out', 'ignition_off', 'harsh_braking', 'power_cut'])[k],
       CASE k WHEN 5 THEN 1 WHEN 6 THEN 3 ELSE 0 END,
       timestamptz '2026-04-16 05:00:00+00' + n * interval '5 minutes',
       CASE k WHEN 5 THEN json_build_object('g', round(0.4 + (n % 7) * 0.05, 2)) ELSE '{}'::json END
FROM (SELECT n, CASE WHEN n % 211 = 0 THEN 6 WHEN n % 41 = 0 THEN 5 ELSE 1 + n % 4 END AS k,
             1 + n % (SELECT count(*) FROM devices WHERE status = 'mounted') AS nth FROM generate_series(1, 4000) AS n) AS e
JOIN (SELECT id, row_number() OVER (ORDER BY imei) AS nth FROM devices WHERE status = 'mounted') AS d USING (nth)
ORDER BY n;

INSERT INTO commands (id, device, name, parameters, state, requested_by, requested_at, answered_at, answer)
SELECT ('30000000-0000-4000-8000-0000000000' || lpad(n::text, 2, '0'))::uuid, d.id,
       (ARRAY['getinfo', 'getver', 'setdigout 1', 'cpureset'])[1 + n % 4],
       CASE n % 4 WHEN 2 THEN '[{"key":"timeout","value":"30"}]'::json END,
       CASE WHEN n > 22 THEN 'queued' WHEN n % 9 = 0 THEN 'failed' ELSE 'answered' END,
       CASE n % 2 WHEN 0 THEN 'a0a0a0a0-0000-4000-8000-000000000001'::uuid ELSE 'b0b0b0b0-0000-4000-8000-000000000002'::uuid END,
       timestamptz '2026-04-28 09:00:00+00' + n * interval '97 minutes',
       CASE WHEN n <= 22 AND n % 9 <> 0 THEN timestamptz '2026-04-28 09:00:04+00' + n * interval '97 minutes' END,
       CASE WHEN n <= 22 AND n % 9 <> 0 THEN 'OK' END
FROM generate_series(1, 24) AS n
JOIN (SELECT id, row_number() OVER (ORDER BY imei) AS nth FROM devices WHERE status = 'mounted') AS d ON d.nth = 1 + n % 9;

-- Six thousand positions; a jump across the country now and then is marked as faulty.
INSERT INTO positions (device_imei, recorded_at, received_at, latitude, longitude, altitude_m, speed_kmh, heading, satellites, faulty)
SELECT d.imei, t, t + interval '2 seconds', 53.55 + d.nth * 0.02 + 0.05 * sin(n / 50.0) + CASE WHEN n % 997 = 0 THEN -4 ELSE 0 END,
       9.99 + d.nth * 0.03 + 0.08 * cos(n / 50.0), 8 + n % 30, (n * 7) % 90, (n * 11) % 360, 6 + n % 9, n % 997 = 0
FROM (SELECT n, timestamptz '2026-04-30 06:00:00+00' + n * interval '5 seconds' AS t FROM generate_series(1, 6000) AS n) AS p
JOIN (SELECT imei, row_number() OVER (ORDER BY imei) AS nth FROM devices WHERE status = 'mounted') AS d ON d.nth = 1 + p.n % 9;

ANALYZE;

-- What Directus does when Anna makes two collections in the admin UI: tables,
-- schema rows, and an entry of activity for each; then the rows she fills in.
CREATE TABLE routes (id serial PRIMARY KEY, name varchar(255) NOT NULL, vehicle uuid);
ALTER TABLE routes ADD CONSTRAINT routes_vehicle_foreign FOREIGN KEY (vehicle) REFERENCES vehicles (id) ON DELETE SET NULL;
CREATE TABLE stops (id serial PRIMARY KEY, route integer, address text, arrives_at timestamptz);
ALTER TABLE stops ADD CONSTRAINT stops_route_foreign FOREIGN KEY (route) REFERENCES routes (id) ON DELETE CASCADE;
INSERT INTO directus_collections (collection, icon, note) VALUES ('routes', 'route', 'Who drives where'), ('stops', 'pin_drop', NULL);
INSERT INTO directus_fields (collection, field, special, interface, sort, required) VALUES
  ('routes', 'id', NULL, 'input', 1, false), ('routes', 'name', NULL, 'input', 2, true),
  ('routes', 'vehicle', 'm2o', 'select-dropdown-m2o', 3, false), ('routes', 'stops', 'o2m', 'list-o2m', 4, false),
  ('stops', 'id', NULL, 'input', 1, false), ('stops', 'route', 'm2o', 'select-dropdown-m2o', 2, false),
  ('stops', 'address', NULL, 'input-multiline', 3, false), ('stops', 'arrives_at', NULL, 'datetime', 4, false);
INSERT INTO directus_relations (many_collection, many_field, one_collection, one_field, one_deselect_action) VALUES
  ('routes', 'vehicle', 'vehicles', NULL, 'nullify'), ('stops', 'route', 'routes', 'stops', 'nullify');
INSERT INTO directus_activity (action, "user", "timestamp", collection, item)
  SELECT 'create', (SELECT id FROM directus_users WHERE email = 'anna@example.com'), now() - interval '3 minutes', 'directus_collections', c
    FROM unnest(ARRAY['routes', 'stops']) AS c;
INSERT INTO directus_activity (action, "user", "timestamp", collection, item)
  SELECT 'create', (SELECT id FROM directus_users WHERE email = 'anna@example.com'), now() - interval '3 minutes', 'directus_fields', id::text
    FROM directus_fields WHERE collection IN ('routes', 'stops');
INSERT INTO routes (name, vehicle) SELECT 'Tour ' || n, (SELECT id FROM vehicles ORDER BY plate OFFSET n % 5 LIMIT 1) FROM generate_series(1, 38) AS n;
INSERT INTO stops (route, address, arrives_at)
  SELECT 1 + n % 38, n || ' Harbour Road', now() + n * interval '7 minutes' FROM generate_series(1, 1204) AS n;

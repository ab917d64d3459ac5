-- What Directus does when Ben makes a collection in the admin UI.
CREATE TABLE maintenance (id serial PRIMARY KEY, vehicle uuid, due_on date, done boolean DEFAULT false);
ALTER TABLE maintenance ADD CONSTRAINT maintenance_vehicle_foreign FOREIGN KEY (vehicle) REFERENCES vehicles (id) ON DELETE SET NULL;
INSERT INTO directus_collections (collection, icon) VALUES ('maintenance', 'build');
INSERT INTO directus_fields (collection, field, special, interface, sort) VALUES
  ('maintenance', 'id', NULL, 'input', 1), ('maintenance', 'vehicle', 'm2o', 'select-dropdown-m2o', 2),
  ('maintenance', 'due_on', NULL, 'datetime', 3), ('maintenance', 'done', 'cast-boolean', 'boolean', 4);
INSERT INTO directus_relations (many_collection, many_field, one_collection, one_deselect_action) VALUES
  ('maintenance', 'vehicle', 'vehicles', 'nullify');

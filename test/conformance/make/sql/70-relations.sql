CREATE TABLE one (id serial PRIMARY KEY, code text UNIQUE, a integer, b integer, UNIQUE (a, b));
CREATE TABLE two (id serial PRIMARY KEY);
CREATE TABLE many (
  id serial PRIMARY KEY,
  r_cascade integer REFERENCES one (id) ON DELETE CASCADE ON UPDATE CASCADE, r_null integer REFERENCES one (id) ON DELETE SET NULL, r_default integer DEFAULT 1 REFERENCES one (id) ON DELETE SET DEFAULT ON UPDATE SET NULL,
  r_restrict integer REFERENCES one (id) ON DELETE RESTRICT ON UPDATE RESTRICT, r_code text REFERENCES one (code), r_named integer CONSTRAINT "Odd ""name"" of a key" REFERENCES one (id) DEFERRABLE INITIALLY DEFERRED,
  r_two integer, r_self integer REFERENCES many (id), r_comp_a integer, r_comp_b integer, r_invalid integer, r_null_one integer REFERENCES one (id),
  r_user uuid REFERENCES directus_users (id), r_file uuid REFERENCES directus_files (id), r_to_untracked integer REFERENCES untracked (id), r_to_nokey integer, r_twice_rows integer REFERENCES one (id), r_no_fk integer, r_unique integer UNIQUE REFERENCES two (id),
  FOREIGN KEY (r_comp_a, r_comp_b) REFERENCES one (a, b)
);
ALTER TABLE many ADD CONSTRAINT two_first FOREIGN KEY (r_two) REFERENCES one (id), ADD CONSTRAINT two_second FOREIGN KEY (r_two) REFERENCES two (id);
ALTER TABLE many ADD CONSTRAINT not_valid FOREIGN KEY (r_invalid) REFERENCES two (id) NOT VALID;
CREATE TABLE mismatch (id serial PRIMARY KEY, r integer REFERENCES one (id));
CREATE TABLE untracked_link (id serial PRIMARY KEY, r integer REFERENCES one (id));
SELECT pg_temp.track('one'), pg_temp.track('two'), pg_temp.track('many'), pg_temp.track('mismatch'), pg_temp.track('untracked_link');
INSERT INTO directus_fields (collection, field, special, interface) VALUES ('one', 'manies', 'o2m', 'list-o2m'), ('two', 'manies', 'o2m', 'list-o2m');
INSERT INTO directus_relations (many_collection, many_field, one_collection, one_field, one_collection_field, one_allowed_collections, junction_field, sort_field, one_deselect_action) VALUES
  ('many', 'r_restrict', 'one', NULL, NULL, NULL, NULL, NULL, 'delete'), ('many', 'r_cascade', 'one', 'manies', NULL, NULL, NULL, 'id', 'delete'), ('many', 'r_null', 'one', NULL, NULL, NULL, 'r_cascade', NULL, 'nullify'),
  ('many', 'r_default', 'one', NULL, NULL, NULL, NULL, NULL, 'nullify'), ('many', 'r_code', 'one', NULL, NULL, NULL, NULL, NULL, 'nullify'), ('many', 'r_named', 'one', NULL, NULL, NULL, NULL, NULL, 'nullify'),
  ('many', 'r_two', 'two', NULL, NULL, NULL, NULL, NULL, 'nullify'), ('many', 'r_self', 'many', NULL, NULL, NULL, NULL, NULL, 'nullify'), ('many', 'r_comp_a', 'one', NULL, NULL, NULL, NULL, NULL, 'nullify'),
  ('many', 'r_invalid', 'two', NULL, NULL, NULL, NULL, NULL, 'nullify'), ('mismatch', 'r', 'two', NULL, NULL, NULL, NULL, NULL, 'nullify'), ('many', 'r_null_one', NULL, NULL, NULL, NULL, NULL, NULL, 'nullify'),
  ('many', 'r_user', 'directus_users', NULL, NULL, NULL, NULL, NULL, 'nullify'), ('many', 'r_file', 'directus_files', NULL, NULL, NULL, NULL, NULL, 'nullify'), ('many', 'r_to_untracked', 'untracked', NULL, NULL, NULL, NULL, NULL, 'nullify'),
  ('many', 'r_twice_rows', 'one', 'first', NULL, NULL, NULL, NULL, 'nullify'), ('many', 'r_twice_rows', 'one', 'second', NULL, NULL, NULL, NULL, 'nullify'), ('many', 'r_no_fk', 'one', NULL, NULL, NULL, NULL, NULL, 'nullify'),
  ('many', 'r_unique', 'two', NULL, NULL, NULL, NULL, NULL, 'nullify'), ('many', 'no_such_field', 'one', NULL, NULL, NULL, NULL, NULL, 'nullify'), ('no_such_table', 'x', 'nothing_either', NULL, NULL, NULL, NULL, NULL, 'nullify'),
  ('many', 'item', NULL, NULL, 'collection', 'two,one, one ,a,10,9,B', 'many_id', NULL, 'nullify'), ('many', 'item2', NULL, NULL, 'collection', '', NULL, NULL, 'nullify'), ('parted', 'v', 'one', NULL, NULL, NULL, NULL, NULL, 'nullify'),
  ('one', 'a', 'two', 'x', NULL, NULL, NULL, NULL, 'nullify'), ('MANY', 'r_self', 'many', NULL, NULL, NULL, NULL, NULL, 'nullify');
ALTER TABLE directus_users ADD COLUMN favourite integer REFERENCES one (id), ADD COLUMN untracked_link integer REFERENCES two (id);
INSERT INTO directus_fields (collection, field, special, interface) VALUES ('directus_users', 'favourite', 'm2o', 'select-dropdown-m2o');
SELECT pg_temp.relate('directus_users', 'favourite', 'one'), pg_temp.relate('directus_files', 'custom_missing', 'one');

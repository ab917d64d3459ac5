-- Rows of the meta tables that no longer fit the database, or never did.
INSERT INTO directus_collections (collection, note) VALUES
  ('ghost', 'its table is gone'), ('folder_by_sql', 'never had one'), ('spatial_ref_sys', 'excluded by default'), ('directus_mine', 'a table of ours'), ('directus_nothing', 'no such table');
CREATE TABLE directus_mine (id serial PRIMARY KEY, v text);
INSERT INTO directus_fields (collection, field, interface) VALUES ('directus_mine', 'v', 'input'), ('directus_mine', 'id', 'input');
INSERT INTO directus_fields (collection, field, special) VALUES
  ('ghost', 'id', NULL), ('ghost', 'alias_on_ghost', 'alias'), ('folder_by_sql', 'alias_on_folder', 'alias,no-data'), ('no_such_collection', 'alias_of_nothing', 'alias');
UPDATE directus_collections SET "group" = 'folder_by_sql' WHERE collection IN ('ghost', 'key_uuid', 'key_text');
UPDATE directus_collections SET "group" = 'ghost' WHERE collection = 'key_enum';

CREATE TABLE field_rows (id serial PRIMARY KEY, "both" text, both_o2m integer, twice text, thrice text, no_row text, plain text, no_data text, sorted_1 text, sorted_2 text, sorted_3 text);
INSERT INTO directus_collections (collection) VALUES ('field_rows');
INSERT INTO directus_fields (collection, field, special, interface, note, sort) VALUES
  ('field_rows', 'sorted_3', NULL, 'input', 'first by id, third by sort', 3),
  ('field_rows', 'sorted_1', NULL, 'input', 'second by id, first by sort', 1),
  ('field_rows', 'sorted_2', NULL, 'input', 'third by id, second by sort', 2),
  ('field_rows', 'both', 'alias', 'input', 'a column and an alias', NULL),
  ('field_rows', 'both_o2m', 'o2m', 'list-o2m', 'a column and an o2m', NULL),
  ('field_rows', 'twice', NULL, 'input', 'the first row wins', NULL),
  ('field_rows', 'twice', 'cast-json', 'input-code', 'the second row', NULL),
  ('field_rows', 'thrice', 'alias', 'input', 'alias first', NULL),
  ('field_rows', 'thrice', NULL, 'input', 'then a plain row', NULL),
  ('field_rows', 'thrice', 'm2m', 'list-m2m', 'then another alias', NULL),
  ('field_rows', 'gone', NULL, 'input', 'no such column', NULL),
  ('field_rows', 'gone_no_data', 'no-data', 'input', 'no such column either', NULL),
  ('field_rows', 'no_data', 'no-data', 'input', 'a column with no-data', NULL),
  ('field_rows', 'alias_twice', 'alias', 'presentation-divider', 'one', NULL),
  ('field_rows', 'alias_twice', 'alias', 'presentation-divider', 'two', NULL),
  ('field_rows', 'alias_o2a', 'o2a', NULL, NULL, NULL),
  ('field_rows', 'alias_m2a', 'm2a', 'list-m2a', NULL, NULL),
  ('field_rows', 'alias_files', 'files', 'files', NULL, NULL),
  ('field_rows', 'alias_translations', 'translations', 'translations', NULL, NULL),
  ('field_rows', 'alias_like', 'aliased, alias', 'input', 'contains alias as a text only', NULL),
  ('field_rows', 'alias_timestamp', 'alias,cast-timestamp', 'input', NULL, NULL),
  ('field_rows', 'alias_json', 'alias,cast-json', 'input', NULL, NULL),
  ('field_rows', 'plain', NULL, NULL, NULL, NULL),
  ('field_rows', 'id', NULL, NULL, NULL, NULL),
  ('FIELD_ROWS', 'id', NULL, NULL, 'wrong case', NULL),
  ('field_rows', 'PLAIN', NULL, NULL, 'wrong case', NULL);

-- Untracked things.
CREATE TABLE untracked (id serial PRIMARY KEY, v varchar(20) DEFAULT 'x' UNIQUE, parent integer REFERENCES untracked (id));
CREATE TABLE untracked_no_key (v text);
CREATE TABLE "untracked with space" (id serial PRIMARY KEY);
INSERT INTO directus_fields (collection, field, special, interface) VALUES ('untracked', 'alias_on_untracked', 'alias,no-data', 'presentation-notice'), ('untracked', 'v', NULL, 'input');
ALTER TABLE key_string ADD COLUMN untracked_column integer DEFAULT 3;

-- Custom fields and columns of system collections.
ALTER TABLE directus_users ADD COLUMN sql_tracked varchar(40) DEFAULT 'x', ADD COLUMN sql_untracked integer;
CREATE INDEX ON directus_users (last_name);
CREATE INDEX ON directus_users (sql_tracked);
CREATE INDEX ON directus_files (title) WHERE title IS NOT NULL;
CREATE INDEX ON directus_roles (name, icon);
INSERT INTO directus_fields (collection, field, interface) VALUES ('directus_users', 'sql_tracked', 'input'), ('directus_users', 'email', 'input-code');
INSERT INTO directus_fields (collection, field, special, interface) VALUES ('directus_roles', 'alias_on_roles', 'alias,no-data', 'presentation-divider');

-- Custom columns of the meta tables themselves: each becomes a key of every meta.
ALTER TABLE directus_collections ADD COLUMN custom_at timestamptz, ADD COLUMN "Custom Text" text DEFAULT '1_000', ADD COLUMN zz_number integer;
ALTER TABLE directus_fields ADD COLUMN custom_json json, ADD COLUMN a_flag boolean DEFAULT false, ADD COLUMN custom_at timestamptz DEFAULT '2020-01-01 00:00:00+00';
ALTER TABLE directus_relations ADD COLUMN custom_text text DEFAULT 'x';
UPDATE directus_collections SET custom_at = '2024-02-29 12:34:56.789123+02', zz_number = 7 WHERE collection = 'key_uuid';
UPDATE directus_fields SET custom_json = '{"b": [1, {"z": 1, "a": 2}], "a": "1_000"}', a_flag = true WHERE collection = 'key_uuid';

-- A schema made for being damaged: one small group of collections for each hazard, so that several can be
-- tried in one apply without meeting each other. Loaded into a database that the Directus under test has bootstrapped.

-- shop: plain tables with a relation and its other side
CREATE TABLE customers (id serial PRIMARY KEY, name varchar(255) DEFAULT 'nobody', email varchar(100), code varchar(20), note text,
  vip boolean DEFAULT false, score integer DEFAULT 1, price numeric(10,2), ratio double precision, born date, seen timestamp, untracked text,
  tag varchar(50) NOT NULL DEFAULT 'x', CONSTRAINT customers_code_unique UNIQUE (code));
CREATE INDEX customers_email_index ON customers (email);
CREATE TABLE orders (id serial PRIMARY KEY, customer_id integer, total numeric(12,4) DEFAULT 0, state varchar(50), payload json, placed timestamptz DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT orders_customer_id_foreign FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE SET NULL);
INSERT INTO customers (name, email, code, note, price) VALUES ('Anna', 'anna@example.com', '1', '12', 1.25), ('Bob', 'bob@example.com', '22', '7', 2.75);
INSERT INTO orders (customer_id, total, state) VALUES (1, 12.3456, 'open'), (2, 5, 'a state that is longer than ten');

-- folders: two levels, with tables inside
CREATE TABLE inner_a (id uuid PRIMARY KEY, label varchar(100));
CREATE TABLE inner_b (id serial PRIMARY KEY, label varchar(100));
CREATE TABLE solo (id varchar(64) PRIMARY KEY, v text);
INSERT INTO inner_a VALUES (gen_random_uuid(), 'x');
INSERT INTO solo VALUES ('k', 'v');

-- many to many and many to any
CREATE TABLE posts (id serial PRIMARY KEY, title varchar(255), author uuid REFERENCES directus_users (id), sort integer);
CREATE TABLE tags (id serial PRIMARY KEY, word varchar(100));
CREATE TABLE posts_tags (id serial PRIMARY KEY, posts_id integer, tags_id integer,
  CONSTRAINT posts_tags_posts_id_foreign FOREIGN KEY (posts_id) REFERENCES posts (id) ON DELETE CASCADE,
  CONSTRAINT posts_tags_tags_id_foreign FOREIGN KEY (tags_id) REFERENCES tags (id));
CREATE TABLE blocks (id serial PRIMARY KEY, posts_id integer, item varchar(255), collection varchar(255),
  CONSTRAINT blocks_posts_id_foreign FOREIGN KEY (posts_id) REFERENCES posts (id));
ALTER TABLE posts RENAME CONSTRAINT posts_author_fkey TO posts_author_foreign;

-- tree
CREATE TABLE nodes (id serial PRIMARY KEY, parent integer, name varchar(100), CONSTRAINT nodes_parent_foreign FOREIGN KEY (parent) REFERENCES nodes (id));

-- hand-made columns: types that Directus cannot make, generated ones, other names for constraints
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE oddities (id serial PRIMARY KEY, small smallint DEFAULT 3, many integer[], feel mood, b jsonb, doubled integer GENERATED ALWAYS AS (small * 2) STORED,
  free varchar, amount numeric DEFAULT 0, own varchar(30) CONSTRAINT my_own_key UNIQUE, looked varchar(30), fixed char(5), seen_by text);
CREATE INDEX my_own_index ON oddities (looked);
CREATE VIEW seen_by_view AS SELECT id, seen_by FROM oddities;
INSERT INTO oddities (amount, many, feel) VALUES (1.5, '{1}', 'good');

-- what Directus does not track
CREATE TABLE plain (id serial PRIMARY KEY, v text);
CREATE TABLE plain_ref (id serial PRIMARY KEY, customer_id integer REFERENCES customers (id));
CREATE TABLE keyless (v text);
CREATE TABLE positions (id bigserial PRIMARY KEY, at timestamptz, x double precision);
INSERT INTO plain (v) VALUES ('v'); INSERT INTO positions (at, x) VALUES (now(), 1);

ALTER TABLE directus_users ADD COLUMN nickname varchar(50);

INSERT INTO directus_collections (collection, "group", icon, note) VALUES
  ('stuff', NULL, 'folder', NULL), ('deeper', 'stuff', 'folder', NULL), ('customers', NULL, 'person', 'who buys'), ('orders', NULL, NULL, NULL),
  ('inner_a', 'stuff', NULL, NULL), ('inner_b', 'deeper', NULL, NULL), ('solo', NULL, NULL, NULL), ('posts', NULL, NULL, NULL), ('tags', NULL, NULL, NULL),
  ('posts_tags', NULL, NULL, NULL), ('blocks', NULL, NULL, NULL), ('nodes', NULL, NULL, NULL), ('oddities', NULL, NULL, NULL),
  ('positions', NULL, NULL, NULL), ('ghost', NULL, NULL, NULL);
UPDATE directus_collections SET translations = '[{"language":"en-US","translation":"Clients"}]', sort_field = NULL WHERE collection = 'customers';
UPDATE directus_collections SET sort_field = 'sort' WHERE collection = 'posts';

INSERT INTO directus_fields (collection, field, interface, special, sort, "group") VALUES
  ('customers', 'id', 'input', NULL, 1, NULL), ('customers', 'name', 'input', NULL, 2, NULL), ('customers', 'email', 'input', NULL, 3, NULL),
  ('customers', 'code', 'input', NULL, 4, NULL), ('customers', 'note', 'input', NULL, 5, NULL), ('customers', 'vip', 'boolean', 'cast-boolean', 6, NULL),
  ('customers', 'score', 'input', NULL, 7, NULL), ('customers', 'price', 'input', NULL, 8, NULL), ('customers', 'ratio', 'input', NULL, 9, NULL),
  ('customers', 'born', 'datetime', NULL, 10, NULL), ('customers', 'seen', 'datetime', NULL, 11, NULL), ('customers', 'orders', 'list-o2m', 'o2m', 12, NULL),
  ('customers', 'tag', 'input', NULL, 13, 'more'), ('customers', 'more', 'group-detail', 'alias,no-data,group', 14, NULL),
  ('orders', 'id', 'input', NULL, 1, NULL), ('orders', 'customer_id', 'select-dropdown-m2o', 'm2o', 2, NULL), ('orders', 'total', 'input', NULL, 3, NULL),
  ('orders', 'state', 'input', NULL, 4, NULL), ('orders', 'payload', 'input-code', 'cast-json', 5, NULL), ('orders', 'placed', 'datetime', 'date-created', 6, NULL),
  ('inner_a', 'id', NULL, 'uuid', 1, NULL), ('inner_a', 'label', 'input', NULL, 2, NULL), ('inner_b', 'id', NULL, NULL, 1, NULL), ('inner_b', 'label', 'input', NULL, 2, NULL),
  ('solo', 'id', NULL, NULL, 1, NULL), ('solo', 'v', 'input', NULL, 2, NULL),
  ('posts', 'id', NULL, NULL, 1, NULL), ('posts', 'title', 'input', NULL, 2, NULL), ('posts', 'author', 'select-dropdown-m2o', 'm2o,user-created', 3, NULL),
  ('posts', 'sort', 'input', NULL, 4, NULL), ('posts', 'tags', 'list-m2m', 'm2m', 5, NULL), ('posts', 'blocks', 'list-m2a', 'm2a', 6, NULL), ('posts', 'line', 'presentation-divider', 'alias,no-data', 7, NULL),
  ('tags', 'id', NULL, NULL, 1, NULL), ('tags', 'word', 'input', NULL, 2, NULL), ('tags', 'posts', 'list-m2m', 'm2m', 3, NULL),
  ('posts_tags', 'id', NULL, NULL, 1, NULL), ('posts_tags', 'posts_id', NULL, NULL, 2, NULL), ('posts_tags', 'tags_id', NULL, NULL, 3, NULL),
  ('blocks', 'id', NULL, NULL, 1, NULL), ('blocks', 'posts_id', NULL, NULL, 2, NULL), ('blocks', 'item', NULL, NULL, 3, NULL), ('blocks', 'collection', NULL, NULL, 4, NULL),
  ('nodes', 'id', NULL, NULL, 1, NULL), ('nodes', 'parent', 'select-dropdown-m2o', 'm2o', 2, NULL), ('nodes', 'children', 'list-o2m-tree-view', 'o2m', 3, NULL), ('nodes', 'name', 'input', NULL, 4, NULL),
  ('oddities', 'id', NULL, NULL, 1, NULL), ('oddities', 'small', 'input', NULL, 2, NULL), ('oddities', 'many', 'input', NULL, 3, NULL), ('oddities', 'feel', 'input', NULL, 4, NULL),
  ('oddities', 'b', 'input-code', 'cast-json', 5, NULL), ('oddities', 'doubled', 'input', NULL, 6, NULL), ('oddities', 'free', 'input', NULL, 7, NULL), ('oddities', 'amount', 'input', NULL, 8, NULL),
  ('oddities', 'own', 'input', NULL, 9, NULL), ('oddities', 'looked', 'input', NULL, 10, NULL), ('oddities', 'fixed', 'input', NULL, 11, NULL), ('oddities', 'seen_by', 'input', NULL, 12, NULL),
  ('directus_users', 'nickname', 'input', NULL, 1, NULL);
UPDATE directus_fields SET options = '{"choices":[{"text":"Open","value":"open"},{"text":"Shut","value":"shut"}]}' WHERE collection = 'orders' AND field = 'state';

INSERT INTO directus_relations (many_collection, many_field, one_collection, one_field, junction_field, one_collection_field, one_allowed_collections) VALUES
  ('orders', 'customer_id', 'customers', 'orders', NULL, NULL, NULL), ('posts', 'author', 'directus_users', NULL, NULL, NULL, NULL),
  ('posts_tags', 'posts_id', 'posts', 'tags', 'tags_id', NULL, NULL), ('posts_tags', 'tags_id', 'tags', 'posts', 'posts_id', NULL, NULL),
  ('blocks', 'posts_id', 'posts', 'blocks', 'item', NULL, NULL), ('blocks', 'item', NULL, NULL, 'posts_id', 'collection', 'customers,tags'),
  ('nodes', 'parent', 'nodes', 'children', NULL, NULL, NULL);
INSERT INTO directus_presets (collection, bookmark) VALUES ('customers', 'mine'), ('orders', NULL);

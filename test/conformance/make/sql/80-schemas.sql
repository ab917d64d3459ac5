-- Other schemas: seen only with DB_SEARCH_PATH.
CREATE SCHEMA other;
CREATE SCHEMA "Odd schema";
CREATE TYPE other.omood AS ENUM ('x');
CREATE TABLE other.only_other (id serial PRIMARY KEY, m other.omood DEFAULT 'x', pm mood DEFAULT 'ok', v varchar(7) UNIQUE);
CREATE TABLE other.only_key (id integer PRIMARY KEY, extra text DEFAULT 'in other', ref integer REFERENCES public.one (id));
CREATE TABLE other.key_string (code varchar(99) PRIMARY KEY, untracked_column text);
CREATE TABLE other.pg_types (other_id uuid PRIMARY KEY, c_bool text NOT NULL DEFAULT 'other', c_int4 bigint);
CREATE INDEX ON other.pg_types (c_bool);
CREATE TABLE other.geo (id serial PRIMARY KEY, g geometry(Point,4326));
CREATE TABLE "Odd schema".hidden_away (id serial PRIMARY KEY);
CREATE TABLE uses_other (id serial PRIMARY KEY, m other.omood DEFAULT 'x'::other.omood, ma other.omood[], to_other integer REFERENCES other.only_other (id), n integer DEFAULT nextval('other.only_other_id_seq'));
SELECT pg_temp.track('uses_other');
SELECT pg_temp.relate('uses_other', 'to_other', 'only_other');
INSERT INTO directus_collections (collection, note) VALUES ('only_other', 'in another schema'), ('geo', NULL), ('hidden_away', NULL);
INSERT INTO directus_fields (collection, field, interface) VALUES ('only_other', 'v', 'input'), ('only_other', 'id', 'input'), ('only_other', 'm', 'input'), ('only_key', 'extra', 'input'), ('only_key', 'ref', 'input'), ('pg_types', 'other_id', 'input'), ('geo', 'g', 'map'), ('geo', 'id', NULL), ('hidden_away', 'id', NULL);
SELECT pg_temp.relate('only_key', 'ref', 'one');

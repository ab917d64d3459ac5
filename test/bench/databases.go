//go:build tools

package main

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"github.com/schemaguard/schemaguard/internal/pgserver"
)

// directusVersion is the Directus of the system tables, and the one to compare with.
const directusVersion = "12.4.1"

// fieldsPerCollection is the number of columns of every table, its key included.
const fieldsPerCollection = 10

// tablesSQL makes $1 tables with ten columns of ordinary types and what
// Directus keeps about them; every third points to the one before it.
const tablesSQL = `
DO $do$
DECLARE n integer; t text;
BEGIN
  FOR n IN 1..%[1]d LOOP
    t := 'things_' || lpad(n::text, 4, '0');
    EXECUTE format('CREATE TABLE %%I (
      id serial PRIMARY KEY, status varchar(255) DEFAULT ''draft'' NOT NULL, title varchar(255), body text,
      price numeric(10,2) DEFAULT 0, amount integer, active boolean DEFAULT false, created_at timestamptz DEFAULT CURRENT_TIMESTAMP,
      settings json, parent integer)', t);
    IF n %% 3 = 0 THEN
      EXECUTE format('ALTER TABLE %%1$I ADD CONSTRAINT %%2$I FOREIGN KEY (parent) REFERENCES %%3$I (id) ON DELETE SET NULL',
        t, t || '_parent_foreign', 'things_' || lpad((n - 1)::text, 4, '0'));
    END IF;
  END LOOP;
END $do$;

INSERT INTO directus_collections (collection, icon, note, display_template, archive_field, archive_value, unarchive_value, sort, translations)
SELECT 'things_' || lpad(n::text, 4, '0'), 'box', 'Things of kind ' || n, '{{title}}', 'status', 'archived', 'draft', n,
       json_build_array(json_build_object('language', 'en-US', 'translation', 'Things ' || n, 'singular', 'Thing', 'plural', 'Things'))
  FROM generate_series(1, %[1]d) n;

INSERT INTO directus_fields (collection, field, special, interface, options, display, display_options, readonly, hidden, sort, width, note, required)
SELECT 'things_' || lpad(n::text, 4, '0'), f.field, f.special, f.interface, f.options::json, f.display, f.display_options::json,
       f.readonly, f.field = 'id', f.sort, f.width, f.note, f.field = 'title'
  FROM generate_series(1, %[1]d) n
 CROSS JOIN (VALUES
   (1, 'id', NULL, 'input', NULL, NULL, NULL, true, 'full', NULL),
   (2, 'status', NULL, 'select-dropdown',
       '{"choices":[{"text":"Published","value":"published","color":"#2ECDA7"},{"text":"Draft","value":"draft","color":"#D3DAE4"},{"text":"Archived","value":"archived","color":"#A2B5CD"}]}',
       'labels', '{"showAsDot":true,"choices":[{"text":"Published","value":"published","foreground":"#FFFFFF","background":"#2ECDA7"}]}', false, 'half', NULL),
   (3, 'title', NULL, 'input', '{"placeholder":"What it is called","trim":true}', 'raw', NULL, false, 'full', 'Shown in lists'),
   (4, 'body', NULL, 'input-rich-text-html', '{"toolbar":["bold","italic","underline","h1","h2","numlist","bullist","link","code"]}', NULL, NULL, false, 'full', NULL),
   (5, 'price', NULL, 'input', '{"min":0,"step":0.01}', NULL, NULL, false, 'half', 'Without tax'),
   (6, 'amount', NULL, 'slider', '{"minValue":0,"maxValue":100}', NULL, NULL, false, 'half', NULL),
   (7, 'active', 'cast-boolean', 'boolean', NULL, 'boolean', NULL, false, 'half', NULL),
   (8, 'created_at', 'date-created', 'datetime', NULL, 'datetime', '{"relative":true}', true, 'half', NULL),
   (9, 'settings', 'cast-json', 'input-code', '{"language":"json"}', NULL, NULL, false, 'full', NULL),
   (10, 'parent', NULL, 'input', NULL, NULL, NULL, false, 'half', NULL)
 ) f (sort, field, special, interface, options, display, display_options, readonly, width, note)
 ORDER BY n, f.sort;

UPDATE directus_fields SET special = 'm2o', interface = 'select-dropdown-m2o', options = '{"template":"{{title}}"}'
 WHERE field = 'parent' AND collection LIKE 'things_%%' AND right(collection, 4)::integer %% 3 = 0;

INSERT INTO directus_relations (many_collection, many_field, one_collection)
SELECT 'things_' || lpad(n::text, 4, '0'), 'parent', 'things_' || lpad((n - 1)::text, 4, '0')
  FROM generate_series(3, %[1]d, 3) n;

ANALYZE;`

// driftSQL is a morning's work in the admin UI: three collections that no
// snapshot has, and five fields of which something was changed.
const driftSQL = `
CREATE TABLE news_a (id serial PRIMARY KEY, title varchar(255));
CREATE TABLE news_b (id serial PRIMARY KEY, title varchar(255));
CREATE TABLE news_c (id serial PRIMARY KEY, title varchar(255));
INSERT INTO news_a (title) SELECT 'title ' || n FROM generate_series(1, 100) n;
INSERT INTO directus_collections (collection) VALUES ('news_a'), ('news_b'), ('news_c');
INSERT INTO directus_fields (collection, field, interface, sort)
SELECT c, f, 'input', s FROM unnest(ARRAY['news_a', 'news_b', 'news_c']) c, (VALUES ('id', 1), ('title', 2)) v (f, s);
UPDATE directus_fields SET note = 'Shown in lists and in the search'
 WHERE field = 'title' AND collection IN ('things_0010', 'things_0020', 'things_0030', 'things_0040', 'things_0050');`

// databaseOf names the database with that many collections.
func databaseOf(collections int) string { return fmt.Sprintf("bench_%d", collections) }

// driftedDatabase is the copy with unsaved work.
const driftedDatabase = "bench_drifted"

// makeDatabases fills one database per size, and the drifted one of driftedSize.
func makeDatabases(ctx context.Context, srv *pgserver.Server, root string) error {
	for _, n := range sizes {
		if err := makeDatabase(ctx, srv, root, n); err != nil {
			return err
		}
	}
	if err := srv.CreateDatabase(ctx, driftedDatabase, databaseOf(driftedSize)); err != nil {
		return err
	}
	if err := execute(ctx, srv.DSN(driftedDatabase), driftSQL); err != nil {
		return fmt.Errorf("changing %s: %w", driftedDatabase, err)
	}
	return nil
}

// makeDatabase fills the database with that many collections.
func makeDatabase(ctx context.Context, srv *pgserver.Server, root string, collections int) error {
	system, err := unpack(filepath.Join(root, "internal", "demo", "data", "directus-"+directusVersion+".sql.gz"))
	if err != nil {
		return fmt.Errorf("reading the tables of Directus: %w", err)
	}
	name := databaseOf(collections)
	if err := srv.CreateDatabase(ctx, name, ""); err != nil {
		return err
	}
	if err := execute(ctx, srv.DSN(name), system, fmt.Sprintf(tablesSQL, collections)); err != nil {
		return fmt.Errorf("filling %s: %w", name, err)
	}
	return nil
}

// execute runs texts of statements, each on a connection of its own: a dump
// leaves settings behind.
func execute(ctx context.Context, dsn string, texts ...string) error {
	for _, sql := range texts {
		conn, err := pgx.Connect(ctx, dsn)
		if err != nil {
			return err
		}
		if _, err := conn.PgConn().Exec(ctx, sql).ReadAll(); err != nil {
			_ = conn.Close(ctx)
			return err
		}
		if err := conn.Close(ctx); err != nil {
			return err
		}
	}
	return nil
}

func unpack(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return "", err
	}
	sql, err := io.ReadAll(z)
	return string(sql), err
}

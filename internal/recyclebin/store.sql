CREATE TABLE IF NOT EXISTS schemaguard_trash.entries (
  id text PRIMARY KEY, at timestamptz NOT NULL, by text NOT NULL, reason text NOT NULL, tool text NOT NULL,
  retain_until timestamptz, restored_at timestamptz, system_schema text NOT NULL, bytes bigint NOT NULL, notes json NOT NULL);
CREATE TABLE IF NOT EXISTS schemaguard_trash.items (
  entry text NOT NULL REFERENCES schemaguard_trash.entries ON DELETE CASCADE, n int NOT NULL, kind text NOT NULL, item text NOT NULL,
  "schema" text NOT NULL, "table" text NOT NULL, "column" text NOT NULL, from_type text NOT NULL, to_type text NOT NULL,
  "rows" bigint NOT NULL, bytes bigint NOT NULL, copy text NOT NULL, definition json NOT NULL, PRIMARY KEY (entry, n));
CREATE TABLE IF NOT EXISTS schemaguard_trash.directus_rows (
  entry text NOT NULL REFERENCES schemaguard_trash.entries ON DELETE CASCADE, source text NOT NULL, "row" json NOT NULL);
CREATE INDEX IF NOT EXISTS directus_rows_entry ON schemaguard_trash.directus_rows (entry, source)

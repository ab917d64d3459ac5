package example

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// cleanSQL takes out what belongs to a login, a machine or an installation.
const cleanSQL = `
UPDATE directus_users SET password = NULL, token = NULL, last_access = NULL, last_page = NULL;
DELETE FROM directus_sessions;
UPDATE directus_activity SET ip = NULL, user_agent = NULL, origin = NULL;
DELETE FROM directus_activity WHERE action NOT IN ('create', 'update', 'delete');`

// execute runs statements, as one simple query: the way the demo will.
func (m *maker) execute(ctx context.Context, database, sql string) error {
	conn, err := pgx.Connect(ctx, m.srv.DSN(database))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.PgConn().Exec(ctx, sql).ReadAll()
	return err
}

// dumpSystem dumps Directus's own tables as bootstrap leaves them, with the rows that make a database a
// Directus of this version.
func (m *maker) dumpSystem(ctx context.Context) ([]byte, error) {
	if err := m.srv.CreateDatabase(ctx, "system", "example"); err != nil {
		return nil, err
	}
	// The settings are this installation's (its id, its licence); Directus does without a row.
	if err := m.execute(ctx, "system", cleanSQL+"DELETE FROM directus_settings; DELETE FROM directus_activity; DELETE FROM directus_revisions;"); err != nil {
		return nil, fmt.Errorf("cleaning the system tables: %w", err)
	}
	return m.pgDump(ctx, "system", "--table=directus_*")
}

// dumpExample dumps what came after bootstrap: the project's tables, empty, what Directus keeps about
// them, who made them, and the custom fields of system tables.
func (m *maker) dumpExample(ctx context.Context) ([]byte, error) {
	if err := m.execute(ctx, "example", cleanSQL); err != nil {
		return nil, fmt.Errorf("cleaning the example: %w", err)
	}
	columns, err := m.customColumns(ctx)
	if err != nil {
		return nil, err
	}
	meta, err := m.pgDump(ctx, "example", "--data-only", "--table=directus_collections", "--table=directus_fields",
		"--table=directus_relations", "--table=directus_activity", "--table=directus_revisions")
	if err != nil {
		return nil, err
	}
	tables, err := m.pgDump(ctx, "example", "--schema-only", "--schema=public", "--exclude-table=directus_*", "--exclude-table=positions")
	if err != nil {
		return nil, err
	}
	return slices.Concat(columns, tables, meta), nil
}

// customColumns returns the statements that add to directus_users what the project added.
func (m *maker) customColumns(ctx context.Context) ([]byte, error) {
	before, err := m.usersDefinition(ctx, "system")
	if err != nil {
		return nil, err
	}
	after, err := m.usersDefinition(ctx, "example")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for _, statement := range after {
		if !slices.Contains(before, statement) {
			out.WriteString(statement + ";\n")
		}
	}
	return out.Bytes(), nil
}

func (m *maker) usersDefinition(ctx context.Context, database string) ([]string, error) {
	conn, err := pgx.Connect(ctx, m.srv.DSN(database))
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, `
		SELECT * FROM (
		  SELECT format('ALTER TABLE public.directus_users ADD COLUMN %I %s', attname, format_type(atttypid, atttypmod)) AS statement
		  FROM pg_attribute WHERE attrelid = 'directus_users'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum) AS columns
		UNION ALL
		SELECT format('ALTER TABLE public.directus_users ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(oid))
		FROM pg_constraint WHERE conrelid = 'directus_users'::regclass AND contype = 'u'`)
	if err != nil {
		return nil, fmt.Errorf("reading the columns of directus_users: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// pgDump returns a dump as plain statements that any client can send.
func (m *maker) pgDump(ctx context.Context, database string, args ...string) ([]byte, error) {
	args = append([]string{"--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=1000", "--dbname", m.srv.DSN(database)}, args...)
	cmd := exec.CommandContext(ctx, m.srv.Binaries().Path("pg_dump"), args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("running pg_dump: %w: %s", err, stderr.Bytes())
	}
	var kept bytes.Buffer
	for line := range bytes.Lines(out) {
		if !isChatter(string(line)) {
			kept.Write(line)
		}
	}
	return kept.Bytes(), nil
}

// isChatter tells the lines of a dump that set up a session, or only speak to people or to psql.
func isChatter(line string) bool {
	line = strings.TrimRight(line, "\n")
	for _, prefix := range []string{"--", "SET ", `\`, "SELECT pg_catalog.set_config(", "CREATE SCHEMA public;", "COMMENT ON SCHEMA public "} {
		if strings.HasPrefix(line, prefix) {
			return true
		}
	}
	return line == ""
}

// compress packs without a time stamp: equal content, equal bytes.
func compress(data []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		panic(err) // only for a level that does not exist
	}
	_, _ = w.Write(data) // to a buffer
	_ = w.Close()
	return out.Bytes()
}

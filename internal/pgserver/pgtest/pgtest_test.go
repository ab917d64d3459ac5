package pgtest

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

const dump = `--
-- PostgreSQL database dump
--

\restrict abc

SET statement_timeout = 0;
CREATE DATABASE elsewhere WITH TEMPLATE = template0 ENCODING = 'UTF8';
ALTER DATABASE elsewhere OWNER TO sgtest_owner;
\connect elsewhere
CREATE TABLE public.notes (id integer NOT NULL, body text);
ALTER TABLE public.notes OWNER TO sgtest_owner;
COPY public.notes (id, body) FROM stdin;
1	\\connect elsewhere
2	ALTER DATABASE x OWNER TO y;
\.
GRANT SELECT ON TABLE public.notes TO "Sgtest Reader";
\unrestrict abc
`

func rows(t *testing.T, dsn string) []string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	r, err := conn.Query(t.Context(), "SELECT body FROM notes ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(r, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func execute(t *testing.T, dsn, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func TestRestoreLoadsADumpAndKeepsCopiesApart(t *testing.T) {
	t.Parallel()
	want := []string{`\connect elsewhere`, "ALTER DATABASE x OWNER TO y;"}
	plain := filepath.Join(t.TempDir(), "d.sql")
	if err := os.WriteFile(plain, []byte(dump), 0o600); err != nil {
		t.Fatal(err)
	}
	packed, err := os.Create(plain + ".gz")
	if err != nil {
		t.Fatal(err)
	}
	w := gzip.NewWriter(packed)
	if _, err := w.Write([]byte(dump)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	first := Restore(t, plain)
	execute(t, first, "DELETE FROM notes")
	if got := rows(t, first); len(got) != 0 {
		t.Errorf("after DELETE: %q", got)
	}
	for _, path := range []string{plain, packed.Name()} {
		if diff := cmp.Diff(want, rows(t, Restore(t, path))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", filepath.Base(path), diff)
		}
	}
}

func TestDatabaseIsEmptyAndDroppedAfterTheTest(t *testing.T) {
	t.Parallel()
	var dsn string
	t.Run("inner", func(t *testing.T) {
		dsn = Database(t)
		execute(t, dsn, "CREATE TABLE directus_users (id int)")
	})
	if conn, err := pgx.Connect(t.Context(), dsn); err == nil {
		_ = conn.Close(t.Context())
		t.Error("the database is still there after its test")
	}
}

func TestPostGISDumpIsRestored(t *testing.T) {
	t.Parallel()
	NeedPostGIS(t)
	dsn := RestoreSQL(t, "CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public;\nSELECT pg_catalog.set_config('search_path', '', false);\n"+
		"CREATE TABLE public.notes (id int, body text, at public.geometry(Point,4326));\n", "INSERT INTO public.notes VALUES (1,'x',NULL);")
	if diff := cmp.Diff([]string{"x"}, rows(t, dsn)); diff != "" {
		t.Error(diff)
	}
}

func TestBrokenDumpFailsTheTest(t *testing.T) {
	t.Parallel()
	in := need(t)
	if _, err := in.template([]byte("CREATE TABLE a (id int);\nCREATE TABLE a (id int);\n")); err == nil {
		t.Error("a dump that fails half-way counts as restored")
	}
}

package server

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
)

func TestExtensions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := "-- what maps need\n/* and\n more */ CREATE EXTENSION IF NOT EXISTS postgis;\ncreate extension timescaledb CASCADE;\nCREATE EXTENSION \"uuid-ossp\";\nCREATE EXTENSION postgis;\nCREATE TABLE extension (a int);\n-- CREATE EXTENSION vector;\n"
	if err := os.WriteFile(filepath.Join(dir, "001_a.sql"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	set, _, err := sqlfile.Load(sqlfile.Folder{Dir: dir, Shown: "db-init", Phase: sqlfile.Pre})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"postgis", "timescaledb", "uuid-ossp"}, Extensions(set)); diff != "" {
		t.Error(diff)
	}
}

func TestImageFor(t *testing.T) {
	t.Parallel()
	for extensions, want := range map[string]string{
		"": "postgres:17-alpine", "pgcrypto uuid-ossp": "postgres:17-alpine", "postgis": "postgis/postgis:17-3.5", "postgis_topology pgcrypto": "postgis/postgis:17-3.5",
		"timescaledb": "timescale/timescaledb:latest-pg17", "timescaledb postgis": "timescale/timescaledb-ha:pg17", "vector": "",
	} {
		if got := imageFor(strings.Fields(extensions)); got != want {
			t.Errorf("%q: %q, want %q", extensions, got, want)
		}
	}
}

func TestReason(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Unable to find image 'x' locally\ndocker: Error response from daemon: no such host\n\nRun 'docker run --help' for more information\n": "docker: Error response from daemon: no such host",
		"permission denied\n": "permission denied", "": "",
	} {
		if got := reason(text); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func databases(t *testing.T, dsn string) []string {
	t.Helper()
	s := Server{admin: dsn}
	names, err := s.ask(t.Context(), "SELECT datname FROM pg_database WHERE datname LIKE 'schemaguard_verify%'")
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestNamed: databases are made under new names, copied, and gone afterwards, also
// where somebody is still connected; the one that was named stays as it is.
func TestNamed(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t)
	s, err := Named(t.Context(), dsn, []string{"plpgsql"})
	if err != nil {
		t.Fatal(err)
	}
	first, err := s.Create(t.Context(), "new", nil)
	if err != nil {
		t.Fatal(err)
	}
	run := func(c *pgconn.Config, sql string) string {
		conn, err := pgconn.ConnectConfig(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		results, err := conn.Exec(t.Context(), sql).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(results) > 0 && len(results[0].Rows) > 0 {
			return string(results[0].Rows[0][0])
		}
		return "" // the connection is left open on purpose
	}
	run(first, "CREATE TABLE t AS SELECT 7 AS n")
	second, err := s.Create(t.Context(), "copy", first)
	if err != nil {
		t.Fatal(err)
	}
	if got := run(second, "SELECT n FROM t"); got != "7" {
		t.Errorf("the copy has %q", got)
	}
	if got := databases(t, dsn); len(got) < 2 {
		t.Errorf("%q", got)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	for _, name := range databases(t, dsn) {
		if name == first.Database || name == second.Database {
			t.Errorf("%s is still there", name)
		}
	}
}

func TestWhatIsLacking(t *testing.T) {
	t.Parallel()
	var lacking *LackingError
	if _, err := Named(t.Context(), pgtest.Database(t), []string{"plpgsql", "no_such_extension"}); !errors.As(err, &lacking) || !cmp.Equal(lacking.Extensions, []string{"no_such_extension"}) {
		t.Error(err)
	}
}

// TestMayMakeNone: a role without the right is told of the way that needs none.
func TestMayMakeNone(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t)
	admin := Server{admin: dsn}
	role := "verify_" + strings.ToLower(rand.Text())
	if _, err := admin.ask(t.Context(), "CREATE ROLE "+role+" LOGIN"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = admin.ask(context.Background(), "DROP ROLE "+role) })
	s, err := Named(t.Context(), dsn, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.admin = strings.Replace(dsn, "user=postgres", "user="+role, 1)
	if s.admin == dsn {
		t.Skip("needs a server that is reached by its socket")
	}
	if _, err := s.Create(t.Context(), "new", nil); err == nil || !strings.Contains(err.Error(), "--empty-database URL --no-upgrade") {
		t.Error(err)
	}
}

func TestErrorsHaveNoPassword(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{"postgres://u:hunter22@127.0.0.1:1/x", "host=127.0.0.1 port=1 user=u password=hunter22", "postgres://u:hunter22@[/x", "port=hunter22"} {
		if _, err := Named(t.Context(), dsn, nil); err == nil || strings.Contains(err.Error(), "hunter22") {
			t.Errorf("%s: %v", dsn, err)
		}
	}
}

// TestOpen: what this machine lacks is looked for in docker, and where that fails
// too, both reasons are told.
func TestOpen(t *testing.T) {
	t.Parallel()
	pgtest.Binaries(t)
	ctx, end := context.WithCancel(t.Context())
	defer end()
	s, err := Open(ctx, []string{"plpgsql"}, nil, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Create(t.Context(), "new", nil); err != nil {
		t.Error(err)
	}
	end() // as Ctrl-C does: the server ends with its context, and what was made in it with the server
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	var asked []string
	docker := func(_ context.Context, environ []string, args ...string) (string, error) {
		asked = append(asked, strings.Join(args, " "))
		if args[0] == "rm" {
			return "", nil
		}
		if len(environ) != 1 || strings.Contains(strings.Join(args, " "), strings.TrimPrefix(environ[0], "POSTGRES_PASSWORD=")) {
			t.Errorf("%q %q", environ, args)
		}
		return "", errors.New("no daemon")
	}
	_, err = Open(t.Context(), []string{"timescaledb"}, docker, func(string) {})
	if err == nil {
		t.Skip("needs a machine without TimescaleDB")
	}
	if !strings.Contains(err.Error(), "timescaledb") || !strings.Contains(err.Error(), "no daemon") || len(asked) != 2 || !strings.Contains(asked[0], "timescale/timescaledb:") {
		t.Fatalf("%v, %q", err, asked)
	}
	// One that was made and did not start stays, without --rm or not: it is removed by its name.
	if name, ok := strings.CutPrefix(asked[1], "rm --force --volumes "); !ok || !strings.Contains(asked[0], "--name "+name+" ") {
		t.Errorf("%q", asked)
	}
	if _, err := Open(t.Context(), []string{"no_such_extension"}, docker, func(string) {}); err == nil || !strings.Contains(err.Error(), "--throwaway-dsn") {
		t.Error(err)
	}
}

// TestGiven: a database is taken as it is where it is empty, extensions or not, and
// where it has a single view it is left alone.
func TestGiven(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t)
	s := Server{admin: dsn}
	if _, err := s.ask(t.Context(), "CREATE EXTENSION IF NOT EXISTS pg_stat_statements"); err != nil {
		t.Logf("without an extension that has views: %v", err)
	}
	given, err := Given(t.Context(), dsn, nil)
	if err != nil {
		t.Fatal(err)
	}
	first, err := given.Create(t.Context(), "new", nil)
	if err != nil {
		t.Fatal(err)
	}
	var one *OnlyOneError
	for _, from := range []*pgconn.Config{nil, first} {
		if c, err := given.Create(t.Context(), "more", from); !errors.As(err, &one) {
			t.Errorf("%+v, %v", c, err)
		}
	}
	if err := given.Close(); err != nil {
		t.Error(err)
	}
	if _, err := s.ask(t.Context(), "CREATE VIEW v AS SELECT 1"); err != nil {
		t.Fatal(err)
	}
	var used *NotEmptyError
	if _, err := Given(t.Context(), dsn, nil); !errors.As(err, &used) || used.Objects != "1" {
		t.Error(err)
	}
	if _, err := Given(t.Context(), "port=hunter22", nil); err == nil || strings.Contains(err.Error(), "hunter22") {
		t.Error(err)
	}
}

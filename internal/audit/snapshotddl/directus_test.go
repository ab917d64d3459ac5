//go:build directus

package snapshotddl

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/audit/object"
	"github.com/schemaguard/schemaguard/internal/directuslab"
	"github.com/schemaguard/schemaguard/internal/pgserver"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// TestAsDirectus: a real Directus applies a snapshot to one database, these statements make its tables in
// another, and no object of the two differs: no table, column, default, key, index, sequence or name.
func TestAsDirectus(t *testing.T) {
	lab, err := directuslab.Open()
	if err != nil {
		t.Skip("needs ", err)
	}
	files := []string{filepath.Join("..", "..", "..", "snapshots", "schema.yaml")}
	dir := os.Getenv("SCHEMAGUARD_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "corpus")
	}
	corpus, err := filepath.Glob(filepath.Join(dir, "*.12.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for version, also := range map[string][]string{"12.4.1": corpus, "11.17.4": nil} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			pgtest.NeedPostGIS(t)
			base := pgtest.Database(t)
			run(t, base, "CREATE EXTENSION postgis")
			if res, err := lab.Run(t.Context(), version, base, nil, "bootstrap"); err != nil || res.Code != 0 {
				t.Fatalf("bootstrapping: %v %s", err, res.Stderr)
			}
			d, err := lab.Drive(t.Context(), version, base)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(d.Stop)
			for _, file := range append(files, also...) {
				t.Run(filepath.Base(file), func(t *testing.T) { compare(t, d, base, file) })
			}
		})
	}
}

func compare(t *testing.T, d *directuslab.Driver, base, file string) {
	file, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	theirs, ours := duplicate(t, base), duplicate(t, base)
	u, err := url.Parse(theirs)
	if err != nil {
		t.Fatal(err)
	}
	a, err := d.Apply(strings.TrimPrefix(u.Path, "/"), file, false)
	if err != nil {
		t.Fatal(err)
	}
	if a.Exit != 0 || len(a.Errors) > 0 {
		t.Skipf("needs a snapshot that Directus applies as a whole: %v", a.Errors)
	}
	decoded := snapshot.Decode(file, data)
	for _, s := range Statements(decoded.Snapshot, "public") {
		run(t, ours, s.SQL)
	}
	want, got := definitions(t, theirs), definitions(t, ours)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-Directus +ours):\n%s", diff)
	}
	if len(want) < 500 {
		t.Errorf("only %d objects", len(want))
	}
}

// definitions are those of all objects, by their names.
func definitions(t *testing.T, dsn string) map[string]string {
	t.Helper()
	conn, err := pgconn.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	set, err := object.Read(t.Context(), conn, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, o := range set.Objects {
		out[o.String()] = o.Def
	}
	return out
}

// duplicate makes a copy of a database that is dropped when the test ends.
func duplicate(t *testing.T, dsn string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	from := strings.TrimPrefix(u.Path, "/")
	target, err := url.Parse(pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(target.Path, "/")
	u.Path = "/postgres"
	conn, err := pgx.Connect(t.Context(), u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if err := pgserver.DropDatabase(t.Context(), conn, name); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", from); err != nil {
		t.Fatal(err)
	}
	if err := pgserver.CreateDatabase(t.Context(), conn, name, from); err != nil {
		t.Fatal(err)
	}
	return target.String()
}

func run(t *testing.T, dsn, sql string) {
	t.Helper()
	conn, err := pgconn.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if err := conn.Exec(t.Context(), sql).Close(); err != nil {
		t.Fatalf("running %s: %v", sql, err)
	}
}

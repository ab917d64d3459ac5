package audit

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/catalog/view"
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// fixtures are the databases that real Directus installations of every version made, with hand-made
// objects on top (test/conformance).
func fixtures(t *testing.T) map[string]string {
	t.Helper()
	dumps, err := filepath.Glob(filepath.Join("..", "..", "test", "conformance", "*", "db.sql.gz"))
	if err != nil || len(dumps) < 5 {
		t.Fatalf("only %d dumps in test/conformance: %v", len(dumps), err)
	}
	out := map[string]string{}
	for _, d := range dumps {
		version := filepath.Base(filepath.Dir(d))
		// One of each major version; SCHEMAGUARD_AUDIT_ALL=1 takes them all, which is minutes.
		if os.Getenv("SCHEMAGUARD_AUDIT_ALL") == "1" || slices.Contains([]string{"10.5.2", "11.17.4", "12.4.1"}, version) {
			out[version] = d
		}
	}
	if len(out) < 3 {
		t.Fatalf("only %d versions", len(out))
	}
	return out
}

// ofDatabase is the audit of a database with its own snapshot, whose throwaway database is what other
// returns.
func ofDatabase(t *testing.T, dsn, version, post string, other func() (dsn string, done func() error)) *Result {
	t.Helper()
	v, err := directus.ParseVersion(version)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgconn.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	c, err := catalog.Fetch(t.Context(), conn, catalog.Options{Exclude: []string{"spatial_ref_sys", "sysdiagrams"}})
	if err != nil {
		t.Fatal(err)
	}
	o := setting{dsn: dsn, live: "SELECT 1", post: post}.options(t)
	o.Directus = v
	o.Snapshot = tame(view.Snapshot(c, v))
	o.Throwaway = func(context.Context) (string, func() error, error) {
		dsn, done := other()
		return dsn, done, nil
	}
	apply := o.Apply
	o.Apply = func(ctx context.Context, config *pgconn.Config, phase Phase) error {
		if phase == Pre { // as the first file of the project would
			conn, err := pgconn.ConnectConfig(ctx, config)
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close(ctx) }()
			if err := conn.Exec(ctx, postgis).Close(); err != nil {
				return err
			}
		}
		return apply(ctx, config, phase)
	}
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestAgainstItself: a database and its own copy differ in nothing, whatever they hold.
func TestAgainstItself(t *testing.T) {
	t.Parallel()
	for version, dump := range fixtures(t) {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			pgtest.NeedPostGIS(t)
			r := ofDatabase(t, pgtest.Restore(t, dump), version, "", func() (string, func() error) { return pgtest.Restore(t, dump), func() error { return nil } })
			if diff := cmp.Diff([]string(nil), brief(r)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if r.Compared < 1000 {
				t.Errorf("only %d objects were compared", r.Compared)
			}
		})
	}
}

// TestHandMade: of every hand-made object that the audit finds the SQL runs, and with it in db-init the
// database holds nothing that a new one would lack.
func TestHandMade(t *testing.T) {
	t.Parallel()
	databases := &pool{test: t, sql: postgis}
	for version, dump := range fixtures(t) {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			pgtest.NeedPostGIS(t)
			dsn := pgtest.Restore(t, dump)
			empty := func() (string, func() error) { return databases.take(t) }
			r := ofDatabase(t, dsn, version, "", empty)
			if n := len(r.Findings); n < 20 {
				t.Errorf("only %d hand-made objects: %q", n, brief(r))
			}
			var left []string
			for _, f := range r.Findings {
				if !f.Proved {
					left = append(left, string(f.State)+" "+f.Object.String())
					if !beyondHelp(f) {
						t.Errorf("%s: %s\n%s", f.Object, f.Remark, f.SQL)
					}
				}
			}
			var again []string
			for _, f := range ofDatabase(t, dsn, version, SQL(r), empty).Findings {
				again = append(again, string(f.State)+" "+f.Object.String())
			}
			slices.Sort(left)
			slices.Sort(again)
			if diff := cmp.Diff(left, again); diff != "" {
				t.Errorf("with the SQL in db-init (-want +got):\n%s", diff)
			}
		})
	}
}

// beyondHelp are objects of the fixtures that stand on what Directus cannot make: tables with odd keys, and
// columns whose type has no cast from the one that Directus gives them.
func beyondHelp(f Finding) bool {
	for _, odd := range []string{"key_", "parted_", "inherit_", "no_columns", "untracked_no_key", "a_view", "a_matview"} {
		if strings.HasPrefix(f.Object.Table, odd) || strings.HasPrefix(f.Object.Name, odd) {
			return true
		}
	}
	return f.Object.Kind == "column" && f.State == Differs
}

// TestCorpus: schemas of public projects that a real Directus applied. All that they hold is Directus's
// work, so nothing is found. They are no part of this repository: see TestCorpus of catalog/view.
func TestCorpus(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("SCHEMAGUARD_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	dumps, err := filepath.Glob(filepath.Join(dir, "*.sql.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if len(dumps) == 0 {
		t.Logf("no corpus in %s: nothing compared", dir)
	}
	databases := &pool{test: t, sql: postgis}
	for _, dump := range dumps {
		t.Run(filepath.Base(dump), func(t *testing.T) {
			t.Parallel()
			pgtest.NeedPostGIS(t)
			r := ofDatabase(t, pgtest.Restore(t, dump), "12.4.1", "", func() (string, func() error) { return databases.take(t) })
			if diff := cmp.Diff([]string(nil), brief(r)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// tame takes out of a snapshot what Directus itself cannot apply to a new database: lengths below zero, and
// defaults that are expressions. Neither matters here.
func tame(s *snapshot.Snapshot) *snapshot.Snapshot {
	out := snapshot.New(s.Version, s.Directus, s.Vendor)
	for _, kind := range snapshot.Kinds() {
		for _, item := range s.Items(kind) {
			if schema := item.Schema(); kind == snapshot.Field && !schema.IsNull() {
				o := schema.Object().With("default_value", jsvalue.Null())
				if schema.Get("max_length").Number() < 0 {
					o = o.With("max_length", jsvalue.Null())
				}
				item.Value = jsvalue.FromObject(item.Value.Object().With("schema", jsvalue.FromObject(o)))
			}
			out.Add(item)
		}
	}
	return out
}

package conformance

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/catalog/view"
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// TestNativeSnapshotEqualsDirectus: on every fixture our own snapshot is what the real Directus wrote, byte for byte.
func TestNativeSnapshotEqualsDirectus(t *testing.T) {
	t.Parallel()
	for _, f := range fixtures(t) {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			dsn := restore(t, f)
			for _, format := range f.Formats() {
				want, err := f.Golden(format)
				if err != nil {
					t.Fatal(err)
				}
				compare(t, f.Name+" "+format, native(t, dsn, f, format), want)
			}
		})
	}
}

// TestEveryFixtureIsHard: the comparison is worth nothing where the goldens are empty or the variants change nothing.
func TestEveryFixtureIsHard(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, f := range fixtures(t) {
		golden, err := f.Golden("yaml")
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(golden, []byte("\n  - collection: ")); n < 500 {
			t.Errorf("%s: only %d items", f.Name, n)
		}
		v, err := directus.ParseVersion(f.Version)
		if err != nil {
			t.Fatal(err)
		}
		header, _ := directus.HeaderVersion(v)
		if !bytes.HasPrefix(golden, []byte("version: 1\ndirectus: "+header.String()+"\nvendor: postgres\n")) {
			t.Errorf("%s begins with %.60q", f.Name, golden)
		}
		if other, ok := seen[string(golden)]; ok {
			t.Errorf("%s and %s are the same", f.Name, other)
		}
		seen[string(golden)] = f.Name
	}
	if len(seen) < 10 {
		t.Errorf("only %d fixtures", len(seen))
	}
}

func fixtures(t *testing.T) []Fixture {
	t.Helper()
	all, err := Fixtures(".")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// restore returns the DSN of a database made from a fixture's dump and settings.
func restore(t *testing.T, f Fixture) string {
	t.Helper()
	pgtest.NeedPostGIS(t)
	dsn := pgtest.Restore(t, f.dump)
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.PgConn().Exec(ctx, string(f.Settings)).ReadAll(); err != nil {
		t.Fatalf("running the settings of %s: %v", f.Name, err)
	}
	return dsn
}

func native(t *testing.T, dsn string, f Fixture, format string) []byte {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	opt := catalog.Options{Exclude: []string{"spatial_ref_sys", "sysdiagrams"}}
	if v, ok := f.Env["DB_SEARCH_PATH"]; ok {
		opt.SearchPath = strings.Split(v, ",")
	}
	if v, ok := f.Env["DB_EXCLUDE_TABLES"]; ok {
		opt.Exclude = strings.Split(v, ",")
	}
	c, err := catalog.Fetch(ctx, conn.PgConn(), opt)
	if err != nil {
		t.Fatal(err)
	}
	v, err := directus.ParseVersion(f.Version)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot.Encode(view.Snapshot(c, v), map[string]snapshot.Format{"yaml": snapshot.YAML, "json": snapshot.JSON}[format])
}

// compare fails the test at the first line that differs, and keeps both files where SCHEMAGUARD_KEEP names a folder.
func compare(t *testing.T, what string, got, want []byte) {
	t.Helper()
	if bytes.Equal(got, want) {
		return
	}
	if dir := os.Getenv("SCHEMAGUARD_KEEP"); dir != "" {
		base := filepath.Join(dir, strings.ReplaceAll(what, " ", "."))
		if err := os.WriteFile(base+".got", got, 0o644); err != nil {
			t.Error(err)
		}
		if err := os.WriteFile(base+".want", want, 0o644); err != nil {
			t.Error(err)
		}
	}
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	i := 0
	for i < len(g) && i < len(w) && g[i] == w[i] {
		i++
	}
	around := func(lines []string) string {
		part := strings.Join(lines[max(0, i-12):min(len(lines), i+6)], "\n")
		return fmt.Sprintf("%.3000s", part)
	}
	t.Errorf("%s differs from line %d on\ngot:\n%s\n\nwant:\n%s", what, i+1, around(g), around(w))
}

package view_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/catalog/view"
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// TestCorpus compares with what a real Directus 12.4.1 wrote for the schemas of
// public projects. They are data of others and not part of this repository: a
// folder "corpus" of pairs X.sql.gz and X.12.yaml, named by SCHEMAGUARD_CORPUS
// or standing beside the clone.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("SCHEMAGUARD_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "corpus")
	}
	dumps, err := filepath.Glob(filepath.Join(dir, "*.sql.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if len(dumps) == 0 {
		t.Logf("no corpus in %s: nothing compared", dir)
		return
	}
	for _, dump := range dumps {
		t.Run(filepath.Base(dump), func(t *testing.T) {
			t.Parallel()
			pgtest.NeedPostGIS(t)
			want, err := os.ReadFile(strings.TrimSuffix(dump, ".sql.gz") + ".12.yaml")
			if err != nil {
				t.Fatal(err)
			}
			got := native(t, pgtest.Restore(t, dump), "12.4.1")
			if !bytes.Equal(got, want) {
				t.Errorf("the snapshot differs from what Directus wrote:\n%s", firstDifference(got, want))
			}
		})
	}
}

// native takes a snapshot of a database as a Directus version would.
func native(t *testing.T, dsn, version string) []byte {
	t.Helper()
	ctx := context.Background()
	conn, err := pgconn.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	c, err := catalog.Fetch(ctx, conn, catalog.Options{Exclude: []string{"spatial_ref_sys", "sysdiagrams"}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := directus.ParseVersion(version)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot.Encode(view.Snapshot(c, v), snapshot.YAML)
}

// firstDifference shows the first line that differs, with some lines around it.
func firstDifference(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	i := 0
	for i < len(g) && i < len(w) && g[i] == w[i] {
		i++
	}
	around := func(lines []string) string {
		return strings.Join(lines[max(0, i-8):min(len(lines), i+4)], "\n")
	}
	return fmt.Sprintf("line %d\ngot:\n%s\nwant:\n%s", i+1, around(g), around(w))
}

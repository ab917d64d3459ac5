package catalog_test

import (
	"context"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
)

// Every query of a fetch has a digest of its own: what one of them sees changes
// that one, and what none of them sees changes nothing.
func TestDigests(t *testing.T) {
	t.Parallel()
	conn := connect(t, fleet(t))
	w := catalog.Watch(catalog.Options{})
	digests := func() string {
		results, err := conn.Exec(context.Background(), strings.Join(append(w.Setup(), w.Digests()), ";\n")).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, value := range results[len(results)-1].Rows[0] {
			if len(value) != 32 {
				t.Fatalf("%q is no digest", value)
			}
			all = append(all, string(value))
		}
		if conn.TxStatus() != 'I' {
			t.Fatal("the transaction outlives its message")
		}
		return strings.Join(all, " ")
	}
	for _, c := range []struct {
		sql  string
		want int // digests that change
	}{
		{"SELECT 1", 0},
		{"CREATE VIEW seen AS SELECT 1 AS one", 1},
		{"CREATE TABLE keyless (a text)", 2},
		{"ALTER TABLE keyless ADD COLUMN b text", 1},
		{"ALTER TABLE keyless ADD CONSTRAINT keyless_a UNIQUE (a)", 1},
		{"UPDATE directus_collections SET icon = 'box' WHERE collection = (SELECT min(collection) FROM directus_collections)", 1},
		{"UPDATE directus_fields SET note = 'other' WHERE id = (SELECT min(id) FROM directus_fields)", 1},
		{"UPDATE directus_relations SET one_field = 'other' WHERE id = (SELECT min(id) FROM directus_relations)", 1},
		{"INSERT INTO directus_migrations (version, name) VALUES ('29990101A', 'Own')", 1},
		{"UPDATE directus_fields SET note = note; ANALYZE", 0},
		{"CREATE SCHEMA schemaguard; CREATE TABLE schemaguard.sync_point (kind text)", 1},
	} {
		before := strings.Fields(digests())
		run(t, conn, c.sql)
		got := 0
		for i, d := range strings.Fields(digests()) {
			if d != before[i] {
				got++
			}
		}
		if got != c.want {
			t.Errorf("%s: %d digests changed, want %d", c.sql, got, c.want)
		}
	}
}

func TestGeometryDigest(t *testing.T) {
	t.Parallel()
	pgtest.NeedPostGIS(t)
	conn := connect(t, pgtest.Database(t))
	run(t, conn, "CREATE EXTENSION postgis; CREATE TABLE places (id serial PRIMARY KEY, at geometry(Point, 4326))")
	digest := func() string {
		results, err := conn.Exec(context.Background(), catalog.Watch(catalog.Options{}).GeometryDigest()).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return string(results[0].Rows[0][0])
	}
	before := digest()
	run(t, conn, "INSERT INTO places DEFAULT VALUES")
	if digest() != before {
		t.Error("a row changed the digest")
	}
	run(t, conn, "ALTER TABLE places ALTER COLUMN at TYPE geometry(Polygon, 4326) USING NULL")
	if digest() == before {
		t.Error("another type did not change the digest")
	}
}

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
	own := filepath.Join(t.TempDir(), "small.yaml")
	if err := os.WriteFile(own, []byte(small), 0o644); err != nil {
		t.Fatal(err)
	}
	// A snapshot of 12.4.1 is not for older ones: its rows have columns that they lack.
	for version, files := range map[string][]string{"12.4.1": append(files, corpus...), "11.17.4": {own}, "11.8.0": {own}} {
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
			for _, file := range files {
				t.Run(filepath.Base(file), func(t *testing.T) { compare(t, d, base, file) })
			}
		})
	}
}

// small has a field of each type, in the little that every version takes.
const small = `version: 1
directus: 11.8.0
vendor: postgres
collections:
  - {collection: a-b, meta: {collection: a-b}, schema: {name: a-b}}
  - {collection: other, meta: {collection: other}, schema: {name: other}}
fields:
  - {collection: a-b, field: id, type: bigInteger, meta: {collection: a-b, field: id}, schema: {name: id, table: a-b, data_type: bigint, is_nullable: false, is_unique: true, is_primary_key: true, has_auto_increment: true}}
  - {collection: a-b, field: s, type: string, meta: {collection: a-b, field: s}, schema: {name: s, table: a-b, data_type: character varying, max_length: 12, default_value: "it's", is_nullable: false, is_unique: true}}
  - {collection: a-b, field: t, type: text, meta: {collection: a-b, field: t}, schema: {name: t, table: a-b, data_type: text, default_value: null, is_nullable: true}}
  - {collection: a-b, field: n, type: decimal, meta: {collection: a-b, field: n}, schema: {name: n, table: a-b, data_type: numeric, numeric_precision: 12, numeric_scale: 3, default_value: 1.5, is_nullable: true}}
  - {collection: a-b, field: f, type: float, meta: {collection: a-b, field: f}, schema: {name: f, table: a-b, data_type: real, default_value: null, is_nullable: true}}
  - {collection: a-b, field: at, type: timestamp, meta: {collection: a-b, field: at}, schema: {name: at, table: a-b, data_type: timestamp with time zone, default_value: CURRENT_TIMESTAMP, is_nullable: true}}
  - {collection: a-b, field: d, type: dateTime, meta: {collection: a-b, field: d}, schema: {name: d, table: a-b, data_type: timestamp without time zone, default_value: null, is_nullable: true}}
  - {collection: a-b, field: j, type: json, meta: {collection: a-b, field: j}, schema: {name: j, table: a-b, data_type: json, default_value: {a: 1}, is_nullable: true}}
  - {collection: a-b, field: yes, type: boolean, meta: {collection: a-b, field: yes}, schema: {name: yes, table: a-b, data_type: boolean, default_value: true, is_nullable: false}}
  - {collection: a-b, field: place, type: geometry.Point, meta: {collection: a-b, field: place}, schema: {name: place, table: a-b, data_type: POINT, default_value: null, is_nullable: true}}
  - {collection: a-b, field: o, type: uuid, meta: {collection: a-b, field: o}, schema: {name: o, table: a-b, data_type: uuid, default_value: null, is_nullable: true, foreign_key_table: other, foreign_key_column: id}}
  - {collection: other, field: id, type: uuid, meta: {collection: other, field: id}, schema: {name: id, table: other, data_type: uuid, default_value: gen_random_uuid(), is_nullable: false, is_unique: true, is_primary_key: true}}
relations:
  - {collection: a-b, field: o, related_collection: other, meta: null, schema: {table: a-b, column: o, foreign_key_table: other, foreign_key_column: id, on_update: NO ACTION, on_delete: SET NULL}}
`

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
		t.Fatalf("Directus does not apply it: %v", a.Errors)
	}
	decoded := snapshot.Decode(file, data)
	for _, s := range Statements(decoded.Snapshot, "public") {
		run(t, ours, s.SQL)
	}
	want, got := definitions(t, theirs, decoded.Snapshot), definitions(t, ours, decoded.Snapshot)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-Directus +ours):\n%s", diff)
	}
	if len(want) < 20 {
		t.Errorf("only %d objects", len(want))
	}
}

// definitions are those of all objects, by their names. Of Directus's own tables the columns and keys that
// the snapshot adds count: the indexes of their own columns, and what making those does to the columns, are
// its systemFields.
func definitions(t *testing.T, dsn string, s *snapshot.Snapshot) map[string]string {
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
		if strings.HasPrefix(o.Table, "directus_") {
			columns := o.Columns
			if o.Kind == object.Column {
				columns = []string{o.Name}
			}
			if len(columns) != 1 || s.Get(snapshot.Key{Kind: snapshot.Field, Collection: o.Table, Field: columns[0]}) == nil {
				continue
			}
		}
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

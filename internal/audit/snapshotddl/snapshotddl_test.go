package snapshotddl

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/sqlquote"
)

func statements(t *testing.T, text string) []string {
	t.Helper()
	f := snapshot.Decode("x.yaml", []byte(text))
	if !f.Trusted() {
		t.Fatal(f.Problems)
	}
	var out []string
	for _, s := range Statements(f.Snapshot, "public") {
		out = append(out, s.SQL)
	}
	return out
}

const head = "version: 1\ndirectus: 12.4.1\nvendor: postgres\n"

func TestStatements(t *testing.T) {
	t.Parallel()
	got := statements(t, head+`collections:
  - {collection: folder, meta: {collection: folder}}
  - {collection: a, meta: null, schema: {name: a}}
  - {collection: b"c, meta: null, schema: {name: b"c}}
fields:
  - {collection: a, field: id, type: uuid, meta: null, schema: {is_primary_key: true, is_nullable: false, is_unique: true}}
  - {collection: a, field: parent, type: uuid, meta: null, schema: {is_nullable: true, is_indexed: true}}
  - {collection: a, field: code, type: string, meta: null, schema: {max_length: 20, is_nullable: false, is_unique: true, default_value: "it's"}}
  - {collection: a, field: list, type: alias, meta: null}
  - {collection: a, field: odd, type: unknown, meta: null, schema: {data_type: tsvector}}
  - {collection: a, field: price, type: decimal, meta: null, schema: {default_value: 1.5}}
  - {collection: a, field: at, type: timestamp, meta: null, schema: {default_value: CURRENT_TIMESTAMP(3)}}
  - {collection: a, field: place, type: geometry.LineString, meta: null, schema: {data_type: LINESTRING}}
  - {collection: a, field: old, type: string, meta: null, schema: {data_type: char, max_length: 36, foreign_key_table: a, foreign_key_column: id}}
  - {collection: b"c, field: n, type: integer, meta: null, schema: {default_value: "nextval('x'::regclass)"}}
  - {collection: directus_users, field: a, type: uuid, meta: null, schema: {is_nullable: true}}
relations:
  - {collection: a, field: parent, related_collection: a, meta: null, schema: {on_delete: SET NULL, on_update: "x; DROP TABLE a"}}
  - {collection: directus_users, field: a, related_collection: a, meta: null, schema: null}
  - {collection: a, field: item, related_collection: null, meta: null}
  - {collection: gone, field: x, related_collection: a, meta: null, schema: null}
`)
	want := []string{
		`CREATE TABLE "public"."a" ("id" uuid NOT NULL, "parent" uuid, "code" varchar(20) NOT NULL DEFAULT 'it''s', "price" numeric(10, 5) DEFAULT '1.5', "at" timestamptz DEFAULT CURRENT_TIMESTAMP(3), "place" geometry(LineString, 4326), "old" uuid, PRIMARY KEY ("id"))`,
		`CREATE INDEX "a_parent_index" ON "public"."a" ("parent")`,
		`ALTER TABLE "public"."a" ADD CONSTRAINT "a_code_unique" UNIQUE ("code")`,
		`CREATE TABLE "public"."b""c" ("id" serial, "n" integer, PRIMARY KEY ("id"))`,
		`ALTER TABLE "public"."directus_users" ADD COLUMN IF NOT EXISTS "a" uuid`,
		`ALTER TABLE "public"."a" ADD CONSTRAINT "a_parent_foreign" FOREIGN KEY ("parent") REFERENCES "public"."a" ("id") ON DELETE SET NULL`,
		`ALTER TABLE "public"."directus_users" ADD CONSTRAINT "directus_users_a_foreign" FOREIGN KEY ("a") REFERENCES "public"."a" ("id")`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestIndexName(t *testing.T) {
	t.Parallel()
	// The long ones are what utils/get-default-index-name.js of 12.4.1 returns.
	for _, c := range []struct {
		kind, table string
		limit       int
		columns     []string
		want        string
	}{
		{"index", "My-Table.x", 63, []string{"A"}, "my_table_x_a_index"},
		{"unique", "t", 63, []string{"a", "b"}, "t_a_b_unique"},
		{"foreign", strings.Repeat("long_name_", 6), 60, []string{"field"}, "long_name_long_name_long_name_long_name_lo__5fcade8a_foreign"},
		{"index", strings.Repeat("é", 70), 63, []string{"x"}, strings.Repeat("é", 48) + "__df8bc6c_index"},
	} {
		if got := IndexName(c.kind, c.table, c.limit, c.columns...); got != c.want {
			t.Errorf("%s of %s: %q, want %q", c.kind, c.table, got, c.want)
		}
	}
}

func FuzzStatements(f *testing.F) {
	f.Add("a\"; DROP TABLE x; --", "b'", "c\\")
	f.Add("$1", "\x00", "é")
	f.Fuzz(func(t *testing.T, table, column, value string) {
		name := IndexName("unique", table, 63, column)
		if len([]rune(name)) > 63 {
			t.Errorf("%q is too long", name)
		}
		if q := sqlquote.Identifier(table); strings.Count(q, `"`)%2 != 0 || len(q) < 2 {
			t.Errorf("%q is quoted as %s", table, q)
		}
		if l := sqlquote.Literal(value); strings.Count(l, "'")%2 != 0 {
			t.Errorf("%q is written as %s", value, l)
		}
	})
}

package overlap

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

func TestEffects(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sql  string
		want []Effect
	}{
		{"CREATE TABLE a (b int)", []Effect{{Kind: CreateTable, Table: "a"}}},
		{`create unlogged table if not exists public."A b" as select 1`, []Effect{{Kind: CreateTable, Schema: "public", Table: "A b", IfNotExists: true}}},
		{"CREATE TEMP TABLE a (b int)", nil},
		{"CREATE INDEX a ON b (c)", nil},
		{"DROP TABLE IF EXISTS a, s.b CASCADE", []Effect{{Kind: DropTable, Table: "a"}, {Kind: DropTable, Schema: "s", Table: "b"}}},
		{
			"ALTER TABLE IF EXISTS ONLY s.a * ADD b numeric(8,2) DEFAULT (1), ADD COLUMN IF NOT EXISTS c int, ADD CONSTRAINT x CHECK (b > 1), ADD UNIQUE (b), DROP COLUMN IF EXISTS d CASCADE, DROP e, DROP CONSTRAINT y",
			[]Effect{{Kind: AddColumn, Schema: "s", Table: "a", Column: "b"}, {Kind: AddColumn, Schema: "s", Table: "a", Column: "c"}, {Kind: DropColumn, Schema: "s", Table: "a", Column: "d"}, {Kind: DropColumn, Schema: "s", Table: "a", Column: "e"}},
		},
		{"ALTER TABLE a RENAME b TO c", []Effect{{Kind: RenameColumn, Table: "a", Column: "b"}}},
		{"ALTER TABLE a RENAME COLUMN b TO c", []Effect{{Kind: RenameColumn, Table: "a", Column: "b"}}},
		{"ALTER TABLE a RENAME TO c", []Effect{{Kind: RenameTable, Table: "a"}}},
		{"ALTER TABLE a RENAME CONSTRAINT b TO c", nil},
		{
			"ALTER TABLE a ALTER b TYPE varchar(20) USING b::text, ALTER COLUMN c SET DATA TYPE timestamptz, ALTER d SET NOT NULL, ALTER e DROP NOT NULL, ALTER f SET DEFAULT 1, ALTER g SET STATISTICS 5, ALTER h TYPE numeric(8, 2)",
			[]Effect{
				{Kind: AlterType, Table: "a", Column: "b", Type: "character varying(20)"},
				{Kind: AlterType, Table: "a", Column: "c", Type: "timestamp with time zone"},
				{Kind: SetNotNull, Table: "a", Column: "d"},
				{Kind: DropNotNull, Table: "a", Column: "e"},
				{Kind: SetDefault, Table: "a", Column: "f", Default: "1"},
				{Kind: AlterType, Table: "a", Column: "h", Type: "numeric(8,2)"},
			},
		},
		{
			"ALTER TABLE a ALTER b SET DEFAULT 'it''s'::text, ALTER c SET DEFAULT coalesce(1, 2), ALTER d DROP DEFAULT, ALTER e SET DEFAULT NULL, ALTER f SET DEFAULT '', ALTER g SET DEFAULT now()",
			[]Effect{
				{Kind: SetDefault, Table: "a", Column: "b", Default: "it's"},
				{Kind: SetDefault, Table: "a", Column: "c", Default: "coalesce(1,2)"},
				{Kind: SetDefault, Table: "a", Column: "d"},
				{Kind: SetDefault, Table: "a", Column: "e"},
				{Kind: SetDefault, Table: "a", Column: "f", Default: "''"},
				{Kind: SetDefault, Table: "a", Column: "g", Default: "CURRENT_TIMESTAMP"},
			},
		},
		{"ALTER TABLE a OWNER TO b", nil},
		{"ALTER TABLE a ENABLE ROW LEVEL SECURITY", nil},
		{"ALTER TABLE", nil},
		{"ALTER TABLE a ALTER", nil},
		{"ALTER TABLE a ALTER b TYPE numeric(", []Effect{{Kind: AlterType, Table: "a", Column: "b", Type: "numeric("}}},
		{"SELECT 'CREATE TABLE a (b int)'", nil},
	} {
		if diff := cmp.Diff(c.want, Effects(c.sql), cmpopts.IgnoreFields(Effect{}, "Offset")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.sql, diff)
		}
	}
}

const schema = `version: 1
directus: 11.17.4
vendor: postgres
collections:
  - collection: vehicles
    meta: null
    schema:
      name: vehicles
  - collection: folder
    meta: null
    schema: null
fields:
  - collection: vehicles
    field: plate
    type: string
    meta: null
    schema:
      name: plate
      table: vehicles
      data_type: character varying
      max_length: 20
      is_nullable: false
      default_value: none
relations: []
`

func judged(t *testing.T, files map[string]string, c Claims) []string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	set, _, err := sqlfile.Load(sqlfile.Folder{Dir: filepath.Join(root, "db-init"), Shown: "db-init", Phase: sqlfile.Pre}, sqlfile.Folder{Dir: filepath.Join(root, "db-init-post"), Shown: "db-init-post", Phase: sqlfile.Post})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, p := range Judge(set, c) {
		all = append(all, string(p.Code)+" "+p.File+":"+p.At.String())
	}
	return all
}

func TestWhatBothSidesClaim(t *testing.T) {
	t.Parallel()
	file := snapshot.Decode("schema.yaml", []byte(schema))
	if file.Snapshot == nil {
		t.Fatal(file.Problems)
	}
	pending := func(string) bool { return true }
	applied := func(string) bool { return false }
	const pre, post = "db-init/001_a.sql", "db-init-post/001_a.sql"
	for _, c := range []struct {
		why, file, sql string
		claims         Claims
		want           []string
	}{
		{"another type", post, "SELECT 1;\nALTER TABLE vehicles ALTER plate TYPE text;", Claims{Pending: pending}, []string{"DBINIT_REVERT " + post + ":2:22"}},
		{"the same type", post, "ALTER TABLE vehicles ALTER plate TYPE varchar(20);", Claims{Pending: pending}, nil},
		{"another length", post, "ALTER TABLE vehicles ALTER plate TYPE varchar(30);", Claims{Pending: pending}, []string{"DBINIT_REVERT " + post + ":1:22"}},
		{"applied already: the check of the schema sees it", post, "ALTER TABLE vehicles ALTER plate TYPE text;", Claims{Pending: applied}, nil},
		{"not null, as the snapshot says", post, "ALTER TABLE vehicles ALTER plate SET NOT NULL;", Claims{Pending: pending}, nil},
		{"null, as it does not", post, "ALTER TABLE vehicles ALTER plate DROP NOT NULL;", Claims{Pending: pending}, []string{"DBINIT_REVERT " + post + ":1:22"}},
		{"a column that the snapshot lacks", post, "ALTER TABLE public.vehicles ADD colour text;", Claims{Pending: pending}, []string{"DBINIT_REVERT " + post + ":1:29"}},
		{"a column that it has", post, "ALTER TABLE vehicles ADD IF NOT EXISTS plate text;", Claims{Pending: pending}, nil},
		{"a table of that name in another schema", post, "CREATE TABLE telemetry.vehicles (a int); ALTER TABLE telemetry.vehicles ADD b int; DROP TABLE telemetry.vehicles", Claims{Pending: pending}, nil},
		{"in the schema of Directus", post, "ALTER TABLE cms.vehicles ADD b int; ALTER TABLE other.vehicles ADD b int", Claims{Pending: pending, Schemas: []string{"cms", "public"}}, []string{"DBINIT_REVERT " + post + ":1:26"}},
		{"a ghost's name in another schema", pre, "CREATE TABLE telemetry.positions (a int);", Claims{Pending: applied, Tracked: []string{"positions"}}, nil},
		{"the default of the snapshot", post, "ALTER TABLE vehicles ALTER plate SET DEFAULT 'none'::varchar;", Claims{Pending: pending}, nil},
		{"another default", post, "ALTER TABLE vehicles ALTER plate SET DEFAULT '';", Claims{Pending: pending}, []string{"DBINIT_REVERT " + post + ":1:22"}},
		{"no default", post, "ALTER TABLE vehicles ALTER plate DROP DEFAULT;", Claims{Pending: pending}, []string{"DBINIT_REVERT " + post + ":1:22"}},
		{"drops a column", post, "ALTER TABLE vehicles DROP plate;", Claims{Pending: pending}, []string{"DBINIT_REVERT " + post + ":1:22"}},
		{"drops one that the snapshot lacks", post, "ALTER TABLE vehicles DROP colour;", Claims{Pending: pending}, nil},
		{"drops the table", post, "DROP TABLE vehicles;", Claims{Pending: pending}, []string{"DBINIT_REVERT " + post + ":1:12"}},
		{"renames the table", post, "ALTER TABLE vehicles RENAME TO v;", Claims{Pending: pending}, []string{"DBINIT_REVERT " + post + ":1:22"}},
		{"another table", post, "ALTER TABLE positions ADD colour text; ALTER TABLE folder ADD a int;", Claims{Pending: pending}, nil},
		{"a constraint, which no snapshot holds", post, "ALTER TABLE vehicles ADD CONSTRAINT c CHECK (plate <> '');", Claims{Pending: pending}, nil},
		{"creates what the snapshot creates", pre, "CREATE TABLE IF NOT EXISTS vehicles (plate text);", Claims{Pending: applied}, []string{"DBINIT_CREATES " + pre + ":1:28"}},
		{"creates it where it is there already", post, "CREATE TABLE IF NOT EXISTS vehicles (plate text);", Claims{Pending: pending}, nil},
		{"a table of its own", pre, "CREATE TABLE positions (a int);", Claims{Pending: pending}, nil},
		{"a ghost", pre, "CREATE TABLE positions (a int);", Claims{Pending: applied, Tracked: []string{"positions"}}, []string{"DBINIT_GHOST " + pre + ":1:14"}},
		{"a folder of the snapshot", pre, "CREATE TABLE folder (a int);", Claims{Pending: applied, Tracked: []string{"folder"}}, nil},
		{"left alone by Directus", pre, "CREATE TABLE positions (a int);", Claims{Pending: applied, Tracked: []string{"positions"}, Excluded: []string{"positions"}}, nil},
	} {
		c.claims.Snapshot = file.Snapshot
		if diff := cmp.Diff(c.want, judged(t, map[string]string{c.file: c.sql}, c.claims)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.why, diff)
		}
	}
	if got := judged(t, map[string]string{pre: "CREATE TABLE vehicles (a int)"}, Claims{Pending: pending}); got != nil {
		t.Errorf("without a snapshot it judged %v", got)
	}
}

func FuzzEffects(f *testing.F) {
	f.Add("ALTER TABLE a ALTER b TYPE numeric(8, 2), DROP c")
	f.Add("CREATE TABLE U&\"a\" (")
	f.Fuzz(func(_ *testing.T, text string) { Effects(text) })
}

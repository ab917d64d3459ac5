package audit

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// thing is a snapshot with one collection, thing, that has a text, a number and a place.
const thing = `version: 1
directus: 12.4.1
vendor: postgres
collections:
  - collection: thing
    meta: {collection: thing}
    schema: {name: thing}
fields:
  - {collection: thing, field: id, type: integer, schema: {name: id, table: thing, data_type: integer, is_nullable: false, is_unique: true, is_primary_key: true, has_auto_increment: true}, meta: null}
  - {collection: thing, field: a, type: integer, schema: {name: a, table: thing, data_type: integer, is_nullable: true, is_indexed: true}, meta: null}
  - {collection: thing, field: b, type: string, schema: {name: b, table: thing, data_type: character varying, max_length: 255, is_nullable: true, is_unique: true}, meta: null}
  - {collection: thing, field: r, type: json, schema: {name: r, table: thing, data_type: json, is_nullable: true}, meta: null}
systemFields: []
relations: []
`

// thingSQL is what Directus makes of it.
const thingSQL = `CREATE TABLE thing (id serial PRIMARY KEY, a integer, b varchar(255), r json);
ALTER TABLE thing ADD CONSTRAINT thing_b_unique UNIQUE (b); CREATE INDEX thing_a_index ON thing (a);
`

func decode(t testing.TB, text string) *snapshot.Snapshot {
	t.Helper()
	f := snapshot.Decode("schema.yaml", []byte(text))
	if !f.Trusted() {
		t.Fatalf("the snapshot of the test is invalid: %v", f.Problems)
	}
	return f.Snapshot
}

// setting is a database and a project.
type setting struct {
	dsn             string // of a live database that is there already; "" makes one
	live, pre, post string
	snapshot        string // "" for that of thing
	accepted        []Entry
	throwaway       func(context.Context) (string, func() error, error)
	change          func(*Options)
	pool            *pool // where its databases come from; nil for some of its own
}

// options makes those of a setting; the throwaway database is another of the test server.
func (s setting) options(t testing.TB) Options {
	t.Helper()
	dsn := s.database(t)
	run(t, dsn, s.live)
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	if s.snapshot == "" {
		s.snapshot = thing
	}
	o := Options{
		Live: config, Snapshot: decode(t, s.snapshot), Accepted: s.accepted, Throwaway: s.throwaway,
		Directus: directus.Version{Major: 12, Minor: 4, Patch: 1},
		Apply: func(ctx context.Context, config *pgconn.Config, phase Phase) error {
			conn, err := pgconn.ConnectConfig(ctx, config)
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close(ctx) }()
			return conn.Exec(ctx, map[Phase]string{Pre: s.pre, Post: s.post}[phase]).Close()
		},
		Sources: []Source{{"db-init/001.sql", s.pre}, {"db-init-post/002.sql", s.post}},
	}
	if o.Throwaway == nil {
		o.Throwaway = func(context.Context) (string, func() error, error) {
			if s.pool == nil {
				return pgtest.Database(t), func() error { return nil }, nil
			}
			dsn, done := s.pool.take(t)
			return dsn, done, nil
		}
	}
	if s.change != nil {
		s.change(&o)
	}
	return o
}

// database returns one that is there until the test ends.
func (s setting) database(t testing.TB) string {
	t.Helper()
	switch {
	case s.dsn != "":
		return s.dsn
	case s.pool == nil:
		return pgtest.Database(t)
	}
	dsn, done := s.pool.take(t)
	t.Cleanup(func() { _ = done() })
	return dsn
}

func (s setting) audit(t testing.TB) *Result {
	t.Helper()
	r, err := Run(t.Context(), s.options(t))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func run(t testing.TB, dsn, sql string) {
	t.Helper()
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	runOn(t, config, sql)
}

func runOn(t testing.TB, config *pgconn.Config, sql string) {
	t.Helper()
	conn, err := pgconn.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if err := conn.Exec(t.Context(), sql).Close(); err != nil {
		t.Fatalf("running %.200s: %v", sql, err)
	}
}

// brief is the findings of a result, one line each.
func brief(r *Result) []string {
	var out []string
	for _, f := range r.Findings {
		line := string(f.State) + " " + f.Object.String()
		if f.SQL != "" && !f.Proved {
			line += " (not proved: " + f.Remark + ")"
		}
		out = append(out, line)
	}
	return out
}

// kinds are objects of every kind: made in live alone each must be found; made by db-init too, none.
func kinds() []kindCase {
	return []kindCase{
		{"multi-column index", "", "CREATE INDEX x ON thing (a, b)", []string{"index public.thing.x"}},
		{"partial index", "", "CREATE INDEX x ON thing (a) WHERE a > 3", []string{"index public.thing.x"}},
		{"expression index", "", "CREATE INDEX x ON thing (lower(b))", []string{"index public.thing.x"}},
		{"descending index", "", "CREATE INDEX x ON thing (a DESC)", []string{"index public.thing.x"}},
		{"covering index", "", "CREATE INDEX x ON thing (a) INCLUDE (b)", []string{"index public.thing.x"}},
		{"unique index without a constraint", "", "CREATE UNIQUE INDEX x ON thing (a)", []string{"index public.thing.x"}},
		{"hash index", "", "CREATE INDEX x ON thing USING hash (b)", []string{"index public.thing.x"}},
		{"operator class", "", "CREATE INDEX x ON thing (b varchar_pattern_ops)", []string{"index public.thing.x"}},
		{"gin index", "CREATE EXTENSION pg_trgm", "CREATE INDEX x ON thing USING gin (b gin_trgm_ops)", []string{"index public.thing.x"}},
		{"composite unique", "", "ALTER TABLE thing ADD CONSTRAINT x UNIQUE (a, b)", []string{"unique constraint public.thing.x"}},
		{"deferrable unique", "", "ALTER TABLE thing ADD CONSTRAINT x UNIQUE (a) DEFERRABLE", []string{"unique constraint public.thing.x"}},
		{"check", "", "ALTER TABLE thing ADD CONSTRAINT x CHECK (a > 0)", []string{"check constraint public.thing.x"}},
		{"check on words", "", "ALTER TABLE thing ADD CONSTRAINT x CHECK (b IN ('x', 'y'))", []string{"check constraint public.thing.x"}},
		{"exclusion", "CREATE EXTENSION btree_gist", "ALTER TABLE thing ADD CONSTRAINT x EXCLUDE USING gist (a WITH =, b WITH <>)", []string{"exclusion constraint public.thing.x"}},
		{
			"foreign key of two columns", "", "CREATE TABLE other (x int, y int, PRIMARY KEY (x, y)); ALTER TABLE thing ADD CONSTRAINT x FOREIGN KEY (a, id) REFERENCES other",
			[]string{"table public.other", "foreign key public.thing.x"},
		},
		{"trigger", "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end'", "CREATE TRIGGER x BEFORE UPDATE ON thing FOR EACH ROW EXECUTE FUNCTION f()", []string{"trigger public.thing.x"}},
		{"disabled trigger", "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end'", "CREATE TRIGGER x BEFORE UPDATE ON thing FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE thing DISABLE TRIGGER x", []string{"trigger public.thing.x"}},
		{"view", "", "CREATE VIEW x AS SELECT a FROM thing", []string{"view public.x"}},
		{"view with options", "", "CREATE VIEW x WITH (security_barrier) AS SELECT a FROM thing", []string{"view public.x"}},
		{"view on a view on a later one", "", "CREATE VIEW z AS SELECT a FROM thing; CREATE VIEW x AS SELECT a FROM z", []string{"view public.z", "view public.x"}},
		{"materialized view with an index", "", "CREATE MATERIALIZED VIEW x AS SELECT a FROM thing; CREATE UNIQUE INDEX xi ON x (a)", []string{"materialized view public.x"}},
		{"rule", "", "CREATE RULE x AS ON DELETE TO thing DO INSTEAD NOTHING", []string{"rule public.thing.x"}},
		{"function", "", "CREATE FUNCTION x(n int, m text DEFAULT 'q;') RETURNS int LANGUAGE sql IMMUTABLE AS 'select n'", []string{"function public.x(n integer, m text)"}},
		{"function that needs a view", "", "CREATE VIEW v AS SELECT a FROM thing; CREATE FUNCTION x() RETURNS SETOF v LANGUAGE sql AS 'select * from v'", []string{"view public.v", "function public.x()"}},
		{"procedure", "", "CREATE PROCEDURE x() LANGUAGE plpgsql AS 'begin null; end'", []string{"function public.x()"}},
		{"aggregate", "", "CREATE AGGREGATE x(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0')", []string{"aggregate public.x(integer)"}},
		{"extension", "", "CREATE EXTENSION hstore", []string{"extension hstore"}},
		{"schema and a table in it", "", "CREATE SCHEMA s; CREATE TABLE s.x (id serial PRIMARY KEY, n numeric(9,2) DEFAULT 1 NOT NULL CHECK (n > 0)); CREATE INDEX xi ON s.x (n)", []string{"schema s", "table s.x"}},
		{"identity and generated columns", "", "CREATE TABLE x (id int GENERATED ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY 10) PRIMARY KEY, d int GENERATED ALWAYS AS (1 + 1) STORED, c text COLLATE \"C\")", []string{"table public.x"}},
		{"column of a table of db-init", "CREATE TABLE x (id int PRIMARY KEY)", "ALTER TABLE x ADD COLUMN n int DEFAULT 3", []string{"column public.x.n"}},
		{"unlogged table", "", "CREATE UNLOGGED TABLE x (id int)", []string{"table public.x"}},
		{"inheritance", "CREATE TABLE base (id int)", "CREATE TABLE x (n int) INHERITS (base)", []string{"table public.x"}},
		{
			"partitions", "", "CREATE TABLE x (id int, at date) PARTITION BY RANGE (at); CREATE INDEX xi ON x (id); CREATE TABLE x1 PARTITION OF x FOR VALUES FROM ('2020-01-01') TO ('2021-01-01'); CREATE TABLE xd PARTITION OF x DEFAULT",
			[]string{"table public.x", "partition public.x1", "partition public.xd"},
		},
		{"enum", "", "CREATE TYPE x AS ENUM ('p', 'q''s')", []string{"enum type public.x"}},
		{"domain", "", "CREATE DOMAIN x AS text DEFAULT 'n' NOT NULL CHECK (VALUE <> '')", []string{"domain public.x"}},
		{"composite type", "", "CREATE TYPE x AS (n int, m text)", []string{"composite type public.x"}},
		{"range type", "", "CREATE TYPE x AS RANGE (subtype = float8, subtype_diff = float8mi)", []string{"range type public.x"}},
		{"sequence", "", "CREATE SEQUENCE x INCREMENT BY 5 CACHE 3 CYCLE MAXVALUE 1000", []string{"sequence public.x"}},
		{"policy and row security", "", "ALTER TABLE thing ENABLE ROW LEVEL SECURITY; CREATE POLICY x ON thing FOR UPDATE USING (a > 1) WITH CHECK (a > 2)", []string{"policy public.thing.x", "row security public.thing"}},
		{
			"comments", "", `COMMENT ON TABLE thing IS 'it''s \ x'; COMMENT ON COLUMN thing.a IS 'c'; COMMENT ON INDEX thing_a_index IS 'i'; COMMENT ON CONSTRAINT thing_b_unique ON thing IS 'k'`,
			[]string{"comment index public.thing_a_index", "comment table column public.thing.a", "comment table constraint thing_b_unique on public.thing", "comment table public.thing"},
		},
		{"storage options", "", "ALTER TABLE thing SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, toast.autovacuum_enabled = false)", []string{"storage options public.thing"}},
		{"replica identity", "", "ALTER TABLE thing REPLICA IDENTITY FULL", []string{"replica identity public.thing"}},
		{"statistics", "", "CREATE STATISTICS x (dependencies) ON a, b FROM thing", []string{"statistics public.thing.x"}},
		{"event trigger", "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'begin end'", "CREATE EVENT TRIGGER x ON ddl_command_end WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION f()", []string{"event trigger x"}},
		{"foreign table", "CREATE EXTENSION postgres_fdw", "CREATE SERVER srv FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'h'); CREATE FOREIGN TABLE x (a int OPTIONS (column_name 'it''s')) SERVER srv OPTIONS (table_name 't')", []string{"foreign server srv", "foreign table public.x"}},
		{"type of a column that Directus makes otherwise", "", "ALTER TABLE thing ALTER COLUMN r TYPE json USING r::json; ALTER TABLE thing ALTER COLUMN b TYPE varchar(255) COLLATE \"C\"", []string{"column public.thing.b"}},
	}
}

type kindCase struct {
	name, both, extra string
	want              []string
}

func TestEveryKind(t *testing.T) {
	t.Parallel()
	databases := &pool{test: t}
	for _, k := range kinds() {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			live := k.both + ";" + thingSQL + k.extra
			o := setting{live: live, pre: k.both, pool: databases}.options(t)
			r, err := Run(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range r.Findings {
				got = append(got, f.Object.String())
				if f.State == NotInLive || !f.Proved {
					t.Errorf("%s is %s, proved %v: %s", f.Object, f.State, f.Proved, f.Remark)
				}
			}
			if diff := cmp.Diff(k.want, got); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
			// The SQL does nothing to live, where db-init runs too.
			runOn(t, o.Live, SQL(r))
			// In db-init it makes the audit clean.
			if diff := cmp.Diff([]string(nil), brief(setting{live: live, pre: k.both, post: SQL(r), pool: databases}.audit(t))); diff != "" {
				t.Errorf("with the SQL in db-init (-want +got):\n%s\n%s", diff, SQL(r))
			}
			// And live without it is told, with the SQL that it lacks.
			o = setting{live: k.both + ";" + thingSQL, pre: k.both, post: k.extra, pool: databases}.options(t)
			if r, err = Run(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			for _, f := range r.Findings {
				runOn(t, o.Live, f.LiveSQL)
				if f.State != NotInLive && f.Object.Kind != "column" || f.LiveSQL == "" && f.State == NotInLive {
					t.Errorf("only db-init makes it: %s is %s, SQL %q", f.Object, f.State, f.LiveSQL)
				}
				if f.Where == "" || !strings.HasPrefix(f.Where, "db-init-post/002.sql:1") {
					t.Errorf("only db-init makes it: %s is said to come from %q", f.Object, f.Where)
				}
			}
			if r, err = Run(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string(nil), brief(r)); diff != "" {
				t.Errorf("with that SQL in live (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSilent: what the snapshot itself holds is none of the audit's business, whatever its name.
func TestSilent(t *testing.T) {
	t.Parallel()
	databases := &pool{test: t}
	for name, s := range map[string]setting{
		"as Directus makes it": {live: thingSQL},
		"other names":          {live: "CREATE TABLE thing (id serial CONSTRAINT k PRIMARY KEY, a integer, b varchar(255) CONSTRAINT u UNIQUE, r json); CREATE INDEX i ON thing (a)"},
		"an edit of Directus that is not in the snapshot": {live: thingSQL + "ALTER TABLE thing ALTER COLUMN b TYPE text; ALTER TABLE thing ALTER COLUMN a SET DEFAULT 3; ALTER TABLE thing ALTER COLUMN a SET NOT NULL; ALTER TABLE thing ADD COLUMN z int"},
		"its table is pending":                            {live: "SELECT 1", post: "CREATE INDEX x ON thing (a, b); COMMENT ON TABLE thing IS 'c'"},
		"the runner's own table":                          {live: thingSQL + "CREATE TABLE migrations_applied (id serial PRIMARY KEY, name text UNIQUE, at timestamptz CHECK (at > '2000-01-01')); CREATE INDEX ON migrations_applied (name, at)"},
		"ours":                                            {live: thingSQL + "CREATE SCHEMA schemaguard; CREATE TABLE schemaguard.sync_point (id int); CREATE SCHEMA schemaguard_trash; CREATE TABLE schemaguard_trash.x (id int)"},
		"temporary":                                       {live: thingSQL, post: "CREATE TEMP TABLE tt (id int)"},
		"a collection that is not in the snapshot yet": {live: thingSQL + "CREATE TABLE directus_collections (collection varchar(64) PRIMARY KEY); INSERT INTO directus_collections VALUES ('news'); CREATE TABLE news (id serial PRIMARY KEY, n int UNIQUE); CREATE INDEX ON news (n)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.pool = databases
			r := s.audit(t)
			if diff := cmp.Diff([]string(nil), brief(r)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if r.Compared == 0 {
				t.Error("nothing was compared")
			}
		})
	}
}

package audit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/audit/throwaway"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
)

// TestDiffers: what both have and not alike is told, with SQL that was tried and makes it clean.
func TestDiffers(t *testing.T) {
	t.Parallel()
	fn := "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';"
	databases := &pool{test: t}
	for name, c := range map[string]struct{ both, live, post, want string }{
		"index":                    {"", "CREATE INDEX x ON thing (a, b)", "CREATE INDEX x ON thing (b, a)", "index public.thing.x"},
		"kind of an index":         {"", "DROP INDEX thing_a_index; CREATE INDEX thing_a_index ON thing USING hash (a)", "", "index public.thing.thing_a_index"},
		"check":                    {"", "ALTER TABLE thing ADD CONSTRAINT x CHECK (a > 0)", "ALTER TABLE thing ADD CONSTRAINT x CHECK (a > 1)", "check constraint public.thing.x"},
		"unvalidated check":        {"", "ALTER TABLE thing ADD CONSTRAINT x CHECK (a > 0) NOT VALID", "ALTER TABLE thing ADD CONSTRAINT x CHECK (a > 0)", "check constraint public.thing.x"},
		"deferrable unique":        {"", "ALTER TABLE thing DROP CONSTRAINT thing_b_unique; ALTER TABLE thing ADD CONSTRAINT thing_b_unique UNIQUE (b) DEFERRABLE", "", "unique constraint public.thing.thing_b_unique"},
		"view":                     {"", "CREATE VIEW x AS SELECT a, b FROM thing", "CREATE VIEW x AS SELECT a FROM thing", "view public.x"},
		"view, fewer columns":      {"", "CREATE VIEW x AS SELECT a FROM thing", "CREATE VIEW x AS SELECT a, b FROM thing", "view public.x"},
		"materialized view":        {"", "CREATE MATERIALIZED VIEW x AS SELECT a FROM thing", "CREATE MATERIALIZED VIEW x AS SELECT b FROM thing", "materialized view public.x"},
		"function":                 {"", "CREATE FUNCTION x() RETURNS int LANGUAGE sql AS 'select 1'", "CREATE FUNCTION x() RETURNS int LANGUAGE sql AS 'select 2'", "function public.x()"},
		"returned type":            {"", "CREATE FUNCTION x() RETURNS int LANGUAGE sql AS 'select 1'", "CREATE FUNCTION x() RETURNS text LANGUAGE sql AS 'select ''1'''", "function public.x()"},
		"trigger":                  {fn, "CREATE TRIGGER x BEFORE INSERT ON thing FOR EACH ROW EXECUTE FUNCTION f()", "CREATE TRIGGER x AFTER INSERT ON thing FOR EACH ROW EXECUTE FUNCTION f()", "trigger public.thing.x"},
		"disabled trigger":         {fn, "CREATE TRIGGER x BEFORE INSERT ON thing FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE thing DISABLE TRIGGER x", "CREATE TRIGGER x BEFORE INSERT ON thing FOR EACH ROW EXECUTE FUNCTION f()", "trigger public.thing.x"},
		"policy":                   {"", "CREATE POLICY x ON thing USING (a = 1)", "CREATE POLICY x ON thing USING (a = 2)", "policy public.thing.x"},
		"row security":             {"", "ALTER TABLE thing ENABLE ROW LEVEL SECURITY; ALTER TABLE thing FORCE ROW LEVEL SECURITY", "ALTER TABLE thing ENABLE ROW LEVEL SECURITY", "row security public.thing"},
		"enum":                     {"", "CREATE TYPE x AS ENUM ('new', 'a', 'between', 'b', 'last')", "CREATE TYPE x AS ENUM ('a', 'b')", "enum type public.x"},
		"sequence":                 {"", "CREATE SEQUENCE x INCREMENT 5", "CREATE SEQUENCE x", "sequence public.x"},
		"sequence of a collection": {"", "ALTER SEQUENCE thing_id_seq INCREMENT BY 10 CACHE 5", "", "sequence public.thing.thing_id_seq"},
		"comment":                  {"", "COMMENT ON TABLE thing IS 'x'", "COMMENT ON TABLE thing IS 'y'", "comment table public.thing"},
		"storage options":          {"", "ALTER TABLE thing SET (fillfactor = 50)", "ALTER TABLE thing SET (fillfactor = 60, autovacuum_enabled = false)", "storage options public.thing"},
		"unlogged":                 {"", "CREATE UNLOGGED TABLE x (id int)", "CREATE TABLE x (id int)", "table public.x"},
		"schema of an extension":   {"CREATE SCHEMA s;", "CREATE EXTENSION hstore SCHEMA s", "CREATE EXTENSION hstore", "extension hstore"},
		"type of a column":         {"", "CREATE TABLE x (n bigint DEFAULT 3 NOT NULL)", "CREATE TABLE x (n int)", "column public.x.n"},
		"identity":                 {"", "CREATE TABLE x (n int GENERATED ALWAYS AS IDENTITY)", "CREATE TABLE x (n int DEFAULT 3)", "column public.x.n"},
		"no default":               {"", "CREATE TABLE x (n int)", "CREATE TABLE x (n int DEFAULT 3 NOT NULL)", "column public.x.n"},
		"generated":                {"", "CREATE TABLE x (m int, n int GENERATED ALWAYS AS (m * 2) STORED)", "CREATE TABLE x (m int, n int)", "column public.x.n"},
		"collation":                {"", "ALTER TABLE thing ALTER COLUMN b TYPE varchar(255) COLLATE \"C\"", "", "column public.thing.b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setting{live: c.both + thingSQL + c.live, pre: c.both, post: c.post, pool: databases}
			r := s.audit(t)
			if diff := cmp.Diff([]string{"differs " + c.want}, brief(r)); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
			if f := r.Findings[0]; f.LiveSQL == "" && c.want != "enum type public.x" {
				t.Error("there is no SQL for live")
			}
			s.post += ";\n" + SQL(r)
			if diff := cmp.Diff([]string(nil), brief(s.audit(t))); diff != "" {
				t.Errorf("with the SQL in db-init (-want +got):\n%s\n%s", diff, SQL(r))
			}
		})
	}
}

// TestWithoutSQL: where nothing harmless can be given, the finding says so.
func TestWithoutSQL(t *testing.T) {
	t.Parallel()
	databases := &pool{test: t}
	for name, c := range map[string]struct{ live, post string }{
		"fewer labels":        {"CREATE TYPE x AS ENUM ('a')", "CREATE TYPE x AS ENUM ('a', 'b')"},
		"partitioned or not":  {"CREATE TABLE x (id int) PARTITION BY RANGE (id)", "CREATE TABLE x (id int)"},
		"bounds":              {"CREATE TABLE y (id int) PARTITION BY RANGE (id); CREATE TABLE x PARTITION OF y FOR VALUES FROM (0) TO (9)", "CREATE TABLE y (id int) PARTITION BY RANGE (id); CREATE TABLE x PARTITION OF y FOR VALUES FROM (0) TO (8)"},
		"domain":              {"CREATE DOMAIN x AS int", "CREATE DOMAIN x AS text"},
		"options of a column": {"CREATE EXTENSION postgres_fdw; CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw; CREATE FOREIGN TABLE x (a int OPTIONS (column_name 'p')) SERVER s", "CREATE EXTENSION postgres_fdw; CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw; CREATE FOREIGN TABLE x (a int) SERVER s"},
		"an operator":         {"CREATE OPERATOR @#@ (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl)", ""},
		"text search":         {"CREATE TEXT SEARCH CONFIGURATION x (COPY = simple)", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := setting{live: thingSQL + c.live, post: c.post, pool: databases}.audit(t)
			if len(r.Findings) != 1 || r.Findings[0].SQL != "" || !strings.Contains(r.Findings[0].Remark, "by hand") || strings.Contains(SQL(r), "DROP") {
				t.Errorf("found %+v", r.Findings)
			}
		})
	}
}

// TestSpelling: the same check that came to live by a dump is spelled otherwise by the server, and is the same.
func TestSpelling(t *testing.T) {
	t.Parallel()
	made := "ALTER TABLE thing ADD CONSTRAINT x CHECK (b IN ('p', 'q'))"
	dumped := "ALTER TABLE thing ADD CONSTRAINT x CHECK (((b)::text = ANY ((ARRAY['p'::character varying, 'q'::character varying])::text[])))"
	if diff := cmp.Diff([]string(nil), brief(setting{live: thingSQL + dumped, post: made}.audit(t))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	other := strings.ReplaceAll(dumped, "'q'", "'r'")
	if diff := cmp.Diff([]string{"differs check constraint public.thing.x"}, brief(setting{live: thingSQL + other, post: made}.audit(t))); diff != "" {
		t.Errorf("another check (-want +got):\n%s", diff)
	}
}

// TestHostileNames: names that try to end a literal, an identifier, a comment or a dollar quote are names.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	databases := &pool{test: t}
	for i, name := range []string{`"`, `'`, `a"; DROP TABLE thing; --`, "$do$; DROP TABLE thing; $do$", `\`, "é\u202e", "a.b", "A b", "line\nfeed", "*/", "select", "1", "%I %L %", "tab\there"} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			q := `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
			l := "E'" + strings.NewReplacer(`'`, `''`, `\`, `\\`).Replace(name) + "'"
			hostile := strings.NewReplacer("@", q, "~", l).Replace(`CREATE SCHEMA @; CREATE TYPE @."e" AS ENUM (~); CREATE TABLE @.@ (@ serial PRIMARY KEY, e @."e" DEFAULT ~, c text CONSTRAINT @ CHECK (c <> ~));
CREATE INDEX ON @.@ (lower(c)) WHERE c <> ~; CREATE VIEW @."v" AS SELECT @ AS @, ~::text AS x FROM @.@; COMMENT ON TABLE @.@ IS ~; COMMENT ON COLUMN @.@.@ IS ~;
CREATE FUNCTION @.@(@ text) RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';`) +
				strings.NewReplacer("@", q).Replace(`CREATE FUNCTION @.t() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end'; CREATE TRIGGER @ BEFORE INSERT ON @.@ FOR EACH ROW EXECUTE FUNCTION @.t(); CREATE POLICY @ ON @.@; CREATE SEQUENCE @."s"; CREATE DOMAIN @."d" AS int`)
			hostile = strings.Replace(hostile, " RETURNS trigger LANGUAGE", " RETURNS int LANGUAGE", 1)
			hostile = strings.Replace(hostile, "'begin return new; end'", "'begin return 1; end'", 1)
			r := setting{live: thingSQL + hostile, pool: databases}.audit(t)
			for _, line := range brief(r) {
				if strings.Contains(line, "not proved") {
					t.Error(line)
				}
			}
			if len(r.Findings) < 8 {
				t.Errorf("only %q", brief(r))
			}
			if diff := cmp.Diff([]string(nil), brief(setting{live: thingSQL + hostile, post: SQL(r), pool: databases}.audit(t))); diff != "" {
				t.Errorf("with the SQL in db-init (-want +got):\n%s\n%s", diff, SQL(r))
			}
		})
	}
}

// TestNotRun: each thing that stands in the way is told apart.
func TestNotRun(t *testing.T) {
	t.Parallel()
	var not *NotRunError
	var files *DBInitError
	databases := &pool{test: t}
	try := func(s setting) error {
		s.pool = databases
		_, err := Run(t.Context(), s.options(t))
		return err
	}
	if err := try(setting{live: thingSQL, post: "SELECT nothing"}); !errors.As(err, &files) || files.Phase != Post {
		t.Errorf("db-init that fails: %v", err)
	}
	if err := try(setting{live: thingSQL, pre: "CREATE EXTENSION no_such_extension"}); !errors.As(err, &not) {
		t.Errorf("an extension that the server lacks: %v", err)
	}
	if err := try(setting{live: thingSQL, post: "GRANT SELECT ON thing TO no_such_role"}); !errors.As(err, &not) || not.Fix == "" {
		t.Errorf("a role that the server lacks: %v", err)
	}
	if err := try(setting{live: thingSQL, pre: "SET ROLE pg_monitor; CREATE EXTENSION postgres_fdw"}); !errors.As(err, &not) || !strings.Contains(not.Fix, "may do everything") {
		t.Errorf("a role that may not: %v", err)
	}
	if err := try(setting{live: thingSQL, throwaway: func(context.Context) (string, func() error, error) { return "", nil, errors.New("no server") }}); !errors.As(err, &not) {
		t.Errorf("no server: %v", err)
	}
	if err := try(setting{live: thingSQL, throwaway: func(context.Context) (string, func() error, error) {
		return pgtest.Database(t), func() error { return errors.New("still in use") }, nil
	}}); !errors.As(err, &not) || !strings.Contains(err.Error(), "still in use") {
		t.Errorf("a database that stays: %v", err)
	}
	if err := try(setting{live: thingSQL, change: func(o *Options) { o.Live = o.Live.Copy(); o.Live.Database = "no_such_database" }}); !errors.As(err, &not) {
		t.Errorf("no live: %v", err)
	}
}

// TestImpossible: what Directus itself cannot apply is told, and the rest is compared.
func TestImpossible(t *testing.T) {
	t.Parallel()
	broken := strings.Replace(thing, "data_type: json, is_nullable: true}", "data_type: json, is_nullable: true, is_indexed: true}", 1)
	r := setting{live: thingSQL + "CREATE INDEX thing_r_index ON thing USING gin ((r::text) gin_trgm_ops)", snapshot: broken, pre: "CREATE EXTENSION pg_trgm"}
	r.live = "CREATE EXTENSION pg_trgm;" + r.live
	got := r.audit(t)
	if len(got.Problems) != 1 || got.Problems[0].Table != "thing" || !strings.Contains(got.Problems[0].Message, "json") {
		t.Errorf("problems: %+v", got.Problems)
	}
	if diff := cmp.Diff([]string{"not-in-db-init index public.thing.thing_r_index"}, brief(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRoles: on a server of its own the audit has the roles of live.
func TestRoles(t *testing.T) {
	t.Parallel()
	const role = `"audit's role"`
	s := setting{
		live:   "DO $$ BEGIN CREATE ROLE " + role + "; EXCEPTION WHEN duplicate_object THEN NULL; END $$;" + thingSQL + "CREATE POLICY p ON thing TO " + role,
		post:   "CREATE POLICY p ON thing TO " + role,
		change: func(o *Options) { o.OwnServer = true },
	}
	s.throwaway = throwaway.Local
	if diff := cmp.Diff([]string(nil), brief(s.audit(t))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	s.post = ""
	if diff := cmp.Diff([]string{"not-in-db-init policy public.thing.p"}, brief(s.audit(t))); diff != "" {
		t.Errorf("without it in db-init (-want +got):\n%s", diff)
	}
	// One that db-init creates is left to it. On a server that somebody named it may be there already, which
	// is no fault of db-init.
	s.post = "CREATE ROLE " + role + "; CREATE POLICY p ON thing TO " + role
	if diff := cmp.Diff([]string(nil), brief(s.audit(t))); diff != "" {
		t.Errorf("made by db-init (-want +got):\n%s", diff)
	}
	s.change, s.throwaway = nil, nil
	var not *NotRunError
	if _, err := Run(t.Context(), s.options(t)); !errors.As(err, &not) || !strings.Contains(not.Fix, "does not have the role") {
		t.Errorf("on a server that has it: %v", err)
	}
}

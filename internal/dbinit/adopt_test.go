package dbinit_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/dbinit"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
)

// TestTablesOfTheTeamsOwnAreAdopted begins with files 001 and 002 applied by
// somebody else's runner and lets 003 and 004 follow.
func TestTablesOfTheTeamsOwnAreAdopted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, table string
		// then reads the table's own columns after two more files were applied.
		then string
		want []string
	}{
		{
			"file name and time", `CREATE TABLE migrations_applied (filename varchar(255) PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
INSERT INTO migrations_applied (filename) VALUES ('001_a.sql'), ('002_b.sql')`,
			"SELECT filename, applied_at IS NOT NULL FROM migrations_applied ORDER BY 1",
			[]string{"001_a.sql|t", "002_b.sql|t", "003_c.sql|t", "004_d.sql|t"},
		},
		{
			"name and checksum only", `CREATE TABLE migrations_applied (name text, checksum text NOT NULL);
INSERT INTO migrations_applied SELECT n, encode(sha256('SELECT 1'), 'hex') FROM unnest(ARRAY['001_a.sql', '002_b.sql']) n`,
			"SELECT name, length(checksum) FROM migrations_applied ORDER BY 1",
			[]string{"001_a.sql|64", "002_b.sql|64", "003_c.sql|64", "004_d.sql|64"},
		},
		{
			"md5 is no SHA-256", `CREATE TABLE migrations_applied (name text PRIMARY KEY, checksum text);
INSERT INTO migrations_applied SELECT n, md5('SELECT 1') FROM unnest(ARRAY['001_a.sql', '002_b.sql']) n`,
			"SELECT name, length(checksum), length(schemaguard_checksum) FROM migrations_applied ORDER BY 1",
			[]string{"001_a.sql|32|64", "002_b.sql|32|64", "003_c.sql||64", "004_d.sql||64"},
		},
		{
			"padded version", `CREATE TABLE migrations_applied (version varchar(10) PRIMARY KEY); INSERT INTO migrations_applied VALUES ('001'), ('002')`,
			"SELECT version FROM migrations_applied ORDER BY 1",
			[]string{"001", "002", "003", "004"},
		},
		{
			"version as a number", `CREATE TABLE migrations_applied (version bigint PRIMARY KEY, success boolean NOT NULL); INSERT INTO migrations_applied VALUES (1, true), (2, true)`,
			"SELECT version, success FROM migrations_applied ORDER BY 1",
			[]string{"1|t", "2|t", "3|t", "4|t"},
		},
		{
			"serial id and a name without its ending", `CREATE TABLE migrations_applied (id serial PRIMARY KEY, name text NOT NULL UNIQUE, run_on timestamp NOT NULL);
INSERT INTO migrations_applied (name, run_on) VALUES ('001_a', now()), ('002_b', now())`,
			"SELECT id, name, run_on > now() - interval '1 day' FROM migrations_applied ORDER BY 1",
			[]string{"1|001_a|t", "2|002_b|t", "3|003_c|t", "4|004_d|t"},
		},
		{
			"paths, and a column of their own", `CREATE TABLE migrations_applied (file text, note text DEFAULT 'x' NOT NULL, executed_by name NOT NULL);
INSERT INTO migrations_applied VALUES ('/directus/db-init/001_a.sql', 'old', 'ops'), ('/directus/db-init/002_b.sql', 'old', 'ops')`,
			"SELECT file, note, executed_by <> '' FROM migrations_applied ORDER BY 1",
			[]string{"/directus/db-init-post/004_d.sql|x|t", "/directus/db-init/001_a.sql|old|t", "/directus/db-init/002_b.sql|old|t", "/directus/db-init/003_c.sql|x|t"},
		},
		{
			"names in capitals and in camel case", `CREATE TABLE migrations_applied ("ID" serial PRIMARY KEY, "FILENAME" text NOT NULL, "appliedAt" timestamptz NOT NULL);
INSERT INTO migrations_applied ("FILENAME", "appliedAt") VALUES ('001_a.sql', now()), ('002_b.sql', now())`,
			`SELECT "FILENAME", "appliedAt" IS NOT NULL FROM migrations_applied ORDER BY 1`,
			[]string{"001_a.sql|t", "002_b.sql|t", "003_c.sql|t", "004_d.sql|t"},
		},
		{
			"a status with other words", `CREATE TABLE migrations_applied (name text PRIMARY KEY, status text, error text NOT NULL DEFAULT '');
INSERT INTO migrations_applied VALUES ('001_a.sql', 'success'), ('002_b.sql', 'success')`,
			"SELECT name, status, schemaguard_status, error FROM migrations_applied ORDER BY 1",
			[]string{"001_a.sql|success||", "002_b.sql|success||", "003_c.sql||done|", "004_d.sql||done|"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newProject(t)
			p.sql(c.table)
			p.write(map[string]string{
				"db-init/001_a.sql": "SELECT 1", "db-init/002_b.sql": "SELECT 1",
				"db-init/003_c.sql": "CREATE TABLE c (n int)", "db-init-post/004_d.sql": "-- schemaguard:no-transaction\nVACUUM c",
			})
			before := p.sql("SELECT string_agg(attname || format_type(atttypid, atttypmod) || attnotnull, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'migrations_applied'::regclass AND attnum > 0")
			_, err := p.apply(sqlfile.All)
			refused, ok := errors.AsType[*dbinit.RefusedError](err)
			if !ok || refused.ExitCode() != 6 || refused.Problems[0].Code != sqlfile.NotAdopted || refused.Hints()[0] != "schemaguard db-init adopt" {
				t.Fatalf("before adoption apply ended with %v", err)
			}
			after := p.sql("SELECT string_agg(attname || format_type(atttypid, atttypmod) || attnotnull, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'migrations_applied'::regclass AND attnum > 0")
			if diff := cmp.Diff(before, after); diff != "" {
				t.Fatalf("a look at the table changed it:\n%s", diff)
			}
			if err := p.open().Adopt(t.Context()); err != nil {
				t.Fatal(err)
			}
			p.wantCodes("DBINIT_PENDING 003_c.sql", "DBINIT_PENDING 004_d.sql")
			if kept := p.sql("SELECT string_agg(attname || format_type(atttypid, atttypmod) || attnotnull, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'migrations_applied'::regclass AND attnum > 0"); !strings.HasPrefix(kept[0], before[0]) {
				t.Errorf("the columns were %s, and are %s", before, kept)
			}
			if diff := cmp.Diff([]string{"003_c.sql", "004_d.sql"}, p.applied()); diff != "" {
				t.Error(diff)
			}
			p.wantSQL(c.then, c.want...)
			p.wantCodes()
			p.write(map[string]string{"db-init/001_a.sql": "SELECT 'changed'"})
			p.wantCodes("DBINIT_CHANGED 001_a.sql")
			if status, err := p.open().Status(t.Context()); err != nil || status.Plan.Needed() {
				t.Errorf("once adopted, there is still to be done: %+v, %v", status.Plan, err)
			}
		})
	}
}

func TestATableThatCannotBeFilledSaysWhichColumn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ table, want string }{
		{"CREATE TABLE migrations_applied (name text, ticket text NOT NULL, team int NOT NULL)", "needs a value in ticket, team for every row"},
		{"CREATE TABLE migrations_applied (ticket text)", "has no column that could name a file"},
		{"CREATE TABLE migrations_applied (id serial, applied_at timestamptz)", "has no column that could name a file"},
		{"CREATE VIEW migrations_applied AS SELECT 'x' AS name", "is no table"},
	} {
		p := newProject(t)
		p.sql(c.table)
		p.write(map[string]string{"db-init/001_a.sql": "SELECT 1"})
		err := p.open().Adopt(t.Context())
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.table, err)
		}
		_, err = p.apply(sqlfile.All)
		refused, ok := errors.AsType[*dbinit.RefusedError](err)
		if !ok || refused.Problems[0].Code != sqlfile.BadTable {
			t.Errorf("%s: apply ended with %v", c.table, err)
		}
	}
}

func TestANameThatDoesNotFitIsNotCutShort(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.sql("CREATE TABLE migrations_applied (name varchar(10) PRIMARY KEY)")
	p.write(map[string]string{"db-init/001_much_too_long.sql": "CREATE TABLE a (n int)"})
	if err := p.open().Adopt(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := p.apply(sqlfile.All); err == nil || !strings.Contains(err.Error(), "value too long") {
		t.Errorf("it ended with %v", err)
	}
	p.wantSQL("SELECT count(*), to_regclass('a') IS NULL FROM migrations_applied", "0|t")
}

func TestTheTableIsFoundWhereTheSearchPathHasIt(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.sql("CREATE SCHEMA ops; CREATE SCHEMA other")
	p.write(map[string]string{"db-init/001_a.sql": "SELECT 1"})
	p.opt.SearchPath = []string{"ops", "public"}
	p.applied()
	p.wantSQL("SELECT name FROM ops.migrations_applied", "001_a.sql")
	p.opt.SearchPath = []string{"other", "ops"}
	p.wantCodes()
	p.opt.SearchPath, p.opt.Table = nil, "nowhere.done"
	_, err := p.apply(sqlfile.All)
	if no, ok := errors.AsType[*dbinit.TableError](err); !ok || !strings.Contains(no.Hints()[0], "make the schema first") {
		t.Errorf("in a schema that is not there: %v", err)
	}
	p.opt.SearchPath, p.opt.Table = nil, "other.done"
	p.wantCodes("DBINIT_PENDING 001_a.sql")
	p.applied()
	p.wantSQL("SELECT name FROM other.done", "001_a.sql")
	if got := p.open().Table(); got != "other.done" {
		t.Errorf("the table is called %q", got)
	}
}

// TestAFileMayMakeTheSchemaOfDirectus: until it has, the table goes where there is a schema, and stays.
func TestAFileMayMakeTheSchemaOfDirectus(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.opt.SearchPath = []string{"later", "public"}
	p.write(map[string]string{"db-init/001_a.sql": "CREATE SCHEMA later"})
	p.applied()
	p.wantCodes()
	p.write(map[string]string{"db-init/002_b.sql": "CREATE TABLE later.b (n int)"})
	p.applied()
	p.wantCodes()
	p.wantSQL("SELECT name FROM public.migrations_applied ORDER BY 1", "001_a.sql", "002_b.sql")
}

func TestWhatFilesAndTableDisagreeOn(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write(map[string]string{"db-init/001_a.sql": "SELECT 1", "db-init/002_b.sql": "SELECT 2", "db-init/004_d.sql": "SELECT 4"})
	p.wantCodes("DBINIT_GAP 004_d.sql", "DBINIT_PENDING 001_a.sql", "DBINIT_PENDING 002_b.sql", "DBINIT_PENDING 004_d.sql")
	if _, err := p.apply(sqlfile.All); err == nil {
		t.Error("a gap stops nothing")
	}
	p.opt.Allow = []sqlfile.Code{sqlfile.Gap}
	p.applied()
	p.opt.Allow = nil
	// CRLF and a byte order mark are no change, one more space is.
	p.write(map[string]string{"db-init/001_a.sql": "\ufeffSELECT 1", "db-init/003_c.sql": "SELECT 3", "db-init/002_b.sql": "SELECT  2"})
	p.wantCodes("DBINIT_CHANGED 002_b.sql", "DBINIT_OUT_OF_ORDER 003_c.sql")
	p.opt.Allow = []sqlfile.Code{sqlfile.OutOfOrder, sqlfile.Changed}
	if _, err := p.apply(sqlfile.All); err == nil {
		t.Error("a changed file can be allowed, so nobody has to look at it")
	}
	r := p.open()
	repair, err := r.PlanRepair(t.Context(), dbinit.AcceptChecksum, "002_b.sql")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Do(t.Context(), repair); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"003_c.sql"}, p.applied()); diff != "" {
		t.Error(diff)
	}
	p.sql("INSERT INTO migrations_applied SELECT '000_gone.sql', checksum, status, started_at, finished_at, duration_ms, error, tool_version, phase FROM migrations_applied LIMIT 1")
	p.wantCodes("DBINIT_MISSING 000_gone.sql")
	if _, err := p.apply(sqlfile.All); err == nil {
		t.Error("a missing file stops nothing")
	}
	p.opt.Allow = []sqlfile.Code{sqlfile.Missing}
	p.applied()
}

func TestRepairsThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write(map[string]string{"db-init/001_a.sql": "SELECT 1", "db-init/002_b.sql": "SELECT nope"})
	if _, err := p.apply(sqlfile.All); err == nil {
		t.Fatal("002 ran")
	}
	r := p.open()
	for _, c := range []struct {
		mend dbinit.Mend
		name string
	}{{dbinit.MarkApplied, "001_a.sql"}, {dbinit.AcceptChecksum, "001_a.sql"}, {dbinit.AcceptChecksum, "002_b.sql"}, {dbinit.Forget, "003_c.sql"}} {
		if got, err := r.PlanRepair(t.Context(), c.mend, c.name); err == nil {
			t.Errorf("%s %s: %s", c.mend, c.name, got.Says)
		}
	}
	planned, err := r.PlanRepair(t.Context(), dbinit.MarkApplied, "002_b.sql")
	if err != nil {
		t.Fatal(err)
	}
	p.sql("UPDATE migrations_applied SET status = 'done', error = NULL WHERE name = '002_b.sql'")
	if err := r.Do(t.Context(), planned); err == nil {
		t.Error("a repair was made though the table had changed since it was planned")
	}
}

func TestAChecksumNobodyRecordedIsNoReasonToStopButNoAgreementEither(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.sql("CREATE TABLE migrations_applied (name text PRIMARY KEY); INSERT INTO migrations_applied VALUES ('001_a.sql')")
	if err := p.open().Adopt(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.write(map[string]string{"db-init/001_a.sql": "SELECT 1", "db-init/002_b.sql": "SELECT 2"})
	p.wantCodes("DBINIT_NO_CHECKSUM 001_a.sql", "DBINIT_PENDING 002_b.sql")
	p.applied()
	if err := p.open().Adopt(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.wantCodes()
}

// TestWhatAnotherProgramCouldNotApplyIsNotTakenForApplied: whatever words it has for that.
func TestWhatAnotherProgramCouldNotApplyIsNotTakenForApplied(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ table, second, third string }{
		{"CREATE TABLE migrations_applied (name text, status text NOT NULL DEFAULT 'queued')", "'Failed'", "'success'"},
		{"CREATE TABLE migrations_applied (name text, state text)", "'ERROR: nope'", "'OK'"},
		{"CREATE TABLE migrations_applied (name text, status text)", "'failed'", "'done'"},
		{"CREATE TABLE migrations_applied (name text, success boolean)", "false", "true"},
	} {
		p := newProject(t)
		p.sql(c.table + "; INSERT INTO migrations_applied VALUES ('001_a.sql', " + c.third + "), ('002_b.sql', " + c.second + "), ('003_c.sql', " + c.third + ")")
		p.write(map[string]string{"db-init/001_a.sql": "SELECT 1", "db-init/002_b.sql": "CREATE TABLE b (n int)", "db-init/003_c.sql": "SELECT 3"})
		if err := p.open().Adopt(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.wantCodes("DBINIT_FAILED 002_b.sql")
		if _, err := p.apply(sqlfile.All); err == nil {
			t.Errorf("%s: nobody had to look", c.table)
		}
		r := p.open()
		repair, err := r.PlanRepair(t.Context(), dbinit.Forget, "002_b.sql")
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Do(t.Context(), repair); err != nil {
			t.Fatal(err)
		}
		p.opt.Allow = []sqlfile.Code{sqlfile.OutOfOrder}
		p.applied()
		p.wantCodes()
		p.wantSQL("SELECT to_regclass('b') IS NOT NULL", "t")
	}
}

// TestTrackedCollectionsAreThoseOfDirectus: ghosts are told by them, wherever Directus has its tables.
func TestTrackedCollectionsAreThoseOfDirectus(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write(map[string]string{"db-init/001_a.sql": "SELECT 1"})
	p.sql(`CREATE SCHEMA "c'ms"; CREATE TABLE "c'ms".directus_collections (collection text); INSERT INTO "c'ms".directus_collections VALUES ('news')`)
	for _, c := range []struct {
		path []string
		want []string
	}{{nil, nil}, {[]string{"public"}, nil}, {[]string{"nowhere", "c'ms", "public"}, []string{"news"}}} {
		p.opt.SearchPath = c.path
		got, err := p.open().Tracked(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("search path %q (-want +got):\n%s", c.path, diff)
		}
	}
}

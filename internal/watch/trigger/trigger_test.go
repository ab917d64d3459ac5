package trigger_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/demo"
	"github.com/schemaguard/schemaguard/internal/pgserver"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/internal/watch/trigger"
)

var ctx = context.Background()

func fleet(t *testing.T) string {
	t.Helper()
	dumps, err := demo.Fixture()
	if err != nil {
		t.Fatal(err)
	}
	return pgtest.RestoreSQL(t, dumps...)
}

// connect opens a connection that counts the notifications it gets, by channel.
func connect(t *testing.T, dsn, role string) (conn *pgconn.PgConn, heard map[string]int) {
	t.Helper()
	c, err := pgconn.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	if role != "" {
		c.User = role
	}
	heard = map[string]int{}
	c.OnNotification = func(_ *pgconn.PgConn, n *pgconn.Notification) { heard[n.Channel]++ }
	if conn, err = pgconn.ConnectConfig(ctx, c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(ctx) })
	return conn, heard
}

func run(t *testing.T, conn *pgconn.PgConn, sql string) {
	t.Helper()
	if err := conn.Exec(ctx, sql).Close(); err != nil {
		t.Errorf("%s: %v", sql, err)
	}
}

func install(t *testing.T, conn *pgconn.PgConn) {
	t.Helper()
	status, err := trigger.Install(ctx, conn, nil)
	if err != nil || !status.Complete() || status.Missing() != "" {
		t.Fatalf("%+v, %v", status, err)
	}
}

// listener hears the database; got waits until everything sent so far has come.
type listener struct {
	conn  *pgconn.PgConn
	heard map[string]int
}

func listen(t *testing.T, dsn string) listener {
	t.Helper()
	conn, heard := connect(t, dsn, "")
	run(t, conn, "LISTEN "+trigger.Channel+"; LISTEN marker")
	return listener{conn, heard}
}

// got returns how many notifications the triggers sent since the last call.
func (l listener) got(t *testing.T, by *pgconn.PgConn) int {
	t.Helper()
	run(t, by, "NOTIFY marker")
	bounded, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for l.heard["marker"] == 0 { // the last to be sent is the last to come
		if err := l.conn.WaitForNotification(bounded); err != nil {
			t.Fatal(err)
		}
	}
	n := l.heard[trigger.Channel]
	clear(l.heard)
	return n
}

func TestWhatIsTold(t *testing.T) {
	t.Parallel()
	dsn := fleet(t)
	conn, _ := connect(t, dsn, "")
	install(t, conn)
	l := listen(t, dsn)
	for _, c := range []struct {
		sql  string
		want int
	}{
		{"CREATE TABLE aa (id serial PRIMARY KEY, name text)", 1},
		{"ALTER TABLE aa ADD COLUMN b text", 1},
		{"ALTER TABLE aa DROP COLUMN b", 1},
		{"CREATE INDEX ON aa (name)", 1},
		{"GRANT SELECT ON aa TO PUBLIC", 1},
		{"BEGIN; CREATE TABLE bb (id integer); ALTER TABLE bb ADD COLUMN c text; INSERT INTO directus_collections (collection) VALUES ('bb'); COMMIT", 1},
		{"BEGIN; CREATE TABLE cc (id integer); ROLLBACK", 0},
		{"DROP TABLE bb", 1},
		{"INSERT INTO directus_fields (collection, field) VALUES ('aa', 'name')", 1},
		{"UPDATE directus_fields SET note = 'x' WHERE collection = 'aa'", 1},
		{"DELETE FROM directus_fields WHERE collection = 'aa'", 1},
		{"UPDATE directus_relations SET one_field = one_field", 1},
		{"TRUNCATE directus_relations", 1},
		{"INSERT INTO aa (name) VALUES ('telemetry')", 0},
		{"CREATE TEMP TABLE passing (id serial PRIMARY KEY, a text)", 0},
		{"ALTER TABLE passing ADD COLUMN b text; CREATE INDEX ON passing (b)", 0},
		{"DROP TABLE passing", 0},
		{"BEGIN; CREATE TEMP TABLE passing (id integer) ON COMMIT DROP; COMMIT", 0},
		{"ANALYZE", 0},
	} {
		run(t, conn, c.sql)
		if got := l.got(t, conn); got != c.want {
			t.Errorf("%s: told %d times, want %d", c.sql, got, c.want)
		}
	}
}

// The triggers are nothing that Directus would see, they can be installed again,
// and nothing of them is left afterwards.
func TestInstallChangesNothingAndRemoveLeavesNothing(t *testing.T) {
	t.Parallel()
	dsn := fleet(t)
	conn, _ := connect(t, dsn, "")
	fetch := func() *catalog.Catalog {
		c, err := catalog.Fetch(ctx, conn, catalog.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	objects := func() string {
		results, err := conn.Exec(ctx, `SELECT string_agg(o, E'\n' ORDER BY o) FROM (
			SELECT 'function ' || oid::regprocedure::text FROM pg_proc WHERE oid >= 16384
			UNION ALL SELECT 'trigger ' || tgname || ' ' || tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal
			UNION ALL SELECT 'event trigger ' || evtname FROM pg_event_trigger
			UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname !~ '^pg_') v (o)`).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return string(results[0].Rows[0][0])
	}
	before, had := fetch(), objects()
	install(t, conn)
	install(t, conn)
	if diff := cmp.Diff(before, fetch(), cmp.Exporter(func(reflect.Type) bool { return true }), cmpopts.IgnoreFields(catalog.Catalog{}, "names")); diff != "" {
		t.Errorf("the triggers are seen:\n%s", diff)
	}
	if objects() == had {
		t.Error("nothing was installed")
	}
	for range 2 {
		if err := trigger.Remove(ctx, conn); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(had, objects()); diff != "" {
		t.Errorf("left behind:\n%s", diff)
	}
	if status, err := trigger.Installed(ctx, conn, nil); err != nil || status.Any() || status.Missing() == "" {
		t.Errorf("%+v, %v", status, err)
	}
	// A schema that holds something else stays, and so does one that was there.
	run(t, conn, "CREATE SCHEMA schemaguard")
	install(t, conn)
	if err := trigger.Remove(ctx, conn); err != nil {
		t.Fatal(err)
	}
	run(t, conn, "DROP SCHEMA schemaguard")
	install(t, conn)
	run(t, conn, "CREATE TABLE schemaguard.sync_point (kind text)")
	if err := trigger.Remove(ctx, conn); err != nil {
		t.Fatal(err)
	}
	run(t, conn, "DROP TABLE schemaguard.sync_point")
}

// Whoever does it, and in whatever state things are: no statement fails for the
// triggers.
func TestNoStatementFails(t *testing.T) {
	t.Parallel()
	dsn := fleet(t)
	conn, _ := connect(t, dsn, "")
	run(t, conn, "DO $$ BEGIN CREATE ROLE trigger_poor LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$")
	install(t, conn)
	l := listen(t, dsn)
	// A role that may not see the schema nor execute the functions.
	run(t, conn, `REVOKE ALL ON SCHEMA schemaguard FROM PUBLIC; REVOKE ALL ON ALL FUNCTIONS IN SCHEMA schemaguard FROM PUBLIC;
		GRANT ALL ON SCHEMA public TO trigger_poor; GRANT ALL ON ALL TABLES IN SCHEMA public TO trigger_poor; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO trigger_poor`)
	l.got(t, conn)
	poor, _ := connect(t, dsn, "trigger_poor")
	for _, sql := range []string{
		"CREATE TABLE poors (id serial PRIMARY KEY)", "ALTER TABLE poors ADD COLUMN a text", "DROP TABLE poors",
		"INSERT INTO directus_fields (collection, field) VALUES ('poors', 'a')",
	} {
		run(t, poor, sql)
		if got := l.got(t, conn); got != 1 {
			t.Errorf("%s: told %d times, want 1", sql, got)
		}
	}
	// A search_path with other functions and operators of the same names.
	run(t, conn, `CREATE SCHEMA evil; GRANT USAGE ON SCHEMA evil TO PUBLIC;
		CREATE FUNCTION evil.pg_notify(text, text) RETURNS void LANGUAGE plpgsql AS 'BEGIN RAISE ''evil''; END';
		CREATE FUNCTION evil.current_setting(text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE ''evil''; END';
		CREATE FUNCTION evil.ne(text, text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE ''evil''; END';
		CREATE OPERATOR evil.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.ne);
		CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.ne)`)
	l.got(t, conn)
	run(t, poor, "SET search_path = evil, public, pg_catalog; CREATE TABLE public.poors (id integer); DROP TABLE public.poors; UPDATE public.directus_fields SET note = 'x' WHERE collection OPERATOR(pg_catalog.=) 'poors'")
	if got := l.got(t, conn); got < 1 {
		t.Error("told nothing under another search_path")
	}
	for _, sql := range []string{
		"CREATE TABLE kinds (id serial PRIMARY KEY, a text)", "CREATE INDEX CONCURRENTLY kinds_a ON kinds (a)", "REINDEX TABLE CONCURRENTLY kinds", "DROP INDEX CONCURRENTLY kinds_a",
		"CREATE TABLE made AS SELECT 1 AS one", "SELECT 2 AS two INTO made_too", "CREATE MATERIALIZED VIEW seen AS SELECT 1 AS one", "REFRESH MATERIALIZED VIEW seen",
		"CREATE TYPE kind AS ENUM ('a')", "ALTER TYPE kind ADD VALUE 'b'", "CREATE SCHEMA apart CREATE TABLE inside (id integer)", "DROP SCHEMA apart CASCADE",
		"COMMENT ON TABLE kinds IS 'x'", "REASSIGN OWNED BY trigger_poor TO trigger_poor", "DROP OWNED BY trigger_poor",
		"BEGIN; SAVEPOINT a; ALTER TABLE kinds ADD COLUMN b text; ROLLBACK TO a; ALTER TABLE kinds ADD COLUMN c text; COMMIT",
		"BEGIN ISOLATION LEVEL SERIALIZABLE; ALTER TABLE kinds DROP COLUMN c; COMMIT", "DO $$ BEGIN EXECUTE 'ALTER TABLE kinds ADD COLUMN d text'; END $$",
		"CREATE RULE nothing AS ON DELETE TO kinds DO INSTEAD NOTHING", "DROP TABLE kinds",
	} {
		run(t, conn, sql)
	}
	// Triggers that are switched off.
	run(t, conn, "SET session_replication_role = replica; CREATE TABLE rr (id integer); DROP TABLE rr; SET session_replication_role = origin")
	// The schema goes, with all that is in it, and so do the triggers.
	run(t, conn, "DROP SCHEMA schemaguard CASCADE")
	run(t, conn, "CREATE TABLE after_all (id serial PRIMARY KEY); DROP TABLE after_all; UPDATE directus_fields SET note = note")
	if status, err := trigger.Installed(ctx, conn, nil); err != nil || status.Any() {
		t.Errorf("after the schema was dropped: %+v, %v", status, err)
	}
	install(t, conn)
	run(t, conn, "DROP EVENT TRIGGER schemaguard_moved; DROP FUNCTION schemaguard.notice_ddl() CASCADE; DROP TRIGGER schemaguard_moved ON directus_fields")
	if status, err := trigger.Installed(ctx, conn, nil); err != nil || status.DDL || status.Rows {
		t.Errorf("after some were dropped: %+v, %v", status, err)
	}
	install(t, conn)
}

// Without a superuser, the triggers of the tables are installed, and it is said
// what is missing.
func TestRolesThatMayNotDoEverything(t *testing.T) {
	t.Parallel()
	dsn := fleet(t)
	conn, _ := connect(t, dsn, "")
	run(t, conn, `DO $$ BEGIN CREATE ROLE trigger_owner LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
		DO $$ BEGIN EXECUTE 'GRANT CREATE ON DATABASE ' || current_database() || ' TO trigger_owner'; END $$`)
	owner, _ := connect(t, dsn, "trigger_owner")
	_, err := trigger.Install(ctx, owner, nil)
	if no, ok := errors.AsType[*trigger.NoRightError](err); !ok || !strings.Contains(no.Error(), "--dsn") {
		t.Errorf("a role with no right on the tables: %v", err)
	}
	if status, err := trigger.Installed(ctx, conn, nil); err != nil || status.Any() {
		t.Errorf("after it failed: %+v, %v", status, err)
	}
	run(t, conn, "ALTER TABLE directus_collections OWNER TO trigger_owner; ALTER TABLE directus_fields OWNER TO trigger_owner; ALTER TABLE directus_relations OWNER TO trigger_owner")
	status, err := trigger.Install(ctx, owner, nil)
	if err != nil || !status.Rows || status.DDL || !strings.Contains(status.Missing(), "superuser") {
		t.Errorf("the owner of the tables: %+v, %v", status, err)
	}
	l := listen(t, dsn)
	run(t, owner, "UPDATE directus_fields SET note = note")
	if got := l.got(t, conn); got != 1 {
		t.Errorf("told %d times, want 1", got)
	}
	if err := trigger.Remove(ctx, owner); err != nil {
		t.Error(err)
	}
}

func TestInstallDoesNotWaitForALock(t *testing.T) {
	t.Parallel()
	dsn := fleet(t)
	conn, _ := connect(t, dsn, "")
	other, _ := connect(t, dsn, "")
	run(t, other, "BEGIN; INSERT INTO directus_fields (collection, field) VALUES ('a', 'b')")
	if _, err := trigger.Install(ctx, conn, nil); err == nil || !strings.Contains(err.Error(), "try again") {
		t.Errorf("got %v", err)
	}
	run(t, other, "COMMIT")
	install(t, conn)
}

func TestSearchPath(t *testing.T) {
	t.Parallel()
	conn, _ := connect(t, pgtest.Database(t), "")
	if _, err := trigger.Install(ctx, conn, nil); err == nil || !strings.Contains(err.Error(), "search_path") {
		t.Errorf("without Directus's tables: %v", err)
	}
	run(t, conn, `CREATE SCHEMA "Own ""one"; SET search_path = "Own ""one"; CREATE TABLE directus_collections (); CREATE TABLE directus_fields (); CREATE TABLE directus_relations (); RESET search_path`)
	path := []string{`Own "one`}
	status, err := trigger.Install(ctx, conn, path)
	if err != nil || !status.Complete() {
		t.Errorf("%+v, %v", status, err)
	}
	if status, err := trigger.Installed(ctx, conn, nil); err != nil || status.Rows {
		t.Errorf("under another search_path: %+v, %v", status, err)
	}
	run(t, conn, `INSERT INTO "Own ""one".directus_fields DEFAULT VALUES`)
	if err := trigger.Remove(ctx, conn); err != nil {
		t.Error(err)
	}
}

// A transaction that notified cannot be prepared. Where the server takes prepared
// transactions, the triggers are silent, and say so.
func TestPreparedTransactions(t *testing.T) {
	t.Parallel()
	srv, err := pgserver.Start(ctx, pgserver.Options{Binaries: pgtest.Binaries(t), Settings: map[string]string{"max_prepared_transactions": "5"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Stop() })
	conn, _ := connect(t, srv.DSN("postgres"), "")
	run(t, conn, "CREATE TABLE directus_collections (); CREATE TABLE directus_fields (); CREATE TABLE directus_relations ()")
	status, err := trigger.Install(ctx, conn, nil)
	if err != nil || status.Any() || !strings.Contains(status.Missing(), "max_prepared_transactions") {
		t.Errorf("%+v, %v", status, err)
	}
	run(t, conn, "BEGIN; CREATE TABLE a (id integer); INSERT INTO directus_fields DEFAULT VALUES; PREPARE TRANSACTION 'one'")
	run(t, conn, "COMMIT PREPARED 'one'")
}

package audit

import (
	"context"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
)

// pool lends databases to the cases of a test, one after the other: to make and to drop a database costs
// more than most cases do. One that a case left anything in, after it was emptied, is not lent again.
type pool struct {
	test testing.TB // whose end drops them
	sql  string     // what each holds to begin with; of the form that [pgtest.RestoreSQL] takes

	mu   sync.Mutex
	free []lent
}

// lent is a database, and what it holds when it is new.
type lent struct{ dsn, new string }

// take returns a database, and what gives it back.
func (p *pool) take(t testing.TB) (dsn string, done func() error) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	var l lent
	if n := len(p.free); n > 0 {
		l, p.free = p.free[n-1], p.free[:n-1]
	} else {
		l = p.make(t)
	}
	return l.dsn, func() error { return p.give(l) }
}

func (p *pool) make(t testing.TB) lent {
	t.Helper()
	l := lent{dsn: pgtest.RestoreSQL(p.test, p.sql)}
	var err error
	if l.new, err = holds(l.dsn, ""); err != nil {
		t.Fatal(err)
	}
	return l
}

func (p *pool) give(l lent) error {
	now, err := holds(l.dsn, emptySQL)
	if err != nil || now != l.new {
		return nil // its test drops it
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, l)
	return nil
}

// holds counts what is in a database, by catalog, after some SQL.
func holds(dsn, before string) (string, error) {
	ctx := context.Background() // a test's own is over when it gives back
	conn, err := pgconn.Connect(ctx, dsn)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close(ctx) }()
	if err := conn.Exec(ctx, before).Close(); err != nil {
		return "", err
	}
	rows, err := conn.Exec(ctx, countSQL).ReadAll()
	if err != nil {
		return "", err
	}
	return string(rows[0].Rows[0][0]), nil
}

// emptySQL takes out what is not of an extension that was there to begin with.
const emptySQL = `SET client_min_messages = error;
DO $$ DECLARE r record; keep bool := EXISTS (SELECT FROM pg_extension WHERE extname = 'postgis'); BEGIN
  FOR r IN SELECT evtname AS n FROM pg_event_trigger LOOP EXECUTE format('DROP EVENT TRIGGER %I', r.n); END LOOP;
  FOR r IN SELECT extname AS n FROM pg_extension WHERE extname NOT IN ('plpgsql', 'postgis') LOOP EXECUTE format('DROP EXTENSION IF EXISTS %I CASCADE', r.n); END LOOP;
  FOR r IN SELECT nspname AS n FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND NOT (keep AND nspname = 'public') LOOP EXECUTE format('DROP SCHEMA %I CASCADE', r.n); END LOOP;
  FOR r IN SELECT relname AS n FROM pg_class WHERE relnamespace = to_regnamespace('public') AND relkind IN ('r', 'p') AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = pg_class.oid AND d.deptype = 'e')
  LOOP EXECUTE format('DROP TABLE IF EXISTS public.%I CASCADE', r.n); END LOOP;
  IF NOT keep THEN
    CREATE SCHEMA public AUTHORIZATION pg_database_owner; GRANT USAGE ON SCHEMA public TO PUBLIC; COMMENT ON SCHEMA public IS 'standard public schema';
  END IF;
END $$`

// countSQL covers every catalog of objects that a case could leave behind.
const countSQL = `SELECT concat_ws(' ', (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_attribute), (SELECT count(*) FROM pg_type), (SELECT count(*) FROM pg_proc), (SELECT count(*) FROM pg_constraint),
  (SELECT count(*) FROM pg_namespace), (SELECT count(*) FROM pg_operator), (SELECT count(*) FROM pg_opclass), (SELECT count(*) FROM pg_cast), (SELECT count(*) FROM pg_collation), (SELECT count(*) FROM pg_conversion),
  (SELECT count(*) FROM pg_ts_config), (SELECT count(*) FROM pg_ts_dict), (SELECT count(*) FROM pg_language), (SELECT count(*) FROM pg_extension), (SELECT count(*) FROM pg_event_trigger), (SELECT count(*) FROM pg_trigger),
  (SELECT count(*) FROM pg_rewrite), (SELECT count(*) FROM pg_policy), (SELECT count(*) FROM pg_statistic_ext), (SELECT count(*) FROM pg_foreign_server), (SELECT count(*) FROM pg_foreign_data_wrapper),
  (SELECT count(*) FROM pg_publication), (SELECT count(*) FROM pg_default_acl), (SELECT count(*) FROM pg_description), (SELECT count(*) FROM pg_seclabel))`

// TestPool: what a case leaves is gone, or the database is not lent again.
func TestPool(t *testing.T) {
	t.Parallel()
	pgtest.NeedPostGIS(t)
	for _, start := range []string{"", postgis} {
		p := &pool{test: t, sql: start}
		dsn, done := p.take(t)
		run(t, dsn, "CREATE SCHEMA s; CREATE TABLE s.x (id serial PRIMARY KEY); CREATE TABLE y (id int); CREATE VIEW v AS SELECT * FROM y; CREATE EXTENSION hstore")
		if err := done(); err != nil {
			t.Fatal(err)
		}
		again, done := p.take(t)
		if again != dsn {
			t.Error("a database that can be emptied was not lent again")
		}
		run(t, again, "CREATE SCHEMA s; CREATE TABLE s.x (id int); CREATE TABLE y (id int); CREATE EXTENSION hstore; CREATE CAST (text AS int) WITH INOUT")
		if err := done(); err != nil {
			t.Fatal(err)
		}
		if other, _ := p.take(t); other == dsn {
			t.Error("a database that holds a cast was lent again")
		}
	}
}

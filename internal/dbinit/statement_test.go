package dbinit_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/dbinit"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
)

// refused runs a file and wants a statement of it to be refused.
func refused(t *testing.T, p *project, text string) *dbinit.StatementError {
	t.Helper()
	p.write(map[string]string{"db-init/001_a.sql": text})
	_, err := p.apply(sqlfile.All)
	failed, ok := errors.AsType[*dbinit.StatementError](err)
	if !ok {
		t.Fatalf("%q: %v", text, err)
	}
	return failed
}

func TestAnErrorPointsAtTheCharacter(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	for _, c := range []struct{ sql, at, message, excerpt string }{
		{"SELECT nope;", "1:8", `column "nope" does not exist`, "SELECT nope;"},
		{"-- ünï\nSELECT 1;\n\nSELECT 'ü€😀я', nope FROM\n  (SELECT 1) x;", "4:16", `column "nope" does not exist`, "SELECT 'ü€😀я', nope FROM"},
		{"SELECT 'ü€😀я';SELECT 'ü€😀я',\n\t'ü',nope;", "2:6", `column "nope" does not exist`, "'ü',nope;"},
		{"\ufeffSELECT\r\n  1,\r\n  nope;\r\n", "3:3", `column "nope" does not exist`, "nope;"},
		{"SELECT 1;\n  SELEC 2;", "2:3", `syntax error at or near "SELEC"`, "SELEC 2;"},
		{"SELECT 1;\n\nSELECT (1;", "3:10", `syntax error at or near ";"`, "SELECT (1;"},
		{"SELECT 1;\n  SELECT 1/0;", "2:3", "division by zero", "SELECT 1/0;"},
		{"SELECT 1;\nDO $$\nBEGIN\n  PERFORM 1;\n  RAISE EXCEPTION 'no %', 'way';\nEND $$;", "5:3", "no way", "RAISE EXCEPTION 'no %', 'way';"},
		{"/* x */ DO $a$BEGIN\n PERFORM 1/0; END $a$;", "2:2", "division by zero", "PERFORM 1/0; END $a$;"},
		{"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\n SELECT nope\n$$;", "2:9", `column "nope" does not exist`, "SELECT nope"},
		{"CREATE TABLE d (a int UNIQUE DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO d VALUES (1), (1);\nSELECT 1", "3:1", `at COMMIT: duplicate key value violates unique constraint "d_a_key"`, "SELECT 1"},
	} {
		failed := refused(t, p, c.sql)
		got := []string{failed.At.String(), failed.Message, failed.Excerpt}
		if diff := cmp.Diff([]string{c.at, c.message, c.excerpt}, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.sql, diff)
		}
	}
	p.wantSQL("SELECT count(*) FROM pg_class WHERE relname = 'd'", "0")
	p.wantSQL("SELECT name, status, error FROM migrations_applied", `001_a.sql|failed|db-init/001_a.sql:3:1: at COMMIT: duplicate key value violates unique constraint "d_a_key" (SQLSTATE 23505)`)
	p.wantCodes("DBINIT_RETRY 001_a.sql")
	p.write(map[string]string{"db-init/001_a.sql": "SELECT 1"})
	p.applied()
	p.wantSQL("SELECT name, status, error IS NULL FROM migrations_applied", "001_a.sql|done|t")
}

func TestInADatabaseWithoutAnEncodingPositionsCountBytes(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	name := "ascii_" + strings.ToLower(strings.NewReplacer("/", "_").Replace(t.Name()))[:20]
	p.sql("CREATE DATABASE " + name + " ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
	outer := *p
	t.Cleanup(func() { outer.sql("DROP DATABASE " + name + " WITH (FORCE)") })
	config := p.config()
	p.dsn = strings.Replace(p.dsn, config.Database, name, 1)
	if got := refused(t, p, "SELECT 'ü€😀я', nope").At.String(); got != "1:16" {
		t.Errorf("at %s, want 1:16", got)
	}
}

func TestErrorsShowNoSecretsAndNoControlCharacters(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	for _, sql := range []string{
		"CREATE ROLE \"no such\x1b[31m\" PASSWORD 'tops3cret' IN ROLE nobody_at_all;",
		"CREATE ROLE a PASSWORD E'tops3cret' tops3cret;",
		"CREATE ROLE a PASSWORD \"tops3cret\";",
		"SELECT 'postgres://u:tops3cret@h/d', nope;",
		"DO $$ BEGIN RAISE EXCEPTION 'dsn postgres://u:tops3cret@h/d'; END $$;",
	} {
		failed := refused(t, p, sql)
		all := failed.Error() + strings.Join(failed.Lines(), "\n") + strings.Join(p.sql("SELECT error FROM migrations_applied"), "")
		if strings.Contains(all, "tops3cret") || strings.Contains(all, "\x1b") {
			t.Errorf("%q says %q", sql, all)
		}
	}
}

func TestHintsSayWhatToDo(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.sql("CREATE TYPE mood AS ENUM ('ok')")
	for sql, want := range map[string]string{
		"ALTER TYPE mood ADD VALUE 'new';\nSELECT 'new'::mood;": "use the new value in a later file, or begin this one with the line: -- schemaguard:no-transaction",
		"DO $$ BEGIN EXECUTE 'VACUUM'; END $$":                  "begin the file with the line: -- schemaguard:no-transaction",
	} {
		if failed := refused(t, p, sql); failed.Hint != want {
			t.Errorf("%q (SQLSTATE %s) hints %q, want %q", sql, failed.SQLState, failed.Hint, want)
		}
	}
}

func TestNoticesAreShown(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write(map[string]string{"db-init/001_a.sql": "DO $$ BEGIN RAISE NOTICE 'hello\x1b[31m %', 1; RAISE WARNING 'careful'; END $$; DROP TABLE IF EXISTS nope;"})
	var got []string
	if _, err := p.open().Apply(t.Context(), sqlfile.All, func(e dbinit.Event) {
		if e.Kind == dbinit.Notice {
			got = append(got, e.File.Name+" "+e.Text)
		}
	}); err != nil {
		t.Fatal(err)
	}
	want := []string{`001_a.sql notice: hello\x1b[31m 1`, "001_a.sql warning: careful", `001_a.sql notice: table "nope" does not exist, skipping`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatAFileSetsDoesNotLeak(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.sql("CREATE SCHEMA elsewhere; DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'nobody_special') THEN CREATE ROLE nobody_special; END IF; END $$")
	const leak = "SET search_path = elsewhere; SET ROLE nobody_special; SET statement_timeout = 1000; SET client_min_messages = error; CREATE TEMP TABLE scratch (a int); PREPARE x AS SELECT 1; SET default_transaction_read_only = on;"
	const see = "CREATE TABLE seen%s AS SELECT current_setting('search_path') AS path, current_user = session_user AS own, current_setting('lock_timeout') AS wait, to_regclass('pg_temp.scratch') IS NULL AS clean, (SELECT count(*) FROM pg_prepared_statements) AS prepared;"
	p.write(map[string]string{
		"db-init/001_leak.sql":    leak,
		"db-init/002_see.sql":     strings.ReplaceAll(see, "%s", "1"),
		"db-init/003_outside.sql": "-- schemaguard:no-transaction\n" + leak,
		"db-init/004_see.sql":     strings.ReplaceAll(see, "%s", "2"),
	})
	p.applied()
	p.wantSQL("SELECT path, own, wait, clean, prepared FROM public.seen1 UNION ALL SELECT path, own, wait, clean, prepared FROM public.seen2", `"$user", public|t|5s|t|0`, `"$user", public|t|5s|t|0`)
}

func TestAFileCannotTakeTheLockOrTheTransactionAway(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write(map[string]string{"db-init/001_a.sql": "SELECT pg_advisory_unlock_all();", "db-init/002_b.sql": "CREATE TABLE b (a int)"})
	names, err := p.apply(sqlfile.All)
	if lost, ok := errors.AsType[*dbinit.LockError](err); !ok || lost.ExitCode() != 6 {
		t.Errorf("the lock was let go of, and the run ended with %v", err)
	}
	if diff := cmp.Diff([]string{"001_a.sql"}, names); diff != "" {
		t.Error(diff)
	}
	p.applied()
}

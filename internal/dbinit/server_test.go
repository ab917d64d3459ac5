package dbinit_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard"
	"github.com/schemaguard/schemaguard/internal/dbinit"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
)

func TestTheExampleProjectRuns(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	names, err := fs.Glob(schemaguard.Example, "db-init/*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		text, err := schemaguard.Example.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		p.write(map[string]string{name: string(text)})
	}
	if got := p.applied(); len(got) != len(names) {
		t.Errorf("applied %v of %v", got, names)
	}
	p.wantCodes()
	p.wantSQL("SELECT count(*) FROM information_schema.columns WHERE table_name = 'positions' AND column_name = 'faulty'", "1")
}

func TestWhatAStatementReturnsIsLeftAlone(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write(map[string]string{"db-init/001_a.sql": "SELECT * FROM generate_series(1, 100000); COPY (SELECT * FROM generate_series(1, 100000)) TO STDOUT; CREATE TABLE a AS SELECT 1 AS n"})
	p.applied()
	p.wantSQL("SELECT n FROM a", "1")
}

func TestARoleThatMayNotMakeTheTableIsTold(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.sql("DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dbinit_reader') THEN CREATE ROLE dbinit_reader LOGIN; END IF; END $$; REVOKE CREATE ON SCHEMA public FROM PUBLIC")
	p.write(map[string]string{"db-init/001_a.sql": "CREATE TABLE a (n int)"})
	set, problems, err := dbinit.Load("db-init", "db-init-post", p.root)
	if err != nil {
		t.Fatal(err)
	}
	config := p.config()
	config.User, config.Password = "dbinit_reader", ""
	r, err := dbinit.Open(t.Context(), config, set, problems, p.opt)
	if err != nil {
		t.Skip("needs a server that lets a role in without a password: ", err)
	}
	defer r.Close()
	_, err = r.Apply(t.Context(), sqlfile.All, nil)
	denied, ok := errors.AsType[*dbinit.TableError](err)
	if !ok || denied.ExitCode() != 6 || !strings.Contains(denied.Error(), "permission denied for schema public") {
		t.Errorf("it ended with %v", err)
	}
	p.sql("CREATE TABLE migrations_applied (name text)")
	if _, err := r.Status(t.Context()); err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("a table that cannot be read is no table without rows: %v", err)
	}
}

func TestADatabaseThatCannotBeReachedIsNotRun(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	config := p.config()
	config.Host, config.Port, config.Password, config.Fallbacks = "127.0.0.1", uint16(freePort(t)), "tops3cret", nil
	_, err := dbinit.Open(t.Context(), config, sqlfile.Set{}, nil, p.opt)
	unreachable, ok := errors.AsType[*dbinit.UnreachableError](err)
	if !ok || unreachable.ExitCode() != 3 || strings.Contains(err.Error(), "tops3cret") {
		t.Errorf("it ended with %v", err)
	}
}

func TestAStatementWaitsForALockForALimitedTime(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.sql("CREATE TABLE busy (n int)")
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.sql("BEGIN; LOCK TABLE busy; SELECT pg_sleep(2); COMMIT")
	}()
	for p.sql("SELECT count(*) > 0 FROM pg_locks WHERE relation = 'busy'::regclass AND granted")[0] != "t" {
		time.Sleep(10 * time.Millisecond)
	}
	p.write(map[string]string{"db-init/001_a.sql": "ALTER TABLE busy ADD a int"})
	p.opt.LockTimeout = 200 * time.Millisecond
	_, err := p.apply(sqlfile.All)
	failed, ok := errors.AsType[*dbinit.StatementError](err)
	if !ok || failed.SQLState != "55P03" || failed.Hint != "schemaguard db-init apply --lock-timeout 60s" {
		t.Errorf("it ended with %v", err)
	}
	p.opt.LockTimeout = -1
	if diff := cmp.Diff([]string{"001_a.sql"}, p.applied()); diff != "" {
		t.Error(diff)
	}
	<-done
}

func TestAnAbortedConnectionLosesNothing(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write(map[string]string{"db-init/001_a.sql": "CREATE TABLE a (n int); SELECT pg_terminate_backend(pg_backend_pid());"})
	_, err := p.apply(sqlfile.All)
	var coded interface{ ExitCode() int }
	if err == nil || !errors.As(err, &coded) {
		t.Errorf("it ended with %v", err)
	}
	p.wantSQL("SELECT to_regclass('a') IS NULL", "t")
	p.wantCodes("DBINIT_PENDING 001_a.sql")
}

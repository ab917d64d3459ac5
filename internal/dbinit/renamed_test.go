package dbinit_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/dbinit"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
)

// rename gives a file another name.
func (p *project) rename(from, to string) {
	p.t.Helper()
	if err := os.Rename(filepath.Join(p.root, from), filepath.Join(p.root, to)); err != nil {
		p.t.Fatal(err)
	}
}

// hints are the hints of a status, each with the file that it is about.
func (p *project) hints() map[string]string {
	p.t.Helper()
	problems, err := p.open().Verify(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	hints := map[string]string{}
	for _, problem := range problems {
		hints[problem.Name] = problem.Hint
	}
	return hints
}

func TestAFileThatFailedAndIsGoneWasNeverApplied(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write(map[string]string{"db-init/001_a.sql": "SELECT 1", "db-init/002_b.sql": "SELECT nope"})
	if _, err := p.apply(sqlfile.All); err == nil {
		t.Fatal("002 ran")
	}
	p.wantCodes("DBINIT_RETRY 002_b.sql")
	p.rename("db-init/002_b.sql", "db-init/002_c.sql")
	p.write(map[string]string{"db-init/002_c.sql": "CREATE TABLE c (n int)"})
	p.wantCodes("DBINIT_PENDING 002_c.sql")
	p.applied()
	p.wantCodes()
	// One that stopped half way left something behind, and that stays to be looked at.
	p.write(map[string]string{"db-init/003_d.sql": "-- schemaguard:no-transaction\nCREATE TABLE d (n int); SELECT nope"})
	if _, err := p.apply(sqlfile.All); err == nil {
		t.Fatal("003 ran")
	}
	p.rename("db-init/003_d.sql", "db-init/003_e.sql")
	p.wantCodes("DBINIT_PENDING 003_e.sql", "DBINIT_FAILED 003_d.sql")
	if _, err := p.apply(sqlfile.All); err == nil {
		t.Error("half a file that is gone stops nothing")
	}
}

func TestARenamedFileIsNotToRunAgain(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write(map[string]string{"db-init/001_a.sql": "SELECT 1", "db-init/002_b.sql": "CREATE TABLE IF NOT EXISTS b (n int); INSERT INTO b VALUES (1)"})
	p.applied()
	p.write(map[string]string{"db-init/002_other.sql": "SELECT 'a colleague was first'"})
	p.rename("db-init/002_b.sql", "db-init/003_b.sql")
	p.wantCodes("DBINIT_PENDING 002_other.sql", "DBINIT_PENDING 003_b.sql", "DBINIT_MISSING 002_b.sql")
	const mark = "schemaguard db-init repair --mark-applied 003_b.sql"
	if diff := cmp.Diff(map[string]string{"002_other.sql": "", "003_b.sql": mark, "002_b.sql": mark}, p.hints()); diff != "" {
		t.Errorf("hints (-want +got):\n%s", diff)
	}
	r := p.open()
	for _, step := range []struct {
		mend dbinit.Mend
		name string
	}{{dbinit.MarkApplied, "003_b.sql"}, {dbinit.Forget, "002_b.sql"}} {
		repair, err := r.PlanRepair(t.Context(), step.mend, step.name)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Do(t.Context(), repair); err != nil {
			t.Fatal(err)
		}
		if got := p.hints()["002_b.sql"]; step.mend == dbinit.MarkApplied && got != "schemaguard db-init repair --forget 002_b.sql" {
			t.Errorf("after the first repair the hint is %q", got)
		}
	}
	p.opt.Allow = []sqlfile.Code{sqlfile.OutOfOrder}
	if diff := cmp.Diff([]string{"002_other.sql"}, p.applied()); diff != "" {
		t.Error(diff)
	}
	p.wantSQL("SELECT count(*) FROM b", "1")
}

func TestALostConnectionSaysWhereItWasLost(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write(map[string]string{"db-init/001_a.sql": "CREATE TABLE a (n int);\nSELECT pg_terminate_backend(pg_backend_pid());"})
	_, err := p.apply(sqlfile.All)
	lost, ok := errors.AsType[*dbinit.UnreachableError](err)
	if !ok || !strings.Contains(err.Error(), "db-init/001_a.sql:2:1: terminating connection") {
		t.Errorf("it ended with %v (unreachable: %v)", err, lost != nil)
	}
	p.wantSQL("SELECT to_regclass('a') IS NULL, count(*) FROM migrations_applied", "t|0")
}

func TestAFailureAtCommitIsOneMessage(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write(map[string]string{"db-init/001_a.sql": "CREATE TABLE a (n int PRIMARY KEY, m int REFERENCES a DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO a VALUES (1, 2);"})
	var notices []string
	_, err := p.open().Apply(t.Context(), sqlfile.All, func(e dbinit.Event) {
		if e.Kind == dbinit.Notice {
			notices = append(notices, e.Text)
		}
	})
	if err == nil || !strings.Contains(err.Error(), "db-init/001_a.sql:2:1: at COMMIT: ") {
		t.Errorf("it ended with %v", err)
	}
	if len(notices) > 0 {
		t.Errorf("the server said %q", notices)
	}
	p.wantCodes("DBINIT_RETRY 001_a.sql")
}

// TestAFileThatCannotBeReadIsNotGone: to forget its row would run it again.
func TestAFileThatCannotBeReadIsNotGone(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write(map[string]string{"db-init/001_a.sql": "SELECT 1", "db-init/002_b.sql": "SELECT 2"})
	p.applied()
	p.write(map[string]string{"db-init/001_a.sql": "S\x00E\x00"})
	p.wantCodes("DBINIT_UNREADABLE 001_a.sql")
	if err := os.Remove(filepath.Join(p.root, "db-init/001_a.sql")); err != nil {
		t.Fatal(err)
	}
	p.wantCodes("DBINIT_MISSING 001_a.sql")
	// A link to itself can be opened by nobody, not even by root.
	if err := os.Symlink("001_a.sql", filepath.Join(p.root, "db-init/001_a.sql")); err != nil {
		t.Skip("needs symbolic links: ", err)
	}
	p.wantCodes("DBINIT_NOT_PLAIN 001_a.sql")
}

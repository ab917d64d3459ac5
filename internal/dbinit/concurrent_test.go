package dbinit_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/dbinit"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
)

// manyFiles write down that they ran; each takes a moment, so that runs overlap.
func manyFiles(p *project) int {
	p.sql("CREATE TABLE ran (name text)")
	const n = 5
	for i := range n {
		p.write(map[string]string{fmt.Sprintf("db-init/%03d_x.sql", i+1): fmt.Sprintf("INSERT INTO ran VALUES ('%d'); SELECT pg_sleep(0.05);", i+1)})
	}
	return n
}

func TestOfEightRunsAtOnceOneAppliesAndTheOthersFindNothingToDo(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	n := manyFiles(p) + 1
	p.write(map[string]string{"db-init/006_outside.sql": "-- schemaguard:no-transaction\nINSERT INTO ran VALUES ('6');\nSELECT pg_sleep(0.5);\nVACUUM ran;"})
	runners := make([]*dbinit.Runner, 8)
	for i := range runners {
		runners[i] = p.open()
	}
	results := make([]dbinit.Result, len(runners))
	failures := make([]error, len(runners))
	var wg sync.WaitGroup
	for i, r := range runners {
		wg.Go(func() { results[i], failures[i] = r.Apply(t.Context(), sqlfile.All, nil) })
	}
	wg.Wait()
	var did []int
	waited := 0
	for i := range runners {
		if failures[i] != nil {
			t.Errorf("run %d: %v", i, failures[i])
		}
		if len(results[i].Applied) > 0 {
			did = append(did, len(results[i].Applied))
		}
		if results[i].Waited {
			waited++
		}
	}
	if diff := cmp.Diff([]int{n}, did); diff != "" {
		t.Errorf("files applied per run that applied any (-want +got):\n%s", diff)
	}
	if waited == 0 {
		t.Error("nobody had to wait, so nothing was shown")
	}
	p.wantSQL("SELECT count(*), count(DISTINCT name) FROM ran", fmt.Sprintf("%d|%d", n, n))
}

func TestAFileThatAnotherRunIsAtWasNotInterrupted(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write(map[string]string{"db-init/001_outside.sql": "-- schemaguard:no-transaction\nSELECT pg_sleep(1);"})
	first, second := p.open(), p.open()
	ended := make(chan error, 1)
	go func() {
		_, err := first.Apply(t.Context(), sqlfile.All, nil)
		ended <- err
	}()
	for p.sql(sleeping)[0] != "t" {
		time.Sleep(10 * time.Millisecond)
	}
	problems, err := p.open().Verify(t.Context())
	if err != nil || len(problems) != 1 || problems[0].Code != sqlfile.Interrupted || !strings.Contains(problems[0].Text, "at this moment") {
		t.Errorf("meanwhile verify says %v, %v", problems, err)
	}
	result, err := second.Apply(t.Context(), sqlfile.All, nil)
	if err != nil || !result.Waited || len(result.Applied) > 0 {
		t.Errorf("the second run ended with %+v, %v", result, err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestARunThatIsNotOverInTimeIsAnError(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write(map[string]string{"db-init/001_slow.sql": "SELECT pg_sleep(30)"})
	ctx, cancel := context.WithCancel(t.Context())
	slow := p.open()
	started := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		_, err := slow.Apply(ctx, sqlfile.All, func(e dbinit.Event) {
			if e.Kind == dbinit.Started {
				close(started)
			}
		})
		ended <- err
	}()
	<-started
	p.opt.LockWait = 300 * time.Millisecond
	_, err := p.apply(sqlfile.All)
	if lock, ok := errors.AsType[*dbinit.LockError](err); !ok || !strings.Contains(lock.Error(), "process ") {
		t.Errorf("waiting ended with %v", err)
	}
	p.opt.LockWait = -1
	if _, err := p.apply(sqlfile.All); err == nil || !strings.Contains(err.Error(), "is not over after 0s") {
		t.Errorf("not waiting at all ended with %v", err)
	}
	status, err := p.open().Status(t.Context())
	if err != nil || status.Busy == "" {
		t.Errorf("busy %q, %v", status.Busy, err)
	}
	// Interrupted, it takes its statement back and leaves the file to the next.
	cancel()
	if err := <-ended; err == nil {
		t.Error("an interrupted run ended well")
	}
	p.write(map[string]string{"db-init/001_slow.sql": "SELECT 1"})
	p.opt.LockWait = 10 * time.Second
	if diff := cmp.Diff([]string{"001_slow.sql"}, p.applied()); diff != "" {
		t.Error(diff)
	}
}

// TestMain lets this test be the process that is killed.
func TestMain(m *testing.M) {
	if dsn := os.Getenv("DBINIT_TEST_APPLY"); dsn != "" {
		os.Exit(applyHere(dsn, os.Getenv("DBINIT_TEST_ROOT")))
	}
	os.Exit(m.Run())
}

func applyHere(dsn, root string) int {
	set, problems, err := dbinit.Load("db-init", "db-init-post", root)
	if err != nil {
		return 1
	}
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return 1
	}
	r, err := dbinit.Open(context.Background(), config, set, problems, dbinit.Options{Tool: "killed"})
	if err != nil {
		return 1
	}
	if _, err = r.Apply(context.Background(), sqlfile.All, nil); err != nil {
		return 6
	}
	return 0
}

// killed runs apply in a process of its own and kills it once the query is true.
func (p *project) killed(when string) {
	p.t.Helper()
	self, err := os.Executable()
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "DBINIT_TEST_APPLY="+p.dsn, "DBINIT_TEST_ROOT="+p.root)
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if got := p.sql(when); len(got) == 1 && got[0] == "t" {
			break
		}
		if time.Now().After(deadline) {
			_ = cmd.Process.Kill()
			p.t.Fatalf("never true: %s", when)
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() >= 0 {
		p.t.Fatalf("it ended by itself: %v", cmd.ProcessState)
	}
}

const sleeping = "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep%' AND query NOT LIKE '%pg_stat_activity%' AND state = 'active'"

func TestAKilledRunLeavesNothingOfAFileAndTheNextGoesOn(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write(map[string]string{"db-init/001_a.sql": "CREATE TABLE a (n int)", "db-init/002_b.sql": "INSERT INTO a VALUES (1); SELECT pg_sleep(2); INSERT INTO a VALUES (2)"})
	p.killed(sleeping)
	// The server finishes the statement that it is at, and holds the lock meanwhile.
	if diff := cmp.Diff([]string{"002_b.sql"}, p.applied()); diff != "" {
		t.Error(diff)
	}
	p.wantSQL("SELECT n FROM a ORDER BY n", "1", "2")
	p.wantCodes()
}

func TestAKilledRunWithoutATransactionIsSeenAndRepaired(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write(map[string]string{"db-init/001_a.sql": "-- schemaguard:no-transaction\nCREATE TABLE IF NOT EXISTS a (n int);\nINSERT INTO a VALUES (1);\nSELECT pg_sleep(1);\nCREATE INDEX CONCURRENTLY IF NOT EXISTS i ON a (n);", "db-init/002_b.sql": "SELECT 1"})
	p.killed(sleeping)
	_, err := p.apply(sqlfile.All)
	if refused, ok := errors.AsType[*dbinit.RefusedError](err); !ok || refused.Problems[0].Code != sqlfile.Interrupted || refused.Hints()[0] != "schemaguard db-init repair --forget 001_a.sql" {
		t.Fatalf("the next run ended with %v", err)
	}
	p.wantCodes("DBINIT_INTERRUPTED 001_a.sql", "DBINIT_PENDING 002_b.sql")
	p.wantSQL("SELECT name, status, finished_at IS NULL, tool_version FROM migrations_applied", "001_a.sql|running|t|killed")
	for deadline := time.Now().Add(10 * time.Second); p.sql(sleeping)[0] == "t" && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
	r := p.open()
	repair, err := r.PlanRepair(t.Context(), dbinit.Forget, "001_a.sql")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Do(t.Context(), repair); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"001_a.sql", "002_b.sql"}, p.applied()); diff != "" {
		t.Error(diff)
	}
	p.wantCodes()
}

func TestAFileWithoutATransactionThatFailsSaysHowFarItCame(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write(map[string]string{"db-init/001_a.sql": "-- schemaguard:no-transaction\nCREATE TABLE a (n int);\nCREATE INDEX CONCURRENTLY i ON a (n);\nSELECT nope;", "db-init/002_b.sql": "SELECT 1"})
	_, err := p.apply(sqlfile.All)
	failed, ok := errors.AsType[*dbinit.StatementError](err)
	if !ok || failed.At.String() != "4:8" || failed.Rolled {
		t.Fatalf("it ended with %v", err)
	}
	p.wantSQL("SELECT name, status, error FROM migrations_applied", `001_a.sql|failed|without a transaction, after 2 of 3 statements: db-init/001_a.sql:4:8: column "nope" does not exist (SQLSTATE 42703)`)
	p.wantCodes("DBINIT_FAILED 001_a.sql", "DBINIT_PENDING 002_b.sql")
	if _, err := p.apply(sqlfile.All); err == nil {
		t.Error("what stopped half way was run again by itself")
	}
	r := p.open()
	repair, err := r.PlanRepair(t.Context(), dbinit.MarkApplied, "001_a.sql")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Do(t.Context(), repair); err != nil {
		t.Fatal(err)
	}
	p.applied()
	p.wantCodes()
}

func TestAFileWithoutATransactionMustCloseItsOwn(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write(map[string]string{"db-init/001_a.sql": "-- schemaguard:no-transaction\nBEGIN; CREATE TABLE a (n int);"})
	if _, err := p.apply(sqlfile.All); err == nil || !strings.Contains(err.Error(), "ends inside a transaction") {
		t.Fatalf("it ended with %v", err)
	}
	p.write(map[string]string{"db-init/001_a.sql": "-- schemaguard:no-transaction\nBEGIN; CREATE TABLE a (n int); COMMIT; VACUUM a"})
	p.sql("DELETE FROM migrations_applied")
	p.applied()
}

// TestThroughAPoolerEveryFileTakesTheLock runs eight at once through PgBouncer in
// transaction mode, where a lock of the session means nothing.
func TestThroughAPoolerEveryFileTakesTheLock(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	n := manyFiles(p)
	direct := p.dsn
	pooled := *p
	pooled.dsn = bouncer(t, p.config())
	var mu sync.Mutex
	var applied []string
	told := false
	var wg sync.WaitGroup
	for range 8 {
		r := pooled.open()
		wg.Go(func() {
			result, err := r.Apply(t.Context(), sqlfile.All, func(e dbinit.Event) {
				mu.Lock()
				defer mu.Unlock()
				told = told || e.Kind == dbinit.Pooled
			})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			applied = append(applied, result.Applied...)
		})
	}
	wg.Wait()
	if len(applied) != n || !told {
		t.Errorf("applied %v, told %v", applied, told)
	}
	p.dsn = direct
	p.wantSQL("SELECT count(*), count(DISTINCT name) FROM ran", fmt.Sprintf("%d|%d", n, n))
	p.write(map[string]string{"db-init/006_x.sql": "-- schemaguard:no-transaction\nVACUUM ran"})
	_, err := pooled.apply(sqlfile.All)
	if refused, ok := errors.AsType[*dbinit.RefusedError](err); !ok || refused.Problems[0].Code != sqlfile.LockLost {
		t.Errorf("a file without a transaction, through a pooler: %v", err)
	}
	p.applied()
}

// bouncer starts PgBouncer in transaction mode before a server and returns a DSN.
func bouncer(t *testing.T, config *pgconn.Config) string {
	t.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		if program = "/usr/sbin/pgbouncer"; !plain(program) {
			if os.Getenv("SCHEMAGUARD_REQUIRE_ALL") != "" {
				t.Fatal("needs pgbouncer")
			}
			t.Skip("needs pgbouncer")
		}
	}
	// Not t.TempDir, whose parents the user that PgBouncer becomes may not enter.
	dir, err := os.MkdirTemp("", "pgb") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	password := ""
	if config.Password != "" {
		password = " password=" + config.Password
	}
	ini := fmt.Sprintf("[databases]\n%s = host=%s port=%d user=%s%s\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %d\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 20\nlogfile = %s/log\npidfile = %s/pid\n",
		config.Database, config.Host, config.Port, config.User, password, port, dir, dir)
	file := filepath.Join(dir, "pgbouncer.ini")
	if err := os.WriteFile(file, []byte(ini), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{file}
	if os.Geteuid() == 0 { // it refuses to be root
		args = append([]string{"-u", ownerOf(t, config.Host)}, args...)
	}
	cmd := exec.Command(program, args...)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	dsn := fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s", config.User, port, config.Database)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		conn, err := pgconn.Connect(t.Context(), dsn)
		if err == nil {
			_ = conn.Close(t.Context())
			return dsn
		}
		if time.Now().After(deadline) {
			t.Fatalf("pgbouncer: %v\n%s", err, said.String())
		}
	}
}

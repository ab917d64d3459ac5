package recyclebin

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
)

// childVariable tells this test binary to be the process that gets killed.
const childVariable = "RECYCLEBIN_TEST_CHILD"

func TestMain(m *testing.M) {
	if dsn := os.Getenv(childVariable); dsn != "" {
		child(dsn)
		return
	}
	os.Exit(m.Run())
}

// child fills the bin again and again until it is killed.
func child(dsn string) {
	conn, err := pgconn.Connect(context.Background(), dsn)
	if err != nil {
		return
	}
	fmt.Println("ready")
	for {
		if _, err := Fill(context.Background(), conn, []Doomed{{Kind: KindTable, Table: "orders"}, {Kind: KindColumn, Table: "customers", Column: "name"}}, options()); err != nil {
			return
		}
	}
}

// whole fails unless every entry has all that it says, and nothing else is there.
func whole(t *testing.T, conn *pgconn.PgConn) int {
	t.Helper()
	entries, err := List(t.Context(), conn)
	if err != nil {
		t.Fatal(err)
	}
	copies := 0
	for _, e := range entries {
		if len(e.Items) != 2 {
			t.Errorf("entry %s has %d items", e.ID, len(e.Items))
		}
		for i := range e.Items {
			copies++
			if got := ask(t, conn, "SELECT count(*) FROM "+e.Items[i].copied()); got != fmt.Sprint(e.Items[i].Rows) || got == "0" {
				t.Errorf("%s of %s: %s rows of %d", e.Items[i].Name, e.ID, got, e.Items[i].Rows)
			}
		}
	}
	if got := ask(t, conn, "SELECT count(*) FROM pg_tables WHERE schemaname = 'schemaguard_trash' AND tablename LIKE '2%'"); got != fmt.Sprint(copies) {
		t.Errorf("%s copies of %d: a half one is left", got, copies)
	}
	return len(entries)
}

func TestAKilledProcessLeavesWholeEntriesOnly(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t)
	conn := connect(t, dsn)
	run(t, conn, richSQL)
	entries := 0
	for i := range 6 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), childVariable+"="+dsn)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 6)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(40<<i) * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		for ask(t, conn, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()") != "0" {
			time.Sleep(10 * time.Millisecond)
		}
		entries = whole(t, conn)
	}
	if entries == 0 {
		t.Error("no process got far enough")
	}
}

// TestAKilledBackendChangesNothing ends the server's side at a statement after
// another, of filling and of restoring.
func TestAKilledBackendChangesNothing(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t)
	conn := connect(t, dsn)
	run(t, conn, richSQL)
	state := func() string { return dump(t, dsn) }
	before := state()
	killed, what := 0, []Doomed{{Kind: KindTable, Table: "orders"}, {Kind: KindColumn, Table: "customers", Column: "name"}}
	for n := 1; ; n += 3 {
		if !killedAt(t, dsn, n, func(c *pgconn.PgConn) error { _, err := Fill(t.Context(), c, what, options()); return err }) {
			break
		}
		killed++
		if whole(t, conn) != 0 || state() != before {
			t.Fatalf("killed at statement %d: something is left", n)
		}
	}
	run(t, conn, "ALTER TABLE lines DROP CONSTRAINT lines_order; DROP TABLE orders; ALTER TABLE customers DROP COLUMN name")
	dropped := state()
	entries, err := List(t.Context(), conn)
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	for n := 1; ; n += 7 {
		if !killedAt(t, dsn, n, func(c *pgconn.PgConn) error {
			_, err := Restore(t.Context(), c, entries[0].ID, RestoreOptions{Now: noon})
			return err
		}) {
			break
		}
		killed++
		if whole(t, conn) != 1 || state() != dropped {
			t.Fatalf("killed at statement %d of restoring: it is not as it was", n)
		}
	}
	if killed < 8 {
		t.Errorf("killed only %d times", killed)
	}
	if got := ask(t, conn, "SELECT count(*) FROM orders"); got != "20" || whole(t, conn) != 1 {
		t.Errorf("in the end: %s rows", got)
	}
}

// killedAt runs f on a connection whose backend is gone before it sees its n-th
// message. It returns false where f needed fewer.
func killedAt(t *testing.T, dsn string, n int, f func(*pgconn.PgConn) error) bool {
	t.Helper()
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	killer := connect(t, dsn)
	left, pid := -1, uint32(0)
	dial := config.DialFunc
	config.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		return &counting{c, func() {
			if left > 0 {
				if left--; left == 0 {
					_ = killer.Exec(t.Context(), fmt.Sprintf("SELECT pg_terminate_backend(%d, 5000)", pid)).Close()
				}
			}
		}}, err
	}
	conn, err := pgconn.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	pid, left = conn.PID(), n
	err = f(conn)
	if left > 0 {
		if err != nil {
			t.Fatalf("not killed: %v", err)
		}
		return false
	}
	// A killed purge after a finished filling is a success.
	if err == nil || strings.Contains(err.Error(), "syntax") {
		if err != nil {
			t.Fatal(err)
		}
		return false
	}
	return true
}

// counting calls back before each message is sent.
type counting struct {
	net.Conn
	before func()
}

// Write implements [net.Conn].
func (c *counting) Write(p []byte) (int, error) {
	c.before()
	return c.Conn.Write(p)
}

func TestFillingsAtOnceDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t)
	conn := connect(t, dsn)
	run(t, conn, richSQL)
	var wg sync.WaitGroup
	for range 4 {
		c := connect(t, dsn)
		wg.Go(func() {
			if _, err := Fill(t.Context(), c, []Doomed{orders, {Kind: KindColumn, Table: "customers", Column: "name"}}, options()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := whole(t, conn); n != 4 {
		t.Errorf("%d entries", n)
	}
}

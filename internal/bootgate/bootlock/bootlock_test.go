package bootlock

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
)

// child is the environment variable that makes the test binary a holder of the
// lock in another process.
const child = "BOOTLOCK_TEST_DSN"

func TestMain(m *testing.M) {
	if dsn := os.Getenv(child); dsn != "" {
		holder(dsn)
		return
	}
	m.Run()
}

// holder takes the lock, says so, and keeps it until it is killed.
func holder(dsn string) {
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = Take(context.Background(), Options{Config: config, Name: "schemaguard boot on other", Log: slog.New(slog.DiscardHandler), Now: time.Now})
	fmt.Println("taken", err)
	select {}
}

// logged collects what is said.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) String() string { l.mu.Lock(); defer l.mu.Unlock(); return l.buf.String() }

func options(t *testing.T, dsn string) (Options, *logged) {
	t.Helper()
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	said := &logged{}
	return Options{Config: config, Display: "the test", Name: "schemaguard boot on here", Timeout: 20 * time.Second, Log: slog.New(slog.NewTextHandler(said, nil)), Now: time.Now}, said
}

func query(t *testing.T, dsn, sql string) string {
	t.Helper()
	conn, err := pgconn.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	rows, err := ask(t.Context(), conn, sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	if len(rows) == 0 {
		return ""
	}
	return rows[0][0]
}

const heldSQL = "SELECT count(*) FROM pg_locks l WHERE "

func TestOneAtATime(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t)
	o, _ := options(t, dsn)
	first, err := Take(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Verify(t.Context()); err != nil {
		t.Errorf("held, and not verified: %v", err)
	}
	if n := query(t, dsn, heldSQL+isOurs()); n != "1" {
		t.Errorf("the server holds %s", n)
	}
	second, said := options(t, dsn)
	second.Timeout = 1200 * time.Millisecond
	_, err = Take(t.Context(), second)
	if late := (*TimeoutError)(nil); !errors.As(err, &late) || !strings.Contains(err.Error(), "schemaguard boot on here") {
		t.Errorf("a second holder: %v", err)
	}
	if !strings.Contains(said.String(), "schemaguard boot on here") || !strings.Contains(said.String(), "step=lock") {
		t.Errorf("waiting says %q", said.String())
	}
	first.Unlock()
	first.Unlock()
	if n := query(t, dsn, heldSQL+isOurs()); n != "0" {
		t.Errorf("given up, and the server holds %s", n)
	}
	other, _ := options(t, pgtest.Database(t))
	for _, o := range []Options{second, other} {
		l, err := Take(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Unlock() // each database has its own
	}
}

// TestTwoProcesses: a holder that is killed frees the lock for whoever waits.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), child+"="+dsn)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "taken <nil>\n" {
		t.Fatalf("the other process: %q, %v", line, err)
	}
	o, said := options(t, dsn)
	took := make(chan error, 1)
	began := time.Now()
	go func() {
		l, err := Take(t.Context(), o)
		if err == nil {
			defer l.Unlock()
		}
		took <- err
	}()
	select {
	case err := <-took:
		t.Fatalf("taken while another process holds it: %v", err)
	case <-time.After(1500 * time.Millisecond):
	}
	if !strings.Contains(said.String(), "schemaguard boot on other") {
		t.Errorf("waiting does not say for whom: %q", said.String())
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-took; err != nil {
		t.Errorf("after the holder was killed: %v", err)
	}
	t.Logf("taken %s after the start", time.Since(began).Round(time.Millisecond))
}

// TestLost: a connection that the server ends is noticed, by a question and by
// itself.
func TestLost(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t)
	o, _ := options(t, dsn)
	l, err := Take(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Unlock()
	query(t, dsn, fmt.Sprintf("SELECT pg_terminate_backend(%d)", l.pid))
	select {
	case <-l.Lost():
	case <-time.After(3 * pulse):
		t.Error("nobody noticed")
	}
	if gone := (*UnreachableError)(nil); !errors.As(l.Verify(t.Context()), &gone) {
		t.Errorf("verified: %v", l.Verify(t.Context()))
	}
}

// TestGivenAway: a lock that the session no longer holds is none.
func TestGivenAway(t *testing.T) {
	t.Parallel()
	o, _ := options(t, pgtest.Database(t))
	l, err := Take(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Unlock()
	if _, err := l.rows(t.Context(), "SELECT pg_advisory_unlock_all()"); err != nil {
		t.Fatal(err)
	}
	if none := (*UnreliableError)(nil); !errors.As(l.Verify(t.Context()), &none) {
		t.Errorf("verified: %v", l.Verify(t.Context()))
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	o, _ := options(t, "postgres://anna:s3cret-word@127.0.0.1:1/app?connect_timeout=1")
	_, err := Take(t.Context(), o)
	if gone := (*UnreachableError)(nil); !errors.As(err, &gone) || strings.Contains(err.Error(), "s3cret-word") {
		t.Errorf("%v", err)
	}
	if _, err := Parse("postgres://anna:s3cret-word@host:no/app"); err == nil || strings.Contains(err.Error(), "s3cret-word") {
		t.Errorf("%v", err)
	}
}

// TestElsewhere: a lock on another database guards nothing.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t)
	o, _ := options(t, dsn)
	same, _ := options(t, dsn)
	o.Same = same.Config
	l, err := Take(t.Context(), o)
	if err != nil {
		t.Fatalf("the same database: %v", err)
	}
	l.Unlock()
	other, _ := options(t, pgtest.Database(t))
	o.Same = other.Config
	if none := (*UnreliableError)(nil); !errors.As(second(Take(t.Context(), o)), &none) || !strings.Contains(none.Error(), "another database") {
		t.Error("a lock on another database is taken for one")
	}
}

func second[T any](_ T, err error) error { return err }

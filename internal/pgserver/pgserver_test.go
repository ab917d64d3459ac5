package pgserver

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestMain(m *testing.M) {
	if os.Getenv("PGSERVER_TEST_CHILD") != "" {
		startAndHang()
		return
	}
	m.Run()
}

// startAndHang is what the killed-parent test runs in a process of its own.
func startAndHang() {
	srv, err := Start(context.Background(), Options{})
	if err != nil {
		fmt.Println("error:", err)
		return
	}
	fmt.Println(srv.SocketDir())
	select {}
}

func start(t *testing.T, opts Options) *Server {
	t.Helper()
	if _, err := Find(t.Context()); err != nil {
		if os.Getenv("SCHEMAGUARD_REQUIRE_ALL") == "1" {
			t.Fatal(err)
		}
		t.Skipf("needs Postgres: %v", err)
	}
	srv, err := Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Stop(); err != nil {
			t.Error(err)
		}
	})
	return srv
}

func queryString(t *testing.T, dsn, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var s string
	if err := conn.QueryRow(t.Context(), sql).Scan(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestServerAnswersAndIsGoneAfterStop(t *testing.T) {
	t.Parallel()
	srv := start(t, Options{Settings: map[string]string{"work_mem": "5MB"}})
	for sql, want := range map[string]string{
		"SHOW server_encoding": "UTF8", "SHOW work_mem": "5MB", "SHOW fsync": "off", "SHOW listen_addresses": "",
		"SELECT current_user::text":                                   "postgres",
		"SELECT datcollate FROM pg_database WHERE datname='postgres'": "C",
	} {
		if runtime.GOOS == "windows" && sql == "SHOW listen_addresses" {
			continue
		}
		if got := queryString(t, srv.DSN("postgres"), sql); got != want {
			t.Errorf("%s = %q, want %q", sql, got, want)
		}
	}
	if err := srv.CreateDatabase(t.Context(), `odd "name"/é`, ""); err != nil {
		t.Fatal(err)
	}
	if got := queryString(t, srv.DSN(`odd "name"/é`), "SELECT current_database()::text"); got != `odd "name"/é` {
		t.Errorf("connected to %q", got)
	}
	if err := srv.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(srv.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there after Stop: %v", err)
	}
	if conn, err := pgx.Connect(t.Context(), srv.DSN("postgres")); err == nil {
		_ = conn.Close(t.Context())
		t.Error("the server still answers after Stop")
	}
}

func TestTCPNeedsThePassword(t *testing.T) {
	t.Parallel()
	srv := start(t, Options{TCP: true})
	if got := queryString(t, srv.TCPDSN("postgres"), "SELECT 'yes'"); got != "yes" {
		t.Errorf("got %q over TCP", got)
	}
	wrong := strings.Replace(srv.TCPDSN("postgres"), srv.Password(), "wrong", 1)
	if conn, err := pgx.Connect(t.Context(), wrong); err == nil {
		_ = conn.Close(t.Context())
		t.Error("a wrong password is let in")
	}
}

func TestContextEndStopsTheServer(t *testing.T) {
	t.Parallel()
	start(t, Options{}) // skips where there is no Postgres
	ctx, cancel := context.WithCancel(t.Context())
	srv, err := Start(ctx, Options{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	waitGone(t, srv.dir)
}

func TestKilledParentTakesTheServerWithIt(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("needs a unix shell for the watchdog")
	}
	start(t, Options{}) // skips where there is no Postgres
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "PGSERVER_TEST_CHILD=1")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	dir := strings.TrimSpace(line)
	if err != nil || !filepath.IsAbs(dir) {
		t.Fatalf("the child said %q, %v", line, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "data", "postmaster.pid")); err != nil {
		t.Fatalf("no server ran before the kill: %v", err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	waitGone(t, dir)
}

func waitGone(t *testing.T, dir string) {
	t.Helper()
	for range 200 {
		if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("%s is still there", dir)
}

func TestDamagedTemplateIsReplaced(t *testing.T) {
	start(t, Options{}) // skips where there is no Postgres, and fills the usual cache
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	bin, err := Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first := start(t, Options{})
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	control := filepath.Join(templatePath(bin), "global", "pg_control")
	if err := os.WriteFile(control, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	second := start(t, Options{})
	if got := queryString(t, second.DSN("postgres"), "SELECT 'yes'"); got != "yes" {
		t.Errorf("got %q", got)
	}
	if data, err := os.ReadFile(control); err == nil && string(data) == "damaged" {
		t.Error("the damaged template is still in the cache")
	}
}

func TestFindPrefersTheNewestAndSkipsClients(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs shell scripts as programs")
	}
	path := t.TempDir()
	t.Setenv("PATH", path)
	write := func(name, body string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(path, name), []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write("initdb", "")
	write("psql", "")
	clientOnly, _ := Find(t.Context())
	if clientOnly.Dir == path {
		t.Error("a folder without postgres was chosen")
	}
	write("postgres", "echo 'postgres (PostgreSQL) 99.1 (ours)'")
	got, err := Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.Dir != path || got.Major != 99 || got.Version != "postgres (PostgreSQL) 99.1 (ours)" {
		t.Errorf("got %+v", got)
	}
	if a, b := folderMajor("/usr/lib/postgresql/9.6/bin"), folderMajor("/usr/lib/postgresql/17/bin"); a >= b {
		t.Errorf("9.6 sorts as %d, 17 as %d", a, b)
	}
}

func TestNotFoundEndsWithTheFix(t *testing.T) {
	t.Parallel()
	only := func(name string) func(string) bool { return func(s string) bool { return s == name } }
	for _, c := range []struct {
		goos, tool, want string
	}{
		{"linux", "apt-get", "sudo apt-get install -y postgresql"},
		{"linux", "dnf", "sudo dnf install -y postgresql-server"},
		{"linux", "apk", "sudo apk add postgresql"},
		{"linux", "pacman", "sudo pacman -S postgresql"},
		{"darwin", "", "brew install postgresql@17"},
		{"windows", "", "winget install PostgreSQL.PostgreSQL.17"},
		{"linux", "", "see https://www.postgresql.org/download/"},
	} {
		if got := installHint(c.goos, only(c.tool)); got != c.want {
			t.Errorf("%s with %q: %q, want %q", c.goos, c.tool, got, c.want)
		}
	}
	err := &NotFoundError{Looked: []string{"PATH", "/usr/pgsql-*/bin"}}
	if !strings.HasPrefix(err.Error(), "no postgres server binaries (initdb, postgres, psql) in PATH, /usr/pgsql-*/bin; install them: ") {
		t.Errorf("got %q", err.Error())
	}
}

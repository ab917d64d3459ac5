//go:build unix

package bootlock

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/pgserver"
)

// TestPgBouncer: through a real PgBouncer. In transaction and statement mode a lock
// of the session belongs to whoever comes next, so it is none; in session mode it
// is one.
func TestPgBouncer(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/pgbouncer")
	}
	if err != nil {
		if os.Getenv("SCHEMAGUARD_REQUIRE_ALL") == "1" {
			t.Fatal("needs pgbouncer: sudo apt-get install -y pgbouncer")
		}
		t.Skip("needs pgbouncer: sudo apt-get install -y pgbouncer")
	}
	srv, err := pgserver.Start(t.Context(), pgserver.Options{TCP: true})
	if err != nil {
		t.Skip(err) // as everybody who needs a Postgres
	}
	t.Cleanup(func() { _ = srv.Stop() })
	for n, c := range []struct {
		mode, more string
		good       bool
	}{
		{"transaction", "", false},
		{"transaction", "server_round_robin = 1", false},
		{"transaction", "default_pool_size = 1", false},
		{"statement", "", false},
		{"session", "", true},
	} {
		t.Run(c.mode+" "+c.more, func(t *testing.T) {
			t.Parallel()
			name := "pooled_" + strconv.Itoa(n)
			if err := srv.CreateDatabase(t.Context(), name, ""); err != nil {
				t.Fatal(err)
			}
			direct := srv.TCPDSN(name)
			o, _ := options(t, pooled(t, program, direct, c.mode, c.more))
			busy(t, o.Config)
			l, err := Take(t.Context(), o)
			if !c.good {
				none := (*UnreliableError)(nil)
				if !errors.As(err, &none) {
					t.Fatalf("a lock through a pool in %s mode: %v", c.mode, err)
				}
				if !strings.Contains(err.Error(), "SCHEMAGUARD_LOCK_URL") {
					t.Errorf("the setting is not named: %v", err)
				}
				if n := query(t, direct, heldSQL+isOurs()); n != "0" {
					t.Error("the lock stays behind, on a connection of the pool")
				}
				// With a connection that goes to Postgres itself, it is a lock.
				straight, _ := options(t, direct)
				straight.Same = o.Config
				if l, err = Take(t.Context(), straight); err != nil {
					t.Fatalf("direct, beside a pool: %v", err)
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := l.Verify(t.Context()); err != nil {
				t.Error(err)
			}
			l.Unlock()
		})
	}
}

// busy leaves idle connections to the server in the pool.
func busy(t *testing.T, config *pgconn.Config) {
	t.Helper()
	var conns []*pgconn.PgConn
	for range 3 {
		conn, err := pgconn.ConnectConfig(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, _ = ask(ctx, conn, "SELECT pg_sleep(0.1)")
		cancel()
	}
	for _, conn := range conns {
		_ = conn.Close(context.Background())
	}
}

// pooled starts a PgBouncer in front of a database and returns how it is reached.
func pooled(t *testing.T, program, dsn, mode, more string) string {
	t.Helper()
	target, err := pgconn.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	port := freePort(t)
	text := fmt.Sprintf(`[databases]
%s = host=%s port=%d user=%s password=%s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = any
pool_mode = %s
ignore_startup_parameters = extra_float_digits
logfile = %s
%s
`, target.Database, target.Host, target.Port, target.User, quotedOr(target.Password), port, mode, filepath.Join(dir, "log"), more)
	file := filepath.Join(dir, "pgbouncer.ini")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{dir, filepath.Dir(dir)} { // it runs as somebody else
		if err := os.Chmod(d, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(program, file)
	if os.Getuid() == 0 { // it refuses root
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: nobody(t)}
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	u := url.URL{Scheme: "postgres", User: url.User(target.User), Host: "127.0.0.1:" + strconv.Itoa(port), Path: "/" + target.Database, RawQuery: "sslmode=disable&connect_timeout=2"}
	for range 5 {
		if conn, err := pgconn.Connect(t.Context(), u.String()); err == nil {
			_ = conn.Close(t.Context())
			return u.String()
		}
		time.Sleep(200 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(dir, "log"))
	t.Fatalf("pgbouncer does not answer:\n%s", log)
	return ""
}

func quotedOr(password string) string {
	if password == "" {
		return "none"
	}
	return password
}

func nobody(t *testing.T) *syscall.Credential {
	t.Helper()
	u, err := user.Lookup("nobody")
	if err != nil {
		t.Skip("needs a user that is not root: nobody")
	}
	uid, _ := strconv.ParseUint(u.Uid, 10, 32)
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

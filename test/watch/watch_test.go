// Package watch runs the watcher as a user does, as a program of its own on a
// real database and a real repository, and does to it what happens on a long day.
package watch

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/schemaguard/schemaguard"
	"github.com/schemaguard/schemaguard/internal/demo"
	"github.com/schemaguard/schemaguard/internal/pgserver"
)

// program is the schemaguard that is watched with, built once.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "schemaguard-watch-")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "schemaguard")
	if out, err := exec.Command("go", "build", "-o", bin, "../../cmd/schemaguard").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building: %w: %s", err, out)
	}
	return bin, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if bin, err := program(); err == nil {
		_ = os.RemoveAll(filepath.Dir(bin))
	}
	os.Exit(code)
}

// day is a project with its database, reached through a wire that can be cut.
type day struct {
	t    *testing.T
	srv  *pgserver.Server
	name string // of the database
	dir  string
	wire *wire
	home string
}

var fixture = sync.OnceValues(demo.Fixture)

func newDay(t *testing.T) *day {
	t.Helper()
	srv, err := pgserver.Start(context.Background(), pgserver.Options{TCP: true})
	if err != nil {
		t.Skipf("needs Postgres: %v", err)
	}
	t.Cleanup(func() { _ = srv.Stop() })
	d := &day{t: t, srv: srv, name: "shop", dir: filepath.Join(t.TempDir(), "shop"), home: t.TempDir()}
	d.fill()
	d.wire = newWire(t, fmt.Sprintf("127.0.0.1:%d", srv.Port()))
	d.env(srv.Password())
	d.begin()
	return d
}

// fill makes the example's database.
func (d *day) fill() {
	d.t.Helper()
	dumps, err := fixture()
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.srv.CreateDatabase(d.t.Context(), d.name, ""); err != nil {
		d.t.Fatal(err)
	}
	d.sql(dumps...)
}

// env writes the project's .env.
func (d *day) env(password string) {
	d.t.Helper()
	_, port, _ := net.SplitHostPort(d.wire.address())
	d.write(".env", fmt.Sprintf("DB_CLIENT=pg\nDB_HOST=127.0.0.1\nDB_PORT=%s\nDB_DATABASE=%s\nDB_USER=%s\nDB_PASSWORD=%s\n", port, d.name, pgserver.SuperUser, password))
}

// begin makes the repository.
func (d *day) begin() {
	d.t.Helper()
	data, err := schemaguard.Example.ReadFile("snapshots/schema.yaml")
	if err != nil {
		d.t.Fatal(err)
	}
	d.write("snapshots/schema.yaml", string(data))
	d.write(".gitignore", ".env\n")
	d.git("init", "--quiet", "--initial-branch=main")
	d.git("add", ".")
	d.git("commit", "--quiet", "--message", "The schema")
}

func (d *day) write(name, text string) {
	d.t.Helper()
	path := filepath.Join(d.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

func (d *day) git(args ...string) {
	d.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
	cmd.Dir = d.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		d.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// sql runs statements past the wire.
func (d *day) sql(statements ...string) {
	d.t.Helper()
	conn, err := pgx.Connect(d.t.Context(), d.srv.DSN(d.name))
	if err != nil {
		d.t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, s := range statements {
		if _, err := conn.Exec(d.t.Context(), s); err != nil {
			d.t.Fatal(err)
		}
	}
}

// collection makes one in live.
func (d *day) collection(name string) {
	d.t.Helper()
	d.sql("BEGIN; CREATE TABLE " + name + " (id serial PRIMARY KEY); INSERT INTO directus_collections (collection) VALUES ('" + name + "'); COMMIT")
}

// event is what the tests look at of one.
type event struct {
	Event   string
	Text    string
	Hint    string
	Current struct {
		State   string
		Failure string
		Seeing  string
		Counts  struct{ Unsaved int }
	}
}

// watcher is a running one.
type watcher struct {
	t      *testing.T
	cmd    *exec.Cmd
	events chan event
}

func (d *day) command(args ...string) *exec.Cmd {
	d.t.Helper()
	bin, err := program()
	if err != nil {
		d.t.Fatal(err)
	}
	cmd := exec.Command(bin, args...)
	cmd.Dir = d.dir
	cmd.Env = []string{"DOCKER_HOST=" + os.Getenv("DOCKER_HOST"), "PATH=" + os.Getenv("PATH"), "HOME=" + d.home, "XDG_STATE_HOME=" + d.home, "GIT_CONFIG_NOSYSTEM=1"}
	return cmd
}

// watch starts a watcher and awaits its first event.
func (d *day) watch(args ...string) *watcher {
	d.t.Helper()
	if !slices.Contains(args, "--no-docker=false") {
		args = append(args, "--no-docker")
	}
	w := &watcher{t: d.t, cmd: d.command(append([]string{"watch", "--json", "--interval", "100ms"}, args...)...), events: make(chan event, 1000)}
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	w.cmd.Stderr = os.Stderr
	if err := w.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	go w.read(out)
	d.t.Cleanup(func() {
		_ = w.cmd.Process.Signal(syscall.SIGTERM)
		if err := w.cmd.Wait(); err != nil {
			d.t.Errorf("the watcher ended with %v", err)
		}
	})
	return w
}

func (w *watcher) read(out io.Reader) {
	defer close(w.events)
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			w.t.Errorf("no event: %v: %s", err, lines.Text())
		}
		w.events <- e
	}
}

// until awaits an event of the given state, whatever comes before.
func (w *watcher) until(state string) event {
	w.t.Helper()
	var seen []string
	deadline := time.After(60 * time.Second)
	for {
		select {
		case e, ok := <-w.events:
			if !ok {
				w.t.Fatalf("the watcher ended; it said %q", seen)
			}
			seen = append(seen, e.Text)
			if e.Current.State == state {
				return e
			}
		case <-deadline:
			w.t.Fatalf("never %s; it said %q", state, seen)
		}
	}
}

func TestALongDay(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	w := d.watch()
	w.until("clean")

	d.collection("gadgets")
	if e := w.until("unsaved"); !strings.Contains(e.Text, "collection gadgets") || e.Current.Counts.Unsaved != 1 {
		t.Errorf("%+v", e)
	}
	if out, err := d.command("snapshot", "--quiet").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	w.until("not staged")
	d.git("add", ".")
	w.until("not committed")
	d.git("commit", "--quiet", "--message", "Gadgets")
	w.until("clean")
	d.git("checkout", "--quiet", "HEAD~")
	w.until("ahead")
	d.git("checkout", "--quiet", "main")
	w.until("clean")

	// Every connection is ended, as when the server is restarted.
	d.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'schemaguard'")
	d.collection("widgets")
	w.until("unsaved")
	d.sql("DROP TABLE widgets; DELETE FROM directus_collections WHERE collection = 'widgets'")
	w.until("clean")

	// The network is gone, and with it the last colour.
	d.wire.cut()
	e := w.until("not checked")
	if !strings.HasPrefix(e.Text, "not checked since ") || e.Current.Failure == "" {
		t.Errorf("%+v", e)
	}
	d.collection("widgets")
	d.wire.mend()
	w.until("unsaved")
	d.sql("DROP TABLE widgets; DELETE FROM directus_collections WHERE collection = 'widgets'")
	w.until("clean")

	// Another password: what is known stands until the connection has to be made anew.
	d.sql("ALTER ROLE " + pgserver.SuperUser + " PASSWORD 'another'; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'schemaguard'")
	e = w.until("not checked")
	if strings.Contains(e.Text, d.srv.Password()) {
		t.Error("the password is told")
	}
	d.env("another")
	w.until("clean")

	// The database is dropped, and made again.
	name := d.name
	d.name = "postgres"
	d.sql("DROP DATABASE " + name + " WITH (FORCE)")
	w.until("not checked")
	d.name = name
	d.fill()
	w.until("pending") // it has no gadgets yet

	// The repository is deleted, and cloned anew.
	if err := os.RemoveAll(d.dir); err != nil {
		t.Fatal(err)
	}
	w.until("not checked")
	d.env("another")
	d.begin()
	w.until("clean")
}

// What the wire swallows makes no error: the watcher gives up by itself.
func TestASilentNetwork(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.write(".schemaguard.yaml", "database:\n  statement_timeout: 300ms\n  connect_timeout: 1s\n")
	w := d.watch()
	w.until("clean")
	d.wire.swallow(true)
	w.until("not checked")
	d.wire.swallow(false)
	w.until("clean")
}

// With the triggers the database says so, and the SQL is theirs to take out.
func TestTriggers(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	if out, err := d.command("watch", "--install-triggers").CombinedOutput(); err == nil || !strings.Contains(string(out), "nobody is there to agree") {
		t.Fatalf("installed without consent: %v\n%s", err, out)
	}
	if e := d.watch("--interval", "1h").until("clean"); e.Current.Seeing != "every 1h0m0s" {
		t.Errorf("without triggers: %+v", e)
	}
	if out, err := d.command("watch", "--install-triggers", "--yes").CombinedOutput(); err != nil || !strings.Contains(string(out), "CREATE EVENT TRIGGER") {
		t.Fatalf("%v\n%s", err, out)
	}
	told := d.watch("--interval", "1h")
	told.until("clean")
	d.collection("heard")
	if e := told.until("unsaved"); e.Current.Counts.Unsaved != 1 || e.Current.Seeing != "triggers" {
		t.Errorf("%+v", e)
	}
	if out, err := d.command("watch", "--remove-triggers", "--yes").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	d.sql("DO $$ BEGIN ASSERT NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtname LIKE 'schemaguard%'); END $$")
}

// wire is a way to the database that can be cut.
type wire struct {
	t        *testing.T
	to       string
	mu       sync.Mutex
	listener net.Listener
	port     string
	conns    []net.Conn
	silent   bool
}

func newWire(t *testing.T, to string) *wire {
	t.Helper()
	w := &wire{t: t, to: to}
	w.listen("127.0.0.1:0")
	t.Cleanup(w.cut)
	return w
}

func (w *wire) address() string { return w.port }

func (w *wire) listen(at string) {
	listener, err := net.Listen("tcp", at)
	if err != nil {
		w.t.Fatal(err)
	}
	w.listener, w.port = listener, listener.Addr().String()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", w.to)
			if err != nil {
				_ = conn.Close()
				continue
			}
			w.mu.Lock()
			w.conns = append(w.conns, conn, server)
			w.mu.Unlock()
			go w.copy(conn, server)
			go w.copy(server, conn)
		}
	}()
}

func (w *wire) copy(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		w.mu.Lock()
		silent := w.silent
		w.mu.Unlock()
		if silent {
			continue
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

// cut ends every connection and takes no new one.
func (w *wire) cut() {
	_ = w.listener.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.conns {
		_ = c.Close()
	}
	w.conns = nil
}

// mend takes connections again, at the same address.
func (w *wire) mend() { w.listen(w.port) }

// swallow drops what is sent, without an error.
func (w *wire) swallow(on bool) {
	w.mu.Lock()
	w.silent = on
	w.mu.Unlock()
}

// The watcher ends by itself where nobody reads any more, and on SIGTERM.
func TestNobodyReads(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	cmd := d.command("watch", "--plain", "--no-docker", "--interval", "100ms")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.Contains(line, "clean") {
		t.Fatalf("%q, %v", line, err)
	}
	_ = out.Close()
	d.collection("gadgets")
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		_ = cmd.Process.Kill()
		t.Error("the watcher goes on without anybody to tell")
	}
}

// --once says what is, with an exit code.
func TestOnce(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	once := func(want int, words ...string) {
		t.Helper()
		cmd := d.command("watch", "--once", "--no-docker")
		out, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != want || slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(string(out), w) }) {
			t.Errorf("exit code %d, want %d with %q: %s", code, want, words, out)
		}
	}
	once(0, "clean")
	d.collection("gadgets")
	once(2, "unsaved", "collection gadgets", "schemaguard snapshot --stage")
	if out, err := d.command("snapshot", "--quiet").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	once(2, "not staged")
	d.write("snapshots/schema.yaml", "<<<<<<< ours\n")
	once(5, "invalid")
	d.wire.cut()
	once(3, "not checked")
}

package pgserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fakeMachine has the programs it is told and writes down what is run on it.
type fakeMachine struct {
	programs []string
	binaries bool // found at once
	aptGives bool // found after apt-get
	fails    string
	ran      []string
	conf     string // the packages' configuration
	told     string // what it said at the last apt-get
}

type fakeServer struct{ Running }

func (f *fakeMachine) machine(root bool) machine {
	return machine{
		root: root, linux: true, clusterConf: f.conf,
		lookPath: func(name string) (string, error) {
			if slices.Contains(f.programs, name) {
				return "/bin/" + name, nil
			}
			return "", os.ErrNotExist
		},
		run: func(_ context.Context, _ []string, name string, args ...string) (string, error) {
			f.ran = append(f.ran, name+" "+args[0])
			if data, err := os.ReadFile(f.conf); err == nil && name == "apt-get" {
				f.told = string(data)
			}
			if name == f.fails {
				return "", fmt.Errorf("%s fails", name)
			}
			if name == "apt-get" && f.aptGives {
				f.binaries = true
			}
			return "", nil
		},
		find: func(context.Context) (Binaries, error) {
			if f.binaries {
				return Binaries{Dir: "/pg/bin", Version: "postgres (PostgreSQL) 15.1"}, nil
			}
			return Binaries{}, &NotFoundError{Looked: []string{"PATH"}}
		},
		start: func(context.Context, Binaries) (Running, error) { return fakeServer{}, nil },
	}
}

func TestEnsureTriesInOrder(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		machine fakeMachine
		root    bool
		started bool
		ran     []string
		errors  []string
	}{
		"binaries are there":    {machine: fakeMachine{binaries: true, programs: []string{"apt-get", "docker"}}, root: true, started: true},
		"apt-get as root":       {machine: fakeMachine{aptGives: true, programs: []string{"apt-get", "docker"}}, root: true, started: true, ran: []string{"apt-get update", "apt-get install", "apt-get install"}},
		"apt-get not as a user": {machine: fakeMachine{aptGives: true, programs: []string{"apt-get"}}, errors: []string{"no postgres server binaries"}},
		"docker for a user":     {machine: fakeMachine{fails: "docker", programs: []string{"apt-get", "docker"}}, ran: []string{"docker run"}, errors: []string{"docker fails", "no postgres server binaries"}},
		"apt-get fails":         {machine: fakeMachine{fails: "apt-get", programs: []string{"apt-get"}}, root: true, ran: []string{"apt-get update"}, errors: []string{"apt-get fails", "install them: "}},
		"apt-get gives nothing": {machine: fakeMachine{programs: []string{"apt-get"}}, root: true, ran: []string{"apt-get update", "apt-get install", "apt-get install"}, errors: []string{"no postgres server binaries"}},
		"nothing at all":        {errors: []string{"no postgres server binaries"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := c.machine
			m.conf = filepath.Join(t.TempDir(), "createcluster.conf")
			if err := os.WriteFile(m.conf, []byte("before\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			srv, err := m.machine(c.root).ensure(t.Context(), func(string) {})
			if (srv != nil) != c.started || (err == nil) != c.started {
				t.Errorf("server %v, error %v", srv, err)
			}
			if diff := cmp.Diff(c.ran, m.ran); diff != "" {
				t.Errorf("ran (-want +got):\n%s", diff)
			}
			if m.aptGives && c.root && !strings.Contains(m.told, "create_main_cluster = false") {
				t.Errorf("apt-get would start a server: %q", m.told)
			}
			if data, err := os.ReadFile(m.conf); err != nil || string(data) != "before\n" {
				t.Errorf("the packages' configuration is now %q (%v)", data, err)
			}
			for _, want := range c.errors {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error %v lacks %q", err, want)
				}
			}
		})
	}
}

// fakeDocker is a docker whose container is the server at $REAL_DSN, given the password that it is told.
const fakeDocker = `#!/bin/sh
echo "$@" >>"$DOCKER_LOG"
case $1 in
run) "$PSQL" -X -q "$REAL_DSN" -c "ALTER USER postgres PASSWORD '$POSTGRES_PASSWORD'" && echo cafe01 ;;
port) echo "127.0.0.1:$REAL_PORT"; echo "[::1]:1" ;;
rm) ;;
*) exit 9 ;;
esac
`

func TestDockerServesAsTheServer(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell script as docker")
	}
	real := start(t, Options{TCP: true})
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	if err := os.WriteFile(filepath.Join(dir, "docker"), []byte(fakeDocker), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"PATH": dir + ":" + os.Getenv("PATH"), "DOCKER_LOG": log, "PSQL": real.Binaries().Path("psql"),
		"REAL_DSN": real.DSN("postgres"), "REAL_PORT": fmt.Sprint(real.Port()),
	} {
		t.Setenv(name, value)
	}
	f := &fakeMachine{programs: []string{"docker"}}
	m := f.machine(false)
	m.run = runQuietly
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	srv, err := m.ensure(ctx, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.CreateDatabase(t.Context(), "demo", ""); err != nil {
		t.Fatal(err)
	}
	if got := queryString(t, srv.DSN("demo"), "SELECT current_database()::text"); got != "demo" {
		t.Errorf("connected to %q", got)
	}
	if err := errors.Join(srv.Stop(), srv.Stop()); err != nil {
		t.Error(err)
	}
	data, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	want := "run --detach --rm --publish 127.0.0.1::5432 --env POSTGRES_PASSWORD --env POSTGRES_INITDB_ARGS=--locale=C --encoding=UTF8 " +
		"postgres:17-alpine -c fsync=off -c synchronous_commit=off -c full_page_writes=off\nport cafe01 5432/tcp\nrm --force --volumes cafe01\n"
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("docker was called (-want +got):\n%s", diff)
	}
}

func TestAppendForNowPutsBack(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "conf")
	restore, err := appendForNow(path, "x")
	if err != nil || restore() != nil {
		t.Fatalf("a missing file: %v", err)
	}
	if err := os.WriteFile(path, []byte("before\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	restore, err = appendForNow(path, "added\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"before\nadded\n", "before\n"} {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(f)
		_ = f.Close()
		if err != nil || string(got) != want {
			t.Errorf("%q, want %q (%v)", got, want, err)
		}
		if err := restore(); err != nil {
			t.Fatal(err)
		}
	}
}

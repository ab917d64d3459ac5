//go:build directus

package boot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/directuslab"
	"github.com/schemaguard/schemaguard/internal/pgserver"
)

// rows is how many each collection gets.
const rows = 20

// versions are the Directus releases that boot.
var versions = []string{"12.4.1", "11.17.4"}

// house is one server with a database that each Directus has bootstrapped, for
// shops to be copied from.
type house struct {
	srv *pgserver.Server
	lab *directuslab.Lab
	bin string
}

// shop is one container and its database.
type shop struct {
	*house
	t        *testing.T
	version  string
	name     string // of the database
	dir      string // the container's working directory
	install  string
	directus *directuslab.Driver
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{bin: filepath.Join(t.TempDir(), "schemaguard")}
	var err error
	if h.lab, err = directuslab.Open(); errors.Is(err, directuslab.ErrNoNPM) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	if h.srv, err = pgserver.Start(t.Context(), pgserver.Options{TCP: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.srv.Stop() })
	build := exec.Command("go", "build", "-trimpath", "-o", h.bin, "../../cmd/schemaguard")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building: %v: %s", err, out)
	}
	return h
}

// shop opens one with an empty database.
func (h *house) shop(t *testing.T, version, name string) *shop {
	t.Helper()
	s := &shop{house: h, t: t, version: version, name: strings.ReplaceAll(name, ".", "_"), dir: t.TempDir()}
	var err error
	if s.install, err = h.lab.Install(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	s.sqlIn("postgres", "CREATE DATABASE "+s.name)
	if s.directus, err = h.lab.Drive(t.Context(), version, h.srv.TCPDSN(s.name)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.directus.Stop)
	if err := os.Symlink(filepath.Join(s.install, "node_modules"), filepath.Join(s.dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	s.file("bin/directus", fmt.Sprintf("#!/bin/sh\nexec %s %s \"$@\"\n", s.nodePath(), filepath.Join(s.install, "node_modules/directus/cli.js")))
	s.file("package.json", "{}")
	return s
}

// another is a shop with a copy of this one's database.
func (s *shop) another(name string) *shop {
	s.t.Helper()
	o := *s
	o.name, o.dir = s.name+"_"+name, s.t.TempDir()
	s.sqlIn("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+s.name+"'")
	s.sqlIn("postgres", "CREATE DATABASE "+o.name+" TEMPLATE "+s.name)
	if out, err := exec.Command("cp", "-a", s.dir+"/.", o.dir).CombinedOutput(); err != nil {
		s.t.Fatalf("copying: %v: %s", err, out)
	}
	return &o
}

func (h *house) nodePath() string {
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	base := os.Getenv("SCHEMAGUARD_LAB")
	if base == "" {
		cache, _ := os.UserCacheDir()
		base = filepath.Join(cache, "schemaguard-lab")
	}
	own := filepath.Join(base, "node/node_modules/node-"+runtime.GOOS+"-"+arch, "bin/node")
	if _, err := os.Stat(own); err == nil {
		return own
	}
	return "node"
}

// file writes a file of the container; scripts can be run.
func (s *shop) file(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		s.t.Fatal(err)
	}
}

// environ is what a container has in its environment, and nothing else.
func (s *shop) environ(more ...string) []string {
	return append([]string{
		"PATH=" + filepath.Join(s.dir, "bin") + ":/usr/bin:/bin", "HOME=" + s.dir, "TMPDIR=" + os.TempDir(),
		"DB_CLIENT=pg", "DB_HOST=127.0.0.1", "DB_PORT=" + strconv.Itoa(s.srv.Port()), "DB_USER=" + pgserver.SuperUser,
		"DB_PASSWORD=" + s.srv.Password(), "DB_DATABASE=" + s.name,
		"KEY=k", "SECRET=lab-secret-lab-secret-lab-secret", "TELEMETRY=false", "ADMIN_EMAIL=admin@example.com", "ADMIN_PASSWORD=lab-password",
	}, more...)
}

// booted is how a boot ended.
type booted struct {
	code        int
	out, errors string
}

// started tells whether the command behind -- was started.
func (b booted) started() bool { return strings.Contains(b.out, "Directus is up") }

func (b booted) String() string {
	return fmt.Sprintf("exit code %d\n--- stdout\n%s\n--- stderr\n%s", b.code, b.out, b.errors)
}

// command is one boot of the container that has not begun.
func (s *shop) command(env []string, flags ...string) *exec.Cmd {
	args := append(append([]string{"boot"}, flags...), "--", "sh", "-c", "echo Directus is up; exit 7")
	cmd := exec.Command(s.bin, args...)
	cmd.Dir, cmd.Env = s.dir, s.environ(env...)
	return cmd
}

// boot boots the container. The command that it starts says that it is up, and
// ends with 7.
func (s *shop) boot(env []string, flags ...string) booted {
	s.t.Helper()
	began := time.Now()
	cmd := s.command(env, flags...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		s.t.Fatal(err)
	}
	b := booted{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
	s.t.Logf("boot %v %v (%s): exit code %d", flags, env, time.Since(began).Round(time.Millisecond), b.code)
	if strings.Contains(b.out+b.errors, s.srv.Password()) {
		s.t.Errorf("the password is in the output of boot %v", flags)
	}
	return b
}

// up is a boot that must start the command.
func (s *shop) up(env []string, flags ...string) booted {
	s.t.Helper()
	b := s.boot(env, flags...)
	if b.code != 7 || !b.started() {
		s.t.Fatalf("boot %v %v: want the command started and its exit code: %v", flags, env, b)
	}
	return b
}

// says fails where the log lacks a word.
func (s *shop) says(b booted, words ...string) {
	s.t.Helper()
	for _, word := range words {
		if !strings.Contains(b.errors, word) {
			s.t.Errorf("the log does not say %q:\n%s", word, b.errors)
		}
	}
}

// saveTo writes the live schema to a file in the container, past the sync point.
func (s *shop) saveTo(name string) {
	s.t.Helper()
	data, err := s.directus.Snapshot(s.name, "yaml")
	if err != nil {
		s.t.Fatal(err)
	}
	s.file(name, string(data))
}

// collection makes one with rows, as the admin UI would.
func (s *shop) collection(names ...string) {
	s.t.Helper()
	field := func(name, typ string, schema map[string]any) map[string]any {
		return map[string]any{"field": name, "type": typ, "schema": schema, "meta": map[string]any{}}
	}
	for _, name := range names {
		err := s.directus.Edit(s.name, directuslab.Edit{Service: "collections", Method: "createOne", Args: []any{map[string]any{
			"collection": name, "schema": map[string]any{}, "meta": map[string]any{},
			"fields": []any{field("id", "integer", map[string]any{"is_primary_key": true, "has_auto_increment": true}), field("name", "string", map[string]any{})},
		}}})
		if err != nil {
			s.t.Fatal(err)
		}
		s.sql(fmt.Sprintf("INSERT INTO %s (name) SELECT 'row ' || n FROM generate_series(1, %d) AS n", name, rows))
	}
}

// holds fails where a table lacks rows, or is not there.
func (s *shop) holds(n int, tables ...string) {
	s.t.Helper()
	for _, table := range tables {
		if got := s.count("SELECT count(*) FROM " + table); got != n {
			s.t.Errorf("%s has %d rows, want %d", table, got, n)
		}
	}
}

// there tells whether a table is there.
func (s *shop) there(table string) bool {
	s.t.Helper()
	return s.count("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname = '"+table+"' AND relnamespace = 'public'::regnamespace") == 1
}

func (s *shop) sql(text string) []*pgconn.Result { s.t.Helper(); return s.sqlIn(s.name, text) }

func (s *shop) count(text string) int {
	s.t.Helper()
	n := 0
	for _, result := range s.sql(text) {
		for _, row := range result.Rows {
			if _, err := fmt.Sscan(string(row[0]), &n); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	return n
}

func (s *shop) sqlIn(database, text string) []*pgconn.Result {
	s.t.Helper()
	conn, err := pgconn.Connect(context.Background(), s.srv.TCPDSN(database))
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	results, err := conn.Exec(context.Background(), text).ReadAll()
	if err != nil {
		s.t.Fatalf("%s: %v", text, err)
	}
	return results
}

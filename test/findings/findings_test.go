// Package findings produces every finding of the table on a real database, and
// shows for each that it is not there before the situation is made.
package findings

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/demo"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/test/conformance"
)

// situation makes one finding come.
type situation struct {
	code finding.Code
	name string // tells several ways to one code apart
	// base is the database: empty for the example's, else a conformance fixture.
	base string
	make func(*project)
	args []string // of check, before and after
	// hook asks the hook for a commit instead of check, which cannot get there.
	hook bool
	// refuses is the exit code after.
	refuses int
}

// project is a repository with a committed snapshot of its own database.
type project struct {
	*testing.T
	dir, dsn, bin string
	env           []string
	args          []string // of check, after: for situations that make their own
}

func TestEveryFindingComes(t *testing.T) {
	t.Parallel()
	bin := buildBinary(t)
	var mu sync.Mutex
	produced := map[finding.Code]bool{}
	t.Run("situations", func(t *testing.T) {
		for _, s := range situations() {
			t.Run(strings.TrimSpace(string(s.code)+" "+s.name), func(t *testing.T) {
				t.Parallel()
				p := newProject(t, bin, s.base)
				ask := p.check
				if s.hook {
					ask = func(...string) (map[finding.Code]bool, int) { return p.hook(s.code) }
				}
				before, exit := ask(s.args...)
				if before[s.code] {
					t.Fatalf("%s is there before anything was done: %v", s.code, before)
				}
				if exit != 0 {
					t.Fatalf("exit code %d before anything was done: %v", exit, before)
				}
				s.make(p)
				after, exit := ask(append(p.args, s.args...)...)
				if !after[s.code] {
					t.Errorf("%s did not come, only %v", s.code, after)
				}
				if exit != s.refuses {
					t.Errorf("exit code %d, want %d: %v", exit, s.refuses, after)
				}
				mu.Lock()
				defer mu.Unlock()
				produced[s.code] = produced[s.code] || after[s.code]
			})
		}
	})
	for _, info := range finding.All() {
		if !ofCheck(info.Group) {
			continue
		}
		if !produced[info.Code] {
			t.Errorf("%s was produced by no situation", info.Code)
		}
	}
}

// ofCheck tells whether a check or a hook makes the findings of a group. Those of
// docker need an engine (test/docker), those of db-init come in dbinit_test.go, and
// those of the gate and the bin where a boot and a restore run (test/boot,
// internal/cli/booting, internal/recyclebin). Those of verify come in
// internal/verify/lint.
func ofCheck(g finding.Group) bool {
	switch g {
	case finding.Docker, finding.DBInit, finding.Gate, finding.Bin, finding.Lint:
		return false
	}
	return true
}

func newProject(t *testing.T, bin, base string) *project {
	t.Helper()
	p := &project{T: t, dir: t.TempDir(), bin: bin}
	if base == "" {
		dumps, err := demo.Fixture()
		if err != nil {
			t.Fatal(err)
		}
		p.dsn = pgtest.RestoreSQL(t, dumps...)
	} else {
		p.dsn = fixture(t, base)
	}
	p.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + p.dir, "GIT_CONFIG_NOSYSTEM=1", "SCHEMAGUARD_DATABASE_URL=" + p.dsn,
		"GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@example.com", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@example.com",
	}
	p.git("init", "-q", "-b", "main")
	args := []string{"snapshot", "--quiet", "--stage"}
	if base != "" {
		args = append(args, "--directus-version", base)
	}
	p.run(0, args...)
	p.git("commit", "-q", "-m", "start")
	return p
}

func fixture(t *testing.T, version string) string {
	t.Helper()
	pgtest.NeedPostGIS(t)
	all, err := conformance.Fixtures(filepath.Join("..", "conformance"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if f.Name == version {
			dump, err := f.Dump()
			if err != nil {
				t.Fatal(err)
			}
			return pgtest.RestoreSQL(t, string(dump))
		}
	}
	t.Fatalf("there is no fixture %s", version)
	return ""
}

// run runs schemaguard and wants an exit code.
func (p *project) run(want int, args ...string) string {
	p.Helper()
	out, exit := p.output(args...)
	if exit != want {
		p.Fatalf("schemaguard %s: exit code %d, want %d\n%s", strings.Join(args, " "), exit, want, out)
	}
	return out
}

func (p *project) output(args ...string) (string, int) {
	p.Helper()
	cmd := exec.Command(p.bin, args...)
	cmd.Dir, cmd.Env = p.dir, p.env
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(out) + string(exit.Stderr), exit.ExitCode()
	}
	if err != nil {
		p.Fatal(err)
	}
	return string(out), 0
}

// check returns the codes that a check finds, and its exit code.
func (p *project) check(args ...string) (map[finding.Code]bool, int) {
	p.Helper()
	out, exit := p.output(append([]string{"check", "--json"}, args...)...)
	var v struct {
		Findings []struct{ Code finding.Code }
	}
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		p.Fatalf("check %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	codes := map[finding.Code]bool{}
	for _, f := range v.Findings {
		codes[f.Code] = true
	}
	return codes, exit
}

// hook answers a commit, and tells whether it named the code.
func (p *project) hook(code finding.Code) (map[finding.Code]bool, int) {
	p.Helper()
	cmd := exec.Command(p.bin, "hook", "pre-commit")
	cmd.Dir, cmd.Env = p.dir, p.env
	out, err := cmd.CombinedOutput()
	exit, refused := errors.AsType[*exec.ExitError](err)
	if err != nil && !refused {
		p.Fatal(err)
	}
	codes := map[finding.Code]bool{code: strings.Contains(string(out), string(code))}
	if refused {
		return codes, exit.ExitCode()
	}
	return codes, 0
}

func (p *project) git(args ...string) {
	p.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = p.dir, p.env
	if out, err := cmd.CombinedOutput(); err != nil {
		p.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

func (p *project) sql(text string) {
	p.Helper()
	conn := p.connect()
	defer func() { _ = conn.Close(context.Background()) }()
	if err := conn.Exec(context.Background(), text).Close(); err != nil {
		p.Fatalf("%s: %v", text, err)
	}
}

func (p *project) connect() *pgconn.PgConn {
	p.Helper()
	conn, err := pgconn.Connect(context.Background(), p.dsn)
	if err != nil {
		p.Fatal(err)
	}
	return conn
}

// save takes a snapshot and commits it.
func (p *project) save(message string) {
	p.Helper()
	p.run(0, "snapshot", "--quiet", "--stage")
	p.git("commit", "-q", "-m", message)
}

const file = "snapshots/schema.yaml"

func (p *project) read() string {
	p.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, file))
	if err != nil {
		p.Fatal(err)
	}
	return string(data)
}

func (p *project) write(name, text string) {
	p.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o644); err != nil {
		p.Fatal(err)
	}
}

// edit replaces a text in the snapshot file, stages and commits it.
func (p *project) edit(old, with string) {
	p.Helper()
	before := p.read()
	if !strings.Contains(before, old) {
		p.Fatalf("the snapshot does not hold %q", old)
	}
	p.write(file, strings.Replace(before, old, with, 1))
	p.git("commit", "-q", "-a", "-m", "edit")
}

func (p *project) remove(name string) {
	p.Helper()
	if err := os.RemoveAll(filepath.Join(p.dir, name)); err != nil {
		p.Fatal(err)
	}
}

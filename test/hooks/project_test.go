//go:build managers

// The real hook managers (pre-commit, prek, lefthook, husky) on a real repository and a real Postgres: each must refuse
// a commit and a push through schemaguard, and let their twins pass.

package hooks

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard"
	"github.com/schemaguard/schemaguard/internal/demo"
	"github.com/schemaguard/schemaguard/internal/gitrepo"
	"github.com/schemaguard/schemaguard/internal/hookfile"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
)

// top is the root of this repository.
const top = "../.."

// program builds schemaguard once, and returns the folder it lies in.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "schemaguard managers ")
	if err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "schemaguard"), top+"/cmd/schemaguard").CombinedOutput()
	if err != nil {
		return "", errors.New(string(out))
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := program(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// project is a repository with the example's snapshot, committed, a database that equals it, and a remote.
type project struct {
	t   *testing.T
	dir string
	dsn string
	env []string
}

func newProject(t *testing.T, path ...string) *project {
	t.Helper()
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	dumps, err := demo.Fixture()
	if err != nil {
		t.Fatal(err)
	}
	base := t.TempDir()
	home := filepath.Join(base, "home")
	p := &project{t: t, dir: filepath.Join(base, "a project"), dsn: pgtest.RestoreSQL(t, dumps...)}
	p.env = append(os.Environ(),
		"HOME="+home, "XDG_CACHE_HOME="+filepath.Join(home, "cache"), "GIT_CONFIG_NOSYSTEM=1", "SCHEMAGUARD_DATABASE_URL="+p.dsn, "PRE_COMMIT_HOME="+filepath.Join(home, "pre-commit"),
		"PREK_HOME="+filepath.Join(home, "prek"), "CI=", "LEFTHOOK=", "HUSKY=",
		"PATH="+strings.Join(append(path, bin, os.Getenv("PATH")), string(filepath.ListSeparator)))
	p.write("../home/.gitconfig", "[user]\n\tname = Test\n\temail = test@example.com\n[init]\n\tdefaultBranch = main\n[commit]\n\tgpgSign = false\n")
	data, err := schemaguard.Example.ReadFile("snapshots/schema.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p.write("snapshots/schema.yaml", string(data))
	p.must("git", "init", "--quiet", "--bare", "../remote")
	p.must("git", "init", "--quiet")
	p.must("git", "remote", "add", "origin", "../remote")
	p.commitAll("the fleet")
	p.must("git", "push", "--quiet", "-u", "origin", "main")
	return p
}

func (p *project) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) read(name string) string {
	p.t.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(data)
}

// run runs a command and returns whether it succeeded, and all it said.
func (p *project) run(args ...string) (bool, string) {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), args[0], args[1:]...)
	for _, kv := range p.env {
		if dir, ok := strings.CutPrefix(kv, "PATH="); ok {
			cmd.Path = find(args[0], dir)
		}
	}
	cmd.Dir, cmd.Env, cmd.Err = p.dir, p.env, nil
	out, err := cmd.CombinedOutput()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		p.t.Fatalf("%s: %v", args[0], err)
	}
	return err == nil, string(out)
}

func find(name, path string) string {
	for _, dir := range filepath.SplitList(path) {
		if file := filepath.Join(dir, name); exists(file) {
			return file
		}
	}
	return name
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func (p *project) must(args ...string) string {
	p.t.Helper()
	ok, out := p.run(args...)
	if !ok {
		p.t.Fatalf("%s failed:\n%s", strings.Join(args, " "), out)
	}
	return out
}

func (p *project) commitAll(message string) {
	p.t.Helper()
	p.must("git", "add", "-A")
	p.must("git", "commit", "--quiet", "-m", message)
}

func (p *project) sql(text string) {
	p.t.Helper()
	ctx := context.Background()
	conn, err := pgconn.Connect(ctx, p.dsn)
	if err != nil {
		p.t.Fatal(err)
	}
	defer conn.Close(ctx)
	if err := conn.Exec(ctx, text).Close(); err != nil {
		p.t.Fatal(err)
	}
}

// unsaved creates a collection that git does not know; saved drops it.
func (p *project) unsaved() {
	p.t.Helper()
	p.sql("CREATE TABLE routes (id serial PRIMARY KEY); INSERT INTO directus_collections (collection) VALUES ('routes'); INSERT INTO directus_fields (collection, field) VALUES ('routes', 'id')")
}

func (p *project) saved() {
	p.t.Helper()
	p.sql("DROP TABLE routes; DELETE FROM directus_fields WHERE collection = 'routes'; DELETE FROM directus_collections WHERE collection = 'routes'")
}

// guardsCommits fails unless a commit over unsaved work is refused by schemaguard, and its twin passes.
func (p *project) guardsCommits() {
	p.t.Helper()
	commit := func() (bool, string) {
		p.write("notes.txt", p.read("snapshots/schema.yaml")[:100]+strings.Repeat("x", len(p.must("git", "log", "--oneline"))))
		p.must("git", "add", "notes.txt")
		return p.run("git", "commit", "-m", "notes")
	}
	if ok, out := commit(); !ok {
		p.t.Fatalf("a commit was refused with nothing unsaved:\n%s", out)
	}
	p.unsaved()
	head := p.must("git", "rev-parse", "HEAD")
	ok, out := commit()
	if ok || !strings.Contains(out, "routes") || p.must("git", "rev-parse", "HEAD") != head {
		p.t.Fatalf("a commit over unsaved work was not refused by schemaguard (went through: %v):\n%s", ok, out)
	}
	p.saved()
	if ok, out := commit(); !ok {
		p.t.Fatalf("a commit was refused after the work was saved:\n%s", out)
	}
}

// guardsPushes fails unless a push of an invalid snapshot that was committed with -n is refused by schemaguard, and
// a push of a valid one passes.
func (p *project) guardsPushes() {
	p.t.Helper()
	if ok, out := p.run("git", "push", "origin", "main"); !ok {
		p.t.Fatalf("a push was refused with a valid snapshot:\n%s", out)
	}
	valid := p.read("snapshots/schema.yaml")
	p.write("snapshots/schema.yaml", valid[:len(valid)/2]+"\n<<<<<<< ours\n")
	p.must("git", "commit", "--quiet", "--no-verify", "-am", "broken")
	ok, out := p.run("git", "push", "origin", "main")
	if ok || !strings.Contains(out, "snapshots/schema.yaml") {
		p.t.Fatalf("the push of a broken snapshot was not refused by schemaguard (went through: %v):\n%s", ok, out)
	}
	// The same tip under another name, while the files of this branch and its upstream are equal.
	p.must("git", "branch", "--quiet", "side")
	p.must("git", "reset", "--quiet", "--hard", "origin/main")
	if ok, out := p.run("git", "push", "origin", "side"); ok {
		p.t.Fatalf("the push of another branch was not refused:\n%s", out)
	}
}

// saysNotRun fails unless a commit that could not be checked goes through, as by default, and says that it was not.
func (p *project) saysNotRun() {
	p.t.Helper()
	env := p.env
	p.env = append(slices.Clone(env), "SCHEMAGUARD_DATABASE_URL=postgres://nobody@127.0.0.1:1/none")
	p.write("more notes.txt", p.must("git", "rev-parse", "HEAD"))
	p.must("git", "add", "more notes.txt")
	if out := p.must("git", "commit", "-m", "more notes"); !strings.Contains(out, "not-run") {
		p.t.Errorf("it was not said that nothing was checked:\n%s", out)
	}
	p.env = env
}

// proves fails unless a trial of each hook ends as wanted.
func (p *project) proves(want hookfile.Outcome, events ...string) {
	p.t.Helper()
	ctx := p.t.Context()
	env := func(name string) string {
		value := ""
		for _, kv := range p.env {
			if k, v, _ := strings.Cut(kv, "="); k == name {
				value = v
			}
		}
		return value
	}
	for _, kv := range p.env {
		k, v, _ := strings.Cut(kv, "=")
		p.t.Setenv(k, v)
	}
	repo, err := gitrepo.Open(ctx, p.dir, env)
	if err != nil {
		p.t.Fatal(err)
	}
	site, err := hookfile.Look(ctx, repo, env, "snapshots/schema.yaml")
	if err != nil {
		p.t.Fatal(err)
	}
	for _, event := range events {
		if got := site.Prove(ctx, event, false); got.Outcome != want {
			p.t.Errorf("%s: %+v, want outcome %d", event, got, want)
		}
	}
}

package baseline

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/gitrepo"
)

// clone is a repository with a main branch of two commits and a branch from the
// first.
type clone struct {
	t   *testing.T
	dir string
}

func newClone(t *testing.T) *clone {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	c := &clone{t, t.TempDir()}
	c.git("init", "-q", "-b", "main")
	c.file("snapshots/schema.yaml", "one")
	c.file("db-init/001_a.sql", "SELECT 1;\n")
	c.file("db-init/readme.md", "x")
	c.commit("one")
	c.git("checkout", "-q", "-b", "work")
	c.file("db-init/002_b.sql", "SELECT 2;\n")
	c.file("snapshots/schema.yaml", "mine")
	c.commit("mine")
	c.git("checkout", "-q", "main")
	c.file("snapshots/schema.yaml", "two")
	c.commit("two")
	c.git("checkout", "-q", "work")
	return c
}

func (c *clone) git(args ...string) string {
	c.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
	out, err := cmd.CombinedOutput()
	if err != nil {
		c.t.Fatalf("git %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (c *clone) file(name, text string) {
	c.t.Helper()
	path := filepath.Join(c.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

func (c *clone) commit(message string) {
	c.t.Helper()
	c.git("add", "-A")
	c.git("commit", "-q", "-m", message)
}

func (c *clone) read(ref string, environ map[string]string) (*Baseline, error) {
	c.t.Helper()
	getenv := func(name string) string {
		if v, ok := environ[name]; ok {
			return v
		}
		if name == "PATH" || name == "HOME" {
			return os.Getenv(name)
		}
		return ""
	}
	repo, err := gitrepo.Open(c.t.Context(), c.dir, getenv)
	if err != nil {
		c.t.Fatal(err)
	}
	return Read(c.t.Context(), Options{
		Repo: repo, Path: "snapshots/schema.yaml", Ref: ref, Getenv: getenv,
		Pre: filepath.Join(c.dir, "db-init"), Post: filepath.Join(c.dir, "db-init-post"),
	})
}

func TestRead(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	b, err := c.read("main", nil)
	if err != nil {
		t.Fatal(err)
	}
	// What main got since is no loss of this branch: the fork counts.
	if string(b.Data) != "one" || len(b.Set.Files) != 1 || b.Set.Files[0].Name != "001_a.sql" || b.Set.Files[0].Text != "SELECT 1;\n" || len(b.Problems) != 0 {
		t.Errorf("%+v", b)
	}
	c.git("update-ref", "refs/remotes/origin/main", "main")
	for _, environ := range []map[string]string{{"GITHUB_BASE_REF": "main"}, {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}} {
		if b, err := c.read("", environ); err != nil || string(b.Data) != "one" {
			t.Errorf("%v: %+v, %v", environ, b, err)
		}
	}
	c.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
	if b, err := c.read("", nil); err != nil || string(b.Data) != "one" {
		t.Errorf("%+v, %v", b, err)
	}
	c.git("checkout", "-q", "main") // a push to main: what it was before
	if b, err := c.read("", nil); err != nil || string(b.Data) != "one" {
		t.Errorf("%+v, %v", b, err)
	}
}

// TestNone: somebody's ref that is not there is another thing than none at all.
func TestNone(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	var none *NoneError
	for _, x := range []struct {
		ref     string
		environ map[string]string
		wanted  bool
	}{
		{"", nil, false}, {"nowhere", nil, true}, {"--output=x", nil, true}, {"", map[string]string{"GITHUB_BASE_REF": "main"}, true},
	} {
		if b, err := c.read(x.ref, x.environ); !errors.As(err, &none) || none.Wanted != x.wanted || none.Fix == "" {
			t.Errorf("%+v: %+v, %v", x, b, err)
		}
	}
	if _, err := Read(t.Context(), Options{Ref: "main"}); !errors.As(err, &none) || !none.Wanted {
		t.Error(err)
	}
	if _, err := c.read("nowhere", nil); !errors.As(err, &none) || none.Fix != "git branch --all" {
		t.Errorf("%q", none.Fix) // there is nowhere to fetch from
	}
	c.git("checkout", "-q", "--orphan", "other")
	c.commit("nothing in common")
	if _, err := c.read("main", nil); !errors.As(err, &none) || !strings.Contains(none.Msg, "no commit in common") {
		t.Error(err)
	}
}

func TestACommitWithoutASnapshot(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	c.git("rm", "-q", "-r", "snapshots", "db-init")
	c.commit("without")
	c.git("branch", "-f", "main")
	c.file("snapshots/schema.yaml", "new")
	c.commit("with")
	if b, err := c.read("main", nil); err != nil || b.Data != nil || len(b.Set.Files) != 0 {
		t.Errorf("%+v, %v", b, err)
	}
}

// TestShallow: what is not in a shallow clone is not known; it is never taken for
// the beginning of all. The command that is printed mends it.
func TestShallow(t *testing.T) {
	t.Parallel()
	full := newClone(t)
	full.git("checkout", "-q", "main")
	full.git("branch", "--", "odd;name'x")
	for _, x := range []struct{ name, branch, ref, fix string }{
		{"the branch that HEAD is", "main", "origin/main", "git fetch --unshallow"},
		{"HEAD", "main", "HEAD", "git fetch --unshallow"},
		{"a commit before it", "main", "HEAD~1", "git fetch --unshallow"},
		{"a branch that is not there", "work", "origin/main", "git fetch --unshallow origin main:refs/remotes/origin/main"},
		{"a branch with a strange name", "work", "origin/odd;name'x", `git fetch --unshallow origin 'odd;name'\''x:refs/remotes/origin/odd;name'\''x'`},
		{"as it is called at home", "main", "work", "git fetch --unshallow origin work:refs/remotes/origin/work"},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			c := &clone{t, filepath.Join(t.TempDir(), "clone")}
			if err := os.Mkdir(c.dir, 0o755); err != nil {
				t.Fatal(err)
			}
			c.git("clone", "-q", "--depth=1", "--branch="+x.branch, "file://"+full.dir, ".")
			var none *NoneError
			b, err := c.read(x.ref, nil)
			if !errors.As(err, &none) || !none.Wanted || none.Fix != x.fix || !strings.Contains(none.Msg, "shallow") {
				t.Fatalf("%+v, %v, %q", b, err, none.Fix)
			}
			cmd := exec.Command("sh", "-c", none.Fix)
			cmd.Dir = c.dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v: %s", none.Fix, err, out)
			}
			b, err = c.read(x.ref, nil)
			if errors.As(err, &none) && none.Fix == "schemaguard verify --base origin/work" {
				b, err = c.read("origin/work", nil)
			}
			if err != nil || string(b.Data) != "one" {
				t.Errorf("after it: %+v, %v", b, err)
			}
		})
	}
}

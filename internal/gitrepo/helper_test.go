package gitrepo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/gitrepo/gitdir"
)

// hookReport is where the test binary, running as a hook, writes what it saw.
const hookReport = "GITREPO_HOOK_REPORT"

// sighting is what a hook sees of the snapshot.
type sighting struct {
	Index, Head, Worktree string // content, or "error: ..."
	IndexID               string
	IndexFile, Root       string
	State, Branch         string
	InProcess             bool
	MergeParents          []string
	Staged                string // what the index holds after Stage, when asked for
}

// TestMain turns the test binary into a git hook when a hook script says so: the only way to see what git really sets.
func TestMain(m *testing.M) {
	if file := os.Getenv(hookReport); file != "" {
		if err := runHook(file); err != nil {
			fmt.Fprintln(os.Stderr, "hook:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func runHook(file string) error {
	ctx := context.Background()
	dir := "."
	if d := os.Getenv("GITREPO_HOOK_DIR"); d != "" {
		dir = d
	}
	r, err := Open(ctx, dir, os.Getenv)
	if err != nil {
		return err
	}
	path := "snap.yml"
	if p := os.Getenv("GITREPO_HOOK_PATH"); p != "" {
		path = p
	}
	s := sighting{IndexFile: r.IndexFile(), Root: r.Root(), State: string(r.State(ctx))}
	s.InProcess, _ = r.InProcess()
	s.Branch, _ = r.Branch(ctx)
	s.MergeParents, _ = r.MergeParents()
	text := func(b Blob, err error) string {
		if err != nil {
			return "error: " + err.Error()
		}
		data, err := b.Data(ctx)
		if err != nil {
			return "error: " + err.Error()
		}
		return string(data)
	}
	b, err := r.Index(ctx, path)
	s.Index, s.IndexID = text(b, err), b.ID
	s.Head = text(r.At(ctx, "HEAD", path))
	s.Worktree = text(r.Worktree(ctx, path))
	if os.Getenv("GITREPO_HOOK_STAGE") != "" {
		if err := r.Stage(ctx, path); err != nil {
			return err
		}
		s.Staged = text(r.Index(ctx, path))
	}
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o644)
}

// lab is a throwaway repository with an environment of its own: no user's or machine's git settings reach it.
type lab struct {
	t    testing.TB
	dir  string
	vars map[string]string
}

func newLab(t testing.TB, initArgs ...string) *lab {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git on PATH")
	}
	base := gitdir.Resolved(t.TempDir())
	l := &lab{t: t, dir: filepath.Join(base, "repo"), vars: map[string]string{
		"HOME": filepath.Join(base, "home"), "PATH": os.Getenv("PATH"), "GIT_CONFIG_NOSYSTEM": "1",
		"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com",
		"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com",
	}}
	for _, d := range []string{l.dir, l.vars["HOME"]} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	l.git(append([]string{"init", "-q", "-b", "main"}, initArgs...)...)
	return l
}

// at returns the same lab with another directory, for worktrees, clones and submodules.
func (l *lab) at(dir string) *lab { return &lab{t: l.t, dir: dir, vars: l.vars} }

func (l *lab) env(key string) string { return l.vars[key] }

func (l *lab) with(kv ...string) func(string) string {
	return func(key string) string {
		for i := 0; i+1 < len(kv); i += 2 {
			if kv[i] == key {
				return kv[i+1]
			}
		}
		return l.vars[key]
	}
}

func (l *lab) try(extra []string, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = l.dir
	for k, v := range l.vars {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	cmd.Env = append(cmd.Env, extra...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("git %s: %w: %s", strings.Join(args, " "), err, errs.String())
	}
	return out.String(), nil
}

func (l *lab) git(args ...string) string {
	l.t.Helper()
	out, err := l.try(nil, args...)
	if err != nil {
		l.t.Fatal(err)
	}
	return strings.TrimSuffix(out, "\n")
}

func (l *lab) write(path, content string) {
	l.t.Helper()
	p := filepath.Join(l.dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(content), 0o644); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) commit(path, content string) string {
	l.t.Helper()
	l.write(path, content)
	l.git("add", "--", path)
	l.git("commit", "-q", "-m", "set "+path)
	return l.git("rev-parse", "HEAD")
}

func (l *lab) open() *Repo {
	l.t.Helper()
	r, err := Open(l.t.Context(), l.dir, l.env)
	if err != nil {
		l.t.Fatal(err)
	}
	return r
}

// withoutGit returns the lab's environment as on a machine that has no git binary.
func withoutGit(r *Repo) *Repo {
	c := *r
	c.git, c.objects = nil, c.refs
	c.walks, c.facts = nil, nil
	return &c
}

// wantBlob checks a version's content, and its id against git's own.
func (l *lab) wantBlob(what string, b Blob, err error, content, spec string) {
	l.t.Helper()
	if err != nil {
		l.t.Errorf("%s: %v", what, err)
		return
	}
	data, err := b.Data(l.t.Context())
	if err != nil || string(data) != content {
		l.t.Errorf("%s: content %q, %v; want %q", what, data, err, content)
	}
	if want := l.git("rev-parse", spec); b.ID != want {
		l.t.Errorf("%s: id %s, git says %s for %s", what, b.ID, want, spec)
	}
}

// prints returns a fingerprint of every file of the git directory, except our own cache.
func (l *lab) prints() string {
	l.t.Helper()
	h := sha256.New()
	root := filepath.Join(l.dir, ".git")
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == "schemaguard" {
			return filepath.SkipDir
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintln(h, p, info.Mode())
		if d.Type().IsRegular() {
			data, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			fmt.Fprintf(h, "%s %x\n", info.ModTime(), sha256.Sum256(data))
		}
		return nil
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

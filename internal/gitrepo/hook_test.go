package gitrepo

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// hook installs the test binary as the named hook of the lab's repository.
func (l *lab) hook(name string, env ...string) {
	l.t.Helper()
	exe, err := os.Executable()
	if err != nil {
		l.t.Fatal(err)
	}
	script := "#!/bin/sh\n"
	for _, kv := range append(env, hookReport+"="+filepath.Join(filepath.Dir(l.vars["HOME"]), "report.json")) {
		k, v, _ := strings.Cut(kv, "=")
		script += "export " + k + "=" + shellQuote(v) + "\n"
	}
	file := filepath.Join(l.git("rev-parse", "--git-path", "hooks"), name)
	if !filepath.IsAbs(file) {
		file = filepath.Join(l.dir, file)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(script+"exec "+shellQuote(exe)+"\n"), 0o755); err != nil {
		l.t.Fatal(err)
	}
}

// saw returns what the hook saw during the git command, which runs in the subdirectory sub.
func (l *lab) saw(sub string, args ...string) sighting {
	l.t.Helper()
	report := filepath.Join(filepath.Dir(l.vars["HOME"]), "report.json")
	_ = os.Remove(report)
	if _, err := l.at(filepath.Join(l.dir, sub)).try(nil, args...); err != nil {
		l.t.Fatal(err)
	}
	data, err := os.ReadFile(report)
	if err != nil {
		l.t.Fatal(err)
	}
	var s sighting
	if err := json.Unmarshal(data, &s); err != nil {
		l.t.Fatal(err)
	}
	return s
}

// step is one way to commit, and what of it is staged and on disk then.
type step struct {
	name, sub string
	setup     func(l *lab)
	args      []string
	index     string
	worktree  string
}

func steps() []step {
	return []step{
		{"commit after add", "", func(l *lab) {
			l.write("snap.yml", "B")
			l.git("add", "snap.yml")
			l.write("snap.yml", "worktree only")
		}, []string{"commit", "-q", "-m", "x"}, "B", "worktree only"},
		{"commit -a", "", func(l *lab) {
			l.write("snap.yml", "B")
			l.git("add", "snap.yml")
			l.write("snap.yml", "C")
		}, []string{"commit", "-q", "-a", "-m", "x"}, "C", "C"},
		{"commit -a from a subdirectory", "sub", func(l *lab) {
			l.write("snap.yml", "H")
		}, []string{"commit", "-q", "-a", "-m", "x"}, "H", "H"},
		{"commit -- snap.yml", "", func(l *lab) {
			l.write("snap.yml", "C")
			l.git("add", "snap.yml")
			l.write("snap.yml", "E")
		}, []string{"commit", "-q", "-m", "x", "--", "snap.yml"}, "E", "E"},
		{"commit -- other, snap staged", "", func(l *lab) {
			l.write("snap.yml", "F")
			l.git("add", "snap.yml")
			l.write("sub/other", "new")
		}, []string{"commit", "-q", "-m", "x", "--", "sub/other"}, "A", "F"},
		{"commit --amend", "", func(l *lab) {
			l.write("snap.yml", "amended")
			l.git("add", "snap.yml")
		}, []string{"commit", "-q", "--amend", "-m", "x"}, "amended", "amended"},
	}
}

// places are the kinds of working tree in which each step is taken.
func places() map[string]func(t *testing.T, l *lab) *lab {
	return map[string]func(t *testing.T, l *lab) *lab{
		"main worktree": func(_ *testing.T, l *lab) *lab { return l },
		"linked worktree": func(_ *testing.T, l *lab) *lab {
			dir := filepath.Join(filepath.Dir(l.dir), "linked tree")
			l.git("worktree", "add", "-q", "-b", "linked", dir)
			return l.at(dir)
		},
		"split index": func(_ *testing.T, l *lab) *lab {
			l.git("config", "core.splitIndex", "true")
			l.git("config", "splitIndex.maxPercentChange", "100")
			l.git("update-index", "--split-index")
			return l
		},
		"sparse checkout": func(_ *testing.T, l *lab) *lab {
			l.git("sparse-checkout", "set", "sub")
			return l
		},
		"submodule": func(t *testing.T, l *lab) *lab {
			outer := newLab(t)
			outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", l.dir, "inner")
			outer.git("commit", "-q", "-m", "add inner")
			return l.at(filepath.Join(outer.dir, "inner"))
		},
	}
}

// TestHookSeesTheBytesThatGitCommits: the staged content in a real pre-commit hook, for each way to commit. The working
// tree and HEAD differ from the index each time, so that reading the wrong one of the three is seen.
func TestHookSeesTheBytesThatGitCommits(t *testing.T) {
	t.Parallel()
	for place, move := range places() {
		for _, s := range steps() {
			t.Run(place+"/"+s.name, func(t *testing.T) {
				t.Parallel()
				l := newLab(t)
				l.commit("sub/other", "o")
				l.commit("snap.yml", "A")
				l = move(t, l)
				l.hook("pre-commit")
				s.setup(l)
				got := l.saw(s.sub, s.args...)
				if got.Index != s.index || got.Worktree != s.worktree || got.Head != "A" {
					t.Errorf("hook saw index %q, worktree %q, HEAD %q; want %q, %q, %q", got.Index, got.Worktree, got.Head, s.index, s.worktree, "A")
				}
				if got.Root != l.dir {
					t.Errorf("root %s, want %s", got.Root, l.dir)
				}
				// The proof that it judged what was committed.
				if want := l.git("rev-parse", "HEAD:snap.yml"); got.IndexID != want {
					t.Errorf("hook judged blob %s, git committed %s", got.IndexID, want)
				}
			})
		}
	}
}

func TestHookInOtherRepositories(t *testing.T) {
	t.Parallel()
	t.Run("SHA-256", func(t *testing.T) {
		t.Parallel()
		l := newLab(t, "--object-format=sha256")
		l.commit("snap.yml", "A")
		l.hook("pre-commit")
		l.write("snap.yml", "C")
		got := l.saw("", "commit", "-q", "-a", "-m", "x")
		if got.Index != "C" || got.Head != "A" || got.InProcess || len(got.IndexID) != 64 {
			t.Errorf("%+v", got)
		}
	})
	t.Run("unborn HEAD", func(t *testing.T) {
		t.Parallel()
		l := newLab(t)
		l.hook("pre-commit")
		l.write("snap.yml", "first")
		l.git("add", "snap.yml")
		got := l.saw("", "commit", "-q", "-m", "x")
		if got.Index != "first" || !strings.Contains(got.Head, ErrUnborn.Error()) || got.Branch != "main" {
			t.Errorf("%+v", got)
		}
	})
	t.Run("merge commit", func(t *testing.T) {
		t.Parallel()
		l := newLab(t)
		l.commit("snap.yml", "base")
		l.git("checkout", "-q", "-b", "side")
		side := l.commit("snap.yml", "theirs")
		l.git("checkout", "-q", "main")
		l.commit("snap.yml", "ours")
		if _, err := l.try(nil, "merge", "-q", "side"); err == nil {
			t.Fatal("expected a conflict")
		}
		l.hook("pre-commit")
		l.write("snap.yml", "both")
		l.git("add", "snap.yml")
		got := l.saw("", "commit", "-q", "-m", "x")
		if got.Index != "both" || got.Head != "ours" || got.State != "merge" {
			t.Errorf("%+v", got)
		}
		if diff := cmp.Diff([]string{side}, got.MergeParents); diff != "" {
			t.Errorf("merge parents (-want +got):\n%s", diff)
		}
	})
	t.Run("git -c reaches the children", func(t *testing.T) {
		t.Parallel()
		l := newLab(t)
		l.commit("snap.yml", "A\n")
		l.hook("pre-commit")
		l.write("other", "x")
		l.git("add", "other")
		l.write("snap.yml", "A\r\n")
		got := l.saw("", "-c", "core.autocrlf=true", "commit", "-q", "-m", "x")
		if got.Worktree != "A\r\n" || got.Index != "A\n" {
			t.Errorf("%+v", got)
		}
	})
}

// TestHookOpensAnotherRepository: git's variables speak of the repository whose hook runs. Opened from there, a
// submodule, a second repository and another worktree have their own index.
func TestHookOpensAnotherRepository(t *testing.T) {
	t.Parallel()
	for _, linked := range []bool{false, true} {
		other := newLab(t)
		other.commit("snap.yml", "other's")
		l := newLab(t)
		l.commit("snap.yml", "A")
		if linked { // there git sets GIT_DIR as well
			dir := filepath.Join(filepath.Dir(l.dir), "w")
			l.git("worktree", "add", "-q", "-b", "linked", dir)
			l = l.at(dir)
		}
		l.hook("pre-commit", "GITREPO_HOOK_DIR="+other.dir)
		l.write("snap.yml", "C")
		got := l.saw("", "commit", "-q", "-a", "-m", "x")
		if got.Index != "other's" || got.Root != other.dir {
			t.Errorf("linked %v: %+v", linked, got)
		}
	}
	t.Run("subdirectory of the same", func(t *testing.T) {
		t.Parallel()
		l := newLab(t)
		l.commit("snap.yml", "A")
		l.commit("deep/x", "x")
		l.hook("pre-commit", "GITREPO_HOOK_DIR="+filepath.Join(l.dir, "deep"))
		l.write("snap.yml", "C")
		if got := l.saw("", "commit", "-q", "-a", "-m", "x"); got.Index != "C" || got.Root != l.dir {
			t.Errorf("%+v", got)
		}
	})
}

// TestHookStages: a hook that stages changes the index that git is about to commit, and the commit has it.
func TestHookStages(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"commit", "-q", "-m", "x"}, {"commit", "-q", "-a", "-m", "x"}} {
		l := newLab(t)
		l.commit("snap.yml", "A")
		l.commit("other", "o")
		l.hook("pre-commit", "GITREPO_HOOK_STAGE=1")
		l.write("other", "p")
		l.git("add", "other")
		l.write("snap.yml", "staged by the hook")
		got := l.saw("", args...)
		if got.Staged != "staged by the hook" {
			t.Errorf("%v: after Stage the index holds %q", args, got.Staged)
		}
		if head := l.git("show", "HEAD:snap.yml"); head != "staged by the hook" {
			t.Errorf("%v: the commit has %q", args, head)
		}
	}
}

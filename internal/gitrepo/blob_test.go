package gitrepo

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// both runs f with the in-process reader and with the git binary alone, which must not differ.
func both(t *testing.T, l *lab, f func(t *testing.T, r *Repo)) {
	t.Helper()
	t.Run("in process", func(t *testing.T) { f(t, l.open()) })
	t.Run("git binary", func(t *testing.T) {
		r := l.open()
		r.refs, r.objects, r.why = nil, nil, "test"
		f(t, r)
	})
}

func TestUnmerged(t *testing.T) {
	t.Parallel()
	for _, split := range []bool{false, true} {
		l := newLab(t)
		l.commit("snap.yml", "base")
		l.git("checkout", "-q", "-b", "edit")
		l.commit("snap.yml", "theirs")
		l.git("checkout", "-q", "-b", "drop", "main")
		l.git("rm", "-q", "snap.yml")
		l.git("commit", "-q", "-m", "drop")
		l.git("checkout", "-q", "main")
		l.commit("snap.yml", "ours")
		id := func(rev string) string { return l.git("rev-parse", rev+":snap.yml") }
		for branch, want := range map[string]UnmergedError{
			"edit": {Path: "snap.yml", Base: id("main~1"), Ours: id("main"), Theirs: id("edit")},
			"drop": {Path: "snap.yml", Base: id("main~1"), Ours: id("main")},
		} {
			if _, err := l.try(nil, "merge", "-q", branch); err == nil {
				t.Fatal("expected a conflict")
			}
			if split {
				l.git("update-index", "--split-index")
			}
			_, err := l.open().Index(t.Context(), "snap.yml")
			var got *UnmergedError
			if !errors.As(err, &got) {
				t.Fatalf("merging %s, split %v: %v, want UnmergedError", branch, split, err)
			}
			if diff := cmp.Diff(want, *got); diff != "" {
				t.Errorf("merging %s, split %v (-want +got):\n%s", branch, split, diff)
			}
			l.git("merge", "--abort")
		}
	}
}

func TestIntentToAddIsNotStaged(t *testing.T) {
	t.Parallel()
	for _, split := range []bool{false, true} {
		l := newLab(t)
		l.commit("x", "x")
		l.write("snap.yml", "new")
		l.write("empty.yml", "")
		l.git("add", "-N", "snap.yml")
		l.git("add", "empty.yml")
		if split {
			l.git("update-index", "--split-index")
		}
		r := l.open()
		if _, err := r.Index(t.Context(), "snap.yml"); !errors.Is(err, ErrNotTracked) {
			t.Errorf("split %v: %v, want ErrNotTracked", split, err)
		}
		b, err := r.Index(t.Context(), "empty.yml")
		l.wantBlob("an empty file that is staged", b, err, "", ":empty.yml")
	}
}

func TestNotAFile(t *testing.T) {
	t.Parallel()
	inner := newLab(t)
	inner.commit("snap.yml", "inner")
	l := newLab(t)
	l.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.dir, "sub")
	l.write("real.yml", "real")
	if err := os.Symlink("real.yml", filepath.Join(l.dir, "link.yml")); err != nil {
		t.Fatal(err)
	}
	l.write("dir/x", "x")
	l.git("add", "-A")
	l.git("commit", "-q", "-m", "x")
	both(t, l, func(t *testing.T, r *Repo) {
		for path, what := range map[string]string{"link.yml": "a symbolic link", "sub": "a submodule", "sub/snap.yml": "submodule sub", "dir": "a directory"} {
			_, errs := r.Index(t.Context(), path)
			_, head := r.At(t.Context(), "HEAD", path)
			_, tree := r.Worktree(t.Context(), path)
			for at, err := range map[string]error{"index": errs, "HEAD": head, "worktree": tree} {
				var notFile *NotFileError
				switch {
				case at == "index" && path == "dir": // an index knows no directories
					if !errors.Is(err, ErrNotTracked) {
						t.Errorf("%s in %s: %v", path, at, err)
					}
				case at == "worktree" && strings.HasPrefix(path, "sub"): // is there, as a file of the inner repository
				case !errors.As(err, &notFile) || !strings.Contains(err.Error(), what):
					t.Errorf("%s in %s: %v, want %q", path, at, err, what)
				}
			}
		}
		if _, err := r.At(t.Context(), "HEAD", "real.yml/x"); !errors.Is(err, ErrNotTracked) {
			t.Errorf("below a file: %v", err)
		}
	})
	// The submodule itself is a repository like any other.
	b, err := inner.at(filepath.Join(l.dir, "sub")).open().At(t.Context(), "HEAD", "snap.yml")
	inner.wantBlob("opened in the submodule", b, err, "inner", "HEAD:snap.yml")
}

func TestOddNames(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	names := []string{
		"-dash.yml", "snap*[a].yml", "snapa.yml", "mit leer.yml", "größe/スキーマ.yml", ":(glob)x.yml", "a'b\"c.yml",
		"tab\there.yml", "#x", "!x.yml", "back\\slash.yml",
	}
	for _, n := range names {
		l.write(n, n)
	}
	l.git("add", "-A")
	l.git("commit", "-q", "-m", "x")
	both(t, l, func(t *testing.T, r *Repo) {
		for _, n := range names {
			b, err := r.Index(t.Context(), n)
			l.wantBlob("index "+n, b, err, n, "HEAD:"+n)
			b, err = r.At(t.Context(), "HEAD", n)
			l.wantBlob("HEAD "+n, b, err, n, "HEAD:"+n)
			b, err = r.Worktree(t.Context(), n)
			l.wantBlob("worktree "+n, b, err, n, "HEAD:"+n)
			revs, err := r.Revisions(t.Context(), n, []string{l.git("rev-parse", "HEAD")})
			if err != nil || len(revs) != 1 || revs[0].BlobID != b.ID {
				t.Errorf("history of %q: %v, %v", n, revs, err)
			}
		}
		if _, err := r.Index(t.Context(), "snap*"); !errors.Is(err, ErrNotTracked) {
			t.Errorf("a pattern matched: %v", err)
		}
		for _, bad := range []string{"", ".", "..", "../x", "/etc/passwd", "a//b", "a/../b", "./x", "x\x00y"} {
			if _, err := r.Index(t.Context(), bad); !errors.Is(err, ErrOutside) {
				t.Errorf("Index(%q): %v, want ErrOutside", bad, err)
			}
		}
	})
}

// TestDamageIsAnError: content that does not match its id is never handed out.
func TestDamageIsAnError(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.commit("snap.yml", "first")
	id := l.git("rev-parse", "HEAD:snap.yml")
	l.write("other", "second")
	other := l.git("hash-object", "-w", "other")
	object := func(id string) string { return filepath.Join(l.dir, ".git/objects", id[:2], id[2:]) }
	data, err := os.ReadFile(object(other))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(object(id), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, bytes := range map[string][]byte{"another object": data, "garbage": []byte("x\x9c garbage"), "nothing": nil} {
		if err := os.WriteFile(object(id), bytes, 0o644); err != nil {
			t.Fatal(err)
		}
		both(t, l, func(t *testing.T, r *Repo) {
			for _, r := range []*Repo{r, withoutGit(r)} {
				if r.git == nil && r.objects == nil {
					continue
				}
				b, err := r.Index(t.Context(), "snap.yml")
				if err != nil {
					t.Fatal(err)
				}
				if got, err := b.Data(t.Context()); err == nil {
					t.Errorf("%s: content %q", name, got)
				}
			}
		})
	}
	l.git2("index", "DIRC garbage")
	if _, err := l.open().Index(t.Context(), "snap.yml"); err == nil || errors.Is(err, ErrNotTracked) {
		t.Errorf("damaged index: %v", err)
	}
}

func TestLFSPointerIsNotTheFile(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.commit("snap.yml", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n")
	b, err := l.open().Index(t.Context(), "snap.yml")
	if err != nil {
		t.Fatal(err)
	}
	var unsupported *UnsupportedError
	if _, err := b.Data(t.Context()); !errors.As(err, &unsupported) || !strings.Contains(err.Error(), "LFS") {
		t.Errorf("%v, want UnsupportedError", err)
	}
}

// TestPacksMayChangeUnderneath: a watcher keeps its Repo open while git repacks.
func TestPacksMayChangeUnderneath(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.commit("snap.yml", "1")
	r := withoutGit(l.open())
	for _, content := range []string{"2", "3"} {
		l.commit("snap.yml", content)
		l.git("gc", "-q", "--prune=now")
		b, err := r.At(t.Context(), "HEAD", "snap.yml")
		l.wantBlob("after gc", b, err, content, "HEAD:snap.yml")
		b, err = r.At(t.Context(), l.git("rev-list", "--max-parents=0", "HEAD"), "snap.yml")
		if err != nil || b.ID == "" {
			t.Errorf("first commit after gc: %v", err)
		}
	}
}

package gitrepo

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestStage(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.commit("other", "x")
	l.write("snapa.yml", "must stay unstaged")
	l.git("config", "core.autocrlf", "true")
	for _, n := range []string{"snap.yml", "snap[a].yml", "-f.yml", "ä ö.yml"} {
		l.write(n, "one\r\n")
		r := l.open()
		disk, err := r.Worktree(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Stage(t.Context(), n); err != nil {
			t.Errorf("%s: %v", n, err)
		}
		b, err := r.Index(t.Context(), n)
		l.wantBlob(n, b, err, "one\n", ":"+n)
		if b.ID != disk.ID {
			t.Errorf("%s: staged %s, working tree %s", n, b.ID, disk.ID)
		}
	}
	if got := l.git("diff", "--cached", "--name-only"); strings.Contains(got, "snapa.yml") || strings.Count(got, "\n") != 3 {
		t.Errorf("staged:\n%s", got)
	}
}

func TestStageRefuses(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.commit("tracked.yml", "x")
	l.write(".gitignore", "*.yml\n")
	l.write("new.yml", "x")
	if err := os.Symlink("new.yml", filepath.Join(l.dir, "link")); err != nil {
		t.Fatal(err)
	}
	r, ctx := l.open(), t.Context()
	before := l.prints()

	var ignored *IgnoredError
	if err := r.Stage(ctx, "new.yml"); !errors.As(err, &ignored) || !strings.HasSuffix(err.Error(), "git check-ignore -v -- new.yml") {
		t.Errorf("ignored: %v", err)
	}
	var missing *MissingError
	if err := r.Stage(ctx, "none"); !errors.As(err, &missing) {
		t.Errorf("missing: %v", err)
	}
	var notFile *NotFileError
	if err := r.Stage(ctx, "link"); !errors.As(err, &notFile) {
		t.Errorf("symbolic link: %v", err)
	}
	if err := r.Stage(ctx, "../x"); !errors.Is(err, ErrOutside) {
		t.Errorf("outside: %v", err)
	}
	if l.prints() != before {
		t.Error("a refused Stage changed the git directory")
	}
	l.write("tracked.yml", "changed") // tracked wins over ignored
	if err := r.Stage(ctx, "tracked.yml"); err != nil {
		t.Errorf("ignored but tracked: %v", err)
	}
	l.git2("index.lock", "")
	l.write("tracked.yml", "again")
	var locked *LockedError
	if err := r.Stage(ctx, "tracked.yml"); !errors.As(err, &locked) || locked.Lock != filepath.Join(l.dir, ".git", "index.lock") {
		t.Errorf("locked: %v", err)
	}
}

// git add does nothing where it was told to overlook a file, and mostly says
// nothing either: then nothing is staged.
func TestStageOfAnOverlookedFile(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"assume-unchanged", "skip-worktree"} {
		l := newLab(t)
		l.commit("dir/snap.yml", "x")
		l.git("update-index", "--"+flag, "dir/snap.yml")
		l.write("dir/snap.yml", "y")
		var overlooked *OverlookedError
		err := l.open().Stage(t.Context(), "dir/snap.yml")
		if !errors.As(err, &overlooked) || overlooked.Flag != flag {
			t.Fatalf("%s: %v", flag, err)
		}
		_, undo, _ := strings.Cut(err.Error(), "to undo: git ")
		l.git(strings.Fields(undo)...)
		if err := l.open().Stage(t.Context(), "dir/snap.yml"); err != nil {
			t.Errorf("%s: after %q: %v", flag, undo, err)
		}
		if staged := l.git("diff", "--cached", "--name-only"); !strings.Contains(staged, "snap.yml") {
			t.Errorf("%s: staged %q", flag, staged)
		}
	}
}

func TestStageInSparseCheckout(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.commit("dir/snap.yml", "x")
	l.git("sparse-checkout", "set", "--cone", "elsewhere")
	l.write("dir/snap.yml", "y")
	if err := l.open().Stage(t.Context(), "dir/snap.yml"); err == nil || !strings.Contains(err.Error(), "git sparse-checkout add dir") {
		t.Errorf("outside of the cone: %v", err)
	}
}

package gitrepo

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestEnvironmentNamesTheRepository needs a process directory of its own: git takes these variables from there.
func TestEnvironmentNamesTheRepository(t *testing.T) {
	l := newLab(t)
	l.three()
	home := filepath.Join(filepath.Dir(l.dir), "dotfiles home")
	if err := os.MkdirAll(filepath.Join(home, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(home)
	if err := os.WriteFile("snap.yml", []byte("C\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	gitDir := filepath.Join("..", "repo", ".git")
	for _, row := range []struct {
		dir string
		env []string
	}{
		{".", []string{"GIT_DIR", gitDir}},
		{".", []string{"GIT_DIR", gitDir, "GIT_WORK_TREE", home}},
		{"sub", []string{"GIT_DIR", gitDir, "GIT_WORK_TREE", "."}},
	} {
		r, err := Open(t.Context(), row.dir, l.with(row.env...))
		if err != nil {
			t.Errorf("%v: %v", row, err)
			continue
		}
		if r.Root() != home || r.GitDir() != filepath.Join(l.dir, ".git") {
			t.Errorf("%v: root %s, git dir %s", row, r.Root(), r.GitDir())
		}
		l.reads(r)
	}
	t.Chdir(l.dir)
	r, err := Open(t.Context(), ".", l.with("GIT_WORK_TREE", home))
	if err != nil || r.Root() != home {
		t.Fatalf("GIT_WORK_TREE alone: %v, %v", r, err)
	}
	l.reads(r)
	r.refs, r.objects, r.why = nil, nil, "test"
	l.reads(r)
	l.git("read-tree", "--index-output=.git/other-index", "HEAD")
	r, err = Open(t.Context(), ".", l.with("GIT_INDEX_FILE", ".git/other-index"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("/") // resolved once: a later chdir changes nothing
	b, err := r.Index(t.Context(), "snap.yml")
	l.wantBlob("relative GIT_INDEX_FILE", b, err, "A\n", "HEAD:snap.yml")
	if _, err := Open(t.Context(), l.dir, l.with("GIT_DIR", "nowhere")); err != nil {
		t.Errorf("GIT_DIR of another place binds here: %v", err)
	}
	if _, err := Open(t.Context(), "/", l.with("GIT_DIR", "nowhere")); !errors.Is(err, ErrNotRepository) {
		t.Errorf("GIT_DIR=nowhere: %v", err)
	}
}

func TestCoreWorktree(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.three()
	if err := os.MkdirAll(filepath.Join(l.dir, "real"), 0o755); err != nil {
		t.Fatal(err)
	}
	l.git("config", "core.worktree", "../real")
	r, err := Open(t.Context(), filepath.Join(l.dir, "real"), l.env)
	if err != nil || r.Root() != filepath.Join(l.dir, "real") {
		t.Fatalf("%v, %v", r, err)
	}
}

// TestObjectsFromTheEnvironment is what a pre-receive hook sees: new objects lie in a quarantine directory.
func TestObjectsFromTheEnvironment(t *testing.T) {
	l := newLab(t)
	l.three()
	quarantine := filepath.Join(filepath.Dir(l.dir), "quarantine")
	if err := os.MkdirAll(quarantine, 0o755); err != nil {
		t.Fatal(err)
	}
	env := []string{"GIT_OBJECT_DIRECTORY", quarantine, "GIT_ALTERNATE_OBJECT_DIRECTORIES", filepath.Join(l.dir, ".git/objects")}
	l.write("snap.yml", "quarantined\n")
	if _, err := l.try([]string{env[0] + "=" + env[1], env[2] + "=" + env[3]}, "add", "snap.yml"); err != nil {
		t.Fatal(err)
	}
	t.Chdir(l.dir)
	r, err := Open(t.Context(), ".", l.with(env...))
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.Index(t.Context(), "snap.yml")
	if err != nil {
		t.Fatal(err)
	}
	if data, err := b.Data(t.Context()); err != nil || string(data) != "quarantined\n" {
		t.Errorf("content %q, %v", data, err)
	}
}

func TestSafeDirectory(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("needs root, to give a repository to another user")
	}
	l := newLab(t)
	l.three()
	if out, err := exec.Command("chown", "-R", "65534", l.dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	fix := "git config --global --add safe.directory " + l.dir
	var unsafe *SafeDirectoryError
	_, err := Open(t.Context(), l.dir, l.env)
	if !errors.As(err, &unsafe) || !strings.HasSuffix(err.Error(), fix) {
		t.Fatalf("%v, want SafeDirectoryError with %q", err, fix)
	}
	if _, err := Open(t.Context(), l.dir, l.with("SUDO_UID", "65534")); err != nil {
		t.Errorf("through sudo from its owner: %v", err)
	}
	l.git("config", "--global", "--add", "safe.directory", l.dir)
	l.reads(l.open())
	if _, err := Open(t.Context(), l.dir, l.with("PATH", "", "GIT_EXEC_PATH", "")); err == nil {
		t.Log("git found in a usual folder, which may judge safe.directory")
	}
}

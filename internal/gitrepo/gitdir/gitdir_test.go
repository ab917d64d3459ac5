package gitdir

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The search itself is tested in package gitrepo, on repositories that git made.

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestBeyond(t *testing.T) {
	t.Parallel()
	for config, want := range map[string]string{
		"":                                      "",
		"[core]\n\trepositoryformatversion = 0": "",
		"[core]\n\trepositoryformatversion = 0\n[extensions]\n\tnovel = 1":                                 "",
		"[core]\n\trepositoryformatversion = 0\n[extensions]\n\tworktreeConfig = true":                     "",
		"[core]\n\trepositoryformatversion = 0\n[extensions]\n\tobjectFormat = sha256":                     "version 1",
		"[core]\n\trepositoryformatversion = 1\n[extensions]\n\tworktreeConfig = true\n\tpartialClone = o": "",
		"[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha1\n\trefStorage = files": "",
		"[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256":                     "objectformat = sha256",
		"[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefStorage = reftable":                     "refstorage = reftable",
		"[CORE]\n\tRepositoryFormatVersion = 1\n[Extensions]\n\tNovel":                                     "novel",
		"[core]\n\trepositoryformatversion = 2":                                                            `"2" is not known`,
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "config"), config)
		cfg, err := readConfig(dir, dir)
		if err != nil {
			t.Errorf("%q: %v", config, err)
			continue
		}
		if got := cfg.Beyond(); (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", config, got, want)
		}
	}
}

// TestConfigOfLinkedWorktree: core.bare and core.worktree of the common configuration belong to the main worktree.
func TestConfigOfLinkedWorktree(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	linked := filepath.Join(dir, "worktrees", "w")
	write(t, filepath.Join(dir, "config"), "[core]\n\tbare = yes\n\tworktree = ../x\n\tignoreCase = On\n[extensions]\n\tworktreeConfig = true\n")
	write(t, filepath.Join(linked, "config.worktree"), "[core]\n\tworktree = ../own\n")
	cfg, err := readConfig(dir, dir)
	if err != nil || !cfg.Bare || cfg.Worktree != "../x" || !cfg.IgnoreCase {
		t.Errorf("main: %+v, %v", cfg, err)
	}
	cfg, err = readConfig(linked, dir)
	if err != nil || cfg.Bare || cfg.Worktree != "../own" || !cfg.IgnoreCase {
		t.Errorf("linked: %+v, %v", cfg, err)
	}
}

func TestConfigNotUnderstood(t *testing.T) {
	t.Parallel()
	for _, config := range []string{"[core", "[core]\n\tbare = perhaps", "[core]\n\tbare", "]"} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, ".git", "config"), config)
		write(t, filepath.Join(dir, ".git", "HEAD"), "ref: refs/heads/main\n")
		for _, d := range []string{"objects", "refs"} {
			if err := os.Mkdir(filepath.Join(dir, ".git", d), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		var cause *ConfigError
		if loc, err := Locate(Resolved(dir), Scope{}, os.Getenv); !errors.As(err, &cause) || loc.GitDir == "" {
			t.Errorf("%q: %+v, %v", config, loc, err)
		}
	}
}

func TestBrokenGitFile(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"", "gitdir:", "gitdir: ", "gitdir: nowhere\n", "rubbish", "gitdir: .\n"} {
		dir := Resolved(t.TempDir())
		write(t, filepath.Join(dir, ".git"), content)
		if loc, err := Locate(dir, Scope{}, os.Getenv); !errors.Is(err, ErrNotRepository) {
			t.Errorf("%q: %+v, %v", content, loc, err)
		}
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		root, p string
		want    bool
	}{{"/a", "/a", true}, {"/a", "/a/b", true}, {"/a", "/ab", false}, {"/a/b", "/a", false}, {"/", "/x", true}} {
		if got := Within(row.root, row.p); got != row.want {
			t.Errorf("Within(%q, %q) = %v", row.root, row.p, got)
		}
	}
}

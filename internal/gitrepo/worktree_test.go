package gitrepo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/gitrepo/gitobject"
)

// TestWorktreeIDIsWhatGitAddGives is the matrix of line end settings, attributes and contents against `git add` itself.
func TestWorktreeIDIsWhatGitAddGives(t *testing.T) {
	t.Parallel()
	contents := []string{"", "a\n", "a\r\n", "a\r\nb\n", "a\rb", "a\r\n\x00", "$Id$\n", "$Id$\r\n"}
	for _, autocrlf := range []string{"false", "true", "input"} {
		for _, attr := range []string{"", "text", "-text", "text=auto", "eol=crlf", "text=auto eol=lf", "binary", "ident", "filter=upper", "working-tree-encoding=UTF-16"} {
			if autocrlf == "input" && attr != "" && attr != "text=auto" {
				continue // on the way in it is as true
			}
			for _, staged := range []string{"absent", "lf", "crlf"} {
				t.Run(fmt.Sprintf("%s,%s,%s", autocrlf, attr, staged), func(t *testing.T) {
					t.Parallel()
					l := newLab(t)
					l.commit("other", "x")
					if staged != "absent" {
						l.commit("s/snap.yml", map[string]string{"lf": "z\n", "crlf": "z\r\n"}[staged])
					}
					l.git("config", "core.autocrlf", autocrlf)
					l.git("config", "filter.upper.clean", "tr a-z A-Z")
					if attr != "" {
						l.write("s/.gitattributes", "*.yml "+attr+"\n")
					}
					for _, content := range contents {
						if attr == "working-tree-encoding=UTF-16" {
							content = toUTF16(content)
						}
						l.write("s/snap.yml", content)
						b, err := l.open().Worktree(t.Context(), "s/snap.yml")
						if err != nil {
							t.Errorf("%q: %v", content, err)
							continue
						}
						if got, want := b.ID, l.wouldAdd("s/snap.yml"); got != want {
							t.Errorf("%q: id %s, git add gives %s", content, got, want)
						}
						if data, err := b.Data(t.Context()); err != nil || string(data) != content {
							t.Errorf("%q: content %q, %v", content, data, err)
						}
					}
				})
			}
		}
	}
}

func toUTF16(s string) string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, c := range []byte(s) {
		b.WriteByte(c)
		b.WriteByte(0)
	}
	return b.String()
}

// wouldAdd returns the id that `git add` stages, in a copy of the index.
func (l *lab) wouldAdd(path string) string {
	l.t.Helper()
	data, err := os.ReadFile(filepath.Join(l.dir, ".git/index"))
	if err != nil {
		l.t.Fatal(err)
	}
	file := filepath.Join(filepath.Dir(l.dir), "index-copy")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		l.t.Fatal(err)
	}
	// Git tells a file that changed right after it was staged by the time of the index file, so that is copied, too.
	st, err := os.Stat(filepath.Join(l.dir, ".git/index"))
	if err == nil {
		err = os.Chtimes(file, st.ModTime(), st.ModTime())
	}
	if err != nil {
		l.t.Fatal(err)
	}
	extra := []string{"GIT_INDEX_FILE=" + file}
	if _, err := l.try(extra, "add", "--", path); err != nil {
		l.t.Fatal(err)
	}
	id, err := l.try(extra, "rev-parse", ":"+path)
	if err != nil {
		l.t.Fatal(err)
	}
	return strings.TrimSpace(id)
}

// TestWorktreeIDNoCommandGives: where only `git add` itself would know, the answer is an error and not a guess.
func TestWorktreeIDNoCommandGives(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.commit("snap.yml", "z\r\n")
	l.git("config", "filter.upper.clean", "tr a-z A-Z")
	l.write(".gitattributes", "*.yml text=auto filter=upper\n")
	l.write("snap.yml", "a\r\n")
	var unsupported *UnsupportedError
	if b, err := l.open().Worktree(t.Context(), "snap.yml"); !errors.As(err, &unsupported) {
		t.Errorf("%v, %v; want UnsupportedError", b, err)
	}
	l.write("snap.yml", "a\n")
	if b, err := l.open().Worktree(t.Context(), "snap.yml"); err != nil || b.ID != l.wouldAdd("snap.yml") {
		t.Errorf("without CR: %v, %v", b, err)
	}
}

// TestWorktreeIDWithSettingsElsewhere: a filter may hang on a file that lies outside of the repository.
func TestWorktreeIDWithSettingsElsewhere(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(l *lab){
		"info/attributes": func(l *lab) { l.git2("info/attributes", "*.yml filter=upper\n") },
		"core.attributesFile": func(l *lab) {
			l.write("../home/attrs", "*.yml filter=upper\n")
			l.git("config", "--global", "core.attributesFile", "~/attrs")
		},
		"XDG": func(l *lab) { l.write("../home/.config/git/attributes", "*.yml filter=upper\n") },
		"included configuration": func(l *lab) {
			l.write("../home/attrs", "*.yml filter=upper\n")
			l.write("../home/more", "[core]\n\tattributesFile = ~/attrs\n")
			l.git("config", "--global", "include.path", "~/more")
		},
		"attribute macro": func(l *lab) { l.write(".gitattributes", "[attr]shout filter=upper\n*.yml shout\n") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.commit("other", "x")
			l.git("config", "filter.upper.clean", "tr a-z A-Z")
			set(l)
			l.write("snap.yml", "a\n")
			b, err := l.open().Worktree(t.Context(), "snap.yml")
			if want := l.wouldAdd("snap.yml"); err != nil || b.ID != want {
				t.Errorf("id %s, %v; git add gives %s", b.ID, err, want)
			}
			if raw := gitobject.ID("blob", []byte("a\n"), 20); b.ID == raw {
				t.Error("the filter did not run, so this proves nothing")
			}
			var unsupported *UnsupportedError
			if _, err := withoutGit(l.open()).Worktree(t.Context(), "snap.yml"); !errors.As(err, &unsupported) {
				t.Errorf("without git: %v, want UnsupportedError", err)
			}
		})
	}
}

func TestWorktreeMissing(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.commit("dir/snap.yml", "x")
	l.commit("top", "x")
	var missing *MissingError
	_, err := l.open().Worktree(t.Context(), "dir/none.yml")
	if !errors.As(err, &missing) || missing.Sparse {
		t.Errorf("absent: %v", err)
	}
	_, err = l.open().Worktree(t.Context(), "top/none.yml")
	if !errors.As(err, &missing) {
		t.Errorf("below a file: %v", err)
	}
	for _, sparseIndex := range []string{"--no-sparse-index", "--sparse-index"} {
		l.git("sparse-checkout", "set", "--cone", sparseIndex, "nothing")
		r := l.open()
		b, err := r.Index(t.Context(), "dir/snap.yml")
		l.wantBlob("staged "+sparseIndex, b, err, "x", ":dir/snap.yml")
		_, err = r.Worktree(t.Context(), "dir/snap.yml")
		if sparseIndex == "--no-sparse-index" && (!errors.As(err, &missing) || !missing.Sparse || !strings.HasSuffix(err.Error(), "git sparse-checkout add -- dir")) {
			t.Errorf("left out: %v", err)
		}
	}
}

package gitrepo

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRel(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.write("snapshots/schema.yaml", "x")
	l.write("sub/deep/x", "x")
	base := filepath.Dir(l.dir)
	for name, target := range map[string]string{
		filepath.Join(base, "alias"):          l.dir, // as /tmp on macOS
		filepath.Join(l.dir, "dirlink"):       filepath.Join(l.dir, "snapshots"),
		filepath.Join(l.dir, "out"):           base,
		filepath.Join(l.dir, "filelink.yaml"): "snapshots/schema.yaml",
	} {
		if err := os.Symlink(target, name); err != nil {
			t.Fatal(err)
		}
	}
	rows := []struct{ from, path, want string }{
		{"", "snapshots/schema.yaml", "snapshots/schema.yaml"},
		{"", "./snapshots//schema.yaml", "snapshots/schema.yaml"},
		{"", "not/yet/there.yaml", "not/yet/there.yaml"},
		{"sub/deep", "../../snapshots/schema.yaml", "snapshots/schema.yaml"},
		{"sub/deep", "x", "sub/deep/x"},
		{"", l.dir + "/snapshots/schema.yaml", "snapshots/schema.yaml"},
		{"", base + "/alias/snapshots/schema.yaml", "snapshots/schema.yaml"},
		{"../alias/sub", "x", "sub/x"},
		{"", "dirlink/schema.yaml", "snapshots/schema.yaml"},
		{"", "filelink.yaml", "filelink.yaml"}, // the link itself is what git has
		{"", "-x *[a] ü.yaml", "-x *[a] ü.yaml"},
		{"", "..snap.yaml", "..snap.yaml"},
		{"", "Snapshots/Schema.yaml", "Snapshots/Schema.yaml"},
		{"", "", ""},
		{"", ".", ""},
		{"", "..", ""},
		{"", "../x", ""},
		{"", base + "/repo2/x", ""},
		{"", "out/x", ""},
		{"", ".git/config", ""},
		{"", "x\x00", ""},
	}
	for _, row := range rows {
		r, err := Open(t.Context(), filepath.Join(l.dir, row.from), l.env)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Rel(row.path)
		if got != row.want || (row.want == "") != errors.Is(err, ErrOutside) {
			t.Errorf("from %q: Rel(%q) = %q, %v; want %q", row.from, row.path, got, err, row.want)
		}
		if err != nil && strings.ContainsRune(err.Error(), 0) {
			t.Errorf("Rel(%q): control character in %q", row.path, err)
		}
	}
	l.git("config", "core.ignoreCase", "true")
	for path, want := range map[string]string{
		"Snapshots/Schema.yaml": "snapshots/schema.yaml", "SNAPSHOTS/new.yaml": "snapshots/new.yaml", "None/X": "None/X",
	} {
		if got, err := l.open().Rel(path); err != nil || got != want {
			t.Errorf("core.ignoreCase: Rel(%q) = %q, %v; want %q", path, got, err, want)
		}
	}
}

func TestShellQuote(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a/b.yml": "a/b.yml", "": "''", "a b": "'a b'", "it's": `'it'\''s'`, "$(rm x)": "'$(rm x)'", "a\x1b[31m\nb": "'a?[31m?b'", "~": "'~'",
	} {
		if got := shellQuote(in); got != want {
			t.Errorf("shellQuote(%q) = %s, want %s", in, got, want)
		}
	}
}

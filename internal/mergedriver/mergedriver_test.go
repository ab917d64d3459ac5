package mergedriver

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// handed writes the three files that git would hand over.
func handed(t *testing.T, base, ours, theirs string) Files {
	t.Helper()
	dir := t.TempDir()
	f := Files{Base: filepath.Join(dir, "O"), Ours: filepath.Join(dir, "A"), Theirs: filepath.Join(dir, "B"), Path: "schema.yaml"}
	for path, text := range map[string]string{f.Base: base, f.Ours: ours, f.Theirs: theirs} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestRun(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name               string
		base, ours, theirs string
		want               string // empty: has marks
		status             int
		asText             bool
	}{
		{"nothing in conflict", v0, vA, vB, vM, Merged, false},
		{"one value in conflict", v0, vA, vC, "", Conflicted, false},
		{"both added it", "", vA, vA, vA, Merged, false},
		{"a text of lines that do not meet", "a: [\nb\nc\nd\n", "A: [\nb\nc\nd\n", "a: [\nb\nc\nD\n", "A: [\nb\nc\nD\n", Merged, true},
		{"a text of lines that do", "a: [\n", "A: [\n", "a: [1\n", "", Conflicted, true},
	} {
		f := handed(t, c.base, c.ours, c.theirs)
		out, err := Run(t.Context(), f)
		if err != nil || out.Status != c.status || out.AsText != c.asText || (len(out.Lines) > 0) != (c.status != Merged || c.asText) {
			t.Errorf("%s: %+v, %v", c.name, out, err)
		}
		got := content(t, f.Ours)
		if c.want == "" && (!marked([]byte(got)) || !strings.Contains(got, "\n=======\n")) || c.want != "" && got != c.want {
			t.Errorf("%s:\n%s", c.name, got)
		}
		if info, err := os.Stat(f.Ours); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: its mode is %v", c.name, info.Mode())
		}
		if diff := cmp.Diff(c.base+c.theirs, content(t, f.Base)+content(t, f.Theirs)); diff != "" {
			t.Errorf("%s: the other files were changed:\n%s", c.name, diff)
		}
	}
}

// TestRunOfTwoVersions: what one Directus does not list, the other would miss.
func TestRunOfTwoVersions(t *testing.T) {
	t.Parallel()
	f := handed(t, v0, vA, strings.Replace(vB, "directus: 12.4.1", "directus: 12.5.0", 1))
	out, err := Run(t.Context(), f)
	want := []string{"schema.yaml: our version was written by directus 12.4.1, theirs by 12.5.0, which may list other settings: take a snapshot after the next boot (schemaguard snapshot)"}
	if diff := cmp.Diff(want, out.Lines); diff != "" || err != nil || out.Status != Merged {
		t.Errorf("%v %v\n%s", out.Status, err, diff)
	}
	if diff := cmp.Diff(strings.Replace(vM, "12.4.1", "12.5.0", 1), content(t, f.Ours)); diff != "" {
		t.Error(diff)
	}
}

// TestRunFails: whatever goes wrong, ours stays, and git is told.
func TestRunFails(t *testing.T) {
	t.Parallel()
	broken := strings.Replace(vA, "version: 1", "version: [", 1)
	ended, end := context.WithCancel(t.Context())
	end()
	for name, c := range map[string]struct {
		ctx    context.Context
		ours   string
		damage func(f *Files)
		want   string
	}{
		"no git to merge the text": {ended, broken, func(*Files) {}, "merging schema.yaml by item: our version"},
		"a text git cannot merge":  {t.Context(), "\x00" + broken, func(*Files) {}, "Cannot merge binary files"},
		"theirs is not there":      {t.Context(), vA, func(f *Files) { f.Theirs += "x" }, "reading their version of schema.yaml: no such file or directory"},
		"theirs is a folder":       {t.Context(), vA, func(f *Files) { f.Theirs = filepath.Dir(f.Theirs) }, "reading their version of schema.yaml: not a regular file"},
		"ours has a hostile name":  {t.Context(), vA, func(f *Files) { f.Base, f.Path = "/nowhere", "a\x1b[2J" }, `reading the common ancestor of a\x1b[2J: no such file`},
	} {
		f := handed(t, v0, c.ours, vC)
		c.damage(&f)
		out, err := Run(c.ctx, f)
		if err == nil || out.Status != Failed || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %+v, %v", name, out, err)
		}
		if got := content(t, f.Ours); got != c.ours {
			t.Errorf("%s: ours became\n%s", name, got)
		}
		if left, err := filepath.Glob(filepath.Join(filepath.Dir(f.Ours), "*")); err != nil || len(left) != 3 {
			t.Errorf("%s: it left %v", name, left)
		}
	}
}

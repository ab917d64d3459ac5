package hookfile

import (
	"os"
	"path/filepath"
	"testing"
)

func TestProgramIsTheNameOnPath(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := func(dirs string) func(string) string {
		return func(name string) string {
			if name == "PATH" {
				return dirs
			}
			return ""
		}
	}
	// A test is about to vanish, as is what `go run` builds.
	if got := Program(path("")); got != "" {
		t.Errorf("scripts would keep %s", got)
	}
	dir, other := t.TempDir(), t.TempDir()
	link := filepath.Join(dir, filepath.Base(self))
	if err := os.Symlink(self, link); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other, filepath.Base(self)), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	sep := string(filepath.ListSeparator)
	if got := Program(path("." + sep + other + sep + dir)); got != filepath.ToSlash(link) {
		t.Errorf("scripts would keep %q, want %s", got, link)
	}
}

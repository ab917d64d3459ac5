package survey

import (
	"os"
	"path/filepath"
	"testing"
)

func TestCurrentContext(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	env := func(name string) string { return map[string]string{"DOCKER_CONFIG": dir}[name] }
	for _, c := range []struct {
		file, want string
		known      bool
	}{
		{"", "", true},
		{`{"currentContext": "box"}`, "box", true},
		{`{}`, "", true},
		{`junk`, "", false},
	} {
		if c.file != "" {
			if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(c.file), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got, known := currentContext(env); got != c.want || known != c.known {
			t.Errorf("%q: %q %v", c.file, got, known)
		}
	}
	if _, known := currentContext(func(string) string { return "" }); known {
		t.Error("without a home the context is known")
	}
}

func TestFolderName(t *testing.T) {
	t.Parallel()
	for dir, want := range map[string]string{"/a/My Project.1": "myproject1", "/a/_x-y": "x-y", "/a/ÄB": "b"} {
		if got := folderName(dir); got != want {
			t.Errorf("%s: %q, want %q", dir, got, want)
		}
	}
}

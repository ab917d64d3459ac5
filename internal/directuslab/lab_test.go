package directuslab

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestDatabaseEnv(t *testing.T) {
	t.Parallel()
	env, err := databaseEnv("postgres://anna:s3cret@127.0.0.1:5433/shop")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"DB_CLIENT=pg", "DB_HOST=127.0.0.1", "DB_PORT=5433", "DB_USER=anna", "DB_PASSWORD=s3cret", "DB_DATABASE=shop"} {
		if !slices.Contains(env, want) {
			t.Errorf("%s is missing in %v", want, env)
		}
	}
	_, err = databaseEnv("postgres://anna:s3cret@host:notaport/shop")
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("a bad connection string: error %v", err)
	}
}

func TestReplace(t *testing.T) {
	t.Parallel()
	make := func(files ...string) (building, final string) {
		dir := t.TempDir()
		building, final = filepath.Join(dir, "b"), filepath.Join(dir, "f")
		for _, f := range append(files, "b/new", "b/.done") {
			path := filepath.Join(dir, f)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return building, final
	}
	exists := func(path string) bool { _, err := os.Stat(path); return err == nil }

	building, final := make()
	if err := replace(building, final); err != nil || !exists(final+"/new") {
		t.Errorf("into nothing: %v", err)
	}
	building, final = make("f/half")
	if err := replace(building, final); err != nil || !exists(final+"/new") || exists(final+"/half") {
		t.Errorf("over an unfinished install: %v", err)
	}
	building, final = make("f/.done", "f/whole")
	if err := replace(building, final); err != nil || !exists(final+"/whole") || exists(final+"/new") {
		t.Errorf("beside a finished install: %v", err)
	}
}

func TestLastBytes(t *testing.T) {
	t.Parallel()
	var w lastBytes
	for range 100 {
		if n, err := w.Write([]byte(strings.Repeat("x", 4096))); n != 4096 || err != nil {
			t.Fatal(n, err)
		}
	}
	_, _ = w.Write([]byte("the end"))
	if len(w.buf) > 1<<16+4096 || !strings.HasSuffix(tail(w.buf), "the end") {
		t.Errorf("%d bytes kept, ending in %q", len(w.buf), tail(w.buf[len(w.buf)-20:]))
	}
}

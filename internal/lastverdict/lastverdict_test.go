package lastverdict

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := Open(func(name string) string { return map[string]string{"XDG_STATE_HOME": dir}[name] })
	if _, ok := s.Load("db:5432/app"); ok {
		t.Error("an empty folder remembers something")
	}
	want := Record{Database: "db:5432/app", At: time.Date(2026, 11, 24, 14, 2, 0, 0, time.UTC), Target: "index", State: "refused", Unsaved: 2, Items: []string{"collection a"}, Live: Sum([]byte("x"))}
	s.Keep(want)
	got, ok := s.Load("db:5432/app")
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Error(ok, diff)
	}
	if _, ok := s.Load("db:5432/other"); ok {
		t.Error("another database has the same record")
	}
	want.Unsaved = 0
	s.Keep(want)
	if got, _ := s.Load("db:5432/app"); got.Unsaved != 0 {
		t.Error("the earlier record stands")
	}
	// The same a moment later need not be written, a minute later it is.
	for _, c := range []struct{ later, at time.Duration }{{59 * time.Second, 0}, {time.Minute, time.Minute}} {
		again := want
		again.At = want.At.Add(c.later)
		s.Keep(again)
		if got, _ := s.Load(want.Database); !got.At.Equal(want.At.Add(c.at)) {
			t.Errorf("%s later the record is of %s", c.later, got.At)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "schemaguard", "verdicts", "*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if err := os.WriteFile(files[0], []byte("junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Load("db:5432/app"); ok {
		t.Error("a damaged record counts")
	}
}

// Without any place to keep it nothing is remembered, and nothing fails.
func TestNowhere(t *testing.T) {
	t.Parallel()
	s := Open(func(name string) string { return map[string]string{"XDG_STATE_HOME": "/dev/null/x"}[name] })
	s.Keep(Record{Database: "x"})
	if _, ok := s.Load("x"); ok {
		t.Error("remembered nowhere")
	}
	Store{}.Keep(Record{Database: "x"})
}

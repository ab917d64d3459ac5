package prompt

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/schemaguard/schemaguard/internal/lastverdict"
)

func TestSegment(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 14, 2, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		record lastverdict.Record
		age    time.Duration
		o      Options
		want   string
	}{
		"clean":                  {lastverdict.Record{State: "clean", Standing: "clean"}, 0, Options{}, ""},
		"pending":                {lastverdict.Record{State: "clean", Standing: "pending"}, 0, Options{}, ""},
		"by a check alone":       {lastverdict.Record{State: "drift", Unsaved: 2}, 0, Options{}, "sg:2 unsaved"},
		"a check that refused":   {lastverdict.Record{State: "refused"}, 0, Options{}, "sg:refused"},
		"clean by a check alone": {lastverdict.Record{State: "clean"}, 0, Options{}, ""},
		"unsaved":                {lastverdict.Record{Standing: "unsaved", Unsaved: 3}, time.Minute, Options{}, "sg:3 unsaved"},
		"long ago":               {lastverdict.Record{Standing: "unsaved", Unsaved: 3}, time.Hour, Options{}, "sg:3 unsaved?"},
		"on its way":             {lastverdict.Record{Standing: "not staged"}, 0, Options{}, "sg:not staged"},
		"not checked":            {lastverdict.Record{Standing: "not checked", State: "not-run"}, 0, Options{}, "sg:not checked"},
		"a format":               {lastverdict.Record{Standing: "conflict", Unsaved: 1}, 90 * time.Second, Options{Format: "[{unsaved} {age}]"}, "[1 1m]"},
		"in bash":                {lastverdict.Record{Standing: "unsaved", Unsaved: 1}, 0, Options{Format: "$(x) {state}", Shell: "bash"}, "\x01\x1b[31m\x02$(x) 1 unsaved\x01\x1b[0m\x02"},
		"in zsh":                 {lastverdict.Record{Standing: "ahead"}, 0, Options{Format: "{state} %n", Shell: "zsh"}, "%{\x1b[33m%}ahead %%n%{\x1b[0m%}"},
		"words of nobody":        {lastverdict.Record{Standing: "$(rm -rf /)"}, 0, Options{}, ""},
	} {
		state, top := t.TempDir(), t.TempDir()
		sub := filepath.Join(top, "a", "b")
		if err := os.MkdirAll(sub, 0o755); err != nil {
			t.Fatal(err)
		}
		env := func(name string) string { return map[string]string{"XDG_STATE_HOME": state}[name] }
		r := tt.record
		r.Database, r.At = lastverdict.Project(resolved(t, top)), now.Add(-tt.age)
		lastverdict.Open(env).Keep(r)
		if got := Segment(env, sub, now, tt.o); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		if got := Segment(env, t.TempDir(), now, tt.o); got != "" {
			t.Errorf("%s: elsewhere it is %q", name, got)
		}
	}
}

// resolved is a folder without symbolic links.
func resolved(t *testing.T, dir string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// A damaged state file, a folder that is gone, and a project within another.
func TestWhereThereIsNothing(t *testing.T) {
	t.Parallel()
	state, top := t.TempDir(), resolved(t, t.TempDir())
	env := func(name string) string { return map[string]string{"XDG_STATE_HOME": state}[name] }
	inner := filepath.Join(top, "cms")
	if err := os.MkdirAll(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	lastverdict.Open(env).Keep(lastverdict.Record{Database: lastverdict.Project(top), Standing: "unsaved", Unsaved: 1, At: time.Now()})
	lastverdict.Open(env).Keep(lastverdict.Record{Database: lastverdict.Project(inner), Standing: "unsaved", Unsaved: 2, At: time.Now()})
	for dir, want := range map[string]string{top: "sg:1 unsaved", inner: "sg:2 unsaved", filepath.Join(top, "gone"): ""} {
		if got := Segment(env, dir, time.Now(), Options{}); got != want {
			t.Errorf("%s: %q, want %q", dir, got, want)
		}
	}
	files, err := filepath.Glob(filepath.Join(state, "schemaguard", "verdicts", "*"))
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if err := os.WriteFile(file, []byte(strings.Repeat("x", 100)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := Segment(env, inner, time.Now(), Options{}); got != "" {
		t.Errorf("a damaged record: %q", got)
	}
}

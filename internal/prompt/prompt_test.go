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
		"clean by a check alone": {lastverdict.Record{State: "clean"}, 0, Options{}, ""},
		"unsaved":                {lastverdict.Record{Standing: "unsaved", Unsaved: 3}, time.Minute, Options{}, "sg:3 unsaved"},
		"long ago":               {lastverdict.Record{Standing: "unsaved", Unsaved: 3}, time.Hour, Options{}, "sg:3 unsaved?"},
		"on its way":             {lastverdict.Record{Standing: "not staged"}, 0, Options{}, "sg:not staged"},
		"not checked":            {lastverdict.Record{Standing: "not checked", State: "not-run"}, 0, Options{}, "sg:not checked"},
		"a format":               {lastverdict.Record{Standing: "conflict", Unsaved: 1}, 90 * time.Second, Options{Format: "[{unsaved} {age}]"}, "[1 1m]"},
		"in bash":                {lastverdict.Record{Standing: "unsaved", Unsaved: 1}, 0, Options{Format: "$(x) {state}", Shell: "bash"}, "\\[\x1b[31m\\]\\$(x) 1 unsaved\\[\x1b[0m\\]"},
		"in zsh":                 {lastverdict.Record{Standing: "ahead"}, 0, Options{Format: "{state} %n", Shell: "zsh"}, "%{\x1b[33m%}ahead %%n%{\x1b[0m%}"},
		"words of nobody":        {lastverdict.Record{Standing: "$(rm -rf /)"}, 0, Options{}, ""},
	} {
		state, top := t.TempDir(), t.TempDir()
		sub := filepath.Join(top, "a", "b")
		if err := os.MkdirAll(filepath.Join(top, ".git"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(sub, 0o755); err != nil {
			t.Fatal(err)
		}
		env := func(name string) string { return map[string]string{"XDG_STATE_HOME": state}[name] }
		root := worktree(sub)
		r := tt.record
		r.Database, r.At = lastverdict.Worktree(root), now.Add(-tt.age)
		lastverdict.Open(env).Keep(r)
		if got := Segment(env, sub, now, tt.o); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		if got := Segment(env, t.TempDir(), now, tt.o); got != "" {
			t.Errorf("%s: elsewhere it is %q", name, got)
		}
	}
}

// A damaged state file, a folder that is gone and a linked working tree.
func TestWhereThereIsNothing(t *testing.T) {
	t.Parallel()
	state, top := t.TempDir(), t.TempDir()
	env := func(name string) string { return map[string]string{"XDG_STATE_HOME": state}[name] }
	if err := os.WriteFile(filepath.Join(top, ".git"), []byte("gitdir: /elsewhere\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	lastverdict.Open(env).Keep(lastverdict.Record{Database: lastverdict.Worktree(worktree(top)), Standing: "unsaved", Unsaved: 1, At: time.Now()})
	if got := Segment(env, top, time.Now(), Options{}); got != "sg:1 unsaved" {
		t.Errorf("a linked working tree: %q", got)
	}
	files, err := filepath.Glob(filepath.Join(state, "schemaguard", "verdicts", "*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if err := os.WriteFile(files[0], []byte(strings.Repeat("x", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := Segment(env, top, time.Now(), Options{}); got != "" {
		t.Errorf("a damaged record: %q", got)
	}
	if got := Segment(env, filepath.Join(top, "gone"), time.Now(), Options{}); got != "" {
		t.Errorf("a folder that is gone: %q", got)
	}
}

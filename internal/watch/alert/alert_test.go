package alert

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/watch"
)

// screen is a terminal that remembers what it was sent.
type screen struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func event(s watch.Standing, text string) watch.Event {
	return watch.Event{Kind: watch.StateChanged, Text: text, State: watch.State{Standing: s, Project: "shop", Database: "u@h/d", Counts: policy.Counts{Unsaved: 2}}}
}

// start runs an alert until the test ends.
func start(t *testing.T, o Options) *Alert {
	t.Helper()
	if o.Said == nil {
		o.Said = func(text string) { t.Errorf("said %q", text) }
	}
	a := New(o)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); a.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return a
}

// until waits for something to become true.
func until(t *testing.T, what string, true func() bool) {
	t.Helper()
	for range 1000 {
		if true() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}

// tell tells, and waits until it was taken.
func tell(t *testing.T, a *Alert, e watch.Event) {
	t.Helper()
	a.Tell(e)
	until(t, "the event is taken", func() bool { return len(a.events) == 0 })
}

// The bell rings for a change of the state, and for nothing else.
func TestBell(t *testing.T) {
	t.Parallel()
	s := &screen{}
	a := start(t, Options{Bell: true, Screen: s})
	tell(t, a, event(watch.Clean, "what was there"))
	tell(t, a, event(watch.Unsaved, "a"))
	tell(t, a, event(watch.Unsaved, "b"))
	tell(t, a, event(watch.Clean, "c"))
	until(t, "two bells", func() bool { return s.String() == "\a\a" })
}

// A command hears what happened, one at a time; of what comes meanwhile the newest.
func TestExec(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	out := &screen{}
	a := start(t, Options{
		Environ: []string{"PATH=" + os.Getenv("PATH"), "LOG=" + log},
		Exec:    `cat > "$LOG.json"; echo "$SCHEMAGUARD_PREVIOUS_STATE>$SCHEMAGUARD_STATE $SCHEMAGUARD_UNSAVED $SCHEMAGUARD_PROJECT $SCHEMAGUARD_DATABASE $SCHEMAGUARD_SUMMARY" >> "$LOG"; echo done`,
		Output:  out,
	})
	tell(t, a, event(watch.Clean, "x"))
	tell(t, a, event(watch.Unsaved, "field `id`; $(touch pwned) \x1b[2J"))
	until(t, "the command is done", func() bool { return strings.Contains(out.String(), "done") })
	data, err := os.ReadFile(log)
	if want := "clean>unsaved 2 shop u@h/d field `id`; $(touch pwned)"; err != nil || !strings.HasPrefix(string(data), want) {
		t.Errorf("%q, %v, want %q", data, err, want)
	}
	var e struct {
		SchemaVersion int    `json:"schema_version"`
		Event         string `json:"event"`
	}
	if data, err := os.ReadFile(log + ".json"); err != nil || json.Unmarshal(data, &e) != nil || e.SchemaVersion != 1 || e.Event != "state" {
		t.Errorf("%q, %v", data, err)
	}
}

// A command may leave something running, which is no failure.
func TestExecLeavesSomethingRunning(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "log")
	a := start(t, Options{Environ: append(os.Environ(), "LOG="+log), Exec: `sleep 5 & echo x >> "$LOG"`, Output: &screen{}})
	tell(t, a, event(watch.Clean, "x"))
	tell(t, a, event(watch.Unsaved, "y"))
	tell(t, a, event(watch.Clean, "z"))
	until(t, "it ran twice", func() bool { data, _ := os.ReadFile(log); return string(data) == "x\nx\n" })
}

// A command that fails is told, and the next one runs.
func TestExecFails(t *testing.T) {
	t.Parallel()
	said := &screen{}
	a := start(t, Options{Environ: os.Environ(), Exec: "exit 3", Output: &screen{}, Said: func(text string) { _, _ = said.Write([]byte(text)) }})
	tell(t, a, event(watch.Clean, "x"))
	tell(t, a, event(watch.Unsaved, "y"))
	until(t, "it is told", func() bool { return strings.Contains(said.String(), "--exec: exit status 3") })
}

// Ending ends the command with all that it started.
func TestExecEnds(t *testing.T) {
	t.Parallel()
	started := filepath.Join(t.TempDir(), "started")
	a := New(Options{Environ: append(os.Environ(), "STARTED="+started), Exec: `sleep 600 & echo > "$STARTED"; wait`, Output: &screen{}, Said: func(string) {}})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); a.Run(ctx) }()
	a.Tell(event(watch.Clean, "x"))
	until(t, "the first is taken", func() bool { return len(a.events) == 0 })
	a.Tell(event(watch.Unsaved, "y"))
	until(t, "the command runs", func() bool { _, err := os.Stat(started); return err == nil })
	cancel()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Error("the command holds the watcher up")
	}
}

// What a name says gets nowhere but into the text of a notification.
func TestNotifyIsClean(t *testing.T) {
	t.Parallel()
	s := &screen{}
	a := start(t, Options{Notify: true, Screen: s, Environ: []string{"TERM=foot"}})
	tell(t, a, event(watch.Clean, "x"))
	tell(t, a, event(watch.Unsaved, "a\x1b]0;owned\a;b\x9c"))
	until(t, "a notification", func() bool { return s.String() != "" })
	got := s.String()
	if want := "\x1b]777;notify;schemaguard: shop;"; !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "\a") {
		t.Fatalf("%q", got)
	}
	inside := got[len("\x1b]777;notify;schemaguard: shop;") : len(got)-1]
	if strings.ContainsAny(inside, "\x1b\a;") || strings.Contains(inside, "\x9c") {
		t.Errorf("%q", inside)
	}
}

func TestSequence(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"TERM": "xterm-256color"}, ""},
		{map[string]string{"TERM_PROGRAM": "WezTerm"}, "\x1b]9;t: x\a"},
		{map[string]string{"TERM": "xterm-256color", "VTE_VERSION": "7200"}, ""},
		{map[string]string{"TERM": "foot"}, "\x1b]777;notify;t;x\a"},
		{map[string]string{"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "WEZTERM_PANE": "0", "TMUX": "x"}, "\x1bPtmux;\x1b\x1b]9;t: x\a\x1b\\"},
		{map[string]string{"TERM": "tmux-256color", "LC_TERMINAL": "iTerm2", "TMUX": "/tmp/x"}, "\x1bPtmux;\x1b\x1b]9;t: x\a\x1b\\"},
	} {
		if got := Sequence(func(n string) string { return tt.env[n] }, "t", "x"); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.env, got, tt.want)
		}
	}
}

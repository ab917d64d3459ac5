package screen

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/watch"
	"github.com/schemaguard/schemaguard/test/screen/sample"
)

var update = flag.Bool("update", false, "write the golden files in testdata")

func TestMain(m *testing.M) {
	time.Local = time.UTC // times of day are shown in local time
	flag.Parse()
	os.Exit(m.Run())
}

// fake are actions that answer at once.
type fake struct {
	saved, rechecked int
	staged           bool
	err              error
	diff             string
	panics           bool
}

func (f *fake) Recheck() { f.rechecked++ }

func (f *fake) Save(_ context.Context, stage bool) (string, error) {
	if f.panics {
		panic("saving broke")
	}
	f.saved, f.staged = f.saved+1, stage
	return "wrote snapshots/schema.yaml: 128 items\x1b[2J", f.err
}

func (f *fake) Diff(context.Context) (string, error) { return f.diff, f.err }

type hinted struct{ error }

func (hinted) Hint() string { return "rm .git/index.lock" }

// user is somebody before a screen.
type user struct {
	t       *testing.T
	m       *model
	now     time.Time
	pending []tea.Cmd
}

// open shows the model on a terminal of a size. Environment: UTF-8, no colour.
func open(t *testing.T, width, height int, actions Actions, environ ...string) *user {
	t.Helper()
	u := &user{t: t, now: sample.Now()}
	u.m = newModel(t.Context(), &Options{
		Environ: append([]string{"LANG=C.UTF-8", "TERM=xterm-256color", "NO_COLOR=1"}, environ...), Colour: terminal.ColourAuto,
		Actions: actions, Now: func() time.Time { return u.now },
	})
	u.send(tea.WindowSizeMsg{Width: width, Height: height})
	return u
}

// send hands a message to the model; what it wants done waits for act.
func (u *user) send(msg tea.Msg) {
	u.t.Helper()
	_, cmd := u.m.Update(msg)
	u.pending = append(u.pending, cmd)
	u.check()
}

// act does what was asked for, but for the waits of the clock.
func (u *user) act() {
	u.t.Helper()
	pending := u.pending
	u.pending = nil
	for _, cmd := range pending {
		for _, msg := range results(cmd) {
			u.send(msg)
		}
	}
}

// results runs a command, unless it only waits.
func results(cmd tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	done := make(chan tea.Msg, 1)
	go func() { done <- cmd() }()
	select {
	case msg := <-done:
		batch, ok := msg.(tea.BatchMsg)
		if !ok {
			return []tea.Msg{msg}
		}
		var all []tea.Msg
		for _, c := range batch {
			all = append(all, results(c)...)
		}
		return all
	case <-time.After(time.Second):
		return nil // of the clock
	}
}

// press presses keys: a name such as "enter", or characters.
func (u *user) press(keys ...string) {
	u.t.Helper()
	names := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "up": tea.KeyUp, "down": tea.KeyDown, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
		"home": tea.KeyHome, "end": tea.KeyEnd, "backspace": tea.KeyBackspace, "space": tea.KeySpace,
	}
	for _, key := range keys {
		if after, ok := strings.CutPrefix(key, "ctrl+"); ok {
			u.send(tea.KeyPressMsg{Code: rune(after[0]), Mod: tea.ModCtrl})
		} else if code, ok := names[key]; ok {
			u.send(tea.KeyPressMsg{Code: code})
		} else {
			for _, r := range key {
				u.send(tea.KeyPressMsg{Code: r, Text: string(r)})
			}
		}
	}
}

func (u *user) tell(state watch.State) {
	u.t.Helper()
	u.send(eventMsg{At: u.now, Kind: watch.StateChanged, Text: string(state.Standing) + ": " + state.Summary, State: state})
}

// check sees that the frame has the size of the terminal, and that nothing in it
// but colours does anything to the terminal.
func (u *user) check() {
	u.t.Helper()
	m := u.m
	if m.Width <= 0 || m.Height <= 0 {
		return
	}
	lines := m.Lines()
	if len(lines) != m.Height {
		u.t.Fatalf("%dx%d: %d lines", m.Width, m.Height, len(lines))
	}
	for i, line := range lines {
		plain := sgr.ReplaceAllString(line, "")
		if !terminal.IsClean(plain) {
			u.t.Fatalf("line %d does something to the terminal: %q", i, line)
		}
		for name, width := range map[string]int{"that knows clusters": ansi.StringWidth(plain), "that does not": ansi.StringWidthWc(plain)} {
			if width > m.Width {
				u.t.Fatalf("%dx%d: line %d takes %d columns of a terminal %s: %q", m.Width, m.Height, i, width, name, plain)
			}
		}
	}
}

var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

func (u *user) frame() string { return strings.Join(u.m.Lines(), "\n") + "\n" }

// golden compares the frame with a file.
func (u *user) golden(name string) {
	u.t.Helper()
	var lines []string
	for _, line := range u.m.Lines() {
		lines = append(lines, strings.TrimRight(strings.ReplaceAll(line, "\x1b", "␛"), " "))
	}
	got := strings.Join(lines, "\n") + "\n"
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			u.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		u.t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		u.t.Errorf("%s (-), drawn (+); -update writes it:\n%s", file, diff)
	}
}

// TestFrames compares what is drawn with golden files.
func TestFrames(t *testing.T) {
	t.Parallel()
	diff := strings.Repeat("collection stops\n+ field stops.id\n- field stops.name\tand a very long line of text that has to be wrapped since it is longer than the terminal is wide\n", 12)
	for _, c := range []struct {
		name   string
		state  *watch.State
		w, h   int
		keys   []string
		env    []string
		colour bool
		more   func(*user)
	}{
		{name: "waiting-80x24", w: 80, h: 24},
		{name: "clean-80x24", state: new(sample.Clean()), w: 80, h: 24},
		{name: "unsaved-80x24", state: new(sample.Unsaved()), w: 80, h: 24},
		{name: "unsaved-160x50", state: new(sample.Unsaved()), w: 160, h: 50, keys: []string{"down"}},
		{name: "unsaved-100x30", state: new(sample.Unsaved()), w: 100, h: 30},
		{name: "unsaved-60x16", state: new(sample.Unsaved()), w: 60, h: 16},
		{name: "unsaved-40x20", state: new(sample.Unsaved()), w: 40, h: 20},
		{name: "unsaved-24x8", state: new(sample.Unsaved()), w: 24, h: 8},
		{name: "small-23x8", state: new(sample.Unsaved()), w: 23, h: 8},
		{name: "small-10x3", state: new(sample.Unsaved()), w: 10, h: 3},
		{name: "image-100x30", state: new(sample.NotInImage()), w: 100, h: 30},
		{name: "failing-80x24", state: new(sample.Failing()), w: 80, h: 24},
		{name: "failing-160x50", state: new(sample.Failing()), w: 160, h: 50},
		{name: "hostile-80x24", state: new(sample.Hostile()), w: 80, h: 24},
		{name: "hostile-ascii-80x24", state: new(sample.Hostile()), w: 80, h: 24, env: []string{"LC_ALL=C"}},
		{name: "hostile-detail-80x24", state: new(sample.Hostile()), w: 80, h: 24, keys: []string{"j", "enter", "pgdown"}},
		{name: "many-80x24", state: new(sample.Many(5000)), w: 80, h: 24, keys: []string{"pgdown", "pgdown"}},
		{name: "many-end-80x24", state: new(sample.Many(5000)), w: 80, h: 24, keys: []string{"end"}},
		{name: "ascii-80x24", state: new(sample.NotInImage()), w: 80, h: 24, env: []string{"LC_ALL=POSIX"}},
		{name: "filter-80x24", state: new(sample.Many(5000)), w: 80, h: 24, keys: []string{"/", "table_04 column_7"}},
		{name: "filtered-80x24", state: new(sample.Unsaved()), w: 80, h: 24, keys: []string{"/", "STOPS.route", "enter"}},
		{name: "filter-none-80x24", state: new(sample.Unsaved()), w: 80, h: 24, keys: []string{"/", "nothing"}},
		{name: "help-80x24", state: new(sample.Unsaved()), w: 80, h: 24, keys: []string{"?"}},
		{name: "detail-80x24", state: new(sample.Unsaved()), w: 80, h: 24, keys: []string{"down", "enter"}},
		{name: "detail-scrolled-80x24", state: new(sample.Unsaved()), w: 80, h: 24, keys: []string{"down", "enter", "end"}},
		{name: "detail-120x30", state: new(sample.Unsaved()), w: 120, h: 30, keys: []string{"down", "enter", "down", "down"}},
		{name: "log-80x24", state: new(sample.Unsaved()), w: 80, h: 24, keys: []string{"r", "r", "r", "l"}},
		{name: "saving-80x24", state: new(sample.Unsaved()), w: 80, h: 24, keys: []string{"a"}},
		{name: "saved-80x24", state: new(sample.Unsaved()), w: 80, h: 24, keys: []string{"s"}, more: (*user).act},
		{name: "diff-80x24", state: new(sample.Unsaved()), w: 80, h: 24, keys: []string{"d"}, more: func(u *user) { u.act(); u.press("pgdown") }},
		{name: "colour-80x24", state: new(sample.Unsaved()), w: 80, h: 24, colour: true},
		{name: "colour-light-80x24", state: new(sample.Unsaved()), w: 80, h: 24, colour: true, more: func(u *user) { u.send(tea.BackgroundColorMsg{Color: color.White}) }},
		{name: "colour-failing-80x24", state: new(sample.Failing()), w: 80, h: 24, colour: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			env := c.env
			if c.colour {
				env = append(env, "NO_COLOR=")
			}
			u := open(t, c.w, c.h, &fake{diff: diff}, env...)
			if c.state != nil {
				u.tell(*c.state)
			}
			u.press(c.keys...)
			if c.more != nil {
				c.more(u)
			}
			u.golden(c.name)
		})
	}
}

// TestStandings draws every standing: no two may look the same without colour.
func TestStandings(t *testing.T) {
	t.Parallel()
	all := []watch.Standing{
		watch.NotChecked, watch.Invalid, watch.Conflict, watch.Unsaved, watch.Ahead, watch.NotStaged, watch.NotInCommit, watch.NotInImage, watch.Pending, watch.Clean,
	}
	seen := map[string]watch.Standing{}
	for _, s := range all {
		u := open(t, 80, 24, nil)
		state := sample.Clean()
		state.Standing = s
		u.tell(state)
		first := u.m.Lines()[0]
		if other, ok := seen[first]; ok {
			t.Errorf("%q looks like %q", s, other)
		}
		seen[first] = s
		if !strings.Contains(first, " "+string(s)+"\x1b[m ") {
			t.Errorf("%q is not in the first line: %q", s, first)
		}
	}
}

// TestNoColour sees that NO_COLOR, --color=never and a terminal in colour differ
// in nothing but colours.
func TestNoColour(t *testing.T) {
	t.Parallel()
	colours := regexp.MustCompile("\x1b\\[[0-9;]*(3[0-8]|4[0-8]|9[0-7])[0-9;]*m")
	text := map[string]string{}
	for _, env := range []string{"NO_COLOR=1", "NO_COLOR="} {
		u := open(t, 160, 50, nil, env)
		u.tell(sample.Unsaved())
		if got := colours.MatchString(u.frame()); got != (env == "NO_COLOR=") {
			t.Errorf("%s: coloured is %v", env, got)
		}
		text[env] = sgr.ReplaceAllString(u.frame(), "")
	}
	if diff := cmp.Diff(text["NO_COLOR="], text["NO_COLOR=1"]); diff != "" {
		t.Error(diff)
	}
}

var errLocked = hinted{errors.New("staging: the index is locked")}

func ExamplePanic() {
	fmt.Println((&Panic{Value: "no\x1b[31m red"}).Error())
	// Output: a bug in schemaguard: no\x1b[31m red
}

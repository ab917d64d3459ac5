package screen

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/schemaguard/schemaguard/internal/watch"
	"github.com/schemaguard/schemaguard/internal/watch/screen/frame"
	"github.com/schemaguard/schemaguard/test/screen/sample"
)

// selected returns the name of the selected row.
func (u *user) selected() string {
	if u.m.Cursor < 0 {
		return ""
	}
	return u.m.Rows.All[u.m.Cursor].Name
}

func (u *user) wants(what string) {
	u.t.Helper()
	if got := u.selected(); got != what {
		u.t.Errorf("%q is selected, want %q", got, what)
	}
}

func TestKeysSelect(t *testing.T) {
	t.Parallel()
	u := open(t, 80, 24, nil)
	u.press("down", "enter", "up") // there is nothing yet
	u.wants("")
	u.tell(sample.Unsaved())
	u.wants("collection stops")
	for _, step := range []struct{ key, want string }{
		{"j", "field orders.code"}, {"down", "relation orders.courier"}, {"k", "field orders.code"}, {"up", "collection stops"}, {"up", "collection stops"},
		{"end", "field couriers.phone"}, {"j", "field couriers.phone"}, {"home", "collection stops"}, {"G", "field couriers.phone"},
		{"pgup", "collection stops"}, {"pgdown", "field couriers.phone"}, {"g", "collection stops"},
	} {
		u.press(step.key)
		u.wants(step.want)
	}
	u.tell(sample.Many(5000))
	u.press("end")
	u.wants("field table_499.column_9")
	u.press("pgup")
	u.wants("field table_498.column_8")
	if u.m.Top > u.m.Cursor || u.m.Cursor >= u.m.Top+u.m.Layout().BodyRows {
		t.Errorf("the selected row %d is not among those from %d on", u.m.Cursor, u.m.Top)
	}
}

// TestSelectionStays sees that what is selected stays so when other items come and go.
func TestSelectionStays(t *testing.T) {
	t.Parallel()
	u := open(t, 80, 24, nil)
	u.tell(sample.Unsaved())
	u.press("down", "down")
	u.wants("relation orders.courier")
	more := sample.Unsaved()
	more.Items = append(sample.Many(50).Items, more.Items...)
	u.tell(more)
	u.wants("relation orders.courier")
	u.tell(sample.Clean())
	u.wants("")
	u.tell(sample.Unsaved())
	u.wants("relation orders.courier")
}

func TestFilter(t *testing.T) {
	t.Parallel()
	u := open(t, 80, 24, nil)
	u.tell(sample.Unsaved())
	u.press("/", "Orders q")
	if u.m.Rows.Matching != 0 {
		t.Errorf("%d items have %q", u.m.Rows.Matching, u.m.Filter)
	}
	u.press("backspace")
	if u.m.Rows.Matching != 2 || u.m.Filter != "Orders " {
		t.Errorf("%d items have %q", u.m.Rows.Matching, u.m.Filter)
	}
	u.wants("field orders.code")
	u.press("down")
	u.wants("relation orders.courier")
	u.press("enter", "q") // the second is a command again
	if u.pending[len(u.pending)-1] == nil {
		t.Error("q does not quit after enter")
	}
	u.press("esc")
	if u.m.Filter != "" || u.m.Rows.Matching != 4 {
		t.Errorf("after esc %d items have %q", u.m.Rows.Matching, u.m.Filter)
	}
	u.wants("relation orders.courier")
	u.press("/", "anna unsaved")
	if u.m.Rows.Matching != 2 {
		t.Errorf("%d items have %q", u.m.Rows.Matching, u.m.Filter)
	}
	u.press("ctrl+w")
	if u.m.Filter != "anna " {
		t.Errorf("ctrl-w leaves %q", u.m.Filter)
	}
	u.press("ctrl+u")
	u.send(tea.PasteMsg{Content: "stops\x1b[2J\nid"})
	if u.m.Filter != "stops[2Jid" {
		t.Errorf("pasted %q", u.m.Filter)
	}
	u.send(tea.PasteMsg{Content: strings.Repeat("x", 10_000)})
	if len(u.m.Filter) > maxFilter {
		t.Errorf("a filter of %d bytes", len(u.m.Filter))
	}
}

func TestMouse(t *testing.T) {
	t.Parallel()
	u := open(t, 160, 50, nil)
	u.tell(sample.Many(5000))
	u.send(tea.MouseWheelMsg{X: 3, Y: 10, Button: tea.MouseWheelDown})
	u.wants("field table_000.column_3")
	u.send(tea.MouseWheelMsg{X: 3, Y: 10, Button: tea.MouseWheelUp})
	u.wants("field table_000.column_0")
	u.send(tea.MouseClickMsg{X: 3, Y: u.m.Layout().Body + 8, Button: tea.MouseLeft})
	u.wants("field table_000.column_7")
	u.send(tea.MouseClickMsg{X: 3, Y: u.m.Layout().Body, Button: tea.MouseLeft}) // the heading
	u.wants("field table_000.column_7")
	u.send(tea.MouseClickMsg{X: 3, Y: 49, Button: tea.MouseLeft})
	u.wants("field table_000.column_7")
	u.send(tea.MouseWheelMsg{X: 120, Y: 10, Button: tea.MouseWheelDown}) // over the detail
	if u.m.Pane != frame.Detail {
		t.Error("the wheel over the detail does not go there")
	}
}

func TestActions(t *testing.T) {
	t.Parallel()
	f := &fake{diff: "+ a\n- b\n"}
	u := open(t, 80, 24, f)
	u.tell(sample.Unsaved())
	u.press("s", "s") // the second comes while the first runs
	u.act()
	if f.saved != 1 || f.staged {
		t.Errorf("after s: %+v", f)
	}
	if !strings.Contains(u.frame(), `wrote snapshots/schema.yaml: 128 items\x1b[2J`) || strings.Contains(u.frame(), "please wait") {
		t.Errorf("it is not said what was written:\n%s", u.frame())
	}
	u.press("a")
	u.act()
	if f.saved != 2 || !f.staged {
		t.Errorf("after a: %+v", f)
	}
	u.press("r")
	if f.rechecked != 1 {
		t.Error("r does not look again")
	}
	u.press("d")
	u.act()
	if u.m.Pane != frame.Diff || !strings.Contains(u.frame(), "+ a") {
		t.Errorf("no diff:\n%s", u.frame())
	}
	u.press("d")
	if u.m.Pane != frame.List {
		t.Error("d does not close the diff")
	}
	f.err = errLocked
	u.press("a", "d")
	u.act()
	for _, want := range []string{"error: staging: the index is locked", "hint: ", "rm .git/index.lock"} {
		if strings.Count(u.frame(), want) < 1 {
			t.Errorf("%q is missing:\n%s", want, u.frame())
		}
	}
}

func TestPanicOfAnAction(t *testing.T) {
	t.Parallel()
	u := open(t, 80, 24, &fake{panics: true})
	u.press("s")
	u.act()
	if u.m.panicked == nil || len(u.m.panicked.Stack) == 0 || u.m.panicked.Error() != "a bug in schemaguard: saving broke" {
		t.Errorf("the panic is %v", u.m.panicked)
	}
	u.m.awaitActions(time.Minute) // nothing runs any more
}

// TestClock sees that the screen is drawn anew when an age on it grows, and not
// before.
func TestClock(t *testing.T) {
	t.Parallel()
	u := open(t, 80, 24, nil)
	u.tell(sample.Unsaved())
	for u.now.Hour() < 22 { // at midnight the log gets dates
		before, wait := u.frame(), u.m.NextChange()
		if wait <= 0 {
			t.Fatal("nothing ever grows older")
		}
		u.now = u.now.Add(wait - time.Millisecond)
		u.m.Now = u.now
		if u.frame() != before {
			t.Fatalf("something changed before %v had passed:\n%s\n%s", wait, before, u.frame())
		}
		u.now = u.now.Add(time.Millisecond)
		u.send(tickMsg(u.m.clock))
		if u.frame() == before {
			t.Fatalf("nothing changed after %v:\n%s", wait, before)
		}
	}
	clock := u.m.clock
	for range 100 { // keys do not start clocks of their own
		u.press("j")
	}
	if u.m.clock != clock {
		t.Errorf("%d clocks for 100 keys", u.m.clock-clock)
	}
	if open(t, 80, 24, nil).m.NextChange() != 0 {
		t.Error("a clock without anything that grows older")
	}
}

// TestEveryFrameFits shows random states on terminals of random sizes to somebody
// who presses random keys; every frame is checked.
func TestEveryFrameFits(t *testing.T) {
	t.Parallel()
	states := []func() watch.State{
		sample.Clean, sample.Unsaved, sample.NotInImage, sample.Hostile, sample.Failing, func() watch.State { return sample.Many(300) }, hostileEverywhere,
		func() watch.State { return watch.State{} },
	}
	keys := strings.Fields("up down pgup pgdown home end enter esc backspace j k s a d r l ? / x 注 g G ctrl+u ctrl+d space enter esc")
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 5))
		env := []string{"LANG=C"}[:r.IntN(2)]
		u := open(t, 80, 24, &fake{diff: strings.Repeat(strings.Join(sample.Names(), " "), 3)}, env...)
		for range 60 {
			switch r.IntN(8) {
			case 0:
				u.send(tea.WindowSizeMsg{Width: r.IntN(190), Height: r.IntN(60)})
			case 1:
				state := states[r.IntN(len(states))]()
				for r.IntN(3) == 0 && len(state.Places) > 0 {
					state.Places = append(state.Places, state.Places[r.IntN(len(state.Places))])
				}
				u.tell(state)
			case 2:
				u.act2(r)
			case 3:
				u.send(tea.MouseWheelMsg{X: r.IntN(200), Y: r.IntN(60), Button: tea.MouseWheelUp + tea.MouseButton(r.IntN(2))})
				u.send(tea.MouseClickMsg{X: r.IntN(200), Y: r.IntN(60), Button: tea.MouseLeft})
			default:
				u.press(keys[r.IntN(len(keys))])
			}
			u.now = u.now.Add(time.Duration(r.IntN(50_000)) * time.Millisecond)
		}
	}
}

// act2 lets an action end, without waiting for clocks.
func (u *user) act2(r *rand.Rand) {
	if r.IntN(2) == 0 {
		u.send(savedMsg{text: sample.Names()[r.IntN(len(sample.Names()))]})
		return
	}
	u.send(diffMsg{text: strings.Join(sample.Names(), "\n"), err: []error{nil, errLocked}[r.IntN(2)]})
}

// hostileEverywhere is a state all of whose texts try to break the screen.
func hostileEverywhere() watch.State {
	s := sample.Hostile()
	all := strings.Join(sample.Names(), "")
	s.Summary, s.Directus, s.Seeing, s.Notes = all, all, all, []string{all, all}
	for i := range s.Places {
		s.Places[i].Name, s.Places[i].Against, s.Places[i].Stale = all[i:], all[i+1:], all
	}
	s.Findings = sample.Unsaved().Findings
	for i := range s.Findings {
		f := &s.Findings[i]
		f.Item, f.Message, f.Harm, f.Fix, f.File = "", all, all, all, all
	}
	for i := range s.Items {
		c := &s.Items[i]
		c.Boot, c.Branch, c.Author = all, all, all
		c.Loss = sample.Unsaved().Items[0].Loss
	}
	return s
}

// BenchmarkFrame draws the busiest of screens.
func BenchmarkFrame(b *testing.B) {
	for _, size := range [][2]int{{80, 24}, {160, 50}} {
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			m := newModel(b.Context(), &Options{Environ: []string{"LANG=C.UTF-8", "TERM=xterm"}, Now: sample.Now})
			m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			m.Update(eventMsg{State: sample.Many(5000)})
			for b.Loop() {
				m.Lines()
			}
		})
	}
}

package screen

import (
	"context"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/schemaguard/schemaguard/internal/environ"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/watch"
	"github.com/schemaguard/schemaguard/internal/watch/screen/cell"
	"github.com/schemaguard/schemaguard/internal/watch/screen/frame"
	"github.com/schemaguard/schemaguard/internal/watch/screen/look"
)

// maxLog is how many events are remembered: more than any screen has lines.
const maxLog = 200

// The messages of the model, beside those of bubbletea.
type (
	eventMsg watch.Event
	// tickMsg says that something on the screen has become older; one of an
	// earlier clock than the running one is stale.
	tickMsg  int
	savedMsg struct {
		text string
		err  error
	}
	diffMsg struct {
		text string
		err  error
	}
)

// model is what bubbletea runs. It is used through a pointer: there is one.
type model struct {
	frame.Screen
	ctx     context.Context // of the actions
	actions Actions
	now     func() time.Time
	colour  bool
	look    look.Options
	clock   int       // the number of the tick that is awaited
	due     time.Time // when it comes; zero where none is awaited
	chosen  string    // the ID of the selected row
	busy    map[string]string
	running sync.WaitGroup
	dirty   bool // what was drawn is not current any more

	panicked *Panic // of an action
}

func newModel(ctx context.Context, o *Options) *model {
	env := environ.In(o.Environ)
	m := &model{ctx: ctx, actions: o.Actions, now: o.Now, busy: map[string]string{}, dirty: true}
	m.colour = terminal.Colour(o.Colour, env, true)
	m.look = look.Options{Colour: m.colour, Sixteen: colorprofile.Env(o.Environ) < colorprofile.ANSI256, ASCII: !utf8Locale(env)}
	m.Look = look.New(m.look)
	m.Cursor = -1
	m.Now = o.Now()
	m.sort()
	return m
}

// Init does nothing: the first event comes by itself.
func (m *model) Init() tea.Cmd { return nil }

// Update takes in a message.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m.Now = m.now()
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.Width, m.Height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		m.look.Light = !msg.IsDark()
		m.Look = look.New(m.look)
	case tea.KeyPressMsg:
		cmd = m.key(msg)
	case tea.PasteMsg:
		m.paste(msg.Content)
	case tea.MouseWheelMsg:
		m.wheel(msg)
	case tea.MouseClickMsg:
		m.click(msg)
	case eventMsg:
		m.event(watch.Event(msg))
	case savedMsg:
		m.done(saving)
		m.saved(msg)
	case diffMsg:
		m.done(diffing)
		m.diffed(msg)
	case *Panic:
		m.panicked, cmd = msg, tea.Quit
	case tickMsg:
		if int(msg) != m.clock {
			return m, nil
		}
		m.due = time.Time{}
	default:
		return m, nil
	}
	m.dirty = true
	m.settle()
	return m, tea.Batch(cmd, m.tick())
}

// View returns the frame.
func (m *model) View() tea.View {
	v := tea.NewView("")
	if m.Width > 0 {
		v.SetContent(strings.Join(m.Lines(), "\n"))
	}
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	return v
}

// maxWait is how long the clock sleeps at most: nothing depends on it, but a
// laptop that slept shows its ages right soon after.
const maxWait = time.Minute

// tick waits until the next age on the screen changes, unless something waits for
// an earlier moment already. Of several waits only the last counts: the others
// are let go by when they come.
func (m *model) tick() tea.Cmd {
	wait := min(m.NextChange(), maxWait)
	if at := m.Now.Add(wait); wait > 0 && (m.due.IsZero() || at.Before(m.due)) {
		m.clock++
		m.due = at
		clock := m.clock
		return tea.Tick(wait, func(time.Time) tea.Msg { return tickMsg(clock) })
	}
	return nil
}

// event takes in what happened.
func (m *model) event(e watch.Event) {
	m.State, m.Known = e.State, true
	if e.Text != "" {
		m.note(frame.Entry{At: e.At, Text: e.Text, Hint: e.Hint, Tone: m.eventTone(&e)})
	}
	m.sort()
}

func (m *model) eventTone(e *watch.Event) look.Tone {
	switch e.Kind {
	case watch.Failing:
		return look.Magenta
	case watch.Recovered, watch.Saved:
		return look.Green
	case watch.StateChanged:
		tone, _ := m.Look.Of(e.State.Standing)
		return tone
	case watch.Noticed:
	}
	return look.Plain
}

// note adds a line to the log.
func (m *model) note(e frame.Entry) {
	m.Log = append(m.Log, e)
	if len(m.Log) > maxLog {
		m.Log = append([]frame.Entry(nil), m.Log[len(m.Log)-maxLog:]...)
	}
}

// sort makes the rows anew, and finds the selected one among them.
func (m *model) sort() {
	m.Rows = frame.NewRows(&m.State, m.Filter, cell.Text{ASCII: m.look.ASCII})
	if at := m.Rows.Find(m.chosen); at >= 0 {
		m.Cursor = at
		return
	}
	m.Cursor = m.Rows.Step(max(m.Cursor, 0), 0)
}

// choose selects a row.
func (m *model) choose(at int) {
	m.Cursor, m.Scroll = at, 0
	if at >= 0 {
		m.chosen = m.Rows.All[at].ID()
	}
}

// settle keeps the selected row on the screen, and what is scrolled within its
// bounds, whatever has changed.
func (m *model) settle() {
	m.Scroll = min(max(m.Scroll, 0), m.MaxScroll())
	rows := m.Layout().BodyRows
	if rows < 1 {
		return
	}
	m.Top = min(m.Top, max(len(m.Rows.All)-rows, 0))
	if m.Cursor < 0 {
		m.Top = 0
		return
	}
	first := m.Cursor
	for first > 0 && m.Rows.All[first-1].Kind == frame.Head { // the heading stays with the first of its rows
		first--
	}
	if m.Cursor-first >= rows {
		first = m.Cursor
	}
	m.Top = min(m.Top, first)
	m.Top = max(m.Top, m.Cursor-rows+1)
}

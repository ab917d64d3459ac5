package screen

import (
	"context"
	"errors"
	"runtime/debug"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/schemaguard/schemaguard/internal/watch/screen/frame"
	"github.com/schemaguard/schemaguard/internal/watch/screen/look"
)

// The names of the actions that take time.
const (
	saving  = "save"
	diffing = "diff"
)

// start runs an action beside the view, unless one of its kind runs already.
func (m *model) start(action, words string, run func(context.Context) tea.Msg) tea.Cmd {
	if m.busy[action] != "" {
		return nil
	}
	m.busy[action] = words
	m.sayBusy()
	m.running.Add(1)
	return func() (msg tea.Msg) {
		defer m.running.Done()
		defer func() {
			if r := recover(); r != nil {
				msg = &Panic{Value: r, Stack: debug.Stack()}
			}
		}()
		return run(m.ctx)
	}
}

// done ends what start began.
func (m *model) done(action string) {
	delete(m.busy, action)
	m.sayBusy()
}

func (m *model) sayBusy() {
	m.Busy = m.busy[saving]
	if m.Busy == "" {
		m.Busy = m.busy[diffing]
	}
}

func (m *model) save(stage bool) tea.Cmd {
	words := "saving the snapshot"
	if stage {
		words = "saving and staging the snapshot"
	}
	return m.start(saving, words, func(ctx context.Context) tea.Msg {
		text, err := m.actions.Save(ctx, stage)
		return savedMsg{text, err}
	})
}

// diff shows the diff, or hides it.
func (m *model) diff() tea.Cmd {
	if m.Pane == frame.Diff {
		m.back()
		return nil
	}
	return m.start(diffing, "comparing", func(ctx context.Context) tea.Msg {
		text, err := m.actions.Diff(ctx)
		return diffMsg{text, err}
	})
}

func (m *model) recheck() {
	m.actions.Recheck()
	m.note(frame.Entry{At: m.Now, Text: "looking again", Tone: look.Dim})
}

func (m *model) saved(msg savedMsg) {
	if msg.err != nil {
		m.failed(msg.err)
		return
	}
	m.note(frame.Entry{At: m.Now, Text: msg.text, Tone: look.Green})
}

func (m *model) diffed(msg diffMsg) {
	if msg.err != nil {
		m.failed(msg.err)
		return
	}
	m.Diff = nil
	if text := strings.TrimRight(msg.text, "\n"); text != "" {
		for line := range strings.SplitSeq(text, "\n") {
			m.Diff = append(m.Diff, m.Look.Whole(strings.TrimRight(strings.ReplaceAll(line, "\t", "    "), "\r")))
		}
	}
	m.Pane, m.Scroll, m.Typing = frame.Diff, 0, false
}

// failed says in the log what went wrong, and what helps.
func (m *model) failed(err error) {
	e := frame.Entry{At: m.Now, Text: "error: " + err.Error(), Tone: look.Red}
	var hinter Hinter
	if errors.As(err, &hinter) {
		e.Hint = hinter.Hint()
	}
	m.note(e)
}

// awaitActions waits until no action runs, at most so long.
func (m *model) awaitActions(atMost time.Duration) {
	quiet := make(chan struct{})
	go func() {
		m.running.Wait()
		close(quiet)
	}()
	select {
	case <-quiet:
	case <-time.After(atMost):
	}
}

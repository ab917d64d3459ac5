package screen

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/schemaguard/schemaguard/internal/watch/screen/frame"
)

// maxFilter is the length in bytes beyond which a filter takes no more.
const maxFilter = 200

// wheelStep is how many lines one click of the wheel is.
const wheelStep = 3

// key acts on a key.
func (m *model) key(msg tea.KeyPressMsg) tea.Cmd {
	switch key := msg.String(); {
	case key == "ctrl+c":
		return tea.Quit
	case m.Typing:
		m.typed(key, msg.Text)
		return nil
	default:
		return m.command(key)
	}
}

// command acts on a key that is not part of a filter.
func (m *model) command(key string) tea.Cmd {
	switch key {
	case "q":
		return tea.Quit
	case "s":
		return m.save(false)
	case "a":
		return m.save(true)
	case "d":
		return m.diff()
	case "r":
		m.recheck()
	case "l":
		m.BigLog = !m.BigLog
	case "?":
		m.show(frame.Help)
	case "/":
		m.Pane, m.Typing = frame.List, true
	case "enter":
		if m.Pane == frame.Detail {
			m.Pane = frame.List
		} else if m.Cursor >= 0 && m.Pane == frame.List {
			m.show(frame.Detail)
		}
	case "esc":
		m.back()
	default:
		m.move(key)
	}
	return nil
}

// show shows a pane from its beginning; asked for again, the list.
func (m *model) show(p frame.Pane) {
	if m.Pane == p {
		p = frame.List
	}
	m.Pane, m.Scroll = p, 0
}

// back leaves the innermost thing: a pane, else the filter.
func (m *model) back() {
	if m.Pane != frame.List {
		m.Pane, m.Scroll, m.Diff = frame.List, 0, nil
		return
	}
	m.filter("")
}

// move acts on the keys that go up and down.
func (m *model) move(key string) {
	page := max(m.Layout().BodyRows-1, 1)
	all := len(m.Rows.All) + m.MaxScroll()
	by, ok := map[string]int{
		"up": -1, "k": -1, "down": 1, "j": 1, "pgup": -page, "pgdown": page, "space": page,
		"ctrl+u": -page / 2, "ctrl+d": page / 2, "home": -all, "g": -all, "end": all, "G": all,
	}[key]
	if ok {
		m.by(by)
	}
}

// by moves the selection, or what is scrolled.
func (m *model) by(n int) {
	if m.Pane != frame.List {
		m.Scroll += n
		return
	}
	m.choose(m.Rows.Step(m.Cursor, n))
}

// typed acts on a key while the filter is typed.
func (m *model) typed(key, text string) {
	switch key {
	case "esc":
		m.Typing = false
		m.filter("")
	case "enter":
		m.Typing = false
	case "backspace":
		_, size := utf8.DecodeLastRuneInString(m.Filter)
		m.filter(m.Filter[:len(m.Filter)-size])
	case "ctrl+u":
		m.filter("")
	case "ctrl+w":
		trimmed := strings.TrimRight(m.Filter, " ")
		m.filter(trimmed[:strings.LastIndexByte(trimmed, ' ')+1])
	case "up", "down", "pgup", "pgdown", "home", "end":
		m.move(key)
	default:
		m.paste(text)
	}
}

// paste adds text to the filter that is being typed.
func (m *model) paste(text string) {
	if !m.Typing || text == "" || len(m.Filter)+len(text) > maxFilter {
		return
	}
	m.filter(m.Filter + strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text))
}

// filter shows only the rows that have certain words.
func (m *model) filter(words string) {
	if m.Filter != words {
		m.Filter = words
		m.sort()
	}
}

// wheel scrolls what is below the mouse.
func (m *model) wheel(msg tea.MouseWheelMsg) {
	by := 0
	switch msg.Button {
	case tea.MouseWheelUp:
		by = -wheelStep
	case tea.MouseWheelDown:
		by = wheelStep
	default:
		return
	}
	if l := m.Layout(); m.Pane == frame.List && l.SideCols > 0 && msg.X > l.ListCols {
		m.Pane = frame.Detail
		m.Scroll = 0
	}
	m.by(by)
}

// click selects the row below the mouse.
func (m *model) click(msg tea.MouseClickMsg) {
	l := m.Layout()
	at := m.Top + msg.Y - l.Body
	if msg.Button != tea.MouseLeft || l.Small || m.Pane == frame.Diff || m.Pane == frame.Help || m.Pane == frame.Detail && l.SideCols == 0 ||
		msg.Y < l.Body || msg.Y >= l.Body+l.BodyRows || msg.X >= l.ListCols || at >= len(m.Rows.All) {
		return
	}
	if m.Rows.Step(at, 0) == at {
		m.Pane = frame.List
		m.choose(at)
	}
}

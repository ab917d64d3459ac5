// Package frame draws the screen of the watcher: from what is known, what the
// user looks at, and the size of the terminal, it makes lines of text.
//
// It is pure. It asks no clock and no terminal, and draws the same lines for the
// same [Screen].
package frame

import (
	"time"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/watch"
	"github.com/schemaguard/schemaguard/internal/watch/screen/cell"
	"github.com/schemaguard/schemaguard/internal/watch/screen/look"
)

// Pane is what the user looks at.
type Pane uint8

// The panes. The zero value is the list.
const (
	List   Pane = iota
	Detail      // of the selected row; the keys scroll it
	Diff
	Help
)

// Entry is one line of the log.
type Entry struct {
	At   time.Time
	Text string
	Hint string // a command, on a line of its own; may be empty
	Tone look.Tone
}

// Screen is everything that a frame is made of.
type Screen struct {
	State watch.State
	Known bool // State has been told: there is something to show
	Rows  *Rows
	Log   []Entry // oldest first
	Busy  string  // what runs at this moment: "saving the snapshot"; may be empty

	Pane   Pane
	Filter string // what the rows were filtered by
	Typing bool   // the keys go into Filter
	BigLog bool
	Cursor int // the selected row, an index into Rows
	Top    int // the first row shown
	Scroll int // the first line shown of the detail, the diff or the help
	Diff   []string

	Width, Height int
	Now           time.Time
	Look          *look.Look
}

// The smallest terminal in which anything makes sense.
const (
	MinWidth  = 24
	MinHeight = 8
)

// sideBySide is the width from which on the detail stands beside the list.
const sideBySide = 120

// Layout says which lines of the screen hold what. All are counts of lines and
// columns, and lines from the top.
type Layout struct {
	Small    bool // too small for anything
	Header   int
	Rules    bool // lines between the regions
	Strip    int
	Body     int // where the list or a pane begins
	BodyRows int
	ListCols int // the width of the list
	SideCols int // the width of the detail beside it; 0 where it is not beside it
	Log      int
}

// Layout returns the layout for the size of the screen.
func (s *Screen) Layout() Layout {
	l := Layout{Header: 2, Strip: 2, ListCols: s.Width}
	if s.Width < MinWidth || s.Height < MinHeight {
		return Layout{Small: true}
	}
	if s.Height < 16 || !s.wideStrip() {
		l.Strip = 1
	}
	l.Rules = s.Height >= 12
	switch {
	case s.Height >= 45:
		l.Log = 9
	case s.Height >= 28:
		l.Log = 5
	case s.Height >= 20:
		l.Log = 3
	case s.Height >= 10:
		l.Log = 1
	}
	rules := 0
	if l.Rules {
		rules = 3
	}
	l.Body = l.Header + l.Strip + rules*2/3
	l.BodyRows = s.Height - l.Header - l.Strip - rules - l.Log - 2 // the command and the keys
	if s.BigLog {
		more := l.BodyRows / 2
		l.Log, l.BodyRows = l.Log+more, l.BodyRows-more
	}
	if s.Width >= sideBySide && (s.Pane == List || s.Pane == Detail) {
		l.SideCols = s.Width * 45 / 100
		l.ListCols = s.Width - l.SideCols - 3
	}
	return l
}

// Lines returns the screen, line by line: Height lines, none of more than Width
// columns.
func (s *Screen) Lines() []string {
	l := s.Layout()
	if l.Small {
		return s.small()
	}
	lines := s.header()
	if l.Rules {
		lines = append(lines, s.rule(""))
	}
	lines = append(lines, s.strip(l.Strip)...)
	if l.Rules {
		lines = append(lines, s.rule(s.title()))
	}
	lines = append(lines, s.body(l)...)
	if l.Rules {
		lines = append(lines, s.rule(s.position(l)))
	}
	lines = append(lines, s.log(l.Log)...)
	lines = append(lines, s.next(), s.keys())
	return lines
}

// small says that there is no room.
func (s *Screen) small() []string {
	lines := make([]string, max(s.Height, 0))
	tone, symbol := s.Look.Of(s.standing())
	for i, text := range []string{symbol + " " + string(s.standing()), "too small (24x8)"} {
		if i < len(lines) {
			lines[i] = s.Look.Paint(tone, s.Look.Cut(text, s.Width))
		}
		tone = look.Plain
	}
	return lines
}

// body draws what stands between the strip and the log.
func (s *Screen) body(l Layout) []string {
	switch {
	case s.Pane == Help:
		return s.pane(s.helpLines(), l.BodyRows)
	case s.Pane == Diff:
		return s.pane(s.diffLines(), l.BodyRows)
	case l.SideCols == 0 && s.Pane == Detail:
		return s.pane(s.detailLines(s.Width-1), l.BodyRows)
	}
	list := s.list(l)
	if l.SideCols == 0 {
		return list
	}
	scroll := 0
	if s.Pane == Detail {
		scroll = s.Scroll
	}
	side := visible(s.detailLines(l.SideCols-1), scroll, l.BodyRows)
	bar := s.Look.Paint(look.Dim, " "+s.Look.Bar+" ")
	for i := range list {
		list[i] = s.padded(list[i], l.ListCols) + bar + side[i]
	}
	return list
}

// pane draws lines that can be scrolled.
func (s *Screen) pane(lines []string, rows int) []string {
	shown := visible(lines, s.Scroll, rows)
	for i := range shown {
		if shown[i] != "" {
			shown[i] = " " + shown[i]
		}
	}
	return shown
}

// visible returns exactly rows lines, from the one at top on.
func visible(lines []string, top, rows int) []string {
	top = min(max(top, 0), max(len(lines)-rows, 0))
	shown := make([]string, rows)
	copy(shown, lines[min(top, len(lines)):])
	return shown
}

// MaxScroll returns how far the pane can be scrolled.
func (s *Screen) MaxScroll() int {
	l := s.Layout()
	lines := 0
	switch {
	case l.Small:
	case s.Pane == Help:
		lines = len(s.helpLines())
	case s.Pane == Diff:
		lines = len(s.diffLines())
	case s.Pane == Detail && l.SideCols > 0:
		lines = len(s.detailLines(l.SideCols - 1))
	case s.Pane == Detail:
		lines = len(s.detailLines(s.Width - 1))
	}
	return max(lines-l.BodyRows, 0)
}

// position says which part of what is longer than its pane is shown.
func (s *Screen) position(l Layout) string {
	first, all, what := s.Top, len(s.Rows.All), "rows"
	if s.Pane != List {
		first, all, what = s.Scroll, s.MaxScroll()+l.BodyRows, "lines"
	}
	if all <= l.BodyRows {
		return ""
	}
	n := func(i int) string { return amount.Thousands(i) }
	return what + " " + n(first+1) + " to " + n(min(first+l.BodyRows, all)) + " of " + n(all)
}

// padded fills a painted line with spaces.
func (s *Screen) padded(line string, width int) string {
	return line + cell.Spaces(width-painted(line))
}

// NextChange returns after which time the screen looks different although nothing
// happened, since an age on it has grown; 0 for never.
func (s *Screen) NextChange() time.Duration {
	var soonest time.Duration
	add := func(at time.Time) {
		if at.IsZero() {
			return
		}
		if _, next := cell.Age(at, s.Now); soonest == 0 || next < soonest {
			soonest = next
		}
	}
	l := s.Layout()
	if l.Small || !s.Known {
		return 0
	}
	if s.Pane == Help || s.Pane == Diff {
		return soonest
	}
	for i := s.Top; i < min(s.Top+l.BodyRows, len(s.Rows.All)); i++ {
		if r := s.Rows.All[i]; r.Kind == Item {
			add(r.ChangedAt)
		}
	}
	return soonest
}

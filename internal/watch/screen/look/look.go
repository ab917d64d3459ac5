// Package look says how things look on the screen: colours, and the symbols that
// say the same without colour.
//
// It lays nothing out. Only the sixteen colours that every terminal has are used,
// so that the user's own theme decides; where the terminal says that it is light,
// those of them that light themes make unreadable give way to darker ones.
package look

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/schemaguard/schemaguard/internal/watch"
	"github.com/schemaguard/schemaguard/internal/watch/screen/cell"
)

// Tone is how a piece of text looks.
type Tone uint8

// The tones.
const (
	Plain Tone = iota
	Bold
	Dim
	Red
	Green
	Yellow
	Magenta
	Cyan
	Selected // the line that the keys act on
	tones
)

// Options say what the terminal can do.
type Options struct {
	Colour  bool // colours are wanted; without, only bold, faint and reverse are used
	Light   bool // the background is light; false where that is not known
	Sixteen bool // the terminal has sixteen colours and no more
	ASCII   bool // the locale takes ASCII alone
}

// Look paints. It is made by [New], and a value.
type Look struct {
	cell.Text
	Symbols
	on, off [tones]string
}

// Symbols are the signs on the screen.
type Symbols struct {
	Holds, Lacks, Absent, Unknown string // a place of the strip
	Solid, Broken                 string // the way to a place, two columns wide
	Rule, Bar                     string // lines between regions
	Pointer, More                 string // at the selected row; between parts of a line
}

// New returns the look for a terminal.
func New(o Options) *Look {
	l := &Look{Text: cell.Text{ASCII: o.ASCII}, Symbols: Symbols{
		Holds: "●", Lacks: "○", Absent: "·", Unknown: "?", Solid: "━", Broken: "╌", Rule: "─", Bar: "│", Pointer: "▌", More: "·",
	}}
	if o.ASCII {
		l.Symbols = Symbols{Holds: "#", Lacks: "o", Absent: ".", Unknown: "?", Solid: "=", Broken: "-", Rule: "-", Bar: "|", Pointer: ">", More: "-"}
	}
	for tone := range tones {
		const text = "x"
		on, off, _ := strings.Cut(o.style(tone).Render(text), text)
		l.on[tone], l.off[tone] = on, off
	}
	return l
}

func (o Options) style(tone Tone) lipgloss.Style {
	s := lipgloss.NewStyle()
	switch tone {
	case Bold:
		return s.Bold(true)
	case Dim:
		return s.Faint(true)
	case Selected:
		return s.Reverse(true)
	case Plain, tones:
		return s
	case Red, Green, Yellow, Magenta, Cyan:
	}
	if !o.Colour {
		return s
	}
	pick := lipgloss.LightDark(!o.Light || o.Sixteen)
	return s.Foreground(map[Tone]color.Color{
		Red: lipgloss.Red, Magenta: lipgloss.Magenta,
		Green:  pick(lipgloss.Color("28"), lipgloss.Green),
		Yellow: pick(lipgloss.Color("130"), lipgloss.Yellow),
		Cyan:   pick(lipgloss.Color("30"), lipgloss.Cyan),
	}[tone])
}

// Paint returns one line of text in a tone.
func (l *Look) Paint(tone Tone, text string) string {
	if text == "" {
		return ""
	}
	return l.on[tone] + text + l.off[tone]
}

// Of returns the tone and the symbol of a standing. Each standing's word stands
// beside them: neither means anything alone.
func (l *Look) Of(s watch.Standing) (tone Tone, symbol string) {
	pick := func(unicode, ascii string) string {
		if l.ASCII {
			return ascii
		}
		return unicode
	}
	switch s {
	case watch.Invalid:
		return Red, pick("✗", "x")
	case watch.Conflict:
		return Red, "!"
	case watch.Unsaved:
		return Yellow, pick("▲", "^")
	case watch.Ahead:
		return Yellow, pick("↑", "^")
	case watch.NotStaged, watch.NotInCommit, watch.NotInImage:
		return Cyan, pick("◐", "~")
	case watch.Pending:
		return Cyan, pick("↓", "v")
	case watch.Clean:
		return Green, pick("✓", "=")
	case watch.NotChecked, watch.BootUnknown:
	}
	return Magenta, "?"
}

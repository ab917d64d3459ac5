// Package cell fits text into the columns of a terminal: it makes names from
// outside fit to be shown, and measures, cuts, pads and wraps them.
//
// It colours nothing: what it takes and returns holds no escape sequences.
package cell

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"github.com/schemaguard/schemaguard/internal/terminal"
)

// MaxLine is the number of runes of a line that is not wrapped beyond which
// nobody sees anything.
const MaxLine = 1000

// Text says how text is shown on one terminal. The zero value is for one that
// takes UTF-8.
type Text struct {
	ASCII bool // the terminal takes ASCII alone: everything else is shown as an escape
}

// Line returns s as one line, fit for a terminal and at most MaxLine runes long.
func (t Text) Line(s string) string {
	return t.Whole(terminal.Shorten(s, MaxLine))
}

// Whole returns s as one line fit for a terminal, whatever its length: nothing
// in it moves the cursor, and all terminals agree how many columns it takes.
func (t Text) Whole(s string) string {
	if plain(s) {
		return s
	}
	s = terminal.Clean(s)
	var b strings.Builder
	for s != "" {
		cluster, width := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		if cluster == "" {
			break
		}
		t.write(&b, cluster, width)
		s = s[len(cluster):]
	}
	return b.String()
}

// write writes one cluster. Terminals that know clusters and those that go by
// the rune give some of them different widths (flags, skin tones, text made an
// emoji): of those, all runes but the first are shown as escapes.
func (t Text) write(b *strings.Builder, cluster string, width int) {
	first, size := utf8.DecodeRuneInString(cluster)
	switch {
	case t.ASCII:
		writeASCII(b, cluster)
	case ansi.StringWidthWc(cluster) == width && ansi.StringWidth(cluster) == width:
		b.WriteString(cluster)
	case ansi.StringWidthWc(cluster[:size]) != ansi.StringWidth(cluster[:size]):
		escape(b, first)
		writeEscaped(b, cluster[size:])
	default:
		b.WriteString(cluster[:size])
		writeEscaped(b, cluster[size:])
	}
}

func writeASCII(b *strings.Builder, s string) {
	for _, r := range s {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
			continue
		}
		if r == '…' {
			b.WriteByte('~')
			continue
		}
		escape(b, r)
	}
}

func writeEscaped(b *strings.Builder, s string) {
	for _, r := range s {
		escape(b, r)
	}
}

func escape(b *strings.Builder, r rune) {
	if r <= 0xffff {
		fmt.Fprintf(b, `\u%04x`, r)
		return
	}
	fmt.Fprintf(b, `\U%08x`, r)
}

// plain tells whether s is printable ASCII, whose width is its length.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// Width returns how many columns s takes.
func Width(s string) int {
	if plain(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// Cut returns s, with what goes beyond width columns replaced by a mark; empty
// for a width below 1.
func (t Text) Cut(s string, width int) string {
	if width < 1 {
		return ""
	}
	if Width(s) <= width {
		return s
	}
	mark := "…"
	if t.ASCII {
		mark = "~"
	}
	return ansi.Truncate(s, width, mark)
}

// Fit returns s cut or filled with spaces to exactly width columns.
func (t Text) Fit(s string, width int) string {
	s = t.Cut(s, width)
	return s + Spaces(width-Width(s))
}

// Right is Fit with the spaces to the left.
func (t Text) Right(s string, width int) string {
	s = t.Cut(s, width)
	return Spaces(width-Width(s)) + s
}

// Spaces returns n spaces; none for n below 1.
func Spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }

// Wrap returns s in lines of at most width columns, broken at spaces where there
// are any, else anywhere. It returns at least one line.
func Wrap(s string, width int) []string {
	width = max(width, 2) // the widest character takes two
	var lines []string
	for {
		head := window(s, width)
		if len(head) == len(s) && Width(s) <= width {
			return append(lines, s)
		}
		head = ansi.Truncate(head, width, "")
		if i := strings.LastIndexByte(head, ' '); i > len(head)/2 && len(head) < len(s) && s[len(head)] != ' ' {
			head = head[:i]
		}
		if head == "" {
			return append(lines, "") // not reached: a window holds a character, and it fits
		}
		lines = append(lines, head)
		if s = strings.TrimLeft(s[len(head):], " "); s == "" {
			return lines
		}
	}
}

// window returns so much of the beginning of s as may fill a line, so that
// wrapping a long text does not measure all of it for every line.
func window(s string, width int) string {
	end := 8*width + 64
	if len(s) <= end {
		return s
	}
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

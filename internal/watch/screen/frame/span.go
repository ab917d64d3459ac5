package frame

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/schemaguard/schemaguard/internal/watch/screen/cell"
	"github.com/schemaguard/schemaguard/internal/watch/screen/look"
)

// spans are parts of one line, each in a tone. They are painted last, so that
// they can be measured and cut as text.
type spans []part

type part struct {
	tone   look.Tone
	text   string
	strong bool // bold besides
}

func span(tone look.Tone, text string) spans { return spans{{tone: tone, text: text}} }

func (line spans) add(tone look.Tone, text string) spans {
	return append(line, part{tone: tone, text: text})
}

func (line spans) width() int {
	n := 0
	for _, p := range line {
		n += cell.Width(p.text)
	}
	return n
}

// cut returns the line with what goes beyond width replaced by a mark.
func (s *Screen) cut(line spans, width int) spans {
	if line.width() <= width {
		return line
	}
	var cut spans
	for _, p := range line {
		w := cell.Width(p.text)
		if w < width {
			cut, width = append(cut, p), width-w
			continue
		}
		p.text = s.Look.Cut(p.text+" ", width) // the mark says that more was there
		return append(cut, p)
	}
	return cut
}

// fit returns the line cut to a width, and filled up to it.
func (s *Screen) fit(line spans, width int) spans {
	line = s.cut(line, width)
	return append(line, part{text: cell.Spaces(width - line.width())})
}

func (s *Screen) paint(line spans) string {
	var b strings.Builder
	for _, p := range line {
		text := s.Look.Paint(p.tone, p.text)
		if p.strong {
			text = s.Look.Paint(look.Bold, text)
		}
		b.WriteString(text)
	}
	return b.String()
}

// painted returns the width of a line that is painted already.
func painted(line string) int { return ansi.StringWidth(line) }

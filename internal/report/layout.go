package report

import (
	"bytes"
	"io"
	"strings"
	"unicode"

	"github.com/schemaguard/schemaguard/internal/report/summary"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// span is a part of a line in one style.
type span struct {
	text  string
	style style
	whole bool // not to be broken at its spaces: a name, a command
}

// text returns a span of running text, which may be broken at spaces.
func text(s string, st style) span {
	return span{text: terminal.Shorten(summary.Shown(s), summary.MaxMessage), style: st}
}

// name returns a span that stays in one piece. Names of absurd length are cut;
// JSON has them whole.
func name(s string, st style) span {
	return span{text: terminal.Shorten(summary.Shown(s), summary.MaxName), style: st, whole: true}
}

// page collects the lines of a report.
type page struct {
	buf    bytes.Buffer
	width  int
	colour bool
	brief  bool // items in one line each: what they lose is said elsewhere
}

func newPage(o Options) *page { return &page{width: o.Width, colour: o.Colour} }

// flush writes the page out.
func (p *page) flush(w io.Writer) error {
	_, err := w.Write(p.buf.Bytes())
	return err
}

// gap writes an empty line, unless the page is empty or ends with one.
func (p *page) gap() {
	if b := p.buf.Bytes(); len(b) > 0 && !bytes.HasSuffix(b, []byte("\n\n")) {
		p.buf.WriteByte('\n')
	}
}

// line writes spans as one line, indented and wrapped at spaces; continuation
// lines are indented by two more. Words are never broken: a word longer than the
// line is left to the terminal, so that it can still be copied.
func (p *page) line(indent int, spans ...span) {
	column := indent
	pieces := []span{{text: strings.Repeat(" ", indent)}}
	for i, w := range words(spans) {
		switch {
		case i == 0:
		case p.width > 0 && column+1+w.width > p.width:
			column = indent + 2
			p.draw(pieces)
			pieces = []span{{text: strings.Repeat(" ", column)}}
		default:
			column++
			between := span{text: " "}
			if last := pieces[len(pieces)-1]; last.style == w.pieces[0].style {
				between.style = last.style
			}
			pieces = append(pieces, between)
		}
		pieces = append(pieces, w.pieces...)
		column += w.width
	}
	p.draw(pieces)
}

// draw writes the pieces of a line and ends it. The runner of GitHub Actions
// takes a line of output that starts with two colons, spaces aside, for a
// command; a name must not give commands, so such a line gets a dash before.
func (p *page) draw(pieces []span) {
	var whole strings.Builder
	for _, piece := range pieces {
		whole.WriteString(piece.text)
	}
	if strings.HasPrefix(strings.TrimLeftFunc(whole.String(), unicode.IsSpace), "::") {
		p.buf.WriteByte('-')
	}
	for len(pieces) > 0 {
		st, run := pieces[0].style, ""
		for len(pieces) > 0 && pieces[0].style == st {
			run += pieces[0].text
			pieces = pieces[1:]
		}
		if len(pieces) == 0 {
			run = strings.TrimRight(run, " ")
		}
		if p.colour && run != "" {
			run = st.render(run)
		}
		p.buf.WriteString(run)
	}
	p.buf.WriteByte('\n')
}

// word is what stands between two places where a line may be broken.
type word struct {
	pieces []span
	width  int
}

// words cuts spans at the spaces of those that may be broken.
func words(spans []span) []word {
	var all []word
	var current word
	flush := func() {
		if len(current.pieces) > 0 {
			all = append(all, current)
		}
		current = word{}
	}
	for _, s := range spans {
		parts := []string{s.text}
		if !s.whole {
			parts = strings.Split(s.text, " ")
		}
		for i, part := range parts {
			if i > 0 {
				flush()
			}
			if part != "" {
				current.pieces = append(current.pieces, span{text: part, style: s.style})
				current.width += columns(part)
			}
		}
	}
	flush()
	return all
}

// padded returns text with spaces up to a width.
func padded(text string, width int) string {
	return text + strings.Repeat(" ", max(width-columns(text), 0))
}

// Package svg draws what a terminal shows as a picture: lines with colours, as
// programs print them and as `tmux capture-pane -e -p` captures them.
//
// It knows the sequences that set colours (SGR) and drops all others. Every run
// of words in one style is placed by its column, so that no viewer's font can
// shift it by much.
package svg

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/schemaguard/schemaguard/internal/terminal"
)

// The measures of the picture, in pixels.
const (
	charWidth, lineHeight = 8.4, 19
	margin                = 18
	title                 = 34
	baseline              = 14 // of a line, from its top
)

// The colours of the picture's terminal.
const (
	background = "#15181d"
	foreground = "#d7dae0"
	faint      = "#8b919c"
)

// palette are the colours 0 to 7 of a terminal; 8 to 15 look the same.
func palette() [8]string {
	return [8]string{"#484f58", "#ff7b72", "#7ee787", "#e3b341", "#79c0ff", "#d2a8ff", "#79c0ff", foreground}
}

// Draw returns lines as a terminal window of at least so many columns; label says
// for those who cannot see it what it shows.
func Draw(lines []string, columns int, label string) []byte {
	for _, line := range lines {
		line = terminal.Clean(ansi.Strip(line))
		columns = max(columns, ansi.StringWidth(line))
	}
	width, height := int(float64(columns)*charWidth)+2*margin, len(lines)*lineHeight+title+margin
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" role="img" aria-label="%s">`+"\n", width, height, width, html.EscapeString(terminal.Clean(label)))
	fmt.Fprintf(&b, `<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:%s;white-space:pre}.b{font-weight:700}</style>`+"\n", foreground)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" rx="10" fill="%s" stroke="#30363d"/>`+"\n", width, height, background)
	for i, colour := range []string{"#ff5f57", "#febc2e", "#28c840"} {
		fmt.Fprintf(&b, `<circle cx="%d" cy="17" r="6" fill="%s"/>`, margin+4+20*i, colour)
	}
	b.WriteByte('\n')
	var s style // colours go on from line to line, as tmux captures them
	for i, line := range lines {
		s = drawLine(&b, line, s, title+i*lineHeight)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// style is how the text to come looks; colours are empty for the usual ones.
type style struct {
	fore, back           string
	bold, faint, reverse bool
}

var sequence = regexp.MustCompile("\x1b\\[([0-9;:?<=>]*)([@-~])")

// drawLine draws a line whose top is at y, and returns the style after it.
func drawLine(b *bytes.Buffer, line string, s style, y int) style {
	column, at := 0, 0
	run := func(text string) {
		text = terminal.Clean(ansi.Strip(text))
		drawRun(b, text, s, column, y)
		column += ansi.StringWidth(text)
	}
	for _, m := range sequence.FindAllStringSubmatchIndex(line, -1) {
		run(line[at:m[0]])
		at = m[1]
		if line[m[4]:m[5]] == "m" {
			s = s.after(strings.FieldsFunc(line[m[2]:m[3]], func(r rune) bool { return r == ';' || r == ':' }))
		}
	}
	run(line[at:])
	return s
}

// drawRun draws text of one style from a column on.
func drawRun(b *bytes.Buffer, text string, s style, column, y int) {
	fore, back := s.fore, s.back
	if s.faint && fore == "" {
		fore = faint
	}
	if s.reverse {
		if fore == "" {
			fore = foreground
		}
		if back == "" {
			back = background
		}
		fore, back = back, fore
	}
	x := margin + float64(column)*charWidth
	if back != "" && text != "" {
		fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`, x, y, float64(ansi.StringWidth(text))*charWidth, lineHeight, back)
	}
	for _, m := range words.FindAllStringIndex(text, -1) {
		word := text[m[0]:m[1]]
		at := x + float64(ansi.StringWidth(text[:m[0]]))*charWidth
		fmt.Fprintf(b, `<text x="%.1f" y="%d" textLength="%.1f" lengthAdjust="spacingAndGlyphs" xml:space="preserve"`, at, y+baseline, float64(ansi.StringWidth(word))*charWidth)
		if s.bold {
			b.WriteString(` class="b"`)
		}
		if fore != "" {
			fmt.Fprintf(b, ` style="fill:%s"`, fore)
		}
		fmt.Fprintf(b, ">%s</text>\n", strings.ReplaceAll(html.EscapeString(word), " ", "\u00a0"))
	}
}

// words are the parts of a text between which there is more than one space: each
// is placed by itself, since some viewers do not heed textLength.
var words = regexp.MustCompile(`[^ ]+(?: [^ ]+)*`)

// after returns the style after a sequence with these parameters.
func (s style) after(parameters []string) style {
	if len(parameters) == 0 {
		return style{}
	}
	for i := 0; i < len(parameters); i++ {
		n, err := strconv.Atoi(parameters[i])
		if err != nil {
			continue
		}
		switch {
		case n == 0:
			s = style{}
		case n == 1:
			s.bold = true
		case n == 2:
			s.faint = true
		case n == 22:
			s.bold, s.faint = false, false
		case n == 7 || n == 27:
			s.reverse = n == 7
		case n == 38 || n == 48:
			colour, used := extended(parameters[i+1:])
			if i += used; n == 38 {
				s.fore = colour
			} else {
				s.back = colour
			}
		default:
			s = s.coloured(n)
		}
	}
	return s
}

// coloured returns the style after one of the sixteen colours, or the usual one.
func (s style) coloured(n int) style {
	switch {
	case n >= 30 && n <= 37:
		s.fore = palette()[n-30]
	case n >= 90 && n <= 97:
		s.fore = palette()[n-90]
	case n == 39:
		s.fore = ""
	case n >= 40 && n <= 47:
		s.back = palette()[n-40]
	case n >= 100 && n <= 107:
		s.back = palette()[n-100]
	case n == 49:
		s.back = ""
	}
	return s
}

// extended reads a colour of 256 or of 16 million, and returns how many
// parameters it took.
func extended(parameters []string) (colour string, used int) {
	number := func(i int) int {
		if i >= len(parameters) {
			return 0
		}
		n, _ := strconv.Atoi(parameters[i])
		return min(max(n, 0), 255)
	}
	switch number(0) {
	case 2:
		return fmt.Sprintf("#%02x%02x%02x", number(1), number(2), number(3)), 4
	case 5:
		r, g, b, _ := ansi.IndexedColor(number(1)).RGBA()
		return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8), 2
	}
	return "", 1
}

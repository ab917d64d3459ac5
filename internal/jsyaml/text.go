package jsyaml

import (
	"strings"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/jsyaml/scalar"
)

const (
	lineWidth    = 80 // js-yaml's default
	minLineWidth = 40 // however deep the value stands
)

// text writes a string in the style that js-yaml chooses for it
// (chooseScalarStyle and writeScalar of lib/dumper.js). A key is always written
// on one line.
func (e encoder) text(dst []byte, s string, level int, isKey bool) []byte {
	if s == "" {
		return append(dst, "''"...)
	}
	width := max(minLineWidth, lineWidth-2*max(1, level))
	plain := !scalar.IsUnsafeFirst(s[0])
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c > '~':
			return e.anyText(dst, s, level, isKey)
		case c == ':':
			plain = plain && i+1 < len(s) && s[i+1] != ' '
		case c == '#':
			plain = plain && i > 0 && s[i-1] != ' '
		}
	}
	if len(s) > width && s[0] != ' ' && !isKey {
		if scalar.IsCompat(s) { // asked before the width
			return appendSingleQuoted(dst, s)
		}
		return appendFolded(dst, s, level, width)
	}
	if plain && s[len(s)-1] != ' ' && !scalar.IsAmbiguous(s, e.dialect) {
		return append(dst, s...)
	}
	return appendSingleQuoted(dst, s)
}

// anyText is text for a string with something else in it than printable ASCII.
func (e encoder) anyText(dst []byte, s string, level int, isKey bool) []byte {
	s = jsvalue.ToValid(s)
	width := max(minLineWidth, lineWidth-2*max(1, level))
	plain := !scalar.IsUnsafeFirst(s[0]) && s[len(s)-1] != ' ' && s[len(s)-1] != ':'
	lines, foldable := false, false
	units, prev, first := 0, rune(0), s[0] // of the current line
	for i := 0; i < len(s); {
		r, size := jsvalue.DecodeRune(s[i:])
		switch {
		case r == '\n' && !isKey:
			lines = true
			foldable = foldable || (units > width && first != ' ')
			units = -1
			if i+1 < len(s) {
				first = s[i+1]
			}
		case !scalar.IsPrintable(r):
			return appendDoubleQuoted(dst, s)
		case (r == ' ' && prev == ':') || (r == '#' && prev == ' '):
			plain = false
		case r >= 0x10000:
			units++
		}
		units++
		prev = r
		i += size
	}
	foldable = !isKey && (foldable || (units > width && first != ' '))
	switch {
	case foldable:
		return appendFolded(dst, s, level, width)
	case lines:
		return appendLiteral(dst, s, level)
	case plain && !scalar.IsAmbiguous(s, e.dialect):
		return append(dst, s...)
	}
	return appendSingleQuoted(dst, s)
}

func appendSingleQuoted(dst []byte, s string) []byte {
	dst = append(dst, '\'')
	for {
		i := strings.IndexByte(s, '\'')
		if i < 0 {
			return append(append(dst, s...), '\'')
		}
		dst = append(append(dst, s[:i+1]...), '\'')
		s = s[i+1:]
	}
}

func appendDoubleQuoted(dst []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		r, size := jsvalue.DecodeRune(s[i:])
		esc := escapeLetter(r)
		switch {
		case esc != 0:
			dst = append(dst, '\\', esc)
		case scalar.IsPrintable(r):
			dst = append(dst, s[i:i+size]...)
		case r <= 0xFF:
			dst = append(dst, '\\', 'x', hex[r>>4], hex[r&15])
		default: // U+10000 and above are all printable
			dst = append(dst, '\\', 'u', hex[r>>12], hex[r>>8&15], hex[r>>4&15], hex[r&15])
		}
		i += size
	}
	return append(dst, '"')
}

func escapeLetter(r rune) byte {
	switch {
	case r == '"' || r == '\\':
		return byte(r)
	case r >= 0x07 && r <= 0x0D:
		return "abtnvfr"[r-0x07]
	case r >= ' ' && r < 0x7F:
		return 0
	}
	switch r {
	case 0:
		return '0'
	case 0x1B:
		return 'e'
	case 0x85:
		return 'N'
	case 0xA0:
		return '_'
	case 0x2028:
		return 'L'
	case 0x2029:
		return 'P'
	}
	return 0
}

// appendLiteral writes s as "|" and its lines.
func appendLiteral(dst []byte, s string, level int) []byte {
	dst = appendBlockHead(append(dst, '|'), s)
	return appendBlockLines(dst, s, 2*max(1, level))
}

// appendFolded writes s as ">" and its lines, the long ones broken.
func appendFolded(dst []byte, s string, level, width int) []byte {
	dst = appendBlockHead(append(dst, '>'), s)
	return appendBlockLines(dst, fold(s, width), 2*max(1, level))
}

// appendBlockHead writes the indentation and chomping indicators.
func appendBlockHead(dst []byte, s string) []byte {
	if t := strings.TrimLeft(s, "\n"); t != "" && t[0] == ' ' {
		dst = append(dst, '2')
	}
	switch {
	case s[len(s)-1] != '\n':
		dst = append(dst, '-')
	case len(s) == 1 || s[len(s)-2] == '\n':
		dst = append(dst, '+')
	}
	return append(dst, '\n')
}

// appendBlockLines writes the lines of s, all but the empty ones indented, and
// not the newline at the end: the caller starts the next line itself.
func appendBlockLines(dst []byte, s string, columns int) []byte {
	s = strings.TrimSuffix(s, "\n")
	for {
		line, rest, more := strings.Cut(s, "\n")
		if line != "" {
			dst = append(indent(dst, columns), line...)
		}
		if !more {
			return dst
		}
		dst = append(dst, '\n')
		s = rest
	}
}

// fold breaks the lines of s that are longer than width (foldString of
// lib/dumper.js): a newline of s becomes two, except around lines that start
// with a space and at the ends.
func fold(s string, width int) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/width + 16)
	line, _, _ := strings.Cut(s, "\n")
	foldLine(&b, line, width)
	rest := s[len(line):]
	indented := s[0] == '\n' || s[0] == ' '
	for rest != "" {
		breaks := len(rest) - len(strings.TrimLeft(rest, "\n"))
		line, _, _ := strings.Cut(rest[breaks:], "\n")
		b.WriteString(rest[:breaks])
		moreIndented := strings.HasPrefix(line, " ")
		if !indented && !moreIndented && line != "" {
			b.WriteByte('\n')
		}
		foldLine(&b, line, width)
		indented = moreIndented
		rest = rest[breaks+len(line):]
	}
	return b.String()
}

// foldLine breaks one line at single spaces, or at the last one of several,
// each time as late as the width allows (foldLine of lib/dumper.js). Positions
// are counted in UTF-16 units.
func foldLine(b *strings.Builder, line string, width int) {
	if line == "" || line[0] == ' ' {
		b.WriteString(line)
		return
	}
	start, curr := mark{}, mark{}
	at := 0 // units before line[i]
	for i := 0; i < len(line); i++ {
		c := line[i]
		if c == ' ' && i+1 < len(line) && line[i+1] != ' ' {
			next := mark{i, at}
			if next.units-start.units > width {
				end := next
				if curr.bytes > start.bytes {
					end = curr
				}
				b.WriteString(line[start.bytes:end.bytes])
				b.WriteByte('\n')
				start = mark{end.bytes + 1, end.units + 1}
			}
			curr = next
		}
		at += unitsOf(c)
	}
	if at-start.units > width && curr.bytes > start.bytes {
		b.WriteString(line[start.bytes:curr.bytes])
		b.WriteByte('\n')
		start.bytes = curr.bytes + 1
	}
	b.WriteString(line[start.bytes:])
}

// mark is a place in a line, in bytes and in UTF-16 units.
type mark struct{ bytes, units int }

// unitsOf tells how many UTF-16 units begin with the byte c.
func unitsOf(c byte) int {
	switch {
	case c >= 0xF0:
		return 2
	case c < 0x80 || c >= 0xC0:
		return 1
	}
	return 0
}

package canonical

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/jsyaml/scalar"
)

// quoted reads a quoted scalar that ends on its line.
func (r *reader) quoted() (string, bool) {
	quote := r.s[r.pos]
	r.pos++
	start := r.pos
	for i := start; ; i++ {
		switch r.s[i] {
		case '\n':
			return "", false
		case '\\':
			if quote == '"' {
				return r.doubleQuoted(start, i)
			}
		case quote:
			if quote == '\'' && r.s[i+1] == '\'' {
				return r.singleQuoted(start, i)
			}
			r.pos = i + 1
			return r.s[start:i], true
		}
	}
}

// singleQuoted reads on at the first quote within a single quoted scalar.
func (r *reader) singleQuoted(start, i int) (string, bool) {
	var b strings.Builder
	for {
		switch r.s[i] {
		case '\n':
			return "", false
		case '\'':
			b.WriteString(r.s[start:i])
			if r.s[i+1] != '\'' {
				r.pos = i + 1
				return b.String(), true
			}
			i++
			start = i // the second of the two
		}
		i++
	}
}

// doubleQuoted reads on at the first backslash within a double quoted scalar.
func (r *reader) doubleQuoted(start, i int) (string, bool) {
	buf := append([]byte(nil), r.s[start:i]...)
	for {
		switch c := r.s[i]; c {
		case '\n':
			return "", false
		case '"':
			r.pos = i + 1
			return string(buf), true
		case '\\':
			char, n := r.escape(i + 1)
			if n == 0 {
				return "", false
			}
			buf = jsvalue.AppendRune(buf, char)
			i += 1 + n
		default:
			buf = append(buf, c)
			i++
		}
	}
}

// escape decodes the escape whose letter is at i, of n bytes; 0 if it is none
// that dump writes.
func (r *reader) escape(i int) (char rune, n int) {
	switch c := r.s[i]; c {
	case '"', '\\':
		return rune(c), 1
	case 'x':
		return r.hex(i+1, 2)
	case 'u':
		high, n := r.hex(i+1, 4)
		if n == 0 || !utf16.IsSurrogate(high) || r.s[i+n] != '\\' || r.s[i+n+1] != 'u' {
			return high, n
		}
		low, m := r.hex(i+n+2, 4)
		if both := utf16.DecodeRune(high, low); m != 0 && both != utf8.RuneError {
			return both, n + 1 + m
		}
		return high, n
	case '\n':
		return 0, 0
	default:
		at := strings.IndexByte("0abtnvfreN_LP", c)
		if at < 0 {
			return 0, 0
		}
		return [...]rune{0, 7, 8, 9, 10, 11, 12, 13, 0x1B, 0x85, 0xA0, 0x2028, 0x2029}[at], 1
	}
}

// hex reads so many hexadecimal digits from i on; n counts them and the letter
// before, and is 0 if they are not there.
func (r *reader) hex(i, digits int) (char rune, n int) {
	for ; n < digits; n++ {
		c := r.s[i+n] // the text ends in a newline, which is no digit
		if !scalar.IsDigit(c, 16) {
			return 0, 0
		}
		d := rune(c & 0x0F)
		if c > '9' {
			d += 9
		}
		char = char<<4 | d
	}
	return char, n + 1
}

// blockHead is what stands behind | or >.
type blockHead struct {
	folded bool
	indent int // 0 for as much as the first line has
	chomp  byte
}

// blockScalar reads a block scalar, whose parent is in column col, and starts
// the line behind it (readBlockScalar of js-yaml's lib/loader.js).
func (r *reader) blockScalar(col int) (string, bool) {
	head, ok := r.blockHead()
	if !ok {
		return "", false
	}
	indent := 0
	if head.indent > 0 {
		indent = col + head.indent
	} else if indent, ok = r.detectIndent(col); !ok {
		return "", false
	}
	var b strings.Builder
	empty, content, indented := 0, false, false
	for r.pos < len(r.s) {
		n := r.countSpaces(indent)
		if r.s[r.pos+n] == '\n' {
			r.pos += n + 1
			r.line++
			empty++
			continue
		}
		if n < indent {
			break
		}
		line := r.s[r.pos+n:]
		line = line[:strings.IndexByte(line, '\n')]
		b.WriteString(foldBreaks(head.folded, empty, content, indented, line[0] == ' '))
		b.WriteString(line)
		r.pos += n + len(line) + 1
		r.line++
		empty, content, indented = 0, true, line[0] == ' '
	}
	switch {
	case head.chomp == '+' && content:
		empty++
		fallthrough
	case head.chomp == '+':
		b.WriteString(strings.Repeat("\n", empty))
	case head.chomp == 0 && content:
		b.WriteByte('\n')
	}
	return b.String(), r.startLine()
}

// foldBreaks returns what stands for the line break and the empty lines before
// a line of a block scalar.
func foldBreaks(folded bool, empty int, content, wasIndented, indented bool) string {
	breaks := empty
	switch {
	case !content:
	case !folded || indented || wasIndented:
		breaks++
	case empty == 0:
		return " "
	}
	if breaks == 1 {
		return "\n"
	}
	return strings.Repeat("\n", breaks)
}

func (r *reader) blockHead() (h blockHead, ok bool) {
	h.folded = r.s[r.pos] == '>'
	for r.pos++; ; r.pos++ {
		switch c := r.s[r.pos]; {
		case c == '\n':
			r.pos++
			r.line++
			return h, true
		case c >= '1' && c <= '9' && h.indent == 0:
			h.indent = int(c - '0')
		case (c == '+' || c == '-') && h.chomp == 0:
			h.chomp = c
		default:
			return h, false
		}
	}
}

// detectIndent returns the indentation of the first line that is not empty, but
// more than col in any case.
func (r *reader) detectIndent(col int) (int, bool) {
	i := r.pos
	for i < len(r.s) && r.s[i] == '\n' {
		i++
	}
	n := 0
	for i+n < len(r.s) && r.s[i+n] == ' ' {
		n++
	}
	if i+n < len(r.s) && r.s[i+n] == '\n' {
		return 0, false // blanks alone: readers differ
	}
	return max(n, col+1), true
}

// countSpaces returns how many spaces there are at pos, limit at most.
func (r *reader) countSpaces(limit int) int {
	n := 0
	for n < limit && r.s[r.pos+n] == ' ' {
		n++
	}
	return n
}

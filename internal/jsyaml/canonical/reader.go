// Package canonical reads YAML in exactly the form in which js-yaml's dump
// writes it: block mappings and sequences indented by two, scalars on one line
// or as block scalars. Comments and empty lines between them it passes over, as
// people like to add some. It gives up on the rest, valid or not, and
// leaves it to a reader that knows all of YAML. What it accepts it reads many
// times faster and in less memory than that one, to the same value.
package canonical

import (
	"strings"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/jsyaml/scalar"
)

const (
	// maxKey is the length, in UTF-16 units, above which dump marks a key with "? ".
	maxKey = 1024
	// maxDepth is below the depth at which js-yaml gives up.
	maxDepth = 90
	// slabSize is the number of values that are allocated at once.
	slabSize = 4096
)

// Text is what was read.
type Text struct {
	Value jsvalue.Value
	// Lines has the line, from 1, of the value itself, then of every member (of
	// its key) and every element, depth first.
	Lines []int32
	// Stopped is the line at which Read gave up, 0 if it did not look.
	Stopped int
}

// Read reads a text, which must be UTF-8 without NUL. ok is false if it meets
// anything that dump does not write; what is wrong there, if anything, is for
// another reader to say, and only Stopped is set.
func Read(data []byte) (text Text, ok bool) {
	if len(data) == 0 || data[len(data)-1] != '\n' || hasUnwritten(data) {
		return Text{}, false
	}
	r := reader{s: string(data), line: 1, shapes: new(shape)}
	if strings.HasPrefix(r.s, "---\n") {
		r.pos, r.line = len("---\n"), 2
	}
	if r.startLine() && r.indent == 0 {
		r.lines = append(make([]int32, 0, 1+len(data)/16), r.line)
		v, ok := r.block(0)
		if ok && r.indent == atEnd {
			return Text{Value: v, Lines: r.lines}, true
		}
	}
	return Text{Stopped: int(r.line)}, false
}

// hasUnwritten tells whether there is a byte that dump never writes as it is, or
// one of a character that is not printable.
func hasUnwritten(data []byte) bool {
	for i, c := range data {
		switch {
		case c < ' ' && c != '\n', c == 0x7F:
			return true
		case c < 0xC2:
			continue
		case c == 0xC2 && i+1 < len(data) && data[i+1] <= 0xA0, c == 0xEF, c == 0xE2:
			if r, _ := jsvalue.DecodeRune(string(data[i:min(i+4, len(data))])); !scalar.IsPrintable(r) {
				return true
			}
		}
	}
	return false
}

// atEnd is the indentation behind the last line.
const atEnd = -1

// reader is at the first byte of content of a line, or within the line.
type reader struct {
	s      string
	pos    int
	line   int32 // of pos, from 1
	indent int   // of the line that pos is at the start of
	depth  int
	lines  []int32
	open   []jsvalue.Value // the children so far of all open collections
	slab   []jsvalue.Value
	shapes *shape
}

// startLine steps over the indentation of the line that starts at pos, and
// before that over empty lines and lines with nothing but a comment.
func (r *reader) startLine() bool {
	for r.pos < len(r.s) {
		start := r.pos
		for r.s[r.pos] == ' ' { // the text ends in a newline
			r.pos++
		}
		switch r.s[r.pos] {
		case '#':
			r.pos += strings.IndexByte(r.s[r.pos:], '\n')
			fallthrough
		case '\n':
			r.pos++
			r.line++
			continue
		}
		r.indent = r.pos - start
		// The bounds of a document.
		return r.indent > 0 || !(strings.HasPrefix(r.s[r.pos:], "---") || strings.HasPrefix(r.s[r.pos:], "..."))
	}
	r.indent = atEnd
	return true
}

// endLine steps over the newline that must be at pos, to the next line.
func (r *reader) endLine() bool {
	if r.s[r.pos] != '\n' {
		return false
	}
	r.pos++
	r.line++
	return r.startLine()
}

// block reads the mapping or sequence that starts at pos, which is in column col.
func (r *reader) block(col int) (v jsvalue.Value, ok bool) {
	r.depth++
	if r.depth > maxDepth {
		return v, false
	}
	if strings.HasPrefix(r.s[r.pos:], "- ") {
		v, ok = r.sequence(col)
	} else {
		v, ok = r.mapping(col)
	}
	r.depth--
	return v, ok
}

func (r *reader) mapping(col int) (v jsvalue.Value, ok bool) {
	base, sh := len(r.open), r.shapes
	for {
		r.lines = append(r.lines, r.line)
		if sh = r.key(sh); sh == nil {
			return v, false
		}
		if r.s[r.pos] == '\n' {
			if !r.endLine() || r.indent != col+2 {
				return v, false
			}
			v, ok = r.block(col + 2)
		} else {
			r.pos++
			v, ok = r.scalar(col)
		}
		if !ok || r.indent > col {
			return v, false
		}
		r.open = append(r.open, v)
		if r.indent < col {
			break
		}
	}
	o := jsvalue.ObjectOf(sh.allKeys(), r.take(base))
	if sh.numeric && !inPropertyOrder(o) {
		return v, false
	}
	return jsvalue.FromObject(o), true
}

func inPropertyOrder(o *jsvalue.Object) bool {
	ordered := o.InPropertyOrder()
	for i, key := range ordered.Keys() {
		if o.Keys()[i] != key {
			return false
		}
	}
	return true
}

func (r *reader) sequence(col int) (v jsvalue.Value, ok bool) {
	base := len(r.open)
	for {
		if !strings.HasPrefix(r.s[r.pos:], "- ") {
			return v, false
		}
		r.pos += 2
		r.lines = append(r.lines, r.line)
		if strings.HasPrefix(r.s[r.pos:], "- ") || r.atKey() {
			v, ok = r.block(col + 2)
		} else {
			v, ok = r.scalar(col)
		}
		if !ok || r.indent > col {
			return v, false
		}
		r.open = append(r.open, v)
		if r.indent < col {
			return jsvalue.List(r.take(base)...), true
		}
	}
}

// take removes the values from base on of those that are open, and returns them
// in a slice of their own.
func (r *reader) take(base int) []jsvalue.Value {
	n := len(r.open) - base
	if n > len(r.slab) {
		r.slab = make([]jsvalue.Value, max(n, slabSize))
	}
	vals := r.slab[:n:n]
	r.slab = r.slab[n:]
	copy(vals, r.open[base:])
	r.open = r.open[:base]
	return vals
}

// atKey tells whether a key, hence a mapping, starts at pos.
func (r *reader) atKey() bool {
	pos := r.pos
	_, ok := r.keyText()
	ok = ok && r.s[r.pos] == ':'
	r.pos = pos
	return ok
}

// key reads a key and the colon behind it, and returns the shape of the mapping
// with that key; nil if it cannot, or if the mapping has that key already.
func (r *reader) key(sh *shape) *shape {
	if next := sh.next; next != nil && strings.HasPrefix(r.s[r.pos:], next.raw) {
		end := r.pos + len(next.raw)
		if c := r.s[end]; c == ' ' || c == '\n' {
			r.pos = end
			return next
		}
	}
	start := r.pos
	key, ok := r.keyText()
	if !ok || r.s[r.pos] != ':' || (r.pos-start > maxKey && jsvalue.LenUTF16(r.s[start:r.pos]) > maxKey) {
		return nil
	}
	r.pos++
	if c := r.s[r.pos]; c != ' ' && c != '\n' {
		return nil
	}
	return sh.with(key, r.s[start:r.pos])
}

// keyText reads what may be a key, as the string that JavaScript makes of it.
func (r *reader) keyText() (string, bool) {
	if c := r.s[r.pos]; c == '\'' || c == '"' {
		return r.quoted()
	}
	if scalar.IsUnsafeFirst(r.s[r.pos]) {
		return "", false
	}
	start := r.pos
	for {
		switch r.s[r.pos] {
		case '\n':
			return "", false
		case ':':
			if c := r.s[r.pos+1]; c == ' ' || c == '\n' {
				key := r.s[start:r.pos]
				if key == "<<" || key[len(key)-1] == ' ' || strings.Contains(key, " #") {
					return "", false
				}
				return jsvalue.Text(scalar.Resolve(key)), true
			}
		}
		r.pos++
	}
}

// scalar reads the scalar at pos, whose parent is in column col, and the end of
// its line.
func (r *reader) scalar(col int) (v jsvalue.Value, ok bool) {
	switch c := r.s[r.pos]; c {
	case '\'', '"':
		s, ok := r.quoted()
		return jsvalue.String(s), ok && r.endLine()
	case '|', '>':
		s, ok := r.blockScalar(col)
		return jsvalue.String(s), ok
	case '[', '{':
		if r.s[r.pos+1] != c+2 { // ] and }
			return v, false
		}
		r.pos += 2
		if v = jsvalue.List(); c == '{' {
			v = jsvalue.FromObject(jsvalue.NewObject(0))
		}
		return v, r.endLine()
	case '-':
		if c := r.s[r.pos+1]; c == ' ' || c == '\n' {
			return v, false
		}
	default:
		if scalar.IsUnsafeFirst(c) || c == '\n' {
			return v, false
		}
	}
	s, ok := r.plain()
	return scalar.Resolve(s), ok && r.endLine()
}

// plain reads up to the end of the line, where that is a plain scalar.
func (r *reader) plain() (string, bool) {
	start := r.pos
	for i := start; ; i++ {
		switch c := r.s[i]; {
		case c > ':':
		case c == '\n':
			r.pos = i
			return r.s[start:i], r.s[i-1] != ' '
		case c == ':' && (r.s[i+1] == ' ' || r.s[i+1] == '\n'), c == '#' && r.s[i-1] == ' ':
			return "", false
		}
	}
}

package jsvalue

import (
	"fmt"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds nesting, so that a hostile document cannot exhaust the stack.
const maxDepth = 1000

// maxKeys bounds the different keys that are kept for sharing.
const maxKeys = 1000

// SyntaxError says where in a text JSON stopped making sense.
type SyntaxError struct {
	Offset int    // bytes from the start
	Reason string // what was wrong there
}

// Error implements error.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("invalid JSON at byte %d: %s", e.Offset, e.Reason)
}

// ParseJSON reads one JSON text as JavaScript's JSON.parse does: numbers become
// doubles, the last of several equal keys wins, integer-like keys come first.
// It returns a *SyntaxError for anything JSON.parse would throw on, for text
// that is not UTF-8 and for more than 1000 levels.
func ParseJSON(data []byte) (Value, error) {
	p := parser{data: data}
	return p.text()
}

// ParseJSONOffsets is ParseJSON, and also tells where everything stands: one
// byte offset for the value itself, then for every member (that of its key) and
// every element, depth first, in the order of the returned value.
func ParseJSONOffsets(data []byte) (Value, []int, error) {
	p := parser{data: data, track: true}
	v, err := p.text()
	if err != nil {
		return Value{}, nil, err
	}
	return v, p.offsets, nil
}

type parser struct {
	data    []byte
	pos     int
	keys    map[string]string // seen so far, so that equal ones share memory
	track   bool
	offsets []int
	spans   []span // of the members of the objects that are open
}

// span is the part of offsets that belongs to one member.
type span struct{ from, to int }

func (p *parser) text() (Value, error) {
	if !utf8.Valid(p.data) {
		for p.pos < len(p.data) {
			r, size := utf8.DecodeRune(p.data[p.pos:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			p.pos += size
		}
		return Value{}, p.fail("not UTF-8")
	}
	p.space()
	p.mark()
	v, err := p.value(0)
	if err != nil {
		return Value{}, err
	}
	p.space()
	if p.pos != len(p.data) {
		return Value{}, p.fail("text after the value")
	}
	return v, nil
}

func (p *parser) mark() {
	if p.track {
		p.offsets = append(p.offsets, p.pos)
	}
}

func (p *parser) fail(reason string) error { return &SyntaxError{Offset: p.pos, Reason: reason} }

func (p *parser) space() {
	for p.pos < len(p.data) {
		switch p.data[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

func (p *parser) value(depth int) (Value, error) {
	if depth > maxDepth {
		return Value{}, p.fail("nested too deeply")
	}
	p.space()
	if p.pos == len(p.data) {
		return Value{}, p.fail("unexpected end")
	}
	switch c := p.data[p.pos]; c {
	case '{':
		return p.object(depth)
	case '[':
		return p.array(depth)
	case '"':
		s, err := p.string()
		return String(s), err
	case 't':
		return Bool(true), p.word("true")
	case 'f':
		return Bool(false), p.word("false")
	case 'n':
		return Null(), p.word("null")
	default:
		return p.number()
	}
}

func (p *parser) word(w string) error {
	if p.pos+len(w) > len(p.data) || string(p.data[p.pos:p.pos+len(w)]) != w {
		return p.fail("unexpected word")
	}
	p.pos += len(w)
	return nil
}

func (p *parser) object(depth int) (Value, error) {
	p.pos++
	o := NewObject(4)
	if p.space(); p.peek() == '}' {
		p.pos++
		return FromObject(o), nil
	}
	from, base := len(p.offsets), len(p.spans)
	for {
		if err := p.member(o, base, depth); err != nil {
			return Value{}, err
		}
		done, err := p.next('}')
		if err != nil {
			return Value{}, err
		}
		if done {
			ordered := o.InPropertyOrder()
			p.arrange(o, ordered, from, p.spans[base:])
			p.spans = p.spans[:base]
			return FromObject(ordered), nil
		}
	}
}

func (p *parser) member(o *Object, base, depth int) error {
	p.space()
	if p.peek() != '"' {
		return p.fail("a key must be a string")
	}
	from := len(p.offsets)
	p.mark()
	key, err := p.key()
	if err != nil {
		return err
	}
	if p.space(); p.peek() != ':' {
		return p.fail("no ':' after a key")
	}
	p.pos++
	v, err := p.value(depth + 1)
	if err != nil {
		return err
	}
	known := o.Len()
	o.Set(key, v)
	if !p.track {
		return nil
	}
	if o.Len() == known { // the last of equal keys wins, and where it stands
		p.spans[base+o.Index(key)] = span{from, len(p.offsets)}
	} else {
		p.spans = append(p.spans, span{from, len(p.offsets)})
	}
	return nil
}

// arrange puts the offsets of o's members, which begin at from, in the order of
// ordered, and drops those of members that were overwritten.
func (p *parser) arrange(o, ordered *Object, from int, spans []span) {
	inOrder, next := o == ordered, from
	for _, s := range spans {
		inOrder = inOrder && s.from == next
		next = s.to
	}
	if !p.track || (inOrder && next == len(p.offsets)) {
		return
	}
	var moved []int
	for _, key := range ordered.keys {
		s := spans[o.Index(key)]
		moved = append(moved, p.offsets[s.from:s.to]...)
	}
	p.offsets = append(p.offsets[:from], moved...)
}

func (p *parser) array(depth int) (Value, error) {
	p.pos++
	list := []Value{}
	if p.space(); p.peek() == ']' {
		p.pos++
		return List(list...), nil
	}
	for {
		p.space()
		p.mark()
		v, err := p.value(depth + 1)
		if err != nil {
			return Value{}, err
		}
		list = append(list, v)
		done, err := p.next(']')
		if err != nil {
			return Value{}, err
		}
		if done {
			return List(list...), nil
		}
	}
}

// next steps over a comma (false) or the closing byte (true).
func (p *parser) next(closing byte) (done bool, err error) {
	p.space()
	switch p.peek() {
	case ',':
		p.pos++
		return false, nil
	case closing:
		p.pos++
		return true, nil
	}
	return false, p.fail("no ',' or '" + string(closing) + "'")
}

func (p *parser) peek() byte {
	if p.pos < len(p.data) {
		return p.data[p.pos]
	}
	return 0
}

func (p *parser) number() (Value, error) {
	start := p.pos
	digits := func() int {
		n := p.pos
		for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
			p.pos++
		}
		return p.pos - n
	}
	if p.peek() == '-' {
		p.pos++
	}
	zero := p.peek() == '0'
	if n := digits(); n == 0 || (zero && n > 1) {
		p.pos = start
		return Value{}, p.fail("unexpected character")
	}
	if p.peek() == '.' {
		p.pos++
		if digits() == 0 {
			return Value{}, p.fail("no digit after the point")
		}
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		p.pos++
		if c := p.peek(); c == '+' || c == '-' {
			p.pos++
		}
		if digits() == 0 {
			return Value{}, p.fail("no digit in the exponent")
		}
	}
	f, err := strconv.ParseFloat(string(p.data[start:p.pos]), 64)
	if err != nil && !math.IsInf(f, 0) {
		return Value{}, p.fail("not a number")
	}
	return Number(f), nil
}

func (p *parser) string() (string, error) {
	raw, s, err := p.scanString()
	if raw != nil {
		return string(raw), nil
	}
	return s, err
}

// key reads a string of which there are likely to be many.
func (p *parser) key() (string, error) {
	raw, s, err := p.scanString()
	if raw == nil {
		return s, err
	}
	if key, ok := p.keys[string(raw)]; ok {
		return key, nil
	}
	key := string(raw)
	if p.keys == nil {
		p.keys = map[string]string{}
	}
	if len(p.keys) < maxKeys {
		p.keys[key] = key
	}
	return key, nil
}

// scanString reads a string, and returns it as it stands in data if it has no
// escapes, else decoded.
func (p *parser) scanString() (raw []byte, s string, err error) {
	p.pos++
	start := p.pos
	for p.pos < len(p.data) {
		switch c := p.data[p.pos]; {
		case c == '"':
			raw := p.data[start:p.pos]
			p.pos++
			return raw, "", nil
		case c == '\\':
			s, err := p.escaped(append([]byte(nil), p.data[start:p.pos]...))
			return nil, s, err
		case c < ' ':
			return nil, "", p.fail("a control character in a string")
		}
		p.pos++
	}
	return nil, "", p.fail("unexpected end in a string")
}

// escaped reads the rest of a string from its first backslash on; buf is what
// came before.
func (p *parser) escaped(buf []byte) (string, error) {
	for p.pos < len(p.data) {
		switch c := p.data[p.pos]; {
		case c == '"':
			p.pos++
			return string(buf), nil
		case c < ' ':
			return "", p.fail("a control character in a string")
		case c != '\\':
			buf = append(buf, c)
			p.pos++
		default:
			p.pos++
			esc := p.peek()
			p.pos++
			switch esc {
			case '"', '\\', '/':
				buf = append(buf, esc)
			case 'b':
				buf = append(buf, '\b')
			case 'f':
				buf = append(buf, '\f')
			case 'n':
				buf = append(buf, '\n')
			case 'r':
				buf = append(buf, '\r')
			case 't':
				buf = append(buf, '\t')
			case 'u':
				r, ok := p.hex4()
				if !ok {
					return "", p.fail("a bad \\u escape")
				}
				if utf16.IsSurrogate(r) {
					r = p.lowSurrogate(r)
				}
				buf = AppendRune(buf, r)
			default:
				return "", p.fail("a bad escape")
			}
		}
	}
	return "", p.fail("unexpected end in a string")
}

// lowSurrogate joins a high surrogate with the \u escape behind it, if that is
// its other half.
func (p *parser) lowSurrogate(high rune) rune {
	if p.pos+6 > len(p.data) || p.data[p.pos] != '\\' || p.data[p.pos+1] != 'u' {
		return high
	}
	back := p.pos
	p.pos += 2
	low, ok := p.hex4()
	if r := utf16.DecodeRune(high, low); ok && r != utf8.RuneError {
		return r
	}
	p.pos = back
	return high
}

func (p *parser) hex4() (rune, bool) {
	if p.pos+4 > len(p.data) {
		return 0, false
	}
	n, err := strconv.ParseUint(string(p.data[p.pos:p.pos+4]), 16, 32)
	if err != nil {
		return 0, false
	}
	p.pos += 4
	return rune(n), true
}

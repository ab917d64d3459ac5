// Package jsyaml writes and reads YAML as js-yaml does, the library with which
// Directus writes and reads its schema snapshots: what Append writes is what
// js-yaml's dump with all defaults would have written, byte for byte, and what
// Load returns is what its load would have returned.
//
//	data := jsyaml.Append(nil, v, jsyaml.Dialect43)
//	doc, err := jsyaml.Load(data)
//	line := doc.Line("fields", 3, "meta", "note")
//
// It knows nothing of Directus. It is no general YAML library: it writes no
// anchors, tags, flow collections or comments, and reads one document with the
// types of js-yaml's default schema, except that timestamps stay strings.
package jsyaml

import (
	"math"
	"strconv"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/jsyaml/scalar"
)

// Dialect says which js-yaml a text is for.
type Dialect = scalar.Dialect

// The dialects that Directus has used; what they mean is said in package scalar.
const (
	Dialect43 = scalar.Dialect43 // js-yaml 4.3: Directus 12
	Dialect41 = scalar.Dialect41 // js-yaml 4.1: Directus 10 and 11
)

// maxPlainKey is the length, in UTF-16 units as written, above which js-yaml
// marks a key with "? ".
const maxPlainKey = 1024

const spaces = "                                                                                "

// Append appends v to dst as js-yaml's dump(v) writes it, the final newline
// included. Object members are written in the order they have. Nothing becomes
// an alias, which js-yaml uses only for one and the same object in two places.
// Invalid UTF-8 in a string becomes U+FFFD, as on its way into JavaScript.
func Append(dst []byte, v jsvalue.Value, d Dialect) []byte {
	e := encoder{dialect: d}
	switch {
	case isBlockMap(v):
		dst = e.mapping(dst, v.Object(), 0, true)
	case isBlockList(v):
		dst = e.sequence(dst, v.List(), 0, true)
	default:
		dst = e.scalar(dst, v, 0)
	}
	return append(dst, '\n')
}

// AppendMember appends the lines that Append writes for one member of a
// document's outermost object, so that a big object need never be held whole:
// its members written one by one make the same text.
func AppendMember(dst []byte, key string, v jsvalue.Value, d Dialect) []byte {
	e := encoder{dialect: d}
	return append(e.pair(dst, key, v, 0), '\n')
}

// AppendElement appends the lines that Append writes for one element of a list
// that is a member of a document's outermost object. The caller writes the line
// "key:" before the first; an empty list is written by AppendMember.
func AppendElement(dst []byte, v jsvalue.Value, d Dialect) []byte {
	e := encoder{dialect: d}
	dst = append(dst, "  - "...)
	return append(e.element(dst, v, 2), '\n')
}

type encoder struct{ dialect Dialect }

func isBlockMap(v jsvalue.Value) bool {
	return v.Kind() == jsvalue.KindObject && v.Object().Len() > 0
}

func isBlockList(v jsvalue.Value) bool {
	return v.Kind() == jsvalue.KindList && len(v.List()) > 0
}

// newline starts a line at a level, of two columns each.
func newline(dst []byte, level int) []byte {
	return indent(append(dst, '\n'), 2*level)
}

func indent(dst []byte, n int) []byte {
	for ; n > len(spaces); n -= len(spaces) {
		dst = append(dst, spaces...)
	}
	return append(dst, spaces[:n]...)
}

// mapping writes a non-empty object; compact puts its first member on the
// current line (behind "- " or "? ").
func (e encoder) mapping(dst []byte, o *jsvalue.Object, level int, compact bool) []byte {
	for i := range o.Len() {
		if i > 0 || !compact {
			dst = newline(dst, level)
		}
		key, v := o.At(i)
		dst = e.pair(dst, key, v, level)
	}
	return dst
}

func (e encoder) sequence(dst []byte, list []jsvalue.Value, level int, compact bool) []byte {
	for i, v := range list {
		if i > 0 || !compact {
			dst = newline(dst, level)
		}
		dst = e.element(append(dst, '-', ' '), v, level+1)
	}
	return dst
}

func (e encoder) element(dst []byte, v jsvalue.Value, level int) []byte {
	switch {
	case isBlockMap(v):
		return e.mapping(dst, v.Object(), level, true)
	case isBlockList(v):
		return e.sequence(dst, v.List(), level, true)
	}
	return e.scalar(dst, v, level)
}

func (e encoder) pair(dst []byte, key string, v jsvalue.Value, level int) []byte {
	dst, explicit := e.key(dst, key, level)
	dst = append(dst, ':')
	switch {
	case explicit:
		return e.element(append(dst, ' '), v, level+1)
	case isBlockMap(v):
		return e.mapping(dst, v.Object(), level+1, false)
	case isBlockList(v):
		return e.sequence(dst, v.List(), level+1, false)
	}
	return e.scalar(append(dst, ' '), v, level+1)
}

// key writes a key; explicit tells that it was too long for an implicit one, and
// that the current line is now the one of its value.
func (e encoder) key(dst []byte, key string, level int) (_ []byte, explicit bool) {
	start := len(dst)
	dst = e.text(dst, key, 0, true)
	if len(dst)-start <= maxPlainKey || jsvalue.LenUTF16(string(dst[start:])) <= maxPlainKey {
		return dst, false
	}
	dst = append(dst, "  "...)
	copy(dst[start+2:], dst[start:])
	copy(dst[start:], "? ")
	return newline(dst, level), true
}

// scalar writes anything that stands on one line or is a block scalar; level is
// that of the value, one more than that of the mapping or sequence around it.
func (e encoder) scalar(dst []byte, v jsvalue.Value, level int) []byte {
	switch v.Kind() {
	case jsvalue.KindNull:
		return append(dst, "null"...)
	case jsvalue.KindBool:
		return strconv.AppendBool(dst, v.Bool())
	case jsvalue.KindNumber:
		return appendNumber(dst, v.Number())
	case jsvalue.KindString:
		return e.text(dst, v.Str(), level, false)
	case jsvalue.KindList:
		return append(dst, "[]"...)
	default:
		return append(dst, "{}"...)
	}
}

// appendNumber writes f as js-yaml's int and float types represent it.
func appendNumber(dst []byte, f float64) []byte {
	switch abs := math.Abs(f); {
	case math.IsNaN(f):
		return append(dst, ".nan"...)
	case math.IsInf(f, 1):
		return append(dst, ".inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-.inf"...)
	case f == 0 && math.Signbit(f):
		return append(dst, "-0.0"...)
	case f == 0 || (abs >= 1e-6 && abs < 1e21):
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	s := jsvalue.FormatNumber(f)
	for i := range len(s) {
		// 5e-100 is no float to YAML, 5.e-100 is; 1e+21 is an int to js-yaml,
		// which leaves it as it is.
		if s[i] == 'e' && math.Abs(f) < 1 {
			return append(append(append(dst, s[:i]...), '.'), s[i:]...)
		}
		if s[i] == '.' {
			break
		}
	}
	return append(dst, s...)
}

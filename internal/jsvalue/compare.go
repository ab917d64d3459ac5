package jsvalue

import (
	"cmp"
	"math"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// CompareUTF16 orders two strings by their UTF-16 code units, as JavaScript's
// < does. It differs from byte order only where a character above U+FFFF, or a
// lone surrogate, meets one from U+D800 up.
func CompareUTF16(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	if i == len(a) || i == len(b) || a[i] < 0xED || b[i] < 0xED {
		return strings.Compare(a[i:], b[i:])
	}
	// Both differ at the first byte of a rune of three or four bytes.
	hiA, loA := units(a[i:])
	hiB, loB := units(b[i:])
	if c := cmp.Compare(hiA, hiB); c != 0 {
		return c
	}
	return cmp.Compare(loA, loB) // half of a pair against a whole one
}

// units returns the first two UTF-16 units of s, -1 for one that is not there.
func units(s string) (first, second rune) {
	r, size := DecodeRune(s)
	if r >= 0x10000 {
		return utf16.EncodeRune(r)
	}
	if size == len(s) {
		return r, -1
	}
	if second, _ = DecodeRune(s[size:]); second >= 0x10000 {
		second, _ = utf16.EncodeRune(second)
	}
	return r, second
}

// LenUTF16 returns the length of s as JavaScript counts it: in UTF-16 units.
func LenUTF16(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 0xF0:
			n += 2
		case c < utf8.RuneSelf || c >= 0xC0:
			n++
		}
	}
	return n
}

// Equal tells whether two values are the same: numbers by value (NaN equals
// NaN, 0 equals -0), arrays in order, objects whatever the order of their keys.
func Equal(a, b Value) bool {
	if a.kind != b.kind {
		return false
	}
	switch a.kind {
	case KindNull:
		return true
	case KindBool:
		return a.num == b.num
	case KindNumber:
		return a.num == b.num || (math.IsNaN(a.num) && math.IsNaN(b.num))
	case KindString:
		return a.str == b.str
	case KindList:
		return equalLists(a.ref.vals, b.ref.vals)
	default:
		return equalObjects(a.ref, b.ref)
	}
}

func equalLists(a, b []Value) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

func equalObjects(a, b *Object) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		key, v := a.At(i)
		// Two objects from the same source have their keys in the same order.
		if b.keys[i] == key {
			if !Equal(v, b.vals[i]) {
				return false
			}
			continue
		}
		w, ok := b.Get(key)
		if !ok || !Equal(v, w) {
			return false
		}
	}
	return true
}

// Text returns v as JavaScript's String(v) gives it: arrays joined by commas
// with null as nothing, any object as "[object Object]".
func Text(v Value) string {
	switch v.kind {
	case KindNull:
		return "null"
	case KindBool:
		if v.num != 0 {
			return "true"
		}
		return "false"
	case KindNumber:
		return FormatNumber(v.num)
	case KindString:
		return v.str
	case KindList:
		parts := make([]string, len(v.ref.vals))
		for i, e := range v.ref.vals {
			if !e.IsNull() {
				parts[i] = Text(e)
			}
		}
		return strings.Join(parts, ",")
	default:
		return "[object Object]"
	}
}

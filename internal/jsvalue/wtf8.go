package jsvalue

import (
	"unicode/utf16"
	"unicode/utf8"
)

// DecodeRune is utf8.DecodeRuneInString for the strings of this package, which
// may hold lone surrogates.
func DecodeRune(s string) (rune, int) {
	if len(s) >= 3 && s[0] == 0xED && s[1] >= 0xA0 && s[1] <= 0xBF && s[2]&0xC0 == 0x80 {
		return 0xD000 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), 3
	}
	return utf8.DecodeRuneInString(s)
}

// AppendRune is utf8.AppendRune for the strings of this package: it appends a
// surrogate in its three-byte form.
func AppendRune(dst []byte, r rune) []byte {
	if utf16.IsSurrogate(r) {
		return append(dst, 0xED, 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F)
	}
	return utf8.AppendRune(dst, r)
}

// ToValid returns s with U+FFFD for every byte that is part of neither UTF-8 nor
// a lone surrogate, as a decoder on the way into JavaScript would have done.
func ToValid(s string) string {
	for i := 0; i < len(s); {
		r, size := DecodeRune(s[i:])
		if r == utf8.RuneError && size == 1 {
			return replaceInvalid(s, i)
		}
		i += size
	}
	return s
}

func replaceInvalid(s string, i int) string {
	buf := append(make([]byte, 0, len(s)+2), s[:i]...)
	for i < len(s) {
		r, size := DecodeRune(s[i:])
		buf = AppendRune(buf, r)
		i += size
	}
	return string(buf)
}

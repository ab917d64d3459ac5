package terminal

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean returns s as one line that is safe to print: whatever could move the
// cursor, colour, hide, reorder or break the text becomes a visible escape such
// as \n, \x1b, \u202e or \xff (for bytes that are not UTF-8). Letters, marks,
// symbols, emoji and spaces of all scripts stay. Clean is idempotent.
//
// Names and texts from a database, a file or another program pass through here
// before they reach a person.
func Clean(s string) string {
	i := firstUnsafe(s)
	if i < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for {
		b.WriteString(s[:i])
		r, size := utf8.DecodeRuneInString(s[i:])
		writeEscape(&b, r, s[i:i+size])
		s = s[i+size:]
		if i = firstUnsafe(s); i < 0 {
			b.WriteString(s)
			return b.String()
		}
	}
}

// IsClean tells whether Clean would leave s as it is.
func IsClean(s string) bool { return firstUnsafe(s) < 0 }

// firstUnsafe returns the offset of the first rune to escape, or -1.
func firstUnsafe(s string) int {
	for i, r := range s {
		if r < utf8.RuneSelf {
			if r < 0x20 || r == 0x7f {
				return i
			}
			continue
		}
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i
			}
		}
		if !unicode.IsGraphic(r) || invisible(r) {
			return i
		}
	}
	return -1
}

// invisible holds letters and marks that draw nothing or only blank, which
// Unicode does not count among the format characters. The two variation
// selectors that choose between text and emoji stay: they are in everyday use.
func invisible(r rune) bool {
	switch {
	case r == 0x034f, // combining grapheme joiner
		r == 0x115f, r == 0x1160, r == 0x3164, r == 0xffa0, // Hangul fillers
		r == 0x17b4, r == 0x17b5, // Khmer inherent vowels
		r == 0x2800: // Braille blank
		return true
	case r >= 0x180b && r <= 0x180f, // Mongolian variation selectors
		r >= 0xfe00 && r <= 0xfe0d,   // variation selectors
		r >= 0xe0100 && r <= 0xe01ef: // variation selectors supplement
		return true
	}
	return false
}

func writeEscape(b *strings.Builder, r rune, raw string) {
	switch {
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\r':
		b.WriteString(`\r`)
	case r == '\t':
		b.WriteString(`\t`)
	case r < 0x80 || (r == utf8.RuneError && len(raw) == 1):
		fmt.Fprintf(b, `\x%02x`, raw[0])
	case r <= 0xffff:
		fmt.Fprintf(b, `\u%04x`, r)
	default:
		fmt.Fprintf(b, `\U%08x`, r)
	}
}

// Shorten returns s cut to at most limit runes, the last of them an ellipsis
// where something was cut. A limit under 1 is 1.
func Shorten(s string, limit int) string {
	limit = max(limit, 1)
	if len(s) <= limit {
		return s
	}
	count, cut := 0, 0
	for i := range s {
		if count == limit-1 {
			cut = i
		}
		if count++; count > limit {
			return s[:cut] + "…"
		}
	}
	return s
}

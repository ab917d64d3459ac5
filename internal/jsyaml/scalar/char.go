package scalar

// IsUnsafeFirst tells whether a plain string may not start with c
// (isPlainSafeFirst of lib/dumper.js, for ASCII).
func IsUnsafeFirst(c byte) bool {
	switch c {
	case ' ', '-', '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '=', '>', '\'', '"', '%', '@', '`':
		return true
	}
	return false
}

// IsPrintable is js-yaml's: what need not be escaped. A newline is not.
func IsPrintable(r rune) bool {
	switch {
	case r < 0x7F:
		return r >= ' '
	case r < 0xD800:
		return r > 0xA0 && r != 0x2028 && r != 0x2029
	case r < 0x10000:
		return r >= 0xE000 && r <= 0xFFFD && r != 0xFEFF
	}
	return true
}

package jsvalue

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// FormatNumber returns f as JavaScript's Number::toString writes it in base 10:
// the shortest digits that read back the same, an exponent from 1e21 up and
// below 1e-6, "NaN", "Infinity", and "0" for negative zero.
func FormatNumber(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0:
		return "0"
	}
	if abs := math.Abs(f); abs >= 1e21 || abs < 1e-6 {
		s := strconv.FormatFloat(f, 'e', -1, 64)
		mantissa, exp, _ := strings.Cut(s, "e")
		sign := exp[:1] // Go pads the exponent to two digits, JavaScript does not
		return mantissa + "e" + sign + strings.TrimLeft(exp[1:], "0")
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// ParseNumber returns what JavaScript's Number(s) gives for a string: spaces
// around it do not count, "" is 0, 0x, 0o and 0b are known, underscores are
// not; ok is false where the result is NaN.
func ParseNumber(s string) (f float64, ok bool) {
	s = strings.TrimFunc(s, isJSSpace)
	switch s {
	case "":
		return 0, true
	case "Infinity", "+Infinity":
		return math.Inf(1), true
	case "-Infinity":
		return math.Inf(-1), true
	}
	if len(s) > 2 && s[0] == '0' {
		if base := map[byte]int{'x': 16, 'X': 16, 'o': 8, 'O': 8, 'b': 2, 'B': 2}[s[1]]; base != 0 {
			return parseRadix(s[2:], base)
		}
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && !strings.ContainsRune("+-.eE", rune(c)) {
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) { // out of range is Infinity in JavaScript too
		return 0, false
	}
	return f, true
}

func parseRadix(digits string, base int) (float64, bool) {
	for _, c := range []byte(digits) {
		if d := hexDigit(c); d < 0 || d >= base {
			return 0, false
		}
	}
	digits = strings.TrimLeft(digits, "0")
	if len(digits)*bits.Len(uint(base-1)) > 1024+4 {
		return math.Inf(1), true
	}
	n := new(big.Int)
	if digits != "" {
		n.SetString(digits, base)
	}
	f, _ := new(big.Float).SetInt(n).Float64() // rounded once, to even, as V8 does
	return f, true
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// isJSSpace is JavaScript's white space and line terminators.
func isJSSpace(r rune) bool {
	switch r {
	case '\t', '\n', '\v', '\f', '\r', ' ', 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF:
		return true
	}
	return r >= 0x2000 && r <= 0x200A
}

// Trim returns s as JavaScript's String.prototype.trim leaves it.
func Trim(s string) string { return strings.TrimFunc(s, isJSSpace) }

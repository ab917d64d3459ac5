// Package scalar knows which value js-yaml takes a plain scalar for, and which
// strings may not be written plain because they would be taken for another one.
// It knows scalars only: nothing of documents, styles or indentation.
package scalar

import (
	"math"
	"strconv"
	"strings"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

// Dialect says which js-yaml a text is for. They differ in what they take for a
// number, hence in what they quote.
type Dialect uint8

const (
	// Dialect43 is js-yaml 4.3 (Directus 12): 1_000 and 1e999 are strings.
	Dialect43 Dialect = iota
	// Dialect41 is js-yaml 4.1 (Directus 10 and 11): 1_000 and 1e999 are
	// numbers, so a string of that form is quoted.
	Dialect41
)

// IsAmbiguous tells whether a reader of YAML 1.1 or 1.2 would take the plain
// text s for something else than a string, so that js-yaml quotes it
// (testImplicitResolving and the compat mode of lib/dumper.js).
func IsAmbiguous(s string, d Dialect) bool {
	switch c := s[0]; {
	case c >= '0' && c <= '9', c == '+', c == '-', c == '.', c == '_':
		return isBase60(s) || IsInt(s, d) || IsFloat(s, d) || IsTimestamp(s)
	case c == '~', c == '<':
		return s == "~" || s == "<<"
	}
	return isWord(s) || isCompatWord(s)
}

// IsCompat tells whether s is quoted for the sake of YAML 1.1 readers, which
// js-yaml asks before it looks at the length.
func IsCompat(s string) bool { return isCompatWord(s) || isBase60(s) }

func isCompatWord(s string) bool {
	switch s {
	case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON",
		"n", "N", "no", "No", "NO", "off", "Off", "OFF":
		return true
	}
	return false
}

// isWord tells whether s is a null or a bool.
func isWord(s string) bool {
	switch s {
	case "null", "Null", "NULL", "true", "True", "TRUE", "false", "False", "FALSE":
		return true
	}
	return false
}

// isBase60 matches js-yaml's ^[-+]?[0-9_]+(?::[0-9_]+)+(?:\.[0-9_]*)?$
func isBase60(s string) bool {
	s = afterSign(s)
	groups := 0
	for {
		n := countDigits(s, true)
		if n == 0 {
			return false
		}
		groups++
		s = s[n:]
		if s == "" || s[0] != ':' {
			break
		}
		s = s[1:]
	}
	if s != "" && s[0] == '.' {
		s = s[1+countDigits(s[1:], true):]
	}
	return groups > 1 && s == ""
}

func afterSign(s string) string {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		return s[1:]
	}
	return s
}

// countDigits returns how many bytes at the start of s are digits, or
// underscores where those count.
func countDigits(s string, underscores bool) int {
	n := 0
	for n < len(s) && ((s[n] >= '0' && s[n] <= '9') || (underscores && s[n] == '_')) {
		n++
	}
	return n
}

// IsInt tells whether s is an int to js-yaml: resolveYamlInteger of js-yaml's lib/type/int.js.
func IsInt(s string, d Dialect) bool {
	digits := afterSign(s)
	if digits == "" {
		return false
	}
	base := 10
	if digits[0] == '0' {
		if len(digits) == 1 {
			return true
		}
		digits = digits[1:]
		if base = radix(digits[0]); base != 10 {
			digits = digits[1:]
		}
	}
	if digits == "" || (base == 10 && digits[0] == '_') {
		return false
	}
	found := false
	for _, c := range []byte(digits) {
		if c == '_' && d == Dialect41 {
			continue
		}
		if !IsDigit(c, base) {
			return false
		}
		found = true
	}
	if d == Dialect41 {
		return found && digits[len(digits)-1] != '_'
	}
	return found && (len(digits) < 256 || !math.IsInf(parseInt(s), 0))
}

func radix(letter byte) int {
	switch letter {
	case 'b':
		return 2
	case 'o':
		return 8
	case 'x':
		return 16
	}
	return 10
}

// IsDigit tells whether c is a digit to a base up to 16, in either case.
func IsDigit(c byte, base int) bool {
	switch {
	case c >= '0' && c <= '9':
		return int(c-'0') < base
	case c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
		return base == 16
	}
	return false
}

// IsFloat tells whether s is a float to js-yaml: resolveYamlFloat of js-yaml's lib/type/float.js.
func IsFloat(s string, d Dialect) bool {
	if isSpecialFloat(s) {
		return true
	}
	underscores := d == Dialect41
	rest := afterSign(s)
	switch {
	case rest != "" && rest[0] >= '0' && rest[0] <= '9':
		rest = rest[countDigits(rest, underscores):]
		if rest != "" && rest[0] == '.' {
			rest = rest[1+countDigits(rest[1:], underscores):]
		}
	case len(s) > 1 && s[0] == '.':
		n := countDigits(s[1:], underscores)
		if n == 0 {
			return false
		}
		rest = s[1+n:]
	default:
		return false
	}
	if rest != "" && (rest[0] == 'e' || rest[0] == 'E') {
		exp := afterSign(rest[1:])
		n := countDigits(exp, false)
		if n == 0 {
			return false
		}
		rest = exp[n:]
	}
	if rest != "" {
		return false
	}
	if underscores {
		return s[len(s)-1] != '_'
	}
	f, _ := strconv.ParseFloat(s, 64)
	return !math.IsInf(f, 0)
}

// isSpecialFloat tells whether s is an infinity or not a number.
func isSpecialFloat(s string) bool {
	switch s {
	case ".nan", ".NaN", ".NAN":
		return true
	}
	switch afterSign(s) {
	case ".inf", ".Inf", ".INF":
		return true
	}
	return false
}

// IsTimestamp tells whether s is a timestamp to js-yaml: it matches one of the two patterns of js-yaml's lib/type/timestamp.js.
func IsTimestamp(s string) bool {
	p := pattern{s}
	if !p.digits(4, 4) || !p.byte("-") {
		return false
	}
	day := p
	if day.digits(2, 2) && day.byte("-") && day.digits(2, 2) && day.rest == "" {
		return true
	}
	if !p.digits(1, 2) || !p.byte("-") || !p.digits(1, 2) {
		return false
	}
	if !p.byte("Tt") && !p.blanks() {
		return false
	}
	if !p.digits(1, 2) || !p.byte(":") || !p.digits(2, 2) || !p.byte(":") || !p.digits(2, 2) {
		return false
	}
	if p.byte(".") {
		p.rest = p.rest[countDigits(p.rest, false):]
	}
	if p.rest == "" {
		return true
	}
	p.blanks()
	if p.byte("Z") {
		return p.rest == ""
	}
	if !p.byte("+-") || !p.digits(1, 2) {
		return false
	}
	return p.rest == "" || (p.byte(":") && p.digits(2, 2) && p.rest == "")
}

// pattern is what remains of a text to be matched.
type pattern struct{ rest string }

// digits steps over as many digits as there are, from least to most.
func (p *pattern) digits(least, most int) bool {
	n := min(countDigits(p.rest, false), most)
	if n < least {
		return false
	}
	p.rest = p.rest[n:]
	return true
}

// byte steps over one byte if it is one of those given.
func (p *pattern) byte(oneOf string) bool {
	if p.rest == "" || strings.IndexByte(oneOf, p.rest[0]) < 0 {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *pattern) blanks() bool {
	n := len(p.rest)
	p.rest = strings.TrimLeft(p.rest, " \t")
	return len(p.rest) < n
}

// Resolve returns the value of a plain scalar: null, a bool, a number, or
// else the string that it is. Timestamps stay the text they are, where js-yaml
// makes a Date: Directus compares and stores them as text anyway, and the text
// says what the file says.
func Resolve(s string) jsvalue.Value {
	if s == "" {
		return jsvalue.Null()
	}
	switch c := s[0]; {
	case c >= '0' && c <= '9', c == '+', c == '-', c == '.':
		if f, ok := parsePlainNumber(s); ok {
			return jsvalue.Number(f)
		}
	case c == '~', c == 'n', c == 'N', c == 't', c == 'T', c == 'f', c == 'F':
		switch s {
		case "~", "null", "Null", "NULL":
			return jsvalue.Null()
		case "true", "True", "TRUE":
			return jsvalue.Bool(true)
		case "false", "False", "FALSE":
			return jsvalue.Bool(false)
		}
	}
	return jsvalue.String(s)
}

func parsePlainNumber(s string) (float64, bool) {
	if IsInt(s, Dialect43) {
		return parseInt(s), true
	}
	if !IsFloat(s, Dialect43) {
		return 0, false
	}
	switch {
	case !isSpecialFloat(s):
		f, _ := strconv.ParseFloat(s, 64)
		return f, true
	case s[0] == '-':
		return math.Inf(-1), true
	case s[len(s)-1]|0x20 == 'f':
		return math.Inf(1), true
	}
	return math.NaN(), true
}

// parseInt is parseYamlInteger of js-yaml's lib/type/int.js, for a text that
// has the form of an int. Zero has no sign, but 00 has.
func parseInt(s string) float64 {
	digits := afterSign(s)
	if digits == "0" {
		return 0
	}
	f, _ := jsvalue.ParseNumber(digits)
	if s[0] == '-' {
		return -f
	}
	return f
}

// Package amount writes numbers of things as people read them. It knows no other
// kind of number: durations and sizes are for those who have some.
package amount

import (
	"strconv"
	"strings"
)

// Thousands writes a number with a mark at each thousand: 1,204.
func Thousands[N ~int | ~int64](n N) string {
	digits := strconv.FormatInt(int64(n), 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// Of counts things: "1 field", "1,204 fields", "2 classes". noun is of one.
func Of[N ~int | ~int64](n N, noun string) string {
	switch {
	case n == 1:
	case strings.HasSuffix(noun, "ss"):
		noun += "es"
	default:
		noun += "s"
	}
	return Thousands(n) + " " + noun
}

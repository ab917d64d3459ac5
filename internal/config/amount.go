package config

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// parseSize reads a number of bytes: 1048576, 500MB, 1.5 GB; units are powers of
// 1024, their case does not matter.
func parseSize(word string) (int64, bool) {
	number := strings.TrimSpace(strings.ToUpper(word))
	factor := 1.0
	for i, unit := range []string{"KB", "MB", "GB", "TB", "B"} {
		if rest, ok := strings.CutSuffix(number, unit); ok {
			number = strings.TrimSpace(rest)
			if unit != "B" {
				factor = math.Pow(1024, float64(i+1))
			}
			break
		}
	}
	if number == "" || strings.Trim(number, "0123456789.") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil || f*factor >= math.MaxInt64 {
		return 0, false
	}
	return int64(f * factor), true
}

// maxDays is a hundred years, which a time.Duration holds.
const maxDays = 36500

// parseSpan reads a duration that may also be a number of days: 36h, 30d, 0.
func parseSpan(word string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(word, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 64)
		if err != nil || n > maxDays {
			return 0, strconv.ErrRange
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	return time.ParseDuration(word)
}

package cell

import (
	"strconv"
	"time"
)

// Age says how long ago something was, in short: "now", "25 s", "12 min", "3 h",
// "5 d". next is how long that stays true. What lies in the future is now: the
// clocks of two machines differ.
func Age(at, now time.Time) (text string, next time.Duration) {
	d := max(now.Sub(at), 0)
	for _, step := range []struct {
		below, unit, grain time.Duration
		word               string
	}{
		{time.Minute, time.Second, 5 * time.Second, " s"},
		{time.Hour, time.Minute, time.Minute, " min"},
		{48 * time.Hour, time.Hour, time.Hour, " h"},
		{1<<63 - 1, 24 * time.Hour, 24 * time.Hour, " d"},
	} {
		if d >= step.below {
			continue
		}
		whole := d.Truncate(step.grain)
		next = whole + step.grain - d
		if whole == 0 {
			return "now", next
		}
		return strconv.FormatInt(int64(whole/step.unit), 10) + step.word, next
	}
	return "", 0
}

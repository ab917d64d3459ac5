// Package moment says when something happened, as people read it.
package moment

import "time"

// Text returns the local time of day for a moment of today, "14:02", and the
// date with it for any other, "2026-11-24 14:02".
func Text(at, now time.Time) string {
	if at.Local().Format(time.DateOnly) == now.Local().Format(time.DateOnly) {
		return at.Local().Format("15:04")
	}
	return at.Local().Format("2006-01-02 15:04")
}

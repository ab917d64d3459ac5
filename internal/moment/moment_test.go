package moment

import (
	"testing"
	"time"
)

func TestText(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 23, 59, 0, 0, time.Local)
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{now.Add(-time.Hour), "22:59"},
		{now.Add(-24 * time.Hour), "2026-11-23 23:59"},
		{now.Add(time.Minute), "2026-11-25 00:00"},
		{now.Add(-time.Hour).UTC(), "22:59"},
	} {
		if got := Text(c.at, now); got != c.want {
			t.Errorf("%v: %s, want %s", c.at, got, c.want)
		}
	}
}

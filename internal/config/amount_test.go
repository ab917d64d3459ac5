package config

import (
	"testing"
	"time"
)

func TestSizes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int64{
		"0": 0, "1": 1, "12B": 12, "1kb": 1 << 10, "500MB": 500 << 20, "1.5 GB": 3 << 29, " 2 gb ": 2 << 30, "3TB": 3 << 40,
		"": -1, "MB": -1, "-1": -1, "1e9": -1, "1PB": -1, "1.2.3": -1, "99999999TB": -1, "NaN": -1, "0x10": -1,
	} {
		got, ok := parseSize(in)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q is %d, %v; want %d", in, got, ok, want)
		}
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]time.Duration{
		"0": 0, "0d": 0, "30d": 720 * time.Hour, "36h": 36 * time.Hour, "1h30m": 90 * time.Minute,
		"": -1, "30": -1, "d": -1, "-1d": -1, "1.5d": -1, "36501d": -1, "18446744073709551616d": -1,
	} {
		got, err := parseSpan(in)
		if (err == nil) != (want >= 0) || err == nil && got != want {
			t.Errorf("%q is %v, %v; want %v", in, got, err, want)
		}
	}
}

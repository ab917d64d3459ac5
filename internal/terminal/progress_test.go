package terminal

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// drawn runs a progress line through ticks at the given seconds.
func drawn(s *Streams, msg string, appear int64, seconds ...int64) string {
	var out bytes.Buffer
	s.Err = &out
	ticks := make(chan time.Time)
	stop := s.draw(msg, ticks, time.Unix(appear, 0))
	for _, second := range seconds {
		ticks <- time.Unix(second, 0)
	}
	stop()
	stop()
	return out.String()
}

func TestProgressDrawsAndErases(t *testing.T) {
	t.Parallel()
	got := drawn(&Streams{Width: 80}, "reading app\x1b[31m", 10, 10, 11)
	want := "\r\x1b[K- reading app\\x1b[31m" + "\r\x1b[K\\ reading app\\x1b[31m" + "\r\x1b[K"
	if got != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
}

func TestProgressOfQuickWorkWritesNothing(t *testing.T) {
	t.Parallel()
	if got := drawn(&Streams{Width: 80}, "reading", 10, 8, 9); got != "" {
		t.Errorf("wrote %q", got)
	}
}

func TestProgressNeverWraps(t *testing.T) {
	t.Parallel()
	for _, msg := range []string{strings.Repeat("x", 500), strings.Repeat("日", 500)} {
		got := strings.TrimSuffix(strings.TrimPrefix(drawn(&Streams{Width: 40}, msg, 0, 1), "\r\x1b[K"), "\r\x1b[K")
		columns := 0
		for _, r := range got {
			if columns++; r == '日' {
				columns++
			}
		}
		if columns >= 40 || columns < 20 {
			t.Errorf("the line has %d columns: %q", columns, got)
		}
	}
}

func TestProgressOnlyWhereALineCanBeErased(t *testing.T) {
	t.Parallel()
	type env = map[string]string
	for name, c := range map[string]struct {
		tty  bool
		env  env
		want bool
	}{
		"terminal":    {true, env{"TERM": "xterm"}, true},
		"no terminal": {false, env{"TERM": "xterm"}, false},
		"CI":          {true, env{"TERM": "xterm", "CI": "false"}, false},
		"dumb":        {true, env{"TERM": "dumb"}, false},
	} {
		var out bytes.Buffer
		s := &Streams{Err: &out, InTTY: true, ErrTTY: c.tty, Env: environment(c.env), Width: 80}
		if got := s.Interactive(); got != c.want {
			t.Errorf("%s: Interactive() = %v", name, got)
		}
		done := s.Progress("reading")
		if c.want {
			time.Sleep(progressDelay + 2*progressFrame)
		}
		done()
		if wrote := out.Len() > 0; wrote != c.want {
			t.Errorf("%s: wrote %q", name, out.String())
		}
	}
	piped := &Streams{ErrTTY: true, Env: environment(nil)}
	if piped.Interactive() {
		t.Error("nobody can answer when stdin is no terminal")
	}
}

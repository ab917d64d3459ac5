//go:build unix

package canvas

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// TestUpdate sees that only what changed is written, and that what was there
// before does not stay.
func TestUpdate(t *testing.T) {
	t.Parallel()
	c := &Canvas{}
	for i, step := range []struct {
		lines []string
		width int
		want  string
	}{
		{[]string{"one", "", "three"}, 5, "\x1b[m\x1b[2J\x1b[1;1Hone\x1b[m\x1b[K\x1b[3;1Hthree"}, // a full line is not erased after
		{[]string{"one", "", "three"}, 5, ""},
		{[]string{"one", "2", "th"}, 5, "\x1b[2;1H2\x1b[m\x1b[K\x1b[3;1Hth\x1b[m\x1b[K"},
		{[]string{"one", "", "th"}, 5, "\x1b[2;1H\x1b[m\x1b[K"},
		{[]string{"one", "", "th"}, 6, "\x1b[m\x1b[2J\x1b[1;1Hone\x1b[m\x1b[K\x1b[3;1Hth\x1b[m\x1b[K"},
		{[]string{"注文", "\x1b[1mab\x1b[m"}, 4, "\x1b[m\x1b[2J\x1b[1;1H注文\x1b[2;1H\x1b[1mab\x1b[m\x1b[m\x1b[K"},
	} {
		if got := c.update(step.lines, step.width); got != step.want {
			t.Errorf("step %d writes %q, want %q", i, got, step.want)
		}
	}
}

// TestLeaveUndoesEnter sees that every mode that is switched on is switched off.
func TestLeaveUndoesEnter(t *testing.T) {
	t.Parallel()
	for mode := range strings.SplitSeq(strings.TrimPrefix(enter, "\x1b[?"), "\x1b[?") {
		undone := "\x1b[?" + mode[:len(mode)-1] + map[byte]string{'h': "l", 'l': "h"}[mode[len(mode)-1]]
		if !strings.Contains(leave, undone) {
			t.Errorf("%q is not undone", mode)
		}
	}
}

func TestOpenNeedsATerminal(t *testing.T) {
	t.Parallel()
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := Open(file, file); !errors.Is(err, ErrNoTerminal) {
		t.Errorf("a file is taken for a terminal: %v", err)
	}
	if _, err := Open(strings.NewReader(""), file); !errors.Is(err, ErrNoTerminal) {
		t.Errorf("a reader is taken for a terminal: %v", err)
	}
}

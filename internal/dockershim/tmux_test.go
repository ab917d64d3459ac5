//go:build unix

package dockershim

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// screen is a terminal with a shell in it.
type screen struct {
	t      *testing.T
	socket string
}

// newScreen opens a terminal whose shell has a PATH and other variables.
func newScreen(t *testing.T, dirs []string, env ...string) screen {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("needs tmux")
	}
	s := screen{t, filepath.Join(t.TempDir(), "s")}
	line := append([]string{"exec", "env", "PS1=READY:", "PATH=" + strings.Join(append(dirs, os.Getenv("PATH")), ":")}, env...)
	s.tmux("new-session", "-d", "-x", "100", "-y", "30", strings.Join(append(line, "/bin/sh"), " "))
	t.Cleanup(func() { exec.Command("tmux", "-S", s.socket, "kill-server").Run() })
	s.see("READY:")
	return s
}

func (s screen) tmux(args ...string) string {
	s.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", s.socket, "-f", "/dev/null"}, args...)...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// enter types a line.
func (s screen) enter(line string) { s.t.Helper(); s.tmux("send-keys", line, "Enter") }

// see waits for a text on the screen.
func (s screen) see(what string) {
	s.t.Helper()
	for range 400 {
		if strings.Contains(s.tmux("capture-pane", "-p"), what) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Fatalf("no %q on the screen:\n%s", what, s.tmux("capture-pane", "-p"))
}

// between waits for a number that stands between two texts on the screen.
func (s screen) between(begin, end string) string {
	s.t.Helper()
	number := regexp.MustCompile(regexp.QuoteMeta(begin) + `(\d+)` + regexp.QuoteMeta(end))
	for range 400 {
		if m := number.FindStringSubmatch(s.tmux("capture-pane", "-p")); m != nil {
			return m[1]
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Fatalf("no number after %q on the screen:\n%s", begin, s.tmux("capture-pane", "-p"))
	return ""
}

// TestTmux types as a user does: Ctrl-C reaches docker, and the shell is back.
func TestTmux(t *testing.T) {
	t.Parallel()
	s := newScreen(t, stage(t), "FAKE=signal")
	s.enter("docker compose up; echo code=$?")
	s.see("ready ")
	s.tmux("send-keys", "C-c")
	s.see("got interrupt")
	s.see("code=5")
}

//go:build unix

package screen

import (
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestScreens(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		w, h  int
		args  string
		keys  []string
		env   []string
		flags []string
	}{
		{name: "unsaved-80x24", w: 80, h: 24, args: "unsaved"},
		{name: "unsaved-160x50", w: 160, h: 50, args: "unsaved", keys: []string{"j"}},
		{name: "unsaved-40x20", w: 40, h: 20, args: "unsaved"},
		{name: "colours-80x24", w: 80, h: 24, args: "unsaved", flags: []string{"-e"}},
		{name: "hostile-80x24", w: 80, h: 24, args: "hostile"},
		{name: "detail-80x24", w: 80, h: 24, args: "unsaved", keys: []string{"Down", "Enter", "PPage", "NPage"}},
		{name: "many-end-80x24", w: 80, h: 24, args: "many", keys: []string{"End"}},
		{name: "filter-80x24", w: 80, h: 24, args: "many", keys: []string{"/", "0", "0", "7"}},
		{name: "image-ascii-80x24", w: 80, h: 24, args: "image", env: []string{"LANG=C", "TERM=xterm"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			console := openConsole(t, c.w, c.h, c.env...)
			console.play(c.args)
			for _, key := range c.keys {
				console.keys(key)
			}
			console.golden(c.name, c.flags...)
		})
	}
}

// TestResize changes the size of the terminal and what is shown, again and again;
// in the end nothing is left of what was there before.
func TestResize(t *testing.T) {
	t.Parallel()
	c := openConsole(t, 80, 24)
	c.play("unsaved image clean")
	for _, size := range [][2]string{{"160", "50"}, {"30", "10"}, {"10", "4"}, {"100", "30"}} {
		c.tmux("resize-window", "-x", size[0], "-y", size[1])
		time.Sleep(100 * time.Millisecond)
	}
	c.golden("resized-100x30")
	if err := syscall.Kill(c.pid(), syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	c.golden("next-100x30")
	c.tmux("resize-window", "-x", "80", "-y", "24")
	c.golden("next-80x24")
}

func TestNoColour(t *testing.T) {
	t.Parallel()
	colours := regexp.MustCompile("\x1b\\[[0-9;]*(3[0-8]|4[0-8]|9[0-7])[0-9;]*m")
	for _, row := range []struct {
		args   string
		env    []string
		colour bool
	}{{"unsaved", []string{"NO_COLOR=1"}, false}, {"--color=never unsaved", nil, false}, {"unsaved", nil, true}, {"--color=always unsaved", []string{"NO_COLOR=1"}, true}} {
		c := openConsole(t, 80, 24, row.env...)
		c.play(row.args)
		if screen := c.tmux("capture-pane", "-p", "-e"); colours.MatchString(screen) != row.colour {
			t.Errorf("play %s with %q: coloured is not %v:\n%q", row.args, row.env, row.colour, screen)
		}
	}
}

// TestEnds ends the program in every way that a program can see.
func TestEnds(t *testing.T) {
	t.Parallel()
	signal := func(s syscall.Signal) func(*console) {
		return func(c *console) {
			if err := syscall.Kill(c.pid(), s); err != nil {
				c.t.Fatal(err)
			}
		}
	}
	for name, row := range map[string]struct {
		args string
		end  func(*console)
		code int
		says string
	}{
		"q":             {"unsaved", func(c *console) { c.keys("q") }, 0, "bye"},
		"ctrl-c":        {"unsaved", func(c *console) { c.keys("C-c") }, 0, "bye"},
		"no events":     {"unsaved", signal(syscall.SIGUSR1), 0, "bye"},
		"SIGTERM":       {"unsaved", signal(syscall.SIGTERM), 3, "stopped: terminated signal received"},
		"SIGHUP":        {"unsaved", signal(syscall.SIGHUP), 3, "stopped: hangup signal received"},
		"SIGINT":        {"unsaved", signal(syscall.SIGINT), 3, "stopped: interrupt signal received"},
		"panic in save": {"-panic save unsaved", func(c *console) { c.keys("s") }, 3, "a bug in schemaguard: saving broke"},
		"panic in view": {"-panic view unsaved", func(c *console) { c.keys("r", "j") }, 3, `a bug in schemaguard: the clock broke\x1b[31m`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := openConsole(t, 100, 24)
			c.play(row.args)
			row.end(c)
			c.see(row.says)
			c.restored(row.code)
		})
	}
}

// TestSuspend leaves with ctrl-z and comes back with fg.
func TestSuspend(t *testing.T) {
	t.Parallel()
	c := openConsole(t, 80, 24)
	c.play("unsaved")
	c.keys("C-z")
	c.see("Stopped")
	c.restored(148) // 128 and SIGTSTP
	c.keys("fg", "Enter")
	c.see("? help  q quit")
	c.golden("unsaved-80x24")
	c.keys("j", "Enter")
	c.see("detail, esc to go back")
	c.keys("q")
	c.see("bye")
}

// TestStopFromOutside stops the program with a signal that it cannot see.
func TestStopFromOutside(t *testing.T) {
	t.Parallel()
	c := openConsole(t, 80, 24)
	c.play("unsaved")
	if err := syscall.Kill(c.pid(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	c.see("Stopped")
	c.tmux("send-keys", "-l", "clear; fg")
	c.keys("Enter")
	c.golden("unsaved-80x24")
	c.keys("q")
	c.see("bye")
}

// TestCtrlZWithoutShell presses ctrl-z where no shell could wake the program up.
func TestCtrlZWithoutShell(t *testing.T) {
	t.Parallel()
	c := openConsole(t, 80, 24)
	c.tmux("new-window", "env TZ=UTC LANG=C.UTF-8 TERM=screen-256color $(command -v play || echo "+mustProgram(t)+") unsaved")
	c.see("? help  q quit")
	c.keys("C-z")
	time.Sleep(time.Second)
	c.keys("j", "Enter")
	c.see("detail, esc to go back")
}

func mustProgram(t *testing.T) string {
	t.Helper()
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// TestKill kills the program: nobody is left to restore the terminal, and what the
// help says does.
func TestKill(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("reset"); err != nil {
		t.Skip("needs reset")
	}
	c := openConsole(t, 80, 24)
	c.play("unsaved")
	if err := syscall.Kill(c.pid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	c.see("code1=137")
	c.tmux("send-keys", "-l", "\nreset; tput rmcup; echo code1=$((3+4))\n")
	c.restored(7)
}

func TestMouseWheel(t *testing.T) {
	t.Parallel()
	c := openConsole(t, 80, 24)
	c.play("many")
	c.see("▌ field table_000.column_0")
	c.tmux("send-keys", "-l", "\x1b[<65;10;10M\x1b[<65;10;10M")
	c.see("▌ field table_000.column_6")
	c.tmux("send-keys", "-l", "\x1b[<64;10;10M")
	c.see("▌ field table_000.column_3")
	c.tmux("send-keys", "-l", "\x1b[<0;10;9M\x1b[<0;10;9m")
	c.see("▌ field table_000.column_1")
}

// TestActions saves, fails and compares.
func TestActions(t *testing.T) {
	t.Parallel()
	c := openConsole(t, 80, 24)
	c.play("unsaved")
	c.keys("s")
	c.see("saving the snapshot, please wait")
	c.see("wrote snapshots/schema.yaml: 128 items, 3 of them new")
	c.gone("please wait")
	c.keys("a")
	screen := c.see("rm .git/index.lock")
	if !strings.Contains(screen, "error: staging snapshots/schema.yaml: the index is locked") {
		t.Errorf("the error is not said:\n%s", screen)
	}
	c.keys("d")
	c.see("diff, 64 lines, esc to go back")
	c.keys("End")
	c.see("+ field table.column_59")
	c.keys("Escape")
	c.see("4 items of live against worktree")
}

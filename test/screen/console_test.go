//go:build unix

// Package screen drives the screen of the watcher in a real terminal, as a person
// does, and compares what is seen with golden screens.
package screen

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden screens in testdata")

// program builds the program that shows samples, once.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "play-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "play")
	if out, err := exec.Command("go", "build", "-tags", "tools", "-o", file, "./play").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building play: %w: %s", err, out)
	}
	return file, nil
})

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if file, err := program(); err == nil {
		os.RemoveAll(filepath.Dir(file))
	}
	os.Exit(code)
}

// console is a terminal with a shell in it.
type console struct {
	t      *testing.T
	socket string
	asked  int
}

// openConsole opens a terminal of a size. env goes to the shell, besides the
// usual.
func openConsole(t *testing.T, width, height int, env ...string) *console {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("needs tmux")
	}
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	c := &console{t: t, socket: filepath.Join(t.TempDir(), "s")}
	shell := append([]string{"exec", "env", "-i", "PATH=" + filepath.Dir(file) + ":" + os.Getenv("PATH"), "PS1=READY:", "TZ=UTC", "LANG=C.UTF-8", "TERM=screen-256color"}, env...)
	c.tmux("new-session", "-d", "-x", strconv.Itoa(width), "-y", strconv.Itoa(height), strings.Join(append(shell, "bash", "--norc", "--noprofile"), " "))
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", c.socket, "kill-server").Run() })
	c.see("READY:")
	return c
}

func (c *console) tmux(words ...string) string {
	c.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-u", "-S", c.socket, "-f", "/dev/null"}, words...)...).CombinedOutput()
	if err != nil {
		c.t.Fatalf("tmux %q: %v: %s", words, err, out)
	}
	return string(out)
}

// play starts the program, and ends when its screen is there.
func (c *console) play(args string) {
	c.t.Helper()
	c.asked++
	c.tmux("send-keys", "-l", fmt.Sprintf("clear; play %s; echo code%d=$?", args, c.asked))
	c.tmux("send-keys", "Enter")
	c.see("? help  q quit")
}

// keys presses keys, as tmux names them.
func (c *console) keys(names ...string) {
	c.t.Helper()
	c.tmux(append([]string{"send-keys"}, names...)...)
}

// pid returns the process of the program.
func (c *console) pid() int {
	c.t.Helper()
	shell := strings.TrimSpace(c.tmux("display-message", "-p", "#{pane_pid}"))
	out, err := exec.Command("pgrep", "-P", shell, "-x", "play").Output()
	if err != nil {
		c.t.Fatalf("the program is not there: %v\n%s", err, c.screen())
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		c.t.Fatal(err)
	}
	return pid
}

func (c *console) screen() string { return c.tmux("capture-pane", "-p") }

// see waits until the screen shows a text.
func (c *console) see(text string) string {
	c.t.Helper()
	return c.until(fmt.Sprintf("%q is on the screen", text), func(screen string) bool { return strings.Contains(screen, text) })
}

// gone waits until the screen does not show a text any more.
func (c *console) gone(text string) {
	c.t.Helper()
	c.until(fmt.Sprintf("%q is gone", text), func(screen string) bool { return !strings.Contains(screen, text) })
}

func (c *console) until(what string, ok func(string) bool) string {
	c.t.Helper()
	screen := ""
	for range 600 {
		if screen = c.screen(); ok(screen) {
			return screen
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.t.Fatalf("it never happened that %s; the screen:\n%s", what, screen)
	return ""
}

// golden compares the screen with a file, as soon as it is the same; colours too,
// with flags -e.
func (c *console) golden(name string, flags ...string) {
	c.t.Helper()
	file := filepath.Join("testdata", name+".golden")
	capture := func() string {
		return strings.ReplaceAll(c.tmux(append([]string{"capture-pane", "-p"}, flags...)...), "\x1b", "␛")
	}
	if *update {
		time.Sleep(500 * time.Millisecond)
		if err := os.WriteFile(file, []byte(capture()), 0o644); err != nil {
			c.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		c.t.Fatal(err)
	}
	got := ""
	for range 200 {
		if got = capture(); got == string(want) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.t.Errorf("%s (-), seen (+); -update writes it:\n%s", file, cmp.Diff(string(want), got))
}

// restored sees that the terminal is as it was before the program: the shell's
// screen, the cursor, the mouse, the echo.
func (c *console) restored(code int) {
	c.t.Helper()
	c.see(fmt.Sprintf("code%d=%d\n", c.asked, code))
	const flags = "#{alternate_on} #{cursor_flag} #{mouse_any_flag} #{mouse_sgr_flag} #{wrap_flag}"
	if got := strings.TrimSpace(c.tmux("display-message", "-p", flags)); got != "0 1 0 0 1" {
		c.t.Errorf("the terminal is %s, want 0 1 0 0 1: %s", got, flags)
	}
	c.tmux("send-keys", "-l", "clear; stty -a | tr ';' '\\n'; echo stty$((1+1))")
	c.keys("Enter")
	screen := c.see("stty2")
	for _, want := range []string{" echo ", " icanon ", " icrnl ", " opost "} {
		if !strings.Contains(strings.ReplaceAll(screen, "\n", " "), want) {
			c.t.Errorf("the terminal has lost %s:\n%s", want, screen)
		}
	}
}

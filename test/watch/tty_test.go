//go:build unix

package watch

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden screens in testdata")

// console is a terminal with the watcher in it.
type console struct {
	t      *testing.T
	socket string
}

// open starts the watcher of a project in a terminal.
func (d *day) open(width, height int) *console {
	d.t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		d.t.Skip("needs tmux")
	}
	bin, err := program()
	if err != nil {
		d.t.Fatal(err)
	}
	c := &console{t: d.t, socket: filepath.Join(d.t.TempDir(), "s")}
	shell := fmt.Sprintf("exec env -i PATH=%s HOME=%s XDG_STATE_HOME=%s TZ=UTC LANG=C.UTF-8 TERM=screen-256color HISTFILE=/dev/null PS1=READY: bash --norc --noprofile",
		filepath.Dir(bin)+":"+os.Getenv("PATH"), d.home, d.home)
	c.tmux("new-session", "-d", "-c", d.dir, "-x", strconv.Itoa(width), "-y", strconv.Itoa(height), shell)
	d.t.Cleanup(func() { _ = exec.Command("tmux", "-S", c.socket, "kill-server").Run() })
	c.see("READY:")
	c.keys("clear; schemaguard watch --no-docker --interval 100ms; echo code=$?", "Enter")
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

func (c *console) keys(names ...string) {
	c.t.Helper()
	c.tmux(append([]string{"send-keys"}, names...)...)
}

func (c *console) screen() string { return c.tmux("capture-pane", "-p") }

func (c *console) see(text string) {
	c.t.Helper()
	screen := ""
	for range 600 {
		if screen = c.screen(); strings.Contains(screen, text) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.t.Fatalf("%q is never on the screen:\n%s", text, screen)
}

// What is another on every run: ports, commits, times.
var (
	port   = regexp.MustCompile(`127\.0\.0\.1:\d{5}`)
	commit = regexp.MustCompile(`\b[0-9a-f]{10}\b`)
	clock  = regexp.MustCompile(`\b\d\d:\d\d(:\d\d)?\b`)
	ago    = regexp.MustCompile(`\b\d+ s ago`)
)

func (c *console) masked() string {
	s := port.ReplaceAllString(c.screen(), "127.0.0.1:55432")
	s = commit.ReplaceAllString(s, "1a2b3c4d5e")
	s = clock.ReplaceAllStringFunc(s, func(at string) string { return "14:02:07"[:len(at)] })
	return ago.ReplaceAllString(s, "1 s ago")
}

// golden compares the screen with a file, as soon as it is the same.
func (c *console) golden(name string) {
	c.t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		time.Sleep(700 * time.Millisecond)
		if err := os.WriteFile(file, []byte(c.masked()), 0o644); err != nil {
			c.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		c.t.Fatal(err)
	}
	got := ""
	for range 400 {
		if got = c.masked(); got == string(want) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.t.Errorf("%s (-), seen (+); -update writes it:\n%s", file, cmp.Diff(string(want), got))
}

// The whole way on the screen: somebody makes a collection in live, the user sees
// it, saves and stages it with a key, commits elsewhere, and quits.
func TestTheScreen(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{80, 24}, {160, 50}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			d := newDay(t)
			at := func(name string) string { return fmt.Sprintf("%s-%dx%d", name, size[0], size[1]) }
			c := d.open(size[0], size[1])
			c.see("clean")
			c.golden(at("clean"))
			d.collection("gadgets")
			d.sql("INSERT INTO gadgets SELECT FROM generate_series(1, 1204); UPDATE directus_fields SET note = 'Fifteen digits' WHERE field = 'imei' AND collection = 'devices'")
			c.see("gadgets")
			c.see("1,204")
			c.golden(at("unsaved"))
			c.keys("a")
			c.see("not committed")
			c.golden(at("staged"))
			d.git("commit", "--quiet", "--message", "Gadgets")
			c.see("clean")
			d.wire.cut()
			c.see("not checked since")
			c.keys("q")
			c.see("code=0")
		})
	}
}

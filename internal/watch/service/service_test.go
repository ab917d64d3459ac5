package service

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// unquote reads a command line as systemd does: the words within quotes, without
// their escapes.
func unquote(line string) []string {
	var words []string
	for w := range strings.SplitSeq(strings.Trim(line, `"`), `" "`) {
		words = append(words, strings.NewReplacer(`\\`, `\`, `\"`, `"`, `$$`, `$`, `%%`, `%`).Replace(w))
	}
	return words
}

func TestUnit(t *testing.T) {
	t.Parallel()
	u := Unit{Program: `/opt/my tools/sg "x" 100% $HOME`, Args: []string{`--exec`, `notify "$SCHEMAGUARD_STATE" 50%`}, Dir: "/home/anna/my 100% shop"}
	text, err := u.Text()
	if err != nil {
		t.Fatal(err)
	}
	_, exec, _ := strings.Cut(text, "ExecStart=")
	exec, _, _ = strings.Cut(exec, "\n")
	exec = strings.Replace(exec, ` watch --daemon `, ` `, 1)
	if diff := cmp.Diff(append([]string{u.Program}, u.Args...), unquote(exec)); diff != "" {
		t.Errorf("%s\n%s", exec, diff)
	}
	if !strings.Contains(text, "WorkingDirectory=/home/anna/my 100%% shop\n") {
		t.Error(text)
	}
	if name := u.Name(); !strings.HasPrefix(name, "schemaguard-my-100-shop-") || !strings.HasSuffix(name, ".service") {
		t.Error(name)
	}
	if other := (Unit{Dir: "/home/ben/my 100% shop"}); other.Name() == u.Name() {
		t.Error("two projects have one unit")
	}
	if !strings.Contains(exec, `100%% $HOME"`) {
		t.Errorf("the program's path: %s", exec)
	}
	if _, err := (Unit{Program: `/opt/a\b`, Dir: "/srv"}).Text(); err == nil {
		t.Error("a backslash that systemd refuses gets into the unit")
	}
	u.Dir = "/tmp/a\nExecStart=/bin/evil"
	if _, err := u.Text(); err == nil {
		t.Error("a line feed gets into the unit")
	}
}

func TestInstallAndRemove(t *testing.T) {
	t.Parallel()
	config := t.TempDir()
	folder, err := Folder(func(name string) string { return map[string]string{"XDG_CONFIG_HOME": config}[name] })
	if err != nil {
		t.Fatal(err)
	}
	u := Unit{Program: "/usr/bin/schemaguard", Dir: "/srv/shop"}
	path, err := u.Install(folder)
	if err != nil || filepath.Dir(path) != filepath.Join(config, "systemd", "user") {
		t.Fatal(path, err)
	}
	if had, err := u.Remove(folder); err != nil || !had {
		t.Error(had, err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Error("the unit is still there")
	}
	if had, err := u.Remove(folder); err != nil || had {
		t.Error(had, err)
	}
	if _, err := Folder(func(string) string { return "" }); err == nil {
		t.Error("a folder out of nothing")
	}
}

func TestSystemdHears(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "sg") // short: a socket's name has its limit
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Skipf("needs unix datagram sockets: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	s := Started(func(name string) string {
		return map[string]string{"NOTIFY_SOCKET": socket, "WATCHDOG_USEC": "30000"}[name]
	})
	heard := func() string {
		t.Helper()
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		buf := make([]byte, 1000)
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		return string(buf[:n])
	}
	s.Say("READY=1", Status("unsaved: a\nREADY=0"))
	if got := heard(); got != "READY=1\nSTATUS=unsaved: a READY=0" {
		t.Errorf("%q", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go s.Guard(ctx, func() bool { return true })
	if got := heard(); got != "WATCHDOG=1" {
		t.Errorf("%q", got)
	}
	cancel()
	Started(func(string) string { return "" }).Say("nobody hears")
}

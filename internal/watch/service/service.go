// Package service runs the watcher under systemd: the unit of a project in the
// user's own systemd, and the word that a running watcher sends it.
package service

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/atomicfile"
)

// Unit is the service that watches one project.
type Unit struct {
	Program string   // the schemaguard to run, absolute
	Args    []string // of it, after "watch --daemon"
	Dir     string   // the project's folder, absolute
}

// Name is the unit's file name: "schemaguard-shop-1a2b3c4d.service". The folder's
// whole path is in the digest, so that two projects of one name do not meet.
func (u Unit) Name() string {
	sum := sha256.Sum256([]byte(u.Dir))
	name := notInNames.ReplaceAllString(filepath.Base(u.Dir), "-")
	return "schemaguard-" + name + "-" + hex.EncodeToString(sum[:4]) + ".service"
}

var notInNames = regexp.MustCompile(`[^A-Za-z0-9_.]+`)

// Text is the unit file. It fails for a path that no unit can hold.
func (u Unit) Text() (string, error) {
	for _, s := range append([]string{u.Program, u.Dir}, u.Args...) {
		if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return "", fmt.Errorf("%q has a control character, which no unit file can hold", s)
		}
	}
	if strings.Contains(u.Program, `\`) {
		return "", fmt.Errorf("the path %q has a backslash, which systemd takes for no program's", u.Program)
	}
	// No variable is put into the program's own path, so its $ stands for itself.
	words := []string{strings.ReplaceAll(quote(u.Program), "$$", "$"), "watch", "--daemon"}
	for _, arg := range u.Args {
		words = append(words, quote(arg))
	}
	return `# Written by schemaguard watch --install-service; schemaguard watch --remove-service removes it.
[Unit]
Description=schemaguard watches ` + percent(u.Dir) + `
Documentation=https://github.com/schemaguard/schemaguard/blob/main/docs/watch.md

[Service]
Type=notify
WorkingDirectory=` + percent(u.Dir) + `
ExecStart=` + strings.Join(words, " ") + `
Restart=on-failure
RestartSec=10
WatchdogSec=120
MemoryHigh=128M
NoNewPrivileges=yes

[Install]
WantedBy=default.target
`, nil
}

// quote makes a word of a command line of systemd.service(5): within quotes a
// backslash escapes, % begins a specifier, $ a variable.
func quote(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `$$`).Replace(percent(s))
	return `"` + s + `"`
}

// percent escapes what begins a specifier.
func percent(s string) string { return strings.ReplaceAll(s, "%", "%%") }

// Folder is where the user's units are: $XDG_CONFIG_HOME/systemd/user.
func Folder(env func(string) string) (string, error) {
	base := env("XDG_CONFIG_HOME")
	if !filepath.IsAbs(base) {
		if base = env("HOME"); !filepath.IsAbs(base) {
			return "", errors.New("neither XDG_CONFIG_HOME nor HOME says where the user's units are")
		}
		base = filepath.Join(base, ".config")
	}
	return filepath.Join(base, "systemd", "user"), nil
}

// Install writes the unit, and returns its path.
func (u Unit) Install(folder string) (path string, err error) {
	text, err := u.Text()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("writing the unit: %w", err)
	}
	path = filepath.Join(folder, u.Name())
	if _, err := atomicfile.Write(path, []byte(text), 0o644); err != nil {
		return "", fmt.Errorf("writing the unit: %w", err)
	}
	return path, nil
}

// Remove removes the unit; it tells whether there was one.
func (u Unit) Remove(folder string) (bool, error) {
	err := os.Remove(filepath.Join(folder, u.Name()))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Systemd is the systemd that started this process.
type Systemd struct{ socket, watchdog string }

// Started returns the systemd that started this process; one that says nothing to
// anybody where it was none. See sd_notify(3).
func Started(env func(string) string) Systemd {
	return Systemd{env("NOTIFY_SOCKET"), env("WATCHDOG_USEC")}
}

// Say sends lines such as "READY=1" or "STATUS=...".
func (s Systemd) Say(lines ...string) {
	if s.socket == "" {
		return
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: s.socket, Net: "unixgram"})
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = conn.Write([]byte(strings.Join(lines, "\n")))
}

// Status is the line that says how things stand.
func Status(text string) string { return "STATUS=" + strings.ReplaceAll(text, "\n", " ") }

// Guard tells systemd that the process is alive, as often as it wants to hear so,
// while alive says that it is, until ctx ends.
func (s Systemd) Guard(ctx context.Context, alive func() bool) {
	usec, err := strconv.ParseInt(s.watchdog, 10, 64)
	if err != nil || usec <= 0 || s.socket == "" {
		return
	}
	tick := time.NewTicker(time.Duration(usec) * time.Microsecond / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if alive() {
				s.Say("WATCHDOG=1")
			}
		}
	}
}

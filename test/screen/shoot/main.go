//go:build tools

// Command shoot makes the pictures of the watcher's screen in the documentation.
// It shows samples in a real terminal, and draws what is seen there.
//
//	go run -tags tools ./test/screen/shoot docs
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/test/screen/svg"
)

// The size of the terminal in the pictures.
const (
	columns = 100
	rows    = 30
)

// pictures are what is shown: a sample after another, and the keys pressed before.
var pictures = []struct {
	file, first, sample string
	keys                []string
	label               string
}{
	{"watch-unsaved.svg", "clean", "unsaved", []string{"j"}, "schemaguard watch: three items of the database are in no snapshot, and the next boot would destroy 1,204 rows"},
	{"watch-not-in-image.svg", "unsaved", "image", nil, "schemaguard watch: everything is committed, and the image that the next boot starts is older"},
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: shoot FOLDER")
	}
	if err := shoot(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func shoot(folder string) error {
	dir, err := os.MkdirTemp("", "shoot-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "play")
	if out, err := exec.Command("go", "build", "-tags", "tools", "-o", program, "./test/screen/play").CombinedOutput(); err != nil {
		return fmt.Errorf("building play: %w: %s", err, out)
	}
	for _, p := range pictures {
		lines, err := capture(filepath.Join(dir, p.sample), "exec env TZ=UTC LANG=C.UTF-8 NO_COLOR= "+program+" "+p.first+" "+p.sample, p.keys)
		if err != nil {
			return fmt.Errorf("capturing %s: %w", p.sample, err)
		}
		if err := os.WriteFile(filepath.Join(folder, p.file), svg.Draw(lines, columns, p.label), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// capture runs a command in a terminal of its own, asks it for the next sample,
// presses keys, and returns what is seen then, with colours.
func capture(socket, command string, keys []string) ([]string, error) {
	tmux := func(words ...string) (string, error) {
		out, err := exec.Command("tmux", append([]string{"-u", "-f", "/dev/null", "-S", socket}, words...)...).CombinedOutput()
		if err != nil {
			return "", fmt.Errorf("tmux %s: %w: %s", words[0], err, out)
		}
		return string(out), nil
	}
	if _, err := tmux("new-session", "-d", "-x", fmt.Sprint(columns), "-y", fmt.Sprint(rows), command); err != nil {
		return nil, err
	}
	defer tmux("kill-server")
	pid, err := tmux("display-message", "-p", "#{pane_pid}")
	if err != nil {
		return nil, err
	}
	before, asked := "", false
	for range 100 {
		time.Sleep(200 * time.Millisecond)
		screen, err := tmux("capture-pane", "-e", "-p", "-N")
		switch {
		case err != nil:
			return nil, err
		case screen != before || !strings.Contains(screen, "quit"):
			before = screen
		case !asked:
			if out, err := exec.Command("kill", "-USR1", strings.TrimSpace(pid)).CombinedOutput(); err != nil {
				return nil, fmt.Errorf("asking for the next sample: %w: %s", err, out)
			}
			asked, before = true, ""
		case len(keys) > 0:
			if _, err := tmux("send-keys", keys[0]); err != nil {
				return nil, err
			}
			keys, before = keys[1:], ""
		default:
			return strings.Split(strings.TrimSuffix(screen, "\n"), "\n"), nil
		}
	}
	return nil, errors.New("the screen never stood still")
}

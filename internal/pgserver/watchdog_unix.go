//go:build unix

package pgserver

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"syscall"
)

// watchdog is a shell that waits for the end of this process, to clean up after one that was killed.
type watchdog struct {
	cmd   *exec.Cmd
	leash io.WriteCloser
}

// holdLeash waits on standard input. A line means that all was stopped in order; the end of the input
// without one means that the parent died.
const holdLeash = "trap '' INT TERM HUP\nif read -r word; then exit 0; fi\n"

// startWatchdog has script, with args as $1 and so on, run when this process ends without a release.
func startWatchdog(script string, args ...string) (*watchdog, error) {
	cmd := exec.Command("/bin/sh", append([]string{"-c", holdLeash + script, "watchdog"}, args...)...)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	leash, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("making the watchdog's pipe: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the watchdog: %w", err)
	}
	return &watchdog{cmd: cmd, leash: leash}, nil
}

// release sends the watchdog away; nil has none.
func (w *watchdog) release() error {
	if w == nil {
		return nil
	}
	_, err := io.WriteString(w.leash, "stopped\n")
	if err = errors.Join(err, w.leash.Close(), w.cmd.Wait()); err != nil {
		return fmt.Errorf("releasing the watchdog: %w", err)
	}
	return nil
}

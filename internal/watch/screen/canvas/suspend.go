//go:build unix

package canvas

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// stopGrace is how long Suspend waits to be stopped. Nobody stops a process that
// no shell could wake up again, as in `tmux new-session schemaguard watch`.
const stopGrace = 300 * time.Millisecond

// Suspend gives the terminal back and stops this process and those of its job, as
// ctrl-z does elsewhere. It returns when they go on, and has taken the terminal
// over again.
func (c *Canvas) Suspend() error {
	woken := make(chan os.Signal, 1)
	signal.Notify(woken, syscall.SIGCONT)
	defer signal.Stop(woken)
	err := c.Leave()
	if kill := syscall.Kill(0, syscall.SIGTSTP); kill != nil {
		return errors.Join(err, fmt.Errorf("stopping the job: %w", kill), c.Enter())
	}
	select {
	case <-woken:
	case <-time.After(stopGrace):
	}
	return errors.Join(err, c.Enter())
}

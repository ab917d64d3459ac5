//go:build unix

package screen

import (
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
)

// resumedMsg says that the view is back in the foreground.
type resumedMsg struct{}

// stopGrace is how long the process waits to be stopped. Nobody stops it where
// no shell could wake it up again, as in `tmux new-session schemaguard watch`;
// tea.Suspend would then wait for ever, with the screen gone.
const stopGrace = 300 * time.Millisecond

// suspend gives the terminal back and stops, until the shell's fg.
func suspend() tea.Cmd {
	return tea.Exec(stop{}, func(error) tea.Msg { return resumedMsg{} })
}

// stop is the command that stops this process and those of its job.
type stop struct{}

func (stop) SetStdin(io.Reader)  {}
func (stop) SetStdout(io.Writer) {}
func (stop) SetStderr(io.Writer) {}

// Run returns when the process goes on.
func (stop) Run() error {
	woken := make(chan os.Signal, 1)
	signal.Notify(woken, syscall.SIGCONT)
	defer signal.Stop(woken)
	if err := syscall.Kill(0, syscall.SIGTSTP); err != nil {
		return err
	}
	select {
	case <-woken:
	case <-time.After(stopGrace):
	}
	return nil
}

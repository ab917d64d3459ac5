package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"time"
)

// grace is how long a command has to end by itself once it was told to.
const grace = 5 * time.Second

// Options say what is run, and how.
type Options struct {
	Words          []string // the program and its arguments
	Dir            string
	Environ        []string
	Stdout, Stderr io.Writer // where its output goes, unchanged; nil for nowhere
	Timeout        time.Duration
}

// Ended is how a command ended.
type Ended struct {
	Code   int      // its exit code; -1 where it was killed
	Errors []string // what it called an error, cleaned; the last ones
}

// TimeoutError says that a command did not end in time and was killed, with
// everything that it had started.
type TimeoutError struct {
	Name  string
	After time.Duration
}

// Error implements error.
func (e *TimeoutError) Error() string {
	return fmt.Sprintf("%s did not end within %s and was stopped (--apply-timeout gives it more)", e.Name, e.After)
}

// Run runs a command in a process group of its own, without a terminal and
// without input, until it ends. What is left of its group then, or when ctx ends
// or the time is up, is killed; and where the system can do that, so is the
// command when this process is. It returns a *[TimeoutError], the end of ctx, or
// why the command could not be started; a bad exit code is no error.
func Run(ctx context.Context, o Options) (Ended, error) {
	limited, cancel := ctx, context.CancelFunc(func() {})
	if o.Timeout > 0 {
		limited, cancel = context.WithTimeout(ctx, o.Timeout)
	}
	defer cancel()
	// The signal that a dead parent sends hangs on the thread that started the child.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var seen scanner
	cmd := exec.CommandContext(limited, o.Words[0], o.Words[1:]...)
	cmd.Dir, cmd.Env = o.Dir, o.Environ
	cmd.Stdout, cmd.Stderr = seen.beside(o.Stdout), seen.beside(o.Stderr)
	cmd.WaitDelay = grace
	group(cmd)
	cmd.Cancel = func() error { return end(cmd) }
	err := cmd.Start()
	if err != nil {
		return Ended{Code: -1}, fmt.Errorf("running %s: %w", name(o.Words), err)
	}
	err = cmd.Wait()
	kill(cmd)
	out := Ended{Code: cmd.ProcessState.ExitCode(), Errors: seen.errors()}
	switch {
	case ctx.Err() != nil:
		return out, context.Cause(ctx)
	case limited.Err() != nil:
		return out, &TimeoutError{name(o.Words), o.Timeout}
	case err == nil || errors.As(err, new(*exec.ExitError)) || errors.Is(err, exec.ErrWaitDelay):
		return out, nil
	}
	return out, fmt.Errorf("running %s: %w", name(o.Words), err)
}

// Package screen is the full-screen view of the watcher. It shows what the
// watcher tells, and hands what the user asks for to [Actions].
//
// It looks at no database, no file and no repository, and decides nothing: the
// frame is drawn by its package frame, which is pure.
//
// The terminal is restored when the view ends in any way that a program can see:
// the user quits, a signal, a panic. After SIGKILL nobody is left to do so: `reset`
// brings back the echo, the cursor and the mouse, and `tput rmcup` the usual screen.
package screen

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/watch"
)

// actionGrace is how long the end of the view waits for an action that is under
// way, after having cancelled it.
const actionGrace = 5 * time.Second

// Actions are what the user can ask for. Save and Diff run beside the view, one
// of each at a time; their context ends with the view.
type Actions interface {
	// Recheck asks for a look now. It returns at once: the outcome comes as an event.
	Recheck()
	// Save writes live into the snapshot file, and stages it too where stage is
	// set. It returns one line that says what was written.
	Save(ctx context.Context, stage bool) (text string, err error)
	// Diff returns what differs as plain text, line by line; no colours.
	Diff(ctx context.Context) (text string, err error)
}

// Hinter is an error that knows the command that helps.
type Hinter interface{ Hint() string }

// Options are what the view needs.
type Options struct {
	In      io.Reader
	Out     io.Writer // a terminal
	Environ []string
	Colour  terminal.ColourMode
	// Events tell what happened; the view ends when they do.
	Events  <-chan watch.Event
	Actions Actions
	Now     func() time.Time
}

// Panic is a bug in the view or in an action, caught so that the terminal could
// be given back.
type Panic struct {
	Value any
	Stack []byte // as [debug.Stack] has it
}

func (p *Panic) Error() string {
	return fmt.Sprintf("a bug in schemaguard: %s", terminal.Clean(fmt.Sprint(p.Value)))
}

// Run shows the view until the user quits or Events are closed, which is no
// error; until ctx ends or the process is told to stop by SIGINT, SIGTERM or
// SIGHUP, which is an error that wraps what ctx ended with, or
// [context.Canceled]; or until the view fails, with [*Panic] where that is a bug.
// In every case the terminal is as it was.
func Run(ctx context.Context, o Options) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	acting, cancel := context.WithCancel(ctx)
	defer cancel()
	m := newModel(acting, &o)
	profile := colorprofile.ASCII
	if m.colour {
		profile = colorprofile.Env(o.Environ)
	}
	var feeding sync.WaitGroup
	err := show(m, o.In, o.Out, func(program *tea.Program) {
		feeding.Go(func() { feed(acting, o.Events, program) })
	}, tea.WithContext(ctx), tea.WithEnvironment(o.Environ), tea.WithColorProfile(profile), tea.WithoutSignalHandler())
	cancel()
	feeding.Wait()
	m.awaitActions(actionGrace)
	switch {
	case m.panicked != nil:
		return fmt.Errorf("showing the screen: %w", m.panicked)
	case err != nil && ctx.Err() != nil:
		return fmt.Errorf("showing the screen: stopped: %w", context.Cause(ctx))
	case err != nil:
		return fmt.Errorf("showing the screen: %w", err)
	}
	return nil
}

// feed hands the events to the view.
func feed(ctx context.Context, events <-chan watch.Event, program *tea.Program) {
	for {
		select {
		case <-ctx.Done():
			return
		case e, ok := <-events:
			if !ok {
				program.Quit()
				return
			}
			program.Send(eventMsg(e))
		}
	}
}

// utf8Locale tells whether the locale takes UTF-8: the first of the variables
// that is set counts, as POSIX has it. Where none is, it does not on Unix.
func utf8Locale(env terminal.Getenv) bool {
	if runtime.GOOS == "windows" {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := strings.ToLower(env(name)); value != "" {
			return strings.Contains(value, "utf-8") || strings.Contains(value, "utf8")
		}
	}
	return runtime.GOOS == "darwin"
}

package watching

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/save"
	"github.com/schemaguard/schemaguard/internal/watch"
	"github.com/schemaguard/schemaguard/internal/watch/containers"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// running is a watcher and what it is told to do.
type running struct {
	commands
	flags
	cmd      *cobra.Command
	dir      string // where the project is, absolute
	interval time.Duration
	watcher  *watch.Watcher
	docker   *containers.Watcher
	sinks    []func(watch.Event)
}

// prepare looks at the project once, so that mistakes in the settings are told
// before anything is watched.
func (a commands) prepare(cmd *cobra.Command, f flags) (*running, error) {
	w, err := a.Workspace()
	if err != nil {
		return nil, err
	}
	if _, err := w.Resolve(a.Ctx); err != nil && workspace.Mistake(err) {
		return nil, err
	}
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	c := w.Config.Watch
	f.bell, f.notify, f.auto = f.bell || c.Bell.V, f.notify || c.Notify.V, f.auto || c.AutoSnapshot.V
	f.noDocker = f.noDocker || !c.Docker.V
	return &running{
		commands: a, flags: f, cmd: cmd, dir: dir, interval: max(c.Interval.V, minInterval),
		docker: containers.New(containers.Options{Environ: a.Environ, Dir: dir}),
	}, nil
}

// minInterval bounds how often a database is looked at.
const minInterval = 50 * time.Millisecond

// frugal has the collector keep the process small: it runs all day, and mostly
// does nothing.
func frugal() {
	debug.SetGCPercent(50)
}

// open looks at the project anew. The folder may have been deleted and made again
// since, so it is gone into anew as well.
func (r *running) open(ctx context.Context) (*workspace.Workspace, error) {
	if err := os.Chdir(r.dir); err != nil {
		return nil, fmt.Errorf("opening %s: %w", filepath.Base(r.dir), errors.Unwrap(err))
	}
	return workspace.Open(ctx, workspace.Options{
		ConfigFile: r.Flags.Config, Flags: r.SettingFlags(), Environ: r.Environ, Now: r.Now,
	})
}

// options are those of the watcher.
func (r *running) options() watch.Options {
	o := watch.Options{
		Open: r.open, Now: r.Now, Interval: r.interval,
		Emit: func(e watch.Event) {
			for _, sink := range r.sinks {
				sink(e)
			}
		},
	}
	if r.auto {
		o.Save = func() save.Options { return r.SaveOptions("", "", false) }
	}
	if !r.noDocker {
		o.Boots = r.boots
	}
	return o
}

// once looks once and says what is.
func (a commands) once(r *running) error {
	r.watcher = watch.New(r.options())
	state, err := r.watcher.Once(a.Ctx)
	if err != nil && workspace.Mistake(err) {
		return err
	}
	kind := watch.StateChanged
	if err != nil {
		kind = watch.Failing
	}
	a.Code = code(state.Standing)
	return r.printer()(watch.Event{At: a.Now(), Kind: kind, Text: state.Line(), State: state, Hint: state.Hint()})
}

// code is the exit code of a look: 0 only where nothing is to lose.
func code(s watch.Standing) int {
	switch s {
	case watch.Clean, watch.Pending:
		return exitcode.OK
	case watch.Invalid:
		return exitcode.Invalid
	case watch.NotChecked, watch.BootUnknown:
		return exitcode.NotRun
	case watch.Conflict, watch.Unsaved, watch.Ahead, watch.NotStaged, watch.NotInCommit, watch.NotInImage:
	}
	return exitcode.Drift
}

// Recheck implements screen.Actions.
func (r *running) Recheck() {
	r.docker.Forget()
	r.watcher.Poke(watch.Asked | watch.Settings | watch.Containers)
}

// Save implements screen.Actions: it writes what live has and leaves in the file
// what a colleague committed and live does not have yet.
func (r *running) Save(ctx context.Context, stage bool) (string, error) {
	s, err := r.session(ctx)
	if err != nil {
		return "", err
	}
	defer s.Close()
	o := r.SaveOptions("", "", stage)
	if s.Config.Snapshot.Command.V == "" {
		t, err := s.Target(ctx, "worktree")
		if err != nil {
			return "", err
		}
		if t.Missing == nil {
			c := s.Check(ctx, t, policy.Commit, false).Counts
			o.KeepPending = c.Pending+c.CommittedDrop > 0
		}
	}
	out, err := save.Save(ctx, s, o)
	if err != nil {
		return "", hinted(err)
	}
	done := "unchanged"
	if out.Changed {
		done = "written"
	}
	if out.Staged {
		done += ", staged"
	}
	if o.KeepPending {
		done += ", what is pending kept"
	}
	r.watcher.Poke(watch.Files)
	return fmt.Sprintf("%s: %s (%s)", workspace.Shorten(out.File), done, out.Holds), nil
}

// session opens the project and its database for an action.
func (r *running) session(ctx context.Context) (*workspace.Session, error) {
	w, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	return w.Connect(ctx)
}

// hintError is an error that knows the command that helps.
type hintError struct {
	error
	hint string
}

// Hint returns the command.
func (e hintError) Hint() string { return e.hint }

// Unwrap returns the cause.
func (e hintError) Unwrap() error { return e.error }

// hinted gives an error of saving its hint.
func hinted(err error) error {
	var failed *save.Error
	if errors.As(err, &failed) && len(failed.Hints) > 0 {
		return hintError{err, failed.Hints[0]}
	}
	return err
}

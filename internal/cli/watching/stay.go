package watching

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/itemdiff"
	"github.com/schemaguard/schemaguard/internal/report"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/watch"
	"github.com/schemaguard/schemaguard/internal/watch/files"
	"github.com/schemaguard/schemaguard/internal/watch/lines"
	"github.com/schemaguard/schemaguard/internal/watch/screen"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// run watches until it is stopped, which is no failure.
func (a commands) run(r *running) error {
	frugal()
	ctx, stop := context.WithCancel(a.Ctx)
	defer stop()
	ctx, unhook := untilHangUp(ctx)
	defer unhook()
	context.AfterFunc(ctx, a.Release) // a second ctrl-c ends what the first one cannot: a read of a disk that is gone
	var group sync.WaitGroup
	defer group.Wait()
	defer stop()
	o := r.options()
	onDisk := files.New(files.Options{Root: r.dir, Degraded: func(e *files.NoEventsError) { r.note(e.Error()) }})
	o.Opened = func(w *workspace.Workspace, st *workspace.Settings) { onDisk.Rewatch(r.fileOptions(w, st)) }
	r.watcher = watch.New(o)
	group.Go(func() { onDisk.Run(ctx, func(c files.Change) { r.watcher.Poke(movedBy(c)) }) })
	if err := r.serve(ctx, &group); err != nil {
		return err
	}
	r.watchContainers(ctx, &group)
	if r.fullScreen() {
		return r.show(ctx, stop, &group)
	}
	print := r.printer()
	r.sinks = append(r.sinks, func(e watch.Event) {
		if err := print(e); err != nil {
			stop() // whoever read has gone
		}
	})
	go func() { // not waited for: it may take a while to hear that nobody asks any more
		if lines.AwaitNoReader(ctx, r.Streams.Out) {
			stop()
		}
	}()
	return r.watcher.Run(ctx)
}

// untilHangUp ends a context when the terminal goes away, so that nothing that was
// started stays behind; not where that is to be outlived, as under nohup.
func untilHangUp(ctx context.Context) (context.Context, context.CancelFunc) {
	if signal.Ignored(syscall.SIGHUP) {
		return context.WithCancel(ctx)
	}
	return signal.NotifyContext(ctx, syscall.SIGHUP)
}

// fileOptions are the files that a project depends on.
func (r *running) fileOptions(w *workspace.Workspace, st *workspace.Settings) files.Options {
	o := files.Options{Root: w.Config.Root, Snapshot: w.File, More: w.Watched(st), Degraded: func(e *files.NoEventsError) { r.note(e.Error()) }}
	if w.Repo != nil {
		o.GitDir, o.CommonDir, o.IndexFile = w.Repo.GitDir(), w.Repo.CommonDir(), w.Repo.IndexFile()
	}
	return o
}

// movedBy says what a change on disk moves.
func movedBy(c files.Change) watch.Moved {
	var m watch.Moved
	if c.Has(files.Snapshot) {
		m |= watch.Files | watch.Containers // a container may have the file mounted
	}
	if c.Has(files.Git | files.DBInit) {
		m |= watch.Files
	}
	if c.Has(files.Settings) {
		m |= watch.Settings
	}
	return m
}

// fullScreen tells whether the screen is filled: on a terminal that can be drawn
// on, where nobody asked for lines.
func (r *running) fullScreen() bool {
	t := r.Streams.Env("TERM")
	return !r.plain && !r.json && !r.daemon && r.Streams.InTTY && r.Streams.OutTTY && t != "" && t != "dumb"
}

// show fills the screen until the user has enough.
func (r *running) show(ctx context.Context, stop context.CancelFunc, group *sync.WaitGroup) error {
	mode, err := terminal.ParseColourMode(r.Flags.Color)
	if err != nil {
		return app.UsageError{Cmd: r.cmd, Err: err}
	}
	q := newQueue()
	r.sinks = append(r.sinks, q.put)
	var failed error
	group.Go(func() {
		failed = r.watcher.Run(ctx)
		q.close()
	})
	err = screen.Run(ctx, screen.Options{
		In: r.Streams.In, Out: r.Streams.Out, Environ: r.Environ, Colour: mode, Events: q.out, Actions: r, Now: r.Now,
	})
	stop()
	group.Wait()
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	return errors.Join(err, failed)
}

// queue hands events on without ever letting the one who puts wait.
type queue struct {
	mu     sync.Mutex
	events []watch.Event
	ready  chan struct{}
	out    chan watch.Event
	done   chan struct{}
	once   sync.Once
}

func newQueue() *queue {
	q := &queue{ready: make(chan struct{}, 1), out: make(chan watch.Event), done: make(chan struct{})}
	go q.run()
	return q
}

func (q *queue) put(e watch.Event) {
	q.mu.Lock()
	q.events = append(q.events, e)
	q.mu.Unlock()
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// close ends the queue; what was not fetched is dropped.
func (q *queue) close() { q.once.Do(func() { close(q.done) }) }

func (q *queue) run() {
	defer close(q.out)
	for {
		select {
		case <-q.done:
			return
		case <-q.ready:
		}
		for {
			q.mu.Lock()
			if len(q.events) == 0 {
				q.mu.Unlock()
				break
			}
			e := q.events[0]
			q.events = q.events[1:]
			q.mu.Unlock()
			select {
			case q.out <- e:
			case <-q.done:
				return
			}
		}
	}
}

// note says something that is no event of the schema, wherever events go.
func (r *running) note(text string) {
	if r.watcher != nil {
		r.watcher.Note(text)
	}
}

// Diff implements screen.Actions: what differs between live and the worktree.
func (r *running) Diff(ctx context.Context) (string, error) {
	s, err := r.session(ctx)
	if err != nil {
		return "", err
	}
	defer s.Close()
	t, err := s.Target(ctx, "worktree")
	if err != nil {
		return "", err
	}
	if t.Missing != nil {
		return "", hintError{errors.New(t.Missing.Message), t.Missing.Fix}
	}
	file := snapshot.Decode(t.File, t.Data)
	if !file.Trusted() {
		p := file.Problems[len(file.Problems)-1]
		return "", hintError{fmt.Errorf("%s:%d: %s", t.File, p.Line, p.Message), "schemaguard explain " + string(p.Code)}
	}
	live := s.Live()
	d := itemdiff.Between(itemdiff.Side{Source: live.Source, Snapshot: live.Snapshot}, itemdiff.Side{Source: t.Source, Snapshot: file.Snapshot})
	var text strings.Builder
	err = report.DiffText(&text, &d, report.Options{Verbose: true})
	return text.String(), err
}

// printer writes events as lines.
func (r *running) printer() func(watch.Event) error {
	write := lines.Text
	if r.json {
		write = lines.JSON
	}
	return func(e watch.Event) error { return write(r.Streams.Out, e) }
}

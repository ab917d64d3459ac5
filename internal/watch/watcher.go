package watch

import (
	"context"
	"errors"
	"runtime/debug"
	"sync"
	"time"

	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/save"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// Database tells whether the live schema has moved, on one kept connection.
// Package pulse is the real one.
type Database interface {
	// Look tells whether the schema differs from that of the last Look; the first
	// one says yes. told says that the database itself has said so. [ErrBusy] says
	// that somebody is changing it right now.
	Look(ctx context.Context, told bool) (moved bool, err error)
	// Wait returns after d, or at once when the database says that something moved
	// or the connection is lost.
	Wait(ctx context.Context, d time.Duration) (notified bool, err error)
	// Listening tells whether the database says so by itself.
	Listening() bool
	Close()
}

// ErrBusy says that another session holds the lock of a schema change: what it
// makes of the schema cannot be seen yet.
var ErrBusy = errors.New("another session is changing the schema")

// Options say what to watch, and whom to tell.
type Options struct {
	// Open looks at the project anew.
	Open func(ctx context.Context) (*workspace.Workspace, error)
	// Dial connects to the database that the project's settings lead to; nil for
	// package pulse.
	Dial func(ctx context.Context, st *workspace.Settings) (Database, error)
	// Boots finds out what the project's containers would boot with; nil where
	// nobody asks docker.
	Boots func(ctx context.Context, ws *workspace.Workspace, st *workspace.Settings) []Boot
	// Opened is told of each project that was looked at, to watch its files; nil
	// for nobody.
	Opened func(ws *workspace.Workspace, st *workspace.Settings)
	// Emit is told what happens, one event at a time. It must not wait.
	Emit func(Event)
	// Save are the options of a snapshot that the watcher writes by itself; nil
	// where it writes none.
	Save func() save.Options
	Now  func() time.Time
	// Interval is the time between two looks at the database.
	Interval time.Duration
}

// Watcher is one project being watched. Its methods but Run are safe for
// concurrent use.
type Watcher struct {
	opt   Options
	wake  chan struct{} // ends a wait
	mu    sync.Mutex
	dirty Moved
	notes []string // still to be told
	count Counters

	// The rest belongs to Run.
	ws       *workspace.Workspace
	st       *workspace.Settings
	db       Database
	asked    inquiry
	patient  bool   // there is no later look that could tell the rest
	state    State  // the last one that was told
	told     string // what it looked like
	notified bool   // the database itself said that something moved
	failed   failure
	auto     autosave
	seen     workspace.Seen
	kept     time.Time // when seen was written down last
}

// Moved says what a watcher was told of; they add up.
type Moved uint8

// What can move.
const (
	Files      Moved = 1 << iota // the snapshot, or what git has
	Settings                     // what decides on the database
	Containers                   // what a boot would apply
	Asked                        // somebody wants to know
	answered                     // what a boot would apply is known now
	schema                       // the database itself
)

// New makes a watcher. It does nothing before Run.
func New(o Options) *Watcher {
	w := &Watcher{opt: o, wake: make(chan struct{}, 1), state: State{Standing: NotChecked}}
	if w.opt.Dial == nil {
		w.opt.Dial = w.dial
	}
	return w
}

// Poke says that something moved, and has the watcher look.
func (w *Watcher) Poke(what Moved) {
	w.mu.Lock()
	w.dirty |= what
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Note has the watcher tell something that is no change of the schema.
func (w *Watcher) Note(text string) {
	w.mu.Lock()
	w.notes = append(w.notes, text)
	w.mu.Unlock()
	w.Poke(0)
}

// takeNotes returns what is still to be told.
func (w *Watcher) takeNotes() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	notes := w.notes
	w.notes = nil
	return notes
}

// take returns what moved since it was called last.
func (w *Watcher) take() Moved {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := w.dirty
	w.dirty = 0
	return m
}

// Run watches until ctx ends, which is no error.
func (w *Watcher) Run(ctx context.Context) error {
	defer w.hangUp()
	defer w.asked.stop()
	w.Poke(Settings | Containers | Asked)
	for {
		for _, text := range w.takeNotes() {
			w.emit(Noticed, text)
		}
		pause := w.cycle(ctx)
		w.attempted()
		if ctx.Err() != nil {
			return nil
		}
		w.wait(ctx, pause)
	}
}

// Once looks once and returns what it saw. Its errors are those of a project that
// cannot be opened; what else stands in the way is in the state.
func (w *Watcher) Once(ctx context.Context) (State, error) {
	defer w.hangUp()
	defer w.asked.stop()
	w.patient = true
	w.Poke(Settings | Containers | Asked)
	w.cycle(ctx)
	return w.state, w.failed.err
}

// cycle looks at the database, and at everything where something moved. It
// returns how long to wait.
func (w *Watcher) cycle(ctx context.Context) time.Duration {
	moved := w.take()
	if w.asked.answer == nil { // a look waited for it
		moved &^= answered
	}
	if moved&Settings != 0 || w.ws == nil {
		moved |= Settings | Containers | Files
	}
	err := w.ready(ctx, moved)
	if err == nil {
		var changed bool
		if changed, err = w.db.Look(ctx, w.notified); changed {
			moved |= schema
		}
		w.looked()
	}
	if err == nil && (moved != 0 || w.failed.err != nil) {
		err = w.compare(ctx, moved)
	}
	switch {
	case ctx.Err() != nil:
		return 0
	case err != nil:
		w.again(moved)
		return w.fail(err)
	}
	w.verified()
	return w.opt.Interval
}

// again notes what was not seen to its end, without waking anybody.
func (w *Watcher) again(moved Moved) {
	w.mu.Lock()
	w.dirty |= moved
	w.mu.Unlock()
}

// ready opens the project where its settings moved, and the database where it
// is not open or is another one now.
func (w *Watcher) ready(ctx context.Context, moved Moved) error {
	if moved&Settings != 0 {
		ws, err := w.opt.Open(ctx)
		if err != nil {
			return err
		}
		st, err := ws.Resolve(ctx)
		if err != nil {
			w.ws = nil
			return err
		}
		if w.st == nil || !w.st.SameDatabase(st) {
			w.hangUp()
		}
		w.ws, w.st = ws, st
		if w.opt.Opened != nil {
			w.opt.Opened(ws, st)
		}
	}
	if w.db != nil {
		return nil
	}
	db, err := w.opt.Dial(ctx, w.st)
	if err != nil {
		return err
	}
	w.db = db
	return nil
}

// hangUp closes the database.
func (w *Watcher) hangUp() {
	if w.db != nil {
		w.db.Close()
		w.db = nil
	}
}

// compare makes the whole comparison and tells what is new.
func (w *Watcher) compare(ctx context.Context, moved Moved) error {
	ws, err := w.opt.Open(ctx)
	if err != nil {
		return err
	}
	if moved&(Containers|Settings) != 0 && w.opt.Boots != nil {
		if err := w.inquire(ctx, moved&Settings != 0); err != nil {
			return err
		}
	}
	defer debug.FreeOSMemory() // the next comparison may be hours away
	state, s, err := w.settled(ctx, ws, moved)
	if err != nil {
		return err
	}
	defer s.Close()
	if state.Standing == NotChecked {
		return errors.New(state.Summary)
	}
	w.compared(&state)
	w.seen, w.kept = s.Seen(), time.Time{}
	w.publish(state)
	if w.opt.Save != nil && (moved&schema != 0 || w.auto.owed) {
		w.saveBy(ctx, s, &state)
	}
	return nil
}

// How long a schema that keeps moving is waited for: each pause must pass without
// a move, and all of them together take no longer than this.
const (
	quiet   = 20 * time.Millisecond
	tooLong = time.Second
)

// settled looks at a schema that rests, so that a hundred collections that are
// made one after the other are one event. A schema that has just moved is looked
// at without waiting for that: mostly it was the only move, and the look itself
// takes longer than a pause.
func (w *Watcher) settled(ctx context.Context, ws *workspace.Workspace, moved Moved) (State, *workspace.Session, error) {
	ws.Moved = moved&schema != 0 && w.told != "" // at first it has not: it is only seen for the first time
	for end := time.Now().Add(tooLong); ; {
		state, s, err := w.look(ctx, ws)
		if moved&schema == 0 {
			return state, s, err
		}
		again, lost := w.db.Look(ctx, false)
		if lost == nil && (!again || time.Now().After(end)) {
			return state, s, err
		}
		if s != nil {
			s.Close()
		}
		if err == nil {
			err = lost
		}
		if lost != nil {
			return State{}, nil, err
		}
		if err := w.settle(ctx, end); err != nil {
			return State{}, nil, err
		}
	}
}

// settle waits until the schema rests, until an end.
func (w *Watcher) settle(ctx context.Context, end time.Time) error {
	for time.Now().Before(end) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(quiet):
		}
		moved, err := w.db.Look(ctx, false)
		if err != nil {
			return err
		}
		if !moved {
			return nil
		}
	}
	return nil
}

// wait waits for the time to pass, or for something to move.
func (w *Watcher) wait(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-ctx.Done():
		case <-w.wake:
			cancel()
		}
	}()
	if w.db != nil {
		var err error
		if w.notified, err = w.db.Wait(ctx, d); err != nil && ctx.Err() == nil {
			w.lost(err)
		}
	} else {
		select {
		case <-ctx.Done():
		case <-time.After(d):
		}
	}
	cancel()
	<-done
}

// publish tells of a state, where it looks other than the last one.
func (w *Watcher) publish(state State) {
	if w.db != nil && w.db.Listening() {
		state.Seeing = "triggers"
	} else {
		state.Seeing = "every " + w.opt.Interval.String()
	}
	back := w.failed.told
	w.failed = failure{}
	looks := state.looks()
	w.state = state
	switch {
	case looks != w.told:
		w.emit(StateChanged, state.Line())
	case back:
		w.emit(Recovered, "checked again: "+state.Line())
	}
	w.told = looks
}

// emit tells of something that happened.
func (w *Watcher) emit(kind Kind, text string) {
	e := Event{At: w.opt.Now(), Kind: kind, Text: redact.String(text), State: w.state}
	if kind != Noticed { // which is not about the state
		e.Hint = e.State.Hint()
	}
	w.opt.Emit(e)
}

package watch

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/schemaguard/schemaguard/internal/moment"
	"github.com/schemaguard/schemaguard/internal/redact"
)

// failure is an outage in progress.
type failure struct {
	err   error // nil for none
	times int   // attempts that failed, one after the other
	since time.Time
	told  bool
}

// The time between attempts grows from the first to the last of these.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 10 * time.Second
)

// patience is how long a schema change in progress is no failure: Postgres itself
// lets nobody see what becomes of it.
const patience = 5 * time.Second

// fail notes that an attempt failed, tells of it, and returns how long to wait
// for the next one.
func (w *Watcher) fail(err error) time.Duration {
	f := &w.failed
	if f.err == nil {
		f.since = w.opt.Now()
	}
	if errors.Is(err, ErrBusy) && w.opt.Now().Sub(f.since) < patience {
		f.err = err
		return min(w.opt.Interval, time.Second)
	}
	w.errored()
	if !errors.Is(err, ErrBusy) {
		w.hangUp()
	}
	reason := redact.String(err.Error())
	if !f.told || w.state.Failure != reason {
		text := "not checked: " + reason
		if at := w.checkedAt(); !at.IsZero() {
			text = "not checked since " + moment.Text(at, w.opt.Now()) + ": " + reason
		}
		w.state.Standing, w.state.Failure, w.state.CheckedAt = NotChecked, reason, w.checkedAt()
		w.state.Summary, w.state.Next = text, []string{"schemaguard doctor"}
		w.told = ""
		if w.seen.None() && w.ws != nil {
			w.seen = w.ws.Unseen()
		}
		w.seen.Keep(string(NotChecked), w.opt.Now())
		w.emit(Failing, text)
	}
	f.err, f.told = err, true
	f.times++
	return pause(f.times)
}

// lost notes that the connection ended while nobody used it. The next cycle makes
// another one, and fails if there is none to be had.
func (w *Watcher) lost(error) { w.hangUp(); w.again(schema) }

// pause is how long to wait after so many failed attempts: longer each time, and
// never the same for two watchers, so that a server that comes back is not run
// over by all of them.
func pause(times int) time.Duration {
	d := lastPause
	if times < 7 {
		d = min(d, firstPause<<times)
	}
	return d - time.Duration(rand.Int64N(int64(d)/4))
}

package watch

import (
	"context"
	"errors"
	"time"

	"github.com/schemaguard/schemaguard/internal/overview"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// Boot is the snapshot that one container of the project would start with.
type Boot struct {
	Container string // "shop-directus-1"; empty for a service that has none yet
	Service   string // of compose; may be empty
	Image     string
	File      string // the snapshot's path in the container
	Data      []byte
	Missing   bool  // there is no snapshot where the container looks
	Err       error // why it could not be read
}

// inquiry asks what the project's containers would boot with, beside the looks: an
// engine that hangs must not hide what the database says. It belongs to the loop.
type inquiry struct {
	known  []Boot      // the last answer
	never  bool        // there is none yet
	answer chan []Boot // of the question under way; nil for none
	cancel context.CancelFunc
	since  time.Time
	again  bool // something moved since the question was asked
}

// grace is how long a look waits for an answer, so that what is known at once is
// one event. An engine that answers takes some tenths of a second.
const grace = time.Second

// errNoAnswer stands for an engine that takes its time.
var errNoAnswer = errors.New("docker has not answered yet")

// inquire asks, in place of a question under way where the project is another one,
// else after it.
func (w *Watcher) inquire(ctx context.Context, anew bool) error {
	q := &w.asked
	if anew {
		q.stop()
		q.never = true
	}
	if q.answer != nil {
		q.again = true
		return nil
	}
	ws, err := w.opt.Open(ctx) // of its own, since a look uses the other one
	if err != nil {
		return err
	}
	st, answer := w.st, make(chan []Boot, 1)
	ctx, q.cancel = context.WithCancel(ctx)
	q.answer, q.since, q.again = answer, time.Now(), false
	go func() {
		boots := w.opt.Boots(ctx, ws, st)
		answer <- boots
		if ctx.Err() == nil {
			w.Poke(answered)
		}
	}()
	return nil
}

// stop gives up the question under way.
func (q *inquiry) stop() {
	if q.answer != nil {
		q.cancel()
		q.answer = nil
	}
}

// boots returns what the containers would boot with, as far as that is known.
func (w *Watcher) boots(ctx context.Context) []Boot {
	q := &w.asked
	if q.answer != nil && w.await(ctx) {
		q.cancel()
		q.answer, q.never = nil, false
		if q.again {
			w.Poke(Containers)
		}
	}
	if q.answer != nil && q.never {
		return []Boot{{Container: "docker", Err: errNoAnswer}}
	}
	return q.known
}

// await waits for the answer, as long as there is time, and keeps it.
func (w *Watcher) await(ctx context.Context) bool {
	q := &w.asked
	select {
	case q.known = <-q.answer: // even where the time is up
		return true
	default:
	}
	late := make(<-chan time.Time)
	if !w.patient {
		late = time.After(grace - time.Since(q.since))
	}
	select {
	case q.known = <-q.answer:
		return true
	case <-late:
	case <-ctx.Done():
	}
	return false
}

// askBoot asks about what a container boots with, by the rule of boots; and why
// it is not what is committed, where that can be told.
func askBoot(ctx context.Context, s *workspace.Session, b *Boot) (p overview.Place, stale string) {
	p = overview.Place{Name: boot, Where: b.Container, Items: -1}
	if b.Container == "" {
		p.Where = b.Service
	}
	if b.Image != "" {
		p.Where += " (" + b.Image + ")"
	}
	switch {
	case b.Err != nil:
		p.Verdict = workspace.Unable(b.Err)
		return p, ""
	case b.Missing:
		// Without a file Directus applies nothing, so a boot destroys nothing either.
		p.Missing, p.Verdict = true, policy.Verdict{State: policy.Clean}
		return p, ""
	}
	t, err := s.BootTarget(ctx, policy.Source{Name: boot, Origin: p.Where}, b.File, b.Data)
	if err != nil {
		p.Verdict = workspace.Unable(err)
		return p, ""
	}
	where := p.Where
	p = overview.Ask(ctx, s, t, policy.Boot)
	p.Name, p.Where = boot, where
	return p, age(ctx, s, b.Data)
}

// age says how a boot's snapshot stands to the commits.
func age(ctx context.Context, s *workspace.Session, data []byte) string {
	if s.Repo == nil {
		return ""
	}
	head, err := s.Target(ctx, "HEAD")
	if err != nil || head.Missing != nil || string(head.Data) == string(data) {
		return ""
	}
	past, err := s.History().Committed(ctx, s.Heads(ctx), data)
	switch {
	case err != nil:
		return ""
	case past:
		return "older than HEAD"
	}
	return "not of this branch"
}

package watch

import (
	"fmt"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/watch/pulse"
)

// Counters are what a watcher has done so far.
type Counters struct {
	Looks    int64                    // at the database
	Levels   [pulse.Content + 1]int64 // looks that went as deep as this and no deeper
	Checks   int64                    // whole comparisons
	Errors   int64                    // attempts that failed
	Took     time.Duration            // all comparisons together
	LastTook time.Duration
	// VerifiedAt is when what is known was last found to be true; zero for never.
	VerifiedAt time.Time
	// AttemptedAt is when the last attempt to look ended, whatever became of it.
	AttemptedAt time.Time
}

// Counters returns what was done so far.
func (w *Watcher) Counters() Counters {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.count
}

func (w *Watcher) reached(l pulse.Level) {
	w.mu.Lock()
	w.count.Levels[l]++
	w.mu.Unlock()
}

func (w *Watcher) looked() {
	w.mu.Lock()
	w.count.Looks++
	w.mu.Unlock()
}

func (w *Watcher) errored() {
	w.mu.Lock()
	w.count.Errors++
	w.mu.Unlock()
}

func (w *Watcher) compared(s *State) {
	w.mu.Lock()
	w.count.Checks++
	w.count.Took += s.Took
	w.count.LastTook = s.Took
	w.mu.Unlock()
}

// attempted notes that an attempt has ended.
func (w *Watcher) attempted() {
	w.mu.Lock()
	w.count.AttemptedAt = w.opt.Now()
	w.mu.Unlock()
}

// verified notes that what is known still holds; for those who ask on this machine
// once a minute.
func (w *Watcher) verified() {
	now := w.opt.Now()
	w.mu.Lock()
	w.count.VerifiedAt = now
	w.mu.Unlock()
	if now.Sub(w.kept) >= time.Minute {
		w.kept = now
		w.seen.Keep(string(w.state.Standing), now)
	}
}

func (w *Watcher) checkedAt() time.Time { return w.Counters().VerifiedAt }

// looks is what a state looks like to who watches it: two states with the same
// looks are no news.
func (s *State) looks() string {
	var b strings.Builder
	fmt.Fprintln(&b, s.Standing, s.Database, s.Directus, s.Branch, s.Seeing)
	for _, p := range s.Places {
		fmt.Fprintln(&b, p.Name, p.Where, p.Items, p.Against, p.Lacks, p.Stale)
	}
	for i := range s.Items {
		c := &s.Items[i]
		fmt.Fprintln(&b, c.Item, c.Class, c.Boot, c.Loses, c.Branch, c.Author, c.Paths)
	}
	for i := range s.Findings {
		fmt.Fprintln(&b, s.Findings[i].Code, s.Findings[i].Item, s.Findings[i].Message)
	}
	return b.String()
}

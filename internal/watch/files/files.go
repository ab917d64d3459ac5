// Package files tells when something on disk moved that a check depends on: the
// snapshot, what git has, the settings, db-init.
//
// It watches folders, for editors replace files and git replaces folders, and
// says what kind of thing moved, once for a burst. It reads no content and
// refuses to judge: whoever is told looks for himself.
package files

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Change is what moved; they add up.
type Change uint8

// What can move.
const (
	Snapshot Change = 1 << iota // the snapshot file
	Git                         // HEAD, the index, a reference, a merge that began or ended
	Settings                    // settings, environments, compose files, package.json
	DBInit                      // the numbered SQL files
)

// Has tells whether one of the kinds is among them.
func (c Change) Has(kind Change) bool { return c&kind != 0 }

// String lists the kinds: "snapshot, git".
func (c Change) String() string {
	var words []string
	for i, name := range []string{"snapshot", "git", "settings", "db-init"} {
		if c&(1<<i) != 0 {
			words = append(words, name)
		}
	}
	return strings.Join(words, ", ")
}

// Options say what a project's checks depend on. Paths are absolute; nothing of
// it has to exist.
type Options struct {
	Root      string   // the project's folder
	Snapshot  string   // the snapshot file
	DBInit    []string // folders of SQL files; nil for db-init and db-init-post below Root
	GitDir    string   // of this working tree; "" where there is no repository yet
	CommonDir string   // that all working trees share; "" for GitDir
	IndexFile string   // "" for GitDir's
	More      []string // further files that the settings were read from
	// Degraded is told, at most once a cause, that the system tells of no changes
	// and files are compared every few seconds instead; nil for nobody.
	Degraded func(*NoEventsError)
}

// equal tells whether two options watch the same.
func (o *Options) equal(other *Options) bool {
	return o.Root == other.Root && o.Snapshot == other.Snapshot && slices.Equal(o.DBInit, other.DBInit) &&
		o.GitDir == other.GitDir && o.CommonDir == other.CommonDir && o.IndexFile == other.IndexFile && slices.Equal(o.More, other.More)
}

// NoEventsError says that changes are found by comparing.
type NoEventsError struct{ Err error }

// Error implements error.
func (e *NoEventsError) Error() string {
	return "files are compared every " + pace().poll.String() + ", because the system tells of no changes: " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *NoEventsError) Unwrap() error { return e.Err }

// errSilent is the cause where changes are found that no event told of.
var errSilent = errors.New("this file system is silent about them")

// tempo is how long things take.
type tempo struct {
	quiet  time.Duration // without a change before it is told
	most   time.Duration // after the first change of a burst
	locked time.Duration // that a git at work is waited for at most
	slow   time.Duration // between two comparisons beside events
	poll   time.Duration // between two comparisons without events
}

func pace() tempo {
	return tempo{quiet: 100 * time.Millisecond, most: time.Second, locked: 10 * time.Second, slow: 10 * time.Second, poll: 2 * time.Second}
}

// Watcher watches the files of one project.
type Watcher struct {
	tempo tempo
	open  func() (*source, error)

	mu   sync.Mutex
	next *Options // what Rewatch asked for
	wake chan struct{}

	// The rest belongs to Run.
	opt      Options
	lists    listings
	src      *source
	armed    map[string]os.FileInfo // the watched folders
	stale    map[string]bool        // watched folders that are gone, or others now
	plan     plan
	seen     signatures
	tried    time.Time // when events were asked for
	failed   error     // why some of it is not watched
	reported string
	surprise int // changes that no event told of
}

// New makes a watcher. What is there when Run begins has not moved.
func New(o Options) *Watcher {
	return &Watcher{
		tempo: pace(), open: openSource, opt: o, wake: make(chan struct{}, 1),
		lists: listings{}, armed: map[string]os.FileInfo{}, stale: map[string]bool{},
	}
}

// Rewatch watches what other settings lead to. It may be called at any time, and
// costs nothing where they lead to the same.
func (w *Watcher) Rewatch(o Options) {
	w.mu.Lock()
	w.next = &o
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run calls poke, one call at a time, when something moved, until ctx ends; it
// leaves nothing open.
func (w *Watcher) Run(ctx context.Context, poke func(Change)) {
	defer w.hangUp()
	w.look()
	var b burst
	b.timer = time.NewTimer(time.Hour)
	defer b.timer.Stop()
	slow := time.NewTicker(w.tempo.slow)
	defer slow.Stop()
	polling := false
	for {
		if blind := w.failed != nil || w.surprise >= 3; blind != polling {
			polling = blind
			slow.Reset(map[bool]time.Duration{true: w.tempo.poll, false: w.tempo.slow}[blind])
		}
		var events <-chan fsnotify.Event
		var errs <-chan error
		if w.src != nil {
			events, errs = w.src.events, w.src.errors
		}
		select {
		case <-ctx.Done():
			return
		case <-w.wake:
			if c := w.change(); c != 0 {
				b.add(w.tempo, c)
			}
		case e, ok := <-events:
			if !ok {
				w.hangUp()
			} else if c, matters := w.classify(e); matters {
				b.add(w.tempo, c)
			}
		case _, ok := <-errs: // an overflow, most likely: what was told before it is not all
			if !ok {
				w.hangUp()
			} else {
				b.add(w.tempo, 0)
			}
		case <-b.timer.C:
			if w.gitWorks() && time.Since(b.begun) < w.tempo.locked {
				b.first, b.git = time.Now(), true
				b.timer.Reset(w.tempo.quiet)
				break
			}
			if c := b.take() | w.look(); c != 0 {
				poke(c)
			}
		case <-slow.C:
			if c := w.compare(&b); c != 0 {
				poke(c)
			}
		}
	}
}

// compare looks at the files because time has passed.
func (w *Watcher) compare(b *burst) Change {
	if b.open {
		return 0 // it is looked at in a moment
	}
	c := w.look()
	if c != 0 && w.failed == nil {
		if w.surprise++; w.surprise == 3 {
			w.report(errSilent)
		}
	}
	return c
}

// change takes over what Rewatch asked for, and returns what of the files that
// are watched still moved meanwhile.
func (w *Watcher) change() Change {
	w.mu.Lock()
	next := w.next
	w.next = nil
	w.mu.Unlock()
	if next == nil || next.equal(&w.opt) {
		return 0
	}
	w.opt = *next
	before := w.seen
	w.look()
	return before.common(w.seen)
}

// burst collects what moves at once.
type burst struct {
	timer *time.Timer
	open  bool
	begun time.Time // when the first of it moved
	first time.Time // the same, or when git was last seen at work on it
	git   bool      // it was: its last steps, such as moving HEAD, come after its lock is gone
	kinds Change
}

// afterGit is how many times longer than else it must be quiet after git's work.
const afterGit = 3

func (b *burst) add(t tempo, c Change) {
	now := time.Now()
	if !b.open {
		b.open, b.begun, b.first = true, now, now
	}
	b.kinds |= c
	quiet := t.quiet
	if b.git {
		quiet *= afterGit
	}
	b.timer.Reset(max(0, min(quiet, t.most-now.Sub(b.first))))
}

func (b *burst) take() Change {
	c := b.kinds
	b.open, b.git, b.kinds = false, false, 0
	return c
}

// gitWorks tells whether git is in the middle of a change of the index, so that
// what is on disk is half of the old and half of the new. A lock that was left
// behind does not count.
func (w *Watcher) gitWorks() bool {
	if w.plan.index == "" {
		return false
	}
	info, err := os.Lstat(w.plan.index + ".lock")
	return err == nil && time.Since(info.ModTime()).Abs() < w.tempo.locked
}

// classify says what an event moves; matters is false for noise.
func (w *Watcher) classify(e fsnotify.Event) (c Change, matters bool) {
	if e.Op == fsnotify.Chmod {
		return 0, false // what is of interest in it, the comparison finds
	}
	name := filepath.Clean(e.Name)
	if _, ours := w.armed[name]; ours && e.Op&(fsnotify.Remove|fsnotify.Rename|fsnotify.Create) != 0 {
		w.stale[name] = true
	}
	c = w.plan.kind(name)
	return c, c != 0 || w.plan.joints[name]
}

// look brings the watches up to date and returns what differs from the last look.
func (w *Watcher) look() Change {
	w.plan = w.opt.plan(w.lists)
	w.arm()
	now := w.plan.sign(w.lists)
	c := w.seen.differs(now)
	if w.seen == nil {
		c = 0
	}
	w.seen = now
	w.lists.sweep()
	return c
}

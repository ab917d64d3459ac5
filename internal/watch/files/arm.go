package files

import (
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

// source is where events come from.
type source struct {
	events <-chan fsnotify.Event
	errors <-chan error
	add    func(dir string) error
	remove func(dir string) error
	list   func() []string
	close  func() error
}

// openSource asks the system for events.
func openSource() (*source, error) {
	n, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	return &source{events: n.Events, errors: n.Errors, add: n.Add, remove: n.Remove, list: n.WatchList, close: n.Close}, nil
}

// retry is how long a system that refused events is left alone.
const retry = time.Minute

// arm watches the folders of the plan and no others. What cannot be watched is
// compared instead.
func (w *Watcher) arm() {
	if w.failed != nil && time.Since(w.tried) < retry {
		if w.src == nil {
			return
		}
	} else {
		w.failed = nil
	}
	if w.src == nil {
		w.tried = time.Now()
		src, err := w.open()
		if err != nil {
			w.fail(err)
			return
		}
		w.src = src
	}
	watched := map[string]bool{}
	for _, dir := range w.src.list() {
		watched[dir] = true
	}
	for dir := range w.armed {
		if !slices.Contains(w.plan.dirs, dir) {
			w.disarm(dir)
		}
	}
	for _, dir := range w.plan.dirs {
		info, err := os.Stat(dir)
		if err != nil {
			continue // it went away this moment, which its folder tells
		}
		if old, ok := w.armed[dir]; ok && watched[dir] && !w.stale[dir] && os.SameFile(old, info) {
			continue
		}
		w.disarm(dir)
		if w.failed != nil || costly(dir) {
			continue
		}
		switch err := w.src.add(dir); {
		case err == nil:
			w.armed[dir] = info
		case os.IsNotExist(err):
		default:
			w.tried = time.Now()
			w.fail(err)
		}
	}
	clear(w.stale)
}

// disarm stops watching a folder.
func (w *Watcher) disarm(dir string) {
	if _, ok := w.armed[dir]; ok {
		_ = w.src.remove(dir) // it may be gone, and its watch with it
		delete(w.armed, dir)
	}
}

// fail notes why files are compared, and tells it.
func (w *Watcher) fail(err error) {
	w.failed = err
	w.report(err)
}

// report tells a cause once.
func (w *Watcher) report(err error) {
	if w.opt.Degraded != nil && err.Error() != w.reported {
		w.opt.Degraded(&NoEventsError{err})
	}
	w.reported = err.Error()
}

// hangUp gives the watches back.
func (w *Watcher) hangUp() {
	if w.src != nil {
		_ = w.src.close()
		w.src = nil
	}
	clear(w.armed)
	clear(w.stale)
}

// maxOpen is how many names a folder may have where watching it opens each.
const maxOpen = 200

// costly tells a folder that would take a descriptor for every name in it: kqueue
// watches files. It is compared only.
func costly(dir string) bool {
	switch runtime.GOOS {
	case "darwin", "freebsd", "netbsd", "openbsd", "dragonfly":
	default:
		return false
	}
	f, err := os.Open(dir)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	names, _ := f.Readdirnames(maxOpen + 1)
	return len(names) > maxOpen
}

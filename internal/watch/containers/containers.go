// Package containers tells when docker moved, and what the Directus containers of
// a project would boot with at their next plain start.
//
// It asks the user's own docker, as the guard does, and never an engine's API. It
// starts no container and changes none; where there is no docker it is silent.
package containers

import (
	"strings"
	"sync"
	"time"

	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

// Options say how docker is called.
type Options struct {
	Docker  []string // the program and the flags that choose the engine; nil for docker
	Environ []string // as os.Environ returns it
	Dir     string   // where it is called; "" for here
}

// Watcher looks at one project's containers. Its methods are safe for concurrent
// use.
type Watcher struct {
	opt   Options
	tempo tempo

	mu        sync.Mutex
	scope     scope
	moves     int  // events so far, to know whether anything happened
	listening bool // the engine tells of what happens

	asking sync.Mutex // of Boots: one question at a time
	memory memory
}

// New makes a watcher. It asks nothing yet.
func New(o Options) *Watcher {
	if len(o.Docker) == 0 {
		o.Docker = []string{"docker"}
	}
	return &Watcher{opt: o, tempo: pace()}
}

// Listening tells whether an engine answers and tells of what happens.
func (w *Watcher) Listening() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.listening
}

// Forget has the next [Watcher.Boots] ask for everything anew: somebody wants to
// know, or the settings moved.
func (w *Watcher) Forget() {
	w.asking.Lock()
	defer w.asking.Unlock()
	w.memory = memory{}
}

// scope is what concerns the project, as the last look found it.
type scope struct {
	known   bool
	project string
	names   map[string]bool // of containers, and of images by reference and id
}

// concerns tells whether something that happened may be about the project.
func (s *scope) concerns(m *message) bool {
	switch {
	case m.attribute("schemaguard.probe") != "":
		return false // made here, to read a file
	case !s.known || s.names[m.Actor.ID] || s.names[m.name()] || s.names[m.image()]:
		return true
	case m.Type == "image":
		// A tag that is taken away or that is an id says nothing of its name.
		return m.name() == "" || strings.HasPrefix(m.name(), "sha256:")
	}
	project := m.attribute(inventory.LabelProject)
	return project == "" && looksLikeDirectus(m) || project != "" && project == s.project
}

// looksLikeDirectus tells a container of nobody's project that may be one.
func looksLikeDirectus(m *message) bool {
	return strings.Contains(strings.ToLower(m.image()+" "+m.name()), "directus") || m.attribute("schemaguard.directus") != ""
}

// tempo is how long things take.
type tempo struct {
	quiet time.Duration // without an event before it is told
	most  time.Duration // after the first event of a burst
	alive time.Duration // that docker events must live to have reached an engine
	first time.Duration // before it is called again
	rare  time.Duration // between two calls where there is no engine
}

func pace() tempo {
	return tempo{quiet: 200 * time.Millisecond, most: time.Second, alive: 2 * time.Second, first: time.Second, rare: time.Minute}
}

package authz

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/schemaguard/schemaguard/internal/terminal"
)

// Decide says whether an action on a guarded container or volume may go on, and if not, why, in one line.
// It is asked by several requests at once, and must return when ctx ends.
type Decide func(ctx context.Context, a Action) (allow bool, message string)

// judge answers requests.
type judge struct {
	decide      Decide
	ask         Inspector
	isGuarded   func(Container) bool
	timeout     time.Duration
	denyUnknown bool
	log         io.Writer
	memory      memory
}

// memory are the guarded containers and their projects that were seen since the start: `down -v` removes
// the containers before the volumes, and an engine in trouble cannot be asked.
type memory struct {
	mu         sync.Mutex
	containers map[string]bool // by name and ID
	projects   map[string]bool
}

// maxRemembered bounds what is remembered on machines that make containers all day.
const maxRemembered = 10000

func (m *memory) learn(c Container) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.containers == nil || len(m.containers) > maxRemembered {
		m.containers, m.projects = map[string]bool{}, map[string]bool{}
	}
	for _, name := range []string{c.Name, c.ID} {
		if name != "" {
			m.containers[name] = true
		}
	}
	m.projects[project(c.Labels)] = true
}

func (m *memory) knows(container string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.containers[container]
}

func (m *memory) knowsProject(name string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.projects[name]
}

// answer tells whether a request may go on. What concerns no guarded container is allowed whatever
// happens; what does is allowed only where Decide says so.
func (j *judge) answer(ctx context.Context, r Request) (allow bool, message string) {
	a := Read(r)
	if a.Kind == None {
		return true, ""
	}
	ctx, cancel := context.WithTimeout(ctx, j.timeout)
	defer cancel()
	concerned, err := j.safely(ctx, &a)
	switch {
	case err != nil && !j.denyUnknown && !j.known(a):
		j.note("allowed", a, fmt.Sprintf("not known to be guarded: %v", err))
		return true, ""
	case err != nil:
		return j.refuse(a, fmt.Sprintf("cannot tell what it is: %v", err))
	case !concerned:
		return true, ""
	}
	allow, message, err = j.decided(ctx, a)
	switch {
	case err != nil:
		return j.refuse(a, fmt.Sprintf("no decision: %v", err))
	case !allow:
		return j.refuse(a, message)
	}
	j.note("allowed", a, message)
	return true, ""
}

// known tells whether something is guarded as far as that can be told without the engine.
func (j *judge) known(a Action) bool {
	return j.memory.knows(a.Target) || a.Kind == Create && j.isGuarded(a.Container)
}

func (j *judge) refuse(a Action, why string) (bool, string) {
	why = strings.TrimPrefix(why, "schemaguard: ") // it is said once already
	j.note("refused", a, why)
	return false, terminal.Clean(fmt.Sprintf("schemaguard: refusing %s of %s: %s", a.Kind, a.object(), why))
}

func (j *judge) note(what string, a Action, why string) {
	line := fmt.Sprintf("%s %s of %s", what, a.Kind, a.object())
	if why != "" {
		line += ": " + why
	}
	fmt.Fprintln(j.log, terminal.Clean(line))
}

// object is the name of what an action is about.
func (a Action) object() string {
	switch {
	case a.Kind == VolumePrune:
		return "unused volumes"
	case a.Container.Name != "":
		return a.Container.Name
	case a.Target != "":
		return a.Target
	}
	return "a container of " + a.Container.Image
}

// panicError is what a panic becomes.
type panicError struct{ value any }

// Error implements error.
func (e panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// decided asks Decide, and waits no longer than ctx lasts.
func (j *judge) decided(ctx context.Context, a Action) (allow bool, message string, err error) {
	type answer struct {
		allow   bool
		message string
		err     error
	}
	answers := make(chan answer, 1)
	go func() {
		var got answer
		defer func() {
			if v := recover(); v != nil {
				got = answer{err: panicError{v}}
			}
			answers <- got
		}()
		got.allow, got.message = j.decide(ctx, a)
	}()
	select {
	case got := <-answers:
		return got.allow, got.message, got.err
	case <-ctx.Done():
		return false, "", fmt.Errorf("waiting for the guard: %w", ctx.Err())
	}
}

// safely is concerns without its panics.
func (j *judge) safely(ctx context.Context, a *Action) (concerned bool, err error) {
	defer func() {
		if v := recover(); v != nil {
			concerned, err = false, panicError{v}
		}
	}()
	return j.concerns(ctx, a)
}

// concerns looks up what an action is about, and tells whether a guarded container or volume is concerned.
func (j *judge) concerns(ctx context.Context, a *Action) (bool, error) {
	switch a.Kind {
	case Create:
		return j.concernsNew(ctx, a)
	case VolumeRemove:
		v, err := j.ask.Volume(ctx, a.Target)
		if err != nil {
			return false, ignoreMissing(err)
		}
		return j.gone(ctx, a, v)
	case VolumePrune:
		unused, err := j.ask.UnusedVolumes(ctx, a.Named)
		if err != nil {
			return false, err
		}
		return j.gone(ctx, a, slices.DeleteFunc(unused, func(v Volume) bool { return !a.prunes(v.Labels) })...)
	case None, Start, Restart, Update, Delete:
	}
	c, err := j.ask.Container(ctx, a.Target)
	if err != nil {
		return false, ignoreMissing(err) // the engine says so itself
	}
	a.Container = c
	guarded := j.isGuarded(c)
	if guarded {
		j.memory.learn(c)
	}
	if a.Kind != Delete {
		return guarded, nil
	}
	if !a.Volumes {
		return false, nil
	}
	return j.deleteWithVolumes(ctx, a)
}

func ignoreMissing(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// concernsNew looks at a container that is to be made: its image says what the request leaves out.
func (j *judge) concernsNew(ctx context.Context, a *Action) (bool, error) {
	c := &a.Container
	if c.Image == "" { // the body was not handed on, or is none: the start will be asked about
		return false, nil
	}
	if _, probe := c.Labels[ProbeLabel]; probe {
		return false, nil
	}
	image, err := j.ask.Image(ctx, c.Image)
	whole := *c
	if err == nil {
		whole, c.ImageNames = merge(image, *c), image.ImageNames
	}
	if j.isGuarded(whole) {
		j.memory.learn(*c)
		return true, nil
	}
	return false, ignoreMissing(err)
}

// merge is a container as the engine makes it of an image and a request.
// https://github.com/moby/moby/blob/v28.5.1/daemon/commit.go (merge)
func merge(image, c Container) Container {
	c.ImageNames = image.ImageNames
	c.Env = append(append([]string(nil), image.Env...), c.Env...)
	labels := map[string]string{}
	for _, from := range []map[string]string{image.Labels, c.Labels} {
		maps.Copy(labels, from)
	}
	c.Labels = labels
	if len(c.Entrypoint) == 0 {
		if len(c.Cmd) == 0 {
			c.Cmd = image.Cmd
		}
		c.Entrypoint = image.Entrypoint
	}
	return c
}

// isAnonymous tells a name of a volume that the engine made up.
func isAnonymous(name string) bool {
	return len(name) == 64 && strings.Trim(name, "0123456789abcdef") == ""
}

// deleteWithVolumes finds the anonymous volumes that go with a container: those that no other one uses.
func (j *judge) deleteWithVolumes(ctx context.Context, a *Action) (bool, error) {
	var gone []Volume
	for _, m := range a.Container.Mounts {
		if !isAnonymous(m.Source) {
			continue
		}
		v, err := j.ask.Volume(ctx, m.Source)
		if err != nil {
			if err = ignoreMissing(err); err != nil {
				return false, err
			}
			continue
		}
		shared := false
		for _, user := range v.Users {
			shared = shared || user.ID != a.Container.ID
		}
		if !shared {
			if v.Labels[projectLabel] == "" { // compose labels its containers, and not their anonymous volumes
				v.Labels = map[string]string{volumeLabel: v.Labels[volumeLabel], projectLabel: project(a.Container.Labels)}
			}
			gone = append(gone, v)
		}
	}
	return j.gone(ctx, a, gone...)
}

// gone notes which of the volumes that an action deletes are guarded, and tells whether any is.
func (j *judge) gone(ctx context.Context, a *Action, volumes ...Volume) (bool, error) {
	looked := map[string]bool{}
	var failed error
	has := func(project string) bool {
		if j.memory.knowsProject(project) {
			return true
		}
		if !looked[project] {
			looked[project] = true
			if err := j.look(ctx, project); err != nil {
				failed = err
			}
		}
		return j.memory.knowsProject(project)
	}
	for _, v := range volumes {
		if v.guarded(has) {
			a.Gone = append(a.Gone, v)
		}
	}
	if len(a.Gone) > 0 {
		return true, nil
	}
	return false, failed
}

// look inspects the containers of a project, to learn whether one is guarded.
func (j *judge) look(ctx context.Context, name string) error {
	label := ""
	if name != "" {
		label = projectLabel + "=" + name
	}
	ids, err := j.ask.Containers(ctx, label)
	if err != nil {
		return err
	}
	for _, id := range ids {
		c, err := j.ask.Container(ctx, id)
		switch {
		case errors.Is(err, ErrNotFound): // removed in between
		case err != nil:
			return err
		case project(c.Labels) == name && j.isGuarded(c):
			j.memory.learn(c)
			return nil
		}
	}
	return nil
}

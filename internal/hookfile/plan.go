package hookfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/schemaguard/schemaguard/internal/atomicfile"
)

// Action is what one step does.
type Action int

// The actions.
const (
	Keep   Action = iota + 1 // nothing: it is as it should be, or is not ours to touch
	Write                    // put Data into Path
	Move                     // give the file Path the name To
	Remove                   // delete the file Path
	Set                      // set the key Path of git's local configuration to Data
	Unset                    // remove the section Path of git's local configuration
	Forget                   // remove the reference Path, which is a cache
)

// Step is one change, or one thing that needs none.
type Step struct {
	Action Action
	Path   string
	To     string
	Data   string
	Perm   fs.FileMode
	Why    string // said in brackets behind it
}

// Plan is what an installation or its removal comes to.
type Plan struct {
	Steps []Step
	Notes []string // what is worth knowing
	Text  string   // what to do by hand, to be printed as it is
	Hints []string // commands that come next
	// Missing says what is not in place even when all steps are done, because it is somebody else's to do; empty
	// when nothing is.
	Missing string
}

// Changes tells whether there is anything to do.
func (p Plan) Changes() bool {
	for _, s := range p.Steps {
		if s.Action != Keep {
			return true
		}
	}
	return false
}

func (p *Plan) add(steps ...Step) { p.Steps = append(p.Steps, steps...) }

func (p *Plan) note(format string, args ...any) {
	p.Notes = append(p.Notes, fmt.Sprintf(format, args...))
}

// Describe says in one line what a step did, or with done false would do.
func (s *Site) Describe(step Step, done bool) string {
	verb := func(past, would string) string {
		if done {
			return past
		}
		return "would " + would
	}
	var line string
	switch step.Action {
	case Keep:
		line = "unchanged: " + s.shown(step.Path)
	case Write:
		line = verb("wrote ", "write ") + s.shown(step.Path)
	case Move:
		line = verb("moved ", "move ") + s.shown(step.Path) + " to " + s.shown(step.To)
	case Remove:
		line = verb("removed ", "remove ") + s.shown(step.Path)
	case Set:
		line = verb("set ", "set ") + step.Path + " in git's configuration"
	case Unset:
		line = verb("removed ", "remove ") + step.Path + " from git's configuration"
	case Forget:
		line = verb("removed ", "remove ") + "the cache " + step.Path
	}
	if step.Why != "" {
		line += " (" + step.Why + ")"
	}
	return line
}

// shown shortens a path: from the top of the working tree where it lies below.
func (s *Site) shown(path string) string {
	if rel, err := filepath.Rel(s.Root, path); err == nil && filepath.IsAbs(path) && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return path
}

// Apply carries out a plan, and tells of each step once it is done. The first failure ends it: what was done by then
// is whole, and doing the same again goes on from there.
func (s *Site) Apply(ctx context.Context, p Plan, tell func(Step)) error {
	for i, step := range p.Steps {
		if err := s.apply(ctx, step); err != nil {
			// A hook that was moved away for ours to take its place goes back when ours could not be written.
			if i > 0 && step.Action == Write && p.Steps[i-1].Action == Move && p.Steps[i-1].Path == step.Path {
				err = errors.Join(err, os.Rename(p.Steps[i-1].To, step.Path))
			}
			return err
		}
		tell(step)
	}
	return nil
}

func (s *Site) apply(ctx context.Context, step Step) error {
	var err error
	switch step.Action {
	case Keep:
	case Write:
		err = write(step)
	case Move:
		err = os.Rename(step.Path, step.To)
	case Remove:
		err = os.Remove(step.Path)
	case Set:
		_, err = s.git.Run(ctx, gitTimeout, nil, "config", "--local", "--replace-all", step.Path, step.Data)
	case Unset:
		_, err = s.git.Run(ctx, gitTimeout, nil, "config", "--local", "--remove-section", step.Path)
	case Forget:
		_, err = s.git.Run(ctx, gitTimeout, nil, "update-ref", "-d", step.Path)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", strings.Replace(s.Describe(step, false), "would ", "failed to ", 1), err)
	}
	return nil
}

func write(step Step) error {
	if err := os.MkdirAll(filepath.Dir(step.Path), 0o755); err != nil {
		return fmt.Errorf("creating its folder: %w", err)
	}
	if _, err := atomicfile.Write(step.Path, []byte(step.Data), step.Perm); err != nil {
		return err
	}
	info, err := os.Stat(step.Path)
	if err != nil || step.Perm&0o100 == 0 || info.Mode()&0o100 != 0 {
		return err
	}
	return os.Chmod(step.Path, info.Mode().Perm()|0o110)
}

// setConfig plans the given keys and values.
func (s *Site) setConfig(p *Plan, entries [][2]string) {
	for _, e := range entries {
		if s.Settings[e[0]] == e[1] {
			p.add(Step{Action: Keep, Path: e[0]})
			continue
		}
		p.add(Step{Action: Set, Path: e[0], Data: e[1]})
	}
}

package dockercmd

import "slices"

// Query returns the words of an own command for the same daemon, program first: the engine's, so that
// docker-compose becomes docker. It only repeats what was typed; the environment, which also chooses the
// daemon, is the caller's to pass on.
func (c Command) Query(args ...string) []string {
	program := c.Program
	switch {
	case c.Standalone && c.Podman:
		program = "podman"
	case c.Standalone:
		program = "docker"
	}
	return slices.Concat([]string{program}, c.Globals, args)
}

// ComposeQuery returns the words of an own compose command for the same daemon and project, program
// first. It says nothing of use where Project.Stdin holds.
func (c Command) ComposeQuery(args ...string) []string {
	if c.Standalone {
		return slices.Concat([]string{c.Program}, c.Globals, c.Project.Args, args)
	}
	return slices.Concat([]string{c.Program}, c.Globals, []string{"compose"}, c.Project.Args, args)
}

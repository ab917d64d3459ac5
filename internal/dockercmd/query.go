package dockercmd

import "slices"

// Query returns the words of an own command for the same daemon, program first: the Engine, so that
// docker-compose becomes docker. It only repeats what was typed; the environment, which also chooses the
// daemon, is the caller's to pass on.
func (c Command) Query(args ...string) []string {
	return slices.Concat([]string{c.Engine}, c.Globals, args)
}

// ComposeQuery returns the words of an own compose command for the same daemon and project, program
// first. It says nothing of use where Project.Stdin holds.
func (c Command) ComposeQuery(args ...string) []string {
	if c.Standalone {
		return slices.Concat([]string{c.Program}, c.Globals, c.Project.Args, args)
	}
	return slices.Concat([]string{c.Program}, c.Globals, []string{"compose"}, c.Project.Args, args)
}

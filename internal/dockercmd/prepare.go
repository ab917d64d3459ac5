package dockercmd

import "slices"

// BuildFirst returns the words of a compose command, program first, that builds the images which the
// command would build with --build, and touches no container. Version 1 and podman-compose cannot build
// the dependencies of a service by its name: all services are built then.
func (c Command) BuildFirst() []string {
	return c.ComposeQuery(c.named("build", "--with-dependencies")...)
}

// PullFirst returns the words of a compose command, program first, that pulls the images which the command
// would pull under a policy ("always", "missing"), and touches no container.
func (c Command) PullFirst(policy string) []string {
	words := []string{"pull"}
	if c.Version == V2 {
		words = append(words, "--policy", policy)
	}
	named := c.named("pull", "--include-deps")
	return c.ComposeQuery(append(words, named[1:]...)...)
}

// named returns a verb on the targets, with the flag that adds their dependencies where those are in reach.
func (c Command) named(verb, dependencies string) []string {
	words := []string{verb}
	switch {
	case c.All || len(c.Targets) == 0:
		return words
	case c.Dependencies == None:
		return append(words, c.Targets...)
	case c.Version == V2 || verb == "pull" && !c.Podman:
		return append(append(words, dependencies), c.Targets...)
	}
	return words
}

// Prepared returns the words after the program that do what is left of up, create or run once images are
// built, pulled and looked at: the same, but that nothing is built or pulled on the way, so that what was
// looked at is what starts. Other commands, and those with an unknown flag, come back as they are.
func (c Command) Prepared() []string {
	if len(c.Unknown) > 0 {
		return c.Args
	}
	var instead []string
	switch {
	case c.Family == Compose && (c.Verb == "up" || c.Verb == "create"):
		if !c.Flags.On("watch") { // which builds as files change, and refuses --no-build
			instead = append(instead, "--no-build")
		}
		if c.Version == V2 {
			instead = append(instead, "--pull", "never")
		}
	case c.Family == Compose && c.Verb == "run":
		if c.Version == V2 {
			instead = []string{"--pull", "never"}
		}
	case c.Verb == "container run" || c.Verb == "container create":
		instead = []string{"--pull", "never"}
	default:
		return c.Args
	}
	cut := make([]bool, len(c.Args))
	for _, f := range c.Flags {
		if listed("build no-build pull pull-always no-cache", f.Name) {
			for i := f.At; i < f.At+f.Words; i++ {
				cut[i] = true
			}
		}
	}
	kept := append(slices.Clone(c.Args[:c.at]), instead...)
	for i := c.at; i < len(c.Args); i++ {
		if !cut[i] {
			kept = append(kept, c.Args[i])
		}
	}
	return kept
}

package dockercmd

import "github.com/schemaguard/schemaguard/internal/dockercmd/argv"

// standalone reads the words of docker-compose or podman-compose, which take docker's global flags among
// those of the project.
func (c *Command) standalone(in Invocation) {
	c.Version = in.Version
	c.compose(in, in.Args, standaloneGlobals, argv.Rules{Stops: true, Prefixes: c.Podman || c.Version != V2})
	if c.Version != V1 && printsVersion(in.Args) {
		c.Kind, c.Unknown = ReadOnly, nil
	}
}

// printsVersion tells whether -v or --version comes before the first word that is no flag: version 2
// makes it the verb there, as version 1 does, and leaves it without effect further right.
// https://github.com/docker/compose/blob/v2.40.3/cmd/compatibility/convert.go
func printsVersion(args []string) bool {
	valued := convertFlags.Entries()
	for i := 0; i < len(args); i++ {
		switch w := args[i]; {
		case w == "-v" || w == "--version":
			return true
		case w == "" || w[0] != '-':
			return false
		case valued[w]:
			i++
		}
	}
	return false
}

// compose reads what follows the word compose, or all of docker-compose.
func (c *Command) compose(in Invocation, args []string, table argv.Table, rules argv.Rules) {
	c.Family = Compose
	l := argv.Cut(args, table, rules)
	switch {
	case c.Standalone:
		c.Globals = words(args, l.Flags, choosesDaemon(dockerGlobals))
		c.Daemon = daemon(l.Flags, in.Env, c.Podman)
	case c.Podman:
		c.Version = in.Version // podman runs whichever compose it finds
	default:
		c.Version = V2
	}
	c.Project = project(args, l.Flags)
	switch {
	case len(l.Operands) == 0:
		c.Help = true
	case len(l.Unknown) > 0:
		c.dangerous(l.Unknown...)
	case c.Version == V1 && argv.On(l.Flags, "version"):
		// Printed, where version 2 goes on.
	default:
		c.composeVerb(l.Operands[0], args[l.Rest:], argv.Rules{Help: l.Help, Prefixes: rules.Prefixes}, argv.On(l.Flags, "dry-run"))
	}
}

// composeVerb reads the verb and what follows.
func (c *Command) composeVerb(word string, rest []string, rules argv.Rules, dry bool) {
	if word == "alpha" { // holds verbs that have moved out since
		l := argv.Cut(rest, "dry-run", argv.Rules{Stops: true, Help: rules.Help})
		if len(l.Operands) == 0 || l.Operands[0] == "alpha" {
			c.Help = true
			return
		}
		rules.Help, dry = l.Help, dry || argv.On(l.Flags, "dry-run")
		word, rest = l.Operands[0], rest[l.Rest:]
	}
	if listed(composeHarmless, word) {
		c.Verb = word
		return
	}
	v, known := find(word, composeVerbs)
	if !known {
		c.unknownVerb("compose "+word, MayBoot)
		c.DryRun = dry
		return
	}
	v.flags += " dry-run"
	v.object = Services
	rules.Stops = v.stops
	c.read(v, rest, rules)
	if len(c.Unknown) == 0 {
		if len(c.Flags.Values("dry-run")) > 0 { // the last one counts, on either side of the verb
			dry = c.Flags.On("dry-run")
		}
		c.DryRun = dry
	}
	if len(c.Targets) == 0 && v.takes == targets {
		c.All = c.Kind != ReadOnly
	}
	c.judgeCompose()
}

// judgeCompose says what the flags of a verb of compose make of it, and in which direction it spreads.
func (c *Command) judgeCompose() {
	f := c.Flags
	switch c.Verb {
	case "up", "create":
		c.judgeUp()
	case "start":
		if c.Version != V1 {
			c.Dependencies = Starts
		}
	case "restart":
		if c.Version != V1 && !f.On("no-deps") {
			c.Dependents = Restarts
		}
	case "run":
		c.converges(f.On("no-deps"))
	case "scale":
		c.judgeScale()
	case "watch":
		c.converges(false)
		c.Dependencies, c.Siblings = Fills, Replaces
	case "down":
		if f.On("volumes") {
			c.loses(Loss{Scope: ProjectVolumes})
		}
	case "rm":
		if f.On("volumes") {
			c.loses(Loss{Scope: TargetVolumes})
		}
	case "wait":
		if f.On("down-project") {
			c.Kind, c.Effect, c.All = Arms, Stops, true
		}
	}
}

// converges makes the dependencies of the targets what up makes of them.
func (c *Command) converges(alone bool) {
	if !alone {
		c.Dependencies, c.Cascades = Converges, true
	}
}

// judgeUp reads up and create, which share how they decide what to recreate.
// https://github.com/docker/compose/blob/v2.40.3/cmd/compose/create.go (recreateStrategy)
func (c *Command) judgeUp() {
	f := c.Flags
	for _, s := range f.Values("scale") {
		named := c.Targets
		c.replicas([]string{s})
		c.Targets = named
	}
	c.converges(f.On("no-deps"))
	switch {
	case f.On("no-recreate"):
		c.Effect, c.Dependencies, c.Cascades = Fills, min(c.Dependencies, Fills), false
	case f.On("force-recreate") || f.On("renew-anon-volumes"):
		c.Effect = Recreates
		if c.Dependencies != None && c.Version != V2 && f.On("force-recreate") {
			c.Dependencies = Recreates
		}
	}
	if f.On("always-recreate-deps") && c.Dependencies != None {
		c.Dependencies = Recreates
	}
	if f.On("renew-anon-volumes") {
		c.loses(Loss{Scope: TargetVolumes})
	}
	if f.On("watch") {
		c.Siblings = Replaces
		c.Effect = max(c.Effect, Converges) // each change of a file restarts or rebuilds
	}
	if (c.Verb == "create" || f.On("no-start")) && len(c.Unknown) == 0 {
		c.leaveStopped()
	}
}

// leaveStopped turns what an up would do into create, which replaces and does not start.
func (c *Command) leaveStopped() {
	c.Kind, c.Effect, c.Cascades = Arms, Replaces, false
	if c.Dependencies != None {
		c.Dependencies = Replaces
	}
	if c.Volumes.Scope != NoVolumes {
		c.Kind = LosesVolumes
	}
}

// judgeScale reads scale, which converges since version 2, dependencies first, and gives what it recreates
// new anonymous volumes. Version 1 only adds and removes containers of the one service.
func (c *Command) judgeScale() {
	if c.Version == V1 {
		c.Effect = Fills
		c.stopsOnly()
		return
	}
	c.converges(c.Flags.On("no-deps"))
	c.loses(Loss{Scope: TargetVolumes})
	if c.Flags.On("no-deps") {
		c.stopsOnly()
	}
}

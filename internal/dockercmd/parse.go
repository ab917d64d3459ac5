package dockercmd

import (
	"path"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dockercmd/argv"
)

// pluginCall is set by docker when it runs a plugin, which then gets docker's own words.
// https://github.com/docker/cli/blob/v28.5.1/cli-plugins/metadata/metadata.go
const pluginCall = "DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND"

// Parse reads a command line. It never fails: what it does not understand may boot everything.
func Parse(in Invocation) Command {
	if in.Env == nil {
		in.Env = func(string) string { return "" }
	}
	c := Command{Program: in.Program, Args: in.Args, Engine: in.Program}
	name := strings.TrimSuffix(path.Base(strings.ReplaceAll(in.Program, `\`, "/")), ".exe")
	switch {
	case name == "docker-compose" && in.Env(pluginCall) != "" && namesCompose(in.Args):
		c.Engine = in.Env(pluginCall) // docker's own first word
		c.docker(in)
	case name == "docker-compose" || name == "podman-compose":
		c.Standalone, c.Podman = true, name == "podman-compose"
		c.Engine, _, _ = strings.Cut(name, "-")
		c.standalone(in)
	case name == "docker" || name == "com.docker.cli": // the latter is how Docker Desktop names it
		c.docker(in)
	case name == "podman" || name == "podman-remote":
		c.Podman = true
		c.docker(in)
	default:
		c.dangerous(in.Program)
	}
	c.settle(in)
	return c
}

// namesCompose tells whether a plugin was called with docker's words, and not run by hand from a process
// that docker started.
func namesCompose(args []string) bool {
	l := argv.Cut(args, dockerGlobals, argv.Rules{Stops: true})
	return len(l.Operands) == 0 || slices.Contains(l.Operands, "compose") || composeProtocol(l.Operands[0])
}

func composeProtocol(word string) bool {
	return word == "docker-cli-plugin-metadata" || word == "docker-cli-plugin-hooks"
}

// docker reads the words of docker or podman: global flags, then a verb, a group and a verb, or compose.
func (c *Command) docker(in Invocation) {
	table, program := dockerGlobals, "docker"
	if c.Podman {
		table, program = podmanGlobals, "podman"
	}
	l := argv.Cut(in.Args, table, argv.Rules{Stops: true})
	c.Globals = words(in.Args, l.Flags, choosesDaemon(table))
	c.Daemon = daemon(l.Flags, in.Env, c.Podman)
	switch {
	case len(l.Operands) == 0:
		c.Help = true // docker prints its usage
		return
	case len(l.Unknown) > 0:
		c.dangerous(l.Unknown...)
		return
	case c.Podman && argv.On(l.Flags, "version"):
		return // where docker goes on, podman prints its version
	}
	rest := in.Args[l.Rest:]
	if l.Operands[0] == "compose" {
		c.compose(in, rest, projectFlags, argv.Rules{Stops: true, Help: l.Help, Prefixes: c.Podman})
		return
	}
	c.engine(l.Operands[0], rest, l.Help, program)
}

// engine reads a verb of docker or podman, or a group and its verb, and what follows.
func (c *Command) engine(word string, rest []string, help bool, program string) {
	harmless, unknown := listed(engineHarmless, word), MayBoot
	if k, grouped := group(word); grouped {
		l := argv.Cut(rest, "", argv.Rules{Stops: true, Help: help})
		switch {
		case len(l.Operands) == 0 || k == ReadOnly:
			c.Help = len(l.Operands) == 0
			return
		case len(l.Unknown) > 0:
			c.dangerous(l.Unknown...)
			return
		}
		sub := l.Operands[0]
		word, help, rest = word+" "+sub, l.Help, rest[l.Rest:]
		if listed(engineHarmless, sub) || listed(groupHarmless, strings.ReplaceAll(word, " ", "/")) {
			harmless = true
		}
		unknown = k
	}
	v, known := c.lookup(word)
	switch {
	case known:
	case harmless:
		c.Verb = word
		return
	default:
		c.unknownVerb(program+" "+word, unknown)
		return
	}
	_, swarms := find(word, swarmVerbs)
	if swarms {
		c.Family = Swarm
	}
	c.read(v, rest, argv.Rules{Stops: v.stops, Help: help && !v.ownHelp()})
	c.judgeEngine(v)
}

func (c *Command) lookup(word string) (verb, bool) {
	if c.Podman {
		return find(word, podmanVerbs, engineVerbs)
	}
	return find(word, engineVerbs, swarmVerbs)
}

// group tells whether a word stands before a verb, and what a verb of it counts as that is not known.
func group(word string) (Kind, bool) {
	for _, g := range groups {
		if listed(g.words, word) {
			return g.kind, true
		}
	}
	return ReadOnly, false
}

// read takes the flags and operands of a verb from the words after it, which end the line.
func (c *Command) read(v verb, args []string, rules argv.Rules) {
	l := argv.Cut(args, v.flags, rules)
	c.at = len(c.Args) - len(args)
	for i := range l.Flags {
		l.Flags[i].At += c.at
	}
	c.Verb, c.Kind, c.Effect, c.Object = v.canonical(), v.kind, v.effect, v.object
	c.Flags, c.Help = l.Flags, l.Help
	c.operands(v.takes, l.Operands)
	if len(l.Unknown) > 0 && !v.lax && v.kind != ReadOnly {
		c.dangerous(l.Unknown...)
	}
}

// operands sorts the operands of a verb.
func (c *Command) operands(takes operands, given []string) {
	n := len(given)
	switch {
	case n == 0:
	case takes == targets:
		c.Targets = given
	case takes == targetThenWords:
		c.Targets, c.Words = given[:1:1], given[1:]
	case takes == imageThenWords:
		c.Images, c.Words = given[:1:1], given[1:]
	case takes == images:
		c.Images = given
	case takes == lastImage:
		c.Images = given[1:]
	case takes == volumes:
		c.Volumes = Loss{Scope: NamedVolumes, Names: given}
	case takes == replicas:
		c.replicas(given)
	case takes == copies:
		c.copies(given[n-1])
	case takes == firstOnly:
		c.Targets = given[:1]
	case takes == secondOnly && n > 1:
		c.Targets = given[1:2]
	}
}

// copies takes the container out of the destination of cp, CONTAINER:PATH. Without one the files leave.
// https://github.com/docker/cli/blob/v28.5.1/cli/command/container/cp.go (splitCpArg)
func (c *Command) copies(dest string) {
	container, _, inside := strings.Cut(dest, ":")
	if !inside || strings.HasPrefix(dest, ".") || strings.HasPrefix(dest, "/") || container == "" {
		c.Kind, c.Object = ReadOnly, Nothing
		return
	}
	c.Targets = []string{container}
}

// dangerous makes the command one that may boot everything there is.
func (c *Command) dangerous(unknown ...string) {
	c.Kind, c.All, c.Help, c.DryRun = MayBoot, true, false, false
	c.Unknown = append(c.Unknown, unknown...)
}

func (c *Command) unknownVerb(name string, k Kind) {
	c.Verb, c.Unknown = name, append(c.Unknown, name)
	c.Kind, c.All = k, k == MayBoot
}

// settle makes the parts of a command agree.
func (c *Command) settle(in Invocation) {
	if c.Help || c.DryRun {
		c.Kind = ReadOnly
	}
	if c.Kind == MayBoot && len(c.Unknown) > 0 {
		c.Effect, c.Dependencies, c.Dependents, c.Cascades = Converges, Converges, Restarts, true
	}
	if c.Kind == ReadOnly {
		c.Effect, c.Dependencies, c.Dependents, c.Siblings, c.Cascades = None, None, None, None, false
		c.Volumes, c.All = Loss{}, false
	}
	if c.Family == Compose {
		c.Project.environment(in.Env)
	}
}

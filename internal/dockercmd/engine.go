package dockercmd

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// judgeEngine says what the flags of a verb of the engine or the swarm make of it.
func (c *Command) judgeEngine(v verb) {
	f := c.Flags
	switch name := v.canonical(); name {
	case "container update":
		if _, policy := f.Value("restart"); !policy && len(c.Unknown) == 0 {
			c.Kind = ReadOnly // limits of memory and the like restart nothing
		}
	case "container rm":
		if f.On("volumes") {
			c.loses(Loss{Scope: TargetVolumes})
		}
	case "checkpoint create", "container checkpoint":
		if f.On("leave-running") {
			c.Kind = ReadOnly
		}
	case "image build":
		c.Images = f.Values("tag")
	case "service create":
		c.Object = SwarmServices
	case "service scale":
		c.stopsOnly()
	case "swarm init":
		if f.On("force-new-cluster") {
			c.Kind, c.Effect = MayBoot, Recreates
		}
	}
	c.judgeVolumes(v)
	if c.Podman {
		c.judgePodman(v)
	}
	c.judgeAll()
}

// judgeVolumes reads what the prunes delete.
func (c *Command) judgeVolumes(v verb) {
	switch v.canonical() {
	case "volume rm":
		if c.Flags.On("all") { // podman
			c.Volumes = Loss{Scope: UnusedVolumes, Named: true}
			if c.Flags.On("force") {
				c.Volumes.Scope = AllVolumes
			}
		}
	case "volume prune":
		// Podman's prune takes named volumes with no flag for it.
		c.Volumes = Loss{Scope: UnusedVolumes, Named: c.Podman || c.Flags.On("all")}
	case "system prune":
		c.All = true
		if c.Flags.On("volumes") {
			c.loses(Loss{Scope: UnusedVolumes, Named: c.Podman})
		}
	case "system reset", "machine rm":
		c.Volumes, c.All = Loss{Scope: AllVolumes}, true
	}
}

// loses adds the loss of volumes to a command that does not boot.
func (c *Command) loses(l Loss) {
	c.Volumes = l
	c.Kind = max(c.Kind, LosesVolumes)
}

// judgePodman reads what only podman has.
func (c *Command) judgePodman(v verb) {
	f := c.Flags
	switch v.canonical() {
	case "container run", "container create":
		if name, given := f.Value("name"); given && f.On("replace") {
			c.Object, c.Targets = Containers, []string{name}
			if c.Kind == MayBoot {
				c.Effect = Recreates
			}
		}
	case "container clone":
		if f.On("run") {
			c.Kind, c.Effect = MayBoot, Creates
		}
	case "pod clone":
		if f.On("start") {
			c.Kind, c.Effect = MayBoot, Creates
		}
	case "machine init":
		if !f.On("now") {
			c.Kind = ReadOnly
		}
	case "pod rm":
		c.loses(Loss{Scope: TargetVolumes})
	case "kube play", "kube down":
		c.judgeKube()
	case "auto-update":
		if f.On("dry-run") {
			c.Kind = ReadOnly
		}
	case "unshare", "machine ssh":
		c.foreign()
	}
}

// judgeKube reads play, which may also take down, and down.
func (c *Command) judgeKube() {
	f := c.Flags
	if c.Verb == "kube play" && f.On("down") {
		c.Kind, c.Effect = Arms, Stops
	}
	if start := f.Values("start"); len(start) > 0 && !f.On("start") && c.Kind == MayBoot && len(c.Unknown) == 0 {
		c.Kind, c.Effect = Arms, Replaces
	}
	if f.On("force") && c.Kind == Arms && c.Effect == Stops {
		c.loses(Loss{Scope: ProjectVolumes})
	}
}

// foreign looks at a command that is run in another place but on the same containers.
func (c *Command) foreign() {
	given := append(slices.Clone(c.Targets), c.Words...)
	c.Targets, c.Words = nil, given
	for _, w := range given {
		for part := range strings.FieldsSeq(w) {
			switch path.Base(part) {
			case "podman", "docker", "podman-compose", "docker-compose":
				c.dangerous(c.Verb)
				return
			}
		}
	}
}

// judgeAll finds the commands whose targets are chosen by something else than a name.
func (c *Command) judgeAll() {
	if c.Kind == ReadOnly || c.Object == Nothing {
		return
	}
	for _, chooser := range []string{"all", "latest", "running", "filter", "cidfile", "pod-id-file"} {
		if len(c.Flags.Values(chooser)) > 0 {
			c.All = true
		}
	}
	switch c.Verb {
	case "container prune", "pod prune", "auto-update", "swarm leave", "swarm unlock", "swarm init", "desktop start", "desktop stop", "machine start", "machine init", "machine stop", "system migrate":
		c.All = true
	}
}

// replicas reads SERVICE=N operands.
func (c *Command) replicas(given []string) {
	for _, g := range given {
		name, number, _ := strings.Cut(g, "=")
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 {
			n = -1
		}
		c.Scales = append(c.Scales, Scale{Service: name, N: n})
		c.Targets = append(c.Targets, name)
	}
}

// stopsOnly makes a scale to zero of every service what it is: it starts nothing.
func (c *Command) stopsOnly() {
	if len(c.Scales) == 0 || len(c.Unknown) > 0 || slices.ContainsFunc(c.Scales, func(s Scale) bool { return s.N != 0 }) {
		return
	}
	c.Kind, c.Effect, c.Volumes = Arms, Stops, Loss{}
}

package bootsource

import (
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

// compose predicts a command on a project.
func (p *predictor) compose() {
	if p.cmd.AppliesSchema() && p.cmd.Kind == dockercmd.ReadOnly { // exec
		for _, t := range p.cmd.Targets {
			p.inside(p.containersOf(t))
		}
		return
	}
	p.scope()
	recreated := map[string]Certainty{}
	for _, name := range p.order { // what is recreated decides what is restarted with it
		recreated[name] = p.recreates(name)
	}
	for _, name := range p.order {
		p.serviceBoots(name, recreated)
	}
}

// inside is a command that is run in containers as they are.
func (p *predictor) inside(containers []*inventory.Container) {
	for _, c := range containers {
		b := same(c, Yes)
		b.Spec.Entry, b.Spec.Command = nil, p.cmd.Words
		p.add(b)
	}
}

// serviceBoots says what becomes of the containers of one service.
func (p *predictor) serviceBoots(name string, recreated map[string]Certainty) {
	effect, existing := p.effects[name], p.containersOf(name)
	if len(p.cmd.Unknown) > 0 || p.Doubt {
		p.anything(name, existing)
		return
	}
	if effect == dockercmd.Creates {
		p.oneOff(name)
		return
	}
	if p.watches() && slices.Contains([]dockercmd.Effect{dockercmd.Converges, dockercmd.Recreates, dockercmd.Replaces}, effect) {
		p.watched(name, existing)
		return
	}
	if effect.FromImage() || effect == dockercmd.Replaces {
		p.notePreparation(name, len(existing) > 0)
	}
	for _, c := range existing {
		p.add(p.existing(c, name, effect, recreated))
	}
	if effect != dockercmd.Fills && effect != dockercmd.Converges && effect != dockercmd.Recreates && effect != dockercmd.Replaces {
		if len(existing) == 0 && effect == dockercmd.None { // build, pull: of a service without a container
			p.add(Boot{Project: p.Name, Service: name, Armed: true, Sources: []Source{p.fresh(name)}, Spec: p.specFor(name, nil)})
		}
		return
	}
	for range p.wished(name) - len(existing) {
		b := p.made(name, nil, Yes)
		if effect == dockercmd.Replaces {
			b.Will, b.Armed = No, true
		}
		p.add(b)
	}
}

// anything is what a verb or flag that is not known may do: start what there is, or anew.
func (p *predictor) anything(name string, existing []*inventory.Container) {
	for _, c := range existing {
		if p.cmd.Kind != dockercmd.MayBoot {
			b := same(c, No)
			b.Armed = true
			p.add(b)
			continue
		}
		b := p.made(name, c, Maybe)
		b.Sources = append([]Source{{Kind: Container, ID: c.ID, Ref: c.Name}}, b.Sources...)
		p.add(b)
	}
}

// existing says what becomes of a container that exists.
func (p *predictor) existing(c *inventory.Container, name string, effect dockercmd.Effect, recreated map[string]Certainty) Boot {
	if n, ok := p.wish[name]; ok && n == 0 {
		effect = dockercmd.Stops
	}
	switch effect {
	case dockercmd.Restarts:
		return same(c, Yes)
	case dockercmd.Starts, dockercmd.Fills:
		return same(c, unless(c.Running()))
	case dockercmd.Recreates:
		return p.made(name, c, Yes)
	case dockercmd.Converges:
		return p.converged(c, name, recreated)
	case dockercmd.Replaces:
		b := same(c, No)
		if recreated[name] != No {
			b = p.made(name, c, No)
			b.Armed = true
		}
		return b
	case dockercmd.Stops:
		b := same(c, No)
		if v := p.cmd.Verb; v != "stop" && v != "kill" {
			b = p.made(name, c, No)
		}
		b.Armed = true
		return b
	case dockercmd.None, dockercmd.Creates:
	}
	if p.cmd.Kind == dockercmd.Arms || p.cmd.Kind == dockercmd.LosesVolumes {
		b := same(c, No)
		b.Armed = true
		if p.cmd.Verb == "build" || p.cmd.Verb == "pull" {
			b = p.made(name, c, No)
			b.Armed = true
			b.Sources = []Source{p.prepared(name)}
		}
		return b
	}
	return same(c, Maybe)
}

// converged is a container that up brings in line with its service.
func (p *predictor) converged(c *inventory.Container, name string, recreated map[string]Certainty) Boot {
	kept := same(c, unless(c.Running()))
	if p.cmd.Cascades && kept.Will == No {
		for _, d := range p.dependencies(name) { // it is stopped before what it depends on is replaced
			if _, inScope := p.effects[d.Service]; d.Restart && inScope {
				kept.Will = max(kept.Will, recreated[d.Service])
			}
		}
	}
	switch recreated[name] {
	case Yes:
		return p.made(name, c, Yes)
	case Maybe:
		b := p.made(name, c, Maybe)
		if kept.Will != No {
			b.Will = max(kept.Will, Maybe)
			b.Sources = append(kept.Sources, b.Sources...)
		}
		return b
	case No:
	}
	return kept
}

func unless(running bool) Certainty {
	if running {
		return No
	}
	return Yes
}

// made is a new container of a service, in place of an old one where there is one.
func (p *predictor) made(name string, old *inventory.Container, will Certainty) Boot {
	b := Boot{Container: old, Project: p.Name, Service: name, Will: will, Spec: p.specFor(name, old)}
	s, known := p.service(name)
	b.Buildable = s.Build
	switch {
	case known:
		b.Sources = []Source{p.fresh(name)}
	case old != nil:
		b.Sources = []Source{p.imageSource(old.Image)}
	}
	return b
}

// oneOff is a container of `compose run`. Its entrypoint does not run where another is given, and where
// there is none the words after the service are all that runs.
func (p *predictor) oneOff(name string) {
	p.notePreparation(name, true)
	b := p.made(name, nil, Yes)
	words, own := p.cmd.Words, b.Spec.Entry
	if entry, given := p.cmd.Flags.Value("entrypoint"); given {
		b.Spec.Entry, b.Spec.Command = strings.Fields(entry), nil
	}
	if len(words) > 0 {
		b.Spec.Command = words
	}
	_, entryGiven := p.cmd.Flags.Value("entrypoint")
	entryGiven = entryGiven && !slices.Equal(b.Spec.Entry, own)
	if (entryGiven || len(b.Spec.Entry) == 0 && len(words) > 0) && !p.cmd.AppliesSchema() {
		b.Will = No
	}
	b.Spec.Env = append(slices.Clone(b.Spec.Env), pairs(p.cmd.Flags.Values("env"))...)
	b.Spec.Mounts = append(slices.Clone(b.Spec.Mounts), mountsOf(p.cmd.Flags)...)
	p.add(b)
}

// watches tells a command that goes on and replaces containers whenever a file changes.
func (p *predictor) watches() bool { return p.cmd.Verb == "watch" || p.cmd.Flags.On("watch") }

func (p *predictor) watched(name string, existing []*inventory.Container) {
	s, _ := p.service(name)
	for _, c := range existing {
		b := same(c, Maybe)
		if s.Build {
			b.Sources = append(b.Sources, Source{Kind: Build, Ref: s.Context})
		}
		b.Buildable = s.Build
		p.add(b)
	}
	if len(existing) == 0 {
		b := p.made(name, nil, Maybe)
		if s.Build {
			b.Sources = []Source{{Kind: Build, Ref: s.Context}}
		}
		p.add(b)
	}
}

// wished is how many containers a service is to have.
func (p *predictor) wished(name string) int {
	if n, ok := p.wish[name]; ok {
		if n < 0 {
			return len(p.containersOf(name)) + 1 // a number that cannot be read may be any
		}
		return n
	}
	if s, ok := p.service(name); ok {
		return s.Scale
	}
	return 0
}

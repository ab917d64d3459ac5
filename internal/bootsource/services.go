package bootsource

import (
	"slices"

	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

// scope finds the services that a compose command reaches, and what it does to each.
func (p *predictor) scope() {
	p.effects, p.wish = map[string]dockercmd.Effect{}, map[string]int{}
	targets := p.cmd.Targets
	if p.cmd.All {
		targets = p.everyService()
	}
	for _, t := range targets {
		p.reach(t, p.cmd.Effect)
	}
	for _, s := range p.cmd.Scales {
		p.wish[s.Service] = s.N
		if p.cmd.Verb == "scale" {
			p.reach(s.Service, p.cmd.Effect)
		}
	}
	if p.cmd.Dependencies != dockercmd.None {
		p.spread(p.cmd.Dependencies, func(s string) []string {
			var next []string
			for _, d := range p.dependencies(s) {
				next = append(next, d.Service)
			}
			return next
		})
	}
	if p.cmd.Dependents != dockercmd.None {
		p.spread(p.cmd.Dependents, p.restartedWith)
	}
	if p.cmd.Siblings != dockercmd.None {
		p.siblings()
	}
}

func (p *predictor) reach(service string, e dockercmd.Effect) {
	if _, known := p.effects[service]; !known {
		p.effects[service] = e
		p.order = append(p.order, service)
	}
}

// spread reaches what is next to the services, as deep as it goes. p.order grows meanwhile.
func (p *predictor) spread(e dockercmd.Effect, next func(string) []string) {
	for i := 0; i < len(p.order); i++ {
		for _, s := range next(p.order[i]) {
			p.reach(s, e)
		}
	}
}

// everyService lists what a command without operands means: the enabled services of the project, and where
// compose has no file all that have a container.
func (p *predictor) everyService() []string {
	var out []string
	if p.Project != nil {
		for name := range p.Project.Services {
			out = append(out, name)
		}
	} else {
		for i := range p.Containers {
			if c := &p.Containers[i]; c.Project() == p.Name && !c.OneOff() && c.Service() != "" {
				out = append(out, c.Service())
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// dependencies are those of the file, or where it has no such service those that compose noted on its
// containers.
func (p *predictor) dependencies(service string) []inventory.Dependency {
	if p.Project != nil {
		if s, ok := p.Project.Services[service]; ok {
			return s.DependsOn
		}
	}
	for _, c := range p.containersOf(service) {
		if d := c.Dependencies(); len(d) > 0 {
			return d
		}
	}
	return nil
}

// restartedWith lists the services that say of their dependency on this one: restart: true.
func (p *predictor) restartedWith(service string) []string {
	var out []string
	for _, s := range p.everyService() {
		for _, d := range p.dependencies(s) {
			if d.Service == service && d.Restart {
				out = append(out, s)
			}
		}
	}
	return out
}

// siblings reaches services that run the same image: watch replaces them as well.
func (p *predictor) siblings() {
	if p.Project == nil {
		return
	}
	for _, name := range slices.Clone(p.order) {
		for _, other := range p.everyService() {
			if p.Project.Services[other].Image == p.Project.Services[name].Image {
				p.reach(other, p.cmd.Siblings)
			}
		}
	}
}

// containersOf returns a service's containers, but for those of `compose run`.
func (p *predictor) containersOf(service string) []*inventory.Container {
	var out []*inventory.Container
	for i := range p.Containers {
		if c := &p.Containers[i]; c.Project() == p.Name && p.Name != "" && c.Service() == service && !c.OneOff() {
			out = append(out, c)
		}
	}
	return out
}

// service returns a service of the file; ok is false where there is no file, or it lacks the service.
func (p *predictor) service(name string) (inventory.Service, bool) {
	if p.Project == nil {
		return inventory.Service{}, false
	}
	s, ok := p.Project.Services[name]
	return s, ok
}

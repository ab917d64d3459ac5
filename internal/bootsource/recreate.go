package bootsource

import (
	"maps"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

// recreates says whether the containers of a service are replaced: by compose's own rule, and by what its dry
// run says, which sees networks and volumes as well.
// https://github.com/docker/compose/blob/v2.40.3/pkg/compose/convergence.go (mustRecreate)
func (p *predictor) recreates(name string) Certainty {
	switch p.effects[name] {
	case dockercmd.Recreates:
		return Yes
	case dockercmd.Converges, dockercmd.Replaces:
	case dockercmd.None, dockercmd.Starts, dockercmd.Restarts, dockercmd.Fills, dockercmd.Creates, dockercmd.Stops:
		return No
	}
	if p.cmd.Flags.On("force-recreate") && p.isTarget(name) {
		return Yes
	}
	if p.cmd.Flags.On("no-recreate") {
		return No
	}
	existing := p.containersOf(name)
	if len(existing) == 0 {
		return No
	}
	if p.builds(name) || p.pulls(name) {
		if p.changed(name, existing) {
			return Yes
		}
		return Maybe // the new image decides
	}
	rule, knows := p.byRule(name, existing)
	dry, said := p.byDryRun(existing)
	switch {
	case knows && said && rule == Yes && dry == No:
		return Maybe // the dry run sees more, such as networks, but it simulates
	case said:
		return dry
	case knows:
		return rule
	}
	return Maybe
}

func (p *predictor) isTarget(name string) bool {
	return p.cmd.All || slices.Contains(p.cmd.Targets, name)
}

// changed tells whether the configuration of a service is another than that of its containers.
func (p *predictor) changed(name string, existing []*inventory.Container) bool {
	s, _ := p.service(name)
	return s.Hash != "" && slices.ContainsFunc(existing, func(c *inventory.Container) bool { return c.Labels[inventory.LabelHash] != s.Hash })
}

// byRule compares the labels of the containers with the service and its image.
func (p *predictor) byRule(name string, existing []*inventory.Container) (c Certainty, knows bool) {
	s, ok := p.service(name)
	if !ok || s.Hash == "" {
		return No, false
	}
	img, here := p.Images[s.Image]
	if p.changed(name, existing) {
		return Yes, true
	}
	for _, e := range existing {
		of := e.Labels[inventory.LabelImage]
		if p.V1 || of == "" {
			of = e.ImageID
		}
		if here && of != img.ID {
			return Yes, true
		}
	}
	return No, true
}

// byDryRun reads what compose said it would do.
func (p *predictor) byDryRun(existing []*inventory.Container) (c Certainty, said bool) {
	for _, e := range existing {
		a, ok := p.DryRun[e.Name]
		if !ok {
			continue
		}
		if a.Recreated {
			return Yes, true
		}
		said = true
	}
	return No, said
}

// builds tells whether the image of a service is built before its containers are looked at.
func (p *predictor) builds(name string) bool {
	s, ok := p.service(name)
	if !ok || !s.Build || p.cmd.Flags.On("no-build") || p.cmd.Verb == "start" || p.cmd.Verb == "restart" {
		return false
	}
	_, here := p.Images[s.Image]
	return p.cmd.Flags.On("build") || s.PullPolicy == "build" && !p.cmd.Flags.On("no-build") && p.pullFlag() == "" || !here
}

// pulls tells whether it is pulled before.
func (p *predictor) pulls(name string) bool {
	s, ok := p.service(name)
	if !ok || p.builds(name) || p.cmd.Verb == "start" || p.cmd.Verb == "restart" {
		return false
	}
	policy := s.PullPolicy
	if flag := p.pullFlag(); flag != "" {
		policy = flag
	}
	_, here := p.Images[s.Image]
	switch {
	case policy == "never":
		return false
	case policy == "always", policy == "daily", policy == "weekly", policy == "refresh", strings.HasPrefix(policy, "every_"):
		return !s.Build || p.pullFlag() == "" && !s.Build
	}
	return !here && !s.Build
}

func (p *predictor) pullFlag() string {
	if p.cmd.Flags.On("pull-always") {
		return "always"
	}
	v, _ := p.cmd.Flags.Value("pull")
	return v
}

// notePreparation notes what the command would build or pull first.
func (p *predictor) notePreparation(name string, _ bool) {
	switch {
	case p.builds(name):
		p.plan.Build = append(p.plan.Build, name)
	case p.pulls(name):
		p.plan.Pull = append(p.plan.Pull, name)
	}
}

// fresh is what a new container of a service starts from.
func (p *predictor) fresh(name string) Source {
	if p.builds(name) || p.pulls(name) {
		return p.prepared(name)
	}
	s, _ := p.service(name)
	src := p.imageSource(s.Image)
	if src.Kind == Pull && s.Build {
		return Source{Kind: Build, Ref: s.Context}
	}
	return src
}

// prepared is the image of a service once it was built or pulled.
func (p *predictor) prepared(name string) Source {
	s, ok := p.service(name)
	switch {
	case !ok:
		return Source{Kind: Build}
	case s.Build && p.cmd.Verb != "pull":
		return Source{Kind: Build, Ref: s.Context}
	}
	return Source{Kind: Pull, Ref: s.Image}
}

// specFor is what a new container of a service will be like. It takes the anonymous volumes of the old one
// over, unless they are to be renewed or scale makes it.
func (p *predictor) specFor(name string, old *inventory.Container) Spec {
	if _, ok := p.service(name); !ok {
		if old != nil {
			return specOf(old)
		}
		return Spec{}
	}
	spec := p.Spec(name)
	if old == nil {
		return spec
	}
	for _, n := range old.Networks {
		spec.Networks = append(spec.Networks, n.Name)
	}
	if !p.cmd.Flags.On("renew-anon-volumes") && p.cmd.Verb != "scale" && p.cmd.Verb != "down" && p.cmd.Verb != "rm" {
		for _, m := range old.Mounts {
			if m.Anonymous() || strings.HasPrefix(m.Target, "/run/secrets/") {
				spec.Mounts = append(spec.Mounts, m)
			}
		}
	}
	return spec
}

// Spec is what a new container of a service of the project will be like, its image included where that is
// here.
func (w *World) Spec(name string) Spec {
	s := w.Project.Services[name]
	img := w.Images[s.Image]
	spec := Spec{
		Image: s.Image, Entry: s.Entry, Command: s.Command, Labels: map[string]string{}, Hosts: s.Hosts, NetMode: s.NetMode, Networks: slices.Clone(s.Networks),
		Env: append(slices.Clone(img.Env), s.Env...), Mounts: slices.Clone(s.Mounts),
	}
	maps.Copy(spec.Labels, img.Labels)
	maps.Copy(spec.Labels, s.Labels)
	if len(spec.Entry) == 0 {
		spec.Entry = img.Entry
		if len(spec.Command) == 0 { // an entrypoint of the service's own takes the image's command away
			spec.Command = img.Command
		}
	}
	return spec
}

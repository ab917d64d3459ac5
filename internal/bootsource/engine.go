package bootsource

import (
	"maps"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

// engine predicts a command on containers and images.
func (p *predictor) engine() {
	switch {
	case p.cmd.AppliesSchema() && p.cmd.Kind == dockercmd.ReadOnly: // exec
		p.inside(p.named(p.cmd.Targets))
		return
	case p.cmd.Verb == "container run", p.cmd.Verb == "container create":
		p.newContainer()
		return
	case len(p.cmd.Images) > 0 || strings.HasPrefix(p.cmd.Verb, "image "):
		p.retagged()
		return
	}
	for _, c := range p.chosen() {
		p.add(p.touched(c))
	}
}

// chosen are the containers that the words mean.
func (p *predictor) chosen() []*inventory.Container {
	if !p.cmd.All && p.cmd.Object == dockercmd.Containers {
		return p.named(p.cmd.Targets)
	}
	if !p.cmd.All && p.cmd.Kind != dockercmd.MayBoot {
		return nil
	}
	var all []*inventory.Container
	for i := range p.Containers { // everything, or what nobody can tell from here: pods, manifests, machines
		all = append(all, &p.Containers[i])
	}
	return all
}

func (p *predictor) touched(c *inventory.Container) Boot {
	switch p.cmd.Effect {
	case dockercmd.Restarts:
		if len(p.cmd.Unknown) == 0 && !p.cmd.All {
			return same(c, Yes)
		}
	case dockercmd.Starts:
		will := unless(c.Running())
		if p.cmd.All {
			will = min(will, Maybe)
		}
		return same(c, will)
	case dockercmd.Stops:
		b := same(c, No)
		b.Armed = true
		if p.cmd.Verb == "container rm" || p.cmd.Verb == "container prune" || p.cmd.Verb == "system prune" {
			b.Sources = []Source{p.imageSource(c.Image)}
			b.Armed = p.cmd.Verb == "container rm" || !c.Running()
		}
		return b
	case dockercmd.None, dockercmd.Fills, dockercmd.Converges, dockercmd.Recreates, dockercmd.Creates, dockercmd.Replaces:
		if p.cmd.Kind != dockercmd.MayBoot {
			b := same(c, No)
			b.Armed = p.cmd.Kind == dockercmd.Arms
			return b
		}
	}
	b := same(c, Maybe)
	if p.cmd.Effect.FromImage() {
		b.Sources = append(b.Sources, p.imageSource(c.Image))
	}
	return b
}

// newContainer is docker run, and docker create.
func (p *predictor) newContainer() {
	if len(p.cmd.Images) == 0 {
		return
	}
	ref := p.cmd.Images[0]
	img := p.Images[ref]
	f := p.cmd.Flags
	b := Boot{Will: Yes, Sources: []Source{p.imageSource(ref)}, Spec: Spec{
		Image: ref, Entry: img.Entry, Command: img.Command, Labels: map[string]string{}, Hosts: f.Values("add-host"),
		Env: append(slices.Clone(img.Env), pairs(f.Values("env"))...), Mounts: mountsOf(f), Networks: f.Values("network"),
	}}
	if v, _ := f.Value("pull"); v == "always" {
		b.Sources = []Source{{Kind: Pull, Ref: ref}}
	}
	maps.Copy(b.Spec.Labels, img.Labels)
	for _, l := range f.Values("label") {
		k, v, _ := strings.Cut(l, "=")
		b.Spec.Labels[k] = v
	}
	for _, from := range f.Values("volumes-from") {
		name, _, _ := strings.Cut(from, ":")
		for _, c := range p.named([]string{name}) {
			b.Spec.Mounts = append(b.Spec.Mounts, c.Mounts...)
		}
	}
	entry, given := f.Value("entrypoint")
	if given {
		b.Spec.Entry, b.Spec.Command = strings.Fields(entry), nil
		given = !slices.Equal(b.Spec.Entry, img.Entry)
	}
	if len(p.cmd.Words) > 0 {
		b.Spec.Command = p.cmd.Words
	}
	replaces := len(b.Spec.Entry) == 0 && len(p.cmd.Words) > 0 && img.ID != "" // of an image that is not here nobody knows
	if (given || replaces) && !p.cmd.AppliesSchema() {
		b.Will = No
	}
	if p.cmd.Verb == "service create" {
		b.Service, _ = f.Value("name")
	}
	if p.cmd.Verb == "container create" {
		b.Armed, b.Will = b.Will == Yes, No
	}
	if b.Spec.NetMode = ""; len(b.Spec.Networks) > 0 {
		b.Spec.NetMode = b.Spec.Networks[0]
	}
	p.add(b)
}

// retagged are the containers whose next recreation is from an image that the command changes.
func (p *predictor) retagged() {
	for i := range p.Containers {
		c := &p.Containers[i]
		if !slices.ContainsFunc(p.cmd.Images, func(ref string) bool { return sameImage(ref, c.Image) }) {
			continue
		}
		b := same(c, No)
		b.Armed = true
		b.Sources = []Source{{Kind: Pull, Ref: c.Image}}
		if strings.Contains(p.cmd.Verb, "build") {
			b.Sources[0].Kind = Build
		}
		p.add(b)
	}
}

// sameImage compares references, of which one may leave the tag out.
func sameImage(a, b string) bool {
	full := func(ref string) string {
		ref = strings.TrimPrefix(strings.TrimPrefix(ref, "docker.io/"), "library/")
		if strings.LastIndexByte(ref, ':') <= strings.LastIndexByte(ref, '/') {
			ref += ":latest"
		}
		return ref
	}
	return full(a) == full(b)
}

// swarm predicts a command on a swarm from the task containers that run on this node. The orchestrator
// decides, so each of them is a maybe; what it makes is new, from the image.
func (p *predictor) swarm() {
	if p.cmd.Verb == "service create" {
		p.newContainer()
		return
	}
	seen := map[string]bool{}
	for i := range p.Containers {
		c := &p.Containers[i]
		service, stack := c.Labels[inventory.LabelSwarm], c.Labels[inventory.LabelStack]
		if service == "" {
			continue
		}
		hit := p.cmd.All || slices.Contains(p.cmd.Targets, service) || stack != "" && slices.Contains(p.cmd.Targets, stack)
		for _, s := range p.cmd.Scales {
			hit = hit || s.Service == service && s.N != 0
		}
		if p.cmd.Object == dockercmd.Nodes || p.cmd.Object == dockercmd.SwarmServices && len(p.cmd.Targets)+len(p.cmd.Scales) == 0 {
			hit = true
		}
		if !hit {
			continue
		}
		seen[service] = true
		b := same(c, No)
		b.Service, b.Armed = service, true
		if p.cmd.Kind == dockercmd.MayBoot {
			b.Will, b.Armed = Maybe, false
		}
		if p.cmd.Flags.On("force") {
			b.Will = Yes
		}
		ref := c.Image
		if given, ok := p.cmd.Flags.Value("image"); ok {
			ref = given
		}
		b.Sources = []Source{p.imageSource(ref)}
		if b.Sources[0].Kind == Pull && ref == c.Image {
			b.Sources = []Source{{Kind: Image, ID: c.ImageID, Ref: c.ImageID}}
		}
		p.add(b)
	}
	p.asleep(seen)
}

// asleep are the services that the command names and that have no task here: what it makes of them is all new.
func (p *predictor) asleep(seen map[string]bool) {
	if p.cmd.Kind != dockercmd.MayBoot {
		return
	}
	wanted := slices.Clone(p.cmd.Targets)
	for _, s := range p.cmd.Scales {
		if s.N != 0 {
			wanted = append(wanted, s.Service)
		}
	}
	for _, name := range wanted {
		s, there := p.Services[name]
		if !there || seen[name] {
			continue
		}
		seen[name] = true
		img := p.Images[s.Image]
		b := Boot{Service: name, Will: Yes, Sources: []Source{p.imageSource(s.Image)}, Spec: Spec{
			Image: s.Image, Entry: img.Entry, Command: img.Command, Labels: map[string]string{},
			Env: append(slices.Clone(img.Env), s.Env...), Mounts: s.Mounts,
		}}
		if p.cmd.Verb != "service scale" {
			b.Will = Maybe // it may be scaled to none
		}
		if len(s.Entry) > 0 {
			b.Spec.Entry, b.Spec.Command = s.Entry, nil
		}
		if len(s.Words) > 0 {
			b.Spec.Command = s.Words
		}
		maps.Copy(b.Spec.Labels, img.Labels)
		maps.Copy(b.Spec.Labels, s.Labels)
		p.add(b)
	}
}

// pairs keeps the NAME=VALUE of -e; a bare name takes its value from an environment that is not known here.
func pairs(env []string) []string {
	var out []string
	for _, e := range env {
		if strings.Contains(e, "=") {
			out = append(out, e)
		}
	}
	return out
}

// mountsOf reads -v and --mount.
func mountsOf(f dockercmd.Flags) []inventory.Mount {
	var out []inventory.Mount
	for _, v := range f.Values("volume") {
		parts := strings.Split(v, ":")
		switch {
		case len(parts) < 2:
			out = append(out, inventory.Mount{Type: "volume", Target: v})
		case strings.ContainsAny(parts[0][:min(1, len(parts[0]))], "/.~"):
			out = append(out, inventory.Mount{Type: "bind", Source: parts[0], Target: parts[1]})
		default:
			out = append(out, inventory.Mount{Type: "volume", Name: parts[0], Target: parts[1]})
		}
	}
	for _, v := range f.Values("mount") {
		m := inventory.Mount{Type: "volume"}
		for field := range strings.SplitSeq(v, ",") {
			name, value, _ := strings.Cut(field, "=")
			switch name {
			case "type":
				m.Type = value
			case "source", "src":
				m.Source = value
			case "target", "destination", "dst":
				m.Target = value
			}
		}
		if m.Type == "volume" {
			m.Name, m.Source = m.Source, ""
		}
		out = append(out, m)
	}
	return out
}

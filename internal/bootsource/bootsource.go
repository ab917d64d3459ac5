// Package bootsource says which containers a docker command will boot, and from where each of them will
// take the files it starts with: the container as it is, the image that its name points to by then, a mount,
// or an image that is still to be built or pulled. The rules were measured with real engines; where they
// leave a doubt, both sources are named and the boot is a maybe.
//
// It is pure: it asks no engine and reads no file.
package bootsource

import (
	"path"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

// World is what the engine and compose said.
type World struct {
	Containers []inventory.Container
	Name       string                            // of the compose project; "" outside one
	Project    *inventory.Project                // nil where compose knows the project by its name only
	Images     map[string]inventory.Image        // by reference, as of now; what is not there is missing
	Services   map[string]inventory.SwarmService // of the swarm, those that the command names
	DryRun     inventory.Actions                 // nil where nobody asked
	V1         bool                              // docker-compose 1.x decides
	Doubt      bool                              // the project could not be read: anything may become of its containers
	Separator  string                            // between the words of the names that compose gives images
}

// Certainty says whether something will happen.
type Certainty uint8

// The certainties.
const (
	No Certainty = iota
	Maybe
	Yes
)

// String returns the certainty in lower case.
func (c Certainty) String() string { return [...]string{"no", "maybe", "yes"}[c] }

// Kind is a sort of source.
type Kind string

// The sorts of sources.
const (
	Container Kind = "container" // the container as it is: its layer over the image it was made from, and its mounts
	Mount     Kind = "mount"     // a folder, file or volume that covers the path in a new container
	Image     Kind = "image"     // what the name of the image points to
	Build     Kind = "build"     // an image that is built first
	Pull      Kind = "pull"      // an image that is pulled first
)

// Source is a place that a process will start from.
type Source struct {
	Kind  Kind
	ID    string          // of the container, or of the image where it is here
	Ref   string          // of the image as it was named; the context of a build
	Mount inventory.Mount // of Mount
}

// Boot is one container that a command touches.
type Boot struct {
	Container *inventory.Container // nil for one that is still to be made
	Project   string
	Service   string
	Will      Certainty // its process starts because of the command
	Armed     bool      // nothing starts now, but a later start is due, or will read something else
	Sources   []Source  // of this start, or of the next one where nothing starts now
	Spec      Spec      // what the process will see
	Buildable bool      // compose builds its image
}

// Spec is what decides what a process does and which database it uses.
type Spec struct {
	Image    string
	Env      []string // the last of a name wins
	Entry    []string
	Command  []string
	Labels   map[string]string
	Mounts   []inventory.Mount
	Hosts    []string
	NetMode  string
	Networks []string // by name, where they are known
}

// Plan is what a command will do.
type Plan struct {
	Boots []Boot
	Build []string // services whose images the command would build first
	Pull  []string // services whose images it would pull first
}

// At returns where a file of the path is taken from: the source itself, or the mount that covers the path
// in a new container. A container that exists answers for its mounts itself.
func (b *Boot) At(s Source, file string) Source {
	if s.Kind == Container || s.Kind == Mount {
		return s
	}
	if m, ok := inventory.Covering(b.Spec.Mounts, path.Clean(file)); ok && (m.Type != "volume" || m.Name != "") {
		return Source{Kind: Mount, Mount: m, ID: s.ID, Ref: s.Ref}
	}
	return s
}

// Predict says what the command will do.
func Predict(c dockercmd.Command, w World) Plan {
	p := &predictor{cmd: c, World: w}
	switch {
	case c.Help || c.DryRun || (c.Kind == dockercmd.ReadOnly && !c.AppliesSchema()):
	case c.Family == dockercmd.Compose:
		p.compose()
	case c.Family == dockercmd.Swarm:
		p.swarm()
	default:
		p.engine()
	}
	slices.Sort(p.plan.Build)
	slices.Sort(p.plan.Pull)
	p.plan.Build, p.plan.Pull = slices.Compact(p.plan.Build), slices.Compact(p.plan.Pull)
	return p.plan
}

type predictor struct {
	World
	cmd  dockercmd.Command
	plan Plan

	effects map[string]dockercmd.Effect // by service
	order   []string                    // the services of effects, as they were found
	wish    map[string]int              // wished numbers of containers
}

func (p *predictor) add(b Boot) { p.plan.Boots = append(p.plan.Boots, b) }

// same is a boot of a container that exists.
func same(c *inventory.Container, will Certainty) Boot {
	b := Boot{
		Container: c, Project: c.Project(), Service: c.Service(), Will: will, Spec: specOf(c),
		Sources: []Source{{Kind: Container, ID: c.ID, Ref: c.Name}},
	}
	if b.Service == "" {
		b.Service = c.Labels[inventory.LabelSwarm]
	}
	return b
}

func specOf(c *inventory.Container) Spec {
	s := Spec{
		Image: c.Image, Env: c.Env, Entry: c.Entry, Command: c.Command, Labels: c.Labels,
		Mounts: c.Mounts, Hosts: c.Hosts, NetMode: c.NetMode,
	}
	for _, n := range c.Networks {
		s.Networks = append(s.Networks, n.Name)
	}
	return s
}

// imageSource is the image that a reference names now; a reference that is nowhere is pulled.
func (p *predictor) imageSource(ref string) Source {
	if img, ok := p.Images[ref]; ok {
		return Source{Kind: Image, ID: img.ID, Ref: ref}
	}
	return Source{Kind: Pull, Ref: ref}
}

// named returns the containers that the words name: by name, or by the beginning of an id.
func (p *predictor) named(words []string) []*inventory.Container {
	var out []*inventory.Container
	for _, w := range words {
		w = strings.TrimPrefix(w, "/")
		if c := p.byName(w); c != nil && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

func (p *predictor) byName(w string) *inventory.Container {
	if w == "" {
		return nil
	}
	var prefixed *inventory.Container
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.Name == w || c.ID == w {
			return c
		}
		if strings.HasPrefix(c.ID, w) {
			prefixed = c
		}
	}
	return prefixed
}

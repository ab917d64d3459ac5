package dockerguard

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/dockerguard/bootfile"
	"github.com/schemaguard/schemaguard/internal/dockerguard/place"
	"github.com/schemaguard/schemaguard/internal/dockerguard/recognise"
	"github.com/schemaguard/schemaguard/internal/engine"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

// maxEarly bounds what is looked at on a guess.
const maxEarly = 2

// early is what was begun for a container while compose still resolved its project.
type early struct {
	done  chan struct{}
	paths []string
	files []bootfile.File
	sight *sight
}

// lookAhead begins to read the snapshot and the database of the containers that a restart or start of this
// project most likely means: compose takes longer to name the project than both of these. Nothing hangs on the
// guess; what was not meant is dropped.
func (g *guard) lookAhead(ctx context.Context, eng *engine.Engine, containers []inventory.Container, address string) {
	if g.cmd.Kind != dockercmd.MayBoot || !g.cmd.Effect.FromContainer() || g.cmd.Effect == dockercmd.Converges && !g.cmd.All || g.cmd.Family == dockercmd.Swarm {
		return
	}
	for i := range containers {
		c := &containers[i]
		b := recognise.Existing(c)
		b.Sources = []bootsource.Source{{Kind: bootsource.Container, ID: c.ID, Ref: c.Name}}
		for _, n := range c.Networks {
			b.Spec.Networks = append(b.Spec.Networks, n.Name)
		}
		if len(g.ahead) >= maxEarly || !g.likely(c) || !recognise.Directus(b, "") {
			continue
		}
		e := &early{done: make(chan struct{})}
		g.ahead[c.ID] = e
		go func() {
			defer close(e.done)
			sp := g.places.At(ctx, g.folder(b))
			e.paths, _ = recognise.Paths(b, cmp.Or(g.SnapshotPath, sp.InContainers()), sp.Snapshot())
			opened := make(chan *sight, 1)
			go func() { opened <- g.sightOf(ctx, b, sp, containers, nil, address) }()
			r := bootfile.Reader{Engine: eng}
			e.files = r.Read(ctx, b, e.paths)
			e.sight = <-opened
		}()
	}
}

// likely tells whether the command most likely means a container, as far as its words and the folder say.
func (g *guard) likely(c *inventory.Container) bool {
	if g.cmd.Family == dockercmd.Engine {
		return slices.Contains(g.cmd.Targets, c.Name)
	}
	if g.cmd.Effect != dockercmd.Restarts && c.Running() || !g.cmd.All && !slices.Contains(g.cmd.Targets, c.Service()) {
		return false
	}
	if name := g.cmd.Project.Name; name != "" {
		return c.Project() == name
	}
	dir, err := filepath.Abs(g.places.Folder())
	return err == nil && c.Labels[inventory.LabelWorkingDir] == dir
}

// early returns what was begun for a boot, or reads it now: the database while docker copies the file.
func (g *guard) early(ctx context.Context, b *bootsource.Boot, paths []string, sp *place.Place) ([]bootfile.File, *sight) {
	if b.Container != nil && len(b.Sources) == 1 && b.Sources[0].Kind == bootsource.Container {
		if e := g.ahead[b.Container.ID]; e != nil {
			<-e.done
			if slices.Equal(e.paths, paths) {
				if e.sight.session == nil { // with the project known there may be more to say
					g.forget(e.sight)
					return e.files, g.sight(ctx, b, sp)
				}
				return e.files, e.sight
			}
		}
	}
	opened := make(chan *sight, 1)
	go func() { opened <- g.sight(ctx, b, sp) }()
	files := g.reader().Read(ctx, b, paths)
	return files, <-opened
}

package dockerguard

import (
	"context"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/dockerguard/bootfile"
	"github.com/schemaguard/schemaguard/internal/dockerguard/survey"
	"github.com/schemaguard/schemaguard/internal/engine"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

// look asks the engine and compose, and predicts from that.
func (g *guard) look(ctx context.Context) error {
	e, err := g.engine()
	if err != nil {
		return err
	}
	in := survey.Input{
		Command: g.cmd, Engine: e, Environ: g.Environ, Dir: g.Dir, Service: g.configured,
		Found: func(containers []inventory.Container, address string) {
			if !g.prepared {
				g.lookAhead(ctx, e, containers, address)
			}
		},
	}
	go g.places.At(ctx, g.places.Folder()) // it is opened while docker is asked
	w, err := survey.Look(ctx, in)
	if err != nil {
		return err
	}
	g.world, g.plan = w, bootsource.Predict(g.cmd, w.World)
	return nil
}

// configured is the Directus service that the settings of this folder name.
func (g *guard) configured() string {
	if sp := g.places.At(context.Background(), g.places.Folder()); sp.Err == nil {
		return sp.Config.Directus.Service.V
	}
	return ""
}

// engine is the user's own docker and compose.
func (g *guard) engine() (*engine.Engine, error) {
	docker, err := g.real(g.cmd.Query())
	if err != nil {
		return nil, err
	}
	e := &engine.Engine{Docker: docker, Podman: g.cmd.Podman, Environ: g.Environ, Dir: g.Dir}
	if g.cmd.Family == dockercmd.Compose {
		if e.Compose, err = g.real(g.cmd.ComposeQuery()); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func (g *guard) real(argv []string) ([]string, error) {
	if g.Real == nil {
		return argv, nil
	}
	program, err := g.Real(argv[0])
	if err != nil {
		return nil, err
	}
	return append([]string{program}, argv[1:]...), nil
}

// reader reads files of what is still to start.
func (g *guard) reader() *bootfile.Reader {
	return &bootfile.Reader{
		Engine: g.world.Engine, Containers: g.world.Containers, Address: g.world.Address, HasVolume: g.world.HasVolume,
	}
}

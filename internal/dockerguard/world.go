package dockerguard

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/compose"
	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/dockerguard/bootfile"
	"github.com/schemaguard/schemaguard/internal/dockerguard/recognise"
	"github.com/schemaguard/schemaguard/internal/engine"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

// world is what the engine and compose said.
type world struct {
	bootsource.World
	engine  *engine.Engine
	address string // where the daemon listens; "" where nobody could say
	known   map[string]bool
	vols    []inventory.Volume
	volErr  error
	volOnce sync.Once
}

// look asks the engine and compose, each question beside the others.
func (g *guard) look(ctx context.Context) error {
	e, err := g.engine()
	if err != nil {
		return err
	}
	w := &world{engine: e}
	w.V1 = g.cmd.Standalone && !g.cmd.Podman && g.cmd.Version == dockercmd.V1
	w.Separator = "-"
	if w.V1 || g.cmd.Podman || g.cmd.Project.Compatibility {
		w.Separator = "_"
	}
	var (
		wg              sync.WaitGroup
		containersErr   error
		projectErr      error
		hashes          map[string]string
		dry             inventory.Actions
		isCompose       = g.cmd.Family == dockercmd.Compose
		asksAboutChange = isCompose && slices.Contains([]string{"up", "create", "scale", "run"}, g.cmd.Verb)
	)
	wg.Go(func() { g.space(ctx, g.dir()) })
	wg.Go(func() {
		addressed := make(chan string, 1)
		go func() {
			address, _ := e.Address(ctx)
			addressed <- address
		}()
		w.Containers, containersErr = e.Containers(ctx)
		if w.address = <-addressed; w.address == "" {
			w.address = g.cmd.Daemon.Host
		}
		if containersErr == nil && !g.prepared {
			g.lookAhead(ctx, w, w.Containers, w.address)
		}
	})
	if isCompose {
		wg.Go(func() { projectErr = g.project(ctx, w) })
	}
	if asksAboutChange && !g.cmd.Project.Stdin {
		wg.Go(func() { hashes, _ = e.Hashes(ctx) })
		if words := g.dryRun(); words != nil {
			wg.Go(func() { dry, _ = e.DryRun(ctx, words) })
		}
	}
	wg.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if containersErr != nil {
		return containersErr
	}
	if projectErr != nil && !g.harmless(w, projectErr) {
		return projectErr
	}
	if w.Project != nil {
		for name, hash := range hashes {
			if s, ok := w.Project.Services[name]; ok {
				s.Hash = hash
				w.Project.Services[name] = s
			}
		}
	}
	if len(dry) > 0 {
		w.DryRun = dry
	}
	if w.Images, err = e.Images(ctx, g.references(w)); err != nil {
		return err
	}
	g.world = w
	g.plan = bootsource.Predict(g.cmd, w.World)
	return nil
}

// engine is the user's own docker and compose.
func (g *guard) engine() (*engine.Engine, error) {
	docker, err := g.real(g.cmd.Query())
	if err != nil {
		return nil, err
	}
	e := &engine.Engine{Docker: docker, Environ: g.Environ, Dir: g.Dir}
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

// project asks compose for the project. Where compose knows it by its name alone, Project stays nil.
func (g *guard) project(ctx context.Context, w *world) error {
	w.Name = g.cmd.Project.Name
	if g.cmd.Project.Stdin {
		// Only the command itself can read the file.
		if w.Doubt = true; w.Name == "" {
			w.Name = folderName(g.dir())
		}
		return nil
	}
	p, err := w.engine.Project(ctx, w.V1, w.Separator)
	if err == nil && slices.ContainsFunc(g.cmd.Targets, func(t string) bool { _, ok := p.Services[t]; return !ok }) {
		// A service that is named counts even if its profile is off.
		if all, err := w.engine.Project(ctx, w.V1, w.Separator, "--profile", "*"); err == nil {
			for _, t := range g.cmd.Targets {
				if s, ok := all.Services[t]; ok {
					p.Services[t] = s
				}
			}
		}
	}
	switch {
	case err == nil:
		w.Project = p
		if p.Name != "" {
			w.Name = p.Name
		}
		if w.Name == "" {
			w.Name = g.nameByFile()
		}
		p.Name = w.Name
		return nil
	case w.Name != "" && g.cmd.Verb != "up" && g.cmd.Verb != "run" && (errors.Is(err, engine.ErrNoProject) || errors.Is(err, engine.ErrBadProject)):
		return nil // compose goes by the labels of its containers
	}
	return err
}

// nameByFile is the name of a project whose compose does not print it.
func (g *guard) nameByFile() string {
	if p := compose.Load(compose.Options{Dir: g.dir(), Root: "/", Files: g.cmd.Project.Files, Environ: g.Environ}); p != nil {
		return p.Name
	}
	return ""
}

// folderName is the name that compose takes from the folder it is called in.
// https://github.com/compose-spec/compose-go/blob/v2.9.0/loader/loader.go (NormalizeProjectName)
func folderName(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return -1
	}, strings.ToLower(filepath.Base(abs)))
	return strings.TrimLeft(name, "_-")
}

// harmless tells an error of the project after which the command itself fails too, or can hit nothing that is
// guarded.
func (g *guard) harmless(w *world, err error) bool {
	if errors.Is(err, engine.ErrNoProject) {
		return true
	}
	if !errors.Is(err, engine.ErrBadProject) {
		return false
	}
	for i := range w.Containers {
		if recognise.Directus(recognise.Existing(&w.Containers[i]), g.service) {
			return false
		}
	}
	return true
}

// references are the images that a prediction has to look at.
func (g *guard) references(w *world) []string {
	var refs []string
	switch {
	case g.cmd.Kind == dockercmd.MayBoot && g.cmd.Effect != dockercmd.Restarts && g.cmd.Effect != dockercmd.Starts,
		g.cmd.Effect == dockercmd.Replaces, g.cmd.Effect == dockercmd.Stops && g.cmd.Verb != "stop" && g.cmd.Verb != "kill":
		if w.Project != nil {
			for _, s := range w.Project.Services {
				refs = append(refs, s.Image)
			}
		}
		for i := range w.Containers {
			if c := &w.Containers[i]; g.cmd.Family != dockercmd.Compose || (w.Project == nil || w.Doubt) && c.Project() == w.Name {
				refs = append(refs, c.Image)
			}
		}
	}
	if g.cmd.Verb == "container run" || g.cmd.Verb == "container create" {
		refs = slices.Clone(g.cmd.Images)
	}
	if given, ok := g.cmd.Flags.Value("image"); ok {
		refs = append(refs, given)
	}
	slices.Sort(refs)
	return slices.Compact(refs)
}

// dryRun is the question that compose 2 answers with what it would do; nil where it would answer wrongly, or
// cannot. The words are made anew, so that nothing is followed, watched or asked on the way.
func (g *guard) dryRun() []string {
	c := g.cmd
	if c.Podman || c.Version != dockercmd.V2 || len(c.Unknown) > 0 {
		return nil
	}
	switch c.Verb {
	case "up":
		words := []string{"up", "--detach", "--no-build"}
		return append(g.repeated(words, "force-recreate", "always-recreate-deps", "no-recreate", "renew-anon-volumes", "no-deps", "no-start", "scale"), c.Targets...)
	case "create":
		return append(g.repeated([]string{"create", "--no-build"}, "force-recreate", "no-recreate", "scale"), c.Targets...)
	case "scale":
		words := g.repeated([]string{"scale"}, "no-deps")
		for _, sc := range c.Scales {
			words = append(words, sc.Service+"="+strconv.Itoa(sc.N))
		}
		return words
	}
	return nil
}

// repeated repeats flags of the command.
func (g *guard) repeated(words []string, names ...string) []string {
	for _, name := range names {
		for _, v := range g.cmd.Flags.Values(name) {
			switch v {
			case "", "true":
				words = append(words, "--"+name)
			case "false":
			default:
				words = append(words, "--"+name+"="+v)
			}
		}
	}
	return words
}

// volumeList asks for the volumes, once.
func (w *world) volumeList(ctx context.Context) ([]inventory.Volume, error) {
	w.volOnce.Do(func() { w.vols, w.volErr = w.engine.Volumes(ctx) })
	return w.vols, w.volErr
}

// hasVolume tells whether a volume exists.
func (w *world) hasVolume(ctx context.Context, name string) (bool, error) {
	vols, err := w.volumeList(ctx)
	return slices.ContainsFunc(vols, func(v inventory.Volume) bool { return v.Name == name }), err
}

// reader reads files of what is still to start.
func (g *guard) reader() *bootfile.Reader {
	return &bootfile.Reader{
		Engine: g.world.engine, Containers: g.world.Containers, Images: g.world.Images, Address: g.world.address, HasVolume: g.world.hasVolume,
	}
}

// Package survey asks the engine and compose all that a decision on one command needs, each question beside the
// others, and puts the answers together.
//
// It decides nothing.
package survey

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/compose"
	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/dockerguard/recognise"
	"github.com/schemaguard/schemaguard/internal/engine"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
	"github.com/schemaguard/schemaguard/internal/environ"
)

// Input is the command, and how docker is called.
type Input struct {
	Command dockercmd.Command
	Engine  *engine.Engine
	Environ []string
	Dir     string
	// Service is the name of the Directus service in the settings; "" for none.
	Service func() string
	// Found is told of the containers while compose still works.
	Found func(containers []inventory.Container, address string)
}

// World is what the engine and compose said.
type World struct {
	bootsource.World
	Engine  *engine.Engine
	Address string // where the daemon listens; "" on this machine

	vols    []inventory.Volume
	volErr  error
	volOnce sync.Once
}

// Look asks the engine and compose, each question beside the others.
func Look(ctx context.Context, in Input) (*World, error) {
	g, e := &in, in.Engine
	w := &World{Engine: e}
	w.V1 = g.Command.Standalone && !g.Command.Podman && g.Command.Version == dockercmd.V1
	w.Separator = "-"
	if w.V1 || g.Command.Podman || g.Command.Project.Compatibility {
		w.Separator = "_"
	}
	var (
		wg              sync.WaitGroup
		containersErr   error
		projectErr      error
		hashes          map[string]string
		dry             inventory.Actions
		isCompose       = g.Command.Family == dockercmd.Compose
		asksAboutChange = isCompose && slices.Contains([]string{"up", "create", "scale", "run"}, g.Command.Verb)
	)
	wg.Go(func() {
		addressed := make(chan string, 1)
		go func() { addressed <- g.address(ctx) }()
		w.Containers, containersErr = e.Containers(ctx)
		w.Address = <-addressed
		if containersErr == nil && g.Found != nil {
			g.Found(w.Containers, w.Address)
		}
	})
	if isCompose {
		wg.Go(func() { projectErr = g.project(ctx, w) })
	}
	if asksAboutChange && !g.Command.Project.Stdin {
		wg.Go(func() { hashes, _ = e.Hashes(ctx) })
		if words := g.dryRun(); words != nil {
			wg.Go(func() { dry, _ = e.DryRun(ctx, words) })
		}
	}
	wg.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if containersErr != nil {
		return nil, containersErr
	}
	if projectErr != nil && !g.harmless(w, projectErr) {
		return nil, projectErr
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
	var err error
	if g.Command.Family == dockercmd.Swarm && g.Command.Object == dockercmd.SwarmServices {
		if w.Services, err = e.Services(ctx, g.services()); err != nil {
			return nil, err
		}
	}
	if w.Images, err = e.Images(ctx, g.references(w)); err != nil {
		return nil, err
	}
	return w, nil
}

// address is where the daemon listens. Docker is asked only where a context decides: an empty answer is the engine
// of this machine.
func (g *Input) address(ctx context.Context) string {
	c := g.Command
	if c.Daemon.Host != "" || c.Podman {
		return c.Daemon.Host
	}
	if c.Daemon.Context == "" && len(c.Globals) == 0 {
		if name, known := currentContext(g.getenv); known && (name == "" || name == "default") {
			return ""
		}
	}
	address, err := g.Engine.Address(ctx)
	if err != nil {
		return unknownAddress
	}
	return address
}

// unknownAddress is no machine that anything could be reached on: nobody could say where the daemon is.
const unknownAddress = "tcp://unknown.invalid"

// currentContext reads the context that docker's own settings name; known is false where they cannot be read.
func currentContext(getenv func(string) string) (name string, known bool) {
	dir := getenv("DOCKER_CONFIG")
	if dir == "" {
		home := cmp.Or(getenv("HOME"), getenv("USERPROFILE"))
		if home == "" {
			return "", false
		}
		dir = filepath.Join(home, ".docker")
	}
	data, err := os.ReadFile(filepath.Join(dir, "config.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", true
	}
	var file struct{ CurrentContext string }
	if err != nil || json.Unmarshal(data, &file) != nil {
		return "", false
	}
	return file.CurrentContext, true
}

func (g *Input) getenv(name string) string {
	return environ.Lookup(g.Environ, name)
}

// project asks compose for the project. Where compose knows it by its name alone, Project stays nil.
func (g *Input) project(ctx context.Context, w *World) error {
	w.Name = g.Command.Project.Name
	if g.Command.Project.Stdin {
		// Only the command itself can read the file.
		if w.Doubt = true; w.Name == "" {
			w.Name = folderName(g.dir())
		}
		return nil
	}
	if w.V1 && w.Name == "" {
		w.Name = g.nameByFile()
	}
	p, err := w.Engine.Project(ctx, w.V1, w.Name, w.Separator)
	if err == nil && slices.ContainsFunc(g.Command.Targets, func(t string) bool { _, ok := p.Services[t]; return !ok }) {
		// A service that is named counts even if its profile is off.
		if all, err := w.Engine.Project(ctx, w.V1, w.Name, w.Separator, "--profile", "*"); err == nil {
			for _, t := range g.Command.Targets {
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
		p.Name = w.Name
		return nil
	case w.Name != "" && g.Command.Verb != "up" && g.Command.Verb != "run" && (errors.Is(err, engine.ErrNoProject) || errors.Is(err, engine.ErrBadProject)):
		return nil // compose goes by the labels of its containers
	}
	return err
}

// nameByFile is the name of a project whose compose does not print it.
func (g *Input) nameByFile() string {
	dir, err := filepath.Abs(g.dir())
	if err != nil {
		return ""
	}
	var files []string
	for _, f := range g.Command.Project.Files {
		if !filepath.IsAbs(f) {
			f = filepath.Join(dir, f)
		}
		files = append(files, f)
	}
	if p := compose.Load(compose.Options{Dir: dir, Root: string(filepath.Separator), Files: files, Environ: g.Environ}); p != nil {
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
func (g *Input) harmless(w *World, err error) bool {
	if errors.Is(err, engine.ErrNoProject) {
		return true
	}
	if !errors.Is(err, engine.ErrBadProject) {
		return false
	}
	for i := range w.Containers {
		if recognise.Directus(recognise.Existing(&w.Containers[i]), g.Service()) {
			return false
		}
	}
	return true
}

// references are the images that a prediction has to look at.
func (g *Input) references(w *World) []string {
	var refs []string
	switch {
	case g.Command.Kind == dockercmd.MayBoot && g.Command.Effect != dockercmd.Restarts && g.Command.Effect != dockercmd.Starts,
		g.Command.Effect == dockercmd.Replaces, g.Command.Effect == dockercmd.Stops && g.Command.Verb != "stop" && g.Command.Verb != "kill":
		if w.Project != nil {
			for _, s := range w.Project.Services {
				refs = append(refs, s.Image)
			}
		}
		for i := range w.Containers {
			if c := &w.Containers[i]; g.Command.Family != dockercmd.Compose || (w.Project == nil || w.Doubt) && c.Project() == w.Name {
				refs = append(refs, c.Image)
			}
		}
	}
	if slices.Contains([]string{"container run", "container create", "service create"}, g.Command.Verb) {
		refs = slices.Clone(g.Command.Images)
	}
	for _, s := range w.Services {
		refs = append(refs, s.Image)
	}
	if given, ok := g.Command.Flags.Value("image"); ok {
		refs = append(refs, given)
	}
	slices.Sort(refs)
	return slices.Compact(refs)
}

// services are the swarm services that the command names.
func (g *Input) services() []string {
	names := slices.Clone(g.Command.Targets)
	for _, s := range g.Command.Scales {
		names = append(names, s.Service)
	}
	return names
}

// dryRun is the question that compose 2 answers with what it would do; nil where it would answer wrongly, or
// cannot. The words are made anew, so that nothing is followed, watched or asked on the way.
func (g *Input) dryRun() []string {
	c := g.Command
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
func (g *Input) repeated(words []string, names ...string) []string {
	for _, name := range names {
		for _, v := range g.Command.Flags.Values(name) {
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

// Volumes asks for the volumes, once.
func (w *World) Volumes(ctx context.Context) ([]inventory.Volume, error) {
	w.volOnce.Do(func() { w.vols, w.volErr = w.Engine.Volumes(ctx) })
	return w.vols, w.volErr
}

// HasVolume tells whether a volume exists.
func (w *World) HasVolume(ctx context.Context, name string) (bool, error) {
	vols, err := w.Volumes(ctx)
	return slices.ContainsFunc(vols, func(v inventory.Volume) bool { return v.Name == name }), err
}

func (g *Input) dir() string {
	if g.Dir != "" {
		return g.Dir
	}
	return "."
}

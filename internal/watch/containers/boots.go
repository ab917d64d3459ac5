package containers

import (
	"context"
	"errors"
	"os/exec"
	"slices"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/dockerguard/bootfile"
	"github.com/schemaguard/schemaguard/internal/dockerguard/place"
	"github.com/schemaguard/schemaguard/internal/dockerguard/recognise"
	"github.com/schemaguard/schemaguard/internal/engine"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// Boot is the snapshot that one start of Directus would apply.
type Boot struct {
	Name    string // the container; "" for a service that has none yet
	Service string // of compose; "" for none
	Image   string // as it is named
	Running bool
	New     bool   // of the container that `docker compose up` would make, in place of Name where there is one
	Path    string // the snapshot's path in the container
	Data    []byte
	Missing bool  // there is no snapshot where the container looks
	Err     error // why it could not be read
	Detail  string
}

// Boots finds what the Directus containers of the project whose database is st
// boot with: each as it is, and what compose would make in its place from another
// image or mount. An image that is still to be built or pulled has no snapshot yet,
// and is left out; so is a container that applies none. No docker is no error and
// no boot; its errors are of an engine that does not answer the questions.
//
// While the engine is listened to, nothing happened, and nothing that is mounted
// changed, it asks nothing and returns what it returned before.
func (w *Watcher) Boots(ctx context.Context, ws *workspace.Workspace, st *workspace.Settings) ([]Boot, error) {
	w.asking.Lock()
	defer w.asking.Unlock()
	w.mu.Lock()
	moves, sure := w.moves, w.listening
	w.mu.Unlock()
	key := asked{moves: moves, root: ws.Config.Root, display: st.Display, compose: composeSignature(ws)}
	if sure && w.memory.answers(key) {
		return w.memory.boots, nil
	}
	l, err := w.look(ctx, ws, st)
	if errors.Is(err, errNoDocker) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	boots := l.boots(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	w.memory = memory{asked: key, boots: boots, files: l.kept, mounts: l.mounts, project: l.composed}
	w.mu.Lock()
	w.scope = l.scope()
	w.mu.Unlock()
	return boots, nil
}

// look is one look at the engine.
type look struct {
	bootsource.World
	ws      *workspace.Workspace
	st      *workspace.Settings
	place   *place.Place
	reader  *bootfile.Reader
	memory  *memory
	kept    map[string]bootfile.File
	mounts  map[string]string // signatures of what is mounted, by path
	images  []string
	names   []string
	address string

	composed composed
}

var errNoDocker = errors.New("there is no docker")

// look asks for the containers, the project and the images. Compose's own
// prediction, which takes it four processes, is not asked for: what matters here
// is which image and mounts a new container would have.
func (w *Watcher) look(ctx context.Context, ws *workspace.Workspace, st *workspace.Settings) (*look, error) {
	e := &engine.Engine{Docker: w.opt.Docker, Environ: w.opt.Environ, Dir: w.opt.Dir}
	if !installed(w.opt.Docker[0]) {
		return nil, errNoDocker
	}
	l := &look{
		ws: ws, st: st, place: &place.Place{Workspace: ws}, memory: &w.memory,
		kept: map[string]bootfile.File{}, mounts: map[string]string{},
	}
	var err error
	if l.Containers, err = e.Containers(ctx); err != nil {
		return nil, err
	}
	l.Separator = "-"
	l.compose(ctx, e)
	if l.address, err = e.Address(ctx); err != nil {
		l.address = "tcp://unknown.invalid" // then nothing is taken for a file of this machine
	}
	var volumes []inventory.Volume
	l.reader = &bootfile.Reader{Engine: e, Containers: l.Containers, Address: l.address, HasVolume: func(ctx context.Context, name string) (bool, error) {
		if volumes == nil {
			all, err := e.Volumes(ctx)
			if err != nil {
				return false, err
			}
			volumes = append(all, inventory.Volume{})
		}
		return slices.ContainsFunc(volumes, func(v inventory.Volume) bool { return v.Name == name }), nil
	}}
	var refs []string
	if l.Project != nil {
		for _, s := range l.Project.Services {
			refs = append(refs, s.Image)
		}
	}
	for i := range l.Containers {
		if c := &l.Containers[i]; l.Name != "" && c.Project() == l.Name {
			refs = append(refs, c.Image)
		}
	}
	slices.Sort(refs)
	l.Images, err = e.Images(ctx, slices.Compact(refs))
	return l, err
}

// compose asks compose for the project, where there is one and its files are not
// those of the last time. What compose cannot read its labels have to tell.
func (l *look) compose(ctx context.Context, e *engine.Engine) {
	p := l.ws.Compose()
	if p == nil {
		return
	}
	l.Name = p.Name
	sum := composeSignature(l.ws)
	if l.memory.project.signature == sum && l.memory.project.of != nil {
		l.composed = l.memory.project
		l.Project = l.composed.of
		return
	}
	e.Compose = append(slices.Clone(e.Docker), "compose", "--project-directory", p.Dir, "--project-name", p.Name)
	for _, f := range p.Files {
		e.Compose = append(e.Compose, "--file", f)
	}
	project, err := e.Project(ctx, false, p.Name, "-")
	if err != nil {
		return
	}
	project.Name = p.Name
	l.Project = project
	l.composed = composed{signature: sum, of: project}
}

// boots reads what each of them starts with: a plain restart, then `up`.
func (l *look) boots(ctx context.Context) []Boot {
	var out []Boot
	service := l.ws.Config.Directus.Service.V
	for i := range l.Containers {
		c := &l.Containers[i]
		if !recognise.Directus(recognise.Existing(c), service) || c.OneOff() {
			continue
		}
		for _, b := range bootsource.Predict(parsed("restart", c.Name), l.World).Boots {
			if l.concerns(ctx, &b) {
				out = append(out, l.read(ctx, &b, false)...)
			}
		}
	}
	if l.Name == "" {
		return out
	}
	for _, b := range bootsource.Predict(parsed("compose", "-p", l.Name, "up", "--detach"), l.World).Boots {
		if !recognise.Directus(&b, service) || !l.concerns(ctx, &b) {
			continue
		}
		b.Sources = slices.DeleteFunc(b.Sources, func(s bootsource.Source) bool { return s.Kind != bootsource.Image })
		out = append(out, l.read(ctx, &b, true)...)
	}
	return out
}

func parsed(words ...string) dockercmd.Command {
	return dockercmd.Parse(dockercmd.Invocation{Program: "docker", Args: words})
}

// read reads the snapshot of a boot. Where compose would make the same container
// again there is nothing to say.
func (l *look) read(ctx context.Context, b *bootsource.Boot, anew bool) []Boot {
	paths, named := recognise.Paths(b, l.place.InContainers(), l.place.Snapshot())
	if !named && recognise.AppliesNone(b) {
		return nil
	}
	var out []Boot
	for _, s := range b.Sources {
		if anew && b.Container != nil && s.ID == b.Container.ImageID && sameMounts(b, paths) {
			continue
		}
		f := l.file(ctx, b, s, paths)
		if f.Later {
			continue
		}
		boot := Boot{
			Service: b.Service, Image: b.Spec.Image, New: anew, Path: f.Path, Data: f.Data, Missing: f.Missing, Err: f.Err,
			Detail: bootfile.Detail(f.Source),
		}
		if b.Container != nil {
			boot.Name, boot.Running = b.Container.Name, b.Container.Running()
			l.names = append(l.names, b.Container.Name, b.Container.ID, b.Container.ImageID)
		}
		l.images = append(l.images, b.Spec.Image)
		if boot.Path == "" && len(paths) > 0 {
			boot.Path = paths[0]
		}
		out = append(out, boot)
	}
	return out
}

// sameMounts tells whether the new container would have its snapshot from where
// the old one has it.
func sameMounts(b *bootsource.Boot, paths []string) bool {
	for _, p := range paths {
		before, was := inventory.Covering(b.Container.Mounts, p)
		after, is := inventory.Covering(b.Spec.Mounts, p)
		if was != is || before.Source != after.Source && before.Type == "bind" || before.Type != after.Type || before.Target != after.Target {
			return false
		}
	}
	return true
}

func (l *look) scope() scope {
	s := scope{known: true, project: l.Name, names: map[string]bool{}}
	for _, n := range slices.Concat(l.names, l.images) {
		s.names[n] = true
	}
	for _, img := range l.Images {
		s.names[img.ID] = true
	}
	return s
}

// installed tells whether there is a program of that name.
func installed(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

package dockerguard

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/dockerguard/bootfile"
	"github.com/schemaguard/schemaguard/internal/dockerguard/containerdb"
	"github.com/schemaguard/schemaguard/internal/dockerguard/place"
	"github.com/schemaguard/schemaguard/internal/dockerguard/recognise"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/live"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// sight is the database of a container, opened, and what HEAD says of it.
type sight struct {
	containerdb.Found
	session *workspace.Session
	err     error           // of finding or opening it
	head    *policy.Verdict // by the rule of a commit, once; nil where there is no HEAD to ask about
	asked   bool
	opening chan struct{} // closed once session and err are set
}

// directus returns the boots of Directus containers that matter.
func (g *guard) directus() []*bootsource.Boot {
	g.service = g.configured()
	var out []*bootsource.Boot
	for i := range g.plan.Boots {
		if b := &g.plan.Boots[i]; recognise.Directus(b, g.service) && (b.Will != bootsource.No || b.Armed) {
			out = append(out, b)
		}
	}
	return out
}

// targets looks at every container that the command touches.
func (g *guard) targets(ctx context.Context) {
	g.d.Targets = []Target{}
	for i := range g.plan.Boots {
		b := &g.plan.Boots[i]
		t := Target{
			Project: b.Project, Service: b.Service, Directus: recognise.Directus(b, g.service), Boots: b.Will.String(), Armed: b.Armed,
			Sources: []Source{}, Findings: []finding.Finding{}, Label: recognise.Name(b),
		}
		if b.Container != nil {
			t.Container, t.ID = b.Container.Name, b.Container.ID
		}
		switch {
		case b.Will == bootsource.No && !b.Armed:
		case t.Directus:
			g.judge(ctx, b, &t)
		case b.Will == bootsource.Maybe:
			continue // of no interest, and not even sure
		default:
			for _, s := range b.Sources {
				t.Sources = append(t.Sources, Source{Kind: string(s.Kind), Detail: bootfile.Detail(s)})
			}
		}
		g.d.Targets = append(g.d.Targets, t)
	}
}

// judge asks the check about one Directus container.
func (g *guard) judge(ctx context.Context, b *bootsource.Boot, t *Target) {
	sp := g.places.At(ctx, g.folder(b))
	paths, sure := recognise.Paths(b, cmp.Or(g.SnapshotPath, sp.InContainers()), sp.Snapshot())
	if !sure && recognise.AppliesNone(b) {
		t.Verdict, t.Reason = clean, "its command applies no snapshot"
		return
	}
	files, s := g.early(ctx, b, paths, sp)
	for _, f := range files {
		shown := f.Source
		if m, ok := inventory.Covering(b.Spec.Mounts, f.Path); ok && shown.Kind == bootsource.Container {
			shown = bootsource.Source{Kind: bootsource.Mount, Mount: m}
		}
		t.Sources = append(t.Sources, Source{Kind: string(shown.Kind), Detail: bootfile.Detail(shown), Path: f.Path, SHA256: f.Sum()})
	}
	g.foresee(ctx, b, t, sp, paths)
	if s.Settings != nil {
		t.Database = s.Settings.Display
	}
	if !g.readable(files, paths, sure, t) {
		return
	}
	switch {
	case sp.Err != nil:
		unable(t, finding.NotRun, "the project cannot be read: "+line(sp.Err), "schemaguard doctor")
	case errors.Is(s.err, containerdb.ErrOther):
		t.Verdict, t.Reason = clean, "it does not use Postgres, and is not guarded"
	case s.session == nil:
		g.withoutDatabase(ctx, b, t, s, sp, files)
	default:
		g.ask(ctx, b, t, s, files)
	}
}

// foresee makes a yes of a maybe where the tree that an image is built from has another snapshot than the container:
// then the image will differ, and the container is replaced. What is built is looked at in any case.
func (g *guard) foresee(ctx context.Context, b *bootsource.Boot, t *Target, sp *place.Place, paths []string) {
	builds := slices.ContainsFunc(b.Sources, func(s bootsource.Source) bool { return s.Kind == bootsource.Build })
	if b.Will != bootsource.Maybe || !builds || b.Container == nil || sp.Err != nil || g.watches() {
		return
	}
	tree, err := os.ReadFile(sp.File)
	if err != nil {
		return
	}
	old := bootfile.First(paths, func(p string) ([]byte, error) { return g.world.Engine.ReadFile(ctx, b.Container.ID, p) })
	if old.Data != nil && !bytes.Equal(old.Data, tree) {
		t.Boots = bootsource.Yes.String()
	}
}

// readable tells whether every source was read, or is still to be made.
func (g *guard) readable(files []bootfile.File, paths []string, sure bool, t *Target) bool {
	for _, f := range files {
		switch {
		case f.Err != nil:
			unable(t, finding.NotRun, fmt.Sprintf("the snapshot in %s cannot be read: %s", bootfile.Detail(f.Source), line(f.Err)), "docker cp "+t.Label+":"+f.Path+" -")
			return false
		case f.Missing && sure:
			unable(t, finding.BootUnknown, fmt.Sprintf("there is no snapshot at %s of %s", strings.Join(paths, " or "), bootfile.Detail(f.Source)), "schemaguard explain BOOT_UNKNOWN")
			return false
		case f.Missing:
			unable(t, finding.BootUnknown, fmt.Sprintf("no snapshot was found in %s, and its command does not say where it is", bootfile.Detail(f.Source)), "schemaguard explain BOOT_UNKNOWN")
			return false
		}
	}
	return true
}

// folder is where the project of a container lies: compose notes it on what it makes, and of what is still to be
// made the command says it.
func (g *guard) folder(b *bootsource.Boot) string {
	if dir := b.Spec.Labels[inventory.LabelWorkingDir]; dir != "" {
		return dir
	}
	if b.Container != nil && b.Container.Labels[inventory.LabelWorkingDir] != "" {
		return b.Container.Labels[inventory.LabelWorkingDir]
	}
	p := g.cmd.Project
	switch {
	case b.Project == "":
		return ""
	case p.Directory != "":
		return g.abs(p.Directory)
	case len(p.Files) > 0 && !p.Stdin:
		return filepath.Dir(g.abs(p.Files[0]))
	}
	return ""
}

func (g *guard) abs(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(g.places.Folder(), path)
}

// sight finds and opens the database of a container, once for all that use it.
func (g *guard) sight(ctx context.Context, b *bootsource.Boot, sp *place.Place) *sight {
	return g.sightOf(ctx, b, sp, g.world.Containers, g.world.Project, g.world.Address)
}

func (g *guard) sightOf(ctx context.Context, b *bootsource.Boot, sp *place.Place, containers []inventory.Container, project *inventory.Project, address string) *sight {
	if sp.Err != nil {
		return &sight{err: sp.Err}
	}
	found, err := containerdb.Find(ctx, containerdb.Input{
		Boot: b, Containers: containers, Project: project, Address: address, Config: sp.Config,
	})
	if err != nil {
		return &sight{Found: found, err: err}
	}
	key := sp.Config.Root + "\x00" + found.Settings.Display
	g.mu.Lock()
	s, ok := g.checks[key]
	if !ok {
		s = &sight{Found: found, err: found.Unreachable, opening: make(chan struct{})}
		g.checks[key] = s
	}
	g.mu.Unlock()
	if ok {
		<-s.opening
		return s
	}
	defer close(s.opening)
	if s.err == nil {
		s.session, s.err = sp.ConnectTo(ctx, found.Settings)
	}
	return s
}

// ask asks about HEAD by the operator's rule, that what is in no commit is to be saved first, and about each
// snapshot that the boot may apply.
func (g *guard) ask(ctx context.Context, b *bootsource.Boot, t *Target, s *sight, files []bootfile.File) {
	if t.Verdict == "" {
		t.Verdict = clean
	}
	target, headErr := s.session.Target(ctx, "HEAD")
	asked := map[string]bool{}
	for _, f := range files {
		if f.Later && !g.comesLater(b, t, s, &f) {
			continue
		}
		if asked[string(f.Data)] {
			continue
		}
		asked[string(f.Data)] = true
		source := policy.Source{Name: string(f.Source.Kind) + ":" + t.Label, Origin: f.Path}
		boot, err := s.session.BootTarget(ctx, source, t.Label+":"+f.Path, f.Data)
		if err != nil {
			unable(t, finding.GitUnreadable, line(err), "schemaguard doctor")
			return
		}
		v := s.session.Ask(ctx, workspace.Question{Target: boot, Rule: policy.Boot, Guard: true, Budget: s.session.Config.LossTimeout.V})
		g.stale(b, f, &v)
		add(t, &v)
		if v.State == policy.Refused && t.Boots != bootsource.No.String() {
			g.doomed = append(g.doomed, doomed{s.session, boot})
		}
	}
	if s.session.Repo == nil || headErr != nil || target.Missing != nil {
		return
	}
	if !s.asked {
		v := s.session.Ask(ctx, workspace.Question{Target: target, Rule: policy.Commit, Guard: true, Budget: s.session.Config.LossTimeout.V})
		s.head, s.asked = &v, true
		g.remember(s)
	}
	if s.head.State == policy.Refused {
		add(t, s.head)
	}
}

// comesLater fills in what is still to be built or pulled, where nothing can be waited for: watch builds from the
// working tree. Anything else that goes on by itself is not known.
func (g *guard) comesLater(b *bootsource.Boot, t *Target, s *sight, f *bootfile.File) bool {
	if b.Will == bootsource.No || len(g.d.Steps) > 0 && !g.prepared {
		return false
	}
	if g.watches() {
		data, err := s.session.ReadFile()
		f.Data = data
		return err == nil
	}
	fix := g.cmd.Query("pull", b.Spec.Image)
	if g.cmd.Family == dockercmd.Compose && f.Source.Kind == bootsource.Build {
		fix = g.cmd.BuildFirst()
	}
	unable(t, finding.BootUnknown, fmt.Sprintf("%s starts from an image that is still to be made on the way", t.Label), terminalQuote(fix))
	return false
}

// add joins one verdict to the target's. A refusal that another verdict already made stands once.
func add(t *Target, v *policy.Verdict) {
	t.Verdicts = append(t.Verdicts, v)
	switch v.State {
	case policy.Refused, policy.Drift:
		t.Verdict = refused
	case policy.NotRun:
		if t.Verdict != refused {
			t.Verdict = notRun
		}
	case policy.Clean:
	}
	if t.Reason == "" || v.State != policy.Clean && t.Verdict != clean && len(t.Verdicts) == 1 {
		t.Reason = v.Summary
	}
	for _, f := range v.Findings {
		if v.State == policy.NotRun && len(v.Findings) > 0 {
			f.Refuses = true
		}
		if f.Refuses && f.Item == "" {
			f.Item = t.Label
		}
		known := slices.ContainsFunc(t.Findings, func(k finding.Finding) bool {
			return k.Item == f.Item && (k.Code == f.Code || k.Refuses && f.Refuses)
		})
		if !known {
			t.Findings = append(t.Findings, f)
		}
	}
}

// unable makes the target not-run.
func unable(t *Target, code finding.Code, reason, fix string) {
	v := policy.Unable(code, reason, fix)
	for i := range v.Findings {
		v.Findings[i].Item = t.Label
	}
	add(t, &v)
	if t.Verdict == notRun {
		t.Reason = reason
	}
}

// stale words what is ahead of a snapshot in an image: the image was built before the commit.
func (g *guard) stale(b *bootsource.Boot, f bootfile.File, v *policy.Verdict) {
	if _, covered := inventory.Covering(b.Spec.Mounts, f.Path); covered {
		return // what is mounted was not built
	}
	for i := range v.Findings {
		old := &v.Findings[i]
		if old.Code != finding.StaleTarget || !old.Refuses {
			continue
		}
		old.Code = finding.StaleImage
		old.Message = fmt.Sprintf("%s is in git, but the image of %s was built before your commit", old.Item, recognise.Name(b))
		old.Fix = g.renew(b)
	}
}

// renew is the command that brings a container to the newest snapshot.
func (g *guard) renew(b *bootsource.Boot) string {
	if b.Project == "" || b.Service == "" || g.world.Name != b.Project && g.cmd.Family == 0 && b.Spec.Labels[inventory.LabelProject] == "" {
		return terminalQuote(g.cmd.Query("build", "-t", b.Spec.Image, "."))
	}
	compose := g.cmd
	if compose.Family == 0 { // an engine's command on a container of compose
		return terminalQuote(g.cmd.Query("compose", "-p", b.Project, "up", "-d", "--build", b.Service))
	}
	if s, ok := g.service2(b); ok && !s.Build {
		return terminalQuote(g.cmd.ComposeQuery("up", "-d", "--pull", "always", b.Service))
	}
	return terminalQuote(g.cmd.ComposeQuery("up", "-d", "--build", b.Service))
}

func (g *guard) service2(b *bootsource.Boot) (inventory.Service, bool) {
	if g.world.Project == nil || g.world.Name != b.Project {
		return inventory.Service{}, false
	}
	s, ok := g.world.Project.Services[b.Service]
	return s, ok
}

// isDown tells a database that does not answer from one that answers wrongly.
func isDown(s *sight) bool {
	var unreachable *live.UnreachableError
	return s.Unreachable != nil || errors.As(s.err, &unreachable)
}

// isEmpty tells a database in which Directus was never set up.
func isEmpty(err error) bool {
	var empty *catalog.NotDirectusError
	return errors.As(err, &empty)
}

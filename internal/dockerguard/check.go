package dockerguard

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/dockerguard/bootfile"
	"github.com/schemaguard/schemaguard/internal/dockerguard/containerdb"
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
}

// directus returns the boots of Directus containers that matter.
func (g *guard) directus() []*bootsource.Boot {
	g.service = ""
	if sp := g.space(context.Background(), g.dir()); sp.err == nil {
		g.service = sp.Config.Directus.Service.V
	}
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
	sp := g.space(ctx, folder(b, g.world.Project))
	paths, sure := recognise.Paths(b, g.SnapshotPath, projectPath(sp))
	if !sure && recognise.AppliesNone(b) {
		t.Verdict, t.Reason = clean, "its command applies no snapshot"
		return
	}
	opened := make(chan *sight, 1)
	go func() { opened <- g.sight(ctx, b, sp) }() // the database is read while docker copies the file
	files := g.reader().Read(ctx, b, paths)
	s := <-opened
	for _, f := range files {
		t.Sources = append(t.Sources, Source{Kind: string(f.Source.Kind), Detail: bootfile.Detail(f.Source), Path: f.Path, SHA256: f.Sum()})
	}
	if s.Settings != nil {
		t.Database = s.Settings.Display
	}
	if !g.readable(files, paths, sure, t) {
		return
	}
	switch {
	case sp.err != nil:
		unable(t, finding.NotRun, "the project cannot be read: "+line(sp.err), "schemaguard doctor")
	case errors.Is(s.err, containerdb.ErrOther):
		t.Verdict, t.Reason = clean, "it does not use Postgres, and is not guarded"
	case s.session == nil:
		g.withoutDatabase(ctx, b, t, s, sp, files)
	default:
		g.ask(ctx, b, t, s, files)
	}
}

// projectPath is where the project keeps its snapshot.
func projectPath(sp *space) string {
	switch {
	case sp.err != nil:
		return "snapshots/schema.yaml"
	case sp.Path != "":
		return sp.Path
	}
	return sp.Config.Snapshot.Path.V
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

// folder is where the project of a container lies: compose notes it on what it makes.
func folder(b *bootsource.Boot, _ *inventory.Project) string {
	return b.Spec.Labels[inventory.LabelWorkingDir]
}

// sight finds and opens the database of a container, once for all that use it.
func (g *guard) sight(ctx context.Context, b *bootsource.Boot, sp *space) *sight {
	if sp.err != nil {
		return &sight{err: sp.err}
	}
	found, err := containerdb.Find(ctx, containerdb.Input{
		Boot: b, Containers: g.world.Containers, Project: g.world.Project, Address: g.world.address, Config: sp.Config,
	})
	if err != nil {
		return &sight{Found: found, err: err}
	}
	key := sp.Config.Root + "\x00" + found.Settings.Display
	if s, ok := g.checks[key]; ok {
		return s
	}
	s := &sight{Found: found, err: found.Unreachable}
	if s.err == nil {
		s.session, s.err = sp.ConnectTo(ctx, found.Settings)
	}
	g.checks[key] = s
	return s
}

// ask asks about HEAD by the operator's rule, that what is in no commit is to be saved first, and about each
// snapshot that the boot may apply.
func (g *guard) ask(ctx context.Context, b *bootsource.Boot, t *Target, s *sight, files []bootfile.File) {
	t.Verdict = clean
	target, headErr := s.session.Target(ctx, "HEAD")
	asked := map[string]bool{}
	for _, f := range files {
		if f.Later || asked[string(f.Data)] {
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
	}
	if s.session.Repo == nil || headErr != nil || target.Missing != nil || asked[string(target.Data)] {
		return
	}
	if !s.asked {
		v := s.session.Ask(ctx, workspace.Question{Target: target, Rule: policy.Commit, Guard: true, Budget: s.session.Config.LossTimeout.V})
		s.head, s.asked = &v, true
	}
	if s.head.State == policy.Refused {
		add(t, s.head)
	}
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
	t.Verdict = clean
	add(t, &v)
	t.Reason = reason
}

// stale words what is ahead of a snapshot in an image: the image was built before the commit.
func (g *guard) stale(b *bootsource.Boot, f bootfile.File, v *policy.Verdict) {
	if f.Source.Kind == bootsource.Mount {
		return
	}
	for i := range v.Findings {
		old := &v.Findings[i]
		if old.Code != finding.StaleTarget || !old.Refuses {
			continue
		}
		old.Code = finding.StaleImage
		old.Message = fmt.Sprintf("%s is in git, but not in %s, which was built before that", old.Item, bootfile.Detail(f.Source))
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

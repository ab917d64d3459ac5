package dockerguard

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/compose"
	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/dockerguard/containerdb"
	"github.com/schemaguard/schemaguard/internal/dockerguard/recognise"
	"github.com/schemaguard/schemaguard/internal/dockerguard/volumeloss"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/plan"
)

// volumes finds what the command deletes, and refuses to let the volume of a guarded database go.
func (g *guard) volumes(ctx context.Context) {
	if g.cmd.Volumes.Scope == dockercmd.NoVolumes {
		return
	}
	all, err := g.world.Volumes(ctx)
	if err != nil {
		g.d.Findings = append(g.d.Findings, finding.Finding{
			Code: finding.NotRun, Severity: finding.Warning, Item: "volumes", Refuses: true,
			Message: "which volumes would go could not be found out: " + line(err), Fix: terminalQuote(g.cmd.Query("volume", "ls")),
		})
		return
	}
	named := g.cmd.Volumes.Scope == dockercmd.UnusedVolumes && (g.cmd.Volumes.Named || g.prunesNamed(ctx))
	for _, v := range volumeloss.Doomed(g.cmd, g.plan, &g.world.World, all, named) {
		g.lose(ctx, v)
	}
}

// prunesNamed tells an engine before 23 (API 1.42), whose prune takes volumes with a name too.
func (g *guard) prunesNamed(ctx context.Context) bool {
	api, err := g.world.Engine.Ping(ctx)
	major, minor, ok := strings.Cut(api, ".")
	a, errA := strconv.Atoi(major)
	b, errB := strconv.Atoi(minor)
	return err != nil || !ok || errA != nil || errB != nil || a < 1 || a == 1 && b < 42
}

// lose reports one volume that goes.
func (g *guard) lose(ctx context.Context, v inventory.Volume) {
	out := Volume{Name: v.Name, Project: v.Labels[inventory.LabelProject], Rows: -1}
	var users []*inventory.Container
	for i := range g.world.Containers {
		c := &g.world.Containers[i]
		if slices.ContainsFunc(c.Mounts, func(m inventory.Mount) bool { return m.Name == v.Name && volumeloss.IsDatabase(c.Env, m) }) {
			users = append(users, c)
		}
	}
	services := g.databaseServices(v.Name)
	guarded := g.ofProjectHere(v)
	for _, b := range g.everyDirectus() {
		sp := g.places.At(ctx, g.folder(b))
		if sp.Err != nil {
			continue
		}
		found, err := containerdb.Find(ctx, containerdb.Input{Boot: b, Containers: g.world.Containers, Project: g.world.Project, Address: g.world.Address, Config: sp.Config})
		if err != nil {
			continue
		}
		runs := found.Container != nil && slices.ContainsFunc(users, func(c *inventory.Container) bool { return c.ID == found.Container.ID })
		if !runs && (found.Service == "" || !slices.Contains(services, found.Service) || b.Project != g.world.Name) {
			continue
		}
		guarded = true
		if out.Rows < 0 && found.Unreachable == nil {
			if s := g.sight(ctx, b, sp); s.session != nil {
				out.Rows, out.Estimate = g.rows(ctx, s)
			}
		}
	}
	orphan := len(users) == 0 && len(services) == 0 && !g.isUsed(v.Name) && g.peek(ctx, v.Name)
	out.Database = guarded || orphan || len(users)+len(services) > 0
	g.d.Volumes = append(g.d.Volumes, out)
	if guarded || orphan {
		g.d.Findings = append(g.d.Findings, g.volumeFinding(out, orphan))
	}
}

func (g *guard) volumeFinding(v Volume, orphan bool) finding.Finding {
	f := finding.Finding{
		Code: finding.VolumeLoss, Severity: finding.Danger, Refuses: true, Item: "volume " + v.Name,
		Message: fmt.Sprintf("volume %s goes, which holds the database of a Directus", v.Name), Fix: "schemaguard explain VOLUME_LOSS",
	}
	if orphan {
		f.Message = fmt.Sprintf("volume %s goes, which holds a Postgres database that no container uses now", v.Name)
	}
	switch {
	case v.Rows >= 0 && v.Estimate:
		f.Harm = fmt.Sprintf("deletes the database with about %d rows", v.Rows)
	case v.Rows >= 0:
		f.Harm = fmt.Sprintf("deletes the database with %d rows", v.Rows)
	default:
		f.Harm = "deletes the database; its rows could not be counted"
	}
	return f
}

// isUsed tells whether any container mounts the volume, be it no database.
func (g *guard) isUsed(volume string) bool {
	return slices.ContainsFunc(g.world.Containers, func(c inventory.Container) bool {
		return slices.ContainsFunc(c.Mounts, func(m inventory.Mount) bool { return m.Name == volume })
	})
}

// databaseServices are the services of the project that keep a database in the volume.
func (g *guard) databaseServices(volume string) []string {
	var out []string
	if g.world.Project == nil {
		return nil
	}
	for name, s := range g.world.Project.Services {
		if slices.ContainsFunc(s.Mounts, func(m inventory.Mount) bool { return m.Name == volume && volumeloss.IsDatabase(s.Env, m) }) {
			out = append(out, name)
		}
	}
	return out
}

// ofProjectHere tells a volume in which the compose project of this folder keeps the database of its Directus,
// where the command itself knows of no project.
func (g *guard) ofProjectHere(v inventory.Volume) bool {
	if g.world.Project != nil || g.world.Name != "" {
		return false
	}
	dir, err := filepath.Abs(g.places.Folder())
	if err != nil {
		return false
	}
	p := compose.Load(compose.Options{Dir: dir, Root: string(filepath.Separator), Environ: g.Environ})
	if p == nil || p.Name != v.Labels[inventory.LabelProject] {
		return false
	}
	if d, err := p.Directus(g.service); err != nil || d == nil {
		return false
	}
	return slices.ContainsFunc(p.Services, func(s *compose.Service) bool {
		return slices.ContainsFunc(s.Mounts, func(m compose.Mount) bool {
			return m.Source == v.Labels["com.docker.compose.volume"] && volumeloss.IsDatabase(nil, inventory.Mount{Type: m.Type, Target: m.Target})
		})
	})
}

// everyDirectus are the Directus containers of the daemon, and the services of the project that have none.
func (g *guard) everyDirectus() []*bootsource.Boot {
	var out []*bootsource.Boot
	has := map[string]bool{}
	for i := range g.world.Containers {
		c := &g.world.Containers[i]
		if b := recognise.Existing(c); recognise.Directus(b, g.service) {
			for _, n := range c.Networks {
				b.Spec.Networks = append(b.Spec.Networks, n.Name)
			}
			out = append(out, b)
			has[c.Service()] = has[c.Service()] || c.Project() == g.world.Name
		}
	}
	if g.world.Project == nil {
		return out
	}
	for name := range g.world.Project.Services {
		b := &bootsource.Boot{Project: g.world.Name, Service: name, Spec: g.world.Spec(name)}
		if !has[name] && recognise.Directus(b, g.service) {
			out = append(out, b)
		}
	}
	return out
}

// rows counts the rows of the team's tables, within the settings' budget.
func (g *guard) rows(ctx context.Context, s *sight) (rows int64, estimate bool) {
	var effects []plan.Effect
	for _, t := range s.session.Database.Catalog.Tables {
		if (t.Kind == 'r' || t.Kind == 'p') && !strings.HasPrefix(t.Name, "directus_") {
			effects = append(effects, plan.Effect{Op: plan.DropTable, Table: t.Name})
		}
	}
	budget := s.session.Config.LossTimeout.V
	if budget <= 0 {
		budget = 2 * time.Second
	}
	counts, err := s.session.Database.CountLoss(ctx, effects, budget)
	if err != nil {
		return -1, false
	}
	for _, c := range counts {
		if c.N < 0 {
			return -1, false
		}
		rows += c.N
		estimate = estimate || c.Estimate
	}
	return rows, estimate
}

// peek looks whether a volume that no container uses holds the files of a Postgres. Where it cannot look, it
// says so of a volume whose name speaks of one.
func (g *guard) peek(ctx context.Context, volume string) bool {
	f := g.reader().ReadVolume(ctx, volume, []string{"PG_VERSION", "data/PG_VERSION", "pgdata/PG_VERSION", "18/docker/PG_VERSION"})
	if f.Err != nil {
		name := strings.ToLower(volume)
		return strings.Contains(name, "pg") || strings.Contains(name, "postgres") || strings.Contains(name, "db") || strings.Contains(name, "database")
	}
	return f.Data != nil
}

package dockerguard

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/dockerguard/bootfile"
	"github.com/schemaguard/schemaguard/internal/dockerguard/place"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/lastverdict"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// patience is how long a database that was just started is waited for.
const patience = 30 * time.Second

// withoutDatabase decides on a container whose database could not be asked.
func (g *guard) withoutDatabase(ctx context.Context, b *bootsource.Boot, t *Target, s *sight, sp *place.Place, files []bootfile.File) {
	switch {
	case isEmpty(s.err):
		t.Verdict, t.Reason = clean, "its database holds no Directus yet"
		t.Notes = append(t.Notes, line(s.err))
		return
	case !isDown(s):
		unable(t, workspace.Situation(s.err), line(s.err), "schemaguard doctor")
		return
	case g.isNew(ctx, s):
		t.Verdict, t.Reason = clean, "its database is still to be made"
		return
	}
	if start := g.starts(s); start != nil && !t.Armed && g.mayStart(s, sp) {
		if err := g.startAlone(ctx, b, s, sp, start); err == nil {
			g.ask(ctx, b, t, s, files)
			return
		}
	}
	g.byLastSeen(t, s, sp, files)
}

// isNew tells a database that does not exist yet: no container runs it, and none of the volumes that its
// service names is there.
func (g *guard) isNew(ctx context.Context, s *sight) bool {
	if s.Container != nil || s.Service == "" || g.world.Project == nil {
		return false
	}
	service, ok := g.world.Project.Services[s.Service]
	if !ok {
		return false
	}
	for _, m := range service.Mounts {
		if m.Type != "volume" {
			return false // a folder of this machine may hold it
		}
		if m.Name == "" {
			continue
		}
		if there, err := g.world.HasVolume(ctx, m.Name); there || err != nil {
			return false
		}
	}
	return true
}

// starts is the command that starts the database alone; nil where it is none of docker's.
func (g *guard) starts(s *sight) []string {
	switch {
	case s.Container != nil && !s.Container.Running():
		return g.cmd.Query("start", s.Container.Name)
	case s.Container == nil && s.Service != "" && g.world.Project != nil && g.cmd.Family == dockercmd.Compose:
		return g.cmd.ComposeQuery("up", "-d", "--no-deps", s.Service)
	}
	return nil
}

// mayStart tells whether somebody agreed to the database being started.
func (g *guard) mayStart(s *sight, sp *place.Place) bool {
	if g.Run == nil {
		return false
	}
	if g.StartDB || sp.StartsDatabase() {
		return true
	}
	if g.Ask == nil {
		return false
	}
	answer, err := g.Ask(fmt.Sprintf("the database %s does not run. Start it alone first, to see what is in it? Type yes: ", databaseName(s)))
	return err == nil && strings.EqualFold(strings.TrimSpace(answer), "yes")
}

func databaseName(s *sight) string {
	if s.Container != nil {
		return s.Container.Name
	}
	return s.Service
}

// startAlone starts the database, and opens it once it answers.
func (g *guard) startAlone(ctx context.Context, b *bootsource.Boot, s *sight, sp *place.Place, argv []string) error {
	if err := g.Run(ctx, argv); err != nil {
		return err
	}
	deadline := time.Now().Add(patience)
	for {
		all, err := g.world.Engine.Containers(ctx)
		if err == nil {
			g.world.Containers = all
			clear(g.ahead)
			g.forget(s)
			next := g.sight(ctx, b, sp)
			if *s = *next; s.session != nil {
				return nil
			}
			err = s.err
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(500 * time.Millisecond):
		}
	}
}

func (g *guard) forget(s *sight) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for key, known := range g.checks {
		if known == s {
			delete(g.checks, key)
		}
	}
}

// remember keeps what was seen of a database under the name of its container as well: its address and port may
// be others the next time.
func (g *guard) remember(s *sight) {
	if r, ok := s.session.LastSeenOf(s.Settings); ok && databaseName(s) != "" {
		r.Database = g.seenKey(s)
		lastverdict.Open(g.getenv).Keep(r)
	}
}

func (g *guard) seenKey(s *sight) string {
	project := g.world.Name
	if s.Container != nil {
		project = s.Container.Project()
	}
	name := s.Service
	if name == "" {
		name = databaseName(s)
	}
	return "docker " + g.world.Address + " " + project + "/" + name + "/" + s.Settings.PG.Database
}

// byLastSeen goes by what the last check on this machine saw. It never makes anything clean but the very
// snapshot that the database held then.
func (g *guard) byLastSeen(t *Target, s *sight, sp *place.Place, files []bootfile.File) {
	reason := "its database cannot be asked: " + line(s.err)
	fix := "schemaguard doctor"
	if start := g.starts(s); start != nil {
		fix = terminalQuote(start)
	}
	r, ok := sp.LastSeenOf(s.Settings)
	if own, known := lastverdict.Open(g.getenv).Load(g.seenKey(s)); known && (!ok || own.At.After(r.At)) {
		r, ok = own, true
	}
	if !ok {
		unable(t, finding.Unreachable, reason, fix)
		return
	}
	seen := "when it was last seen, " + r.At.Local().Format("2006-01-02 15:04")
	if r.Unsaved > 0 {
		v := policy.Unable(finding.SeenUnsaved, fmt.Sprintf("%s; %s, it held %d unsaved: %s", reason, seen, r.Unsaved, strings.Join(r.Items, ", ")), fix)
		v.State = policy.Refused
		v.Findings[0].Refuses = true
		t.Verdict = clean
		add(t, &v)
		t.Reason = v.Reason
		return
	}
	for _, f := range files {
		if !f.Later && !workspace.IsLastSeen(r, f.Data) {
			unable(t, finding.Unreachable, reason+"; "+seen+", it was not what this boot applies", fix)
			return
		}
	}
	t.Verdict, t.Reason = clean, reason+"; "+seen+", it was what this boot applies"
	t.Notes = append(t.Notes, t.Reason)
}

// Package doctor checks every assumption that the other commands rest on: the
// settings, git, the snapshot file, the database, Directus, docker. It says of
// each what is wrong and how to put it right, and changes nothing.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/hooks"
	"github.com/schemaguard/schemaguard/internal/connection"
	"github.com/schemaguard/schemaguard/internal/environ"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/hookfile"
	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/report"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// Options say what is examined.
type Options struct {
	Open    func() (*workspace.Workspace, error) // looks at the project
	Version string                               // of schemaguard
	Environ []string
	Now     func() time.Time
}

// checkup is one examination.
type checkup struct {
	Options
	checks []report.Checked
	code   int
}

// Examine looks at everything. It returns what was found, in the order of the
// topics, and the exit code of the first problem.
func Examine(ctx context.Context, o Options) ([]report.Checked, int) {
	c := &checkup{Options: o}
	c.add("schemaguard", report.Good, "", "version %s", o.Version)
	w, err := o.Open()
	if err != nil {
		c.bad(exitcode.Usage, "settings", "", "%v", err)
		return c.checks, c.code
	}
	c.settings(w)
	c.git(ctx, w)
	c.hooks(ctx, w)
	c.snapshot(w)
	c.database(ctx, w)
	c.docker(ctx, w)
	return c.checks, c.code
}

func (c *checkup) add(topic string, outcome report.Outcome, fix, format string, args ...any) {
	c.checks = append(c.checks, report.Checked{Topic: topic, Outcome: outcome, Text: redact.String(fmt.Sprintf(format, args...)), Fix: fix})
}

// bad adds a problem; the first one decides the exit code.
func (c *checkup) bad(code int, topic, fix, format string, args ...any) {
	c.add(topic, report.Bad, fix, format, args...)
	if c.code == exitcode.OK {
		c.code = code
	}
}

func (c *checkup) settings(w *workspace.Workspace) {
	if w.Config.File == "" {
		c.add("settings", report.Advice, "schemaguard init", "no .schemaguard.yaml: the defaults are used")
	} else {
		c.add("settings", report.Good, "", "%s", workspace.Shorten(w.Config.File))
	}
	for _, warning := range w.Config.Warnings {
		c.add("settings", report.Advice, "", "%s", warning)
	}
	c.add("settings", report.Good, "", "snapshot file %s (%s)", w.Name, w.Config.Snapshot.Path.Origin)
}

func (c *checkup) git(ctx context.Context, w *workspace.Workspace) {
	if w.Repo == nil {
		c.add("git", report.Advice, "git init", "no git repository here: what was last applied is the only past that is known")
		return
	}
	c.add("git", report.Good, "", "repository %s, on %s", workspace.Shorten(w.Repo.Root()), c.branch(ctx, w))
	if direct, why := w.Repo.InProcess(); !direct {
		c.add("git", report.Advice, "", "objects are read through the git command, which is slower: %s", why)
	}
	if w.Repo.Shallow() {
		c.add("git", report.Advice, "git fetch --unshallow", "the clone is shallow: what only older commits have counts as unsaved")
	}
	if !w.Tracked(ctx) {
		c.bad(exitcode.Invalid, "git", "schemaguard snapshot --stage", "%s is not tracked by git", w.Name)
		return
	}
	c.add("git", report.Good, "", "%s is tracked", w.Name)
	if revs, err := w.Repo.Revisions(ctx, w.Path, w.Heads(ctx)); err == nil {
		c.add("git", report.Good, "", "%d commits of this branch changed it", len(revs))
	} else {
		c.bad(exitcode.NotRun, "git", "git log -- "+w.Path, "its history cannot be read: %v", err)
	}
}

// hooks has git run the hooks that refuse, and sees whether they reach
// schemaguard.
func (c *checkup) hooks(ctx context.Context, w *workspace.Workspace) {
	if w.Repo == nil {
		return
	}
	site, err := hookfile.Look(ctx, w.Repo, c.getenv, w.Path)
	if err != nil {
		c.add("hooks", report.Skipped, "", "%v", err)
		return
	}
	for _, event := range hooks.Events() {
		if !hooks.Refuses(event) {
			continue
		}
		path, content, _ := w.Repo.HookFile(ctx, event)
		p := site.Prove(ctx, event, false)
		p.Why = strings.TrimSuffix(p.Why, ": schemaguard install")
		switch named := strings.Contains(content, "schemaguard"); {
		case p.Outcome == hookfile.Fires:
			c.add("hooks", report.Good, "", "git runs %s, and it reaches schemaguard (%s)", event, p.By)
		case p.Outcome == hookfile.Untried:
			c.add("hooks", report.Advice, "", "%s was not tried: %s", event, p.Why)
		case named && !strings.Contains(content, "schemaguard install"):
			c.add("hooks", report.Advice, "", "%s names schemaguard in a command of your own, which was not tried", workspace.Shorten(path))
		case named, p.By != "":
			c.bad(exitcode.Usage, "hooks", "schemaguard install", "%s does not reach schemaguard: %s", event, p.Why)
		default:
			c.add("hooks", report.Advice, "schemaguard install", "nothing checks at %s: %s", event, p.Why)
		}
	}
}

func (c *checkup) getenv(name string) string {
	return environ.Lookup(c.Environ, name)
}

func (c *checkup) branch(ctx context.Context, w *workspace.Workspace) string {
	if branch, err := w.Repo.Branch(ctx); err == nil && branch != "" {
		return "branch " + branch
	}
	return "a detached HEAD"
}

func (c *checkup) snapshot(w *workspace.Workspace) {
	data, err := w.ReadFile()
	if err != nil {
		c.bad(exitcode.Invalid, "snapshot", "schemaguard snapshot --stage", "%s cannot be read: %v", w.Name, err)
		return
	}
	file := snapshot.Decode(w.Name, data)
	for _, p := range file.Problems {
		if p.Severity == finding.Invalid {
			c.bad(exitcode.Invalid, "snapshot", "schemaguard explain "+string(p.Code), "%s:%d: %s", w.Name, p.Line, p.Message)
		} else {
			c.add("snapshot", report.Advice, "schemaguard explain "+string(p.Code), "%s:%d: %s", w.Name, p.Line, p.Message)
		}
	}
	if file.Trusted() {
		c.add("snapshot", report.Good, "", "%s, written by Directus %s", file.Snapshot.Describe(), file.Snapshot.Directus)
	}
}

// database looks at where the database is named, then at the database.
func (c *checkup) database(ctx context.Context, w *workspace.Workspace) {
	found, err := w.FindConnection(ctx)
	var wrong *connection.Error
	switch {
	case errors.As(err, &wrong):
		c.candidates(wrong.Candidates)
		c.bad(exitcode.Usage, "database", wrong.Fix, "%s", wrong.Error())
		return
	case err != nil:
		c.bad(exitcode.NotRun, "database", "", "%v", err)
		return
	}
	c.candidates(found.Candidates)
	for _, note := range append(append([]string{}, found.Notes...), found.Warnings...) {
		c.add("database", report.Advice, "", "%s", note)
	}
	s, err := w.Connect(ctx)
	if err != nil {
		c.bad(exitcode.NotRun, "database", "schemaguard explain "+string(workspace.Situation(err)), "%v", err)
		return
	}
	defer s.Close()
	c.add("database", report.Good, "", "connected to %s: Postgres %d, role %q", found.Display, s.Database.Catalog.ServerMajor(), s.Database.Catalog.Role)
	if s.Database.Catalog.ServerMajor() < 12 {
		c.bad(exitcode.NotRun, "database", "", "Postgres 12 or newer is needed")
	}
	c.add("database", report.Good, "", "searched schemas: %s (%s); left out: %s (%s)", orPublic(found.SearchPath.Names), found.SearchPath.Source,
		strings.Join(found.ExcludeTables.Names, ", "), found.ExcludeTables.Source)
	c.rights(ctx, s)
	c.directus(s)
}

func orPublic(names []string) string {
	if len(names) == 0 {
		return "public"
	}
	return strings.Join(names, ", ")
}

// candidates lists every place that can name a database, the winner first.
func (c *checkup) candidates(all []connection.Candidate) {
	for _, cand := range all {
		switch cand.State {
		case connection.Used:
			c.add("database", report.Good, "", "named by %s: %s", cand.Source, cand.Display)
		case connection.Weaker:
			c.add("database", report.Advice, "", "also named by %s: %s, which is weaker", cand.Source, cand.Display)
		case connection.Unusable:
			c.add("database", report.Advice, "", "%s names no usable database: %s", cand.Source, cand.Reason)
		case connection.NotSet:
		}
	}
}

func (c *checkup) rights(ctx context.Context, s *workspace.Session) {
	rights, err := s.Database.Rights(ctx)
	if err != nil {
		c.add("database", report.Skipped, "", "%v", err)
		return
	}
	if len(rights.Hidden) > 0 {
		c.add("database", report.Advice, "schemaguard explain NOT_READABLE", "the role may not read %d tables, %s among them: their rows cannot be counted", len(rights.Hidden), rights.Hidden[0])
	}
	if !rights.ReadActivity {
		c.add("database", report.Advice, "", "the role may not read directus_activity: who made a change is not shown")
	}
	switch {
	case rights.Standby:
		c.add("database", report.Advice, "", "the server is a replica: the sync point cannot be kept in it")
	case !rights.CreateSchema:
		c.add("database", report.Advice, "", "the role may not create the schema \"schemaguard\": the sync point is kept in this clone only")
	}
	points, err := s.Database.SyncPoints(ctx)
	switch last := syncpoint.Latest(points); {
	case err != nil:
		c.bad(exitcode.NotRun, "database", "", "%v", err)
	case last == nil:
		c.add("database", report.Advice, "schemaguard init", "no sync point yet: an item deleted in live looks pending until there is one")
	default:
		c.add("database", report.Good, "", "sync point: %s", last.Describe(c.Now()))
	}
}

func (c *checkup) directus(s *workspace.Session) {
	c.add("Directus", report.Good, "", "version %s (%s)", s.Decision.Says.Version, s.Decision.Says.Source)
	for _, p := range s.Decision.Problems {
		c.add("Directus", report.Advice, "schemaguard explain "+string(p.Code), "%s", p.Message)
	}
	for _, n := range s.Decision.Notes {
		c.add("Directus", report.Advice, "", "%s", n)
	}
	side := s.Live()
	for _, p := range side.Problems[len(s.Decision.Problems):] {
		c.add("Directus", report.Advice, p.Fix, "%s", p.Message)
	}
	c.add("Directus", report.Good, "", "the live schema: %s", side.Snapshot.Describe())
}

func (c *checkup) docker(ctx context.Context, w *workspace.Workspace) {
	if project := w.Compose(); project != nil {
		c.add("docker", report.Good, "", "compose project %s: %d services", project.Name, len(project.Services))
		for _, warning := range project.Warnings {
			c.add("docker", report.Advice, "", "%s", warning)
		}
		if d, err := project.Directus(w.Config.Directus.Service.V); err != nil {
			c.bad(exitcode.Usage, "docker", "", "%v", err)
		} else if d != nil {
			c.add("docker", report.Good, "", "Directus is the service %s (%s)", d.Service.Name, d.Why)
		}
	}
	out, err := connection.CLI{Environ: c.Environ}.Run(ctx, "version", "--format", "{{.Server.Version}}")
	if err != nil {
		c.add("docker", report.Skipped, "", "no docker engine: %v", err)
		return
	}
	c.add("docker", report.Good, "", "engine %s answers", strings.TrimSpace(string(out)))
}

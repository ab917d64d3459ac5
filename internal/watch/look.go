package watch

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/overview"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// Boot is the snapshot that one container of the project would start with.
type Boot struct {
	Container string // "shop-directus-1"; empty for a service that has none yet
	Service   string // of compose; may be empty
	Image     string
	File      string // the snapshot's path in the container
	Data      []byte
	Missing   bool  // there is no snapshot where the container looks
	Err       error // why it could not be read
}

// look compares all places with live, once. Whatever it finds out is in the
// state; its error is of a check that could not be made.
func (w *Watcher) look(ctx context.Context, ws *workspace.Workspace) (State, *workspace.Session, error) {
	began := w.opt.Now()
	s, err := ws.Connect(ctx)
	if err != nil {
		return State{}, nil, err
	}
	places, err := overview.Places(ctx, s)
	if err != nil {
		s.Close()
		return State{}, nil, err
	}
	git := len(places)
	var stale []string
	for i := range w.boots {
		p, why := askBoot(ctx, s, &w.boots[i])
		places, stale = append(places, p), append(stale, why)
	}
	st, shown := standing(places)
	v := &shown.Verdict
	state := State{
		Standing: st, Project: filepath.Base(ws.Config.Root), Database: s.Settings.Display,
		Directus: v.Directus.Version, Branch: branch(ctx, ws),
		Summary: describe(st, shown), Items: v.Changes, Counts: v.Counts, Findings: v.Findings, Notes: v.Notes,
		Next: w.next(s, st, shown, places[git:]), CheckedAt: began, Took: time.Since(began),
	}
	state.Places = append(state.Places, Place{Name: "live", Where: s.Settings.Display, Items: s.Live().Snapshot.Len()})
	for i := range places {
		p := &places[i]
		place := Place{Name: p.Name, Where: p.Where, Items: p.Items, Against: p.Against(), Lacks: lacks(p)}
		if i >= git {
			place.Stale = stale[i-git]
		}
		state.Places = append(state.Places, place)
	}
	return state, s, nil
}

// askBoot asks about what a container boots with, by the rule of boots; and why
// it is not what is committed, where that can be told.
func askBoot(ctx context.Context, s *workspace.Session, b *Boot) (p overview.Place, stale string) {
	p = overview.Place{Name: boot, Where: b.Container, Items: -1}
	if b.Container == "" {
		p.Where = b.Service
	}
	if b.Image != "" {
		p.Where += " (" + b.Image + ")"
	}
	switch {
	case b.Err != nil:
		p.Verdict = workspace.Unable(b.Err)
		return p, ""
	case b.Missing:
		// Without a file Directus applies nothing, so a boot destroys nothing either.
		p.Missing, p.Verdict = true, policy.Verdict{State: policy.Clean}
		return p, ""
	}
	t, err := s.BootTarget(ctx, policy.Source{Name: boot, Origin: p.Where}, b.File, b.Data)
	if err != nil {
		p.Verdict = workspace.Unable(err)
		return p, ""
	}
	where := p.Where
	p = overview.Make(t, s.Check(ctx, t, policy.Boot, false))
	p.Name, p.Where = boot, where
	return p, age(ctx, s, b.Data)
}

// age says how a boot's snapshot stands to the commits.
func age(ctx context.Context, s *workspace.Session, data []byte) string {
	if s.Repo == nil {
		return ""
	}
	head, err := s.Target(ctx, "HEAD")
	if err != nil || head.Missing != nil || string(head.Data) == string(data) {
		return ""
	}
	past, err := s.History().Committed(ctx, s.Heads(ctx), data)
	switch {
	case err != nil:
		return ""
	case past:
		return "older than HEAD"
	}
	return "not of this branch"
}

// branch names what is checked out; empty outside a repository.
func branch(ctx context.Context, ws *workspace.Workspace) string {
	if ws.Repo == nil {
		return ""
	}
	name, err := ws.Repo.Branch(ctx)
	if err != nil {
		return ""
	}
	if name != "" {
		return name
	}
	commit, err := ws.Repo.Resolve(ctx, "HEAD")
	if err != nil {
		return ""
	}
	return commit[:min(10, len(commit))] + " (detached)"
}

// next returns the commands to type.
func (w *Watcher) next(s *workspace.Session, st Standing, shown *overview.Place, boots []overview.Place) []string {
	commands := next(st, shown)
	if s.Repo == nil {
		commands = withoutGit(commands)
	}
	if st != NotInImage {
		return commands
	}
	for i := range boots {
		if b := &w.boots[i]; &boots[i] == shown && b.Service != "" {
			return append([]string{fmt.Sprintf("docker compose up --detach --build %s", b.Service)}, commands...)
		}
	}
	return commands
}

// Hint is the command to type next; empty for none.
func (s *State) Hint() string {
	if len(s.Next) == 0 {
		return ""
	}
	return s.Next[0]
}

// Line is the one line that an event says of a state.
func (s *State) Line() string {
	text := s.Summary
	if s.Failure == "" { // what stands in the way says by itself that nothing was checked
		text = string(s.Standing) + ": " + text
	}
	var late []string
	for _, p := range s.Places {
		if p.Stale != "" {
			late = append(late, p.Where+" is "+p.Stale)
		}
	}
	if s.Standing == NotInImage && len(late) > 0 {
		text += "; " + strings.Join(late, ", ")
	}
	return text
}

package watch

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/overview"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

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
	boots := w.boots(ctx)
	for i := range boots {
		p, why := askBoot(ctx, s, &boots[i])
		places, stale = append(places, p), append(stale, why)
	}
	st, shown := standing(places)
	v := &shown.Verdict
	state := State{
		Standing: st, Project: filepath.Base(ws.Config.Root), Database: s.Settings.Display,
		Directus: v.Directus.Version, Branch: branch(ctx, ws),
		Summary: describe(st, shown), Items: v.Changes, Counts: v.Counts, Findings: v.Findings, Notes: v.Notes,
		Next: nextOf(s, st, shown, places[git:], boots), CheckedAt: began, Took: time.Since(began),
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

// nextOf returns the commands to type. places are those of the boots.
func nextOf(s *workspace.Session, st Standing, shown *overview.Place, places []overview.Place, boots []Boot) []string {
	commands := next(st, shown)
	if st != NotInImage {
		return commands
	}
	for i := range places {
		if b := &boots[i]; &places[i] == shown && b.Service != "" {
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

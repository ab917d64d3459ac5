// Package overview asks the one check about every place of a project that holds
// a version of the schema, side by side. `status` and the watcher show it.
//
// It decides nothing and prints nothing.
package overview

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// Place is one place that holds a snapshot, and what the check says of it.
type Place struct {
	Name    string // "worktree", "index", "HEAD", or what a caller calls a boot
	Where   string // the file, the commit: whatever tells it from others
	Items   int    // -1 where there is no snapshot, or it cannot be read
	Missing bool
	Verdict policy.Verdict
}

// Against says how the place stands to live: "same", "2 unsaved, 1 pending",
// "absent", "not readable".
func (p *Place) Against() string {
	switch words := p.Verdict.Counts.Words("to drop"); {
	case p.Missing:
		return "absent"
	case p.Verdict.State == policy.NotRun, p.Items < 0:
		return "not readable"
	case len(words) == 0:
		return "same"
	default:
		return strings.Join(words, ", ")
	}
}

// Readable tells whether there is a snapshot and the check could compare it.
func (p *Place) Readable() bool {
	return !p.Missing && p.Items >= 0 && p.Verdict.State != policy.NotRun
}

// Places asks about the snapshots that git and the working tree hold, by the rule
// of commits, since nothing is about to boot: worktree, index and HEAD; outside a
// repository the worktree alone. Equal contents are asked about once. Its errors
// are those of [workspace.Workspace.Target].
func Places(ctx context.Context, s *workspace.Session) ([]Place, error) {
	names := []string{"worktree", "index", "HEAD"}
	if s.Repo == nil {
		names = names[:1]
	}
	var out []Place
	seen := map[string]int{} // places by content
	for _, name := range names {
		t, err := s.Target(ctx, name)
		if err != nil {
			return nil, err
		}
		if same, done := seen[string(t.Data)]; done && t.Missing == nil {
			out = append(out, located(t, out[same]))
			continue
		}
		if t.Missing == nil {
			seen[string(t.Data)] = len(out)
		}
		out = append(out, Ask(ctx, s, t, policy.Commit))
	}
	return out, nil
}

// Ask asks about one target, by a rule.
func Ask(ctx context.Context, s *workspace.Session, t workspace.Target, rule policy.Rule) Place {
	if t.Decoded == nil { // the check may need it, and the place as well
		t.Decoded = sync.OnceValue(func() *snapshot.File { return snapshot.Decode(t.File, t.Data) })
	}
	v := s.Check(ctx, t, rule, false)
	p := located(t, Place{Items: -1, Missing: t.Missing != nil, Verdict: v})
	if p.Missing {
		return p
	}
	if v.State != policy.NotRun && len(v.Changes) == 0 && len(v.Findings) == 0 {
		p.Items = v.Counts.InSync // nothing differs, so nothing needs to be read
	} else if file := t.Decoded(); file.Trusted() {
		p.Items = file.Snapshot.Len()
	}
	return p
}

// located is a place with the name and the whereabouts of a target.
func located(t workspace.Target, p Place) Place {
	p.Name, p.Where = t.Source.Name, t.Source.Origin
	if t.Source.Detail != "" {
		p.Where = t.Source.Detail
	}
	return p
}

// Sync is the sync point as a place: what live was last known to equal.
type Sync struct {
	Where   string // "written 14:02 by 0.1.0"
	Items   int    // -1 where there is none
	Against string // "same", "live moved in 2 since", "none yet", "not readable"
}

// SyncPoint reads the sync point of the session's database.
func SyncPoint(ctx context.Context, s *workspace.Session, now time.Time) Sync {
	out := Sync{Items: -1, Against: "none yet"}
	points, err := s.Database.SyncPoints(ctx)
	if err != nil {
		out.Against = "not readable"
		return out
	}
	last := syncpoint.Latest(points)
	if last == nil {
		return out
	}
	out.Where, out.Items, out.Against = last.Describe(now), len(last.Items), "same"
	moved := 0
	live := s.Live().Snapshot.Digests()
	for key, digest := range last.Items {
		if live[key] != digest {
			moved++
		}
	}
	for key := range live {
		if _, had := last.Items[key]; !had {
			moved++
		}
	}
	if moved > 0 {
		out.Against = fmt.Sprintf("live moved in %d since", moved)
	}
	return out
}

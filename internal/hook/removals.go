package hook

import (
	"context"

	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/threeway"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// removals says what a commit takes out of the snapshot: what the next boot then
// drops, and what a colleague committed that this database never had. Commits that
// leave the snapshot alone say nothing.
func removals(ctx context.Context, s *workspace.Session, t workspace.Target, v *policy.Verdict, out *Outcome) {
	staged, err := s.Repo.Index(ctx, s.Path)
	if err != nil || staged.ID == blobAt(ctx, s.Workspace, "HEAD") {
		return
	}
	if v.Counts.CommittedDrop > 0 {
		out.say("the next boot drops %s", names(v, func(c threeway.Class) bool { return c == threeway.CommittedDrop }))
	}
	head := s.SnapshotAt(ctx, "HEAD")
	if head == nil {
		return
	}
	file := snapshot.Decode(t.File, t.Data)
	if !file.Trusted() {
		return
	}
	var gone []string
	lost := map[string]bool{}
	live := s.Live().Snapshot
	for _, key := range head.Keys() {
		if file.Snapshot.Get(key) != nil || live.Get(key) != nil || lost[key.Collection] {
			continue
		}
		lost[key.Collection] = key.Kind == snapshot.Collection
		gone = append(gone, key.String())
	}
	if len(gone) > 0 {
		out.say("this removes %s from the snapshot, which HEAD has and this database does not; where that is a colleague's work: git checkout HEAD -- %s && schemaguard snapshot --keep-pending --stage",
			listed(gone), s.Path)
	}
}

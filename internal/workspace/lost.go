package workspace

import (
	"context"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/gitrepo"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// lostInMerge finds the items that the outcome of a merge lacks although neither
// side removed them: a conflict that was resolved by deleting one side's lines
// leaves a file that is valid and drops a colleague's tables.
func (w *Workspace) lostInMerge(ctx context.Context, t Target) []finding.Finding {
	sides := w.Repo.Joined(ctx, w.Incoming...)
	if sides.Theirs == "" || t.Missing != nil {
		return nil
	}
	staged := snapshot.Decode(t.File, t.Data)
	ours, theirs := w.SnapshotAt(ctx, "HEAD"), w.SnapshotAt(ctx, sides.Theirs)
	if !staged.Trusted() || ours == nil || theirs == nil {
		return nil
	}
	var base *snapshot.Snapshot
	if sides.Base != "" {
		base = w.SnapshotAt(ctx, sides.Base)
	}
	var found []finding.Finding
	lost := map[string]bool{}
	for _, side := range []struct {
		has  *snapshot.Snapshot
		name string
	}{{ours, "HEAD"}, {theirs, sides.Theirs[:10]}} {
		for _, key := range side.has.Keys() {
			if staged.Snapshot.Get(key) != nil || removed(key, base, ours, theirs) || lost[key.String()] {
				continue
			}
			lost[key.String()] = true
			if key.Kind != snapshot.Collection && lost[collectionOf(key)] {
				continue // it goes with its collection
			}
			found = append(found, finding.Finding{
				Code: finding.MergeLost, Severity: finding.Danger, Refuses: true, Item: key.String(), File: t.File, Line: 1,
				Message: key.String() + " is in " + side.name + " and was lost when the sides were put together: the next boot drops it",
				Fix:     startAgain(w.Repo.State(ctx)),
			})
		}
	}
	return found
}

// startAgain is the command that goes back to before the sides were put together.
func startAgain(state gitrepo.State) string {
	switch state {
	case gitrepo.StateRebase, gitrepo.StateCherryPick, gitrepo.StateRevert:
		return "git " + string(state) + " --abort"
	case gitrepo.StateMerge, gitrepo.StateApply, gitrepo.StateBisect, gitrepo.StateNone:
	}
	return "git merge --abort"
}

// removed tells whether one of the sides removed an item on purpose. Without a
// single base only what both sides still have was certainly not.
func removed(key snapshot.Key, base, ours, theirs *snapshot.Snapshot) bool {
	both := ours.Get(key) != nil && theirs.Get(key) != nil
	return !both && (base == nil || base.Get(key) != nil)
}

func collectionOf(key snapshot.Key) string {
	return snapshot.Key{Kind: snapshot.Collection, Collection: key.Collection}.String()
}

// SnapshotAt returns the snapshot of a commit; nil where there is none to rely on.
func (w *Workspace) SnapshotAt(ctx context.Context, commit string) *snapshot.Snapshot {
	blob, err := w.Repo.At(ctx, commit, w.Path)
	if err != nil {
		return nil
	}
	data, err := blob.Data(ctx)
	if err != nil {
		return nil
	}
	file := snapshot.Decode(w.Path, data)
	if !file.Trusted() {
		return nil
	}
	return file.Snapshot
}

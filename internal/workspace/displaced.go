package workspace

import (
	"bytes"
	"context"

	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

// Displaced returns in words the items that the project's snapshot file holds
// for the database to get at the next boot, and that a file with this content
// lacks: somebody's committed work, which a snapshot of live takes out. In a
// merge whose file cannot be read yet, what either side holds counts. It is a
// courtesy: what cannot be found out is left out.
func (s *Session) Displaced(ctx context.Context, content []byte) []string {
	words := []string{"worktree"}
	t, err := s.Target(ctx, "worktree")
	if err != nil || t.Missing != nil || bytes.Equal(t.Data, content) {
		return nil
	}
	v := s.Ask(ctx, Question{Target: t, Rule: policy.Commit})
	if v.State == policy.NotRun && s.Repo != nil {
		words = s.Heads(ctx)
	}
	var items []string
	seen := map[string]bool{}
	for _, word := range words {
		if word != "worktree" {
			if t, err = s.Target(ctx, word); err != nil {
				continue
			}
			t.Past = words // both sides are the merge's past
			v = s.Ask(ctx, Question{Target: t, Rule: policy.Commit})
		}
		for _, c := range v.Changes {
			if waits := c.Class.Pending() || c.Class == threeway.Conflict; waits && c.Under == "" && !seen[c.Item] {
				seen[c.Item] = true
				items = append(items, c.Item)
			}
		}
	}
	return items
}

package hook

import (
	"context"
	"path/filepath"

	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/save"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// fix takes and stages the fresh snapshot where the settings ask for it and that
// loses nothing; the commit is refused nevertheless, so that somebody looks.
func (c Call) fix(ctx context.Context, s *workspace.Session, v *policy.Verdict, out *Outcome) bool {
	n := v.Counts
	if !s.Config.Hook.Fix.V || c.Name != PreCommit || n.Unsaved == 0 || n.Conflict > 0 || v.ExitCode() != 2 {
		return false
	}
	o := c.Save
	o.KeepPending = n.Pending+n.CommittedDrop > 0
	// git commit -a and git commit PATH commit from an index of their own, while
	// the real one is locked: there the file can only be written.
	o.Stage = filepath.Base(s.Repo.IndexFile()) == "index"
	done, err := save.Save(ctx, s, o)
	if err != nil {
		out.say("hook.fix: %s", firstLine(err))
		return false
	}
	v.Next = []string{"git diff --cached -- " + s.Name, "git commit"}
	said := "the fresh snapshot was written and staged: look at it, then commit again"
	if !done.Staged {
		said = "the fresh snapshot was written to " + s.Name + ": look at it, stage it, then commit again"
		v.Next = []string{"git diff -- " + s.Name, "git add " + s.Name, "git commit"}
	}
	out.refuse(*v)
	out.say("hook.fix: %s", said)
	for _, note := range done.Notes {
		out.say("%s", note)
	}
	return true
}

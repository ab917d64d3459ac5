package hook

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/gitrepo"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/threeway"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// moved answers the hooks that come after the fact: where another snapshot lies
// in the working tree now, what would a boot do with it?
func (c Call) moved(ctx context.Context) (Outcome, error) {
	w, err := c.open("")
	if err != nil || w.Repo == nil {
		return Outcome{}, err
	}
	last := ""
	if c.Name == PostRewrite {
		last = lastRewritten(c.Stdin)
	}
	return c.each(ctx, w, func(ctx context.Context, w *workspace.Workspace) (Outcome, error) {
		return c.movedIn(ctx, w, last)
	})
}

// movedIn answers for one project; last is the tip as it was before a rebase.
func (c Call) movedIn(ctx context.Context, w *workspace.Workspace, last string) (Outcome, error) {
	var out Outcome
	word, ok := c.arrived(ctx, w, last)
	if !ok {
		return out, nil
	}
	t, err := w.Target(ctx, word)
	if err != nil || t.Missing != nil {
		return out, err
	}
	s, reason := c.connect(ctx, w)
	if s == nil {
		out.say("not-run: %s; what a boot would do with the snapshot that came in is not known", reason)
		return out, nil
	}
	defer s.Close()
	asking, cancel := context.WithTimeout(ctx, w.Config.Hook.Timeout.V)
	defer cancel()
	v := s.Ask(asking, workspace.Question{Target: t, Rule: policy.Commit})
	switch v.ExitCode() {
	case exitcode.NotRun, exitcode.Invalid:
		out.say("%s: %s", v.State, v.Reason)
	default:
		if line := movedLine(&v); line != "" {
			out.say("%s", line)
		}
	}
	return out, nil
}

// arrived tells whether the snapshot is another than before, and what to compare
// live with: the word is one for [workspace.Workspace.Target].
func (c Call) arrived(ctx context.Context, w *workspace.Workspace, last string) (word string, ok bool) {
	from, to := "ORIG_HEAD", "HEAD"
	switch c.Name {
	case PostCheckout: // previous HEAD, new HEAD, 1 for a checkout of a branch
		if len(c.Args) < 3 || c.Args[2] != "1" || zero(c.Args[0]) || w.Repo.State(ctx) == gitrepo.StateRebase {
			return "", false
		}
		from = c.Args[0]
	case PostMerge: // 1 for a squash, which leaves HEAD where it was
		if len(c.Args) > 0 && c.Args[0] == "1" {
			staged, err := w.Repo.Index(ctx, w.Path)
			return "index", err == nil && staged.ID != blobAt(ctx, w, "HEAD")
		}
	case PostRewrite: // amend or rebase; the author of an amended commit knows it
		if len(c.Args) == 0 || c.Args[0] != "rebase" {
			return "", false
		}
		from = cmp.Or(last, from)
	}
	return to, blobAt(ctx, w, from) != blobAt(ctx, w, to)
}

// lastRewritten returns the old id of the last commit that a rebase rewrote: the
// tip as it was. Standard input has lines of old and new ids.
func lastRewritten(r io.Reader) string {
	last := ""
	for lines := bufio.NewScanner(r); lines.Scan(); {
		if f := strings.Fields(lines.Text()); len(f) >= 2 {
			last = f[0]
		}
	}
	return last
}

// blobAt returns the id of the snapshot in a commit; "" where it has none.
func blobAt(ctx context.Context, w *workspace.Workspace, commit string) string {
	blob, err := w.Repo.At(ctx, commit, w.Path)
	if err != nil {
		return ""
	}
	return blob.ID
}

// movedLine says in one line what live and the new snapshot mean to each other;
// empty where there is nothing to say.
func movedLine(v *policy.Verdict) string {
	var parts []string
	if n := v.Counts.Pending + v.Counts.CommittedDrop; n > 0 {
		parts = append(parts, fmt.Sprintf("%d pending: the next boot %s", n, boots(v)))
	}
	if n := v.Counts.Ahead; n > 0 {
		is := func(c threeway.Class) bool { return c == threeway.Ahead }
		parts = append(parts, fmt.Sprintf("this branch lacks %s of the database that %s has: %s; a boot from here would drop or overwrite %s",
			count(n, "item"), branches(v), names(v, is), them(n)))
	}
	if n := v.Counts.Unsaved + v.Counts.Conflict; n > 0 {
		is := func(c threeway.Class) bool { return c.Unsaved() || c == threeway.Conflict }
		parts = append(parts, fmt.Sprintf("%d unsaved: %s; see: schemaguard status", n, names(v, is)))
	}
	return strings.Join(parts, "; ")
}

// boots lists what the next boot does: "creates collection a; drops field b.c".
func boots(v *policy.Verdict) string {
	var parts []string
	for _, verb := range []struct {
		word string
		of   threeway.Class
	}{{"creates", threeway.PendingCreate}, {"updates", threeway.PendingUpdate}, {"drops", threeway.CommittedDrop}} {
		if all := names(v, func(c threeway.Class) bool { return c == verb.of }); all != "" {
			parts = append(parts, verb.word+" "+all)
		}
	}
	return strings.Join(parts, ", ")
}

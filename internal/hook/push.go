package hook

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// maxRefs bounds what git may say on standard input: a push of every tag of a
// large repository has a few megabytes.
const maxRefs = 64 << 20

// pushed is one line of pre-push's standard input: a ref, what it is here and
// what the remote has it at (githooks(5)).
type pushed struct{ local, tip, remote string }

// push answers pre-push: is every snapshot that leaves this machine valid, and
// does it hold the work that is in the database? It is what a `commit -n` runs
// into.
func (c Call) push(ctx context.Context, w *workspace.Workspace, refs []pushed) (Outcome, error) {
	if len(refs) == 0 {
		refs = c.unsaid(ctx, w)
	}
	var out Outcome
	targets, err := c.targets(ctx, w, refs)
	if err != nil || len(targets) == 0 {
		return out, err
	}
	s, reason := c.connect(ctx, w)
	if s != nil {
		defer s.Close()
	}
	for _, t := range targets {
		q := workspace.Question{Target: t, Rule: policy.Commit, Guard: true}
		if s == nil {
			c.unasked(ctx, w, q, reason, &out)
			continue
		}
		c.judge(ctx, s, q, &out)
	}
	out.Lines = unique(out.Lines)
	return out, nil
}

// readRefs reads what git says is being pushed.
func readRefs(r io.Reader) ([]pushed, error) {
	var refs []pushed
	lines := bufio.NewScanner(io.LimitReader(r, maxRefs))
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) != 4 {
			return nil, fmt.Errorf("reading what is pushed: %q is no line of git's", lines.Text())
		}
		refs = append(refs, pushed{local: f[0], tip: f[1], remote: f[3]})
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading what is pushed: %w", err)
	}
	return refs, nil
}

// unsaid is what is pushed where standard input does not say it: a hook manager
// kept it to itself. pre-commit names the commits in the environment (4.x,
// commands/run.py); for any other it is HEAD, against what the remotes have. Git
// itself says nothing where there is nothing to push, and then HEAD brings nothing.
func (c Call) unsaid(ctx context.Context, w *workspace.Workspace) []pushed {
	tip, remote, local := c.Env("PRE_COMMIT_TO_REF"), c.Env("PRE_COMMIT_FROM_REF"), c.Env("PRE_COMMIT_LOCAL_BRANCH")
	if tip == "" {
		head, err := w.Repo.Resolve(ctx, "HEAD")
		if err != nil {
			return nil
		}
		tip, remote, local = head, "", "HEAD"
	}
	return []pushed{{local: cmp.Or(local, "HEAD"), tip: tip, remote: remote}}
}

// targets returns the snapshots that the push would bring to the remote, each
// content once.
func (c Call) targets(ctx context.Context, w *workspace.Workspace, refs []pushed) ([]workspace.Target, error) {
	var targets []workspace.Target
	seen := map[string]bool{}
	for _, ref := range refs {
		if zero(ref.tip) || seen[ref.tip] {
			continue
		}
		seen[ref.tip] = true
		commit, err := w.Repo.Resolve(ctx, ref.tip)
		if err != nil {
			continue // a tag of something else than a commit holds no snapshot
		}
		if !c.brings(ctx, w, ref, commit) {
			continue
		}
		t, err := w.Target(ctx, commit)
		if err != nil {
			return nil, err
		}
		if t.Missing != nil && !c.removes(ctx, w, ref, commit) {
			continue // there was none before either
		}
		t.Source.Name = branchName(ref.local)
		t.Source.Origin = w.Path + "@" + t.Source.Name
		if content := string(t.Data); t.Missing != nil || !seen[content] {
			seen[content] = true
			targets = append(targets, t)
		}
	}
	return targets, nil
}

// brings tells whether a push changes the schema at the remote. What cannot be
// told counts as a change.
func (c Call) brings(ctx context.Context, w *workspace.Workspace, ref pushed, commit string) bool {
	paths := []string{w.Path}
	for _, folder := range []string{"db-init", "db-init-post"} {
		if rel, err := w.Repo.Rel(w.Config.Abs(folder)); err == nil {
			paths = append(paths, rel)
		}
	}
	if !zero(ref.remote) {
		if changed, err := w.Repo.Changed(ctx, ref.remote, commit, paths...); err == nil {
			return changed
		}
	}
	touched, err := w.Repo.Touched(ctx, c.remote(), commit, paths...)
	return err != nil || touched
}

// removes tells whether a push takes the snapshot away from the remote, or begins
// a branch with a commit that does.
func (c Call) removes(ctx context.Context, w *workspace.Workspace, ref pushed, commit string) bool {
	if !zero(ref.remote) {
		return tracked(ctx, w, ref.remote)
	}
	touched, err := w.Repo.Touched(ctx, c.remote(), commit, w.Path)
	return err != nil || touched
}

// remote is the name of the remote that is pushed to; empty where nobody says.
func (c Call) remote() string {
	if len(c.Args) > 0 {
		return c.Args[0]
	}
	return c.Env("PRE_COMMIT_REMOTE_NAME")
}

// zero tells the id that stands for no commit.
func zero(id string) bool { return strings.Trim(id, "0") == "" }

func branchName(ref string) string {
	for _, prefix := range []string{"refs/heads/", "refs/tags/"} {
		if short, ok := strings.CutPrefix(ref, prefix); ok {
			return short
		}
	}
	return ref
}

func unique(lines []string) []string {
	seen := map[string]bool{}
	kept := lines[:0]
	for _, line := range lines {
		if !seen[line] {
			seen[line] = true
			kept = append(kept, line)
		}
	}
	return kept
}

package gitrepo

import (
	"context"
	"errors"
	"strings"

	"github.com/schemaguard/schemaguard/internal/gitrepo/gitexec"
)

// Joined names the two sides that git is putting together besides HEAD: the commit whose changes come in, and the one
// from which both grew.
type Joined struct {
	Theirs string // a commit; "" where there is none, or several (an octopus merge)
	Base   string // a commit; "" where there is none, or several (a criss-cross history)
}

// Joined returns the sides of the merge, cherry-pick, rebase step or revert in progress, or of the merge with incoming
// commits that git is about to make. What cannot be told is left empty: nothing may then be concluded from it. It needs
// the git binary.
func (r *Repo) Joined(ctx context.Context, incoming ...string) Joined {
	state := r.State(ctx)
	if len(incoming) > 0 {
		state = StateMerge
	}
	switch state {
	case StateMerge:
		parents, err := r.MergeParents()
		if len(incoming) > 0 {
			parents, err = incoming, nil
		}
		if err != nil || len(parents) != 1 {
			return Joined{}
		}
		return Joined{Theirs: parents[0], Base: r.mergeBase(ctx, "HEAD", parents[0])}
	case StateRebase:
		return r.picked(ctx, "REBASE_HEAD", "REBASE_HEAD^1")
	case StateCherryPick:
		return r.picked(ctx, "CHERRY_PICK_HEAD", "CHERRY_PICK_HEAD^1")
	case StateRevert:
		return r.picked(ctx, "REVERT_HEAD^1", "REVERT_HEAD")
	case StateNone, StateApply, StateBisect:
	}
	return Joined{}
}

func (r *Repo) picked(ctx context.Context, theirs, base string) Joined {
	t, err := r.Resolve(ctx, theirs)
	if err != nil {
		return Joined{}
	}
	b, err := r.Resolve(ctx, base)
	if err != nil {
		return Joined{Theirs: t}
	}
	return Joined{Theirs: t, Base: b}
}

// mergeBase returns the one best common ancestor; "" where there is none or several.
func (r *Repo) mergeBase(ctx context.Context, a, b string) string {
	out, err := r.ask(ctx, walkTimeout, "merge bases are git's to find", "merge-base", "--all", a, b)
	if err != nil {
		return ""
	}
	if ids := strings.Fields(string(out)); len(ids) == 1 {
		return ids[0]
	}
	return ""
}

// Changed tells whether any of the paths (files or folders) differs between two commits. It needs the git binary;
// the error is of a commit that is not here, or of git.
func (r *Repo) Changed(ctx context.Context, from, to string, paths ...string) (bool, error) {
	args := append([]string{"diff-tree", "-r", "--name-only", "--no-renames", from, to, "--"}, paths...)
	out, err := r.ask(ctx, lookupTimeout, "what a push changes is asked of git", args...)
	if err != nil {
		return false, r.unreadable(err, "what a push changes is asked of git")
	}
	return len(out) > 0, nil
}

// Touched tells whether a commit that is reachable from tip, and from no branch that the remote is known to have,
// touched one of the paths: what a push to a new branch brings. An empty remote is any. It needs the git binary.
func (r *Repo) Touched(ctx context.Context, remote, tip string, paths ...string) (bool, error) {
	known := "--remotes"
	if remote != "" {
		known += "=" + remote
	}
	args := append([]string{"rev-list", "--max-count=1", tip, "--not", known, "--"}, paths...)
	out, err := r.ask(ctx, walkTimeout, "what a push brings is asked of git", args...)
	if err != nil {
		return false, r.unreadable(err, "what a push brings is asked of git")
	}
	return len(out) > 0, nil
}

// Setting returns a value of git's configuration; "" where it is not set. It needs the git binary.
func (r *Repo) Setting(ctx context.Context, key string) (string, error) {
	out, err := r.ask(ctx, lookupTimeout, "the configuration is git's to read", "config", "--get", key)
	if exit, ok := errors.AsType[*gitexec.ExitError](err); ok && exit.Code == 1 {
		return "", nil
	}
	if err != nil {
		return "", r.unreadable(err, "the configuration is git's to read")
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}

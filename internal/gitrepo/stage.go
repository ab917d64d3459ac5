package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/schemaguard/schemaguard/internal/gitrepo/gitexec"
)

// Stage does what `git add -- path` does, through git, so that filters, attributes and locks are git's. It stages into
// the index that git means (GIT_INDEX_FILE in a hook). Errors: [ErrOutside], *[MissingError], *[NotFileError] (a symbolic
// link is not staged), *[IgnoredError], *[OverlookedError], *[LockedError], *[UnsupportedError] without a git binary.
func (r *Repo) Stage(ctx context.Context, path string) error {
	if _, err := r.Worktree(ctx, path); err != nil {
		return fmt.Errorf("staging %s: %w", path, err)
	}
	known, err := r.indexEntries(ctx, path)
	if err != nil {
		return fmt.Errorf("staging %s: reading the index: %w", path, err)
	}
	for _, e := range known.Entries {
		if e.AssumeUnchanged { // git add would do nothing, and say nothing
			return fmt.Errorf("staging %s: %w", path, &OverlookedError{Path: path, Flag: "assume-unchanged"})
		}
	}
	_, err = r.ask(ctx, lookupTimeout, "staging is left to git", "add", "--", path)
	if err == nil {
		return nil
	}
	var exit *gitexec.ExitError
	if !errors.As(err, &exit) {
		return fmt.Errorf("staging %s: %w", path, err)
	}
	switch s := exit.Stderr; {
	case strings.Contains(s, "ignored by one of your .gitignore"):
		return fmt.Errorf("staging %s: %w", path, &IgnoredError{Path: path})
	case strings.Contains(s, ".lock': File exists"):
		return fmt.Errorf("staging %s: %w", path, &LockedError{Lock: lockNamed(s, r.loc.IndexFile)})
	case strings.Contains(s, "outside of your sparse-checkout") && !r.sparse(ctx):
		return fmt.Errorf("staging %s: %w", path, &OverlookedError{Path: path, Flag: "skip-worktree"})
	case strings.Contains(s, "outside of your sparse-checkout"), strings.Contains(s, "sparse index entries"):
		return fmt.Errorf("staging %s: it lies outside of the sparse checkout; to bring it in: git sparse-checkout add %s (%w)",
			path, shellQuote(parent(path)), exit)
	case strings.Contains(s, "is in submodule"):
		return fmt.Errorf("staging: %w", submoduleError(path, parent(path), "the index"))
	}
	return fmt.Errorf("staging %s: %w", path, r.unreadable(err, "git add failed"))
}

// sparse tells whether the working tree is a sparse checkout.
func (r *Repo) sparse(ctx context.Context) bool {
	out, err := r.ask(ctx, lookupTimeout, "sparse checkout", "config", "--type=bool", "--default=false", "--get", "core.sparseCheckout")
	return err != nil || strings.TrimSpace(string(out)) == "true"
}

// lockNamed reads the lock's path out of git's message, and derives it when that fails.
func lockNamed(stderr, indexFile string) string {
	if _, rest, ok := strings.Cut(stderr, "Unable to create '"); ok {
		if name, _, ok := strings.Cut(rest, "'"); ok {
			return filepath.FromSlash(name)
		}
	}
	return indexFile + ".lock"
}

// Package gitdir finds the directories of a git repository and reads the little that says how to read the rest.
//
// It does in process what `git rev-parse` does: the environment first (where it speaks of this repository at all, see
// [ReadScope]), then .git folders and files up the tree, linked worktrees, submodules and core.worktree. It refuses to
// guess: a configuration that it cannot read is a *[ConfigError], for which the caller asks git.
package gitdir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

var (
	// ErrNotRepository says that the directory lies in no git repository.
	ErrNotRepository = errors.New("not a git repository")
	// ErrBare says that the repository has no working tree, or that the directory lies inside its git directory.
	ErrBare = errors.New("repository without a working tree here")
)

// ConfigError says that the repository was found but its configuration is not understood here.
type ConfigError struct{ Err error }

// Error says what was not understood.
func (e *ConfigError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *ConfigError) Unwrap() error { return e.Err }

// Location is where everything lies: absolute paths without symbolic links.
type Location struct {
	Root      string // the top of the working tree
	GitDir    string // of a linked worktree: its own
	CommonDir string // shared by all worktrees
	IndexFile string // $GIT_INDEX_FILE when git said so
	Named     bool   // GIT_DIR named the repository, so that git does not ask who owns it
	Config    Config
}

// Locate finds the repository of dir (absolute, without symbolic links). Errors: [ErrNotRepository], [ErrBare], and
// *[ConfigError] together with what is known so far: all but Root and Config.
func Locate(dir string, sc Scope, env func(string) string) (Location, error) {
	at := place{gitDir: sc.GitDir, root: sc.WorkTree}
	loc := Location{Named: sc.GitDir != ""}
	if loc.Named {
		if st, err := os.Stat(at.gitDir); err == nil && !st.IsDir() {
			if at.gitDir, err = followGitFile(at.gitDir); err != nil {
				return loc, err
			}
		}
		if !isGitDir(at.gitDir) {
			return loc, fmt.Errorf("GIT_DIR=%q: %w", at.gitDir, ErrNotRepository)
		}
	} else {
		found, err := discover(dir, ceilingsOf(env))
		if err != nil {
			return loc, err
		}
		at.gitDir = found.gitDir
		if at.root == "" {
			at.root = found.root
		}
	}
	loc.GitDir = Resolved(at.gitDir)
	var err error
	if loc.CommonDir, err = commonDirOf(loc.GitDir); err != nil {
		return loc, err
	}
	if sc.CommonDir != "" {
		loc.CommonDir = Resolved(sc.CommonDir)
	}
	if loc.IndexFile = sc.IndexFile; loc.IndexFile == "" {
		loc.IndexFile = filepath.Join(loc.GitDir, "index")
	}
	if loc.Config, err = readConfig(loc.GitDir, loc.CommonDir); err != nil {
		return loc, &ConfigError{Err: err}
	}
	return loc, loc.settleRoot(dir, sc, at.root)
}

// settleRoot picks the working tree in git's order: GIT_WORK_TREE, core.worktree, then where .git lies, or with GIT_DIR
// the directory that the process was started in.
func (l *Location) settleRoot(dir string, sc Scope, root string) error {
	switch {
	case sc.WorkTree != "":
	case l.Config.Worktree != "":
		root = AbsIn(l.GitDir, l.Config.Worktree)
	case l.Config.Bare:
		return fmt.Errorf("%s: %w", l.GitDir, ErrBare)
	case l.Named:
		cwd, err := os.Getwd()
		if err != nil {
			return fmt.Errorf("finding the working tree of GIT_DIR: %w", err)
		}
		root = cwd
	}
	if root == "" {
		return fmt.Errorf("%s: %w", dir, ErrBare)
	}
	l.Root = Resolved(root)
	if !Within(l.Root, dir) && !l.Named && sc.WorkTree == "" {
		return fmt.Errorf("%s lies in the git directory of %s: %w", dir, l.Root, ErrBare)
	}
	return nil
}

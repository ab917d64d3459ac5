// Package workspace is the project that a command runs in: its settings, its
// repository, its snapshot file, the database they lead to, and the snapshots
// that a question can be asked about. Every caller of a check starts here.
//
// It prints nothing and decides nothing about schemas.
package workspace

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/environ"
	"github.com/schemaguard/schemaguard/internal/gitrepo"
	"github.com/schemaguard/schemaguard/internal/history"
)

// Options say where a workspace is and what it runs in.
type Options struct {
	ConfigFile string                 // read this settings file instead of looking for one
	Flags      map[string]config.Flag // settings from the command line, by key
	Environ    []string               // as os.Environ returns it
	Now        func() time.Time
	// WithoutGit has no repository looked for, of a command that can do without.
	WithoutGit bool
	// Progress says that something is going on, until done is called; nil for
	// nobody to tell.
	Progress func(msg string) (done func())
}

// Workspace is a project that was looked at. It has opened no connection.
type Workspace struct {
	Config *config.Config
	Repo   *gitrepo.Repo // nil outside a git repository
	Path   string        // the snapshot file as git names it; empty outside a repository
	File   string        // the snapshot file on disk, absolute
	Name   string        // the snapshot file as messages name it
	// Incoming are the commits that git is about to merge and has not written down
	// yet, for the hook that it runs in between.
	Incoming []string
	// Moved says that live was just seen to move, so that it most likely differs
	// from what is committed.
	Moved bool

	options Options
	last    content // the committed snapshot, once it was read
}

// UsageError is something that was asked for and does not exist: a snapshot, a
// revision, a folder. Nothing was checked.
type UsageError struct {
	Msg   string
	Hints []string // commands that help
	Err   error    // the cause; may be nil
}

// UnansweredError is something that could not be found out: docker did not
// answer, or knows no such container. Nothing was checked.
type UnansweredError struct{ Err error }

// Error implements error.
func (e *UnansweredError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *UnansweredError) Unwrap() error { return e.Err }

// Error implements error.
func (e *UsageError) Error() string { return e.Msg }

// Unwrap returns the cause.
func (e *UsageError) Unwrap() error { return e.Err }

// Open reads the settings and opens the repository of the working directory. It
// returns *config.Error for settings that cannot be obeyed, and what
// [gitrepo.Open] returns for a repository that cannot be read.
func Open(ctx context.Context, o Options) (*Workspace, error) { return OpenAt(ctx, ".", o) }

// OpenAt is [Open] for the project that a folder lies in.
func OpenAt(ctx context.Context, dir string, o Options) (*Workspace, error) {
	cfg, err := config.Load(config.Options{Dir: dir, File: o.ConfigFile, Environ: o.Environ, Flags: o.Flags})
	if err != nil {
		return nil, err
	}
	w := &Workspace{Config: cfg, File: cfg.Abs(cfg.Snapshot.Path.V), options: o}
	w.Name = Shorten(w.File)
	if o.WithoutGit {
		return w, nil
	}
	w.Repo, err = gitrepo.Open(ctx, filepath.Dir(existing(w.File)), w.getenv)
	switch {
	case errors.Is(err, gitrepo.ErrNotRepository), errors.Is(err, gitrepo.ErrBare):
		w.Repo = nil
		return w, nil
	case err != nil:
		return nil, err
	}
	if w.Path, err = w.Repo.Rel(w.File); err != nil {
		return nil, err
	}
	return w, nil
}

// ReadFile reads the snapshot file on disk. What is no file, such as a folder or a
// pipe that nobody writes to, is a *[UsageError].
func (w *Workspace) ReadFile() ([]byte, error) {
	info, err := os.Stat(w.File)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &UsageError{Msg: w.Name + " is no file, and so no snapshot", Hints: []string{"schemaguard doctor"}}
	}
	return os.ReadFile(w.File)
}

// existing returns the nearest path upwards whose folder exists, so that a
// repository is found for a file that is still to be written.
func existing(path string) string {
	for {
		parent := filepath.Dir(path)
		if _, err := os.Stat(parent); err == nil || parent == path {
			return path
		}
		path = parent
	}
}

// Shorten names a path from the working directory, where that is shorter.
func Shorten(path string) string {
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, path); err == nil && !strings.HasPrefix(rel, "..") {
			return filepath.ToSlash(rel)
		}
	}
	return path
}

func (w *Workspace) getenv(name string) string {
	return environ.Lookup(w.options.Environ, name)
}

// Tracked tells whether git has the snapshot staged.
func (w *Workspace) Tracked(ctx context.Context) bool {
	if w.Repo == nil {
		return false
	}
	_, err := w.Repo.Index(ctx, w.Path)
	return !errors.Is(err, gitrepo.ErrNotTracked) && !errors.Is(err, gitrepo.ErrOutside)
}

// Heads are the commits whose ancestors are the past of the index and the
// worktree: HEAD, and in a merge its other parents; none before the first commit.
func (w *Workspace) Heads(ctx context.Context) []string {
	var past []string
	if head, err := w.Repo.Resolve(ctx, "HEAD"); err == nil {
		past = append(past, head)
	}
	if parents, err := w.Repo.MergeParents(); err == nil {
		past = append(past, parents...)
	}
	return append(past, w.Incoming...)
}

// Joining tells whether git is in the middle of putting commits together: then
// the snapshot file may hold versions of items that nobody had before.
func (w *Workspace) Joining(ctx context.Context) bool {
	if len(w.Incoming) > 0 {
		return true
	}
	switch w.Repo.State(ctx) {
	case gitrepo.StateNone, gitrepo.StateBisect:
		return false
	case gitrepo.StateRebase, gitrepo.StateApply, gitrepo.StateMerge, gitrepo.StateCherryPick, gitrepo.StateRevert:
	}
	return true
}

// History is what git knows of the snapshot file. Repo must not be nil.
func (w *Workspace) History() history.Repository {
	return history.Repository{Repo: w.Repo, Path: w.Path}
}

// stateDir is where this clone keeps what is nobody else's business.
func (w *Workspace) stateDir() string {
	if w.Repo != nil {
		return filepath.Join(w.Repo.CommonDir(), "schemaguard")
	}
	if dir, err := os.UserCacheDir(); err == nil {
		return filepath.Join(dir, "schemaguard")
	}
	return filepath.Join(os.TempDir(), "schemaguard")
}

package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/gitrepo/diskcache"
	"github.com/schemaguard/schemaguard/internal/gitrepo/gitdir"
	"github.com/schemaguard/schemaguard/internal/gitrepo/gitexec"
	"github.com/schemaguard/schemaguard/internal/gitrepo/gitobject"
)

// How long one git command may take: a look-up (or the fetch of one blob in a partial clone), and a walk through the
// whole history.
const (
	lookupTimeout = 15 * time.Second
	walkTimeout   = 2 * time.Minute
)

// cacheBytes bounds each of the two caches below <common dir>/schemaguard.
const cacheBytes = 64 << 20

// Repo is an open repository with a working tree. It is safe for concurrent use; it holds no open file.
type Repo struct {
	dir     string // what relative paths given to Rel start from
	loc     gitdir.Location
	env     func(string) string
	idLen   int              // bytes of an object id: 20, or 32 with SHA-256
	refs    *gitobject.Store // for references; nil: ask the binary
	objects *gitobject.Store // for objects, the same store; nil: ask the binary
	why     string           // why objects is nil
	git     *gitexec.Git     // nil: there is no git binary
	facts   *diskcache.Dir
	walks   *diskcache.Dir
}

// Open opens the repository that dir (absolute, or relative to the process's directory) lies in. env is os.Getenv or a
// stand-in; it is asked for git's own variables, PATH and HOME. Errors: [ErrNotRepository], [ErrBare],
// *[SafeDirectoryError], *[UnsupportedError].
func Open(ctx context.Context, dir string, env func(string) string) (*Repo, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the git repository of %s: %w", gitobject.Printable(dir), err)
	}
	if st, err := os.Stat(abs); err != nil || !st.IsDir() {
		return nil, fmt.Errorf("opening the git repository of %s: no such directory", gitobject.Printable(abs))
	}
	r := &Repo{dir: gitdir.Resolved(abs), env: env, idLen: 20}
	sc, err := gitdir.ReadScope(r.dir, env)
	if err != nil {
		return nil, err
	}
	git, gitErr := gitexec.Find(env)
	if gitErr == nil {
		r.git = git.In(r.dir, sc.Child...)
	}
	if err := r.locate(ctx, sc); err != nil {
		return nil, err
	}
	if r.git != nil {
		r.git = git.In(r.loc.Root, r.childEntries(sc)...)
	}
	if err := r.checkOwner(ctx, sc); err != nil {
		return nil, err
	}
	if err := r.chooseReader(ctx, sc); err != nil {
		return nil, err
	}
	state := filepath.Join(r.loc.CommonDir, "schemaguard")
	r.facts = diskcache.New(filepath.Join(state, "cache"), cacheBytes)
	r.walks = diskcache.New(filepath.Join(state, "history"), cacheBytes)
	return r, nil
}

// Root returns the top of the working tree: absolute, without symbolic links, in the form of this system.
func (r *Repo) Root() string { return r.loc.Root }

// GitDir returns the git directory of this working tree (of a linked worktree: its own).
func (r *Repo) GitDir() string { return r.loc.GitDir }

// CommonDir returns the git directory that all working trees of the repository share.
func (r *Repo) CommonDir() string { return r.loc.CommonDir }

// IndexFile returns the index that is read: $GIT_INDEX_FILE when git said so, else <git dir>/index. A watcher watches it.
func (r *Repo) IndexFile() string { return r.loc.IndexFile }

// InProcess reports whether objects are read without the git binary, and if not, why (for doctor).
func (r *Repo) InProcess() (bool, string) { return r.objects != nil, r.why }

// Cache returns what [Repo.Store] kept under name, whole or not at all.
func (r *Repo) Cache(name string) ([]byte, bool) { return r.facts.Load(name) }

// Store keeps data under name in <common dir>/schemaguard/cache, best effort: an unwritable repository keeps nothing.
// The cache is bounded to 64 MiB, an entry to a quarter of that, and drops what was used longest ago.
func (r *Repo) Store(name string, data []byte) { r.facts.Store(name, data) }

// locate finds the directories. A configuration that is not understood here is asked of git.
func (r *Repo) locate(ctx context.Context, sc gitdir.Scope) error {
	loc, err := gitdir.Locate(r.dir, sc, r.env)
	r.loc = loc
	var cause *gitdir.ConfigError
	if !errors.As(err, &cause) {
		return err
	}
	r.why = cause.Error()
	if r.git == nil {
		return &UnsupportedError{Dir: r.dir, Reason: r.why, Err: gitexec.ErrNoGit}
	}
	out, err := r.git.Run(ctx, lookupTimeout, nil, "rev-parse", "--absolute-git-dir", "--git-common-dir", "--show-object-format", "--show-toplevel")
	if err != nil {
		return r.unreadable(err, r.why)
	}
	lines := strings.Split(strings.TrimRight(string(out), "\n"), "\n")
	if len(lines) != 4 {
		return &UnsupportedError{Dir: r.dir, Reason: r.why, Err: errors.New("unexpected answer of git rev-parse")}
	}
	r.loc.GitDir, r.loc.CommonDir, r.loc.Root = gitdir.Resolved(lines[0]), gitdir.Resolved(gitdir.AbsIn(r.dir, lines[1])), gitdir.Resolved(lines[3])
	r.loc.Config.SHA256 = lines[2] == "sha256"
	return nil
}

// childEntries are what a git that runs in the root needs to find this very repository: where the working tree was named
// apart from it, no .git lies there. Who owns it is judged before, in checkOwner.
func (r *Repo) childEntries(sc gitdir.Scope) []string {
	if _, err := os.Lstat(filepath.Join(r.loc.Root, ".git")); err == nil || r.loc.Named {
		return sc.Child
	}
	return append(sc.Child, "GIT_DIR="+r.loc.GitDir, "GIT_WORK_TREE="+r.loc.Root)
}

// unreadable turns a failed git command into the error that callers know, reason saying why git was asked.
func (r *Repo) unreadable(err error, reason string) error {
	known := classify(err, r.dir)
	if exit, ok := errors.AsType[*gitexec.ExitError](known); ok {
		return &UnsupportedError{Dir: r.dir, Reason: reason, Err: exit}
	}
	return known
}

// checkOwner refuses what git refuses: a repository of another user. With GIT_DIR set git does not look either.
func (r *Repo) checkOwner(ctx context.Context, sc gitdir.Scope) error {
	if r.loc.Named || r.why != "" || gitdir.OwnedByUser(r.env, r.loc.GitDir, r.loc.Root, filepath.Join(r.loc.Root, ".git")) {
		return nil
	}
	if r.git == nil {
		return &SafeDirectoryError{Dir: r.loc.Root}
	}
	// safe.directory may allow it; only git knows its own configuration.
	if _, err := r.git.In(r.dir, sc.Child...).Run(ctx, lookupTimeout, nil, "rev-parse", "--git-dir"); err != nil {
		return r.unreadable(err, "another user owns it")
	}
	return nil
}

// chooseReader decides between go-git's storage and the binary, and proves that the binary can when it has to.
func (r *Repo) chooseReader(ctx context.Context, sc gitdir.Scope) error {
	if r.loc.Config.SHA256 {
		r.idLen = 32
	}
	if r.why == "" {
		r.why = r.loc.Config.Beyond()
	}
	if r.why == "" && sc.ForeignObjects {
		r.why = "an object directory comes from the environment"
	}
	if r.why == "" {
		r.refs = gitobject.Open(r.loc.GitDir, r.loc.CommonDir)
		if r.git != nil {
			r.why = gitobject.Slow(r.loc.CommonDir)
		}
		if r.why == "" {
			r.objects = r.refs
		}
		return nil
	}
	if r.git == nil {
		return &UnsupportedError{Dir: r.loc.Root, Reason: r.why, Err: gitexec.ErrNoGit}
	}
	if _, err := r.git.Run(ctx, lookupTimeout, nil, "rev-parse", "--git-dir"); err != nil {
		return r.unreadable(err, r.why)
	}
	return nil
}

// ask runs the git binary in the root of the working tree; reason says what could not be done without it.
func (r *Repo) ask(ctx context.Context, timeout time.Duration, reason string, args ...string) ([]byte, error) {
	if r.git == nil {
		return nil, &UnsupportedError{Dir: r.loc.Root, Reason: reason, Err: gitexec.ErrNoGit}
	}
	return r.git.Run(ctx, timeout, nil, args...)
}

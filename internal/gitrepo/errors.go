package gitrepo

import (
	"errors"
	"fmt"
	"strings"

	"github.com/schemaguard/schemaguard/internal/gitrepo/gitdir"
	"github.com/schemaguard/schemaguard/internal/gitrepo/gitexec"
	"github.com/schemaguard/schemaguard/internal/gitrepo/gitobject"
)

// What a caller may decide on. Every other error of this package means that the question could not be answered.
var (
	// ErrNotRepository says that the directory lies in no git repository.
	ErrNotRepository = gitdir.ErrNotRepository
	// ErrBare says that the repository has no working tree, or that the directory lies inside its git directory.
	ErrBare = gitdir.ErrBare
	// ErrNotTracked says that the index or the commit does not hold the path.
	ErrNotTracked = errors.New("not tracked by git")
	// ErrUnborn says that HEAD has no commit yet.
	ErrUnborn = errors.New("branch has no commit yet")
	// ErrUnknownRevision says that a revision names no commit of this repository.
	ErrUnknownRevision = errors.New("unknown revision")
	// ErrOutside says that a path does not lie in the working tree.
	ErrOutside = errors.New("outside the working tree")
)

// UnsupportedError says that nothing on this machine can read the repository, or this part of it: go-git for Reason,
// the git binary for Err ([gitexec.ErrNoGit] when there is none).
type UnsupportedError struct {
	Dir    string // the repository
	Reason string // what go-git does not handle
	Err    error  // why the git binary did not either; may be nil
}

// Error names the repository, both reasons and what would help.
func (e *UnsupportedError) Error() string {
	msg := fmt.Sprintf("cannot read the git repository %s: %s", e.Dir, e.Reason)
	if e.Err == nil {
		return msg
	}
	if errors.Is(e.Err, gitexec.ErrNoGit) {
		return msg + ", and there is " + e.Err.Error() + "; install git"
	}
	return msg + ", and git says: " + e.Err.Error()
}

// Unwrap returns why the git binary failed.
func (e *UnsupportedError) Unwrap() error { return e.Err }

// SafeDirectoryError says that git refuses the repository because another user owns it (safe.directory, git 2.35.2).
type SafeDirectoryError struct {
	Dir string // the directory that git wants to see in safe.directory
}

// Error ends with the command that fixes it.
func (e *SafeDirectoryError) Error() string {
	return fmt.Sprintf("git refuses %s, which another user owns; if you trust it: git config --global --add safe.directory %s",
		e.Dir, shellQuote(e.Dir))
}

// UnmergedError says that the index holds the path in conflict. A side that does not have the file is empty.
type UnmergedError struct {
	Path               string
	Base, Ours, Theirs string // blob ids of stages 1, 2 and 3
}

// Error ends with the command that fixes it.
func (e *UnmergedError) Error() string {
	return fmt.Sprintf("%s is unmerged; resolve the conflict, then: git add -- %s", e.Path, shellQuote(e.Path))
}

// NotFileError says that git or the working tree holds something else than a regular file at the path. A symbolic
// link is refused rather than followed: git versions the name it points to, not the content that would be judged.
type NotFileError struct {
	Path string
	What string // "a symbolic link", "a submodule", "a directory", "a special file"
	At   string // "the index", "the working tree" or a commit id
}

// Error names the path, what it is, and where.
func (e *NotFileError) Error() string {
	msg := fmt.Sprintf("%s is %s in %s, not a file", e.Path, e.What, e.At)
	if e.What == "a symbolic link" {
		return msg + "; name the file that it points to"
	}
	return msg
}

// IgnoredError says that git ignores the path, so that it was not staged.
type IgnoredError struct{ Path string }

// Error ends with the command that shows which rule ignores it.
func (e *IgnoredError) Error() string {
	return fmt.Sprintf("%s is ignored by git; to see by which rule: git check-ignore -v -- %s", e.Path, shellQuote(e.Path))
}

// OverlookedError says that git was told to overlook changes of a file, so that it was not staged.
type OverlookedError struct{ Path, Flag string } // the flag of git update-index: "assume-unchanged" or "skip-worktree"

// Error ends with the command that undoes it.
func (e *OverlookedError) Error() string {
	return fmt.Sprintf("git overlooks changes of %s (%s); to undo: git update-index --no-%s -- %s", e.Path, e.Flag, e.Flag, shellQuote(e.Path))
}

// LockedError says that another git process holds the index, or left its lock behind.
type LockedError struct{ Lock string }

// Error names the lock file and what to do.
func (e *LockedError) Error() string {
	return fmt.Sprintf("another git process holds %s; wait for it, or if none runs: rm %s", e.Lock, shellQuote(e.Lock))
}

// MissingError says that the working tree has no such file.
type MissingError struct {
	Path   string
	Sparse bool // tracked, but left out of this sparse checkout
}

// Error ends with the command that fixes it, where there is one.
func (e *MissingError) Error() string {
	if e.Sparse {
		return fmt.Sprintf("%s is left out of this sparse checkout; to bring it in: git sparse-checkout add -- %s",
			e.Path, shellQuote(parent(e.Path)))
	}
	return e.Path + " does not exist in the working tree"
}

// classify recognises git's own words; LC_ALL=C keeps them English.
func classify(err error, dir string) error {
	var exit *gitexec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	s := exit.Stderr
	switch {
	case strings.Contains(s, "dubious ownership"), strings.Contains(s, "unsafe repository"):
		if _, rest, ok := strings.Cut(s, "safe.directory "); ok { // git's own fix names the directory as it wants it
			word, _, _ := strings.Cut(strings.TrimSpace(rest), "  ")
			if word = strings.Trim(word, "'"); word != "" {
				dir = word
			}
		}
		return &SafeDirectoryError{Dir: dir}
	case strings.Contains(s, "not a git repository"):
		return fmt.Errorf("%s: %w", dir, ErrNotRepository)
	case strings.Contains(s, "must be run in a work tree"):
		return fmt.Errorf("%s: %w", dir, ErrBare)
	}
	return err
}

// shellQuote makes a word that a POSIX shell reads as s, so that a printed command can be pasted. Control characters
// are not representable and become '?'.
func shellQuote(s string) string {
	s = gitobject.Printable(s)
	safe := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+@%,:", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !safe(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

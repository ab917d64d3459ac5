package gitdir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// place is where a repository was found. root is empty when the search ended inside a git directory.
type place struct {
	gitDir string
	root   string
}

// discover walks up from dir as git does: a .git folder or .git file, else dir itself being a git directory. dir is
// absolute and free of symbolic links. The error is ErrNotRepository, or says what a broken .git file points to.
func discover(dir string, ceilings []string) (place, error) {
	for d := dir; ; {
		dot := filepath.Join(d, ".git")
		st, err := os.Stat(dot)
		switch {
		case err == nil && st.IsDir():
			if isGitDir(dot) {
				return place{gitDir: dot, root: d}, nil
			}
		case err == nil:
			gitDir, err := followGitFile(dot)
			if err != nil {
				return place{}, err
			}
			return place{gitDir: gitDir, root: d}, nil
		case !errors.Is(err, fs.ErrNotExist):
			return place{}, fmt.Errorf("looking for a git repository: %w", err)
		}
		if isGitDir(d) {
			return place{gitDir: d}, nil
		}
		up := filepath.Dir(d)
		if up == d || contains(ceilings, up) {
			return place{}, fmt.Errorf("%s: %w", dir, ErrNotRepository)
		}
		d = up
	}
}

// isGitDir mirrors setup.c, is_git_directory: HEAD, and either its own objects and refs or a link to the common ones.
func isGitDir(d string) bool {
	if _, err := os.Lstat(filepath.Join(d, "HEAD")); err != nil {
		return false
	}
	if _, err := os.Stat(filepath.Join(d, "commondir")); err == nil {
		return true
	}
	for _, sub := range []string{"objects", "refs"} {
		if st, err := os.Stat(filepath.Join(d, sub)); err != nil || !st.IsDir() {
			return false
		}
	}
	return true
}

// followGitFile reads a ".git" file of a linked worktree or submodule: "gitdir: PATH", relative to the file.
func followGitFile(file string) (string, error) {
	data, err := ReadSmall(file)
	if err != nil {
		return "", fmt.Errorf("reading a git link: %w", err)
	}
	target, ok := strings.CutPrefix(string(data), "gitdir: ")
	target = strings.TrimRight(target, "\r\n")
	if !ok || target == "" {
		return "", fmt.Errorf("%s is no git link: %w", file, ErrNotRepository)
	}
	target = AbsIn(filepath.Dir(file), target)
	if !isGitDir(target) {
		return "", fmt.Errorf("%s points to %s, which is gone; if the repository was moved, run there: git worktree repair (%w)",
			file, target, ErrNotRepository)
	}
	return Resolved(target), nil
}

// commonDirOf returns the directory that all worktrees of gitDir's repository share.
func commonDirOf(gitDir string) (string, error) {
	data, err := ReadSmall(filepath.Join(gitDir, "commondir"))
	if errors.Is(err, fs.ErrNotExist) {
		return gitDir, nil
	}
	if err != nil {
		return "", fmt.Errorf("reading commondir: %w", err)
	}
	return Resolved(AbsIn(gitDir, strings.TrimRight(string(data), "\r\n"))), nil
}

func contains(list []string, s string) bool {
	return slices.Contains(list, s)
}

// AbsIn returns p as seen from base.
func AbsIn(base, p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(base, p)
}

// Resolved returns p without symbolic links, or cleaned when that fails.
func Resolved(p string) string {
	if r, err := filepath.EvalSymlinks(p); err == nil {
		return r
	}
	return filepath.Clean(p)
}

package gitrepo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/schemaguard/schemaguard/internal/gitrepo/gitdir"
	"github.com/schemaguard/schemaguard/internal/gitrepo/gitobject"
)

// Rel turns a path as a user writes it (absolute, or relative to the directory given to [Open]) into the form that the
// other methods take: slash-separated and relative to [Repo.Root]. Symbolic links among the directories are followed,
// the last component is not; with core.ignoreCase the spelling on disk wins. The file need not exist. The error wraps
// [ErrOutside].
func (r *Repo) Rel(p string) (string, error) {
	if p == "" || strings.ContainsRune(p, 0) {
		return "", fmt.Errorf("%q is no path: %w", p, ErrOutside)
	}
	abs := gitdir.AbsIn(r.dir, filepath.FromSlash(p))
	abs = filepath.Join(resolveExisting(filepath.Dir(abs)), filepath.Base(abs))
	if !gitdir.Within(r.loc.Root, abs) || abs == r.loc.Root {
		return "", fmt.Errorf("%s is %w %s", gitobject.Printable(p), ErrOutside, gitobject.Printable(r.loc.Root))
	}
	if gitdir.Within(r.loc.GitDir, abs) || gitdir.Within(r.loc.CommonDir, abs) {
		return "", fmt.Errorf("%s lies in the git directory: %w", gitobject.Printable(p), ErrOutside)
	}
	rel, err := filepath.Rel(r.loc.Root, abs)
	if err != nil {
		return "", fmt.Errorf("%s: %w", gitobject.Printable(p), ErrOutside)
	}
	if r.loc.Config.IgnoreCase {
		rel = onDiskCase(r.loc.Root, rel)
	}
	return filepath.ToSlash(rel), nil
}

// resolveExisting resolves the symbolic links of the longest part of dir that exists.
func resolveExisting(dir string) string {
	rest := ""
	for d := dir; ; {
		real, err := filepath.EvalSymlinks(d)
		if err == nil {
			return filepath.Join(real, rest)
		}
		up := filepath.Dir(d)
		if up == d || !errors.Is(err, fs.ErrNotExist) {
			return dir
		}
		rest = filepath.Join(filepath.Base(d), rest)
		d = up
	}
}

// onDiskCase replaces each component that exists only in another letter case by its spelling on disk.
func onDiskCase(root, rel string) string {
	parts := strings.Split(rel, string(filepath.Separator))
	dir := root
	for i, want := range parts {
		entries, err := os.ReadDir(dir)
		if err != nil {
			break
		}
		folded := want
		for _, e := range entries {
			if e.Name() == want {
				folded = want
				break
			}
			if strings.EqualFold(e.Name(), want) {
				folded = e.Name()
			}
		}
		parts[i] = folded
		dir = filepath.Join(dir, folded)
	}
	return filepath.Join(parts...)
}

// checkPath refuses what is not a path as Rel returns it.
func checkPath(p string) error {
	if p == "" || strings.ContainsRune(p, 0) || path.IsAbs(p) || path.Clean(p) != p || p == "." || p == ".." ||
		strings.HasPrefix(p, "../") {
		return fmt.Errorf("%q is no path below the working tree: %w", p, ErrOutside)
	}
	return nil
}

func parent(p string) string { return path.Dir(p) }

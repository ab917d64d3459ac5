// Package project looks at a folder and says what kind of Directus project it is:
// where its snapshots, db-init folders, compose files and package.json are, which
// version of Directus they name, and which settings "schemaguard init" would write.
//
// It reads and guesses; what it finds is a proposal with its place, for a person
// or a stronger source to confirm. It refuses to run anything, to follow symbolic
// links out of the folder, and to look into node_modules beyond one version.
package project

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const (
	maxDepth   = 5      // folders below the root
	maxEntries = 20_000 // files and folders looked at; a huge monorepo ends there
	maxFile    = 32 << 20
)

// A Project is what was found. All paths are relative to Root, with slashes.
type Project struct {
	Root      string // absolute
	GitRoot   string // absolute, "" outside of git
	Snapshots []Snapshot
	DBInit    []string // folders with numbered SQL files
	EnvFiles  []string
	Compose   []string // compose files, without overrides
	Packages  []Package
	// Truncated says that the folder was too large to be looked at as a whole.
	Truncated bool
}

// numberedSQL is a file of db-init: 001_extensions.sql.
var numberedSQL = regexp.MustCompile(`^[0-9]+[_-].*\.sql$`)

// Look walks root. Unreadable folders are passed over; the only error is a root
// that cannot be read at all.
func Look(root string) (*Project, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	// A root that is a link is meant; links inside are not followed.
	if root, err = filepath.EvalSymlinks(root); err != nil {
		return nil, err
	}
	if _, err := os.ReadDir(root); err != nil {
		return nil, err
	}
	p := &Project{Root: root, GitRoot: gitRoot(root)}
	seen := 0
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if seen++; seen > maxEntries {
			p.Truncated = true
			return fs.SkipAll
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return nil //nolint:nilerr // what cannot be named from the root is passed over
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel != "." && (skipped(d.Name()) || strings.Count(rel, "/") >= maxDepth) {
				return fs.SkipDir
			}
			return nil
		}
		if d.Type().IsRegular() {
			p.file(rel, name)
		}
		return nil
	})
	p.rank()
	return p, err
}

// skipped folders hold nothing of a project's own.
func skipped(name string) bool {
	switch name {
	case "node_modules", ".git", "vendor", "dist", "build", "coverage", "uploads", ".cache", ".pnpm-store", ".next", ".nuxt":
		return true
	}
	return false
}

// file sorts one file in.
func (p *Project) file(rel, name string) {
	base := path.Base(rel)
	switch {
	case base == "package.json":
		if pkg, ok := readPackage(p.Root, rel); ok {
			p.Packages = append(p.Packages, pkg)
		}
	case slices.Contains([]string{"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"}, base):
		p.Compose = append(p.Compose, rel)
	case base == ".env":
		p.EnvFiles = append(p.EnvFiles, rel)
	case numberedSQL.MatchString(base):
		if dir := path.Dir(rel); !slices.Contains(p.DBInit, dir) {
			p.DBInit = append(p.DBInit, dir)
		}
	case slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(path.Ext(base))):
		if s, ok := readSnapshot(name); ok {
			s.Path = rel
			p.Snapshots = append(p.Snapshots, s)
		}
	}
}

// rank puts the likeliest first.
func (p *Project) rank() {
	byDepth := func(a, b string) int {
		return strings.Count(a, "/") - strings.Count(b, "/")
	}
	slices.SortStableFunc(p.Snapshots, func(a, b Snapshot) int {
		if d := a.cost() - b.cost(); d != 0 {
			return d
		}
		return strings.Compare(a.Path, b.Path)
	})
	slices.SortStableFunc(p.DBInit, func(a, b string) int {
		if d := initCost(a) - initCost(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	slices.SortStableFunc(p.Compose, byDepth)
	slices.SortStableFunc(p.EnvFiles, byDepth)
	slices.SortStableFunc(p.Packages, func(a, b Package) int {
		if (a.Directus != nil) != (b.Directus != nil) {
			if a.Directus != nil {
				return -1
			}
			return 1
		}
		return byDepth(a.Path, b.Path)
	})
}

func initCost(dir string) int {
	cost := strings.Count(dir, "/")
	if base := path.Base(dir); base != "db-init" {
		cost += 2
		if !strings.Contains(base, "init") {
			cost += 10 // other numbered SQL: somebody's migrations
		}
	}
	return cost
}

// gitRoot is the top of the repository that dir is in.
func gitRoot(dir string) string {
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return at
		}
		if at == filepath.Dir(at) {
			return ""
		}
	}
}

package project

import (
	"encoding/json"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/plainfile"
)

// A Package is a package.json.
type Package struct {
	Path     string
	Directus *Dependency // nil when it does not depend on directus
	Scripts  []Script    // those that take a snapshot
	Manager  string      // "pnpm", "yarn", "bun" or "npm", by the lock file
}

// A Dependency is what a package.json asks for, and what its lock file settled.
type Dependency struct {
	Wanted  string // as written: "^11.0.0"
	Version string // exact, "" when nothing settles it
	Source  string // "package.json", or the lock file, or the installed package
}

// A Script is an entry of scripts that runs "directus schema snapshot".
type Script struct {
	Name    string
	Command string // what to run: "pnpm run schema:snapshot"
	Output  string // the file it writes, relative to the package's folder; "" unknown
}

// PackagesAt returns the packages that concern Directus in the root, and in the
// folders below it that are given (absolute, or relative to root) and in theirs,
// the deepest first. It walks nothing, so that every check can afford it. A folder
// outside of the root is passed over.
func PackagesAt(root string, folders ...string) []Package {
	var dirs []string
	for _, folder := range append(folders, root) {
		if filepath.IsAbs(folder) {
			rel, err := filepath.Rel(root, folder)
			if err != nil {
				continue
			}
			folder = rel
		}
		folder = path.Clean(filepath.ToSlash(folder))
		if folder == ".." || strings.HasPrefix(folder, "../") || path.IsAbs(folder) {
			continue
		}
		upwards(folder, func(at string) bool {
			if !slices.Contains(dirs, at) {
				dirs = append(dirs, at)
			}
			return false
		})
	}
	slices.SortStableFunc(dirs, func(a, b string) int { return depth(b) - depth(a) })
	var out []Package
	for _, dir := range dirs {
		if p, ok := readPackage(root, path.Join(dir, "package.json")); ok {
			out = append(out, p)
		}
	}
	return out
}

// depth is how many folders below the root a folder is.
func depth(dir string) int {
	if dir == "." {
		return 0
	}
	return 1 + strings.Count(dir, "/")
}

// readPackage reads a package.json; ok is false for one that says nothing of
// Directus.
func readPackage(root, rel string) (Package, bool) {
	p := Package{Path: rel}
	data, err := plainfile.Read(filepath.Join(root, filepath.FromSlash(rel)), maxFile)
	if err != nil {
		return p, false
	}
	var file struct {
		Dependencies    map[string]string `json:"dependencies"`
		DevDependencies map[string]string `json:"devDependencies"`
		Scripts         map[string]string `json:"scripts"`
		PackageManager  string            `json:"packageManager"`
	}
	if json.Unmarshal(data, &file) != nil {
		return p, false
	}
	dir := path.Dir(rel)
	p.Manager, _, _ = strings.Cut(file.PackageManager, "@")
	if !slices.Contains([]string{"npm", "pnpm", "yarn", "bun"}, p.Manager) {
		p.Manager = managerOf(root, dir)
	}
	wanted, ok := file.Dependencies["directus"]
	if !ok {
		wanted, ok = file.DevDependencies["directus"]
	}
	if ok {
		p.Directus = settle(root, dir, wanted)
	}
	for name, line := range file.Scripts {
		if s, ok := snapshotScript(p.Manager, name, line); ok {
			p.Scripts = append(p.Scripts, s)
		}
	}
	slices.SortFunc(p.Scripts, func(a, b Script) int { return strings.Compare(a.Name, b.Name) })
	return p, p.Directus != nil || len(p.Scripts) > 0
}

var (
	snapshotCommand = regexp.MustCompile(`\bdirectus\s+schema\s+snapshot\b([^&|;]*)`)
	scriptName      = regexp.MustCompile(`^[A-Za-z0-9:._-]+$`)
)

func snapshotScript(manager, name, line string) (Script, bool) {
	m := snapshotCommand.FindStringSubmatch(line)
	if m == nil || !scriptName.MatchString(name) {
		return Script{}, false
	}
	s := Script{Name: name, Command: manager + " run " + name}
	for word := range strings.FieldsSeq(m[1]) {
		if ext := path.Ext(word); !strings.HasPrefix(word, "-") && (ext == ".yaml" || ext == ".yml" || ext == ".json") {
			s.Output = path.Clean(strings.Trim(word, `"'`))
		}
	}
	return s, true
}

// exactVersion reports whether s is one version and no range.
func exactVersion(s string) bool {
	return exact.MatchString(s)
}

var exact = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$`)

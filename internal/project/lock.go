package project

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/schemaguard/schemaguard/internal/plainfile"
)

// lock is a lock file and how directus is found in it. The files have up to
// hundreds of thousands of lines, so they are searched and not parsed.
type lock struct {
	name    string
	manager string
	find    func(text, dir string) string // dir is the package's folder below the lock file's
}

func locks() []lock {
	return []lock{
		{"pnpm-lock.yaml", "pnpm", findPnpm},
		{"yarn.lock", "yarn", findYarn},
		{"bun.lock", "bun", findBun},
		{"package-lock.json", "npm", findNpm},
		{"npm-shrinkwrap.json", "npm", findNpm},
	}
}

// upwards calls do for dir and every folder above it up to the root, until it
// returns true. Folders are relative to the root.
func upwards(dir string, do func(at string) bool) {
	for at := path.Clean(dir); ; at = path.Dir(at) {
		if do(at) || at == "." || at == "/" {
			return
		}
	}
}

// managerOf tells the package manager by the nearest lock file.
func managerOf(root, dir string) string {
	manager := "npm"
	upwards(dir, func(at string) bool {
		for _, l := range locks() {
			if info, err := os.Stat(filepath.Join(root, filepath.FromSlash(at), l.name)); err == nil && info.Mode().IsRegular() {
				manager = l.manager
				return true
			}
		}
		return false
	})
	return manager
}

// settle finds the exact version behind what a package.json asks for.
func settle(root, dir, wanted string) *Dependency {
	d := &Dependency{Wanted: wanted}
	if v := strings.TrimPrefix(strings.TrimSpace(wanted), "="); exactVersion(v) {
		d.Version, d.Source = v, path.Join(dir, "package.json")
		return d
	}
	upwards(dir, func(at string) bool {
		for _, l := range locks() {
			data, err := plainfile.Read(filepath.Join(root, filepath.FromSlash(at), l.name), maxFile)
			if err != nil {
				continue
			}
			below := strings.TrimPrefix(strings.TrimPrefix(dir, at), "/")
			if at == "." {
				below = strings.TrimPrefix(dir, ".")
			}
			if v := l.find(string(data), below); exactVersion(v) {
				d.Version, d.Source = v, path.Join(at, l.name)
				return true
			}
		}
		return false
	})
	if d.Version != "" {
		return d
	}
	upwards(dir, func(at string) bool {
		installed := path.Join(at, "node_modules/directus/package.json")
		data, err := plainfile.Read(filepath.Join(root, filepath.FromSlash(installed)), maxFile)
		var pkg struct{ Version string }
		if err == nil && json.Unmarshal(data, &pkg) == nil && exactVersion(pkg.Version) {
			d.Version, d.Source = pkg.Version, installed
			return true
		}
		return false
	})
	return d
}

var jsonVersion = regexp.MustCompile(`^\s*\{[^{}]*?"version"\s*:\s*"([^"]*)"`)

// findNpm looks for the installed package nearest to dir.
func findNpm(text, dir string) string {
	keys := []string{`"node_modules/directus":`, `"directus":`}
	if dir != "" {
		keys = append([]string{`"` + dir + `/node_modules/directus":`}, keys...)
	}
	for _, key := range keys {
		for rest := text; ; {
			i := strings.Index(rest, key)
			if i < 0 {
				break
			}
			rest = rest[i+len(key):]
			if m := jsonVersion.FindStringSubmatch(rest[:min(len(rest), 4096)]); m != nil {
				return m[1]
			}
		}
	}
	return ""
}

// findPnpm follows the keys by their indentation: importers, the package's
// folder, dependencies, directus, version; older files lack the first two.
func findPnpm(text, dir string) string {
	if dir == "" {
		dir = "."
	}
	type level struct {
		indent int
		key    string
	}
	var stack []level
	found := ""
	for line := range strings.SplitSeq(text, "\n") {
		trimmed := strings.TrimLeft(line, " ")
		key, value, ok := strings.Cut(strings.TrimRight(trimmed, "\r "), ":")
		if !ok || strings.HasPrefix(key, "#") || strings.HasPrefix(key, "-") {
			continue
		}
		indent := len(line) - len(trimmed)
		for len(stack) > 0 && stack[len(stack)-1].indent >= indent {
			stack = stack[:len(stack)-1]
		}
		key, value = unquote(key), unquote(strings.TrimSpace(value))
		if indent == 0 && (key == "packages" || key == "snapshots") {
			break // everything after is about the packages themselves
		}
		stack = append(stack, level{indent, key})
		if value == "" || len(stack) > 5 {
			continue
		}
		var keys []string
		for _, l := range stack {
			keys = append(keys, l.key)
		}
		at := strings.Join(keys, "\x00")
		at = strings.TrimPrefix(at, "importers\x00"+dir+"\x00")
		for _, kind := range []string{"dependencies", "devDependencies"} {
			if at == kind+"\x00directus\x00version" || at == kind+"\x00directus" {
				found, _, _ = strings.Cut(value, "(") // peers: 11.17.4(react@18)
				found, _, _ = strings.Cut(found, "_") // and in old files 9.0.0_react
				return found
			}
		}
	}
	return found
}

func unquote(s string) string {
	if len(s) > 1 && (s[0] == '\'' || s[0] == '"') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

var (
	yarnEntry = regexp.MustCompile(`(?m)^"?(?:[^"\n]*, )?directus@[^\n]*:\r?\n((?:[ \t]+[^\n]*\n)+)`)
	yarnValue = regexp.MustCompile(`(?m)^[ \t]+version:?[ \t]+"?([^"\s]+)"?`)
	bunEntry  = regexp.MustCompile(`"directus"\s*:\s*\[\s*"directus@([^"]+)"`)
)

func findYarn(text, _ string) string {
	for _, m := range yarnEntry.FindAllStringSubmatch(text+"\n", -1) {
		if v := yarnValue.FindStringSubmatch(m[1]); v != nil {
			return v[1]
		}
	}
	return ""
}

func findBun(text, _ string) string {
	if m := bunEntry.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

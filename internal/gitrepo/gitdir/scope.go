package gitdir

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Scope is what the environment says about the repository that is being opened. Git exports these to its hooks; a
// program that opens another repository from a hook has to forget them, or it reads one repository's index with
// another's objects. All paths are absolute.
type Scope struct {
	GitDir, WorkTree, CommonDir, IndexFile string   // empty when not said
	ForeignObjects                         bool     // an object directory comes from the environment (quarantine)
	Child                                  []string // entries ("KEY=value") for the git binary
}

// ReadScope returns the environment's words for dir. They bind when dir is the directory this process was started in,
// as for git; from elsewhere only when they speak of the very repository that dir lies in.
func ReadScope(dir string, env func(string) string) (Scope, error) {
	ties := []string{
		"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
		"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_SHALLOW_FILE", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT",
	}
	tied := false
	for _, k := range ties {
		tied = tied || env(k) != ""
	}
	if !tied {
		return Scope{}, nil
	}
	cwd, err := os.Getwd()
	if err != nil {
		return Scope{}, fmt.Errorf("resolving GIT_DIR and GIT_INDEX_FILE: %w", err)
	}
	cwd = Resolved(cwd)
	var sc Scope
	path := func(key string) string {
		v := env(key)
		if v == "" {
			return ""
		}
		v = AbsIn(cwd, v)
		sc.Child = append(sc.Child, key+"="+v)
		return v
	}
	sc.GitDir, sc.WorkTree, sc.CommonDir = path("GIT_DIR"), path("GIT_WORK_TREE"), path("GIT_COMMON_DIR")
	sc.IndexFile = path("GIT_INDEX_FILE")
	path("GIT_SHALLOW_FILE")
	sc.ForeignObjects = path("GIT_OBJECT_DIRECTORY") != ""
	if v := env("GIT_ALTERNATE_OBJECT_DIRECTORIES"); v != "" {
		sc.ForeignObjects = true
		list := filepath.SplitList(v)
		for i := range list {
			list[i] = AbsIn(cwd, list[i])
		}
		sc.Child = append(sc.Child, "GIT_ALTERNATE_OBJECT_DIRECTORIES="+strings.Join(list, string(filepath.ListSeparator)))
	}
	sc.Child = append(sc.Child, configEntries(env)...)
	if dir != cwd && !sc.speaksOf(dir, cwd, env) {
		return Scope{}, nil
	}
	return sc, nil
}

// configEntries carries `git -c key=value` on to a child.
func configEntries(env func(string) string) []string {
	var out []string
	keep := func(key string) {
		if v := env(key); v != "" {
			out = append(out, key+"="+v)
		}
	}
	keep("GIT_CONFIG_PARAMETERS")
	n, err := strconv.Atoi(env("GIT_CONFIG_COUNT"))
	if err != nil || n <= 0 || n > 1000 {
		return out
	}
	keep("GIT_CONFIG_COUNT")
	for i := range n {
		keep("GIT_CONFIG_KEY_" + strconv.Itoa(i))
		out = append(out, fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, env("GIT_CONFIG_VALUE_"+strconv.Itoa(i))))
	}
	return out
}

// speaksOf reports whether the repository that the environment ties to cwd is the one that dir lies in.
func (sc Scope) speaksOf(dir, cwd string, env func(string) string) bool {
	ceilings := ceilingsOf(env)
	here, err := discover(dir, ceilings)
	if err != nil {
		return sc.GitDir != "" && sc.WorkTree != "" && Within(Resolved(sc.WorkTree), dir)
	}
	theirs := sc.GitDir
	if theirs == "" {
		p, err := discover(cwd, ceilings)
		if err != nil {
			return false
		}
		theirs = p.gitDir
	}
	return sameDir(here.gitDir, theirs)
}

func ceilingsOf(env func(string) string) []string {
	var out []string
	for _, c := range filepath.SplitList(env("GIT_CEILING_DIRECTORIES")) {
		if filepath.IsAbs(c) {
			out = append(out, Resolved(c))
		}
	}
	return out
}

func sameDir(a, b string) bool {
	sa, errA := os.Stat(a)
	sb, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(sa, sb)
}

// Within reports whether p is root or lies below it; both are absolute and free of symbolic links.
func Within(root, p string) bool {
	return p == root || strings.HasPrefix(p, strings.TrimSuffix(root, string(filepath.Separator))+string(filepath.Separator))
}

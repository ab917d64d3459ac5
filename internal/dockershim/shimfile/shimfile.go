// Package shimfile puts the shims of docker into place, takes them away again, and says what each of them
// covers and whether it is in effect.
//
// It changes what is its own: a folder of scripts, and one entry in the list of plugin directories of
// docker's configuration file. It refuses to edit the start-up files of a shell (it says the line), to
// overwrite or remove what it did not write, and to know what a shim does when it is called.
package shimfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/atomicfile"
	"github.com/schemaguard/schemaguard/internal/dockershim"
)

// Kind is a way to stand in front of docker.
type Kind string

// The kinds.
const (
	Path     Kind = "path"     // programs called docker, docker-compose and podman, in a folder that comes first on PATH
	Plugin   Kind = "plugin"   // docker's compose plugin, through cliPluginsExtraDirs
	Function Kind = "function" // functions of an interactive shell
)

// Kinds returns the kinds, the one that covers most first.
func Kinds() []Kind { return []Kind{Path, Plugin, Function} }

// ParseKind reads the name of a kind.
func ParseKind(s string) (Kind, error) {
	if k := Kind(s); slices.Contains(Kinds(), k) {
		return k, nil
	}
	return "", fmt.Errorf("unknown way to stand in front of docker %q; there are: path, plugin, function", s)
}

// Site is where shims are put.
type Site struct {
	Program string // absolute path under which this program is found again; empty where there is none
	Home    string // of the user
	Env     func(string) string
	Windows bool
}

// Outcome is what was done, and what the user has to do now, a line each; what can be pasted stands
// alone in its line.
type Outcome struct {
	Done []string
	Next []string
}

// errNoProgram is returned where scripts would point to a program that is about to vanish.
var errNoProgram = errors.New("this schemaguard runs from a place where it does not stay; install it first: go install github.com/schemaguard/schemaguard/cmd/schemaguard@latest")

// Install puts a shim into place, or brings it up to date. Doing so again changes nothing.
func (s Site) Install(k Kind) (Outcome, error) {
	if s.Program == "" {
		return Outcome{}, errNoProgram
	}
	switch k {
	case Path:
		return s.installPath()
	case Plugin:
		return s.installPlugin()
	case Function:
		shell := s.shell()
		text, err := s.FunctionText(shell.name)
		if err != nil {
			return Outcome{}, err
		}
		return Outcome{Next: append([]string{"add to " + shell.file + ":"}, strings.Split(strings.TrimSuffix(text, "\n"), "\n")...)}, nil
	}
	return Outcome{}, fmt.Errorf("installing a shim: unknown kind %q", k)
}

// Uninstall takes a shim away. What others wrote stays; doing so again changes nothing.
func (s Site) Uninstall(k Kind) (Outcome, error) {
	switch k {
	case Path:
		return s.uninstallPath()
	case Plugin:
		return s.uninstallPlugin()
	case Function:
		var out Outcome
		for _, file := range s.mentions(dockershim.Verb) {
			out.Next = append(out.Next, "remove the functions that call "+dockershim.Verb+" from "+file)
		}
		return out, nil
	}
	return Outcome{}, fmt.Errorf("removing a shim: unknown kind %q", k)
}

// folder is where what is ours lives.
func (s Site) folder(name string) string {
	base := filepath.Join(s.Home, ".local", "share")
	if s.Windows {
		base = filepath.Join(s.Home, "AppData", "Local")
		if dir := s.Env("LOCALAPPDATA"); dir != "" {
			base = dir
		}
	} else if dir := s.Env("XDG_DATA_HOME"); filepath.IsAbs(dir) { // a relative one is to be ignored, says the standard
		base = dir
	}
	return filepath.Join(base, "schemaguard", name)
}

// PathFolder is the folder that is to come first on PATH.
func (s Site) PathFolder() string { return s.folder("shims") }

// file is the path of a shim in a folder.
func (s Site) file(folder, name string) string {
	if s.Windows {
		name += ".exe"
	}
	return filepath.Join(folder, name)
}

// put writes a shim, and reports whether that changed anything.
func (s Site) put(path, role string) (bool, error) {
	if err := s.mayWrite(path); err != nil {
		return false, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return false, fmt.Errorf("making the folder of a shim: %w", err)
	}
	data := []byte(script(s.Program, role))
	if s.Windows { // which runs no scripts without an extension: the program knows its role by its name
		var err error
		if data, err = os.ReadFile(s.Program); err != nil {
			return false, fmt.Errorf("reading this program: %w", err)
		}
	}
	changed, err := atomicfile.Write(path, data, 0o755)
	if err != nil {
		return false, fmt.Errorf("writing a shim: %w", err)
	}
	return changed, nil
}

// mayWrite tells a file apart that somebody else put there. On Windows an older version of this program is
// no longer known as one; there the folder says whose it is.
func (s Site) mayWrite(path string) error {
	if _, err := os.Lstat(path); err != nil || s.Windows || dockershim.Ours(path, s.Program) {
		return nil //nolint:nilerr // what is not there can be written
	}
	return fmt.Errorf("%s is not schemaguard's; move it away: mv %[1]s %[1]s.old", path)
}

// take removes a shim if it is one, and reports whether it did.
func (s Site) take(path string) (bool, error) {
	if _, err := os.Lstat(path); err != nil || s.mayWrite(path) != nil {
		return false, nil //nolint:nilerr // what is not there, or not ours, stays as it is
	}
	if err := os.Remove(path); err != nil {
		return false, fmt.Errorf("removing a shim: %w", err)
	}
	return true, nil
}

// tidy removes a folder of ours where it is empty, and the one above it.
func tidy(folder string) {
	if os.Remove(folder) == nil {
		_ = os.Remove(filepath.Dir(folder)) // fails where something else is in it
	}
}

// script is a shim. It refuses to run docker where the guard is gone: who wanted one must learn of that.
func script(program, role string) string {
	return "#!/bin/sh\n" +
		"# Put here by `schemaguard docker install`; `schemaguard docker uninstall` takes it away.\n" +
		"program=" + quoted(program) + "\n" +
		"if [ ! -x \"$program\" ]; then\n" +
		"\techo \"schemaguard: $program is gone, so docker was not run; install it again, or remove $0\" >&2\n" +
		"\texit 127\n" +
		"fi\n" +
		"exec \"$program\" " + dockershim.Verb + " " + role + " \"$@\"\n"
}

// quoted is a text as one word of a POSIX shell, and of fish if it has no backslash.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

package dockershim

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dockershim/cliconfig"
)

// NotFoundError says that there is no program to hand a call on to.
type NotFoundError struct {
	Program string
	Plugin  bool
	Denied  string // a file that would be it, but may not be executed
	Skipped int    // how many were found that are schemaguard itself
}

// Error implements error.
func (e *NotFoundError) Error() string {
	name, where := e.Program, "on PATH"
	if e.Plugin {
		name, where = "docker's compose plugin", "in docker's plugin directories"
	}
	switch {
	case e.Denied != "":
		return fmt.Sprintf("%s: %s may not be executed", name, e.Denied)
	case e.Skipped > 0:
		return fmt.Sprintf("%s: only schemaguard itself stands for it %s", name, where)
	}
	return fmt.Sprintf("%s: not found %s", name, where)
}

// Next returns the path of the program that a call is to be handed on to, as it stands on PATH (not
// resolved: what a link is called can matter to what it leads to). self is the path of this program,
// whose links, copies and scripts are passed over. The error is a *NotFoundError.
func Next(program, self string, env func(string) string) (string, error) {
	return Call{Program: program}.next(self, env)
}

// NextPlugin is Next for docker's compose plugin. args are docker's words, which may name another
// configuration directory.
func NextPlugin(args []string, self string, env func(string) string) (string, error) {
	return Call{Program: "docker-compose", Plugin: true, Args: args}.next(self, env)
}

func (c Call) next(self string, env func(string) string) (string, error) {
	dirs := filepath.SplitList(env("PATH"))
	if c.Plugin {
		dirs = PluginDirs(c.configDir(env))
	}
	mine, visited := identify(self), c.visited(env)
	missing := &NotFoundError{Program: c.Program, Plugin: c.Plugin}
	for _, dir := range dirs {
		if dir == "" {
			dir = "." // as shells take an empty part of PATH
		}
		for _, path := range spellings(filepath.Join(dir, c.Program), env) {
			info, err := os.Stat(path)
			switch {
			case err != nil || info.IsDir():
			case mine.is(path, info) || slices.Contains(visited, path):
				missing.Skipped++
			case !executable(info):
				missing.Denied = path
			default:
				return withSeparator(path), nil
			}
		}
	}
	return "", missing
}

// withSeparator keeps a path from being looked up on PATH again.
func withSeparator(path string) string {
	if strings.ContainsAny(path, separators) {
		return path
	}
	return "." + string(filepath.Separator) + path
}

// configDir is docker's configuration directory: --config, else DOCKER_CONFIG, else ~/.docker.
// https://github.com/docker/cli/blob/v28.5.1/cli/config/config.go (Dir)
func (c Call) configDir(env func(string) string) string {
	if env(pluginCall) != "" {
		globals := c.Command(env).Globals
		for i, word := range slices.Backward(globals) {
			if value, ok := strings.CutPrefix(word, "--config="); ok {
				return value
			}
			if word == "--config" && i+1 < len(globals) {
				return globals[i+1]
			}
		}
	}
	return cliconfig.Dir(env)
}

// PluginDirs are the directories in which docker looks for its plugins, the first that has one winning:
// those of the configuration file, the user's, the system's.
// https://github.com/docker/cli/blob/v28.5.1/cli-plugins/manager/manager.go (getPluginDirs)
func PluginDirs(configDir string) []string {
	var dirs []string
	// A file that cannot be read is none to docker either, which warns and goes on.
	if data, err := os.ReadFile(filepath.Join(configDir, cliconfig.FileName)); err == nil {
		dirs, _ = cliconfig.Dirs(data)
	}
	return slices.Concat(dirs, []string{filepath.Join(configDir, "cli-plugins")}, systemPluginDirs())
}

// identity recognises this program in other places.
type identity struct {
	path string
	info fs.FileInfo // nil when even this program cannot be found any more
}

func identify(self string) identity {
	info, err := os.Stat(self)
	if err != nil {
		info = nil
	}
	return identity{self, info}
}

// maxScript is how long a script of ours can be, in bytes.
const maxScript = 4096

// is tells whether the file at path is this program or calls it: the same file through links of any kind,
// a script, or a copy. Another version's copy is not seen; Mark keeps it from coming round.
func (me identity) is(path string, info fs.FileInfo) bool {
	if me.info != nil && os.SameFile(me.info, info) {
		return true
	}
	if info.Size() <= maxScript {
		data, err := os.ReadFile(path)
		return err == nil && isScript(data)
	}
	if me.info == nil || info.Size() != me.info.Size() {
		return false
	}
	a, errA := os.ReadFile(me.path)
	b, errB := os.ReadFile(path)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}

// Ours tells whether the file at path stands for this program, which is at self: the same file, a copy of
// it, or a script that calls it by Verb.
func Ours(path, self string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && identify(self).is(path, info)
}

// isScript tells whether data is a script that calls this program by Verb.
func isScript(data []byte) bool {
	return bytes.HasPrefix(data, []byte("#!")) && bytes.Contains(data, []byte(" "+Verb+" "))
}

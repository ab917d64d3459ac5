// Package dockershim stands in the place of docker, docker-compose and podman on PATH, and of docker's
// compose plugin, and hands each call on to the program that it stands in front of.
//
// A wrapped docker is docker: on Unix the process becomes the real program, with the same words, streams,
// terminal, signals and exit code. What cannot start a container is handed on before any file is read:
//
//	if call, ok := dockershim.Called(os.Args, os.Getenv); ok {
//		if !call.Passes(os.Getenv) {
//			... ask the guard, which may refuse ...
//		}
//		return call.Run(dockershim.System())
//	}
//
// It refuses to decide what is dangerous (internal/dockercmd reads the words, its caller judges), and it
// never runs itself: not through a link, a copy, a script or another installation.
package dockershim

import (
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dockercmd"
)

// Verb is the word by which the scripts that stand on PATH call this program:
// `schemaguard docker-shim docker ARGS...`.
const Verb = "docker-shim"

// PluginRole is the word after Verb by which the script calls this program that stands in front of
// docker's compose plugin. The other roles are the names of the programs.
const PluginRole = "compose-plugin"

// Programs are the programs that can be stood in front of, by their names on PATH.
func Programs() []string { return []string{"docker", "docker-compose", "podman"} }

// Words of docker's plugin protocol.
// https://github.com/docker/cli/blob/v28.5.1/cli-plugins/metadata/metadata.go
const (
	metadataCall = "docker-cli-plugin-metadata"
	pluginCall   = "DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND" // set for each run of a plugin but the metadata call
)

// Call is one run of this program in the place of another.
type Call struct {
	Program string   // docker, docker-compose or podman
	Plugin  bool     // stands in front of docker's plugin docker-compose; Program is docker-compose
	Args    []string // the words after the program's name; those of a plugin are docker's, `--context x compose up`
}

// Called tells whether a process with the words argv (the program's name first) was called in the place
// of another program, and as which: by its own name, as through a link named docker, or by Verb.
func Called(argv []string, env func(string) string) (Call, bool) {
	if len(argv) == 0 {
		return Call{}, false
	}
	if name := baseName(argv[0]); slices.Contains(Programs(), name) {
		c := Call{Program: name, Args: argv[1:]}
		c.Plugin = name == "docker-compose" && (env(pluginCall) != "" || c.isMetadata())
		return c, true
	}
	if len(argv) < 3 || argv[1] != Verb {
		return Call{}, false
	}
	c := Call{Program: argv[2], Args: argv[3:]}
	if c.Program == PluginRole {
		c.Program, c.Plugin = "docker-compose", true
	}
	return c, slices.Contains(Programs(), c.Program)
}

// baseName is the name of a program without folder and .exe, on Windows in any case of letters.
func baseName(path string) string {
	name := path[strings.LastIndexAny(path, separators)+1:]
	if windows {
		name = strings.TrimSuffix(strings.ToLower(name), ".exe")
	}
	return name
}

// Command reads the words of the call.
func (c Call) Command(env func(string) string) dockercmd.Command {
	return dockercmd.Parse(dockercmd.Invocation{Program: c.Program, Args: c.Args, Env: env})
}

// Passes tells whether nobody has to be asked before the call is handed on: its words can neither start a
// container, apply a schema in one, nor change what a later start does or finds, docker only asks the plugin what it is, or a
// guard before this one has decided on just these words (see Mark). It costs microseconds and reads no file.
func (c Call) Passes(env func(string) string) bool {
	return c.isMetadata() || c.decided(env) || harmless(c.Command(env))
}

// harmless tells a command that only reads. What runs inside a container that runs already boots nothing,
// but may be the very schema apply that a boot would do.
func harmless(c dockercmd.Command) bool {
	return c.Help || c.DryRun || c.Kind == dockercmd.ReadOnly && c.Volumes.Scope == dockercmd.NoVolumes && !c.AppliesSchema()
}

// isMetadata tells the call by which docker asks a plugin for its name and version.
func (c Call) isMetadata() bool {
	return c.Program == "docker-compose" && len(c.Args) > 0 && c.Args[0] == metadataCall
}

// language is the program whose words the call has: docker hands its own to a plugin.
func (c Call) language(env func(string) string) string {
	if c.Plugin && env(pluginCall) != "" {
		return "docker"
	}
	return c.Program
}

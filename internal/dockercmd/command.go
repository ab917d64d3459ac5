// Package dockercmd reads a docker, docker compose, docker-compose or podman command line and says what
// the command can do to running services: nothing, make a later start differ, delete volumes, or start
// containers; which ones are named, in which direction it spreads to others, and with which flags the
// same daemon and the same compose project are asked.
//
// It is pure: it runs nothing, reads no file and asks no daemon, so it knows the words of the command and
// not which containers they hit. What it does not know it calls a possible boot, never harmless. The
// behaviour of each verb was measured with docker 28.2, Compose 2.40.3, 5.6.0 and 1.29.2, and podman 4.3.
package dockercmd

import (
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dockercmd/argv"
)

// Kind is the gravest thing that a command can do.
type Kind int

// The kinds, gravest last. What is less grave can be part of the graver: Command.Volumes also tells what
// a command deletes that may boot.
const (
	ReadOnly     Kind = iota // changes no container, image or volume that a service uses
	Arms                     // starts nothing, but what the next start reads can differ, or is due
	LosesVolumes             // deletes volumes
	MayBoot                  // starts, restarts or creates a container and starts it
)

// Family says whose verbs a command uses.
type Family int

// The families.
const (
	Engine  Family = iota // docker or podman containers, images, volumes
	Compose               // services of a compose project
	Swarm                 // services, stacks and nodes of a swarm
)

// Object says what the Targets of a command name.
type Object int

// The objects.
const (
	Nothing       Object = iota
	Containers           // names, IDs or prefixes of IDs
	Services             // of the compose project
	SwarmServices        // of the swarm
	Stacks
	Nodes
	Pods  // of podman
	Files // Kubernetes manifests that podman runs
)

// Effect is what happens to a container.
type Effect int

// The effects.
const (
	None      Effect = iota
	Starts           // started if it is stopped, as it is
	Restarts         // stopped and started again, as it is; a stopped one is started when it is a target
	Fills            // started as it is if stopped, created if missing, never recreated (up --no-recreate)
	Converges        // started if stopped, recreated if its image or configuration changed, created if missing
	Recreates        // replaced by a new container, which is started
	Creates          // a new container is started beside what there is (run)
	Replaces         // recreated if changed, but left stopped (create, up --no-start)
	Stops            // stopped or removed; nothing starts
)

// FromContainer tells whether the effect can start the container that exists, with the files inside it.
func (e Effect) FromContainer() bool {
	return e == Starts || e == Restarts || e == Fills || e == Converges
}

// FromImage tells whether the effect can start a new container, with the files of the image that the
// name points to at that moment.
func (e Effect) FromImage() bool {
	return e == Fills || e == Converges || e == Recreates || e == Creates
}

// Version tells versions of Compose apart whose verbs do different things.
type Version int

// The versions. AnyVersion takes the words as every version would, and of what they do the most.
const (
	AnyVersion Version = iota
	V1                 // docker-compose 1.x, in Python
	V2                 // Compose 2 and later, in Go
)

// Invocation is a command line as it was typed, with what of the environment docker reads.
type Invocation struct {
	Program string              // path or name: docker, docker-compose, podman, podman-compose
	Args    []string            // the words after it
	Env     func(string) string // looks up an environment variable; nil is an empty environment
	Version Version             // of docker-compose, where the caller knows it; `docker compose` is V2
}

// Command is what a command line means.
type Command struct {
	Program    string   // as in the invocation
	Args       []string // as in the invocation
	Engine     string   // the program that answers questions about containers: docker or podman
	Family     Family
	Podman     bool // podman or podman-compose
	Standalone bool // docker-compose or podman-compose, not `docker compose`
	Version    Version
	Verb       string // canonical, "restart" of compose, "container restart" of the engine; "" where there is none
	Kind       Kind
	Unknown    []string // verbs and flags that are not known, without values; a boot-capable verb with one hits All

	Object  Object
	Targets []string // as named; after a MayBoot verb none and not All is a command that docker refuses
	All     bool     // everything that the project, or the daemon for the Engine, has

	Effect       Effect // on the targets
	Dependencies Effect // on the services that the targets depend on, as deep as it goes
	Dependents   Effect // on the services whose depends_on a target says restart: true
	Siblings     Effect // on other services of the same image (watch rebuilds it and replaces them too)
	Cascades     bool   // services within reach are restarted as well when one that they depend on with restart: true is recreated

	Images  []string // of run and create: the one to start; else what is built, pulled, tagged, loaded or removed
	Words   []string // the command that is run inside the container, of run, create and exec
	Scales  []Scale
	Volumes Loss
	Flags   Flags // of the verb, placed in Args

	Globals []string // words of the command line that choose the daemon, to be repeated in own queries
	Daemon  Daemon
	Project Project // of Compose
	Help    bool    // prints a usage only
	DryRun  bool    // compose --dry-run: does nothing

	at int // index of the word after the verb
}

// Scale is a wished number of containers of a service. N is -1 where the number cannot be read.
type Scale struct {
	Service string
	N       int
}

// Scope says which volumes a command deletes.
type Scope int

// The scopes.
const (
	NoVolumes      Scope = iota
	NamedVolumes         // those in Loss.Names
	TargetVolumes        // the anonymous volumes of the targets, and of what else is recreated with them
	ProjectVolumes       // the project's volumes that are not external, and the anonymous ones of the targets
	UnusedVolumes        // every anonymous volume of the daemon that no container uses; see Loss.Named
	AllVolumes           // every volume of the daemon
)

// Loss is the volumes that a command deletes.
type Loss struct {
	Scope Scope
	Names []string
	Named bool // of UnusedVolumes: those with a name too. Engines before 23 (API 1.42) always take them too
}

// Flags are the flags of a verb by their long names, without dashes.
type Flags []argv.Flag

// On tells whether a switch is on: given, and not as --flag=false in its last mention.
func (f Flags) On(name string) bool { return argv.On(f, name) }

// Values returns the values of a flag that can be given several times, in order.
func (f Flags) Values(name string) []string { return argv.Values(f, name) }

// AppliesSchema tells whether the command given to run inside the container, of run, create and exec, is a
// `schema apply` that is no dry run. The entrypoint of the container may do so in any case.
func (c Command) AppliesSchema() bool {
	words := strings.FieldsFunc(strings.Join(c.Words, " "), func(r rune) bool { return strings.ContainsRune(" \t\n;&|'\"()", r) })
	for i, w := range words[:max(0, len(words)-1)] {
		if w == "schema" && words[i+1] == "apply" && !slices.Contains(words[i:], "--dry-run") {
			return true
		}
	}
	return false
}

// Value returns the last value of a flag and whether it was given.
func (f Flags) Value(name string) (string, bool) {
	all := f.Values(name)
	if len(all) == 0 {
		return "", false
	}
	return all[len(all)-1], true
}

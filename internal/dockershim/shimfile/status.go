package shimfile

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dockershim"
	"github.com/schemaguard/schemaguard/internal/dockershim/cliconfig"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// Effect is whether a shim is reached.
type Effect string

// The effects.
const (
	InEffect    Effect = "in effect"
	Partly      Effect = "partly in effect"
	NotInEffect Effect = "not in effect"
	NotKnown    Effect = "not known" // a program cannot see the functions of the shell that started it
)

// Program is one program that there is.
type Program struct {
	Name    string `json:"name"`
	Runs    string `json:"runs"`   // what the name leads to
	Behind  string `json:"behind"` // what runs in the end
	Guarded bool   `json:"guarded"`
}

// State is how it stands with one kind of shim.
type State struct {
	Kind      Kind      `json:"kind"`
	Installed bool      `json:"installed"`
	Effect    Effect    `json:"effect"`
	Programs  []Program `json:"programs"`
	Problems  []string  `json:"problems"`
	Next      []string  `json:"next"` // as in Outcome
	Covers    []string  `json:"covers"`
	Misses    []string  `json:"misses"`
}

// covers and misses were measured for each kind.
var (
	covers = map[Kind][]string{
		Path: {
			"docker, docker compose, docker-compose and podman by name: in a shell, in scripts, sh -c, make, and programs that look on PATH",
		},
		Plugin: {
			"docker compose in all its forms, whoever runs it as this user: also by /usr/bin/docker, with another PATH or none, with -H and --context",
		},
		Function: {"docker, docker compose, docker-compose and podman as typed into an interactive shell"},
	}
	misses = map[Kind][]string{
		Path: {
			"a docker called by its path (/usr/bin/docker), or from where PATH is another: cron, systemd, env -i, and sudo, which sets its own",
		},
		Plugin: {
			"docker restart, start and run; docker-compose; podman; the plugin's file run directly",
			"another home (sudo, other users), another DOCKER_CONFIG or --config",
		},
		Function: {"scripts, make, sh -c, env docker, sudo docker, editors: everything that is not typed"},
	}
	missedByAll = []string{"programs that speak to the engine themselves (Portainer, editors), restart policies, the start of the engine or the machine, swarm"}
)

// Status tells how it stands with every kind.
func (s Site) Status() []State {
	var all []State
	for _, k := range Kinds() {
		var st State
		switch k {
		case Path:
			st = s.pathState()
		case Plugin:
			st = s.pluginState()
		case Function:
			st = s.functionState()
		}
		st.Kind, st.Covers, st.Misses = k, covers[k], slices.Concat(misses[k], missedByAll)
		all = append(all, st)
	}
	return all
}

func (s Site) pathState() State {
	st := State{Effect: NotInEffect, Programs: s.programs()}
	guarded := 0
	for _, p := range st.Programs {
		path := s.file(s.PathFolder(), p.Name)
		problem := s.problem(path, p.Name)
		st.Installed = st.Installed || dockershim.Ours(path, s.Program)
		if p.Guarded {
			guarded++
		} else if st.Installed && problem == "" {
			problem = p.Name + " leads to " + p.Runs + ", which comes before " + s.PathFolder() + " on PATH"
		}
		if problem != "" && (st.Installed || p.Guarded) {
			st.Problems = append(st.Problems, problem)
		}
	}
	switch {
	case len(st.Programs) == 0:
		st.Problems = append(st.Problems, "no docker, docker-compose or podman is on PATH")
	case guarded == len(st.Programs):
		st.Effect = InEffect
	case guarded > 0:
		st.Effect = Partly
	}
	switch shell := s.shell(); {
	case st.Effect == InEffect && len(st.Problems) == 0:
	case st.Installed && len(s.outdated()) == 0:
		st.Next = []string{"add as the last line of " + shell.file + ", then open a new shell:", shell.line}
	case len(st.Programs) > 0:
		st.Next = []string{"schemaguard docker install path"}
	}
	return st
}

// outdated are the programs whose shim is missing, or calls another schemaguard.
func (s Site) outdated() []string {
	var names []string
	for _, p := range s.programs() {
		if s.problem(s.file(s.PathFolder(), p.Name), p.Name) != "" {
			names = append(names, p.Name)
		}
	}
	return names
}

// problem is what is wrong with a shim; empty where nothing is.
func (s Site) problem(path, role string) string {
	data, err := os.ReadFile(path)
	switch {
	case err != nil:
		return path + " is missing"
	case s.Windows && !dockershim.Ours(path, s.Program), !s.Windows && string(data) != script(s.Program, role):
		return path + " calls another schemaguard, or is changed"
	case !s.runnable(path):
		return path + " may not be executed"
	}
	return ""
}

func (s Site) pluginState() State {
	st := State{Effect: NotInEffect}
	path := s.file(s.PluginFolder(), "docker-compose")
	behind, err := s.behindPlugin()
	if err != nil {
		st.Problems = append(st.Problems, err.Error())
		return st
	}
	p := Program{Name: "docker compose", Runs: behind, Behind: behind}
	for _, dir := range dockershim.PluginDirs(s.configDir()) {
		if found := s.file(dir, "docker-compose"); fileThere(found) { // docker takes the first, whatever it is
			p.Runs, p.Guarded = found, dockershim.Ours(found, s.Program)
			break
		}
	}
	if p.Guarded {
		st.Effect = InEffect
	}
	data, err := s.readConfig()
	if err != nil {
		st.Problems = append(st.Problems, err.Error())
	}
	dirs, err := cliconfig.Dirs(data)
	if data != nil && err != nil {
		st.Problems = append(st.Problems, err.Error()+" ("+s.configFile()+")")
	}
	listed := slices.Contains(dirs, s.PluginFolder())
	st.Programs, st.Installed = []Program{p}, listed && dockershim.Ours(path, s.Program)
	if problem := s.problem(path, dockershim.PluginRole); problem != "" && (listed || dockershim.Ours(path, s.Program)) {
		st.Problems = append(st.Problems, problem)
	}
	if st.Effect != InEffect || len(st.Problems) > 0 {
		st.Next = []string{"schemaguard docker install plugin"}
	}
	return st
}

func fileThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (s Site) functionState() State {
	files := s.mentions(dockershim.Verb)
	st := State{Installed: len(files) > 0, Effect: NotInEffect}
	if st.Installed {
		st.Effect = NotKnown
		st.Next = []string{"in the shell itself: type docker"}
	}
	return st
}

// Write prints states for a person.
func Write(w io.Writer, states []State) {
	for i, st := range states {
		if i > 0 {
			fmt.Fprintln(w)
		}
		installed := "not installed"
		if st.Installed {
			installed = "installed"
		}
		fmt.Fprintf(w, "%s: %s, %s\n", st.Kind, installed, st.Effect)
		for _, p := range st.Programs {
			line := p.Name + " is " + p.Runs
			if p.Guarded {
				line += ", then " + p.Behind
			}
			item(w, "runs", line)
		}
		for _, list := range []struct {
			name  string
			lines []string
		}{{"problem", st.Problems}, {"covers", st.Covers}, {"misses", st.Misses}, {"next", st.Next}} {
			for _, line := range list.lines {
				item(w, list.name, line)
			}
		}
	}
}

func item(w io.Writer, name, line string) {
	fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("  %-8s %s", name, terminal.Clean(line)), " "))
}

// WriteOutcome prints what was done.
func WriteOutcome(w io.Writer, out Outcome) {
	for _, line := range out.Done {
		fmt.Fprintln(w, terminal.Clean(line))
	}
	for _, line := range out.Next {
		fmt.Fprintln(w, terminal.Clean(line))
	}
	if len(out.Done)+len(out.Next) == 0 {
		fmt.Fprintln(w, "nothing to do")
	}
}

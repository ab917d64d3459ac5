//go:build docker

package docker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/dockerguard"
	"github.com/schemaguard/schemaguard/test/docker/lab"
)

// prediction is what the guard says of a command before it runs; the names are those of its JSON.
type prediction struct {
	SchemaVersion int    `json:"schema_version"`
	Kind          string `json:"kind"`
	Decision      string `json:"decision"`
	Reason        string `json:"reason"`
	Targets       []target
	Volumes       []struct {
		Name, Project string
		Database      bool
	}
}

// target is a container that the guard thinks of.
type target struct {
	Container, ID, Project, Service string
	Directus                        bool
	Boots                           string
	Sources                         []source
}

// source is where the guard says that a snapshot comes from.
type source struct{ Kind, Detail, Path, SHA256 string }

// program is the schemaguard of this tree, or the one that SCHEMAGUARD_PROGRAM names.
var program = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("SCHEMAGUARD_PROGRAM"); path != "" {
		return path, nil
	}
	dir, err := os.MkdirTemp("", "schemaguard-program")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "schemaguard")
	if out, err := exec.Command("go", "build", "-o", path, "../../cmd/schemaguard").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program: %w: %s", err, out)
	}
	return path, nil
})

// errNoGuard is what a program gives that has no docker guard.
var errNoGuard = errors.New("the program does not predict: schemaguard docker --explain --json prints no JSON")

// predict asks the guard about a command, which it must not run.
func predict(ctx context.Context, engine *lab.Engine, in invocation) (prediction, error) {
	ask := explain
	if in.argv[0] == "docker-compose" {
		ask = decide
	}
	text, code, err := ask(ctx, engine, in)
	if err != nil {
		return prediction{}, err
	}
	var p prediction
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return p, fmt.Errorf("%w: exit code %d: %w", errNoGuard, code, err)
	}
	if p.SchemaVersion != 1 {
		return p, fmt.Errorf("the prediction has the schema_version %d", p.SchemaVersion)
	}
	want := map[string]int{"pass": 0, "warn": 0, "refuse": 2, "not-run": 3}
	if wanted, ok := want[p.Decision]; !ok || wanted != code {
		return p, fmt.Errorf("decision %q came with the exit code %d", p.Decision, code)
	}
	return p, nil
}

// explain asks the program.
func explain(ctx context.Context, engine *lab.Engine, in invocation) (text string, code int, err error) {
	path, err := program()
	if err != nil {
		return "", 0, err
	}
	argv := append([]string{path, "docker", "--explain", "--json"}, in.argv[1:]...)
	if in.stdin != "" {
		argv = append([]string{"sh", "-c", `in=$1; shift; exec "$@" <"$in"`, "sh", in.stdin}, argv...)
	}
	res, err := engine.Run(ctx, in.dir, in.env, argv...)
	return res.Stdout, res.Code, err
}

// decide asks the package, of docker-compose version 1: the program guards it, but explains only what is
// typed as docker.
func decide(ctx context.Context, engine *lab.Engine, in invocation) (text string, code int, err error) {
	environ := append(engine.Env(), in.env...)
	lookup := func(name string) string {
		for _, entry := range slices.Backward(environ) {
			if value, ok := strings.CutPrefix(entry, name+"="); ok {
				return value
			}
		}
		return ""
	}
	command := dockercmd.Parse(dockercmd.Invocation{Program: in.argv[0], Args: in.argv[1:], Env: lookup})
	d, err := dockerguard.Decide(ctx, dockerguard.Request{Command: command, Environ: environ, Dir: in.dir, Now: time.Now})
	if err != nil {
		return "", 0, err
	}
	var out bytes.Buffer
	err = d.ExplainJSON(&out)
	return out.String(), d.ExitCode(), err
}

// agree compares a prediction with what started, and returns the differences: a start that was not
// predicted, or from another source; a predicted one that did not happen.
func agree(p prediction, project string, r row, boots []lab.Boot) []string {
	var wrong []string
	honest := strings.Fields(r.maybe)
	for _, tg := range p.Targets {
		if tg.Boots == "maybe" && !slices.Contains(honest, strings.TrimPrefix(tg.Service, project+"_")) && !tg.unmade() {
			wrong = append(wrong, fmt.Sprintf("maybe is no honest answer for %s %s", tg.Service, tg.Container))
		}
	}
	open := parse(r.want)
	met := make([]bool, len(p.Targets))
	for _, b := range boots {
		kind := "" // stays so for what is no Directus, of which the guard need not speak
		if i := slices.IndexFunc(open, func(w started) bool { return w.is(b) }); i >= 0 {
			kind = open[i].kind
			open = slices.Delete(open, i, i+1)
		}
		switch i := p.foresee(b, met); {
		case i >= 0:
			met[i] = true
			if kind != "" {
				wrong = append(wrong, p.Targets[i].foresaw(b, kind)...)
			}
		case kind != "":
			wrong = append(wrong, fmt.Sprintf("missed: %s (%s) started", label(b), b.Name))
		}
	}
	for i, tg := range p.Targets {
		if tg.Boots == "yes" && !met[i] {
			wrong = append(wrong, fmt.Sprintf("false alarm: %s %s did not start", tg.Service, tg.Container))
		}
	}
	return wrong
}

// foresee returns the target that a start is, and that is not met by another: one that foresaw what it
// read before one that did not; -1: none.
func (p prediction) foresee(b lab.Boot, met []bool) int {
	best := -1
	for i, tg := range p.Targets {
		if tg.Boots == "no" || met[i] || !tg.is(b) {
			continue
		}
		if slices.ContainsFunc(tg.Sources, func(s source) bool { return s.SHA256 == b.SHA256 }) {
			return i
		}
		if best < 0 {
			best = i
		}
	}
	return best
}

// agreeOnVolumes likewise compares the volumes of databases. That a volume without a name is left behind
// unused may be called a loss.
func agreeOnVolumes(p prediction, project string, gone, unused []string) []string {
	var wrong, said []string
	for _, v := range p.Volumes {
		name := v.Name
		if v.Project == project && !strings.HasPrefix(name, project+"_") && len(name) < 64 {
			name = project + "_" + name
		}
		if v.Database {
			said = append(said, name)
		}
	}
	for _, name := range gone {
		if !slices.Contains(said, name) {
			wrong = append(wrong, "missed: volume "+name+" is gone")
		}
	}
	for _, name := range said {
		if !slices.Contains(gone, name) && !slices.Contains(unused, name) {
			wrong = append(wrong, "false alarm: volume "+name+" is still there")
		}
	}
	return wrong
}

// is tells whether a start can be that of a target.
func (tg target) is(b lab.Boot) bool {
	switch {
	case tg.ID != "" && strings.HasPrefix(b.ID, tg.ID):
		return true
	case tg.Container != "" && tg.Container == b.Name:
		return true
	case tg.Container != "" && tg.Service == "":
		return false
	}
	return tg.Service == b.Service
}

// unmade tells whether the guard can know only after a build or a pull, which comes first and which
// --explain does not do.
func (tg target) unmade() bool {
	return slices.ContainsFunc(tg.Sources, func(s source) bool { return s.later() })
}

// later tells whether a source is not known before it is made.
func (s source) later() bool { return s.SHA256 == "" && (s.Kind == "build" || s.Kind == "pull") }

// foresaw tells what is wrong about the sources of a Directus that started.
func (tg target) foresaw(b lab.Boot, kind string) []string {
	var wrong []string
	if !tg.Directus {
		wrong = append(wrong, fmt.Sprintf("%s was not taken for a Directus", b.Name))
	}
	for _, s := range tg.Sources {
		if s.Kind == kind && (s.later() || s.SHA256 == b.SHA256) {
			if s.Detail == "" {
				wrong = append(wrong, fmt.Sprintf("%s: a source of kind %s has no detail", b.Name, s.Kind))
			}
			return wrong
		}
	}
	return append(wrong, fmt.Sprintf("%s read %s of the %s, predicted %+v", b.Name, snapshotName(b.SHA256), kind, tg.Sources))
}

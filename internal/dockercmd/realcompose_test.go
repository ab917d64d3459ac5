//go:build docker

package dockercmd

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fakeFile is the compose file of the fake project: web needs D, D needs db and restarts with it.
const fakeFile = `services:
  db: {image: img}
  D: {image: img, depends_on: {db: {condition: service_started, restart: true}}}
  web: {image: img, depends_on: [D]}
`

// reach is which services of the fake project a command can start.
func reach(c Command) []string {
	if c.Kind != MayBoot {
		return nil
	}
	dependencies := map[string][]string{"web": {"D", "db"}, "D": {"db"}}
	dependents := map[string][]string{"db": {"D"}}
	services := c.Targets
	if c.All {
		services = fakeProject
	}
	for _, s := range slices.Clone(services) {
		if c.Dependencies != None {
			services = append(services, dependencies[s]...)
		}
		if c.Dependents != None {
			services = append(services, dependents[s]...)
		}
	}
	for _, s := range c.Scales {
		if s.N == 0 {
			services = slices.DeleteFunc(slices.Clone(services), func(name string) bool { return name == s.Service })
		}
	}
	services = slices.Sorted(slices.Values(services))
	return slices.Compact(services)
}

// started is which services the real compose has started.
func started(asked []string) []string {
	var services []string
	for _, a := range asked {
		p, _, _ := strings.Cut(a, "?")
		s := strings.Split(p, "/")
		if last := s[len(s)-1]; s[0] == "POST " && s[1] == "containers" && (last == "start" || last == "restart") {
			service, _, _ := strings.Cut(s[2], "-")
			services = append(services, service)
		}
	}
	slices.Sort(services)
	return slices.Compact(services)
}

// TestTheRealCompose holds the decisions on compose against what the real one asks of an engine whose
// containers of the project are all stopped and made from another configuration. Which services it starts
// must be exactly those that were said to be within reach.
func TestTheRealCompose(t *testing.T) {
	t.Parallel()
	if err := exec.CommandContext(t.Context(), "docker", "compose", "version").Run(); err != nil {
		t.Skip("needs docker with the compose plugin")
	}
	engine, host := startEngine(t)
	dir := workdir(t)
	compared, boots := 0, 0
	for _, line := range rows(t, "docker compose ") {
		in := invocation(line)
		c := Parse(in)
		args := in.Args
		switch i := slices.Index(args, "up"); {
		case c.Verb == "watch" || c.Flags.On("watch") || len(c.Flags.Values("attach")) > 0 || c.Flags.On("abort-on-container-exit"):
			continue // stays in the foreground
		case slices.Contains([]string{"attach", "events", "logs", "stats", "exec", "wait", "build", "pull", "push", "publish", "commit", "bridge", "export"}, c.Verb):
			continue // about the streams or images of the fake
		case c.Project.Stdin:
			continue
		case i > 0 && !c.Flags.On("detach") && !c.Help:
			args = slices.Insert(slices.Clone(args), i+1, "--detach")
		case c.Verb == "run" && !c.Flags.On("detach") && !c.Help:
			args = slices.Insert(slices.Clone(args), slices.Index(args, "run")+1, "--detach")
		}
		asked, out := real(t, dir, host, engine, "docker", args)
		compared++
		got, want := started(asked), reach(c)
		if len(got) > 0 {
			boots++
		}
		if len(got) == 0 && (len(c.Unknown) > 0 || refused(out)) {
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: services (-said +started):\n%s\nasked %q\n%s", line, diff, asked, out[:min(len(out), 400)])
		}
	}
	t.Logf("%d rows, %d of them start services", compared, boots)
	if boots < 40 || compared-boots < 40 {
		t.Errorf("%d of %d rows start services", boots, compared)
	}
}

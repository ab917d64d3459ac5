//go:build docker

package dockercmd

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fakeFile is the compose file of the fake project: web needs D, D needs db and restarts with it.
const fakeFile = `services:
  db: {image: img}
  D: {image: img, depends_on: {db: {condition: service_started, restart: true}}}
  web: {image: img, depends_on: [D]}
`

// reach is which services of the fake project a command can start, and in which ways.
func reach(c Command, dependents map[string][]string) map[string][]Effect {
	effects := map[string][]Effect{}
	if c.Kind != MayBoot {
		return effects
	}
	dependencies := map[string][]string{"web": {"D", "db"}, "D": {"db"}}
	services := c.Targets
	if c.All {
		services = fakeProject
	}
	for _, s := range services {
		effects[s] = append(effects[s], c.Effect)
		for _, d := range dependencies[s] {
			effects[d] = append(effects[d], c.Dependencies)
		}
		for _, d := range dependents[s] {
			effects[d] = append(effects[d], c.Dependents)
		}
	}
	for s, list := range effects {
		effects[s] = slices.DeleteFunc(list, func(e Effect) bool { return e == None })
		if len(effects[s]) == 0 {
			delete(effects, s)
		}
	}
	for _, s := range c.Scales {
		if s.N == 0 {
			delete(effects, s.Service)
		}
	}
	return effects
}

// started is which services the real compose has started, with whether it was the old container or a new one.
func started(asked []string) map[string][]string {
	services := map[string][]string{}
	for _, a := range asked {
		p, _, _ := strings.Cut(a, "?")
		s := strings.Split(p, "/")
		if last := s[len(s)-1]; s[0] == "POST " && s[1] == "containers" && (last == "start" || last == "restart") {
			id := strings.Split(s[2], "-")
			services[id[0]] = append(services[id[0]], id[1])
		}
	}
	return services
}

// agree tells whether services were started that were said to be, all of them, and from where it was said.
func agree(said map[string][]Effect, did map[string][]string) bool {
	if len(said) != len(did) {
		return false
	}
	for service, containers := range did {
		for _, which := range containers {
			if !slices.ContainsFunc(said[service], func(e Effect) bool {
				return which == "old" && e.FromContainer() || which == "new" && e.FromImage()
			}) {
				return false
			}
		}
	}
	return true
}

// TestTheRealCompose holds the decisions on compose against what the real one asks of an engine whose
// containers of the project are all stopped and made from another configuration. Which services it starts
// must be exactly those that were said to be within reach, the old container or a new one as was said.
func TestTheRealCompose(t *testing.T) {
	t.Parallel()
	if err := exec.CommandContext(t.Context(), "docker", "compose", "version").Run(); err != nil {
		t.Skip("needs docker with the compose plugin")
	}
	compared, boots := compareCompose(t, "docker", rows(t, "docker compose "), fakeFile, map[string][]string{"db": {"D"}})
	if boots < 40 || compared-boots < 40 {
		t.Errorf("%d of %d rows start services", boots, compared)
	}
}

// TestTheRealComposeV1 does the same with version 1, which starts no dependencies on start and has no
// dependents that restart.
func TestTheRealComposeV1(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "docker-compose", "version", "--short").Output()
	if err != nil || !strings.HasPrefix(string(out), "1.") {
		t.Skip("needs docker-compose 1.x")
	}
	lines := rows(t, "v1 docker-compose ")
	for _, line := range rows(t, "docker compose ") {
		if verb := Parse(invocation(line)).Verb; slices.Contains([]string{"restart", "start", "up", "run", "scale"}, verb) {
			lines = append(lines, "v1 docker-compose"+strings.TrimPrefix(line, "docker compose"))
		}
	}
	compared, boots := compareCompose(t, "docker-compose", lines, strings.ReplaceAll(fakeFile, ", restart: true", ""), nil)
	if boots < 30 || compared-boots < 15 {
		t.Errorf("%d of %d rows start services", boots, compared)
	}
}

// compareCompose runs command lines and compares which services they started with what was said of them.
func compareCompose(t *testing.T, program string, lines []string, file string, dependents map[string][]string) (compared, boots int) {
	t.Helper()
	engine, host := startEngine(t)
	dir := workdir(t)
	for _, name := range []string{"compose.yaml", "a.yml", "b.yml"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, line := range lines {
		in := invocation(line)
		c := Parse(in)
		args, runs := detached(c, in.Args)
		if !runs {
			continue
		}
		asked, out := real(t, dir, host, engine, program, args)
		compared++
		got, want := started(asked), reach(c, dependents)
		if len(got) > 0 {
			boots++
		}
		if len(got) == 0 && (len(c.Unknown) > 0 || refused(out)) {
			continue
		}
		if !agree(want, got) {
			t.Errorf("%s: said %v, started %v\nasked %q\n%s", line, want, got, asked, out[max(0, len(out)-400):])
		}
	}
	for _, line := range lines {
		in := invocation(line)
		c := Parse(in)
		if _, pulls := c.Flags.Value("pull"); c.Kind != MayBoot || len(c.Unknown) > 0 || !pulls && !c.Flags.On("build") {
			continue
		}
		rest := Parse(Invocation{Program: in.Program, Args: c.Prepared(), Version: in.Version})
		args, _ := detached(rest, rest.Args)
		asked, out := real(t, dir, host, engine, program, args)
		if fetched := slices.ContainsFunc(asked, func(a string) bool { return strings.Contains(a, "/images/create") || strings.Contains(a, "/build?") }); fetched || !agree(reach(c, dependents), started(asked)) {
			t.Errorf("%s: went on with %q, which asked %q\n%s", line, args, asked, out)
		}
	}
	t.Logf("%d rows, %d of them start services", compared, boots)
	return compared, boots
}

// detached makes a command one that ends by itself, if that can be.
func detached(c Command, args []string) ([]string, bool) {
	switch {
	case c.Verb == "watch" || c.Flags.On("watch") || len(c.Flags.Values("attach")) > 0 || c.Flags.On("abort-on-container-exit"):
		return nil, false // stays in the foreground
	case slices.Contains([]string{"attach", "events", "logs", "stats", "exec", "wait", "build", "pull", "push", "publish", "commit", "bridge", "export"}, c.Verb):
		return nil, false // about the streams or images of the fake
	case c.Project.Stdin || c.Daemon.By != "":
		return nil, false
	case (c.Verb == "up" || c.Verb == "run") && !c.Flags.On("detach") && !c.Help:
		return slices.Insert(slices.Clone(args), slices.Index(args, c.Verb)+1, "-d"), true
	}
	return args, true
}

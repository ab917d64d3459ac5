//go:build unix

package shimfile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/dockershim"
)

// TestMain lets the test program be the schemaguard that the shims call. It says what it is asked for.
func TestMain(m *testing.M) {
	if call, ok := dockershim.Called(os.Args, os.Getenv); ok {
		if !call.Passes(os.Getenv) {
			fmt.Fprintln(os.Stderr, "asked:", strings.Join(append([]string{call.Program}, call.Args...), " "))
		}
		os.Exit(call.Run(dockershim.System()))
	}
	os.Exit(m.Run())
}

// place is a machine of its own: a home, docker and docker-compose on PATH, and docker's compose plugin.
type place struct {
	Site
	t    *testing.T
	dir  string
	vars map[string]string
}

func newPlace(t *testing.T) *place {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &place{t: t, dir: t.TempDir()}
	p.vars = map[string]string{"PATH": p.dir + "/bin", "SHELL": "/bin/bash", "HOME": p.dir + "/home", "DOCKER_CONFIG": ""}
	p.Site = Site{Program: self, Home: p.dir + "/home", Env: func(name string) string { return p.vars[name] }}
	p.write("bin/docker", "#!/bin/sh\necho \"real docker $*\"\n", 0o755)
	p.write("bin/docker-compose", "#!/bin/sh\necho \"real docker-compose $*\"\n", 0o755)
	p.write("home/.docker/cli-plugins/docker-compose", plugin, 0o755)
	return p
}

// plugin is a compose plugin that prints its words.
const plugin = `#!/bin/sh
if [ "$1" = docker-cli-plugin-metadata ]; then
	echo '{"SchemaVersion": "0.1.0", "Vendor": "nobody", "Version": "v2.40.3", "ShortDescription": "Docker Compose"}'
	exit
fi
echo "real plugin $*"
[ -z "$FAKE_EXIT" ] || exit "$FAKE_EXIT"
`

func (p *place) write(name, text string, mode os.FileMode) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) read(name string) string {
	p.t.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		return "none"
	}
	return string(data)
}

// short writes the paths of the test as DIR, and the program as GUARD.
func (p *place) short(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, p.dir, "DIR"), p.Program, "GUARD")
}

func (p *place) install(k Kind) string {
	p.t.Helper()
	return p.outcome(p.Install(k))
}

func (p *place) uninstall(k Kind) string {
	p.t.Helper()
	return p.outcome(p.Uninstall(k))
}

func (p *place) outcome(out Outcome, err error) string {
	if err != nil {
		return p.short(err.Error())
	}
	var b strings.Builder
	WriteOutcome(&b, out)
	return p.short(b.String())
}

// state is a kind's state without what it covers and misses.
func (p *place) state(k Kind) string {
	var b strings.Builder
	for _, st := range p.Status() {
		if st.Kind == k {
			st.Covers, st.Misses = nil, nil
			Write(&b, []State{st})
		}
	}
	return p.short(b.String())
}

func (p *place) front() { p.vars["PATH"] = p.PathFolder() + ":" + p.vars["PATH"] }

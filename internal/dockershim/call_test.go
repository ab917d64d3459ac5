package dockershim

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/dockercmd"
)

func environment(vars ...string) func(string) string {
	return func(name string) string {
		for _, v := range vars {
			if value, ok := strings.CutPrefix(v, name+"="); ok {
				return value
			}
		}
		return ""
	}
}

func TestCalled(t *testing.T) {
	t.Parallel()
	plugin := pluginCall + "=docker"
	for _, c := range []struct {
		argv, env string
		want      *Call
	}{
		{"schemaguard check", "", nil},
		{"", "", nil},
		{"docker ps -a", "", &Call{Program: "docker", Args: []string{"ps", "-a"}}},
		{"/opt/shims/docker", "", &Call{Program: "docker", Args: []string{}}},
		{"/x/docker-compose up", "", &Call{Program: "docker-compose", Args: []string{"up"}}},
		{"/x/docker-compose compose up", plugin, &Call{Program: "docker-compose", Plugin: true, Args: []string{"compose", "up"}}},
		{"/x/docker-compose docker-cli-plugin-metadata", "", &Call{Program: "docker-compose", Plugin: true, Args: []string{metadataCall}}},
		{"podman restart x", plugin, &Call{Program: "podman", Args: []string{"restart", "x"}}},
		{"/x/mydocker ps", "", nil},
		{"schemaguard docker-shim docker compose up", "", &Call{Program: "docker", Args: []string{"compose", "up"}}},
		{"schemaguard docker-shim docker", "", &Call{Program: "docker", Args: []string{}}},
		{"schemaguard docker-shim docker-compose up", plugin, &Call{Program: "docker-compose", Args: []string{"up"}}},
		{"schemaguard docker-shim compose-plugin up", "", &Call{Program: "docker-compose", Plugin: true, Args: []string{"up"}}},
		{"schemaguard docker-shim kubectl up", "", nil},
		{"schemaguard docker-shim", "", nil},
	} {
		got, ok := Called(strings.Fields(c.argv), environment(c.env))
		if ok != (c.want != nil) {
			t.Errorf("%s: called in another's place: %v", c.argv, ok)
		} else if ok {
			if diff := cmp.Diff(*c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.argv, diff)
			}
		}
	}
}

func TestPasses(t *testing.T) {
	t.Parallel()
	plugin := environment(pluginCall + "=docker")
	none := environment()
	for _, c := range []struct {
		argv string
		env  func(string) string
		want bool
	}{
		{"docker ps", none, true},
		{"docker compose logs -f", none, true},
		{"docker __complete comp", none, true},
		{"docker exec -it x sh", none, true},
		{"docker exec x directus schema apply --yes /s", none, false},
		{"docker exec x directus schema apply --dry-run /s", none, true},
		{"docker compose exec d npx directus schema apply /s", none, false},
		{"docker compose --dry-run up", none, true},
		{"docker run --help", none, true},
		{"docker restart x", none, false},
		{"docker compose restart", none, false},
		{"docker compose down -v", none, false},
		{"docker compose build", none, false},
		{"docker nonsense", none, false},
		{"docker-compose up", none, false},
		{"docker-compose ps", none, true},
		{"docker-compose docker-cli-plugin-metadata", none, true},
		{"docker-compose compose up", plugin, false},
		{"docker-compose --context x compose ps", plugin, true},
		{"docker-compose __complete compose u", plugin, true},
		{"docker-compose docker-cli-plugin-hooks {}", plugin, true},
		{"podman start x", none, false},
		{"podman images", none, true},
	} {
		call, ok := Called(strings.Fields(c.argv), c.env)
		if !ok {
			t.Fatalf("%s: not called", c.argv)
		}
		if got := call.Passes(c.env); got != c.want {
			t.Errorf("%s: passes %v, want %v", c.argv, got, c.want)
		}
	}
}

// What was decided on holds for these words of this program alone.
func TestMark(t *testing.T) {
	t.Parallel()
	environ := Mark([]string{"A=1", markVariable + "=old"}, "docker", []string{"restart", "x"})
	if len(environ) != 2 {
		t.Fatalf("environment %q", environ)
	}
	env := environment(environ...)
	plugin := environment(append(environ, pluginCall+"=docker")...)
	for _, c := range []struct {
		call Call
		env  func(string) string
		want bool
	}{
		{Call{Program: "docker", Args: []string{"restart", "x"}}, env, true},
		{Call{Program: "docker", Args: []string{"restart", "y"}}, env, false},
		{Call{Program: "docker", Args: []string{"restart x"}}, env, false},
		{Call{Program: "docker-compose", Args: []string{"restart", "x"}}, env, false},
		{Call{Program: "podman", Args: []string{"restart", "x"}}, env, false},
		{Call{Program: "docker-compose", Plugin: true, Args: []string{"restart", "x"}}, plugin, true},
		{Call{Program: "docker", Args: []string{"restart", "x"}}, environment(), false},
	} {
		if got := c.call.Passes(c.env); got != c.want {
			t.Errorf("%+v: passes %v, want %v", c.call, got, c.want)
		}
	}
}

// FuzzPasses looks for words that are said to be harmless to the shim and not to the reader of commands.
func FuzzPasses(f *testing.F) {
	f.Add("docker", "compose restart", "")
	f.Add("docker-compose", "docker-cli-plugin-metadata", "docker")
	f.Add("podman", "--url x start", "")
	f.Fuzz(func(t *testing.T, program, words, plugin string) {
		env := environment(pluginCall + "=" + plugin)
		argv := append([]string{program}, strings.Fields(words)...)
		call, ok := Called(argv, env)
		if c := call.Command(env); ok && call.Passes(env) && !call.isMetadata() && c.Kind == dockercmd.MayBoot && !c.Help && !c.DryRun {
			t.Errorf("%q passes", argv)
		}
	})
}

func BenchmarkPasses(b *testing.B) {
	call, none := Call{Program: "docker", Args: []string{"ps"}}, environment()
	for b.Loop() {
		if !call.Passes(none) {
			b.Fatal("docker ps is asked about")
		}
	}
}

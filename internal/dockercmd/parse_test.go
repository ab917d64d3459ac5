package dockercmd

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProject(t *testing.T) {
	t.Parallel()
	paths := strings.Join([]string{"a.yml", "b.yml"}, string(filepath.ListSeparator))
	for row, want := range map[string]Project{
		"docker compose up": {},
		"docker compose -f a.yml -f b.yml -p x --profile d --profile e --env-file .e --project-directory /d --compatibility up": {
			Args:  []string{"-f", "a.yml", "-f", "b.yml", "-p", "x", "--profile", "d", "--profile", "e", "--env-file", ".e", "--project-directory", "/d", "--compatibility"},
			Files: []string{"a.yml", "b.yml"}, Name: "x", Profiles: []string{"d", "e"}, EnvFiles: []string{".e"}, Directory: "/d", Compatibility: true,
		},
		"COMPOSE_FILE=" + paths + " COMPOSE_PROJECT_NAME=n COMPOSE_PROFILES=d,e, COMPOSE_ENV_FILES=.e,.f COMPOSE_COMPATIBILITY=y COMPOSE_REMOVE_ORPHANS=TRUE docker compose up": {
			Files: []string{"a.yml", "b.yml"}, Name: "n", Profiles: []string{"d", "e"}, EnvFiles: []string{".e", ".f"}, Compatibility: true, RemoveOrphans: true,
		},
		"COMPOSE_FILE=a.yml+b.yml COMPOSE_PATH_SEPARATOR=+ COMPOSE_REMOVE_ORPHANS=no docker-compose up": {Files: []string{"a.yml", "b.yml"}},
		"COMPOSE_FILE=x COMPOSE_PROJECT_NAME=n COMPOSE_PROFILES=d docker-compose -f a.yml -px --profile e up": {
			Args: []string{"-f", "a.yml", "-px", "--profile", "e"}, Files: []string{"a.yml"}, Name: "x", Profiles: []string{"e"},
		},
		"docker compose -f - up":                  {Args: []string{"-f", "-"}, Files: []string{"-"}, Stdin: true},
		"docker compose --workdir /d restart":     {Args: []string{"--workdir", "/d"}, Directory: "/d"},
		"COMPOSE_PROJECT_NAME=n docker restart D": {},
	} {
		if diff := cmp.Diff(want, Parse(invocation(row)).Project); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row, diff)
		}
	}
}

func TestDaemon(t *testing.T) {
	t.Parallel()
	for row, want := range map[string]Daemon{
		"docker restart D":                                      {},
		"DOCKER_CONTEXT=c docker restart D":                     {Context: "c", By: "DOCKER_CONTEXT"},
		"DOCKER_HOST=h DOCKER_CONTEXT=c docker restart D":       {Host: "h", By: "DOCKER_HOST"},
		"DOCKER_HOST=h docker -c c compose up":                  {Context: "c", By: "--context"},
		"DOCKER_CONTEXT=c docker -H h -H i restart D":           {Host: "i", By: "--host"},
		"DOCKER_HOST=h docker-compose --context=c up":           {Context: "c", By: "--context"},
		"docker-compose -H h up":                                {Host: "h", By: "--host"},
		"DOCKER_HOST=h podman restart D":                        {},
		"CONTAINER_HOST=h podman restart D":                     {Host: "h", By: "CONTAINER_HOST"},
		"CONTAINER_HOST=h podman --connection=c restart D":      {Context: "c", By: "--connection"},
		"CONTAINER_CONNECTION=k podman --url u restart D":       {Host: "u", By: "--host"},
		"CONTAINER_CONNECTION=k podman --context x restart D":   {Context: "k", By: "CONTAINER_CONNECTION"},
		"DOCKER_HOST=h DOCKER_CONTEXT=c docker --new restart D": {Host: "h", By: "DOCKER_HOST"},
	} {
		if got := Parse(invocation(row)).Daemon; got != want {
			t.Errorf("%s: %+v, want %+v", row, got, want)
		}
	}
}

func TestQueries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ row, query, compose string }{
		{"docker restart D", "docker ps -q", "docker compose config"},
		{"/bin/docker -DH tcp://h -l debug --tlsverify compose -f a.yml --ansi never -p x --dry-run up -d D", "/bin/docker -DH tcp://h --tlsverify ps -q", "/bin/docker -DH tcp://h --tlsverify compose -f a.yml -p x config"},
		{"docker --context c compose up", "docker --context c ps -q", "docker --context c compose config"},
		{"docker-compose -f a.yml -H h --verbose --log-level INFO up", "docker -H h ps -q", "docker-compose -H h -f a.yml config"},
		{"docker-compose -c c --skip-hostname-check up", "docker -c c ps -q", "docker-compose -c c --skip-hostname-check config"},
		{"podman --remote --log-level debug --root /r compose -f a.yml up", "podman --remote --root /r ps -q", "podman --remote --root /r compose -f a.yml config"},
		{
			"DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND=/usr/bin/docker /p/docker-compose -H h compose -f a.yml up",
			"/usr/bin/docker -H h ps -q", "/p/docker-compose -H h compose -f a.yml config",
		},
		{"podman-compose -f a.yml up", "podman ps -q", "podman-compose -f a.yml config"},
	} {
		parsed := Parse(invocation(c.row))
		if got := strings.Join(parsed.Query("ps", "-q"), " "); got != c.query {
			t.Errorf("%s: asks %q, want %q", c.row, got, c.query)
		}
		if got := strings.Join(parsed.ComposeQuery("config"), " "); got != c.compose {
			t.Errorf("%s: asks compose %q, want %q", c.row, got, c.compose)
		}
	}
}

func TestFlagsOfAVerb(t *testing.T) {
	t.Parallel()
	c := Parse(invocation("docker run --rm=false -v /a:/b --volume c:/d --entrypoint sh -e A=1 --pull=always --name n img -v /x:/y"))
	if c.Flags.On("rm") || c.Flags.On("detach") {
		t.Error("--rm=false and no -d are on")
	}
	if diff := cmp.Diff([]string{"/a:/b", "c:/d"}, c.Flags.Values("volume")); diff != "" {
		t.Errorf("volumes (-want +got):\n%s", diff)
	}
	if v, given := c.Flags.Value("entrypoint"); v != "sh" || !given {
		t.Errorf("entrypoint is %q, %v", v, given)
	}
	if v, given := c.Flags.Value("network"); v != "" || given {
		t.Errorf("network is %q, %v", v, given)
	}
	up := Parse(invocation("docker compose up --build --pull always --pull=never -d web"))
	if v, _ := up.Flags.Value("pull"); v != "never" || !up.Flags.On("build") || !up.Flags.On("detach") {
		t.Errorf("up has the flags %+v", up.Flags)
	}
}

func TestAppliesSchema(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]bool{
		"directus schema apply --yes /s.yaml":            true,
		"npx directus schema apply /s.yaml":              true,
		`sh -c "cd /x && node cli.js schema apply -y s"`: true,
		"schema apply": true,
		"directus schema apply --dry-run /s.yaml": false,
		"directus schema snapshot /s.yaml":        false,
		"directus bootstrap":                      false,
		"schema":                                  false,
		"":                                        false,
	} {
		for _, before := range []string{"docker exec D", "docker compose exec D", "docker compose run D", "docker run img"} {
			if got := Parse(invocation(before + " " + words)).AppliesSchema(); got != want {
				t.Errorf("%s %s: %v, want %v", before, words, got, want)
			}
		}
	}
}

func TestEffectsSayWhereTheFilesComeFrom(t *testing.T) {
	t.Parallel()
	for e, want := range map[Effect][2]bool{
		None: {false, false}, Starts: {true, false}, Restarts: {true, false}, Fills: {true, true}, Converges: {true, true},
		Recreates: {false, true}, Creates: {false, true}, Replaces: {false, false}, Stops: {false, false},
	} {
		if got := [2]bool{e.FromContainer(), e.FromImage()}; got != want {
			t.Errorf("%v comes from container, image: %v, want %v", e, got, want)
		}
	}
}

// TestNoVerbIsListedTwice holds that all verbs of the tables have one row each per program, so that none is
// shadowed by one above it.
func TestNoVerbIsListedTwice(t *testing.T) {
	t.Parallel()
	for name, table := range map[string][]verb{"docker": slices.Concat(engineVerbs, swarmVerbs), "podman": podmanVerbs, "compose": composeVerbs} {
		seen := map[string]bool{}
		for _, v := range table {
			for n := range strings.SplitSeq(v.names, "|") {
				if seen[n] {
					t.Errorf("%s %s is listed twice", name, n)
				}
				seen[n] = true
				if listed(engineHarmless, n) && name != "compose" || listed(composeHarmless, n) && name == "compose" {
					t.Errorf("%s %s is listed as harmless too", name, n)
				}
			}
		}
	}
}

func BenchmarkParse(b *testing.B) {
	in := invocation("docker -H tcp://h compose -f a.yml -p x up -d --build --force-recreate web")
	for b.Loop() {
		Parse(in)
	}
}

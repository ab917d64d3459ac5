//go:build unix

package shimfile

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

const plugins = "DIR/home/.local/share/schemaguard/cli-plugins"

func TestPlugin(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	const before = "{\n\t\"auths\": {\n\t\t\"x\": {\n\t\t\t\"auth\": \"c2VjcmV0\"\n\t\t}\n\t},\n\t\"currentContext\": \"c\"\n}"
	p.write("home/.docker/config.json", before, 0o600)
	equal(t, "before", `plugin: not installed, not in effect
  runs     docker compose is DIR/home/.docker/cli-plugins/docker-compose
  next     schemaguard docker install plugin
`, p.state(Plugin))
	equal(t, "installing", "wrote "+plugins+"/docker-compose\nadded "+plugins+" to cliPluginsExtraDirs in DIR/home/.docker/config.json\n", p.install(Plugin))
	equal(t, "the configuration", strings.Replace(before, "\"c\"\n", "\"c\",\n\t\"cliPluginsExtraDirs\": [\""+plugins+"\"]\n", 1), p.short(p.read("home/.docker/config.json")))
	equal(t, "again", "nothing to do\n", p.install(Plugin))
	equal(t, "in effect", `plugin: installed, in effect
  runs     docker compose is `+plugins+`/docker-compose, then DIR/home/.docker/cli-plugins/docker-compose
`, p.state(Plugin))
	if info, err := os.Stat(p.dir + "/home/.docker/config.json"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	equal(t, "removing", "removed "+plugins+" from cliPluginsExtraDirs in DIR/home/.docker/config.json\nremoved "+plugins+"/docker-compose\n", p.uninstall(Plugin))
	equal(t, "the configuration in the end", before, p.read("home/.docker/config.json"))
	equal(t, "removing again", "nothing to do\n", p.uninstall(Plugin))
	if _, err := os.Stat(p.dir + "/home/.local/share/schemaguard"); err == nil {
		t.Error("the folder is still there")
	}
}

func TestPluginWithoutConfiguration(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	equal(t, "installing", "wrote "+plugins+"/docker-compose\nadded "+plugins+" to cliPluginsExtraDirs in DIR/home/.docker/config.json\n", p.install(Plugin))
	if info, err := os.Stat(p.dir + "/home/.docker/config.json"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	p.uninstall(Plugin)
	equal(t, "the configuration", "none", p.read("home/.docker/config.json"))

	p.install(Plugin)
	p.write("home/.docker/config.json", strings.Replace(p.read("home/.docker/config.json"), "{", "{\"a\":1,", 1), 0o600)
	p.uninstall(Plugin)
	equal(t, "the configuration with something in it", "{\"a\":1\n}\n", p.read("home/.docker/config.json"))
}

func TestPluginElsewhere(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.vars["DOCKER_CONFIG"] = p.dir + "/other"
	if got := p.install(Plugin); !strings.HasPrefix(got, "docker's compose plugin: not found in docker's plugin directories; install it first") {
		if !fileThere("/usr/libexec/docker/cli-plugins/docker-compose") && !fileThere("/usr/lib/docker/cli-plugins/docker-compose") {
			t.Errorf("installing without a plugin says %s", got)
		}
	}
	p.write("other/cli-plugins/docker-compose", plugin, 0o755)
	p.install(Plugin)
	equal(t, "the configuration", "{\n\t\"cliPluginsExtraDirs\": [\""+plugins+"\"]\n}\n", p.short(p.read("other/config.json")))
	equal(t, "the other configuration", "none", p.read("home/.docker/config.json"))
}

func TestBrokenConfiguration(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.write("home/.docker/config.json", "{\"auths\": secret}", 0o600)
	got := p.install(Plugin)
	if !strings.Contains(got, "mv DIR/home/.docker/config.json DIR/home/.docker/config.json.old") || strings.Contains(got, "secret") {
		t.Errorf("installing says %s", got)
	}
	equal(t, "the configuration", "{\"auths\": secret}", p.read("home/.docker/config.json"))
	if got := p.state(Plugin); !strings.Contains(got, "problem  reading docker's configuration") {
		t.Errorf("status says %s", got)
	}
}

// TestRealClient runs the real docker command, whose compose plugin is reached through the shims.
func TestRealClient(t *testing.T) {
	t.Parallel()
	docker, err := exec.LookPath("docker")
	if err != nil {
		t.Skip("needs the docker command")
	}
	p := newPlace(t)
	if err := os.Remove(p.dir + "/bin/docker"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(docker, p.dir+"/bin/docker"); err != nil {
		t.Fatal(err)
	}
	p.install(Plugin)
	run := func(line string, env ...string) string {
		cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", line)
		cmd.Env = append([]string{"HOME=" + p.Home, "PATH=" + p.vars["PATH"]}, env...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			out = append(out, err.Error()+"\n"...)
		}
		return p.short(string(out))
	}
	for _, through := range []string{"plugin alone", "both"} {
		if through == "both" {
			p.install(Path)
			p.front()
		}
		shimmed := func(alone, both string) string {
			if through == "both" {
				return both
			}
			return alone
		}
		for _, c := range []struct{ line, want string }{
			{"docker compose ps", "real plugin compose ps\n"},
			{"docker --context default compose -f x.yaml restart d", shimmed(
				"asked: docker-compose --context default compose -f x.yaml restart d\n",
				"asked: docker --context default compose -f x.yaml restart d\n") + "real plugin --context default compose -f x.yaml restart d\n"},
			{"docker __complete compose re", "real plugin __complete compose re\n"},
			{"docker compose --help", "real plugin compose --help\n"},
			{"docker compose up", "asked: docker" + shimmed("-compose", "") + " compose up\nreal plugin compose up\n"},
			{"FAKE_EXIT=17 docker compose ps", "real plugin compose ps\nexit status 17\n"},
			{"docker info --format '{{range .ClientInfo.Plugins}}{{if eq .Name \"compose\"}}{{.Path}} {{.Version}}{{end}}{{end}}' 2>/dev/null || true", plugins + "/docker-compose v2.40.3\n"},
		} {
			equal(t, through+": "+c.line, c.want, run(c.line))
		}
		want := run(docker + " --version")
		equal(t, through+": version", want, run("docker --version"))
		equal(t, through+": completion", run(docker+" __complete comp"), run("docker __complete comp"))
		equal(t, through+": its own errors", run(docker+" ps --nonsense"), run("docker ps --nonsense"))
	}
}

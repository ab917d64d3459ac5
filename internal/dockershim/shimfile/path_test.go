//go:build unix

package shimfile

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func equal(t *testing.T, what, want, got string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

const shims = "DIR/home/.local/share/schemaguard/shims"

func TestPath(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	equal(t, "before", `path: not installed, not in effect
  runs     docker is DIR/bin/docker
  runs     docker-compose is DIR/bin/docker-compose
  next     schemaguard docker install path
`, p.state(Path))
	equal(t, "installing", `wrote `+shims+`/docker
wrote `+shims+`/docker-compose
add as the last line of ~/.bashrc, then open a new shell:
export PATH="$HOME/.local/share/schemaguard/shims:$PATH"
`, p.install(Path))
	equal(t, "not first", `path: installed, not in effect
  runs     docker is DIR/bin/docker
  runs     docker-compose is DIR/bin/docker-compose
  problem  docker leads to DIR/bin/docker, which comes before `+shims+` on PATH
  problem  docker-compose leads to DIR/bin/docker-compose, which comes before `+shims+` on PATH
  next     add as the last line of ~/.bashrc, then open a new shell:
  next     export PATH="$HOME/.local/share/schemaguard/shims:$PATH"
`, p.state(Path))
	p.front()
	equal(t, "again", "nothing to do\n", p.install(Path))
	equal(t, "in front", `path: installed, in effect
  runs     docker is `+shims+`/docker, then DIR/bin/docker
  runs     docker-compose is `+shims+`/docker-compose, then DIR/bin/docker-compose
`, p.state(Path))

	p.write("bin/podman", "#!/bin/sh\n", 0o755)
	if err := os.Remove(p.dir + "/bin/docker-compose"); err != nil {
		t.Fatal(err)
	}
	equal(t, "another program came", `path: installed, partly in effect
  runs     docker is `+shims+`/docker, then DIR/bin/docker
  runs     podman is DIR/bin/podman
  problem  `+shims+`/podman is missing
  next     schemaguard docker install path
`, p.state(Path))
	equal(t, "installing for it", `removed `+shims+`/docker-compose
wrote `+shims+`/podman
shells that are open remember where docker was: hash -r
`, p.install(Path))

	p.write("home/.bashrc", "x\nexport PATH=\"$HOME/.local/share/schemaguard/shims:$PATH\"\n", 0o644)
	equal(t, "removing", `removed `+shims+`/docker
removed `+shims+`/podman
remove the line with schemaguard/shims from ~/.bashrc
`, p.uninstall(Path))
	if _, err := os.Stat(p.dir + "/home/.local/share/schemaguard"); err == nil {
		t.Error("the folder is still there")
	}
}

// What a shell makes of PATH, functions and the line for the start-up file, with the shims as they are.
func TestShells(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.install(Path)
	run := func(shell, text string, env ...string) string {
		cmd := exec.CommandContext(t.Context(), shell, "-c", text)
		cmd.Env = append([]string{"HOME=" + p.Home, "PATH=" + p.vars["PATH"]}, env...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s %s: %v", shell, text, err)
		}
		return string(out)
	}
	const want = "asked: docker restart 'a b'\nreal docker restart 'a b'\nreal docker ps\n"
	const words = "\ndocker restart \"'a b'\"\ndocker ps\n"
	for _, name := range []string{"sh", "bash", "zsh", "fish"} {
		shell, err := exec.LookPath(name)
		if err != nil {
			t.Logf("not tried: needs %s", name)
			continue
		}
		p.vars["SHELL"] = shell
		equal(t, name+" with its line", want, run(shell, p.shell().line+words))
		if text, err := p.FunctionText(name); name == "sh" {
			if err == nil {
				t.Error("there is a function for sh")
			}
		} else if err != nil {
			t.Error(err)
		} else {
			equal(t, name+" with functions", want, run(shell, text+words))
			equal(t, name+" with functions, docker-compose", "asked: docker-compose up\nreal docker-compose up\n", run(shell, text+"\ndocker-compose up"))
			equal(t, name+" around the functions", "real docker restart\n", run(shell, text+"\ncommand docker restart"))
		}
	}
	if got := p.install(Function); !strings.HasPrefix(got, "no functions for the shell") && !strings.Contains(got, "docker-shim") {
		t.Errorf("installing functions says %q", got)
	}
}

func TestGuardIsGone(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.Program = p.dir + "/gone"
	if _, err := p.Install(Path); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(p.PathFolder()+"/docker", "ps").CombinedOutput()
	if err == nil {
		t.Error("docker ran")
	}
	equal(t, "said", "schemaguard: DIR/gone is gone, so docker was not run; install it again, or remove "+shims+"/docker\n", p.short(string(out)))

	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p.Program = self
	p.front()
	if got := p.state(Path); !strings.Contains(got, shims+"/docker calls another schemaguard, or is changed") {
		t.Errorf("status says\n%s", got)
	}
	if got := p.install(Path); !strings.HasPrefix(got, "wrote "+shims+"/docker\n") {
		t.Errorf("installing again says %s", got)
	}
}

func TestForeignFileStays(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.write("home/.local/share/schemaguard/shims/docker", "#!/bin/sh\nmine\n", 0o755)
	equal(t, "installing", shims+"/docker is not schemaguard's; move it away: mv "+shims+"/docker "+shims+"/docker.old", p.install(Path))
	equal(t, "removing", "nothing to do\n", p.uninstall(Path))
	equal(t, "the file", "#!/bin/sh\nmine\n", p.read("home/.local/share/schemaguard/shims/docker"))
}

func TestNothingToStandInFrontOf(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.vars["PATH"] = p.dir + "/nowhere"
	equal(t, "installing", "no docker, docker-compose or podman is on PATH; install docker first", p.install(Path))
	equal(t, "status", "path: not installed, not in effect\n  problem  no docker, docker-compose or podman is on PATH\n", p.state(Path))
	p.Program = ""
	if _, err := p.Install(Plugin); !errors.Is(err, errNoProgram) {
		t.Errorf("without a program: %v", err)
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ shell, home, data, want string }{
		{"/usr/bin/zsh", "/home/x", "", "~/.zshrc: export PATH=\"$HOME/.local/share/schemaguard/shims:$PATH\""},
		{"/usr/bin/fish", "/home/x", "", "~/.config/fish/config.fish: fish_add_path --global --move --prepend \"$HOME/.local/share/schemaguard/shims\""},
		{"/bin/dash", "/home/x", "", "~/.profile: export PATH=\"$HOME/.local/share/schemaguard/shims:$PATH\""},
		{"/bin/bash", "/home/x", "/data/$a\"`b", "~/.bashrc: export PATH=\"/data/\\$a\\\"\\`b/schemaguard/shims:$PATH\""},
		{"/bin/bash", "/home/x", "relative", "~/.bashrc: export PATH=\"$HOME/.local/share/schemaguard/shims:$PATH\""},
	} {
		s := Site{Home: c.home, Env: func(name string) string { return map[string]string{"SHELL": c.shell, "XDG_DATA_HOME": c.data}[name] }}
		equal(t, c.shell, c.want, s.shell().file+": "+s.shell().line)
	}
	if _, err := ParseKind("plugin"); err != nil {
		t.Error(err)
	}
	if _, err := ParseKind("alias"); err == nil {
		t.Error("there is a kind alias")
	}
}

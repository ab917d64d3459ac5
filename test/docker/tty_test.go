//go:build docker

package docker

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/schemaguard/schemaguard/test/docker/lab"
)

// console is a terminal with a shell in it, as a person has one.
type console struct {
	t      *testing.T
	socket string
	asked  int
}

func openConsole(t *testing.T, dir string, env []string) *console {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("needs tmux")
	}
	c := &console{t: t, socket: filepath.Join(t.TempDir(), "tmux")}
	cmd := exec.CommandContext(t.Context(), "tmux", "-f", "/dev/null", "-S", c.socket, "new-session", "-d", "-x", "150", "-y", "60", "-c", dir, "bash --norc --noprofile")
	cmd.Env = append(env, "PS1=$ ", "TERM=xterm-256color")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("tmux: %v: %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", c.socket, "kill-server").Run() })
	return c
}

func (c *console) tmux(words ...string) string {
	c.t.Helper()
	out, err := exec.CommandContext(c.t.Context(), "tmux", append([]string{"-S", c.socket}, words...)...).CombinedOutput()
	if err != nil {
		c.t.Fatalf("tmux %v: %v: %s", words, err, out)
	}
	return string(out)
}

// see waits until the screen shows a text.
func (c *console) see(text string) string {
	c.t.Helper()
	screen := ""
	for range 300 {
		if screen = c.tmux("capture-pane", "-p", "-J"); strings.Contains(screen, text) {
			return screen
		}
		time.Sleep(100 * time.Millisecond)
	}
	c.t.Fatalf("%q never came; the screen:\n%s", text, screen)
	return ""
}

// begin types a line on an empty screen; end waits for its exit code.
func (c *console) begin(line string) {
	c.t.Helper()
	c.asked++
	c.tmux("send-keys", "-l", fmt.Sprintf("clear; echo begin%d; %s; echo code%d=$?", c.asked, line, c.asked))
	c.tmux("send-keys", "Enter")
	c.see(fmt.Sprintf("begin%d\n", c.asked)) // what was on the screen before is gone
}

func (c *console) end(code int) string {
	c.t.Helper()
	return c.see(fmt.Sprintf("\ncode%d=%d\n", c.asked, code))
}

// states returns the state of each container of the project, by service.
func states(t *testing.T, p *project) map[string]string {
	t.Helper()
	all, err := p.engine.Containers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	for _, c := range all {
		if c.Labels["com.docker.compose.project"] == p.name {
			m[c.Labels["com.docker.compose.service"]] = c.State
		}
	}
	return m
}

// TestAsAPersonTypes tries docker in a terminal: as it is, and with the program in its place, which must
// feel the same.
func TestAsAPersonTypes(t *testing.T) {
	t.Parallel()
	engine := start(t)
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	for name, wrapper := range map[string]string{"docker": "", "wrapper": path} {
		t.Run(name, func(t *testing.T) { typed(t, engine, "tty"+name, wrapper) })
	}
}

func typed(t *testing.T, engine *lab.Engine, name, wrapper string) {
	p := newProject(t, engine, name, row{layout: "site", cold: true})
	env := engine.Env()
	if wrapper != "" {
		bin := t.TempDir()
		if err := os.Symlink(wrapper, filepath.Join(bin, "docker")); err != nil {
			t.Fatal(err)
		}
		env = append(env, "PATH="+bin+":"+os.Getenv("PATH"))
	}
	c := openConsole(t, p.dir, env)

	c.begin("docker compose up")
	c.see("web-1  | boot sha256=")
	c.tmux("send-keys", "C-c")
	c.end(130)
	for service, state := range states(t, p) {
		if state != "exited" {
			t.Errorf("after Ctrl-C in up, %s is %s", service, state)
		}
	}

	c.begin("docker compose up -d")
	c.end(0)
	c.begin("docker exec -it " + name + "-web-1 /boot echo")
	c.see("terminal=true")
	c.tmux("send-keys", "hello", "Enter")
	c.see("heard hello")
	c.tmux("send-keys", "bye", "Enter")
	c.end(5)
	c.begin("docker compose exec web /boot echo")
	c.see("terminal=true")
	c.tmux("send-keys", "C-d")
	c.end(0)

	c.begin("docker compose logs -f web")
	c.see("web-1  | boot sha256=")
	c.tmux("send-keys", "C-c")
	c.end(130)
	if state := states(t, p)["web"]; state != "running" {
		t.Errorf("after Ctrl-C in logs, web is %s", state)
	}

	c.begin("docker ps -q --filter name=" + name + " | wc -l")
	if screen := c.end(0); !strings.Contains(screen, "\n2\n") {
		t.Errorf("a pipe out of docker: %s", screen)
	}
	c.begin("printf 'one\\ntwo\\n' | docker run --rm -i booter:v1 echo | cat")
	if screen := c.end(0); !strings.Contains(screen, "terminal=false\nheard one\nheard two\n") {
		t.Errorf("a pipe through docker: %s", screen)
	}
	c.begin("docker run --rm booter:v1 7")
	c.end(7)
	c.begin("docker run --rm -it booter:v1")
	c.see("boot sha256=")
	c.tmux("send-keys", "C-c")
	c.end(0) // of the booter, which takes the signal as a wish
}

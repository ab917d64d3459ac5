//go:build unix

package dockershim

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// stage is a PATH with a shim, and the fake docker behind it.
func stage(t testing.TB) []string {
	t.Helper()
	dir := t.TempDir()
	script(t, dir+"/shims/docker", "docker")
	link(t, fake(t), dir+"/real/docker")
	return []string{dir + "/shims", dir + "/real"}
}

func TestWordsArrive(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line string
		want []string
	}{
		{`docker`, []string{"docker"}},
		{`docker ps -a`, []string{"docker", "ps", "-a"}},
		{`docker run '' 'a b' "$(printf 'x\ny')" -- --help '*' '\'`, []string{"docker", "run", "", "a b", "x\ny", "--", "--help", "*", `\`}},
		{`docker ps --help`, []string{"docker", "ps", "--help"}},
		{`docker "$(printf '\377')"`, []string{"docker", "\xff"}},
	} {
		out, err := shell(t, stage(t), c.line, "FAKE=argv").Output()
		if err != nil {
			t.Fatalf("%s: %v", c.line, err)
		}
		if diff := cmp.Diff(c.want, strings.Split(string(out), "\x00")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.line, diff)
		}
	}
}

func TestExitCodeAndStreams(t *testing.T) {
	t.Parallel()
	for _, want := range []int{0, 1, 3, 125, 255} {
		if got := code(t, shell(t, stage(t), "docker restart x", "FAKE="+strconv.Itoa(want)).Run()); got != want {
			t.Errorf("exit code %d, want %d", got, want)
		}
	}
	cmd := shell(t, stage(t), "docker exec -i x cat", "FAKE=cat")
	text := strings.Repeat("line\x00\n", 1<<17)
	cmd.Stdin = strings.NewReader(text)
	if out, err := cmd.Output(); err != nil || string(out) != text {
		t.Errorf("%d of %d bytes came through, %v", len(out), len(text), err)
	}
}

// The process that is called becomes docker: the same pid gets the signal.
func TestSignals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		signal syscall.Signal
		want   string
	}{{syscall.SIGINT, "got interrupt"}, {syscall.SIGTERM, "got terminated"}} {
		cmd := shell(t, stage(t), "exec docker compose up", "FAKE=signal")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		lines.Scan()
		if want := "ready " + strconv.Itoa(cmd.Process.Pid); lines.Text() != want {
			t.Errorf("first line %q, want %q", lines.Text(), want)
		}
		if err := cmd.Process.Signal(c.signal); err != nil {
			t.Fatal(err)
		}
		lines.Scan()
		if lines.Text() != c.want {
			t.Errorf("docker says %q, want %q", lines.Text(), c.want)
		}
		if got := code(t, cmd.Wait()); got != 5 {
			t.Errorf("exit code %d, want 5", got)
		}
	}
}

// A background job of a script has SIGINT ignored, and keeps that.
func TestIgnoredSignalStaysIgnored(t *testing.T) {
	t.Parallel()
	dirs := stage(t)
	if err := os.Remove(dirs[1] + "/docker"); err != nil {
		t.Fatal(err)
	}
	write(t, dirs[1]+"/docker", "#!/bin/sh\nkill -INT $$\nexit 7\n", 0o755)
	if got := code(t, shell(t, dirs, `trap "" INT; docker ps`).Run()); got != 7 {
		t.Errorf("exit code %d, want 7", got)
	}
}

func TestTerminal(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("script"); err != nil {
		t.Skip("needs script(1), of util-linux")
	}
	dirs := append(stage(t), os.Getenv("PATH"))
	out, err := shell(t, dirs, `script -qec 'docker exec -it x sh' /dev/null </dev/null`, "FAKE=tty").Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(string(out)); got != "true true true" {
		t.Errorf("docker sees terminals: %q", got)
	}
	out, err = shell(t, dirs, `docker ps | cat`, "FAKE=tty").Output()
	if err != nil || !strings.Contains(string(out), "false") {
		t.Errorf("docker sees terminals in a pipe: %q, %v", out, err)
	}
}

// TestNoLoop puts this program in the way in all the ways there are. What runs in the end is docker, and
// the guard was asked once.
func TestNoLoop(t *testing.T) {
	t.Parallel()
	older := func(t *testing.T, path string) { // a copy that cannot be recognised
		data, err := os.ReadFile(self(t))
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, string(data)+"older", 0o755)
	}
	for name, make := range map[string]func(t *testing.T, dir string){
		"two scripts":       func(t *testing.T, dir string) { script(t, dir+"/2/docker", "docker") },
		"a link":            func(t *testing.T, dir string) { link(t, self(t), dir+"/2/docker") },
		"a copy":            func(t *testing.T, dir string) { copyOf(t, self(t), dir+"/2/docker") },
		"another version":   func(t *testing.T, dir string) { older(t, dir+"/2/docker") },
		"several of them":   func(t *testing.T, dir string) { older(t, dir+"/2/docker"); older(t, dir+"/3/docker") },
		"wrapper with exec": func(t *testing.T, dir string) { write(t, dir+"/2/docker", "#!/bin/sh\nexec docker \"$@\"\n", 0o755) },
		"wrapper that waits": func(t *testing.T, dir string) {
			write(t, dir+"/2/docker", "#!/bin/sh\ndocker \"$@\"\n", 0o755)
			write(t, dir+"/3/docker", "#!/bin/sh\nexec docker \"$@\"\n", 0o755)
		},
		"without #!": func(t *testing.T, dir string) { write(t, dir+"/2/docker", "exec docker \"$@\"\n", 0o755) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			script(t, dir+"/1/docker", "docker")
			make(t, dir)
			link(t, fake(t), dir+"/4/docker")
			asked := filepath.Join(dir, "asked")
			dirs := []string{dir + "/1", dir + "/2", dir + "/3", dir + "/4"}
			out, err := shell(t, dirs, "docker restart x", "FAKE=argv", "ASKED="+asked).Output()
			if err != nil || string(out) != "docker\x00restart\x00x" {
				t.Fatalf("docker prints %q, %v", out, err)
			}
			if log, err := os.ReadFile(asked); err != nil || string(log) != "docker restart x\n" {
				t.Errorf("asked %q, %v", log, err)
			}
		})
	}
}

// A program that docker runs and that runs another docker command is guarded anew, and finds docker.
func TestCommandBelowDocker(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script(t, dir+"/shims/docker", "docker")
	write(t, dir+"/real/docker", "#!/bin/sh\necho \"real $*\"\n[ \"$1\" = ps ] && exec docker restart y\nexit 0\n", 0o755)
	asked := filepath.Join(dir, "asked")
	out, err := shell(t, []string{dir + "/shims", dir + "/real"}, "docker ps", "ASKED="+asked).Output()
	if err != nil || string(out) != "real ps\nreal restart y\n" {
		t.Errorf("docker prints %q, %v", out, err)
	}
	if log, err := os.ReadFile(asked); err != nil || string(log) != "docker restart y\n" {
		t.Errorf("asked %q, %v", log, err)
	}
}

func TestNoDocker(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script(t, dir+"/shims/docker", "docker")
	for _, c := range []struct {
		dirs []string
		code int
		want string
	}{
		{[]string{dir + "/shims"}, exitMissing, "schemaguard: docker: only schemaguard itself stands for it on PATH\n"},
		{[]string{dir + "/shims", filepath.Dir(write(t, dir+"/a/docker", strings.Repeat("x", 9), 0o644))}, exitDenied, "schemaguard: docker: " + dir + "/a/docker may not be executed\n"},
	} {
		var said bytes.Buffer
		cmd := shell(t, c.dirs, "docker ps")
		cmd.Stderr = &said
		if got := code(t, cmd.Run()); got != c.code || said.String() != c.want {
			t.Errorf("exit code %d, want %d; said %q", got, c.code, said.String())
		}
	}
}

// BenchmarkShim is docker through the shim, and BenchmarkDirect without it: what lies between is the price.
func BenchmarkShim(b *testing.B)   { benchmark(b, stage(b)) }
func BenchmarkDirect(b *testing.B) { benchmark(b, stage(b)[1:]) }

func benchmark(b *testing.B, dirs []string) {
	for b.Loop() {
		cmd := exec.Command(dirs[0]+"/docker", "ps")
		cmd.Env = []string{"PATH=" + strings.Join(dirs, ":"), "FAKE=0"}
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
	}
}

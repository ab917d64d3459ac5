//go:build docker && unix

package dockershim

import (
	"archive/tar"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRealDocker works with containers through the shim, in a terminal, as a user does.
func TestRealDocker(t *testing.T) {
	docker, err := exec.LookPath("docker")
	if err != nil || exec.CommandContext(t.Context(), docker, "version").Run() != nil {
		t.Skip("needs docker with an engine that answers")
	}
	dir := t.TempDir()
	name := fmt.Sprintf("sgshim%d", os.Getpid())
	importImage(t, name)
	t.Cleanup(func() {
		exec.Command(docker, "rm", "-f", name).Run()
		exec.Command(docker, "image", "rm", "-f", name).Run()
	})
	script(t, dir+"/shims/docker", "docker")
	asked := filepath.Join(dir, "asked")
	dirs := []string{dir + "/shims"}
	run := func(line string) string {
		out, err := shell(t, append(dirs, os.Getenv("PATH")), line, "ASKED="+asked).CombinedOutput()
		return fmt.Sprintf("%s|%d", out, code(t, err))
	}
	s := newScreen(t, dirs, "ASKED="+asked)

	s.enter("clear; docker run --rm -it --network none -e FAKE=signal " + name + "; echo code=$?")
	s.see("ready 1")
	s.tmux("send-keys", "C-c")
	s.see("got interrupt")
	s.see("code=5")

	if out := run("docker run -d --network none --name " + name + " -e FAKE=signal " + name + " >/dev/null"); out != "|0" {
		t.Fatal(out)
	}
	s.enter("clear; docker exec -it -e FAKE=tty " + name + " /app; echo code=$?")
	s.see("true true true code=0")
	if got := run("printf 'a\\0b' | docker exec -i -e FAKE=cat " + name + " /app"); got != "a\x00b|0" {
		t.Errorf("through a pipe came %q", got)
	}
	if got := run("docker exec -e FAKE=tty " + name + " /app | cat"); got != "false false false |0" && !strings.HasPrefix(got, "true false") {
		t.Errorf("without a terminal: %q", got)
	}
	if got := run("docker exec -e FAKE=42 " + name + " /app"); got != "|42" {
		t.Errorf("exit code: %q", got)
	}
	s.enter("clear; docker logs -f " + name + "; echo code=$?")
	s.see("ready 1")
	s.tmux("send-keys", "C-c")
	s.see("code=130")
	if got := run("docker restart -t 1 " + name); got != name+"\n|0" {
		t.Errorf("restart: %q", got)
	}
	if log, err := os.ReadFile(asked); err != nil || strings.Count(string(log), "\n") != 3 || !strings.HasSuffix(string(log), "docker restart -t 1 "+name+"\n") {
		t.Errorf("asked\n%s%v, want two runs and a restart", log, err)
	}
}

// TestRealCompose stops an up in a terminal, and follows logs.
func TestRealCompose(t *testing.T) {
	docker, err := exec.LookPath("docker")
	if err != nil || exec.CommandContext(t.Context(), docker, "compose", "version").Run() != nil || exec.CommandContext(t.Context(), docker, "version").Run() != nil {
		t.Skip("needs docker with the compose plugin, and an engine that answers")
	}
	dir := t.TempDir()
	name := fmt.Sprintf("sgcompose%d", os.Getpid())
	importImage(t, name)
	file := write(t, dir+"/compose.yaml", "name: "+name+"\nservices:\n  web: {image: "+name+", network_mode: none, stop_signal: SIGINT, environment: {FAKE: signal}}\n", 0o644)
	t.Cleanup(func() {
		exec.Command(docker, "compose", "-f", file, "down", "-t", "1").Run()
		exec.Command(docker, "image", "rm", "-f", name).Run()
	})
	script(t, dir+"/shims/docker", "docker")
	asked := filepath.Join(dir, "asked")
	var codes []string
	for _, dirs := range [][]string{nil, {dir + "/shims"}} {
		s := newScreen(t, dirs, "ASKED="+asked)
		s.enter("clear; docker compose -f " + file + " up; echo code=$?.")
		s.see("ready 1")
		s.tmux("send-keys", "C-c")
		s.see("got interrupt")
		codes = append(codes, s.between("code=", "."))
		s.enter("clear; echo second $((1+1)); docker compose -f " + file + " logs -f; echo code=$?.")
		s.see("second 2")
		s.see("got interrupt")
		s.tmux("send-keys", "C-c")
		codes = append(codes, s.between("code=", "."))
	}
	if !slices.Equal(codes[:2], codes[2:]) {
		t.Errorf("exit codes of up and logs without the shim and with it: %q", codes)
	}
	if log, err := os.ReadFile(asked); err != nil || string(log) != "docker compose -f "+file+" up\n" {
		t.Errorf("asked %q, %v", log, err)
	}
}

// importImage makes an image of the program that stands for docker, from scratch.
func importImage(t *testing.T, name string) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "app")
	build := exec.Command("go", "build", "-o", binary, "./testdata/fakedocker")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	var layer bytes.Buffer
	w := tar.NewWriter(&layer)
	if err := w.WriteHeader(&tar.Header{Name: "app", Typeflag: tar.TypeReg, Mode: 0o755, Size: int64(len(data))}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("docker", "import", "-c", `CMD ["/app"]`, "-", name)
	cmd.Stdin = &layer
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

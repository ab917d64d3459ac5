package dockershim

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain lets the test program stand in the place of docker, as the real one does.
func TestMain(m *testing.M) {
	if call, ok := Called(os.Args, os.Getenv); ok {
		if log := os.Getenv("ASKED"); log != "" && !call.Passes(os.Getenv) {
			note(log, strings.Join(append([]string{call.Program}, call.Args...), " "))
		}
		os.Exit(call.Run(System()))
	}
	var err error
	if fakeDir, err = os.MkdirTemp("", "fakedocker"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(fakeDir)
	os.Exit(code)
}

// note appends a line to a file: each command that a guard would have been asked for.
func note(path, line string) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		fmt.Fprintln(f, line)
		f.Close()
	}
}

// fakeDir holds the program that stands for docker.
var fakeDir string

func self(t testing.TB) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// fake builds the program that stands for docker, once for all tests.
func fake(t testing.TB) string {
	t.Helper()
	path, err := buildFake()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func write(t testing.TB, path, text string, mode os.FileMode) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func link(t testing.TB, target, path string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
	return path
}

func copyOf(t testing.TB, from, path string) string {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	return write(t, path, string(data), 0o755)
}

// script is a shim as it is installed.
func script(t testing.TB, path, role string) string {
	t.Helper()
	return write(t, path, "#!/bin/sh\nexec '"+self(t)+"' "+Verb+" "+role+" \"$@\"\n", 0o755)
}

// shell makes a command run with a PATH, from which the shell finds it.
func shell(t testing.TB, dirs []string, line string, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", line)
	cmd.Env = append([]string{"PATH=" + strings.Join(dirs, ":"), "HOME=" + t.TempDir()}, env...)
	return cmd
}

// code is the exit code of a command that ran.
func code(t testing.TB, err error) int {
	t.Helper()
	if err == nil {
		return 0
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return exit.ExitCode()
}

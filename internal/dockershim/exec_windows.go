package dockershim

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	windows    = true
	separators = `/\:`
)

// Exec runs the program at path, called with the words argv (its name first), on the streams of this
// process, and returns its exit code. Windows cannot replace a process.
func Exec(path string, argv, environ []string) (int, error) {
	// Ctrl-C reaches every process of the console. It is the other program's to act on; a signal that is
	// listened to does not end this one, where an ignored one would.
	dropped := make(chan os.Signal, 1)
	signal.Notify(dropped, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(dropped)
	cmd := &exec.Cmd{Path: path, Args: argv, Env: environ, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	err := cmd.Run()
	if ended := (*exec.ExitError)(nil); errors.As(err, &ended) {
		return ended.ExitCode(), nil
	}
	if err != nil {
		return exitDenied, err
	}
	return 0, nil
}

// spellings are the files that a name on PATH can be.
func spellings(path string, env func(string) string) []string {
	extensions := env("PATHEXT")
	if extensions == "" {
		extensions = ".com;.exe;.bat;.cmd"
	}
	var all []string
	for _, e := range strings.Split(strings.ToLower(extensions), ";") {
		all = append(all, path+e)
	}
	return all
}

func executable(info fs.FileInfo) bool { return info.Mode().IsRegular() }

// systemPluginDirs are docker's.
// https://github.com/docker/cli/blob/v28.5.1/cli-plugins/manager/manager_windows.go
func systemPluginDirs() []string {
	return []string{
		filepath.Join(os.Getenv("ProgramData"), "Docker", "cli-plugins"),
		filepath.Join(os.Getenv("ProgramFiles"), "Docker", "cli-plugins"),
	}
}

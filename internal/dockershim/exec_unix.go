//go:build unix

package dockershim

import (
	"errors"
	"io/fs"
	"syscall"
)

const (
	windows    = false
	separators = "/"
)

// Exec makes this process the program at path, called with the words argv (its name first). It only
// returns where that fails, with the exit code that shells have for it.
func Exec(path string, argv, environ []string) (int, error) {
	err := syscall.Exec(path, argv, environ)
	if errors.Is(err, syscall.ENOEXEC) { // a script without #!, which shells and execvp run all the same
		err = syscall.Exec("/bin/sh", append([]string{"sh", path}, argv[1:]...), environ)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return exitMissing, err
	}
	return exitDenied, err
}

// spellings are the files that a name on PATH can be.
func spellings(path string, _ func(string) string) []string { return []string{path} }

func executable(info fs.FileInfo) bool { return info.Mode().IsRegular() && info.Mode()&0o111 != 0 }

// systemPluginDirs are docker's.
// https://github.com/docker/cli/blob/v28.5.1/cli-plugins/manager/manager_unix.go
func systemPluginDirs() []string {
	return []string{
		"/usr/local/lib/docker/cli-plugins", "/usr/local/libexec/docker/cli-plugins",
		"/usr/lib/docker/cli-plugins", "/usr/libexec/docker/cli-plugins",
	}
}

// Package container reads files out of docker containers, running or not,
// through the docker command, so that contexts, DOCKER_HOST and look-alikes of
// docker work as they do in a shell. It changes nothing.
package container

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"strings"
	"time"
)

// timeout bounds one call of docker.
const timeout = 10 * time.Second

// maxFile bounds what is read of one file.
const maxFile = 256 << 20

// ErrNoDocker says that there is no docker command to ask.
var ErrNoDocker = errors.New("docker is not installed, or not in PATH")

// NotFoundError says that the container has no such file.
type NotFoundError struct {
	Container string
	Paths     []string // where it was looked for
}

// Error implements error.
func (e *NotFoundError) Error() string {
	return fmt.Sprintf("container %s has no snapshot at %s (name it: container:%s:/path)", e.Container, strings.Join(e.Paths, " or "), e.Container)
}

// Candidates returns where a Directus image keeps a snapshot that the project
// has at the given path: below /directus, the working directory of the official
// image, under the same or a usual name.
func Candidates(projectPath string) []string {
	base := path.Base(projectPath)
	list := []string{"/directus/" + strings.TrimPrefix(projectPath, "/")}
	for _, p := range []string{
		"/directus/snapshots/" + base, "/directus/snapshot/" + base, "/directus/" + base,
		"/snapshots/" + base, "/directus/snapshots/schema.yaml", "/directus/snapshot.yaml",
	} {
		if p != list[0] {
			list = append(list, p)
		}
	}
	return list
}

// Find reads the first of the paths that the container has, and returns it with
// its content. It returns a *NotFoundError where it has none of them, and
// [ErrNoDocker] or docker's own words where it could not be asked.
func Find(ctx context.Context, name string, paths []string) (string, []byte, error) {
	docker, err := exec.LookPath("docker")
	if err != nil {
		return "", nil, ErrNoDocker
	}
	for _, p := range paths {
		data, err := read(ctx, docker, name, p)
		if err == nil {
			return p, data, nil
		}
		if !isMissing(err) {
			return "", nil, fmt.Errorf("reading from container %s: %w", name, err)
		}
	}
	return "", nil, &NotFoundError{name, paths}
}

// read copies one file out as `docker cp NAME:PATH -` does, which works on
// stopped containers too. -L follows links.
func read(ctx context.Context, docker, name, file string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, docker, "cp", "-L", "--", name+":"+file, "-")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("docker did not answer within %s", timeout)
		}
		return nil, errors.New(firstLine(errs.String(), err))
	}
	archive := tar.NewReader(&out)
	for {
		header, err := archive.Next()
		if err != nil {
			return nil, fmt.Errorf("no file at %s: no such file", file)
		}
		if header.Typeflag == tar.TypeReg {
			return io.ReadAll(io.LimitReader(archive, maxFile))
		}
	}
}

// isMissing tells docker's "the file is not there" from its other troubles
// (moby 28, daemon/archive_unix.go: "Could not find the file X in container Y").
func isMissing(err error) bool {
	text := strings.ToLower(err.Error())
	return strings.Contains(text, "could not find the file") || strings.Contains(text, "no such file")
}

func firstLine(text string, err error) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if line == "" {
		return err.Error()
	}
	return strings.TrimPrefix(line, "Error response from daemon: ")
}

package engine

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// probeLabel marks containers that are made only to read a file.
const probeLabel = "schemaguard.probe"

// maxFile bounds what is read of one file.
const maxFile = 32 << 20

// NotFoundError says that there is no such file.
type NotFoundError struct{ Path string }

// Error implements error.
func (e *NotFoundError) Error() string { return "there is no file at " + e.Path }

// ReadFile returns a file of a container as its next start will see it: of its writable layer, or of what
// is mounted there, links followed. A *NotFoundError says that there is none.
func (e *Engine) ReadFile(ctx context.Context, container, path string) ([]byte, error) {
	args := []string{"cp", "-L", "--", container + ":" + path, "-"}
	if e.Podman {
		args = []string{"cp", "--", container + ":" + path, "-"}
	}
	out, stderr, err := e.run(ctx, e.Docker, args...)
	if err != nil {
		// moby 28, daemon/archive_unix.go: "Could not find the file X in container Y"
		if refused(err, stderr, "could not find the file", "could not be found on container", "no such file", "does not exist", "not a directory") {
			return nil, &NotFoundError{path}
		}
		return nil, err
	}
	archive := tar.NewReader(bytes.NewReader(out))
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil, &NotFoundError{path}
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s of a container: %w", path, err)
		}
		if header.Typeflag == tar.TypeDir {
			return nil, &NotFoundError{path}
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		if header.Size > maxFile {
			return nil, fmt.Errorf("reading %s of a container: it has %d bytes, at most %d are read", path, header.Size, maxFile)
		}
		data, err := io.ReadAll(archive)
		if err != nil {
			return nil, fmt.Errorf("reading %s of a container: %w", path, err)
		}
		return data, nil
	}
}

// Probe is a container that was made of an image to read its files; it never runs.
type Probe struct {
	engine *Engine
	id     string
}

// Probe makes one. Each mount is the value of docker's --mount; an image that is not here is not pulled.
// Close it also after an error of what is read.
func (e *Engine) Probe(ctx context.Context, image string, mounts []string) (*Probe, error) {
	if strings.HasPrefix(image, "-") {
		return nil, fmt.Errorf("reading image %q: that is no name of an image", image)
	}
	args := []string{"create", "--network", "none", "--pull", "never", "--label", probeLabel + "=true"}
	for _, m := range mounts {
		args = append(args, "--mount", m)
	}
	// An image without a command has none to be created with; this one is never run.
	out, _, err := e.run(ctx, e.Docker, append(args, "--entrypoint", "/schemaguard-never-runs", "--", image)...)
	if err != nil {
		return nil, err
	}
	ids := plainWords(out)
	if len(ids) == 0 {
		return nil, fmt.Errorf("reading image %s: docker create named no container", image)
	}
	return &Probe{e, ids[len(ids)-1]}, nil
}

// ReadFile is [Engine.ReadFile] of the image.
func (p *Probe) ReadFile(ctx context.Context, path string) ([]byte, error) {
	return p.engine.ReadFile(ctx, p.id, path)
}

// Close removes the container, even when ctx has ended.
func (p *Probe) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout/2)
	defer cancel()
	_, _, err := p.engine.run(ctx, p.engine.Docker, "rm", "--force", "--volumes", p.id)
	return err
}

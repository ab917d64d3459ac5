// Package bootfile reads the file that a container will have at a path when it starts: out of the container, out
// of its image, or from what is mounted there. It writes nothing and starts nothing.
package bootfile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/engine"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
)

// maxSnapshot bounds a snapshot on this machine.
const maxSnapshot = 32 << 20

// Reader reads files of what is still to start.
type Reader struct {
	Engine     *engine.Engine
	Containers []inventory.Container
	Address    string // where the daemon listens
	// HasVolume tells whether a volume exists: to mount one that does not would make it.
	HasVolume func(ctx context.Context, name string) (bool, error)
}

// File is a snapshot that a boot may apply.
type File struct {
	Source  bootsource.Source
	Path    string
	Data    []byte
	Later   bool // it is there only once the image was built or pulled
	Missing bool // there is no snapshot at any of the places
	Err     error
}

// Sum is the SHA-256 of the snapshot in hex; "" where there is none yet.
func (f *File) Sum() string {
	if f.Data == nil {
		return ""
	}
	sum := sha256.Sum256(f.Data)
	return hex.EncodeToString(sum[:])
}

// Read reads the first of the paths that is there, from each source of a boot.
func (r *Reader) Read(ctx context.Context, b *bootsource.Boot, paths []string) []File {
	out := make([]File, len(b.Sources))
	var wg sync.WaitGroup
	for i, s := range b.Sources {
		wg.Go(func() { out[i] = r.readOne(ctx, b, s, paths) })
	}
	wg.Wait()
	return out
}

func (r *Reader) readOne(ctx context.Context, b *bootsource.Boot, s bootsource.Source, paths []string) File {
	switch s.Kind {
	case bootsource.Container:
		f := First(paths, func(p string) ([]byte, error) { return r.Engine.ReadFile(ctx, s.ID, p) })
		f.Source = s
		return f
	case bootsource.Mount, bootsource.Image, bootsource.Build, bootsource.Pull:
	}
	return r.readNew(ctx, b, s, paths)
}

// readNew reads what a container that is still to be made will see: its mounts over its image.
func (r *Reader) readNew(ctx context.Context, b *bootsource.Boot, s bootsource.Source, paths []string) File {
	var probe *engine.Probe
	defer func() {
		if probe != nil {
			_ = probe.Close()
		}
	}()
	waits := false
	f := First(paths, func(p string) ([]byte, error) {
		at := b.At(s, p)
		if at.Kind == bootsource.Mount {
			data, settled, err := r.readMount(ctx, at, p)
			if settled {
				return data, err
			}
		}
		if s.Kind != bootsource.Image {
			waits = true
			return nil, &engine.NotFoundError{Path: p}
		}
		if probe == nil {
			var err error
			if probe, err = r.Engine.Probe(ctx, s.ID, nil); err != nil {
				return nil, err
			}
		}
		return probe.ReadFile(ctx, p)
	})
	f.Source = s
	if f.Data != nil {
		f.Source = b.At(s, f.Path)
	}
	if f.Missing && waits {
		f.Missing, f.Later = false, true
	}
	if f.Path == "" && len(paths) > 0 {
		f.Path = paths[0]
	}
	return f
}

// readMount reads what a mount shows. settled is false where the image's own content counts: a volume that is
// still to be made, or is empty, is filled from it.
func (r *Reader) readMount(ctx context.Context, s bootsource.Source, p string) (data []byte, settled bool, err error) {
	m := s.Mount
	rel := strings.TrimPrefix(strings.TrimPrefix(p, path.Clean(m.Target)), "/")
	switch m.Type {
	case "bind":
		if !r.remote() {
			data, err = readHost(filepath.Join(m.Source, filepath.FromSlash(rel)))
			return data, true, err
		}
		f := r.readThrough(ctx, "type=bind,source="+m.Source, s.ID, []string{rel})
		return f.Data, true, f.problem()
	case "volume":
		there, err := r.HasVolume(ctx, m.Name)
		if err != nil || !there {
			return nil, err != nil, err
		}
		f := r.readThrough(ctx, "type=volume,source="+m.Name, s.ID, []string{rel})
		return f.Data, !f.Missing, f.problem()
	}
	return nil, true, &engine.NotFoundError{Path: p} // tmpfs begins empty
}

// ReadVolume reads the first of the files, named from the top of the volume, that the volume has.
func (r *Reader) ReadVolume(ctx context.Context, volume string, files []string) File {
	return r.readThrough(ctx, "type=volume,source="+volume, "", files)
}

// window is where a mount is looked at: no image has anything there that an empty volume would be filled with.
const window = "/schemaguard-looks-here"

// readThrough reads files of a mount through a container that never runs, of the image or of any that is here.
func (r *Reader) readThrough(ctx context.Context, mount, image string, files []string) File {
	for i := range r.Containers {
		if image == "" {
			image = r.Containers[i].ImageID
		}
	}
	if image == "" {
		var err error
		if image, err = r.Engine.AnyImage(ctx); err != nil {
			return File{Err: err}
		}
	}
	probe, err := r.Engine.Probe(ctx, image, []string{mount + ",target=" + window + ",readonly"})
	if err != nil {
		return File{Err: err}
	}
	defer func() { _ = probe.Close() }()
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = path.Join(window, f)
	}
	return First(paths, func(p string) ([]byte, error) { return probe.ReadFile(ctx, p) })
}

// problem is the error of a file that was not read.
func (f *File) problem() error {
	if f.Missing {
		return &engine.NotFoundError{Path: f.Path}
	}
	return f.Err
}

// readHost reads a file of this machine, where docker makes an empty folder of a bind that is missing.
func readHost(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrInvalid) {
			return nil, &engine.NotFoundError{Path: name}
		}
		return nil, err
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, &engine.NotFoundError{Path: name}
	}
	data, err := io.ReadAll(io.LimitReader(f, maxSnapshot+1))
	if err == nil && len(data) > maxSnapshot {
		err = errors.New(name + " is too large to be a snapshot")
	}
	return data, err
}

// First reads the first of the paths that is there.
func First(paths []string, read func(string) ([]byte, error)) File {
	for _, p := range paths {
		data, err := read(p)
		var missing *engine.NotFoundError
		switch {
		case err == nil:
			if data == nil {
				data = []byte{}
			}
			return File{Path: p, Data: data}
		case !errors.As(err, &missing):
			return File{Path: p, Err: err}
		}
	}
	return File{Missing: true}
}

// isRemote tells an engine that does not see the files of this machine.
func (r *Reader) remote() bool {
	for _, scheme := range []string{"tcp://", "ssh://", "http://", "https://"} {
		if rest, ok := strings.CutPrefix(r.Address, scheme); ok {
			return !strings.HasPrefix(rest, "localhost") && !strings.HasPrefix(rest, "127.") && !strings.HasPrefix(rest, "[::1]")
		}
	}
	return false
}

// Detail says of a source what a person knows it by.
func Detail(s bootsource.Source) string {
	switch s.Kind {
	case bootsource.Container:
		return "container " + s.Ref
	case bootsource.Mount:
		if s.Mount.Type == "volume" {
			return "volume " + s.Mount.Name
		}
		return s.Mount.Source
	case bootsource.Image:
		return "image " + s.Ref + " " + s.ID
	case bootsource.Build, bootsource.Pull:
	}
	return s.Ref
}

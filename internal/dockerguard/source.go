package dockerguard

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
)

// maxSnapshot bounds a snapshot on this machine.
const maxSnapshot = 32 << 20

// found is a snapshot that a boot may apply.
type found struct {
	source  bootsource.Source
	path    string
	data    []byte
	later   bool // it is there only once the image was built or pulled
	missing bool // there is no snapshot at any of the places
	err     error
}

func (f *found) sum() string {
	if f.data == nil {
		return ""
	}
	sum := sha256.Sum256(f.data)
	return hex.EncodeToString(sum[:])
}

// read reads the snapshot from each source of a boot.
func (g *guard) read(ctx context.Context, b *bootsource.Boot, paths []string) []found {
	out := make([]found, len(b.Sources))
	var wg sync.WaitGroup
	for i, s := range b.Sources {
		wg.Go(func() { out[i] = g.readOne(ctx, b, s, paths) })
	}
	wg.Wait()
	return out
}

func (g *guard) readOne(ctx context.Context, b *bootsource.Boot, s bootsource.Source, paths []string) found {
	switch s.Kind {
	case bootsource.Container:
		f := first(paths, func(p string) ([]byte, error) { return g.world.engine.ReadFile(ctx, s.ID, p) })
		f.source = s
		return f
	case bootsource.Mount, bootsource.Image, bootsource.Build, bootsource.Pull:
	}
	return g.readNew(ctx, b, s, paths)
}

// readNew reads what a container that is still to be made will see: its mounts over its image.
func (g *guard) readNew(ctx context.Context, b *bootsource.Boot, s bootsource.Source, paths []string) found {
	var probe *engine.Probe
	defer func() {
		if probe != nil {
			_ = probe.Close()
		}
	}()
	waits := false
	f := first(paths, func(p string) ([]byte, error) {
		at := b.At(s, p)
		if at.Kind == bootsource.Mount {
			data, settled, err := g.readMount(ctx, at, p)
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
			if probe, err = g.world.engine.Probe(ctx, s.ID, nil); err != nil {
				return nil, err
			}
		}
		return probe.ReadFile(ctx, p)
	})
	f.source = s
	if f.data != nil {
		f.source = b.At(s, f.path)
	}
	if f.missing && waits {
		f.missing, f.later = false, true
	}
	if f.path == "" && len(paths) > 0 {
		f.path = paths[0]
	}
	return f
}

// readMount reads what a mount shows. settled is false where the image's own content counts: a volume that is
// still to be made, or is empty, is filled from it.
func (g *guard) readMount(ctx context.Context, s bootsource.Source, p string) (data []byte, settled bool, err error) {
	m := s.Mount
	rel := strings.TrimPrefix(strings.TrimPrefix(p, path.Clean(m.Target)), "/")
	switch m.Type {
	case "bind":
		if !g.isRemote() {
			data, err = readHost(filepath.Join(m.Source, filepath.FromSlash(rel)))
			return data, true, err
		}
		data, err = g.probeMount(ctx, "type=bind,source="+m.Source+",target="+m.Target+",readonly", s, p)
		return data, true, err
	case "volume":
		there, err := g.world.hasVolume(ctx, m.Name)
		if err != nil || !there {
			return nil, err != nil, err
		}
		data, err = g.probeMount(ctx, "type=volume,source="+m.Name+",target="+m.Target+",volume-nocopy", s, p)
		var missing *engine.NotFoundError
		return data, !errors.As(err, &missing), err
	}
	return nil, true, &engine.NotFoundError{Path: p} // tmpfs begins empty
}

// probeMount reads a mount through a container that never runs, of any image that is here.
func (g *guard) probeMount(ctx context.Context, mount string, s bootsource.Source, p string) ([]byte, error) {
	image := s.ID
	if image == "" {
		for _, img := range g.world.Images {
			image = img.ID
		}
	}
	for i := range g.world.Containers {
		if image == "" {
			image = g.world.Containers[i].ImageID
		}
	}
	if image == "" {
		return nil, errors.New("there is no image through which a mount could be read")
	}
	probe, err := g.world.engine.Probe(ctx, image, []string{mount})
	if err != nil {
		return nil, err
	}
	defer func() { _ = probe.Close() }()
	return probe.ReadFile(ctx, p)
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

// first reads the first of the paths that is there.
func first(paths []string, read func(string) ([]byte, error)) found {
	for _, p := range paths {
		data, err := read(p)
		var missing *engine.NotFoundError
		switch {
		case err == nil:
			if data == nil {
				data = []byte{}
			}
			return found{path: p, data: data}
		case !errors.As(err, &missing):
			return found{path: p, err: err}
		}
	}
	return found{missing: true}
}

// isRemote tells an engine that does not see the files of this machine.
func (g *guard) isRemote() bool {
	for _, scheme := range []string{"tcp://", "ssh://", "http://", "https://"} {
		if rest, ok := strings.CutPrefix(g.world.address, scheme); ok {
			return !strings.HasPrefix(rest, "localhost") && !strings.HasPrefix(rest, "127.") && !strings.HasPrefix(rest, "[::1]")
		}
	}
	return false
}

// detail says of a source what a person knows it by.
func detail(s bootsource.Source) string {
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

package containers

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/dockerguard/bootfile"
	"github.com/schemaguard/schemaguard/internal/engine/inventory"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// memory is what the last look found.
type memory struct {
	asked   asked
	boots   []Boot
	files   map[string]bootfile.File // by what they were read from
	mounts  map[string]string        // signatures of files on this machine; "" for what has none
	project composed
}

// asked is what an answer holds for.
type asked struct {
	moves                  int
	root, display, compose string
}

// composed is a compose project as its files were.
type composed struct {
	signature string
	of        *inventory.Project
}

// answers tells whether the last answer still holds.
func (m *memory) answers(key asked) bool {
	if m.mounts == nil || m.asked != key {
		return false
	}
	for name, was := range m.mounts {
		if was == "" || signature(name) != was {
			return false
		}
	}
	for i := range m.boots {
		if m.boots[i].Err != nil {
			return false
		}
	}
	return true
}

// file reads a snapshot, or remembers it where what it is read from is the same.
func (l *look) file(ctx context.Context, b *bootsource.Boot, s bootsource.Source, paths []string) bootfile.File {
	key := []string{string(s.Kind), s.ID, strings.Join(paths, "\x00")}
	keep := true
	if s.Kind == bootsource.Container && b.Container != nil {
		key = append(key, b.Container.ImageID, b.Container.State)
	}
	for _, p := range paths {
		m, covered := inventory.Covering(b.Spec.Mounts, p)
		if !covered {
			continue
		}
		at := filepath.Join(m.Source, filepath.FromSlash(strings.TrimPrefix(p, m.Target)))
		sig := ""
		if m.Type == "bind" && l.here() {
			sig = signature(at)
		}
		l.mounts[m.Type+":"+at] = sig
		if sig == "" {
			keep = false // nobody tells of changes in it
		} else {
			delete(l.mounts, m.Type+":"+at)
			l.mounts[at] = sig
		}
		key = append(key, at, sig)
	}
	name := strings.Join(key, "\x01")
	f, known := l.memory.files[name]
	if !known || !keep {
		one := *b
		one.Sources = []bootsource.Source{s}
		f = l.reader.Read(ctx, &one, paths)[0]
	}
	if keep && f.Err == nil {
		l.kept[name] = f
	}
	return f
}

// here tells whether the engine sees the files of this machine.
func (l *look) here() bool { return l.address == "" || strings.HasPrefix(l.address, "unix://") }

// signature changes when a file does; "absent" where there is none.
func signature(name string) string {
	info, err := os.Stat(name)
	if err != nil {
		return "absent"
	}
	return fmt.Sprint(info.ModTime().UnixNano(), info.Size(), info.Mode())
}

// composeSignature changes when the compose files of the project do.
func composeSignature(ws *workspace.Workspace) string {
	p := ws.Compose()
	if p == nil {
		return ""
	}
	parts := []string{p.Name, p.Dir}
	for _, f := range append(append([]string{}, p.Files...), filepath.Join(p.Dir, ".env")) {
		parts = append(parts, f, signature(f))
	}
	for _, s := range p.Services {
		for _, v := range s.Environment {
			parts = append(parts, v.Name, v.Value) // of an env_file
		}
	}
	return strings.Join(parts, "\x00")
}

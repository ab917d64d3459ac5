// Package place finds the project that a folder lies in, once for each folder.
package place

import (
	"context"
	"os"
	"sync"

	"github.com/schemaguard/schemaguard/internal/workspace"
)

// Place is a project that was looked at; where that failed, Workspace is nil.
type Place struct {
	*workspace.Workspace
	Err error
}

// Places are those of one decision. It is safe for concurrent use.
type Places struct {
	Here    string // the folder to take where another is not on this machine; "." where empty
	Options workspace.Options

	mu     sync.Mutex
	places map[string]*Place
}

// Folder is Here.
func (p *Places) Folder() string {
	if p.Here != "" {
		return p.Here
	}
	return "."
}

// At opens the project around a folder; one that is not on this machine is taken
// for the working directory.
func (p *Places) At(ctx context.Context, dir string) *Place {
	if info, err := os.Stat(dir); dir == "" || err != nil || !info.IsDir() {
		dir = p.Folder()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if at, ok := p.places[dir]; ok {
		return at
	}
	at := &Place{}
	at.Workspace, at.Err = workspace.OpenAt(ctx, dir, p.Options)
	if p.places == nil {
		p.places = map[string]*Place{}
	}
	p.places[dir] = at
	return at
}

// Snapshot is the snapshot file as the project names it.
func (p *Place) Snapshot() string {
	switch {
	case p.Err != nil:
		return "snapshots/schema.yaml"
	case p.Path != "":
		return p.Path
	}
	return p.Config.Snapshot.Path.V
}

// InContainers is where the settings say that containers keep it; empty where
// they do not say.
func (p *Place) InContainers() string {
	if p.Err != nil {
		return ""
	}
	return p.Config.Docker.SnapshotPath.V
}

// StartsDatabase tells whether the settings let the guard start a stopped database.
func (p *Place) StartsDatabase() bool { return p.Err == nil && p.Config.Docker.StartDatabase.V }

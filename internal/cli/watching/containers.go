package watching

import (
	"context"
	"strings"
	"sync"

	"github.com/schemaguard/schemaguard/internal/watch"
	"github.com/schemaguard/schemaguard/internal/watch/containers"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// watchContainers has the watcher look when docker moved, until ctx ends.
func (r *running) watchContainers(ctx context.Context, group *sync.WaitGroup) {
	if r.noDocker {
		return
	}
	group.Go(func() {
		r.docker.Run(ctx, func(containers.Event) { r.watcher.Poke(watch.Containers) })
	})
}

// boots finds out what the project's containers would boot with.
func (r *running) boots(ctx context.Context, ws *workspace.Workspace, st *workspace.Settings) []watch.Boot {
	found, err := r.docker.Boots(ctx, ws, st)
	if err != nil {
		return []watch.Boot{{Container: "docker", Err: err}}
	}
	out := make([]watch.Boot, 0, len(found))
	for _, b := range found {
		boot := watch.Boot{
			Container: b.Name, Service: b.Service, Image: b.Image, File: b.Path, Data: b.Data, Missing: b.Missing, Err: b.Err,
		}
		if b.New {
			boot.Container = strings.TrimSpace(b.Name + " after compose up")
		}
		out = append(out, boot)
	}
	return out
}

package watch

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/schemaguard/schemaguard/internal/workspace"
)

// An engine that hangs hides nothing that the database says, and is never taken
// for one that boots nothing; its late answer is told.
func TestAHungEngineHoldsNothingUp(t *testing.T) {
	t.Parallel()
	p, db := newProject(t), newWire()
	image, release := example(t), make(chan struct{})
	var asked atomic.Int32
	w, events := p.run(db, func(o *Options) {
		o.Boots = func(ctx context.Context, _ *workspace.Workspace, _ *workspace.Settings) []Boot {
			asked.Add(1)
			select {
			case <-release:
			case <-ctx.Done():
			}
			return []Boot{{Container: "shop-directus-1", File: "/directus/snapshots/schema.yaml", Data: image}}
		}
	})
	e := awaited(t, events)
	if e.State.Standing != BootUnknown || !strings.Contains(e.Text, "docker has not answered yet") {
		t.Fatalf("%s: %s", e.State.Standing, e.Text)
	}
	p.sql(gadgets)
	w.Poke(Containers)
	db.set(1, nil)
	if e = awaited(t, events); e.State.Standing != Unsaved {
		t.Fatalf("%s: %s", e.State.Standing, e.Text)
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("an engine that hangs was asked %d times", n)
	}
	close(release)
	if e = awaited(t, events); len(e.State.Places) != 5 || e.State.Places[4].Where != "shop-directus-1" || e.State.Places[4].Lacks != 1 {
		t.Fatalf("%s: %+v", e.Text, e.State.Places)
	}
	silent(t, events)
	if n := asked.Load(); n != 2 {
		t.Errorf("what moved while the engine hung led to %d questions, not to one more", n)
	}
}

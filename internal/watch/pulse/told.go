package pulse

import (
	"context"
	"time"
)

// Told is [Pulse.Look] after the database said that something moved: where the
// versions of the rows bear that out, it is believed, and the third step is saved.
// What was only rewritten then counts as moved, now and at most once more later.
func (p *Pulse) Told(ctx context.Context) (Reading, error) {
	p.notified = false
	ctx, cancel := p.bounded(ctx)
	defer cancel()
	visible, err := p.ask(ctx, visibleSQL)
	if err != nil {
		return Reading{}, p.explain(err)
	}
	if visible == p.last.visible {
		return Reading{Level: Visible}, nil
	}
	versions, err := p.versions(ctx)
	if err != nil {
		return Reading{}, p.explain(err)
	}
	if versions == "" || versions == p.last.versions {
		return p.Look(ctx)
	}
	p.last, p.owed, p.proved = marks{visible, versions, ""}, false, time.Now()
	return Reading{Level: Versions, Moved: true}, nil
}

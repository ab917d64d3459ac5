package watch

import (
	"context"
	"errors"

	"github.com/schemaguard/schemaguard/internal/live"
	"github.com/schemaguard/schemaguard/internal/watch/pulse"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// dial connects to a project's database, to be told of its moves. Its error is a
// *[live.UnreachableError].
func (w *Watcher) dial(ctx context.Context, st *workspace.Settings) (Database, error) {
	p, err := pulse.Connect(ctx, pulse.Options{
		Config: st.PG, Display: st.Display, SearchPath: st.SearchPath.Names,
		Exclude: st.ExcludeTables.Names, StatementTimeout: st.StatementTimeout,
	})
	if err != nil {
		return nil, live.Unreachable(st.Display, err)
	}
	return &line{p, w}, nil
}

// line is the connection of package pulse.
type line struct {
	*pulse.Pulse
	watcher *Watcher
}

// Look implements [Database].
func (l *line) Look(ctx context.Context, told bool) (bool, error) {
	look := l.Pulse.Look
	if told {
		look = l.Told
	}
	reading, err := look(ctx)
	if errors.Is(err, pulse.ErrBusy) {
		return false, ErrBusy
	}
	if err == nil {
		l.watcher.reached(reading.Level)
	}
	return reading.Moved, err
}

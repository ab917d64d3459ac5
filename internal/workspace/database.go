package workspace

import (
	"context"

	"github.com/schemaguard/schemaguard/internal/connection"
	"github.com/schemaguard/schemaguard/internal/lastverdict"
	"github.com/schemaguard/schemaguard/internal/policy"
)

// ConnectTo is [Workspace.Connect] to a database that somebody else decided on: the one that a container uses.
// Its errors are those of live.Open and live.Decide.
func (w *Workspace) ConnectTo(ctx context.Context, found *connection.Settings) (*Session, error) {
	return w.open(ctx, w.settle(found), w.readCommitted(ctx))
}

// LastSeenOf is [Workspace.LastSeen] of a database that somebody else decided on.
func (w *Workspace) LastSeenOf(found *connection.Settings) (r lastverdict.Record, ok bool) {
	st := &Settings{Settings: found}
	return lastverdict.Open(w.getenv).Load(st.databaseKey())
}

// BootTarget is a snapshot that a boot will apply, from wherever it was read. Its past is that of the commit
// that has the same content, if any.
func (w *Workspace) BootTarget(ctx context.Context, source policy.Source, file string, data []byte) (Target, error) {
	t := Target{Rule: policy.Boot}
	t.Source, t.File, t.Data = source, file, data
	return w.withHolder(ctx, t)
}

// Package database is the database of a boot, as the gate sees it: the one that
// Directus itself will use in this container, and never another. It reads through
// the one check, and writes nothing but the sync point.
package database

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/bootgate"
	"github.com/schemaguard/schemaguard/internal/check"
	"github.com/schemaguard/schemaguard/internal/connection"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/live"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// Between two tries to connect the gate waits longer and longer, and never in step
// with the other replicas.
const (
	firstPause = 250 * time.Millisecond
	maxPause   = 5 * time.Second
	growth     = 1.6
	tryFor     = 5 * time.Second // one connection
	sayEvery   = 10 * time.Second
)

// Options say which database it is and what is known of the Directus that boots.
type Options struct {
	Settings *connection.Settings
	// Versions returns who says which Directus it is, strongest first, without the
	// snapshot's header and the database's migrations; nil for nobody. It is asked
	// once the database answers, for a Directus that is asked may want it.
	Versions func() []live.Candidate
	Budget   time.Duration // for counting losses
	// Local is where the sync point is kept where the settings want it outside of
	// the database; nil for in it.
	Local *syncpoint.Local
	Now   func() time.Time
	Log   *slog.Logger
}

// Database implements [bootgate.Database].
type Database struct{ Options }

var _ bootgate.Database = Database{}

// Wait implements [bootgate.Database]: with growing pauses, until the timeout.
func (d Database) Wait(ctx context.Context, timeout time.Duration) error {
	began, pause, said := d.Now(), firstPause, time.Time{}
	for {
		err := d.try(ctx, max(timeout-d.Now().Sub(began), firstPause))
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		now := d.Now()
		waited := now.Sub(began)
		if waited >= timeout {
			return &bootgate.Error{
				Code: bootgate.CodeUnreachable, Exit: exitcode.NotRun,
				Err:  fmt.Errorf("database %s did not answer within %s: %s", d.Settings.Display, timeout, d.reason(err)),
				Hint: "schemaguard doctor",
			}
		}
		if now.Sub(said) >= sayEvery {
			said = now
			d.Log.Info("waiting for database "+d.Settings.Display+": "+d.reason(err), "step", "wait", "duration", waited.Round(time.Millisecond).String())
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(pause*3/4+rand.N(pause/2), timeout-waited)):
		}
		pause = min(time.Duration(float64(pause)*growth), maxPause)
	}
}

// reason is what stood in the way: the last of the driver's attempts, without the
// address, which the message names already.
func (d Database) reason(err error) string {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	if _, after, ok := strings.Cut(last, "): "); ok {
		last = after
	}
	return terminal.Clean(d.Settings.Redact.String(last))
}

// try connects once, within the time that is left.
func (d Database) try(ctx context.Context, left time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, min(tryFor, left))
	defer cancel()
	conn, err := pgconn.ConnectConfig(ctx, d.Settings.PG)
	if err != nil {
		return err
	}
	defer d.close(conn)
	return conn.Exec(ctx, "SELECT 1").Close()
}

// goodbye bounds the closing of a connection.
const goodbye = time.Second

func (d Database) close(conn *pgconn.PgConn) {
	ctx, cancel := context.WithTimeout(context.Background(), goodbye)
	defer cancel()
	_ = conn.Close(ctx)
}

// candidates are who says which Directus it is.
func (d Database) candidates(target check.Target) []live.Candidate {
	header := live.Candidate{Version: snapshot.HeaderVersion(target.Data), Source: "header of " + target.File, Recorded: true}
	if d.Versions == nil {
		return []live.Candidate{header}
	}
	return append(slices.Clone(d.Versions()), header)
}

func (d Database) open(ctx context.Context, target check.Target) (*live.Database, error) {
	st := d.Settings
	o := live.Options{
		Config: st.PG, Display: st.Display, SearchPath: st.SearchPath.Names, Exclude: st.ExcludeTables.Names,
		StatementTimeout: st.StatementTimeout, Local: d.Local, Now: d.Now(),
	}
	if target.Data != nil {
		o.Candidates = func() []live.Candidate { return d.candidates(target) }
	}
	return live.Open(ctx, o)
}

// decided opens the database and settles which Directus it is. The caller closes it.
// Its errors are *[bootgate.Error].
func (d Database) decided(ctx context.Context, target check.Target) (*live.Database, live.Decision, error) {
	db, err := d.open(ctx, target)
	if err != nil {
		return nil, live.Decision{}, unable(err)
	}
	by, err := live.Decide(d.candidates(target), db.Catalog.Migrations)
	if err != nil {
		db.Close()
		return nil, by, unable(err)
	}
	return db, by, nil
}

// Look implements [bootgate.Database]. Its errors are *[bootgate.Error].
func (d Database) Look(ctx context.Context, target check.Target) (*bootgate.Look, error) {
	db, by, err := d.decided(ctx, target)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	side := db.Side(by)
	decoded := sync.OnceValue(func() *snapshot.File { return snapshot.Decode(target.File, target.Data) })
	target.Decoded = decoded
	l := &bootgate.Look{Live: side.Snapshot, Upgraded: side.Upgraded, Version: side.Version}
	l.Verdict = check.Run(ctx, check.Request{
		Live: side, Target: target, Database: db, Rule: policy.Boot, Guard: true, Budget: d.Budget, Now: d.Now(),
	})
	if file := decoded(); file.Trusted() {
		l.Target = file.Snapshot
	}
	if l.Verdict.State == policy.NotRun {
		return l, nil
	}
	if l.Points, err = db.SyncPoints(ctx); err != nil {
		return nil, unable(err)
	}
	if len(l.Verdict.Changes) > 0 || l.Verdict.State != policy.Clean {
		if l.Facts, err = db.Facts(ctx); err != nil {
			return nil, unable(err)
		}
	}
	return l, nil
}

// Applied implements [bootgate.Database]: live as the version of the sync point
// sees it, where the database's migrations allow for it.
func (d Database) Applied(ctx context.Context) (*snapshot.Snapshot, []syncpoint.Point, error) {
	db, err := d.open(ctx, check.Target{})
	if err != nil {
		return nil, nil, unable(err)
	}
	defer db.Close()
	points, err := db.SyncPoints(ctx)
	if err != nil {
		return nil, nil, unable(err)
	}
	applied := syncpoint.Find(points, syncpoint.Applied)
	if applied == nil {
		return nil, points, nil
	}
	by, err := live.Decide([]live.Candidate{{Version: applied.Directus, Source: "sync point", Recorded: true}}, db.Catalog.Migrations)
	if err != nil {
		return nil, points, unable(err)
	}
	if before := asBefore(db.Catalog, by.Version, applied); before != nil {
		return before, points, nil
	}
	return db.Side(by).Snapshot, points, nil
}

// Live implements [bootgate.Database].
func (d Database) Live(ctx context.Context, target check.Target) (*snapshot.Snapshot, error) {
	db, by, err := d.decided(ctx, target)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return db.Side(by).Snapshot, nil
}

// unable gives an error the code of the situation that it is.
func unable(err error) error {
	own := &bootgate.Error{
		Code: string(workspace.Situation(err)), Exit: exitcode.NotRun,
		Err: redact.Error(err), Hint: "schemaguard explain " + string(workspace.Situation(err)),
	}
	if errors.As(err, new(*live.UnreachableError)) {
		own.Code = bootgate.CodeUnreachable
	}
	return own
}

// Record implements [bootgate.Database].
func (d Database) Record(ctx context.Context, p syncpoint.Point) error {
	if d.Local != nil {
		return d.Local.Write(p)
	}
	ctx, cancel := context.WithTimeout(ctx, tryFor+d.Settings.StatementTimeout)
	defer cancel()
	conn, err := pgconn.ConnectConfig(ctx, d.Settings.PG)
	if err != nil {
		return fmt.Errorf("database %s: %s", d.Settings.Display, d.reason(err))
	}
	defer d.close(conn)
	return syncpoint.Write(ctx, conn, p)
}

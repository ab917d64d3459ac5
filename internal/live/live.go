// Package live opens a running Directus database for a check: it connects,
// reads the catalog once, settles which Directus it is, and answers what a
// check asks further. It only reads, but for the sync point.
package live

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/catalog/view"
	"github.com/schemaguard/schemaguard/internal/check"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/moment"
	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
)

// Options say which database, and what is known about it beforehand.
type Options struct {
	Config           *pgconn.Config
	Display          string // "user@host:port/database", without a password
	SearchPath       []string
	Exclude          []string
	StatementTimeout time.Duration
	// Local is the store of the sync point where it is not to be in the database;
	// nil to keep it there.
	Local *syncpoint.Local
	// Fallback is the local store to use where the role may not create the table.
	Fallback *syncpoint.Local
	Now      time.Time
	// Candidates are what [Decide] will be asked with, so that rows can be made
	// into values while the server still works; nil to do that later.
	Candidates func() []Candidate
}

// UnreachableError says that no connection could be had.
type UnreachableError struct {
	Display string
	cause   error
}

// Unreachable makes an *[UnreachableError] of the driver's error.
func Unreachable(display string, cause error) *UnreachableError {
	return &UnreachableError{Display: display, cause: cause}
}

// Error implements error; it holds no password.
func (e *UnreachableError) Error() string {
	return fmt.Sprintf("database %s cannot be reached: %s", e.Display, redact.String(reason(e.cause)))
}

// reason is what stood in the way: the last of the driver's attempts, without
// the address, which the message names already.
func reason(err error) string {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	if _, after, ok := strings.Cut(last, "): "); ok {
		last = after
	} else if _, after, ok := strings.Cut(last, "`: "); ok {
		last = after
	}
	return last
}

// Unwrap returns the driver's error.
func (e *UnreachableError) Unwrap() error { return e.cause }

// Database is an open database whose catalog was read.
type Database struct {
	opt     Options
	conn    *pgconn.PgConn
	Catalog *catalog.Catalog
	early   chan *view.Rows // what was prepared for Side; nil for nothing
}

// Open connects and reads the catalog. It returns an *UnreachableError, or what
// [catalog.Fetch] returns.
func Open(ctx context.Context, opt Options) (*Database, error) {
	conn, err := pgconn.ConnectConfig(ctx, opt.Config)
	if err != nil {
		return nil, &UnreachableError{Display: opt.Display, cause: err}
	}
	d := &Database{opt: opt, conn: conn}
	ctx, cancel := d.bounded(ctx, 0)
	defer cancel()
	d.Catalog, err = catalog.Fetch(ctx, conn, catalog.Options{
		SearchPath: opt.SearchPath, Exclude: opt.Exclude, StatementTimeout: opt.StatementTimeout, Early: d.prepare,
	})
	if err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// prepare begins with the rows that the catalog has so far, under the version
// that will be decided on as things stand. Nothing hangs on the guess: rows of
// another version are not used.
func (d *Database) prepare(c *catalog.Catalog) {
	if d.opt.Candidates == nil {
		return
	}
	d.early = make(chan *view.Rows, 1)
	go func() {
		var rows *view.Rows
		if by, err := Decide(d.opt.Candidates(), c.Migrations); err == nil {
			rows = view.Prepare(c, by.Version)
		}
		d.early <- rows
	}()
}

// rows returns what was prepared, once.
func (d *Database) rows() *view.Rows {
	if d.early == nil {
		return nil
	}
	rows := <-d.early
	d.early = nil
	return rows
}

// patience is how often the statement timeout passes before the server counts
// as gone: its own timeouts come first, unless the network swallowed them.
const patience = 3

// bounded gives one exchange with the server a deadline, since a network that
// drops everything makes no error.
func (d *Database) bounded(ctx context.Context, more time.Duration) (context.Context, context.CancelFunc) {
	statement := catalog.Options{StatementTimeout: d.opt.StatementTimeout}.Bound()
	return context.WithTimeout(ctx, patience*statement+more)
}

// Close ends the connection.
func (d *Database) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = d.conn.Close(ctx)
}

// Side returns the live side of a check under the decided version.
func (d *Database) Side(by Decision) check.Live {
	l := check.Live{
		Source:   policy.Source{Name: "live", Origin: d.opt.Display},
		Snapshot: view.SnapshotWith(d.Catalog, by.Version, d.rows()),
		Version:  by.Version, Says: by.Says, Problems: by.Problems, Notes: by.Notes,
	}
	l.Problems = append(append([]finding.Finding{}, l.Problems...), d.warnings()...)
	if by.Ahead {
		l.Upgraded = view.Upgraded(d.Catalog, by.Version)
	}
	return l
}

// warnings reports what makes Directus itself confuse things.
func (d *Database) warnings() []finding.Finding {
	var out []finding.Finding
	for _, name := range d.Catalog.SameNames() {
		out = append(out, finding.Finding{
			Code: finding.SameNameTwoSchemas, Severity: finding.Warning,
			Item: "collection " + name, Message: fmt.Sprintf("table %q stands in more than one searched schema: Directus mixes their columns", name),
			Fix: "schemaguard explain SAME_NAME_TWO_SCHEMAS",
		})
	}
	for _, name := range d.Catalog.ExcludedCollections() {
		out = append(out, finding.Finding{
			Code: finding.ExcludedTable, Severity: finding.Note,
			Item: "collection " + name, Message: fmt.Sprintf("collection %q is left out by DB_EXCLUDE_TABLES here: a snapshot taken elsewhere may hold it", name),
			Fix: "schemaguard explain EXCLUDED_TABLE",
		})
	}
	return out
}

// Facts implements [check.Database].
func (d *Database) Facts(ctx context.Context) (plan.Facts, error) {
	ctx, cancel := d.bounded(ctx, 0)
	defer cancel()
	return d.Catalog.Facts(ctx, d.conn)
}

// SyncPoints implements [check.Database]: those of the database, and those of
// this clone, which may be later where the role may not write.
func (d *Database) SyncPoints(ctx context.Context) ([]syncpoint.Point, error) {
	var points []syncpoint.Point
	if d.opt.Local == nil && d.Catalog.HasSyncPoint {
		ctx, cancel := d.bounded(ctx, 0)
		defer cancel()
		var err error
		if points, err = syncpoint.Read(ctx, d.conn); err != nil {
			return nil, err
		}
	}
	local := d.local()
	if local == nil {
		return points, nil
	}
	own, err := local.Read()
	return append(points, own...), err
}

func (d *Database) local() *syncpoint.Local {
	if d.opt.Local != nil {
		return d.opt.Local
	}
	return d.opt.Fallback
}

// WriteSyncPoint keeps a point where the settings want it, or locally where the
// role may not create the table; note says so then.
func (d *Database) WriteSyncPoint(ctx context.Context, p syncpoint.Point) (note string, err error) {
	if d.opt.Local == nil {
		ctx, cancel := d.bounded(ctx, 0)
		defer cancel()
		err = syncpoint.Write(ctx, d.conn, p)
		if !errors.Is(err, syncpoint.ErrNoRight) || d.opt.Fallback == nil {
			return "", err
		}
		note = "the sync point is kept in this clone only: " + err.Error()
	}
	return note, d.local().Write(p)
}

// CountLoss implements [check.Database].
func (d *Database) CountLoss(ctx context.Context, effects []plan.Effect, budget time.Duration) (map[plan.Effect]policy.Count, error) {
	ctx, cancel := d.bounded(ctx, budget)
	defer cancel()
	counts, err := d.Catalog.CountLoss(ctx, d.conn, effects, budget)
	out := make(map[plan.Effect]policy.Count, len(counts))
	for e, c := range counts {
		out[e] = policy.Count{N: c.N, Estimate: c.Estimate}
	}
	return out, err
}

// Authors implements [check.Database]: "created 14:02 by anna@example.com".
func (d *Database) Authors(ctx context.Context, keys []snapshot.Key) (map[snapshot.Key]policy.Author, error) {
	ctx, cancel := d.bounded(ctx, 0)
	defer cancel()
	authors, err := d.Catalog.Authors(ctx, d.conn, keys)
	out := make(map[snapshot.Key]policy.Author, len(authors))
	for key, a := range authors {
		words := map[string]string{"create": "created", "update": "changed", "delete": "deleted"}[a.Action]
		words += " " + moment.Text(a.At, d.opt.Now)
		if a.Email != "" {
			words += " by " + a.Email
		}
		out[key] = policy.Author{Action: a.Action, At: a.At, Email: a.Email, Text: words}
	}
	return out, err
}

// Rights asks what the role may do beyond reading the schema.
func (d *Database) Rights(ctx context.Context) (catalog.Rights, error) {
	ctx, cancel := d.bounded(ctx, 0)
	defer cancel()
	return d.Catalog.Rights(ctx, d.conn)
}

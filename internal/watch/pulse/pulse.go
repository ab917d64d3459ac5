// Package pulse tells whether the schema of a database has moved since it was
// last asked, on one connection that is kept, and for next to nothing where
// nothing happened.
//
// It asks in three steps, each only where the one before moved:
//
//   - [Visible]: which transactions can be seen (txid_current_snapshot). Where that
//     is the same as before, nothing that anybody could see has changed. The position
//     of the WAL would not do: a commit is written there before it can be seen, and
//     with synchronous replication long before.
//   - [Versions]: the versions of the rows that the catalog's queries read. A busy
//     table of telemetry costs this step and no more. Sums of pg_stat counters would be
//     cheaper and wrong: they arrive up to ten seconds late (Postgres 15 and later),
//     or with the next command of an idle backend (before). So would the highest
//     xmin: of two transactions the older can commit last.
//   - [Content]: digests of the very rows that catalog.Fetch brings, made in the
//     server. Only this says that something moved: a table that was rewritten as it
//     was did not.
//
// What is remembered was always read before what it vouches for, so a change
// between two steps is seen the next time.
//
// The second step sees everything that belongs to the searched schemas. What lies
// elsewhere and shows only in the wording of a default or a type (a function that is
// renamed, a type of another schema) is seen by the third step, which is taken a
// minute after the last one at the latest, if anything at all happened since.
//
// It writes nothing, and knows nothing of snapshots: what moved is for its caller
// to find out.
package pulse

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/watch/trigger"
)

var (
	//go:embed versions.sql
	versionsSQL string
	//go:embed facts.sql
	factsSQL string
)

// visibleSQL is the first step. On a standby the snapshot does not name the
// transactions that are still running, so there the position of the replay is
// needed; what follows it says which server and which database this is, since
// behind a pooler it may be another one than before.
const visibleSQL = `SELECT txid_current_snapshot(), CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() END
     , pg_postmaster_start_time(), (SELECT oid FROM pg_database WHERE datname = current_database())`

// pointVersionsSQL and pointDigestSQL are the steps of the sync point, where
// there is one.
const (
	pointVersionsSQL = `SELECT hash_array_extended(array_agg(xmin), 0) FROM schemaguard.sync_point`
	pointDigestSQL   = `SELECT md5(coalesce(string_agg(q::text, E'\n' ORDER BY kind), '')) FROM schemaguard.sync_point q`
)

// Options say which database to watch.
type Options struct {
	Config           *pgconn.Config
	Display          string        // "user@host:port/database", without a password
	SearchPath       []string      // Directus's DB_SEARCH_PATH
	Exclude          []string      // Directus's DB_EXCLUDE_TABLES
	StatementTimeout time.Duration // of each step; zero for that of package catalog
}

// Level is how deep a look had to go.
type Level int

// The levels.
const (
	Visible Level = iota + 1
	Versions
	Content
)

// String implements fmt.Stringer.
func (l Level) String() string { return [...]string{"unknown", "visible", "versions", "content"}[l] }

// Reading is what a look saw.
type Reading struct {
	Level Level
	Moved bool // the content is another than at the last look, or this is the first
}

// marks are what the levels said last; a mark is not to be read, only compared.
type marks struct{ visible, versions, content string }

// atLatest is how long the third step is left out, if anything happened.
const atLatest = time.Minute

// Pulse is one watched database. It is not safe for concurrent use.
type Pulse struct {
	opt      Options
	conn     *pgconn.PgConn
	sql      catalog.Watched
	setup    string
	atLatest time.Duration

	last   marks
	proved time.Time // when the third step was taken last
	owed   bool      // something happened since, if not to the rows of the second step
	point  bool      // there is a sync point to read

	direct    bool // the session is this connection's own, and no pooler's
	listening bool
	complete  bool // the triggers see everything
	notified  bool
}

// Connect opens the connection. Its error wraps the driver's, which holds no
// password.
func Connect(ctx context.Context, opt Options) (*Pulse, error) {
	p := &Pulse{opt: opt, atLatest: atLatest}
	p.sql = catalog.Watch(catalog.Options{SearchPath: opt.SearchPath, Exclude: opt.Exclude, StatementTimeout: opt.StatementTimeout})
	p.setup = strings.Join(p.sql.Setup(), ";\n") + ";\n"
	config := opt.Config.Copy()
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "schemaguard"
	}
	config.OnNotification = func(*pgconn.PgConn, *pgconn.Notification) { p.notified = true }
	var err error
	if p.conn, err = pgconn.ConnectConfig(ctx, config); err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", opt.Display, err)
	}
	ctx, cancel := p.bounded(ctx)
	defer cancel()
	pid, err := p.ask(ctx, "SELECT pg_backend_pid()")
	if err == nil {
		// A pooler hands out process numbers of its own.
		p.direct = strings.TrimSpace(pid) == fmt.Sprint(p.conn.PID())
		err = p.listen(ctx)
	}
	if err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// Look tells whether the content differs from that of the last look that ended
// well. Its errors are [ErrBusy], a *[LostError], and what catalog.Fetch would
// return.
func (p *Pulse) Look(ctx context.Context) (Reading, error) { return p.look(ctx, false) }

// Told is Look after the database said that something moved: where the versions of
// the rows bear that out, it is believed, and the third step is saved. What was only
// rewritten then counts as moved, now and at most once more later.
func (p *Pulse) Told(ctx context.Context) (Reading, error) { return p.look(ctx, true) }

func (p *Pulse) look(ctx context.Context, told bool) (Reading, error) {
	p.notified = false
	ctx, cancel := p.bounded(ctx)
	defer cancel()
	visible, err := p.ask(ctx, visibleSQL)
	if err != nil {
		return Reading{}, p.explain(err)
	}
	overdue := time.Since(p.proved) >= p.atLatest
	if visible == p.last.visible && !(p.owed && overdue) {
		return Reading{Level: Visible}, nil
	}
	versions, err := p.versions(ctx)
	if err != nil {
		return Reading{}, p.explain(err)
	}
	if versions != "" && versions == p.last.versions && !overdue {
		p.last.visible, p.owed = visible, true
		return Reading{Level: Versions}, nil
	}
	proved := time.Now()
	if told && versions != "" && versions != p.last.versions {
		p.last, p.owed, p.proved = marks{visible, versions, ""}, false, proved
		return Reading{Level: Versions, Moved: true}, nil
	}
	content, err := p.content(ctx)
	if err != nil {
		return Reading{}, p.explain(err)
	}
	moved := content != p.last.content
	p.last, p.owed, p.proved = marks{visible, versions, content}, false, proved
	if err := p.listen(ctx); err != nil {
		return Reading{}, err
	}
	return Reading{Level: Content, Moved: moved}, nil
}

// versions returns the mark of the second step; empty where the server refuses to
// tell, and the third has to decide.
func (p *Pulse) versions(ctx context.Context) (string, error) {
	sql := p.setup + p.sql.Fill(versionsSQL)
	if p.point {
		sql += ";\n" + pointVersionsSQL
	}
	mark, err := p.ask(ctx, sql)
	if err != nil && p.refused(err) {
		return "", nil
	}
	return mark, err
}

// content returns the mark of the third step.
func (p *Pulse) content(ctx context.Context) (string, error) {
	facts, err := p.ask(ctx, p.setup+p.sql.Fill(factsSQL))
	if err != nil {
		return "", err
	}
	parts := []string{p.sql.Digests()}
	geometries, point, _ := strings.Cut(strings.TrimSpace(facts), " ")
	if geometries == "t" {
		parts = append(parts, p.sql.GeometryDigest())
	}
	if p.point = point == "t"; p.point {
		parts = append(parts, pointDigestSQL)
	}
	mark, err := p.ask(ctx, p.setup+strings.Join(parts, ";\n"))
	return facts + mark, err
}

// Wait returns after d or when ctx ends, which is no error, and at once when the
// database says that something moved (notified) or the connection is lost (a
// *[LostError]).
func (p *Pulse) Wait(ctx context.Context, d time.Duration) (notified bool, err error) {
	if !p.notified {
		ctx, cancel := context.WithTimeout(ctx, d)
		defer cancel()
		if err := p.conn.WaitForNotification(ctx); err != nil && p.conn.IsClosed() {
			return false, &LostError{Display: p.opt.Display, cause: err}
		}
	}
	notified, p.notified = p.notified, false
	return notified, nil
}

// Listening tells whether the database says by itself that something moved: all
// of the triggers are there, and this connection hears them.
func (p *Pulse) Listening() bool { return p.listening && p.complete }

// listen finds out whether there are triggers, and listens to them. Behind a
// pooler, and on a standby, there is nothing to be heard.
func (p *Pulse) listen(ctx context.Context) error {
	if !p.direct {
		return nil
	}
	status, err := trigger.Installed(ctx, p.conn, p.opt.SearchPath)
	if err == nil {
		p.complete = status.Complete()
		if status.Any() && !p.listening {
			_, err = p.ask(ctx, "LISTEN "+trigger.Channel)
			p.listening = err == nil
		}
	}
	if err != nil && p.conn.IsClosed() {
		return &LostError{Display: p.opt.Display, cause: err}
	}
	return nil
}

// Close ends the connection.
func (p *Pulse) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = p.conn.Close(ctx)
}

// patience is how often the statement timeout passes before the server counts as
// gone: its own timeouts come first, unless the network swallowed them.
const patience = 3

// bounded gives one look a deadline, since a network that drops everything makes
// no error.
func (p *Pulse) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, patience*catalog.Options{StatementTimeout: p.opt.StatementTimeout}.Bound())
}

// ask sends a message and returns the values of all rows that come back, as text.
func (p *Pulse) ask(ctx context.Context, sql string) (string, error) {
	var text []byte
	results := p.conn.Exec(ctx, sql)
	for results.NextResult() {
		rows := results.ResultReader()
		for rows.NextRow() {
			for _, value := range rows.Values() {
				text = append(append(text, value...), ' ')
			}
		}
	}
	return string(text), results.Close()
}

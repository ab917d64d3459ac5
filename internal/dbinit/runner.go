package dbinit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"github.com/schemaguard/schemaguard/internal/dbinit/ledger"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// Runner is one connection to a database and the files that belong to it. It is
// for one goroutine at a time.
type Runner struct {
	set      sqlfile.Set
	problems []sqlfile.Problem
	opt      Options
	conn     *pgconn.PgConn
	table    *ledger.Table
	pooled   bool // a pooler is in between: what a session holds means nothing
	locked   bool
	notice   func(*pgconn.Notice)
}

// Open connects to the database that config names, on a connection of its own.
// set and problems are what [Load] returned. Its errors are an
// [*UnreachableError], and what reading the catalog returns; a table that is not
// ours is none: see [Runner.Status].
func Open(ctx context.Context, config *pgconn.Config, set sqlfile.Set, problems []sqlfile.Problem, o Options) (*Runner, error) {
	r := &Runner{set: set, problems: problems, opt: o.withDefaults()}
	config = config.Copy()
	config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
		if r.notice != nil {
			r.notice(n)
		}
	}
	// A run that is interrupted cancels its statement, so that the server does not
	// go on with it alone.
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: 5 * time.Second}
	}
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, &UnreachableError{err}
	}
	r.conn = conn
	if err := r.begin(ctx); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// begin finds out what is at the other end.
func (r *Runner) begin(ctx context.Context) error {
	pid, err := r.text(ctx, "SELECT pg_backend_pid()")
	if err != nil {
		return err
	}
	// A pooler answers with a process of its own. Whether it lends a server for a
	// session or a transaction cannot be told from here, so it counts as the worse.
	r.pooled = pid != fmt.Sprint(r.conn.PID())
	return r.find(ctx)
}

func (r *Runner) find(ctx context.Context) error {
	t, err := ledger.Find(ctx, r.conn, r.opt.Table, r.opt.SearchPath, r.set)
	if err != nil {
		return r.broken(err)
	}
	r.table = t
	return nil
}

// Close ends the connection, and with it the lock.
func (r *Runner) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = r.conn.Close(ctx)
}

// Table is the name of the table that applied files are recorded in.
func (r *Runner) Table() string { return terminal.Clean(r.table.Shown()) }

// broken gives an error that has no exit code yet the type that has one: the
// connection is lost, or the server refused what is ours and no file's.
func (r *Runner) broken(err error) error {
	var coded interface{ ExitCode() int }
	switch {
	case err == nil || errors.As(err, &coded):
		return err
	case server(err) != nil:
		return &TableError{err}
	case r.conn.IsClosed():
		return &UnreachableError{err}
	}
	return err
}

// exec runs statements that return nothing of interest.
func (r *Runner) exec(ctx context.Context, sql string) error { return r.conn.Exec(ctx, sql).Close() }

// text returns the first column of the first row, as text.
func (r *Runner) text(ctx context.Context, sql string) (string, error) {
	results, err := r.conn.Exec(ctx, sql).ReadAll()
	if err != nil {
		return "", r.broken(err)
	}
	last := results[len(results)-1]
	if len(last.Rows) == 0 {
		return "", fmt.Errorf("running %q: no row", sql)
	}
	return string(last.Rows[0][0]), nil
}

package dbinit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/dbinit/ledger"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
)

// Apply runs the pending files of a phase, in order, and stops at the first that
// fails. observe is told what happens, as it happens; nil for nobody. A
// [*RefusedError] says that nothing was run, a [*StatementError] which statement
// failed, a [*LockError] that another run is not over; the files before stay
// applied, and the result names them.
func (r *Runner) Apply(ctx context.Context, phase sqlfile.Phase, observe func(Event)) (Result, error) {
	if observe == nil {
		observe = func(Event) {}
	}
	var result Result
	// Where there is nothing to do no lock is taken: of ten replicas nine find that.
	// What stands in the way is judged under the lock alone: a file that another run
	// is at looks like one that was interrupted.
	pending, err := r.pending(ctx, phase)
	if err == nil && len(pending) == 0 {
		return result, nil
	}
	if _, refused := errors.AsType[*RefusedError](err); err != nil && (!refused || r.pooled) {
		return result, err
	}
	if r.pooled {
		observe(Event{Kind: Pooled, Text: "a connection pooler stands before the database: every file takes the lock for itself (a direct connection is better)"})
		if f := withoutTransaction(pending); f != nil {
			return result, throughPooler(f)
		}
	} else {
		if result.Waited, err = r.lock(ctx, observe); err != nil {
			return result, err
		}
		defer r.unlock(context.WithoutCancel(ctx))
		if pending, err = r.pending(ctx, phase); err != nil || len(pending) == 0 {
			return result, err
		}
	}
	if err := r.create(ctx); err != nil {
		return result, r.broken(err)
	}
	for _, f := range pending {
		done, err := r.one(ctx, f, observe)
		if err != nil {
			return result, r.broken(err)
		}
		if done {
			result.Applied = append(result.Applied, f.Name)
		}
	}
	return result, nil
}

// pending returns what is to be run, or why nothing may be.
func (r *Runner) pending(ctx context.Context, phase sqlfile.Phase) ([]*sqlfile.File, error) {
	s, err := r.Status(ctx)
	if err != nil {
		return nil, err
	}
	if stop := s.Blocking(r.opt.Allow); len(stop) > 0 {
		return nil, &RefusedError{stop}
	}
	return s.Pending(phase), nil
}

func throughPooler(f *sqlfile.File) error {
	return &RefusedError{[]sqlfile.Problem{{
		Code: sqlfile.LockLost, File: f.Path, Name: f.Name,
		Text: "it runs without a transaction, and through a connection pooler nothing would hold the lock",
		Hint: "connect to Postgres itself, not to the pooler",
	}}}
}

func withoutTransaction(files []*sqlfile.File) *sqlfile.File {
	for _, f := range files {
		if f.NoTransaction {
			return f
		}
	}
	return nil
}

// create makes the table. Through a pooler two can do so at once: the loser looks
// again.
func (r *Runner) create(ctx context.Context) error {
	if r.table.Exists {
		return nil
	}
	created := r.table.Create(ctx, r.conn)
	if err := r.find(ctx); err != nil {
		return err
	}
	if !r.table.Exists {
		return created
	}
	return nil
}

// one runs one file; done is false where another run was faster.
func (r *Runner) one(ctx context.Context, f *sqlfile.File, observe func(Event)) (done bool, err error) {
	secrets := secretsOf(f)
	observe(Event{Kind: Started, File: f})
	r.notice = func(n *pgconn.Notice) { observe(Event{Kind: Notice, File: f, Text: noticeText(n, secrets)}) }
	began := time.Now()
	if f.NoTransaction {
		err = r.outside(ctx, f)
		done = err == nil
	} else {
		done, err = r.inside(ctx, f, observe)
	}
	r.notice = nil
	switch {
	case err != nil:
		return false, err
	case !done:
		observe(Event{Kind: Skipped, File: f})
	default:
		observe(Event{Kind: Applied, File: f, Duration: time.Since(began)})
	}
	return done, nil
}

// resetSQL undoes what a file can have done to its session, but for letting go of
// advisory locks: DISCARD ALL would. Behind a pooler prepared statements are
// those of others.
func (r *Runner) resetSQL() string {
	const sql = `RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; CLOSE ALL; UNLISTEN *; DISCARD SEQUENCES; DISCARD TEMP; DISCARD PLANS`
	if r.pooled {
		return sql
	}
	return sql + `; DEALLOCATE ALL`
}

// settingsSQL is the session that a file finds; word is SET or SET LOCAL.
func (r *Runner) settingsSQL(word string) string {
	return fmt.Sprintf("%[1]s client_encoding = 'UTF8'; %[1]s standard_conforming_strings = on; %[1]s lock_timeout = %[2]d; %[1]s statement_timeout = %[3]d; %[1]s idle_in_transaction_session_timeout = 0",
		word, r.opt.LockTimeout.Milliseconds(), r.opt.StatementTimeout.Milliseconds())
}

// clockSQL is the server's clock in a form that it reads back.
const clockSQL = `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

// inside runs a file in one transaction, which records it as well.
func (r *Runner) inside(ctx context.Context, f *sqlfile.File, observe func(Event)) (done bool, err error) {
	started, done, err := r.open(ctx, f, observe)
	if err != nil || done {
		return false, r.abandon(ctx, err)
	}
	if failed := r.statements(ctx, f, f.Statements); failed != nil {
		return false, r.undo(ctx, f, started, failed)
	}
	if err := r.exec(ctx, r.resetSQL()); err != nil {
		return false, r.abandon(ctx, fmt.Errorf("putting the session back after %s: %w", f.Path, err))
	}
	if err := r.table.Record(ctx, r.conn, r.entry(f, ledger.Done, started, "")); err != nil {
		return false, r.abandon(ctx, fmt.Errorf("recording %s: %w", f.Path, err))
	}
	if err := r.exec(ctx, "COMMIT"); err != nil {
		failed := r.explain(f, f.Statements[len(f.Statements)-1], err)
		failed.Message = "at COMMIT: " + failed.Message
		return false, r.undo(ctx, f, started, failed)
	}
	return true, nil
}

// undo rolls a file back whose statement failed, records that, and returns the
// failure; where the connection went down with it the server has rolled back.
func (r *Runner) undo(ctx context.Context, f *sqlfile.File, started string, failed *StatementError) error {
	failed.Rolled = true
	if r.conn.IsClosed() {
		return &UnreachableError{fmt.Errorf("the connection was lost: %w", failed)}
	}
	if err := r.abandon(ctx, nil); err != nil {
		return err
	}
	r.remember(ctx, f, started, failed)
	return failed
}

// open begins the transaction of a file and makes sure that the file is still to
// be run; done is true where it is not.
func (r *Runner) open(ctx context.Context, f *sqlfile.File, observe func(Event)) (started string, done bool, err error) {
	if err := r.exec(ctx, "BEGIN"); err != nil {
		return "", false, fmt.Errorf("beginning the transaction of %s: %w", f.Path, err)
	}
	if r.pooled {
		_, err = r.await(ctx, fmt.Sprintf("SELECT pg_try_advisory_xact_lock(%d)", lockKey), observe)
	} else {
		err = r.holds(ctx)
	}
	if err != nil {
		return "", false, err
	}
	row, err := r.table.Current(ctx, r.conn, f.Name, r.set)
	if err != nil || row != nil && row.Applied() {
		return "", err == nil, err
	}
	if err := r.exec(ctx, r.settingsSQL("SET LOCAL")); err != nil {
		return "", false, fmt.Errorf("setting the timeouts of %s: %w", f.Path, err)
	}
	started, err = r.text(ctx, clockSQL)
	return started, false, err
}

// abandon rolls back, also where ctx has ended, and returns err.
func (r *Runner) abandon(ctx context.Context, err error) error {
	if r.conn.IsClosed() {
		if err == nil {
			err = &UnreachableError{errors.Join(errors.New("the connection was lost"), context.Cause(ctx))}
		}
		return err
	}
	if r.conn.TxStatus() == 'I' { // a COMMIT that failed has rolled back
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if rolled := r.exec(ctx, "ROLLBACK"); rolled != nil && err == nil {
		return r.broken(fmt.Errorf("rolling back: %w", rolled))
	}
	return err
}

// remember records a failure. In a table of the team's own it does not: a row
// there means applied to whoever else reads it.
func (r *Runner) remember(ctx context.Context, f *sqlfile.File, started string, failed *StatementError) {
	if !r.table.Own() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_ = r.table.Record(ctx, r.conn, r.entry(f, ledger.Failed, started, failed.Error()))
}

func (r *Runner) entry(f *sqlfile.File, status ledger.Status, started, text string) ledger.Entry {
	return ledger.Entry{File: *f, Status: status, Started: started, Error: text, Tool: r.opt.Tool}
}

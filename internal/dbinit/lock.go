package dbinit

import (
	"context"
	"fmt"
	"time"

	"github.com/schemaguard/schemaguard/internal/terminal"
)

// lockKey is the advisory lock of one run at a time, "sgdbinit" in ASCII. Advisory
// locks are of one database, so it need not name it.
const lockKey int64 = 0x736764_62696e6974

// lockPoll is how often another run's lock is tried: waiting for it inside the
// server would hold back its own DROP INDEX CONCURRENTLY, which waits for every
// transaction.
const lockPoll = 200 * time.Millisecond

func lockedBy(condition string) string {
	return fmt.Sprintf(`SELECT count(*), coalesce(min('process ' || l.pid || coalesce(', ' || nullif(a.application_name, ''), '') || coalesce(' at ' || host(a.client_addr), '')), '')
FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
AND l.classid::bigint = %d AND l.objid::bigint = %d AND l.objsubid = 1 AND l.granted AND %s`, lockKey>>32, lockKey&0xffffffff, condition)
}

// holder says who holds the lock, "" where nobody else does.
func (r *Runner) holder(ctx context.Context) (string, error) {
	results, err := r.conn.Exec(ctx, lockedBy("l.pid <> pg_backend_pid()")).ReadAll()
	if err != nil {
		return "", r.broken(fmt.Errorf("looking for the lock of db-init: %w", err))
	}
	row := results[0].Rows[0]
	if string(row[0]) == "0" {
		return "", nil
	}
	return terminal.Clean(string(row[1])), nil
}

// lock takes the lock, of the session, and makes sure that it is there.
func (r *Runner) lock(ctx context.Context, observe func(Event)) (waited bool, err error) {
	waited, err = r.await(ctx, fmt.Sprintf("SELECT pg_try_advisory_lock(%d)", lockKey), observe)
	if err != nil {
		return waited, err
	}
	r.locked = true
	return waited, r.holds(ctx)
}

// holds makes sure that the lock is still held: a file can let go of every lock.
func (r *Runner) holds(ctx context.Context) error {
	n, err := r.text(ctx, lockedBy("l.pid = pg_backend_pid()"))
	if err != nil {
		return fmt.Errorf("looking for the lock of db-init: %w", err)
	}
	if n == "0" {
		return &LockError{"the lock of db-init is not there any more: another run may have begun"}
	}
	return nil
}

func (r *Runner) unlock(ctx context.Context) {
	if r.locked {
		r.locked = false
		_ = r.exec(ctx, fmt.Sprintf("SELECT pg_advisory_unlock(%d)", lockKey))
	}
}

// await asks until the answer is yes.
func (r *Runner) await(ctx context.Context, sql string, observe func(Event)) (waited bool, err error) {
	deadline := time.NewTimer(r.opt.LockWait)
	defer deadline.Stop()
	tick := time.NewTicker(lockPoll)
	defer tick.Stop()
	for {
		got, err := r.text(ctx, sql)
		if err != nil {
			return waited, fmt.Errorf("locking db-init: %w", err)
		}
		if got == "t" {
			return waited, nil
		}
		who, err := r.holder(ctx)
		if err != nil {
			return waited, err
		}
		if !waited {
			waited = true
			observe(Event{Kind: Waiting, Text: "waiting for another run of db-init (" + who + ")"})
		}
		select {
		case <-ctx.Done():
			return waited, ctx.Err()
		case <-deadline.C:
			return waited, &LockError{fmt.Sprintf("another run of db-init is not over after %s (%s)", max(r.opt.LockWait, 0), who)}
		case <-tick.C:
		}
	}
}

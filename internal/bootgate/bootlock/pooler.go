package bootlock

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
)

// probe finds out whether the pooler in between gives this session's server
// connection to others. A pool in transaction mode does so whenever no transaction
// is open: either another session that opens one gets the very process that
// answered this one, or this session gets another process meanwhile.
func (l *Lock) probe(ctx context.Context) error {
	var others []*pgconn.PgConn
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
		defer cancel()
		for _, conn := range others {
			_ = conn.Close(ctx) // ends its transaction
		}
	}()
	for range probes {
		conn, err := l.second(ctx, l.opt.Config)
		if err != nil {
			return l.unreliable("a pooler stands in front of it, and whether that keeps sessions apart cannot be told: " + (&UnreachableError{l.opt.Display, err}).Error())
		}
		others = append(others, conn)
		rows, err := ask(ctx, conn, "BEGIN; SELECT pg_backend_pid()")
		if err != nil {
			return l.unreliable("a pooler stands in front of it that keeps no transaction together")
		}
		if rows[0][0] == strconv.FormatUint(l.pid, 10) {
			return l.unreliable("another session was given the same process of the server, as behind PgBouncer in transaction mode")
		}
		now, err := l.look(ctx)
		if err != nil {
			return &UnreachableError{l.opt.Display, err}
		}
		if now.pid != l.pid {
			return l.moved(now.pid)
		}
	}
	return nil
}

// second opens another session, which is closed by the caller.
func (l *Lock) second(ctx context.Context, config *pgconn.Config) (*pgconn.PgConn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return pgconn.ConnectConfig(ctx, config)
}

// elsewhere proves that a lock that was taken on another way is a lock on the
// same database: the server that the boot works on sees it.
func (l *Lock) elsewhere(ctx context.Context) error {
	if l.opt.Same == nil {
		return nil
	}
	conn, err := l.second(ctx, l.opt.Same)
	if err != nil {
		return &UnreachableError{l.opt.Display, err}
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
		defer cancel()
		_ = conn.Close(ctx)
	}()
	rows, err := ask(ctx, conn, fmt.Sprintf("SELECT 1 FROM pg_locks l WHERE %s AND l.pid = %d", isOurs(), l.pid))
	if err != nil {
		return &UnreachableError{l.opt.Display, err}
	}
	if len(rows) == 0 {
		return l.unreliable("SCHEMAGUARD_LOCK_URL leads to another database than the one that Directus uses")
	}
	return nil
}

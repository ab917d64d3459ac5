package statement

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"github.com/schemaguard/schemaguard/internal/live"
)

// Connect opens a connection for the recycle bin; the caller closes it. display names the database in errors, a *[live.UnreachableError]. A cancelled
// context cancels the statement at the server, so that it does not go on alone.
func Connect(ctx context.Context, config *pgconn.Config, display string) (*pgconn.PgConn, error) {
	config = config.Copy()
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: 5 * time.Second}
	}
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, live.Unreachable(display, err)
	}
	return conn, nil
}

package trigger

import (
	"context"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/live"
)

// Connect opens a connection to install or remove by. Its error is a
// *[live.UnreachableError].
func Connect(ctx context.Context, config *pgconn.Config, display string) (*pgconn.PgConn, error) {
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, live.Unreachable(display, err)
	}
	return conn, nil
}

package pulse

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// ErrBusy says that another session holds the lock of a schema change. What it
// makes of the schema cannot be seen before it is done; the connection stands.
var ErrBusy = errors.New("another session is changing the schema and holds its lock")

// LostError says that the connection is gone: the server was shut down or fell
// silent, the database was dropped, the backend was ended. Only a new [Connect]
// helps. Every other error of a look is the server's refusal, and leaves the
// connection usable.
type LostError struct {
	Display string
	cause   error
}

// Error implements error.
func (e *LostError) Error() string {
	return fmt.Sprintf("connection to database %s is lost: %v", e.Display, e.cause)
}

// Unwrap returns the driver's error.
func (e *LostError) Unwrap() error { return e.cause }

// SQLSTATE codes that decide what happens next.
const (
	lockNotAvailable = "55P03"
	queryCanceled    = "57014"
)

// explain makes an error of the driver one that says what can be done.
func (p *Pulse) explain(err error) error {
	switch {
	case p.conn.IsClosed():
		return &LostError{Display: p.opt.Display, cause: err}
	case state(err) == lockNotAvailable:
		return ErrBusy
	}
	return p.sql.Explain(err, p.conn.ParameterStatus("session_authorization"))
}

// refused tells whether the server will not say what the versions of the rows
// are, for a reason that the digests find out: a table is gone, or may be read by
// its columns only.
func (p *Pulse) refused(err error) bool {
	code := state(err)
	return code != "" && code != lockNotAvailable && code != queryCanceled && !p.conn.IsClosed()
}

// state returns the SQLSTATE of an error; empty where it is not the server's.
func state(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code
	}
	return ""
}

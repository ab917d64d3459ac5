// Package statement runs SQL on one connection, by the simple protocol alone, so
// that it works behind any pooler, and writes names and values into it safely. It
// knows nothing of what the statements are for.
package statement

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Session runs statements on a connection that it does not own.
type Session struct{ Conn *pgconn.PgConn }

// Exec runs statements and drops their rows. The error is the driver's.
func (s Session) Exec(ctx context.Context, sql string) error {
	return s.Conn.Exec(ctx, sql).Close()
}

// Rows runs one query and returns its rows as text; null is the empty string.
func (s Session) Rows(ctx context.Context, sql string) ([][]string, error) {
	results, err := s.Conn.Exec(ctx, sql).ReadAll()
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for _, r := range results {
		for _, cells := range r.Rows {
			row := make([]string, len(cells))
			for i, c := range cells {
				row[i] = string(c)
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// Text runs a query of one row and one column; no row is the empty string.
func (s Session) Text(ctx context.Context, sql string) (string, error) {
	rows, err := s.Rows(ctx, sql)
	if err != nil || len(rows) == 0 || len(rows[0]) == 0 {
		return "", err
	}
	return rows[0][0], nil
}

// Count runs one statement and returns how many rows it touched.
func (s Session) Count(ctx context.Context, sql string) (int64, error) {
	results, err := s.Conn.Exec(ctx, sql).ReadAll()
	if err != nil {
		return 0, err
	}
	var n int64
	for _, r := range results {
		n += r.CommandTag.RowsAffected()
	}
	return n, nil
}

// Try runs statements that may be refused by the server without ending the
// transaction around them. refused is what the server said; err is everything
// else, and ends the work.
func (s Session) Try(ctx context.Context, sql string) (refused *pgconn.PgError, err error) {
	if err := s.Exec(ctx, "SAVEPOINT attempt"); err != nil {
		return nil, err
	}
	failed := s.Exec(ctx, sql)
	if failed == nil {
		return nil, s.Exec(ctx, "RELEASE SAVEPOINT attempt")
	}
	refused, ok := errors.AsType[*pgconn.PgError](failed)
	if !ok || s.Conn.IsClosed() {
		return nil, failed
	}
	return refused, s.Exec(ctx, "ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt")
}

// Transaction runs f between BEGIN and COMMIT. Whatever goes wrong, nothing of it
// stays, and the connection is out of the transaction. It refuses a connection
// that is inside one already, whose end it would not decide.
func (s Session) Transaction(ctx context.Context, lockTimeout time.Duration, f func() error) (err error) {
	if s.Conn.TxStatus() != 'I' {
		return errors.New("beginning a transaction: the connection is in one already")
	}
	begin := fmt.Sprintf("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = %d; SET LOCAL statement_timeout = 0; SET LOCAL row_security = off; SET LOCAL check_function_bodies = off",
		max(1, lockTimeout.Milliseconds()))
	if err := s.Exec(ctx, begin); err != nil {
		s.rollback(ctx)
		return err
	}
	done := false
	defer func() {
		if !done {
			s.rollback(ctx)
		}
	}()
	if err := f(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx) // what the server says then is only its echo
		}
		return err
	}
	results, err := s.Conn.Exec(ctx, "COMMIT").ReadAll()
	if err != nil {
		return err
	}
	if tag := results[0].CommandTag.String(); tag != "COMMIT" {
		return fmt.Errorf("committing: the server answered %s", tag)
	}
	done = true
	return nil
}

func (s Session) rollback(ctx context.Context) {
	if s.Conn.IsClosed() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = s.Exec(ctx, "ROLLBACK") // a connection that cannot is rolled back by the server
}

// Name quotes an identifier.
func Name(s string) string {
	return `"` + strings.ReplaceAll(strings.ReplaceAll(s, "\x00", ""), `"`, `""`) + `"`
}

// Names quotes identifiers and joins them with commas.
func Names(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = Name(n)
	}
	return strings.Join(quoted, ", ")
}

// Qualified quotes a name with its schema.
func Qualified(schema, name string) string { return Name(schema) + "." + Name(name) }

// Value quotes a text value.
func Value(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\x00", ""), `'`, `''`)
	if strings.Contains(s, `\`) {
		return `E'` + strings.ReplaceAll(s, `\`, `\\`) + `'`
	}
	return `'` + s + `'`
}

// Values quotes text values and joins them with commas; of none it is NULL, so that
// IN (...) holds for no row.
func Values(values []string) string {
	if len(values) == 0 {
		return "NULL"
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = Value(v)
	}
	return strings.Join(quoted, ", ")
}

// State returns the SQLSTATE of an error of the server, "" for others.
func State(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code
	}
	return ""
}

package ledger

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/sqlquote"
)

// Rows reads the ledger in the order in which files were applied, as far as it
// knows; none where the table does not exist.
func (t *Table) Rows(ctx context.Context, conn *pgconn.PgConn, set sqlfile.Set) ([]Row, error) {
	if !t.Exists {
		return nil, nil
	}
	if t.problem != "" {
		return nil, &UnusableError{t.Shown(), t.problem}
	}
	var columns []string
	for r := range t.mapped {
		columns = append(columns, t.selected(role(r)))
	}
	words := "NULL"
	if t.words != nil {
		words = sqlquote.Identifier(t.words.Name) + "::text"
	}
	columns = append(columns, words)
	sql := fmt.Sprintf("SELECT %s FROM %s ORDER BY %d NULLS FIRST, 1", strings.Join(columns, ", "), t.quoted(), roleFinished+1)
	found, err := query(ctx, conn, sql)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", t.Shown(), err)
	}
	rows := make([]Row, len(found))
	for i, v := range found {
		rows[i] = Row{
			Raw: v[roleName], Name: fileName(v[roleName], set), Checksum: v[roleChecksum], Status: Status(v[roleStatus]),
			Started: micros(v[roleStarted]), Finished: micros(v[roleFinished]), Duration: millis(v[roleDuration]),
			Error: v[roleError], Tool: v[roleTool], Phase: v[rolePhase],
		}
		if rows[i].Status == "" {
			rows[i].Status = ownStatus(v[roleSuccess], v[len(v)-1])
		}
	}
	return rows, nil
}

// ownStatus is what another program says of a row, by its success or in its words:
// a row alone means applied.
func ownStatus(success, words string) Status {
	words = strings.ToLower(words)
	has := func(any ...string) bool {
		return slices.ContainsFunc(any, func(w string) bool { return strings.Contains(words, w) })
	}
	switch {
	case success == "false", has("fail", "error", "rolled"):
		return Failed
	case has("running", "pending", "started", "progress"):
		return Running
	}
	return Done
}

// selected is how a role is read: as text, points in time as microseconds.
func (t *Table) selected(r role) string {
	c := t.mapped[r]
	if c == nil {
		return "NULL"
	}
	if r == roleStarted || r == roleFinished {
		return "(extract(epoch FROM " + sqlquote.Identifier(c.Name) + "::timestamptz) * 1000000)::bigint"
	}
	return sqlquote.Identifier(c.Name) + "::text"
}

func micros(s string) time.Time {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

func millis(s string) time.Duration {
	n, _ := strconv.ParseInt(s, 10, 64)
	return time.Duration(n) * time.Millisecond
}

// Entry is what is recorded of a file.
type Entry struct {
	File   sqlfile.File
	Status Status
	// Started is the server's clock as it printed it.
	Started string
	Error   string
	Tool    string
}

// value is one column to write: an SQL expression over its argument.
type value struct{ column, expr string }

// Record writes the row of a file, over an earlier one.
func (t *Table) Record(ctx context.Context, conn *pgconn.PgConn, e Entry) error {
	args := []string{t.naming.encode(e.File)}
	var values []value
	put := func(r role, arg, typ string) {
		if c := t.mapped[r]; c != nil {
			args = append(args, arg)
			values = append(values, value{sqlquote.Identifier(c.Name), fmt.Sprintf("$%d::%s::%s", len(args), typ, c.Type)})
		}
	}
	expr := func(r role, sql string) {
		if c := t.mapped[r]; c != nil {
			values = append(values, value{sqlquote.Identifier(c.Name), "(" + sql + ")::" + c.Type})
		}
	}
	put(roleChecksum, e.File.Checksum, "text")
	put(roleStatus, string(e.Status), "text")
	put(roleStarted, e.Started, "timestamptz")
	put(roleTool, e.Tool, "text")
	put(rolePhase, string(e.File.Phase), "text")
	put(roleSuccess, strconv.FormatBool(e.Status == Done), "boolean")
	expr(roleActor, "current_user")
	if e.Error == "" {
		expr(roleError, t.nothing(roleError, "''"))
	} else {
		put(roleError, e.Error, "text")
	}
	if e.Status == Running {
		expr(roleFinished, t.nothing(roleFinished, "clock_timestamp()"))
		expr(roleDuration, t.nothing(roleDuration, "0"))
	} else {
		expr(roleFinished, "clock_timestamp()")
		args = append(args, e.Started)
		expr(roleDuration, fmt.Sprintf("extract(epoch FROM clock_timestamp() - $%d::timestamptz) * 1000", len(args)))
		if t.mapped[roleDuration] == nil {
			args = args[:len(args)-1]
		}
	}
	return t.write(ctx, conn, values, args)
}

// nothing is NULL, or a stand-in where the team's column takes none.
func (t *Table) nothing(r role, standIn string) string {
	if c := t.mapped[r]; c != nil && c.NotNull {
		return standIn
	}
	return "NULL"
}

// write updates the row of the name in $1, or adds it. It relies on no unique
// constraint, which a table of the team's own may lack: the lock is held.
func (t *Table) write(ctx context.Context, conn *pgconn.PgConn, values []value, args []string) error {
	name := t.mapped[roleName]
	key := "$1::text::" + unlimited(name.Type)
	var sets, columns, exprs []string
	for _, v := range values {
		sets = append(sets, v.column+" = "+v.expr)
		columns, exprs = append(columns, v.column), append(exprs, v.expr)
	}
	update := fmt.Sprintf("UPDATE %s SET %s WHERE %s = %s RETURNING 1", t.quoted(), strings.Join(sets, ", "), sqlquote.Identifier(name.Name), key)
	updated, err := query(ctx, conn, update, args...)
	if err == nil && len(updated) == 0 {
		insert := fmt.Sprintf("INSERT INTO %s (%s, %s) VALUES (%s, %s)", t.quoted(), sqlquote.Identifier(name.Name), strings.Join(columns, ", "), key, strings.Join(exprs, ", "))
		_, err = query(ctx, conn, insert, args...)
	}
	if err != nil {
		return fmt.Errorf("writing to %s: %w", t.Shown(), err)
	}
	return nil
}

// unlimited is a type without its length: a cast to varchar(20) would cut a name,
// an assignment refuses it.
func unlimited(typ string) string {
	base, _, _ := strings.Cut(typ, "(")
	return base
}

// SetChecksum records the checksum of a row that is there; raw is [Row.Raw].
func (t *Table) SetChecksum(ctx context.Context, conn *pgconn.PgConn, raw, checksum string) error {
	name, sum := t.mapped[roleName], t.mapped[roleChecksum]
	if _, err := query(ctx, conn, fmt.Sprintf("UPDATE %s SET %s = $2::text::%s WHERE %s::text = $1", t.quoted(), sqlquote.Identifier(sum.Name), sum.Type, sqlquote.Identifier(name.Name)), raw, checksum); err != nil {
		return fmt.Errorf("writing to %s: %w", t.Shown(), err)
	}
	return nil
}

// Delete takes the row out; raw is [Row.Raw].
func (t *Table) Delete(ctx context.Context, conn *pgconn.PgConn, raw string) error {
	name := t.mapped[roleName]
	if _, err := query(ctx, conn, fmt.Sprintf("DELETE FROM %s WHERE %s::text = $1", t.quoted(), sqlquote.Identifier(name.Name)), raw); err != nil {
		return fmt.Errorf("writing to %s: %w", t.Shown(), err)
	}
	return nil
}

// Current reads one row again, under the lock; nil where there is none.
func (t *Table) Current(ctx context.Context, conn *pgconn.PgConn, name string, set sqlfile.Set) (*Row, error) {
	rows, err := t.Rows(ctx, conn, set)
	for i := range rows {
		if rows[i].Name == name {
			return &rows[i], err
		}
	}
	return nil, err
}

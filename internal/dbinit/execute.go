package dbinit

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/dbinit/ledger"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqltext"
	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// halfwayMark begins the error of a file that stopped without a transaction
// around it: such a file is not tried again by itself.
const halfwayMark = "without a transaction, "

// halfway tells that nobody knows what a failed file left behind.
func halfway(row *ledger.Row) bool {
	return strings.HasPrefix(row.Error, halfwayMark) || row.Foreign()
}

// statements runs statements one by one.
func (r *Runner) statements(ctx context.Context, f *sqlfile.File, all []sqltext.Statement) *StatementError {
	for _, s := range all {
		if err := r.conn.Exec(ctx, s.Text).Close(); err != nil {
			return r.explain(f, s, err)
		}
		if !f.NoTransaction && r.conn.TxStatus() != 'T' {
			return r.explain(f, s, errors.New("the statement ended the transaction of the file"))
		}
	}
	return nil
}

// outside runs a file without a transaction around it: the row says so before its
// first statement, and what came of it afterwards.
func (r *Runner) outside(ctx context.Context, f *sqlfile.File) error {
	if err := r.holds(ctx); err != nil {
		return err
	}
	started, err := r.text(ctx, clockSQL)
	if err != nil {
		return err
	}
	if err := r.table.Record(ctx, r.conn, r.entry(f, ledger.Running, started, "")); err != nil {
		return fmt.Errorf("recording that %s begins: %w", f.Path, err)
	}
	if err := r.exec(ctx, r.settingsSQL("SET")); err != nil {
		return fmt.Errorf("setting the timeouts of %s: %w", f.Path, err)
	}
	ran, failed := 0, (*StatementError)(nil)
	for _, s := range f.Statements {
		if failed = r.statements(ctx, f, []sqltext.Statement{s}); failed != nil {
			break
		}
		ran++
	}
	return r.after(ctx, f, started, ran, failed)
}

// after records how a file without a transaction ended. Where that cannot be done
// the row stays as it is, and tells that nobody knows.
func (r *Runner) after(ctx context.Context, f *sqlfile.File, started string, ran int, failed *StatementError) error {
	if r.conn.IsClosed() {
		return orNil(failed)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if r.conn.TxStatus() != 'I' {
		if failed == nil {
			failed = r.explain(f, f.Statements[len(f.Statements)-1], errors.New("the file ends inside a transaction of its own"))
		}
		if err := r.exec(ctx, "ROLLBACK"); err != nil {
			return fmt.Errorf("rolling back: %w", err)
		}
	}
	if err := r.exec(ctx, r.resetSQL()); err != nil {
		return fmt.Errorf("putting the session back after %s: %w", f.Path, err)
	}
	e := r.entry(f, ledger.Done, started, "")
	if failed != nil {
		e.Status = ledger.Failed
		e.Error = fmt.Sprintf("%safter %d of %d statements: %s", halfwayMark, ran, len(f.Statements), failed.Error())
	}
	if err := r.table.Record(ctx, r.conn, e); err != nil {
		return fmt.Errorf("recording %s: %w", f.Path, err)
	}
	return orNil(failed)
}

// orNil keeps a nil pointer from becoming an error that is not nil.
func orNil(failed *StatementError) error {
	if failed == nil {
		return nil
	}
	return failed
}

// explain makes an error of the server one with a place in the file.
func (r *Runner) explain(f *sqlfile.File, s sqltext.Statement, err error) *StatementError {
	secrets := secretsOf(f)
	clean := func(text string) string { return terminal.Clean(secrets.String(text)) }
	e := &StatementError{File: f.Path, Name: f.Name, Message: clean(err.Error()), Err: err}
	offset := s.Offset
	if pg := server(err); pg != nil {
		e.Message, e.SQLState = clean(pg.Message), pg.Code
		e.Detail, e.Hint, e.Where = clean(pg.Detail), clean(pg.Hint), clean(pg.Where)
		offset = r.offset(s, pg)
		if own := ownHint(pg, f); own != "" {
			e.Hint = own
		}
	} else if r.conn.IsClosed() {
		e.Err = &UnreachableError{err}
	}
	e.At = sqltext.At(f.Text, offset)
	e.Excerpt = excerpt(f, offset)
	return e
}

var inlineLine = regexp.MustCompile(`inline_code_block line (\d+)`)

// offset is where in the file an error points to: the server counts characters of
// the statement, or lines of the body of a DO.
func (r *Runner) offset(s sqltext.Statement, pg *pgconn.PgError) int {
	switch {
	case pg.Position > 0 && r.conn.ParameterStatus("server_encoding") == "SQL_ASCII":
		return s.Offset + min(int(pg.Position)-1, len(s.Text)) // there a character is a byte
	case pg.Position > 0:
		return s.Offset + sqltext.ByteOffset(s.Text, int(pg.Position))
	}
	match := inlineLine.FindAllStringSubmatch(pg.Where, -1)
	if match == nil {
		return s.Offset
	}
	line, err := strconv.Atoi(match[len(match)-1][1])
	for _, t := range sqltext.Tokens(s.Text) {
		if t.Kind == sqltext.String && t.Text[0] == '$' && err == nil {
			return s.Offset + lineStart(s.Text, t.Offset, line)
		}
	}
	return s.Offset
}

// lineStart is the offset of the first letter of a line, counted from 1 at an
// offset.
func lineStart(text string, offset, line int) int {
	for ; line > 1; line-- {
		next := strings.IndexByte(text[offset:], '\n')
		if next < 0 {
			return offset
		}
		offset += next + 1
	}
	return offset + len(text[offset:]) - len(strings.TrimLeft(text[offset:], " \t"))
}

// ownHint is what we know better than the server.
func ownHint(pg *pgconn.PgError, f *sqlfile.File) string {
	switch pg.Code {
	case "25001": // active_sql_transaction: cannot run inside a transaction block
		if !f.NoTransaction {
			return "begin the file with the line: -- schemaguard:no-transaction"
		}
	case "55P04": // unsafe_new_enum_value_usage
		return "use the new value in a later file, or begin this one with the line: -- schemaguard:no-transaction"
	case "55P03": // lock_not_available
		return "schemaguard db-init apply --lock-timeout 60s"
	}
	return ""
}

// maxExcerpt is how many characters of a line are shown.
const maxExcerpt = 160

// excerpt is the line of the file at an offset, without secrets.
func excerpt(f *sqlfile.File, offset int) string {
	start := strings.LastIndexByte(f.Text[:min(offset, len(f.Text))], '\n') + 1
	line, _, _ := strings.Cut(f.Text[start:], "\n")
	if utf8.RuneCountInString(line) > maxExcerpt {
		line = string([]rune(line)[:maxExcerpt]) + "…"
	}
	return terminal.Clean(secretsOf(f).String(strings.TrimSpace(line)))
}

// Shown is a statement of a file in one line that is fit to be shown.
func Shown(f *sqlfile.File, s sqltext.Statement) string {
	return terminal.Clean(secretsOf(f).String(strings.Join(strings.Fields(s.Text), " ")))
}

// secretsOf knows the passwords that a file sets (CREATE ROLE ... PASSWORD 'x',
// OPTIONS (password 'x')), so that no message shows them.
func secretsOf(f *sqlfile.File) *redact.Redactor {
	var r redact.Redactor
	for _, s := range f.Statements {
		if !strings.Contains(strings.ToLower(s.Text), "password") {
			continue
		}
		after := false
		for _, t := range sqltext.Tokens(s.Text) {
			if (t.Kind == sqltext.String || t.Kind == sqltext.Quoted) && after {
				r.Add(literal(t.Text))
			}
			after = t.Kind == sqltext.Word && strings.Contains(strings.ToLower(t.Text), "password") || after && t.Text == "="
		}
	}
	return &r
}

// literal is what stands between the quotes of a constant, as written.
func literal(text string) string {
	if text[0] == '$' {
		tag := strings.IndexByte(text[1:], '$') + 2
		return text[tag : len(text)-tag]
	}
	return strings.ReplaceAll(strings.Trim(strings.TrimLeft(text, "eEuU&nN"), `'"`), "''", "'")
}

func noticeText(n *pgconn.Notice, secrets *redact.Redactor) string {
	text := strings.ToLower(n.Severity) + ": " + n.Message
	if n.Hint != "" {
		text += " (" + n.Hint + ")"
	}
	return terminal.Clean(secrets.String(text))
}

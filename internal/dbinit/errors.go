package dbinit

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqltext"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// RefusedError says that nothing was run, and why.
type RefusedError struct{ Problems []sqlfile.Problem }

// Error implements error.
func (e *RefusedError) Error() string {
	text := terminal.Clean(e.Problems[0].Error())
	if more := len(e.Problems) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// ExitCode is that of a problem with db-init.
func (e *RefusedError) ExitCode() int { return exitcode.DBInit }

// Hints returns the ways out, each once.
func (e *RefusedError) Hints() []string {
	var hints []string
	seen := map[string]bool{"": true}
	for _, p := range e.Problems {
		if !seen[p.Hint] {
			hints = append(hints, p.Hint)
			seen[p.Hint] = true
		}
	}
	return hints
}

// StatementError says which statement of which file the server refused. Its texts
// are fit to be shown.
type StatementError struct {
	File     string // as messages name it
	Name     string // base name
	At       sqltext.Place
	Message  string
	SQLState string
	Detail   string // what the server adds; may be empty, as are the next two
	Where    string
	Hint     string
	Excerpt  string // the line of the file
	// Rolled tells that nothing of the file is left; else it stopped half way, and
	// the statements before this one stay.
	Rolled bool
	Err    error
}

// Error implements error: "db-init/002_x.sql:3:12: message (SQLSTATE 42P01)".
func (e *StatementError) Error() string {
	state := ""
	if e.SQLState != "" {
		state = " (SQLSTATE " + e.SQLState + ")"
	}
	return fmt.Sprintf("%s:%s: %s%s", terminal.Clean(e.File), e.At, e.Message, state)
}

// Unwrap returns the server's error.
func (e *StatementError) Unwrap() error { return e.Err }

// ExitCode is that of a problem with db-init.
func (e *StatementError) ExitCode() int { return exitcode.DBInit }

// Hints returns the ways out.
func (e *StatementError) Hints() []string {
	var hints []string
	if e.Hint != "" {
		hints = append(hints, e.Hint)
	}
	if !e.Rolled {
		hints = append(hints, "schemaguard db-init repair --forget "+e.Name)
	}
	return hints
}

// Lines returns what is known beyond the message, for people.
func (e *StatementError) Lines() []string {
	var lines []string
	add := func(label, text string) {
		if text != "" {
			lines = append(lines, label+": "+text)
		}
	}
	add("statement", e.Excerpt)
	add("detail", e.Detail)
	add("where", e.Where)
	return lines
}

// LockError says that another run was not over in time, or that the lock was lost.
type LockError struct{ Text string }

// Error implements error.
func (e *LockError) Error() string { return e.Text }

// ExitCode is that of a problem with db-init.
func (e *LockError) ExitCode() int { return exitcode.DBInit }

// Hints returns the way out.
func (e *LockError) Hints() []string { return []string{"schemaguard db-init status"} }

// TableError says that the server did not let us read or write the table, or hold
// the lock: a right is missing, the database takes no writes. The file at hand was
// rolled back.
type TableError struct{ Err error }

// Error implements error.
func (e *TableError) Error() string { return terminal.Clean(redact.String(e.Err.Error())) }

// Unwrap returns the server's error.
func (e *TableError) Unwrap() error { return e.Err }

// ExitCode is that of a problem with db-init.
func (e *TableError) ExitCode() int { return exitcode.DBInit }

// Hints returns the way out.
func (e *TableError) Hints() []string {
	switch pg := server(e.Err); {
	case pg != nil && pg.Code == "42501": // insufficient_privilege
		return []string{"schemaguard db-init status --table SCHEMA.TABLE", "schemaguard doctor"}
	case pg != nil && pg.Code == "3F000": // invalid_schema_name
		return []string{"make the schema first, or name one that is there: schemaguard db-init apply --table public.migrations_applied"}
	}
	return []string{"schemaguard db-init status"}
}

// UnreachableError says that no connection could be had, or that it was lost.
type UnreachableError struct{ cause error }

// Error implements error; it holds no password.
func (e *UnreachableError) Error() string {
	lines := strings.Split(strings.TrimSpace(e.cause.Error()), "\n")
	return "the database cannot be reached: " + terminal.Clean(redact.String(strings.TrimSpace(lines[len(lines)-1])))
}

// Unwrap returns the cause, whose text is not fit to be shown.
func (e *UnreachableError) Unwrap() error { return e.cause }

// ExitCode is that of a check that could not be made.
func (e *UnreachableError) ExitCode() int { return exitcode.NotRun }

// Hints returns the way out.
func (e *UnreachableError) Hints() []string { return []string{"schemaguard doctor"} }

// server returns the error of the server, nil where it is another's.
func server(err error) *pgconn.PgError {
	pg, _ := errors.AsType[*pgconn.PgError](err)
	return pg
}

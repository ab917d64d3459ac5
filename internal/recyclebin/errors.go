package recyclebin

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/recyclebin/definition"
	"github.com/schemaguard/schemaguard/internal/recyclebin/size"
	"github.com/schemaguard/schemaguard/internal/recyclebin/statement"
)

// Code says what stood in the way: one of the codes of group finding.Bin.
type Code = finding.Code

// The codes of [Error].
const (
	CodeLimit       = finding.TrashLimit       // larger than the limit
	CodeLocked      = finding.TrashLocked      // a lock was not to be had in time
	CodeNoRight     = finding.TrashNoRight     // the role may not
	CodeNoSpace     = finding.TrashNoSpace     // the server's disk or memory is full
	CodeUnsupported = finding.TrashUnsupported // a table that could not be brought back
	CodeMissing     = finding.TrashMissing     // what is doomed, or asked for, is not there
	CodeConflict    = finding.TrashConflict    // something of that name is there now
	CodeFailed      = finding.TrashFailed      // the server refused for another reason
)

// Error says that nothing was done, why, and what helps. Its text and hints are fit
// to be shown once cleaned of control characters.
type Error struct {
	Code  Code
	Msg   string
	Hints []string // commands
	Err   error
}

// Error implements error.
func (e *Error) Error() string { return e.Msg }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// explain gives an error of the server its code and its way out. Those that have one
// stay as they are.
func explain(doing string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if _, ok := errors.AsType[*Error](err); ok {
		return err
	}
	if _, ok := errors.AsType[*size.LimitError](err); ok {
		return err
	}
	if unsupported, ok := errors.AsType[*definition.UnsupportedError](err); ok {
		return &Error{Code: CodeUnsupported, Msg: unsupported.Error(), Err: err}
	}
	e := &Error{Code: CodeFailed, Msg: fmt.Sprintf("%s: %v", doing, err), Err: err}
	switch state := statement.State(err); {
	case state == "":
		return fmt.Errorf("%s: %w", doing, err)
	case state == "55P03", state == "40P01":
		e.Code = CodeLocked
		e.Msg = doing + ": another session holds a lock for too long (" + err.Error() + "): try again, or see who with SELECT * FROM pg_stat_activity WHERE state <> 'idle'"
	case state == "57014":
		e.Code = CodeLocked
		e.Msg = doing + ": it took longer than the role's statement_timeout (" + err.Error() + "): another session may hold a lock"
	case state == "42501":
		e.Code = CodeNoRight
		e.Msg = doing + ": the role may not: " + err.Error() + ": connect as the role that Directus uses, which owns its tables and needs a schema for the bin: CREATE SCHEMA schemaguard_trash AUTHORIZATION ..."
	case state == "25006":
		e.Code = CodeNoRight
		e.Msg = doing + ": the server is read-only: " + err.Error()
	case strings.HasPrefix(state, "53"):
		e.Code = CodeNoSpace
		e.Msg = doing + ": the server has no room left: " + err.Error() + ": free some (schemaguard trash purge), or keep the rows with pg_dump"
	}
	return e
}

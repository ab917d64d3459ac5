package recyclebin

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/recyclebin/definition"
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

// LimitError says that what is doomed is larger than the limit. Nothing was copied.
type LimitError struct {
	Limit, LimitRows int64
	Bytes            int64 // of all items, as far as they were measured
	Items            []Sized
}

// Sized is the size of one doomed item.
type Sized struct {
	Name  string
	Bytes int64
	Rows  int64 // 0 where not counted
}

// Error implements error.
func (e *LimitError) Error() string {
	var parts []string
	for _, i := range e.Items {
		if i.Rows > 0 {
			parts = append(parts, fmt.Sprintf("%s %d rows", i.Name, i.Rows))
			continue
		}
		parts = append(parts, i.Name+" "+Size(i.Bytes))
	}
	if e.LimitRows > 0 && e.Bytes == 0 {
		return fmt.Sprintf("copying into the recycle bin: more than %d rows (%s): keep them with pg_dump, or raise the limit", e.LimitRows, strings.Join(parts, ", "))
	}
	return fmt.Sprintf("copying into the recycle bin: %s is more than its limit of %s (%s): keep it with pg_dump, or raise trash.limit (SCHEMAGUARD_TRASH_LIMIT)",
		Size(e.Bytes), Size(e.Limit), strings.Join(parts, ", "))
}

// Size writes a number of bytes for people: "1.5 GB", in powers of 1024.
func Size(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	f, i := float64(n), 0
	for f >= 1024 && i < len(units)-1 {
		f, i = f/1024, i+1
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", f, units[i])
}

// explain gives an error of the server its code and its way out. Those that have one
// stay as they are.
func explain(doing string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if _, ok := errors.AsType[*Error](err); ok {
		return err
	}
	if _, ok := errors.AsType[*LimitError](err); ok {
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
	case state == "42501":
		e.Code = CodeNoRight
		e.Msg = doing + ": the role may not: " + err.Error() + ": grant it CREATE on the database (GRANT CREATE ON DATABASE ... TO ...), and ownership of the table"
	case state == "25006":
		e.Code = CodeNoRight
		e.Msg = doing + ": the server is read-only: " + err.Error()
	case strings.HasPrefix(state, "53"):
		e.Code = CodeNoSpace
		e.Msg = doing + ": the server has no room left: " + err.Error() + ": free some (schemaguard trash purge), or keep the rows with pg_dump"
	}
	return e
}

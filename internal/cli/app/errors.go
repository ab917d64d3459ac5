package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/live"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/report"
	"github.com/schemaguard/schemaguard/internal/save"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// UsageError is a command line that cannot be obeyed.
type UsageError struct {
	Cmd *cobra.Command // whose help is pointed to
	Err error
}

// Error implements error.
func (e UsageError) Error() string { return e.Err.Error() }

// HintError is a failure with an exit code of its own and the commands that help.
type HintError struct {
	Code  int // the exit code
	Err   error
	Hints []string
}

// Error implements error.
func (e HintError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e HintError) Unwrap() error { return e.Err }

// unreadError is a database that could be reached and not read.
type unreadError struct{ error }

// Unwrap returns the cause.
func (e unreadError) Unwrap() error { return e.error }

// Fail prints an error and returns its exit code. It is the one place where an
// error becomes a message.
func (a *App) Fail(err error) int {
	p := report.Problem{Word: "error", Text: redact.String(err.Error())}
	code := exitcode.Internal
	var usage UsageError
	var hint HintError
	var saving *save.Error
	var asked *workspace.UsageError
	var unreachable *live.UnreachableError
	var unanswered *workspace.UnansweredError
	var unread unreadError
	switch {
	case errors.As(err, &usage):
		code = exitcode.Usage
		p.Hints = []string{usage.Cmd.CommandPath() + " --help"}
	case errors.As(err, &hint):
		code, p.Hints = hint.Code, hint.Hints
	case errors.As(err, &saving):
		code, p.Hints = saving.Exit, saving.Hints
	case errors.Is(err, context.Canceled):
		p.Word, p.Text = "stopped", "interrupted"
	case errors.As(err, &asked):
		code, p.Hints = exitcode.Usage, asked.Hints
	case workspace.Mistake(err):
		code, p.Hints = exitcode.Usage, []string{"schemaguard doctor"}
	case errors.As(err, &unreachable), errors.As(err, &unanswered), errors.As(err, &unread) && workspace.Situation(err) == finding.NotRun:
		code, p.Word, p.Hints = exitcode.NotRun, "not-run", []string{"schemaguard doctor"}
	case workspace.Situation(err) != finding.NotRun:
		code, p.Word, p.Hints = exitcode.NotRun, "not-run", []string{"schemaguard explain " + string(workspace.Situation(err))}
	case strings.HasPrefix(err.Error(), "unknown command"), strings.HasPrefix(err.Error(), "unknown help topic"):
		code, p.Hints = exitcode.Usage, []string{"schemaguard --help"}
	}
	if code == exitcode.Internal && a.Ctx != nil && a.Ctx.Err() != nil {
		code = exitcode.Interrupted
	}
	_ = report.Message(a.Streams.Err, p, a.ErrOptions())
	return code
}

// Unable makes the verdict of a check that an error stopped; ok is false for
// errors that are no situation but a mistake in flags or settings.
func Unable(err error) (v policy.Verdict, ok bool) {
	var usage UsageError
	var hint HintError
	if workspace.Mistake(err) || errors.As(err, &usage) || errors.As(err, &hint) {
		return policy.Verdict{}, false
	}
	return workspace.Unable(err), true
}

// Usagef returns a [UsageError]: the command line of cmd cannot be obeyed.
func Usagef(cmd *cobra.Command, format string, args ...any) error {
	return UsageError{Cmd: cmd, Err: fmt.Errorf(format, args...)}
}

// StrictArgs makes wrong arguments of a command a [UsageError], like wrong flags.
func StrictArgs(cmd *cobra.Command) {
	check := cmd.Args
	if check == nil {
		return
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return UsageError{Cmd: cmd, Err: err}
		}
		return nil
	}
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/connection"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/gitrepo"
	"github.com/schemaguard/schemaguard/internal/live"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/report"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// usageError is a command line that cannot be obeyed.
type usageError struct {
	cmd *cobra.Command
	err error
}

func (e usageError) Error() string { return e.err.Error() }

// hintError is a failure with an exit code of its own and the commands that help.
type hintError struct {
	code  int
	err   error
	hints []string
}

func (e hintError) Error() string { return e.err.Error() }
func (e hintError) Unwrap() error { return e.err }

// fail prints an error and returns its exit code. It is the one place where an
// error becomes a message.
func (a *app) fail(err error) int {
	p := report.Problem{Word: "error", Text: redact.String(err.Error())}
	code := exitInternal
	var usage usageError
	var hint hintError
	var setting *config.Error
	var asked *workspace.UsageError
	var connecting *connection.Error
	var unreachable *live.UnreachableError
	var unanswered *workspace.UnansweredError
	switch {
	case errors.As(err, &usage):
		code = exitUsage
		p.Hints = []string{usage.cmd.CommandPath() + " --help"}
	case errors.As(err, &hint):
		code, p.Hints = hint.code, hint.hints
	case errors.As(err, &asked):
		code, p.Hints = exitUsage, asked.Hints
	case errors.As(err, &setting), errors.As(err, &connecting):
		code, p.Hints = exitUsage, []string{"schemaguard doctor"}
	case errors.As(err, &unreachable), errors.As(err, &unanswered):
		code, p.Word, p.Hints = exitNotRun, "not-run", []string{"schemaguard doctor"}
	case notRunCode(err) != finding.NotRun:
		code, p.Word, p.Hints = exitNotRun, "not-run", []string{"schemaguard explain " + string(notRunCode(err))}
	case strings.HasPrefix(err.Error(), "unknown command"), strings.HasPrefix(err.Error(), "unknown help topic"):
		code, p.Hints = exitUsage, []string{"schemaguard --help"}
	case errors.Is(err, context.Canceled):
		p.Word, p.Text = "stopped", "interrupted"
	}
	_ = report.Message(a.streams.Err, p, a.errOptions())
	return code
}

// notRunCode names the situation in which a check cannot be made; NOT_RUN where
// the error is none of them.
func notRunCode(err error) finding.Code {
	var (
		unreachable *live.UnreachableError
		noWay       *connection.UnreachableError
		notDirectus *catalog.NotDirectusError
		notReadable *catalog.NotReadableError
		version     *live.UnknownVersionError
		safe        *gitrepo.SafeDirectoryError
		unsupported *gitrepo.UnsupportedError
	)
	switch {
	case errors.As(err, &unreachable), errors.As(err, &noWay):
		return finding.Unreachable
	case errors.As(err, &notDirectus):
		return finding.NotDirectus
	case errors.As(err, &notReadable):
		return finding.NotReadable
	case errors.As(err, &version):
		return finding.UnknownVersion
	case errors.As(err, &safe), errors.As(err, &unsupported):
		return finding.GitUnreadable
	}
	return finding.NotRun
}

// unable makes the verdict of a check that an error stopped; ok is false for
// errors that are no situation but a mistake in flags or settings.
func unable(err error) (v policy.Verdict, ok bool) {
	var usage usageError
	var hint hintError
	var setting *config.Error
	var asked *workspace.UsageError
	var connecting *connection.Error
	if errors.As(err, &asked) || errors.As(err, &usage) || errors.As(err, &hint) || errors.As(err, &setting) || errors.As(err, &connecting) {
		return policy.Verdict{}, false
	}
	return policy.Unable(notRunCode(err), redact.String(err.Error()), "schemaguard doctor"), true
}

func usagef(cmd *cobra.Command, format string, args ...any) error {
	return usageError{cmd, fmt.Errorf(format, args...)}
}

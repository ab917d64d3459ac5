// Package recycle holds the commands of `schemaguard trash`: what an apply destroyed
// and how it comes back.
package recycle

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/connection"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/live"
	"github.com/schemaguard/schemaguard/internal/recyclebin"
	"github.com/schemaguard/schemaguard/internal/recyclebin/statement"
	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/report/export"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// commands are those of one run of the program.
type commands struct{ *app.App }

const long = `Before a boot, an approved plan or a consented docker command destroys something,
the doomed tables and columns are copied into the schema schemaguard_trash of the
same database, with their rows and what Directus knows of them. These commands show
what is there, bring it back, and delete it for ever.

NAME is an entry (20261124-154003-3fa2c1), a collection (orders) or a field
(orders.total): of those the newest; ENTRY:orders is one item of one entry.`

const example = `  schemaguard trash list
  schemaguard trash show orders
  schemaguard trash restore orders --dry-run
  schemaguard trash purge --older-than 30d`

// Commands returns them.
func Commands(a *app.App) []*cobra.Command {
	c := commands{a}
	cmd := &cobra.Command{
		Use: "trash", Short: "Bring back what an apply destroyed", Long: long, Example: example, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.listCommand(), c.showCommand(), c.restoreCommand(), c.purgeCommand())
	for _, sub := range append(cmd.Commands(), cmd) {
		app.StrictArgs(sub)
	}
	return []*cobra.Command{cmd}
}

// open connects to the project's database.
func (a commands) open() (statement.Session, *connection.Settings, error) {
	w, err := a.Workspace()
	if err != nil {
		return statement.Session{}, nil, err
	}
	settings, err := w.FindConnection(a.Ctx)
	if err != nil {
		return statement.Session{}, nil, err
	}
	conn, err := statement.Connect(a.Ctx, settings.PG, settings.Display)
	if err != nil {
		return statement.Session{}, nil, err
	}
	return statement.Session{Conn: conn}, settings, nil
}

// failed gives an error of the bin its exit code.
func failed(err error, settings *connection.Settings) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*live.UnreachableError](err); ok {
		return err
	}
	hidden := settings.Redact.Error(redact.Error(err))
	known, ok := errors.AsType[*recyclebin.Error](err)
	if !ok {
		return hidden
	}
	code, ok := map[recyclebin.Code]int{
		recyclebin.CodeMissing: exitcode.Usage, recyclebin.CodeConflict: exitcode.Drift,
		recyclebin.CodeUnsupported: exitcode.Drift, recyclebin.CodeFailed: exitcode.Internal,
	}[known.Code]
	if !ok {
		code = exitcode.NotRun
	}
	return app.HintError{Code: code, Err: hidden, Hints: known.Hints}
}

// say writes one line of the answer to stdout.
func (a commands) say(format string, args ...any) {
	fmt.Fprintln(a.Streams.Out, terminal.Clean(fmt.Sprintf(format, args...)))
}

// write writes the JSON form to stdout.
func (a commands) write(v any) error {
	return export.WriteJSON(a.Streams.Out, v)
}

// age writes how long ago something was.
func age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return amount.Of(int64(d/time.Minute), "minute") + " ago"
	case d < 48*time.Hour:
		return amount.Of(int64(d/time.Hour), "hour") + " ago"
	}
	return amount.Of(int64(d/(24*time.Hour)), "day") + " ago"
}

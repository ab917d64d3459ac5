// Package cli is schemaguard's command line: flags, wiring, messages and exit
// codes. It decides nothing about schemas; it asks the packages that do.
package cli

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// Main runs the command line args (with the program's name first) and returns
// the exit code.
func Main(args []string, streams *terminal.Streams) int {
	// A command ends before collecting garbage pays; the peak of a large schema stays below 100 MB.
	debug.SetGCPercent(400)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a := &app{
		ctx: ctx, streams: streams, environ: os.Environ(), now: time.Now,
	}
	root := a.root()
	root.SetArgs(args[1:])
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	err := root.ExecuteContext(ctx)
	if err != nil {
		return a.fail(err)
	}
	return a.code
}

// app is one run of the program.
type app struct {
	ctx     context.Context
	streams *terminal.Streams
	environ []string
	now     func() time.Time
	flags   globalFlags
	where   *workspace.Workspace // the project, once it was looked at
	code    int                  // exit code of a command that ran to its end
}

// globalFlags are the flags that every command takes.
type globalFlags struct {
	dir, config, color string
	quiet, verbose     bool
	settings           []setting
}

// setting is a flag that overrides a key of the settings file.
type setting struct {
	key, flag string
	value     *string
}

// setting declares a flag that overrides a key of the settings file.
func (a *app) setting(cmd *cobra.Command, key, flag, usage string) {
	value := cmd.PersistentFlags().String(flag, "", usage)
	a.flags.settings = append(a.flags.settings, setting{key, "--" + flag, value})
}

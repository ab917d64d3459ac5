// Package cli is schemaguard's command line. Its commands lie below it, by what
// they do; they decide nothing about schemas, and ask the packages that do.
package cli

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/cli/wrapped"
	"github.com/schemaguard/schemaguard/internal/dockershim"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// Main runs the command line args (with the program's name first) and returns
// the exit code.
func Main(args []string, streams *terminal.Streams) int {
	if call, ok := dockershim.Called(args, os.Getenv); ok {
		return wrapped.Shim(call, streams)
	}
	// A command ends before collecting garbage pays; the peak of a large schema stays below 100 MB.
	debug.SetGCPercent(400)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a := &app.App{Ctx: ctx, Release: stop, Streams: streams, Environ: os.Environ(), Now: time.Now}
	root := root(a, args[1:])
	root.SetArgs(args[1:])
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	err := root.ExecuteContext(ctx)
	if err != nil {
		return a.Fail(err)
	}
	return a.Code
}

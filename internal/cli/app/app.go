// Package app is what every command needs: where it reads and writes, the global
// flags, the project it runs in, and how an error becomes a message and an exit
// code. It knows no command.
package app

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/save"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// App is one run of the program.
type App struct {
	Ctx     context.Context
	Streams *terminal.Streams
	Environ []string // as os.Environ returns it
	Now     func() time.Time
	Flags   Flags
	Code    int // exit code of a command that ran to its end
	// Release gives up the signals that end Ctx, before this process becomes
	// another program; it may be called twice.
	Release func()

	where    *workspace.Workspace // the project, once it was looked at
	settings []setting
}

// Flags are those that every command takes.
type Flags struct {
	Dir, Config, Color string
	Quiet, Verbose     bool
}

// setting is a flag that overrides a key of the settings file.
type setting struct {
	key, flag string
	value     *string
}

// Setting declares a flag that overrides a key of the settings file.
func (a *App) Setting(cmd *cobra.Command, key, flag, usage string) {
	value := cmd.PersistentFlags().String(flag, "", usage)
	a.settings = append(a.settings, setting{key, "--" + flag, value})
}

// Note writes one line for people to stderr.
func (a *App) Note(text string) {
	fmt.Fprintln(a.Streams.Err, "schemaguard: "+terminal.Clean(text))
}

// SaveOptions are those of a snapshot that is written by this run: to output, by
// default the project's own file, in a format, by default that of the name.
func (a *App) SaveOptions(output, format string, stage bool) save.Options {
	return save.Options{
		Output: output, Format: format, Stage: stage,
		Tool: Version(), By: Actor(), Now: a.Now(), Said: a.Streams.Err,
	}
}

// Version is the module's version as the Go toolchain recorded it.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

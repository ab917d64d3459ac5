// Package setup holds the commands that write: the settings, the hooks, the
// snapshot.
package setup

import (
	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
)

// commands are those of one run of the program.
type commands struct{ *app.App }

// Commands returns them.
func Commands(a *app.App) []*cobra.Command {
	c := commands{a}
	return []*cobra.Command{c.snapshotCommand(), c.initCommand(), c.installCommand(), c.uninstallCommand()}
}

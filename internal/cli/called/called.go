// Package called holds the commands that git calls; people hardly ever do.
package called

import (
	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
)

// commands are those of one run of the program.
type commands struct{ *app.App }

// Commands returns them.
func Commands(a *app.App) []*cobra.Command {
	c := commands{a}
	return []*cobra.Command{c.hookCommand(), c.mergeCommand(), c.textconvCommand()}
}

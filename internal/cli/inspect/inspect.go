// Package inspect holds the commands that look, and change nothing of the
// project.
package inspect

import (
	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
)

// commands are those of one run of the program.
type commands struct{ *app.App }

// Commands returns them.
func Commands(a *app.App) []*cobra.Command {
	c := commands{a}
	return []*cobra.Command{
		c.statusCommand(), c.checkCommand(), c.diffCommand(), c.logCommand(),
		c.doctorCommand(), c.demoCommand(), c.explainCommand(), c.versionCommand(),
	}
}

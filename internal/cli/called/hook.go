package called

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/hook"
	"github.com/schemaguard/schemaguard/internal/report"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

func (a commands) hookCommand() *cobra.Command {
	return &cobra.Command{
		Use: "hook NAME [ARGS...]", Hidden: true, Short: "Answer git: what the installed hooks call",
		Long: `What git's hooks call, with the arguments and the input that git gave them:
` + strings.Join(hook.Names(), ", ") + `.
"schemaguard install" puts them in place.

A refused commit or push can be let through for a reason, which is kept in
.git/` + hook.SkipLog + `:  ` + hook.SkipVariable + `="reason" git commit`,
		Example: "  schemaguard hook pre-commit\n  SCHEMAGUARD_SKIP=\"hotfix, database is down\" git commit",
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.hook(cmd, args[0], args[1:]) },
	}
}

func (a commands) hook(cmd *cobra.Command, name string, args []string) error {
	if !hook.Known(name) {
		return app.Usagef(cmd, "%q is no hook that schemaguard answers; those are %s", name, strings.Join(hook.Names(), ", "))
	}
	out, err := hook.Run(a.Ctx, hook.Call{
		Name: name, Args: args, Stdin: a.Streams.In, Env: os.Getenv, Now: a.Now, Open: a.open, Settings: a.Flags.Config, Environ: a.Environ,
		Save: a.SaveOptions("", "", true),
	})
	for i := range out.Verdicts {
		if i > 0 {
			fmt.Fprintln(a.Streams.Err)
		}
		if err := report.Text(a.Streams.Err, &out.Verdicts[i], a.ErrOptions()); err != nil {
			return err
		}
	}
	for _, line := range out.Lines {
		a.Note(line)
	}
	a.Code = out.Exit
	return err
}

// open looks at the project of a settings file; empty for that of the folder.
func (a commands) open(settings string) (*workspace.Workspace, error) {
	other := *a.App
	other.Flags.Config = settings
	return other.Workspace()
}

package inspect

import (
	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/cli/targeting"
	"github.com/schemaguard/schemaguard/internal/report"
	"github.com/schemaguard/schemaguard/internal/target"
)

func (a commands) statusCommand() *cobra.Command {
	var json bool
	var targets targeting.Flags
	cmd := &cobra.Command{
		Use: "status", Short: "Show what differs, what a boot would destroy, and what to do next",
		Long: `Shows one screen: which database and which Directus, then the live schema, the
sync point, the worktree, the index and HEAD side by side, what is unsaved,
ahead, pending or in conflict, what a boot would destroy, and the one command
to type next. It changes nothing.`,
		Example: "  schemaguard status\n  schemaguard status --verbose\n  schemaguard status --json\n  schemaguard status --all-targets",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !targets.Given() {
				return a.status(json)
			}
			w, err := a.Workspace()
			if err != nil {
				return err
			}
			return targeting.Status(a.App, cmd, &targets, w.Config.Targets, json)
		},
	}
	targets.Declare(cmd)
	cmd.Flags().BoolVar(&json, "json", false, "one JSON object on stdout")
	return cmd
}

func (a commands) status(json bool) error {
	st, err := a.collectStatus()
	if err != nil {
		v, ok := app.Unable(err)
		if !ok {
			return err
		}
		st = &report.Status{Verdict: v}
	}
	a.Code = st.Verdict.ExitCode()
	if json {
		return report.StatusJSON(a.Streams.Out, st, a.OutOptions())
	}
	return report.StatusText(a.Streams.Out, st, a.OutOptions())
}

// collectStatus compares live with every side. The verdict shown is that of the
// worktree, which is what the next build takes; by the rule of commits, since
// nothing is about to boot.
func (a commands) collectStatus() (*report.Status, error) {
	s, err := a.Open()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return target.Overview(a.Ctx, s, a.Now())
}

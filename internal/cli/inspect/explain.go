package inspect

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/report"
)

func (a commands) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use: "explain [CODE]", Short: "Say what a finding means, what harm it does and how to fix it",
		Long: `Prints the entry of a finding code: title, harm and fix. Without a code it lists
all of them.`,
		Example: "  schemaguard explain\n  schemaguard explain META_KEY_MISSING",
		Args:    cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var codes []string
			for _, info := range finding.All() {
				codes = append(codes, string(info.Code)+"\t"+info.Title)
			}
			return codes, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return report.ExplainAll(a.Streams.Out, a.OutOptions())
			}
			info, ok := finding.Lookup(finding.Code(args[0]))
			if !ok {
				err := fmt.Errorf("there is no finding %q", args[0])
				if near := finding.Nearest(args[0]); near != "" {
					err = fmt.Errorf("%w; did you mean %s", err, near)
				}
				return app.UsageError{Cmd: cmd, Err: err}
			}
			return report.Explain(a.Streams.Out, info, a.OutOptions())
		},
	}
}

func (a commands) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version",
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.Streams.Out, "schemaguard "+app.Version())
			return err
		},
	}
}

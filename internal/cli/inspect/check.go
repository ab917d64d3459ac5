package inspect

import (
	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report"
)

const checkExample = `  schemaguard check                        is there unsaved work, against the staged snapshot
  schemaguard check --against HEAD --json  the verdict of the last commit, as one JSON object
  schemaguard check --against v1.4 --for boot
                                           what would a boot of that release destroy`

// checkFlags are the flags of check.
type checkFlags struct {
	against, rule, format string
	json                  bool
}

func (a commands) checkCommand() *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use: "check", Short: "Say whether live work would be lost (exit 0 only if clean)",
		Long: `Compares the live database with a snapshot and says whether work would be lost.

Unsaved work and conflicts refuse (exit 2). What is only pending never does.
Under --for boot, which is the rule for a commit, a file or a container, work
that is in git but not in that snapshot refuses too, and so does a drop that a
commit asked for, where rows would go with it or could not be counted.`,
		Example: checkExample,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.check(cmd, f) },
	}
	cmd.Flags().StringVar(&f.against, "against", "", "the `snapshot`: index (default), HEAD, worktree, a commit, a file, or container:NAME")
	cmd.Flags().StringVar(&f.rule, "for", "", "whose `rule`: commit or boot (default: commit for index, HEAD and worktree, else boot)")
	cmd.Flags().StringVar(&f.format, "format", "text", "the `form`: text, json, github, sarif or markdown")
	cmd.Flags().BoolVar(&f.json, "json", false, "the same as --format json")
	return cmd
}

func (a commands) check(cmd *cobra.Command, f checkFlags) error {
	format, err := report.ParseFormat(f.format)
	if err != nil {
		return app.UsageError{Cmd: cmd, Err: err}
	}
	if f.json {
		format = report.FormatJSON
	}
	v, err := a.verdict(cmd, f)
	if err != nil {
		var ok bool
		if v, ok = app.Unable(err); !ok {
			return err
		}
	}
	a.Code = v.ExitCode()
	if a.Flags.Quiet && v.State == policy.Clean && format == report.FormatText {
		return nil
	}
	o := a.OutOptions()
	o.File = a.SnapshotName()
	return report.Write(a.Streams.Out, format, &v, o)
}

// verdict runs the check that the flags ask for.
func (a commands) verdict(cmd *cobra.Command, f checkFlags) (policy.Verdict, error) {
	s, err := a.Open()
	if err != nil {
		return policy.Verdict{}, err
	}
	defer s.Close()
	target, err := s.Target(a.Ctx, f.against)
	if err != nil {
		return policy.Verdict{}, err
	}
	rule := target.Rule
	switch f.rule {
	case "":
	case "commit":
		rule = policy.Commit
	case "boot":
		rule = policy.Boot
	default:
		return policy.Verdict{}, app.Usagef(cmd, "--for takes commit or boot, not %q", f.rule)
	}
	return s.Check(a.Ctx, target, rule, true), nil
}

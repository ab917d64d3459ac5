package called

import (
	"strconv"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/mergedriver"
)

func (a commands) mergeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "merge BASE OURS THEIRS [PATH [MARKER-SIZE [BASE-NAME OURS-NAME THEIRS-NAME]]]",
		Short: "Merge a snapshot item by item: git's merge driver", Hidden: true,
		Long: `Merges three versions of a snapshot file by item, and by path inside an item, and
leaves the result in OURS, written as Directus would write it. Two sides that each
added something merge without a conflict. What both changed differently stays
marked in the file, as git would mark it, and is named on stderr. A side that is
no snapshot is left to git's text merge. It asks no database.

"schemaguard install" has git call it. Exit 0: merged. Exit 1: conflicts are left.
Any other: nothing was written.`,
		Example: "  schemaguard merge base.yaml ours.yaml theirs.yaml\n" +
			"  git config merge.schemaguard.driver 'schemaguard merge %O %A %B %P %L %S %X %Y'",
		Args: cobra.RangeArgs(3, 8),
		RunE: func(cmd *cobra.Command, args []string) error { return a.merge(cmd, args) },
	}
}

func (a commands) merge(cmd *cobra.Command, args []string) error {
	f := mergedriver.Files{Base: args[0], Ours: args[1], Theirs: args[2]}
	rest := make([]string, 5)
	copy(rest, args[3:])
	f.Path = rest[0]
	if rest[1] != "" {
		size, err := strconv.Atoi(rest[1])
		if err != nil || size < 0 {
			return app.Usagef(cmd, "%q is no length of a conflict mark", rest[1])
		}
		f.MarkerSize = size
	}
	f.Labels = mergedriver.Labels{Base: rest[2], Ours: rest[3], Theirs: rest[4]}
	out, err := mergedriver.Run(a.Ctx, f)
	for _, line := range out.Lines {
		a.Note(line)
	}
	if err != nil {
		a.Fail(err) // the exit status is for git, which knows no other codes
	}
	a.Code = out.Status
	return nil
}

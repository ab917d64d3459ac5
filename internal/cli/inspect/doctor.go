package inspect

import (
	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/doctor"
	"github.com/schemaguard/schemaguard/internal/report"
)

func (a commands) doctorCommand() *cobra.Command {
	var json bool
	cmd := &cobra.Command{
		Use: "doctor", Short: "Check every assumption that the other commands rest on",
		Long: `Looks at the settings, the git repository, the snapshot file, where the database
is named and which place won, whether it can be reached and read, which Directus
it is, and docker; and says of each what is wrong and how to put it right.

Exit 0: nothing is wrong. Exit 4: a setting is. Exit 3: the database cannot be
reached or read. Exit 5: the snapshot file is invalid.`,
		Example: "  schemaguard doctor\n  schemaguard doctor --json",
		RunE:    func(*cobra.Command, []string) error { return a.doctor(json) },
	}
	cmd.Flags().BoolVar(&json, "json", false, "one JSON object on stdout")
	return cmd
}

func (a commands) doctor(json bool) error {
	checks, code := doctor.Examine(a.Ctx, doctor.Options{Open: a.Workspace, Version: app.Version(), Environ: a.Environ, Now: a.Now})
	a.Code = code
	if json {
		return report.ChecksJSON(a.Streams.Out, checks)
	}
	return report.ChecksText(a.Streams.Out, checks, a.OutOptions())
}

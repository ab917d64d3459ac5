package dbinitfiles

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/dbinit"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/report/export"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

const applyLong = `Runs the files that were not applied yet, in the order of their numbers, and stops
at the first that fails: of that one nothing is left. Where files and table do not
agree (a file was changed, is gone, comes too late) nothing runs, and it ends with 6.

One run at a time: others wait for it and find nothing to do.`

func (a commands) applyCommand() *cobra.Command {
	var phase string
	var dry, asJSON bool
	cmd := &cobra.Command{
		Use: "apply", Short: "Run the files that were not applied yet", Long: applyLong, Args: cobra.NoArgs,
		Example: "  schemaguard db-init apply --dry-run\n  schemaguard db-init apply --phase pre\n  schemaguard db-init apply --phase post --lock-timeout 30s",
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch p := sqlfile.Phase(phase); p {
			case sqlfile.Pre, sqlfile.Post, sqlfile.All:
				return a.apply(cmd, p, dry, asJSON)
			}
			return app.Usagef(cmd, "--phase takes pre, post or all, not %q", phase)
		},
	}
	cmd.Flags().StringVar(&phase, "phase", string(sqlfile.All), "which files: pre, post or all")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "show what would run, and run nothing")
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object on stdout")
	a.timeouts(cmd)
	return cmd
}

// applyDocument is the JSON form.
type applyDocument struct {
	SchemaVersion int      `json:"schema_version"`
	DryRun        bool     `json:"dry_run"`
	Applied       []string `json:"applied"`
	Pending       []string `json:"pending,omitempty"` // of a dry run
	Waited        bool     `json:"waited"`
}

func (a commands) apply(cmd *cobra.Command, phase sqlfile.Phase, dry, asJSON bool) error {
	s, err := a.open(cmd)
	if err != nil {
		return err
	}
	defer s.Close()
	if dry {
		return a.dryRun(cmd, s, phase, asJSON)
	}
	result, err := s.Apply(a.Ctx, phase, a.observe)
	if err != nil {
		if n := len(result.Applied); n > 0 {
			a.Note("applied before that, and kept: " + amount.Of(n, "file"))
		}
		return a.failed(err, s.settings)
	}
	if asJSON {
		return export.WriteJSON(a.Streams.Out, applyDocument{SchemaVersion: 1, Applied: append([]string{}, result.Applied...), Waited: result.Waited})
	}
	if len(result.Applied) == 0 && !a.Flags.Quiet {
		a.Note("nothing to do: every file of this phase is applied")
	}
	return nil
}

// observe tells what happens as it happens.
func (a commands) observe(e dbinit.Event) {
	switch e.Kind {
	case dbinit.Notice:
		if !a.Flags.Quiet || !strings.HasPrefix(e.Text, "notice: ") {
			a.Note(e.File.Name + ": " + e.Text)
		}
	case dbinit.Waiting, dbinit.Pooled:
		a.Note(e.Text)
	case dbinit.Applied:
		if !a.Flags.Quiet {
			a.Note(fmt.Sprintf("applied %s (%s)", e.File.Path, e.Duration.Round(time.Millisecond)))
		}
	case dbinit.Skipped:
		if !a.Flags.Quiet {
			a.Note("another run has applied " + e.File.Path)
		}
	case dbinit.Started:
		if a.Flags.Verbose {
			a.Note("running " + e.File.Path)
		}
	}
}

func (a commands) dryRun(cmd *cobra.Command, s *session, phase sqlfile.Phase, asJSON bool) error {
	allow, err := a.allowed(cmd)
	if err != nil {
		return err
	}
	status, err := s.Status(a.Ctx)
	if err != nil {
		return a.failed(err, s.settings)
	}
	if stop := status.Blocking(allow); len(stop) > 0 {
		return a.failed(&dbinit.RefusedError{Problems: stop}, s.settings)
	}
	pending := status.Pending(phase)
	if asJSON {
		d := applyDocument{SchemaVersion: 1, DryRun: true, Applied: []string{}}
		for _, f := range pending {
			d.Pending = append(d.Pending, f.Name)
		}
		return export.WriteJSON(a.Streams.Out, d)
	}
	for _, f := range pending {
		how := "in one transaction"
		if f.NoTransaction {
			how = "without a transaction"
		}
		fmt.Fprintf(a.Streams.Out, "would run %s (%s, %s, %s)\n", f.Path, f.Phase, amount.Of(len(f.Statements), "statement"), how)
		if a.Flags.Verbose {
			for _, statement := range f.Statements {
				fmt.Fprintf(a.Streams.Out, "  %s\n", terminal.Shorten(terminal.Clean(dbinit.Shown(f, statement)), 120))
			}
		}
	}
	if len(pending) == 0 {
		fmt.Fprintln(a.Streams.Out, "nothing to do: every file of this phase is applied")
	}
	return nil
}

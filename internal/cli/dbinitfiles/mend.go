package dbinitfiles

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/dbinit"
	"github.com/schemaguard/schemaguard/internal/dbinit/ledger"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

const adoptLong = `A table migrations_applied that the team had before is kept: its rows say what was
applied, its columns get the meaning they have, and what is missing (checksum,
status, ...) is added as columns that may be empty. Rows whose file is there get the
checksum of that file.

Without --yes it only shows what it would do.`

func (a commands) adoptCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "adopt", Short: "Go on with a table of the team's own", Long: adoptLong, Args: cobra.NoArgs,
		Example: "  schemaguard db-init adopt\n  schemaguard db-init adopt --yes",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.adopt(cmd, yes) },
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do it")
	a.timeouts(cmd)
	return cmd
}

func (a commands) adopt(cmd *cobra.Command, yes bool) error {
	s, err := a.open(cmd)
	if err != nil {
		return err
	}
	defer s.Close()
	status, err := s.Status(a.Ctx)
	if err != nil {
		return a.failed(err, s.settings)
	}
	for _, p := range status.Problems {
		if p.Code == sqlfile.BadTable {
			return a.failed(&dbinit.RefusedError{Problems: []sqlfile.Problem{p}}, s.settings)
		}
	}
	if !status.Plan.Needed() {
		a.Note("nothing to do: table " + status.Table + " is ready")
		return nil
	}
	a.showPlan(status.Plan)
	if !yes && !a.Streams.Interactive() {
		a.Note("nothing was changed; to do it: schemaguard db-init adopt --yes")
		return nil
	}
	if !yes && !a.confirmed("change the table like this?") {
		a.Note("nothing was changed")
		return nil
	}
	if err := s.Adopt(a.Ctx); err != nil {
		return a.failed(err, s.settings)
	}
	a.Note("adopted table " + status.Table)
	return nil
}

func (a commands) showPlan(p ledger.Plan) {
	say := func(label string, values []string) {
		for _, v := range values {
			fmt.Fprintf(a.Streams.Out, "%s: %s\n", label, terminal.Clean(v))
		}
	}
	fmt.Fprintf(a.Streams.Out, "table: %s\n", terminal.Clean(p.Table))
	say("column", p.Columns)
	say("add column", p.Add)
	say("keep as it is", p.Kept)
	say("record the checksum of", p.Backfill)
	say("row without a file", p.Unknown)
}

// confirmed asks a person; only "y" and "yes" are a yes.
func (a commands) confirmed(question string) bool {
	fmt.Fprintf(a.Streams.Err, "schemaguard: %s [y/N] ", question)
	line, _ := bufio.NewReader(a.Streams.In).ReadString('\n')
	answer := strings.ToLower(strings.TrimSpace(line))
	return answer == "y" || answer == "yes"
}

const repairLong = `Corrects the table where you know more than it does. It never runs a file. Each
shows what it does first, and needs --yes or an answer at the terminal.

  --mark-applied NAME     the file has run: record it, with its content of now
  --forget NAME           the file has not run (or is gone for good): delete its row
  --accept-checksum NAME  the file was changed on purpose: record its content of now`

func (a commands) repairCommand() *cobra.Command {
	var yes bool
	names := map[dbinit.Mend]*string{}
	cmd := &cobra.Command{
		Use: "repair", Short: "Correct what the table says of one file", Long: repairLong, Args: cobra.NoArgs,
		Example: "  schemaguard db-init repair --forget 004_index.sql\n  schemaguard db-init repair --accept-checksum 002_positions.sql --yes",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var mend dbinit.Mend
			for m := range names {
				if cmd.Flags().Changed(string(m)) {
					if mend != "" {
						return app.Usagef(cmd, "one of --mark-applied, --forget and --accept-checksum at a time")
					}
					mend = m
				}
			}
			if mend == "" {
				return app.Usagef(cmd, "it takes --mark-applied, --forget or --accept-checksum, with the name of a file")
			}
			return a.repair(cmd, mend, *names[mend], yes)
		},
	}
	for _, m := range []dbinit.Mend{dbinit.MarkApplied, dbinit.Forget, dbinit.AcceptChecksum} {
		names[m] = cmd.Flags().String(string(m), "", "see above; the `NAME` is that of the file")
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do it without asking")
	a.timeouts(cmd)
	return cmd
}

func (a commands) repair(cmd *cobra.Command, mend dbinit.Mend, name string, yes bool) error {
	s, err := a.open(cmd)
	if err != nil {
		return err
	}
	defer s.Close()
	planned, err := s.PlanRepair(a.Ctx, mend, name)
	if err != nil {
		return a.failed(err, s.settings)
	}
	a.Note("this will " + planned.Says)
	switch {
	case yes:
	case !a.Streams.Interactive():
		line, _ := terminal.Quote("schemaguard", "db-init", "repair", "--"+string(mend), name, "--yes")
		return app.HintError{Code: exitcode.Usage, Err: fmt.Errorf("nothing was changed: nobody is there to be asked"), Hints: []string{line}}
	case !a.confirmed("do it?"):
		a.Note("nothing was changed")
		return nil
	}
	if err := s.Do(a.Ctx, planned); err != nil {
		return a.failed(err, s.settings)
	}
	a.Note("done")
	return nil
}

func (a commands) newCommand() *cobra.Command {
	var post bool
	cmd := &cobra.Command{
		Use: "new NAME", Short: "Make an empty file with the next number", Args: cobra.MinimumNArgs(1),
		Long:    "Makes the file with the next free number, in the width that the others have, and\nnever overwrites one. It prints the file's path.",
		Example: "  schemaguard db-init new faulty flag\n  schemaguard db-init new --post \"index on vehicles\"",
		RunE:    func(_ *cobra.Command, args []string) error { return a.newFile(strings.Join(args, " "), post) },
	}
	cmd.Flags().BoolVar(&post, "post", false, "a file that runs after Directus")
	return cmd
}

func (a commands) newFile(words string, post bool) error {
	p, err := a.load()
	if err != nil {
		return err
	}
	own := p.where.Config.DBInit
	folders := dbinit.Folders(own.Path.V, own.PostPath.V, p.where.Config.Root)
	folder := folders[0]
	if post {
		folder = folders[1]
	}
	name, err := sqlfile.Create(folder, p.set, words)
	if err != nil {
		return app.HintError{Code: exitcode.DBInit, Err: err}
	}
	_, err = fmt.Fprintf(a.Streams.Out, "%s/%s\n", folder.Shown, name)
	return err
}

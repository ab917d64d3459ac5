package cli

import (
	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/cli/audited"
	"github.com/schemaguard/schemaguard/internal/cli/booting"
	"github.com/schemaguard/schemaguard/internal/cli/called"
	"github.com/schemaguard/schemaguard/internal/cli/dbinitfiles"
	"github.com/schemaguard/schemaguard/internal/cli/inspect"
	"github.com/schemaguard/schemaguard/internal/cli/recycle"
	"github.com/schemaguard/schemaguard/internal/cli/setup"
	"github.com/schemaguard/schemaguard/internal/cli/verifying"
	"github.com/schemaguard/schemaguard/internal/cli/watching"
	"github.com/schemaguard/schemaguard/internal/cli/wrapped"
	"github.com/schemaguard/schemaguard/internal/report"
)

const rootLong = `schemaguard keeps Directus teams from destroying their own schema.

Every boot of a Directus container applies the snapshot baked into its image,
and drops what the database has and that snapshot lacks. schemaguard compares
the live database with the snapshot in git and says what the next boot would
do, before it does.`

const rootExample = `  schemaguard init          look at the project and write .schemaguard.yaml
  schemaguard status        one screen: what differs, what a boot would destroy
  schemaguard check         the verdict, for scripts: exit 0 only if clean
  schemaguard snapshot --stage
                            save the live schema and stage it
  schemaguard demo          see it work on a throwaway database`

// root builds the command tree that a command line needs: all of it, but for the
// prompt, which a shell asks for again and again and waits for.
func root(a *app.App, args []string) *cobra.Command {
	cmd := &cobra.Command{
		Use: "schemaguard", Short: "Keep a Directus schema from being destroyed by its own snapshot",
		Long: rootLong, Example: rootExample,
		SilenceErrors: true, SilenceUsage: true, TraverseChildren: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: false},
		Args:              cobra.NoArgs,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return app.UsageError{Cmd: cmd, Err: err} })
	flags := cmd.PersistentFlags()
	flags.StringVarP(&a.Flags.Dir, "directory", "C", "", "run as if started in this `folder`")
	flags.StringVar(&a.Flags.Config, "config", "", "read this settings `file` instead of looking for .schemaguard.yaml")
	flags.StringVar(&a.Flags.Color, "color", "auto", "colour the output `when`: auto, always or never")
	flags.BoolVarP(&a.Flags.Quiet, "quiet", "q", false, "say nothing where nothing is wrong")
	flags.BoolVarP(&a.Flags.Verbose, "verbose", "v", false, "show every item and every value that differs")
	a.Setting(cmd, "database.url", "dsn", "the database, as a `URL` or keyword DSN")
	a.Setting(cmd, "directus.version", "directus-version", "the `version` of Directus that runs, e.g. 12.4.1")
	a.Setting(cmd, "loss_timeout", "loss-timeout", "count rows for this `duration`, then say \"not counted\" (default 2s)")
	if len(args) > 0 && args[0] == watching.PromptName {
		cmd.AddCommand(watching.Prompt(a))
	} else {
		cmd.AddCommand(inspect.Commands(a)...)
		cmd.AddCommand(setup.Commands(a)...)
		cmd.AddCommand(called.Commands(a)...)
		cmd.AddCommand(watching.Commands(a)...)
		cmd.AddCommand(booting.Commands(a)...)
		cmd.AddCommand(dbinitfiles.Commands(a)...)
		cmd.AddCommand(audited.Commands(a)...)
		cmd.AddCommand(recycle.Commands(a)...)
		cmd.AddCommand(verifying.Commands(a)...)
		cmd.AddCommand(wrapped.Commands(a)...)
		cmd.AddCommand(exitCodesTopic())
	}
	for _, sub := range cmd.Commands() {
		if sub.Args == nil && sub.Runnable() {
			sub.Args = cobra.NoArgs
		}
		app.StrictArgs(sub)
	}
	return cmd
}

// exitCodesTopic is `schemaguard help exit-codes`.
func exitCodesTopic() *cobra.Command {
	return &cobra.Command{Use: "exit-codes", Short: "What the exit codes mean", Long: report.ExitCodesHelp()}
}

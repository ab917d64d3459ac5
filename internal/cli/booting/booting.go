// Package booting is the command that stands in a container between its start and
// Directus: `schemaguard boot`. It reads flags and environment, joins the real
// database, lock and commands to the gate, and becomes the command at the end.
package booting

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
)

// commands are the commands of this package, in one run of the program.
type commands struct{ *app.App }

// Commands returns them.
func Commands(a *app.App) []*cobra.Command {
	c := commands{a}
	return []*cobra.Command{c.bootCommand()}
}

// flags are the flags of boot.
type flags struct {
	mode, onRefuse, snapshot       string
	bootstrapCommand, applyCommand string
	logFormat, dbInit, dbInitPost  string
	noWait, noDBInit, noBootstrap  bool
	adopt                          bool
	waitTimeout, lockTimeout       time.Duration
	applyTimeout                   time.Duration
}

const bootLong = `Stands in an image's entrypoint, in front of the command that starts Directus:

  wait for the database, take the lock, db-init before, "directus bootstrap",
  check, "directus schema apply" as the mode allows, look whether it was applied,
  db-init after, give the lock back, become the command

The modes (--mode, or DIRECTUS_SCHEMA_APPLY_MODE):
  auto      apply where nothing would be lost (default)
  additive  apply what creates and changes; delete and overwrite nothing
  dry-run   say what would be applied
  skip      leave the schema alone
  force     apply whatever is lost, once the recycle bin has a copy

What was not applied is said, and the command starts on the database as it is;
with --on-refuse=stop (or SCHEMAGUARD_ON_REFUSE) nothing starts, and the exit code
says why: 2 refused, 3 could not be checked, 5 the snapshot is invalid. A refused
plan has a number: SCHEMAGUARD_APPROVE_PLAN=NUMBER carries out that plan and no
other, after the recycle bin has what it takes away.

It needs no git: what the last boot applied is the past that it knows.`

const bootExample = `  ENTRYPOINT ["schemaguard", "boot", "--"]
  CMD ["node", "/directus/cli.js", "start"]

  schemaguard boot                 the steps alone, as an init container
  schemaguard boot --mode dry-run  what would this image apply
  schemaguard boot --adopt         once, for a database that no boot has applied to`

func (c commands) bootCommand() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use: "boot [flags] [-- COMMAND...]", Short: "Apply the snapshot in a container only where nothing is lost, then start Directus",
		Long: bootLong, Example: bootExample, Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return c.boot(cmd, f, args) },
	}
	s := cmd.Flags()
	s.StringVar(&f.mode, "mode", "", "what may be applied: auto, additive, dry-run, skip or force")
	s.StringVar(&f.onRefuse, "on-refuse", "", "where the schema was not applied: `start` the command, or stop")
	s.StringVar(&f.snapshot, "snapshot", "", "the snapshot `file` (default: that of the settings, else the usual places below /directus)")
	s.BoolVar(&f.adopt, "adopt", false, "take the database as it is for what was last applied, where no boot has applied anything yet")
	s.BoolVar(&f.noWait, "no-wait", false, "do not wait for the database")
	s.StringVar(&f.dbInit, "db-init", "", "the `folder` of SQL to run before Directus (default: db-init, where it is there)")
	s.StringVar(&f.dbInitPost, "db-init-post", "", "the `folder` of SQL to run after the schema was applied (default: db-init-post)")
	s.BoolVar(&f.noDBInit, "no-db-init", false, "leave db-init out")
	s.BoolVar(&f.noBootstrap, "no-bootstrap", false, "leave \"directus bootstrap\" out")
	s.DurationVar(&f.waitTimeout, "wait-timeout", time.Minute, "how long to wait for the database")
	s.DurationVar(&f.lockTimeout, "lock-timeout", 15*time.Minute, "how long to wait for another boot")
	s.DurationVar(&f.applyTimeout, "apply-timeout", 10*time.Minute, "how long one command of Directus may take")
	s.StringVar(&f.bootstrapCommand, "bootstrap-command", "", "the `command` that bootstraps Directus (default: found)")
	s.StringVar(&f.applyCommand, "apply-command", "", "the `command` that applies {file} (default: found)")
	s.StringVar(&f.logFormat, "log-format", "", "text or json (default text)")
	return cmd
}

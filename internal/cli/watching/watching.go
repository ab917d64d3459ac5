// Package watching holds the commands that stay: the watcher, and the prompt that
// shows what it saw.
package watching

import (
	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
)

// commands are those of one run of the program.
type commands struct{ *app.App }

// Commands returns the commands of this package.
func Commands(a *app.App) []*cobra.Command {
	c := commands{a}
	return []*cobra.Command{c.watchCommand(), Prompt(a)}
}

// flags are those of watch.
type flags struct {
	plain, json, once      bool
	bell, notify           bool
	auto, noDocker, daemon bool
	exec, metrics          string

	installTriggers, removeTriggers bool
	installService, removeService   bool
	yes                             bool
}

const watchLong = `Watches the live schema, the files and the containers of this project, and shows
the moment it happens that somebody changed the schema in the admin UI: what, who,
what the next boot would destroy, and what to type. Where nothing happens it costs
nothing.

On a terminal it fills the screen; elsewhere, and with --plain, it prints a line
for each event, and with --json an object.

With --install-triggers the database itself says when the schema moved. The SQL
is shown first; --remove-triggers takes it out again. Without, the database is
looked at every second.`

const watchExample = `  schemaguard watch
  schemaguard watch --plain --bell
  schemaguard watch --json | jq -r .text
  schemaguard watch --once && docker compose restart
  schemaguard watch --exec 'notify-team "$SCHEMAGUARD_SUMMARY"'
  schemaguard watch --metrics :9187
  schemaguard watch --install-triggers`

func (a commands) watchCommand() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use: "watch", Short: "See the moment it happens that the schema moves away from git",
		Long: watchLong, Example: watchExample,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.watch(cmd, f) },
	}
	flag := cmd.Flags()
	flag.BoolVar(&f.plain, "plain", false, "a line for each event, also on a terminal")
	flag.BoolVar(&f.json, "json", false, "a JSON object for each event, one a line")
	flag.BoolVar(&f.once, "once", false, "look once, say what is, and end: exit 0 only where nothing is to lose")
	a.Setting(cmd, "watch.interval", "interval", "look at the database this often (`duration`, default 1s)")
	flag.BoolVar(&f.bell, "bell", false, "ring the bell when the state changes")
	flag.BoolVar(&f.notify, "notify", false, "show a desktop notification when the state changes")
	flag.StringVar(&f.exec, "exec", "", "run this `command` when the state changes")
	flag.BoolVar(&f.auto, "auto-snapshot", false, "write unsaved work to the snapshot file by itself; stage and commit nothing")
	flag.BoolVar(&f.noDocker, "no-docker", false, "do not ask docker what the containers would boot with")
	flag.StringVar(&f.metrics, "metrics", "", "serve Prometheus metrics and /healthz at this `address`, e.g. :9187 (this machine only)")
	flag.BoolVar(&f.daemon, "daemon", false, "run as a service: plain lines, and word to systemd")
	flag.BoolVar(&f.installTriggers, "install-triggers", false, "have the database say when the schema moved")
	flag.BoolVar(&f.removeTriggers, "remove-triggers", false, "take those triggers out again")
	flag.BoolVar(&f.installService, "install-service", false, "write a systemd user unit that watches this project")
	flag.BoolVar(&f.removeService, "remove-service", false, "remove that unit")
	flag.BoolVarP(&f.yes, "yes", "y", false, "do not ask before the triggers are installed or removed")
	return cmd
}

// watch does what the flags say.
func (a commands) watch(cmd *cobra.Command, f flags) error {
	if err := f.contradiction(cmd); err != nil {
		return err
	}
	switch {
	case f.installTriggers, f.removeTriggers:
		return a.triggers(f)
	case f.installService:
		return a.installService(f)
	case f.removeService:
		return a.removeService()
	}
	r, err := a.prepare(cmd, f)
	if err != nil {
		return err
	}
	if f.once {
		return a.once(r)
	}
	return a.run(r)
}

// contradiction returns the error of flags that exclude each other.
func (f flags) contradiction(cmd *cobra.Command) error {
	jobs := 0
	for _, on := range []bool{f.installTriggers, f.removeTriggers, f.installService, f.removeService, f.once} {
		if on {
			jobs++
		}
	}
	switch {
	case f.plain && f.json:
		return app.Usagef(cmd, "--plain and --json cannot both be printed")
	case jobs > 1:
		return app.Usagef(cmd, "--once, --install-triggers, --remove-triggers, --install-service and --remove-service are one job each: choose one")
	case f.once && (f.auto || f.metrics != "" || f.daemon):
		return app.Usagef(cmd, "--once looks and ends: --auto-snapshot, --metrics and --daemon are for a watcher that stays")
	}
	return nil
}

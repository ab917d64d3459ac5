// Package targeting holds the flags --target and --all-targets of status: the same
// question, asked of the environments that the settings name.
package targeting

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/environ"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/report"
	"github.com/schemaguard/schemaguard/internal/target"
	"github.com/schemaguard/schemaguard/internal/target/setting"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// Flags are --target and --all-targets.
type Flags struct {
	name string
	all  bool
}

// Declare adds them to a command.
func (f *Flags) Declare(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.name, "target", "", "ask the database of this `target` of the settings")
	cmd.Flags().BoolVar(&f.all, "all-targets", false, "ask every target of the settings, side by side")
}

// Given tells whether either is set.
func (f *Flags) Given() bool { return f.name != "" || f.all }

// Status answers for the targets that the flags mean, and sets the exit code. all
// are those of the settings.
func Status(a *app.App, cmd *cobra.Command, f *Flags, all []setting.Target, asJSON bool) error {
	given := a.SettingFlags()
	_, dsn := given["database.url"]
	switch {
	case f.all && f.name != "":
		return app.Usagef(cmd, "--target and --all-targets both say which databases")
	case dsn:
		return app.Usagef(cmd, "--dsn and a target both say which database")
	case f.all && len(all) == 0:
		return app.HintError{Code: exitcode.Usage, Err: errors.New("the settings have no targets: add targets: to .schemaguard.yaml")}
	}
	o := target.Options{Targets: all, Getenv: environ.In(a.Environ), Look: func(ctx context.Context, t setting.Target, dsn string) (*report.Status, error) {
		return look(ctx, a, t, dsn)
	}}
	if f.all {
		columns := target.Collect(a.Ctx, o)
		a.Code = target.ExitCode(columns)
		if asJSON {
			return target.JSON(a.Streams.Out, columns, a.OutOptions())
		}
		return target.Text(a.Streams.Out, columns, a.OutOptions())
	}
	return one(a, f.name, o, asJSON)
}

// one answers for one target, as status does for the project's own database.
func one(a *app.App, name string, o target.Options, asJSON bool) error {
	t, err := setting.Find(o.Targets, name)
	if err != nil {
		return app.HintError{Code: exitcode.Usage, Err: err}
	}
	if _, err := t.DSN(o.Getenv); err != nil {
		return app.HintError{Code: exitcode.Usage, Err: err, Hints: []string{"export " + t.URLEnv + "=postgres://..."}}
	}
	o.Targets = []setting.Target{t}
	column := target.Collect(a.Ctx, o)[0]
	a.Code = column.Status.Verdict.ExitCode()
	if asJSON {
		return report.StatusJSON(a.Streams.Out, &column.Status, a.OutOptions())
	}
	return report.StatusText(a.Streams.Out, &column.Status, a.OutOptions())
}

// look opens the project with the target's database in the place of its own.
func look(ctx context.Context, a *app.App, t setting.Target, dsn string) (*report.Status, error) {
	flags := a.SettingFlags()
	flags["database.url"] = config.Flag{Name: "--target " + t.Name, Value: dsn}
	w, err := workspace.Open(ctx, workspace.Options{ConfigFile: a.Flags.Config, Flags: flags, Environ: a.Environ, Now: a.Now})
	if err != nil {
		return nil, err
	}
	s, err := w.Connect(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return target.Overview(ctx, s, a.Now())
}

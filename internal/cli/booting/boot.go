package booting

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/bootgate"
	"github.com/schemaguard/schemaguard/internal/bootgate/bootlock"
	"github.com/schemaguard/schemaguard/internal/bootgate/command"
	"github.com/schemaguard/schemaguard/internal/bootgate/database"
	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/dockershim"
	"github.com/schemaguard/schemaguard/internal/environ"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/live"
	"github.com/schemaguard/schemaguard/internal/statedir"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// What shells end with where a command is not there, or may not be run.
const (
	exitMissing = 127
	exitDenied  = 126
)

// boot goes through the steps, and becomes the command.
func (c commands) boot(cmd *cobra.Command, f flags, args []string) error {
	if dash := cmd.ArgsLenAtDash(); len(args) > 0 && dash != 0 {
		return app.Usagef(cmd, "put -- in front of the command: schemaguard boot -- %s", strings.Join(args, " "))
	}
	program := ""
	if len(args) > 0 {
		var err error
		if program, err = exec.LookPath(args[0]); err != nil {
			if errors.Is(err, fs.ErrPermission) {
				return app.HintError{Code: exitDenied, Err: fmt.Errorf("the command to start cannot be run: %w", err)}
			}
			return app.HintError{Code: exitMissing, Err: fmt.Errorf("the command to start is not there: %w", err)}
		}
	}
	g, err := c.gate(cmd, f)
	if err != nil {
		return err
	}
	out := g.Run(c.Ctx)
	switch {
	case c.Ctx.Err() != nil:
		return c.Ctx.Err()
	case !out.Start || program == "":
		c.Code = out.Code
		return nil
	}
	c.Release()
	command.Reap()
	code, err := dockershim.Exec(program, args, c.Environ)
	if err != nil {
		return app.HintError{Code: code, Err: fmt.Errorf("starting %s: %w", args[0], err)}
	}
	c.Code = code
	return nil
}

// env returns a variable of the environment; the last of a name wins.
func (c commands) env(name string) string {
	return environ.Lookup(c.Environ, name)
}

// first returns the flag, or where it is not given the variable.
func (c commands) first(flag, variable string) string {
	if flag != "" {
		return flag
	}
	return c.env(variable)
}

// options reads what the flags and the environment ask for.
func (c commands) options(cmd *cobra.Command, f flags) (o bootgate.Options, err error) {
	o = bootgate.Options{
		Approve: strings.ToLower(strings.TrimSpace(c.env("SCHEMAGUARD_APPROVE_PLAN"))), Adopt: f.adopt,
		NoWait: f.noWait, NoBootstrap: f.noBootstrap, WaitTimeout: f.waitTimeout,
		Tool: app.Version(), By: app.Actor(),
	}
	if o.Mode, err = bootgate.ParseMode(c.first(f.mode, "DIRECTUS_SCHEMA_APPLY_MODE")); err != nil {
		return o, app.UsageError{Cmd: cmd, Err: fmt.Errorf("%w (--mode or DIRECTUS_SCHEMA_APPLY_MODE)", err)}
	}
	if o.OnRefuse, err = bootgate.ParseOnRefuse(c.first(f.onRefuse, "SCHEMAGUARD_ON_REFUSE")); err != nil {
		return o, app.UsageError{Cmd: cmd, Err: fmt.Errorf("%w (--on-refuse or SCHEMAGUARD_ON_REFUSE)", err)}
	}
	if o.Adopt && o.Mode == bootgate.Skip {
		return o, app.Usagef(cmd, "--adopt looks at the schema, and the mode skip does not")
	}
	return o, nil
}

// gate joins everything that a boot needs. It opens no connection.
func (c commands) gate(cmd *cobra.Command, f flags) (*bootgate.Gate, error) {
	o, err := c.options(cmd, f)
	if err != nil {
		return nil, err
	}
	if c.Flags.Dir != "" {
		if err := os.Chdir(c.Flags.Dir); err != nil {
			return nil, &workspace.UsageError{Msg: err.Error(), Err: err}
		}
	}
	given := c.SettingFlags()
	if f.snapshot != "" {
		given["snapshot.path"] = config.Flag{Name: "--snapshot", Value: f.snapshot}
	}
	cfg, err := config.Load(config.Options{Dir: ".", File: c.Flags.Config, Environ: c.Environ, Flags: given})
	if err != nil {
		return nil, err
	}
	settings, note, err := c.settings(cfg)
	if err != nil {
		return nil, err
	}
	voice, err := c.voice(c.first(f.logFormat, "SCHEMAGUARD_LOG_FORMAT"), settings.Redact)
	if err != nil {
		return nil, app.UsageError{Cmd: cmd, Err: err}
	}
	if note != "" {
		voice.log.Warn(note, "step", "wait", "duration", "0s")
	}
	runs, err := c.directus(cmd, f, o)
	if err != nil {
		return nil, err
	}
	lock, err := c.locker(settings, f.lockTimeout, voice.log)
	if err != nil {
		return nil, app.UsageError{Cmd: cmd, Err: err}
	}
	sql, err := c.sqlFiles(cfg, f, settings, voice.log)
	if err != nil {
		return nil, err
	}
	db := database.Database{Options: database.Options{
		Settings: settings, Versions: sync.OnceValue(func() []live.Candidate { return runs.versions(c.Ctx, cfg) }), Budget: cfg.LossTimeout.V, Now: c.Now, Log: voice.log,
	}}
	if cfg.SyncPoint.V == config.SyncPointLocal {
		local := syncpoint.NewLocal(statedir.Path(c.env), settings.Display)
		db.Local = &local
	}
	return &bootgate.Gate{
		Options: o, Target: findTarget(cfg), Database: db, Locker: lock, Directus: runs, DBInit: sql,
		Bin: database.Bin{Database: db, Tool: o.Tool, By: o.By, Limit: cfg.Trash.Limit.V, Retention: cfg.Trash.Retention.V},
		Log: voice.log, Show: voice.show, Now: c.Now,
	}, nil
}

// directus finds the commands of Directus, before anything is touched.
func (c commands) directus(cmd *cobra.Command, f flags, o bootgate.Options) (*runner, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("finding the working directory: %w", err)
	}
	r := &runner{site: command.Site{Dir: dir}, environ: c.Environ, timeout: f.applyTimeout, stdout: c.Streams.Out, stderr: c.Streams.Err}
	found, err := r.site.Find()
	if err == nil {
		r.own = found
	}
	for _, part := range []struct {
		given, flag string
		words       []string
		needed      bool
		into        *[]string
	}{
		{f.bootstrapCommand, "--bootstrap-command", []string{"bootstrap"}, !o.NoBootstrap, &r.bootstrap},
		{f.applyCommand, "--apply-command", []string{"schema", "apply", "--yes", command.FileWord}, o.Mode != bootgate.Skip && o.Mode != bootgate.DryRun, &r.apply},
	} {
		switch {
		case part.given != "":
			words, err := command.Split(part.given)
			if err != nil {
				return nil, app.Usagef(cmd, "%s: %v", part.flag, err)
			}
			*part.into = words
		case found != nil:
			*part.into = append(slices.Clone(found), part.words...)
		case part.needed:
			return nil, app.UsageError{Cmd: cmd, Err: err}
		}
	}
	if f.applyCommand != "" && !command.HasFile(r.apply) {
		return nil, app.Usagef(cmd, "--apply-command has to say where the file goes: {file}")
	}
	return r, nil
}

// versions are who says which Directus runs here: the image itself, then the
// settings.
func (r *runner) versions(ctx context.Context, cfg *config.Config) []live.Candidate {
	var all []live.Candidate
	if v := r.site.Version(ctx, r.own, r.environ); v.Version != "" {
		all = append(all, live.Candidate{Version: v.Version, Source: v.Source})
	}
	if v := cfg.Directus.Version; v.IsSet() {
		all = append(all, live.Candidate{Version: v.V, Source: v.Origin.String()})
	}
	return all
}

// lockError gives the failures of the lock their codes.
func lockError(err error) error {
	own := &bootgate.Error{Exit: exitcode.NotRun, Err: err}
	switch {
	case errors.As(err, new(*bootlock.UnreachableError)):
		own.Code = bootgate.CodeUnreachable
	case errors.As(err, new(*bootlock.UnreliableError)):
		own.Code = bootgate.CodeLockUnreliable
	case errors.As(err, new(*bootlock.TimeoutError)):
		own.Code = bootgate.CodeLockTimeout
	default:
		return err
	}
	return own
}

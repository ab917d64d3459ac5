// Package dbinitfiles holds the commands of `schemaguard db-init`: the numbered
// SQL files and what was applied of them.
package dbinitfiles

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/connection"
	"github.com/schemaguard/schemaguard/internal/dbinit"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// commands are those of one run of the program.
type commands struct {
	*app.App
	flags *flags
}

// flags are those that all of these commands take.
type flags struct {
	lockTimeout, statementTimeout, lockWait time.Duration
	allow                                   []string
}

const long = `Directus manages what schema.yaml holds. Everything else (extensions, hypertables,
triggers, indexes of several columns) is in numbered SQL files: db-init/NNN_name.sql
run before Directus makes its tables, db-init-post/NNN_name.sql after it. Each runs
once per database, in one transaction, and is recorded with its checksum in the
table migrations_applied.

Lines before the first statement of a file can say:

  -- schemaguard:phase post
  -- schemaguard:no-transaction`

const example = `  schemaguard db-init status
  schemaguard db-init new "faulty flag"
  schemaguard db-init apply --phase pre
  schemaguard db-init verify --json`

// Commands returns them.
func Commands(a *app.App) []*cobra.Command {
	c := commands{a, &flags{}}
	cmd := &cobra.Command{
		Use: "db-init", Short: "Apply the numbered SQL files that Directus does not manage",
		Long: long, Example: example, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	a.Setting(cmd, "db_init.path", "path", "the `folder` of files that run before Directus (default db-init)")
	a.Setting(cmd, "db_init.post_path", "post-path", "the `folder` of files that run after Directus (default db-init-post)")
	a.Setting(cmd, "db_init.table", "table", "the `table` that applied files are recorded in (default: migrations_applied, where the search path has it)")
	cmd.PersistentFlags().StringSliceVar(&c.flags.allow, "allow", nil, "live with these problems: gap, missing, out-of-order")
	cmd.AddCommand(c.statusCommand(), c.applyCommand(), c.verifyCommand(), c.adoptCommand(), c.repairCommand(), c.newCommand())
	for _, sub := range cmd.Commands() {
		app.StrictArgs(sub)
	}
	return []*cobra.Command{cmd}
}

// timeouts declares the flags of the commands that wait.
func (a commands) timeouts(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&a.flags.lockTimeout, "lock-timeout", dbinit.DefaultLockTimeout, "how long a statement waits for a lock on a table, 0 for ever (db_init.lock_timeout)")
	cmd.Flags().DurationVar(&a.flags.statementTimeout, "statement-timeout", 0, "how long a statement may take, 0 for ever")
	cmd.Flags().DurationVar(&a.flags.lockWait, "lock-wait", dbinit.DefaultLockWait, "how long to wait for another run of db-init, 0 for not at all")
}

// project is where the files are, and what is wrong with them.
type project struct {
	set      sqlfile.Set
	problems []sqlfile.Problem
	where    *workspace.Workspace
}

func (a commands) load() (project, error) {
	w, err := a.WorkspaceOfFiles()
	if err != nil {
		return project{}, err
	}
	set, problems, err := dbinit.Load(w.Config.DBInit.Path.V, w.Config.DBInit.PostPath.V, w.Config.Root)
	if err != nil {
		return project{}, app.HintError{Code: exitcode.DBInit, Err: err, Hints: []string{"schemaguard doctor"}}
	}
	return project{set, problems, w}, nil
}

// session is an open database and its files.
type session struct {
	project
	*dbinit.Runner
	settings *connection.Settings
}

// open reads the files and connects. A project without either folder has no
// db-init, and the answer "nothing to do" would be about another folder.
func (a commands) open(cmd *cobra.Command) (*session, error) {
	p, err := a.load()
	if err != nil {
		return nil, err
	}
	own := p.where.Config.DBInit
	allow, err := a.allowed(cmd)
	if err != nil {
		return nil, err
	}
	if len(p.set.Folders) == 0 {
		return nil, &workspace.UsageError{
			Msg:   fmt.Sprintf("there is neither a folder %s nor %s in %s", own.Path.V, own.PostPath.V, workspace.Shorten(p.where.Config.Root)),
			Hints: []string{"schemaguard db-init new NAME", "schemaguard db-init --path FOLDER"},
		}
	}
	for _, path := range []config.Value[string]{own.Path, own.PostPath} {
		if err := a.named(p, path); err != nil {
			return nil, err
		}
	}
	for _, name := range p.set.Passed {
		if !a.Flags.Quiet {
			a.Note(terminal.Clean(name) + " is passed over: db-init runs plain NNN_name.sql only, unlike docker-entrypoint-initdb.d")
		}
	}
	settings, err := p.where.FindConnection(a.Ctx)
	if err != nil {
		return nil, err
	}
	lockTimeout := own.LockTimeout.V
	if cmd.Flags().Changed("lock-timeout") {
		lockTimeout = a.flags.lockTimeout
	}
	if lockTimeout == 0 {
		lockTimeout = -1
	}
	lockWait := a.flags.lockWait
	if lockWait == 0 && cmd.Flags().Changed("lock-wait") {
		lockWait = -1 // not at all; the zero value is the default
	}
	r, err := dbinit.Open(a.Ctx, settings.PG, p.set, p.problems, dbinit.Options{
		Table: own.Table.V, SearchPath: settings.SearchPath.Names, LockTimeout: lockTimeout,
		StatementTimeout: a.flags.statementTimeout, LockWait: lockWait, Allow: allow, Tool: app.Version(),
	})
	if err != nil {
		return nil, a.failed(err, settings)
	}
	return &session{p, r, settings}, nil
}

// named sees to it that a folder that somebody named is there: its files would be
// passed over in silence. Settings may name one that comes later.
func (a commands) named(p project, path config.Value[string]) error {
	if !path.IsSet() || slices.Contains(p.set.Folders, filepath.ToSlash(filepath.Clean(path.V))) {
		return nil
	}
	msg := fmt.Sprintf("there is no folder %s in %s (%s)", path.V, workspace.Shorten(p.where.Config.Root), path.Origin)
	if path.Origin.Kind == config.FromFlag {
		return &workspace.UsageError{Msg: msg, Hints: []string{"schemaguard db-init --help"}}
	}
	a.Note(msg)
	return nil
}

// allowed are the problems to live with: those of the flag, else of the settings.
func (a commands) allowed(cmd *cobra.Command) ([]sqlfile.Code, error) {
	if cmd.Flags().Changed("allow") {
		codes, err := dbinit.Allowed(a.flags.allow)
		if err != nil {
			return nil, app.UsageError{Cmd: cmd, Err: fmt.Errorf("--allow %w", err)}
		}
		return codes, nil
	}
	w, err := a.WorkspaceOfFiles()
	if err != nil {
		return nil, err
	}
	codes, err := dbinit.Allowed(w.Config.DBInit.Allow.V)
	if err != nil {
		return nil, fmt.Errorf("db_init.allow %w", err)
	}
	return codes, nil
}

// coded is an error of db-init: it knows its exit code and what helps.
type coded interface {
	error
	ExitCode() int
	Hints() []string
}

// failed makes an error one that ends the program as it should, after saying what
// does not fit into its line.
func (a commands) failed(err error, settings *connection.Settings) error {
	if refused, ok := errors.AsType[*dbinit.RefusedError](err); ok && len(refused.Problems) > 1 {
		a.list(refused.Problems)
	}
	if statement, ok := errors.AsType[*dbinit.StatementError](err); ok {
		for _, line := range statement.Lines() {
			a.Note(line)
		}
	}
	if stopped := a.Ctx.Err(); stopped != nil {
		a.Note(err.Error())
		return stopped
	}
	if known, ok := errors.AsType[coded](err); ok {
		return app.HintError{Code: known.ExitCode(), Err: known, Hints: known.Hints()}
	}
	return settings.Redact.Error(redact.Error(err))
}

// list writes problems to stderr, each with its code.
func (a commands) list(problems []sqlfile.Problem) {
	for _, p := range problems {
		fmt.Fprintf(a.Streams.Err, "schemaguard: %s: %s\n", p.Code, terminal.Clean(p.Error()))
	}
}

// Package audited holds the command audit: what the live database has that
// neither db-init nor the snapshot would make again.
package audited

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/atomicfile"
	"github.com/schemaguard/schemaguard/internal/audit"
	"github.com/schemaguard/schemaguard/internal/audit/render"
	"github.com/schemaguard/schemaguard/internal/audit/throwaway"
	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/dbinit"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// commands are those of one run of the program.
type commands struct{ *app.App }

// Commands returns them.
func Commands(a *app.App) []*cobra.Command { return []*cobra.Command{commands{a}.auditCommand()} }

// auditFlags are the flags of audit.
type auditFlags struct {
	json, sql, accept bool
	reason            string
	throwaway, target string
}

func (a commands) auditCommand() *cobra.Command {
	var f auditFlags
	cmd := &cobra.Command{
		Use: "audit", Short: "Find what live has and neither db-init nor the snapshot would make again",
		Long: `A Directus snapshot holds tables, columns, keys of one column and plain indexes.
All else that a database has (other indexes, checks, triggers, views, functions,
extensions, partitions, policies, comments) must come from db-init, or the next
new database lacks it.

audit builds a throwaway database from db-init and the snapshot, lays every
object of live beside it, and says what db-init lacks, with SQL that it has tried
there. The live database is only read. The throwaway Postgres is started from
the binaries of this machine, or made on the server of --throwaway-dsn.

Differences that may stay are accepted with a reason, in the file of --baseline.

Exit 0: db-init and the snapshot make all of live. Exit 2: they do not. Exit 3:
something could not be checked. Exit 6: db-init does not run on an empty database.`,
		Example: "  schemaguard audit\n  schemaguard audit --sql > \"$(schemaguard db-init new from live)\"\n  schemaguard audit --accept --reason 'made by the reporting team'\n" +
			"  schemaguard audit --throwaway-dsn postgres://postgres@localhost:5433/postgres --json",
		RunE: func(cmd *cobra.Command, _ []string) error { return a.audit(cmd, f) },
	}
	s := cmd.Flags()
	s.BoolVar(&f.json, "json", false, "one JSON object on stdout")
	s.BoolVar(&f.sql, "sql", false, "only the SQL to add to db-init")
	s.BoolVar(&f.accept, "accept", false, "accept what is found: write it to the baseline file")
	s.StringVar(&f.reason, "reason", "", "why it may stay, for --accept (`text`)")
	a.Setting(cmd, "audit.baseline", "baseline", "the `file` of accepted differences (default audit.baseline)")
	a.Setting(cmd, "db_init.path", "path", "the `folder` of files that run before Directus (default db-init)")
	a.Setting(cmd, "db_init.post_path", "post-path", "the `folder` of files that run after Directus (default db-init-post)")
	s.StringVar(&f.throwaway, "throwaway-dsn", "", "make the throwaway database on this server (`URL` or keyword DSN)")
	s.StringVar(&f.target, "snapshot", "worktree", "the `snapshot`: index, HEAD, worktree, a commit or a file")
	return cmd
}

func (a commands) audit(cmd *cobra.Command, f auditFlags) error {
	switch {
	case f.json && f.sql:
		return app.Usagef(cmd, "--json and --sql cannot both be written")
	case f.accept && (f.json || f.sql):
		return app.Usagef(cmd, "--accept writes the baseline, and neither JSON nor SQL")
	case f.accept && strings.TrimSpace(f.reason) == "":
		return app.Usagef(cmd, "--accept needs --reason TEXT")
	case !f.accept && f.reason != "":
		return app.Usagef(cmd, "--reason is for --accept")
	}
	err := a.compare(f)
	if err != nil && f.json && !workspace.Mistake(err) {
		// Who reads JSON gets an object, also where nothing could be compared.
		err = errors.Join(err, render.JSON(a.Streams.Out, &audit.Result{}, "not-run", err.Error()))
	}
	return err
}

// compare makes the audit and writes what came of it.
func (a commands) compare(f auditFlags) error {
	w, err := a.Workspace()
	if err != nil {
		return err
	}
	file := w.Config.Abs(w.Config.Audit.Baseline.V)
	accepted, err := readBaseline(file)
	if err != nil {
		return err
	}
	o, err := a.options(w, f)
	if err != nil {
		return err
	}
	o.Accepted = accepted
	r, err := audit.Run(a.Ctx, o)
	if stopped := a.Ctx.Err(); err != nil && stopped != nil {
		return stopped // whatever was at work when it was told to stop
	}
	if err != nil {
		return failure(err)
	}
	if f.accept {
		return a.accept(r, file, f.reason)
	}
	return a.write(r, f)
}

// readTimeout is how long each query over the catalog may take at least: a hook must be quick, an audit
// need not.
const readTimeout = 30 * time.Second

// options reads the files of the project and asks the database which Directus it is.
func (a commands) options(w *workspace.Workspace, f auditFlags) (audit.Options, error) {
	own := w.Config.DBInit
	set, problems, err := dbinit.Load(own.Path.V, own.PostPath.V, w.Config.Root)
	if err != nil {
		return audit.Options{}, app.HintError{Code: exitcode.DBInit, Err: err, Hints: []string{"schemaguard doctor"}}
	}
	snap, err := a.snapshotOf(w, f.target)
	if err != nil {
		return audit.Options{}, err
	}
	s, err := w.Connect(a.Ctx)
	if err != nil {
		return audit.Options{}, unread(err)
	}
	defer s.Close()
	o := audit.Options{
		Live: s.Settings.PG, Snapshot: snap, Directus: s.Decision.Version, Timeout: max(s.Settings.StatementTimeout, readTimeout),
		Apply: audit.FromFiles(set, problems, app.Version()), Throwaway: throwaway.Local, OwnServer: true,
	}
	if len(s.Settings.SearchPath.Names) > 0 {
		o.Schema = s.Settings.SearchPath.Names[0]
	}
	if len(set.Folders) == 0 {
		a.Note(fmt.Sprintf("there is neither a folder %s nor %s: everything is told that the snapshot does not hold", own.Path.V, own.PostPath.V))
	}
	for _, file := range set.Files {
		o.Sources = append(o.Sources, audit.Source{Path: file.Path, Text: file.Text})
	}
	if f.throwaway != "" {
		o.OwnServer = false
		o.Throwaway = func(ctx context.Context) (string, func() error, error) { return throwaway.On(ctx, f.throwaway) }
	}
	return o, nil
}

// unread gives an error of reading live, that no kind of situation is known of, the exit code of a
// comparison that could not be made.
func unread(err error) error {
	var usage *workspace.UsageError
	if workspace.Mistake(err) || errors.As(err, &usage) || errors.Is(err, context.Canceled) || workspace.Situation(err) != finding.NotRun {
		return err
	}
	return app.HintError{Code: exitcode.NotRun, Err: fmt.Errorf("nothing was compared: %w", err), Hints: []string{"schemaguard doctor"}}
}

func (a commands) snapshotOf(w *workspace.Workspace, word string) (*snapshot.Snapshot, error) {
	t, err := w.Target(a.Ctx, word)
	if err != nil {
		return nil, err
	}
	if t.Missing != nil {
		return nil, app.HintError{Code: exitcode.Invalid, Err: errors.New(t.Missing.Message), Hints: []string{t.Missing.Fix}}
	}
	file := snapshot.Decode(t.File, t.Data)
	if !file.Trusted() {
		p := file.Problems[len(file.Problems)-1]
		return nil, app.HintError{
			Code: exitcode.Invalid, Err: fmt.Errorf("%s:%d: %s", t.File, p.Line, p.Message),
			Hints: []string{"schemaguard explain " + string(p.Code)},
		}
	}
	return file.Snapshot, nil
}

func readBaseline(file string) ([]audit.Entry, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, app.HintError{Code: exitcode.Usage, Err: err}
	}
	entries, err := audit.ParseBaseline(workspace.Shorten(file), data)
	if err != nil {
		shown := workspace.Shorten(file)
		away, _ := terminal.Quote("mv", shown, shown+".old")
		return nil, app.HintError{Code: exitcode.Usage, Err: err, Hints: []string{"correct it, or begin anew: " + away + " && schemaguard audit --accept --reason TEXT"}}
	}
	return entries, nil
}

// accept writes the baseline.
func (a commands) accept(r *audit.Result, file, reason string) error {
	data, err := audit.FormatBaseline(r, reason)
	if err != nil {
		return err
	}
	if _, err := atomicfile.Write(file, data, 0o644); err != nil {
		return err
	}
	a.Note(fmt.Sprintf("%s: %d accepted, %d of them new", workspace.Shorten(file), len(r.Accepted)+len(r.Findings), len(r.Findings)))
	if len(r.Unchecked) > 0 {
		a.Code = exitcode.NotRun
	}
	return nil
}

// write prints a result and sets the exit code.
func (a commands) write(r *audit.Result, f auditFlags) error {
	verdict := "clean"
	switch {
	case len(r.Findings) > 0 || len(r.Problems) > 0:
		verdict, a.Code = "drift", exitcode.Drift
	case len(r.Unchecked) > 0:
		verdict, a.Code = "not-run", exitcode.NotRun
	}
	switch {
	case f.json:
		return render.JSON(a.Streams.Out, r, verdict, "")
	case f.sql:
		a.Note(render.Summary(r))
		return render.SQL(a.Streams.Out, r, a.Streams.OutTTY)
	case a.Flags.Quiet && verdict == "clean":
		return nil
	}
	return render.Text(a.Streams.Out, r, a.Flags.Verbose)
}

// failure gives an error of the audit its exit code and what helps.
func failure(err error) error {
	var not *audit.NotRunError
	var files *audit.DBInitError
	var dsn *throwaway.DSNError
	switch {
	case errors.As(err, &dsn):
		return app.HintError{Code: exitcode.Usage, Err: dsn, Hints: []string{"schemaguard audit --throwaway-dsn postgres://..."}}
	case errors.As(err, &not):
		h := app.HintError{Code: exitcode.NotRun, Err: fmt.Errorf("nothing was compared: %w", err)}
		if not.Fix != "" {
			h.Hints = []string{not.Fix}
		}
		return h
	case errors.As(err, &files):
		h := app.HintError{Code: exitcode.DBInit, Err: err, Hints: []string{"schemaguard db-init status"}}
		var hints interface{ Hints() []string }
		if errors.As(files.Err, &hints) && len(hints.Hints()) > 0 {
			h.Hints = hints.Hints()
		}
		return h
	}
	return err
}

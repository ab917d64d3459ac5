// Package verifying holds the command verify: what CI runs before a deployment.
package verifying

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/atomicfile"
	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/dockerguard/consent"
	"github.com/schemaguard/schemaguard/internal/environ"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report"
	"github.com/schemaguard/schemaguard/internal/verify"
	"github.com/schemaguard/schemaguard/internal/verify/render"
	"github.com/schemaguard/schemaguard/internal/verify/server"
)

// commands are those of one run of the program.
type commands struct{ *app.App }

// Commands returns them.
func Commands(a *app.App) []*cobra.Command { return []*cobra.Command{commands{a}.verifyCommand()} }

// flags are those of verify.
type flags struct {
	native, noUpgrade, json bool
	directus, image         string
	throwaway, given, base  string
	format                  string
	allow, allowFiles       []string
	reports                 []string
	timeout                 time.Duration
}

// defaultTimeout bounds one step. The slowest pulls an image.
const defaultTimeout = 10 * time.Minute

const long = `Verifies what is about to be deployed, on a Postgres that is thrown away: db-init,
bootstrap, apply, db-init after it. What a snapshot of that database gives must be
the committed file (else every boot changes the schema), and a second apply must
change nothing. Then the same from the base branch's schema to this one: what that
drops or narrows is lost in production, and refuses until somebody agrees with
--allow.

Directus is run by --directus or --image; without either, by what the project has
installed, or the image that its compose file names. Where there is none, or with
--native, only the files are read, which takes no database and no second; the
output says so.

Postgres is started from the binaries of this machine, else in docker, with PostGIS
or Timescale where db-init creates them; or databases of new names are made on the
server of --throwaway-dsn, and removed. A role that may make none uses the database
of --empty-database, which has to be empty, and leaves out the upgrade. Nothing else
is written to.

Exit 0: verified. Exit 2: something would be lost, or does not come back as written.
Exit 3: something could not be checked. Exit 5: the snapshot cannot work. Exit 6:
db-init does not run.`

const example = `  schemaguard verify --native
  schemaguard verify --image directus/directus:12.4.1
  schemaguard verify --directus . --base origin/main --format github --report sarif=schemaguard.sarif
  schemaguard verify --directus 'node /directus/cli.js' --throwaway-dsn postgres://postgres:$PGPASSWORD@postgres/postgres --format junit
  schemaguard verify --allow 'COLLECTION_DROP:collection positions'`

func (a commands) verifyCommand() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use: "verify", Short: "Apply what is about to be deployed to a new database, before it is", Long: long, Example: example,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.verify(cmd, f) },
	}
	s := cmd.Flags()
	s.BoolVar(&f.native, "native", false, "only read the files; start neither Directus nor Postgres")
	s.StringVar(&f.directus, "directus", "", "run Directus with this `command`, or from this folder")
	s.StringVar(&f.image, "image", "", "run Directus in this docker `image`")
	s.StringVar(&f.throwaway, "throwaway-dsn", "", "make the throwaway databases on this server (`URL` or keyword DSN)")
	s.StringVar(&f.given, "empty-database", "", "write to this database, which has to be empty (`URL` or keyword DSN)")
	s.StringVar(&f.base, "base", "", "upgrade from where this branch left that `commit` or branch (default: what a pull request goes to, else origin/HEAD)")
	s.BoolVar(&f.noUpgrade, "no-upgrade", false, "leave out the upgrade from the base")
	s.StringArrayVar(&f.allow, "allow", nil, "agree to a loss (`CODE:ITEM`, as the refusal prints it; also $"+consent.Variable+")")
	s.StringSliceVar(&f.allowFiles, "db-init-allow", nil, "live with these problems of db-init: gap, missing, out-of-order")
	a.Setting(cmd, "db_init.path", "path", "the `folder` of files that run before Directus (default db-init)")
	a.Setting(cmd, "db_init.post_path", "post-path", "the `folder` of files that run after Directus (default db-init-post)")
	s.DurationVar(&f.timeout, "timeout", defaultTimeout, "how long one step may take")
	s.StringVar(&f.format, "format", "text", "the `form`: "+strings.Join(render.Formats(), ", "))
	s.BoolVar(&f.json, "json", false, "the same as --format json")
	s.StringArrayVar(&f.reports, "report", nil, "write the result to a file as well (`FORMAT=FILE`)")
	return cmd
}

// check finds flags that contradict each other.
func (f *flags) check(cmd *cobra.Command) error {
	if f.json {
		f.format = "json"
	}
	switch {
	case !slices.Contains(render.Formats(), f.format):
		return app.Usagef(cmd, "reading --format: %q is none of %s", f.format, strings.Join(render.Formats(), ", "))
	case f.native && (f.directus != "" || f.image != "" || f.throwaway != "" || f.given != ""):
		return app.Usagef(cmd, "--native runs no Directus and no Postgres")
	case f.throwaway != "" && f.given != "":
		return app.Usagef(cmd, "--throwaway-dsn and --empty-database both say where to write")
	case f.given != "" && !f.noUpgrade:
		return app.Usagef(cmd, "an upgrade needs more than the one database of --empty-database: add --no-upgrade")
	case f.directus != "" && f.image != "":
		return app.Usagef(cmd, "--directus and --image both say what to run")
	case f.noUpgrade && f.base != "":
		return app.Usagef(cmd, "--base is what --no-upgrade leaves out")
	case f.timeout <= 0:
		return app.Usagef(cmd, "--timeout has to be more than nothing")
	}
	for flag, dsn := range map[string]string{"--throwaway-dsn": f.throwaway, "--empty-database": f.given} {
		if dsn != "" && !server.Lawful(dsn) { // and not which: it has a password
			return app.Usagef(cmd, "reading %s: it is no connection string of Postgres", flag)
		}
	}
	for _, r := range f.reports {
		if format, file, _ := strings.Cut(r, "="); file == "" || !slices.Contains(render.Formats(), format) {
			return app.Usagef(cmd, "reading --report: %q is no FORMAT=FILE with a format of %s", r, strings.Join(render.Formats(), ", "))
		}
	}
	return nil
}

func (a commands) verify(cmd *cobra.Command, f flags) error {
	if err := f.check(cmd); err != nil {
		return err
	}
	o, err := a.options(cmd, f)
	if err != nil {
		return err
	}
	live := f.format == "text" && !a.Flags.Quiet
	if live && o.Directus == nil && !f.native {
		a.Note("the files alone are read: " + o.Why)
	}
	o.Observe = func(s verify.Step) {
		if s.State == verify.Running && live && a.Flags.Verbose {
			a.Note(s.Name)
		}
	}
	r := verify.Run(a.Ctx, o)
	a.Code = r.Exit
	out := a.OutOptions()
	out.File = o.Name
	if err := stepSummary(a.getenv("GITHUB_STEP_SUMMARY"), &r.Verdict, out); err != nil {
		a.Note("writing the step summary: " + err.Error())
	}
	err = writeReports(f.reports, r, out) // the verdict is told all the same
	if a.Flags.Quiet && r.Verdict.State == policy.Clean && f.format == "text" && r.Mode == "full" {
		return err
	}
	return errors.Join(render.Write(a.Streams.Out, f.format, r, out), err)
}

// stepSummary appends the verdict to the summary page of a GitHub job.
func stepSummary(file string, v *policy.Verdict, o report.Options) error {
	if file == "" {
		return nil
	}
	w, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = w.Write(report.StepSummary(v, o))
	return errors.Join(err, w.Close())
}

// writeReports writes the further forms, each whole or not at all.
func writeReports(reports []string, r *verify.Result, o report.Options) error {
	o.Colour, o.Width = false, 0
	for _, to := range reports {
		format, file, _ := strings.Cut(to, "=")
		var b bytes.Buffer
		if err := render.Write(&b, format, r, o); err != nil {
			return err
		}
		if _, err := atomicfile.Write(file, b.Bytes(), 0o644); err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
	}
	return nil
}

func (a commands) getenv(name string) string {
	return environ.Lookup(a.Environ, name)
}

// allowed are the losses that somebody agreed to.
func (a commands) allowed(cmd *cobra.Command, f flags) ([]string, error) {
	out, err := consent.Parse(strings.Join(f.allow, ","))
	if err != nil {
		return nil, app.UsageError{Cmd: cmd, Err: fmt.Errorf("reading --allow: %w", err)}
	}
	more, err := consent.Parse(a.getenv(consent.Variable))
	if err != nil {
		return nil, app.HintError{Code: exitcode.Usage, Err: fmt.Errorf("reading %s: %w", consent.Variable, err)}
	}
	return append(out, more...), nil
}

// postgres is how the throwaway server is had.
func (a commands) postgres(f flags) func(context.Context, []string) (*server.Server, error) {
	return func(ctx context.Context, extensions []string) (*server.Server, error) {
		if f.throwaway != "" {
			return server.Named(ctx, f.throwaway, extensions)
		}
		if f.given != "" {
			return server.Given(ctx, f.given, extensions)
		}
		return server.Open(ctx, extensions, server.CLI(a.Environ), func(text string) {
			if f.format == "text" && !a.Flags.Quiet {
				a.Note(text)
			}
		})
	}
}

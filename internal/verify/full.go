package verify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/bootgate/command"
	"github.com/schemaguard/schemaguard/internal/check"
	"github.com/schemaguard/schemaguard/internal/dbinit"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/live"
	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/verify/server"
)

// readTimeout bounds one statement of ours on the throwaway database.
const readTimeout = time.Minute

// removeTimeout bounds the removal of a container that would go on.
const removeTimeout = 30 * time.Second

// after are the steps after a step, which make no sense without it.
var after = []string{"postgres", "db-init before", "bootstrap", "apply", "db-init after", "convergence", "second apply", "upgrade"}

// full boots the files on a Postgres that is thrown away.
func (r *run) full(ctx context.Context) {
	work, err := os.MkdirTemp("", "schemaguard-verify-")
	if err == nil {
		err = os.Chmod(work, 0o755) // a container reads it as another user
	}
	if err != nil {
		r.step("postgres", func() outcome { return r.unable("making a folder to work in", err, nil) })
		return
	}
	defer func() { _ = os.RemoveAll(work) }()
	r.work = work
	if r.Root != "" { // so that npx and its like run the Directus of the project, and fetch no other
		_ = os.Symlink(filepath.Join(r.Root, "node_modules"), filepath.Join(work, "node_modules"))
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	var srv *server.Server
	defer func() {
		for _, s := range r.servers {
			if err := s.Close(); err != nil {
				r.notes = append(r.notes, "removing what was made: "+shown(err))
			}
		}
	}()
	b := &building{run: r, name: "new", set: r.Set, problems: r.Problems, data: r.Data}
	var clean *pgconn.Config // the database after bootstrap, for the upgrade to begin with
	do := []func() outcome{
		func() outcome {
			// A server ends with the context it was started with, which is that of the run.
			late := time.AfterFunc(r.Timeout, func() { end(fmt.Errorf("it did not start within %s", r.Timeout)) })
			defer late.Stop()
			var err error
			if srv, err = r.start(ctx, r.Set); err == nil {
				b.pg, err = srv.Create(ctx, "new", nil)
			}
			if err != nil && ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			if err != nil {
				return r.unable("starting Postgres", err, nil)
			}
			return outcome{state: OK, text: srv.Name}
		},
		func() outcome { return b.files(ctx, sqlfile.Pre) },
		func() outcome {
			out := b.bootstrap(ctx)
			if out.state == OK && r.Base != nil && sameFiles(r.Set, r.Base.Set) {
				clean, _ = srv.Create(ctx, "bootstrapped", b.pg) // without it, the base is bootstrapped itself
			}
			return out
		},
		func() outcome { return b.apply(ctx) },
		func() outcome { return b.files(ctx, sqlfile.Post) },
		func() outcome { return b.converged(ctx) },
		func() outcome { return b.again(ctx) },
		func() outcome { return r.upgrade(ctx, srv, clean) },
	}
	for i, name := range after {
		if name == "upgrade" && r.noUpgrade() {
			return
		}
		if !r.step(name, do[i]) && i < 5 { // what follows from convergence on stands by itself
			for _, left := range after[i+1:] {
				r.skip(left, name+" did not succeed")
			}
			return
		}
	}
}

// start makes a server that has what files create, and is gone at the end.
func (r *run) start(ctx context.Context, set sqlfile.Set) (*server.Server, error) {
	srv, err := r.Server(ctx, server.Extensions(set))
	if err == nil {
		r.servers = append(r.servers, srv)
	}
	return srv, err
}

// building is one database on its way.
type building struct {
	*run
	name     string // for files: "new", "base"
	pg       *pgconn.Config
	set      sqlfile.Set
	problems []sqlfile.Problem
	data     []byte
	ended    command.Ended // of the last apply
	live     *snapshot.Snapshot
	output   []string
}

// files runs the db-init files of a phase.
func (b *building) files(ctx context.Context, phase sqlfile.Phase) outcome {
	if len(b.set.Files) == 0 && len(b.problems) == 0 {
		return outcome{state: OK, text: "there are none"}
	}
	ctx, cancel := context.WithTimeout(ctx, b.Timeout)
	defer cancel()
	runner, err := dbinit.Open(ctx, b.pg, b.set, b.problems, dbinit.Options{Allow: b.AllowFiles, Tool: b.Tool, SearchPath: b.SearchPath, StatementTimeout: b.Timeout})
	if err != nil {
		return b.unable("connecting for db-init", err, nil)
	}
	defer runner.Close()
	result, err := runner.Apply(ctx, phase, nil)
	if err == nil {
		return outcome{state: OK, text: amount.Of(len(result.Applied), "file")}
	}
	var statement *dbinit.StatementError
	var refused *dbinit.RefusedError
	var known interface{ ExitCode() int }
	switch {
	case errors.As(err, &statement):
		f := finding.Finding{
			Code: finding.Code(sqlfile.Failed), Severity: finding.Danger, Item: "file " + statement.File, File: b.fromRoot(statement.File),
			Line: statement.At.Line, Message: shown(statement), Refuses: true, Fix: "schemaguard db-init apply --dry-run",
		}
		b.findings, b.dbinit = append(b.findings, f), true
		return outcome{Failed, shown(statement), statement.Lines()}
	case errors.As(err, &refused):
		for _, p := range refused.Problems {
			b.findings = append(b.findings, b.problem(p))
		}
		b.dbinit = true
		return outcome{state: Failed, text: shown(refused)}
	case ctx.Err() == nil && errors.As(err, &known) && known.ExitCode() != 3:
		b.findings = append(b.findings, finding.Finding{
			Code: finding.Code(sqlfile.Failed), Severity: finding.Danger, Message: shown(err), Refuses: true, Fix: "schemaguard db-init status",
		})
		b.dbinit = true
		return outcome{state: Failed, text: shown(err)}
	}
	return b.unable("running db-init", err, nil)
}

// directus runs Directus's command line; a bad end is not-run: what failed is
// Directus or the machine, and nothing is known of the files.
func (b *building) directus(ctx context.Context, words ...string) outcome {
	ended, err := b.call(ctx, words...)
	switch {
	case err != nil:
		return b.unable("running "+b.Directus.Name, err, b.output)
	case ended.Code != 0:
		return b.unable("running "+b.Directus.Name, fmt.Errorf("%s ended with exit code %d%s", words[0], ended.Code, tail(reasons(ended.Errors, b.output))), b.output)
	}
	return outcome{state: OK, text: b.Directus.Name}
}

// bootstrap makes Directus's own tables, and looks that they are where they should be:
// a Directus that was led to another database must not apply anything there.
func (b *building) bootstrap(ctx context.Context) outcome {
	out := b.directus(ctx, "bootstrap")
	if out.state != OK {
		return out
	}
	tables, err := server.Look(ctx, b.pg)
	if err != nil {
		return b.unable("looking at the new database", err, b.output)
	}
	for _, item := range tables {
		if strings.HasSuffix(item, "directus_collections") {
			return out
		}
	}
	return b.unable("running "+b.Directus.Name, errors.New("bootstrap made no tables in the throwaway database: this Directus works on another one, and was stopped before it applied anything there"), b.output)
}

// maxOutput is how much of a command's output is kept, in bytes.
const maxOutput = 64 << 10

// secretName is what variables with secrets are called; minSecret keeps words such as
// "true" out of it.
var secretName = regexp.MustCompile(`(?i)(^|_)(KEY|SECRET|TOKEN|PASS|PASSWORD|PASSPHRASE|CREDENTIALS?)(_|$)`)

const minSecret = 6

// call runs Directus and keeps the end of what it printed, without secrets.
func (b *building) call(ctx context.Context, words ...string) (command.Ended, error) {
	secrets := &redact.Redactor{}
	secrets.Add(b.pg.Password)
	c := b.Directus.Prepare(b.database(), b.Environ, b.work, words...)
	for _, v := range c.Environ { // a job's own tokens are there as well
		if name, value, _ := strings.Cut(v, "="); secretName.MatchString(name) && len(value) >= minSecret {
			secrets.Add(value)
		}
	}
	var said printed
	ended, err := command.Run(ctx, command.Options{Words: c.Words, Dir: c.Dir, Environ: c.Environ, Stdout: &said, Stderr: &said, Timeout: b.Timeout})
	if err != nil && len(c.Remove) > 0 {
		ctx := context.WithoutCancel(ctx)
		_, _ = command.Run(ctx, command.Options{Words: c.Remove, Dir: c.Dir, Environ: c.Environ, Timeout: removeTimeout})
	}
	if late := (*command.TimeoutError)(nil); errors.As(err, &late) {
		err = fmt.Errorf("%s did not end within %s and was stopped (--timeout gives it more)", late.Name, late.After)
	}
	b.output = nil
	for line := range strings.SplitSeq(strings.TrimSpace(said.text()), "\n") {
		if line = terminal.Clean(secrets.String(line)); line != "" {
			b.output = append(b.output, line)
		}
	}
	for i, line := range ended.Errors {
		ended.Errors[i] = terminal.Clean(secrets.String(line))
	}
	return ended, err
}

// applyFile writes the snapshot where Directus finds it.
func (b *building) applyFile() (string, error) {
	name := b.name + "." + snapshot.FormatOf(b.data).String()
	path := filepath.Join(b.work, name)
	if err := os.WriteFile(path, b.data, 0o644); err != nil {
		return path, err
	}
	return path, os.Chmod(path, 0o644) // a container reads it as another user, whatever the umask here
}

// apply runs `directus schema apply`. Its exit code says little: where nothing was
// installed it is 0. So the errors that it prints count too, and after all else the
// comparison that follows.
func (b *building) apply(ctx context.Context) outcome {
	path, err := b.applyFile()
	if err != nil {
		return b.unable("writing the snapshot for Directus", err, nil)
	}
	b.ended, err = b.call(ctx, "schema", "apply", "--yes", path)
	switch {
	case err != nil:
		return b.unable("running "+b.Directus.Name, err, b.output)
	case b.ended.Code == 0:
		return outcome{state: OK, text: "applied"}
	}
	f := finding.Finding{
		Code: finding.ApplyFails, Severity: finding.Danger, File: b.Name, Refuses: true, Fix: "schemaguard explain " + string(finding.ApplyFails),
		Message: fmt.Sprintf("`directus schema apply` of %s fails on a new database%s", b.Name, tail(b.ended.Errors)),
		Harm:    "the boot fails, and the database stays as it was",
	}
	if strings.Contains(strings.Join(b.ended.Errors, " ")+strings.Join(b.output, " "), "LIMIT_EXCEEDED") {
		f.Code, f.Fix = finding.LicenceLimit, "schemaguard explain "+string(finding.LicenceLimit)
	}
	b.findings = append(b.findings, f)
	return outcome{Failed, fmt.Sprintf("exit code %d%s", b.ended.Code, tail(b.ended.Errors)), b.output}
}

// seen is the database as it is now, as its own Directus would snapshot it.
type seen struct {
	side  check.Live
	facts plan.Facts
}

// look reads the database.
func (b *building) look(ctx context.Context) (seen, error) {
	db, err := live.Open(ctx, live.Options{
		Config: b.pg, Display: "the throwaway database", SearchPath: b.SearchPath, Exclude: b.Exclude,
		StatementTimeout: readTimeout, Now: b.Now(),
	})
	if err != nil {
		return seen{}, err
	}
	defer db.Close()
	candidates := []live.Candidate{{Version: b.Directus.Version, Source: b.Directus.Name}}
	for _, c := range b.Versions { // who was asked to run has the last word on who ran
		candidates = append(candidates, live.Candidate{Version: c.Version, Source: c.Source, Recorded: true})
	}
	by, err := live.Decide(candidates, db.Catalog.Migrations)
	if err != nil {
		return seen{}, err
	}
	b.says = by.Says
	s := seen{side: db.Side(by)}
	s.facts, err = db.Facts(ctx)
	return s, err
}

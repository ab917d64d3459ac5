package verifying

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/compose"
	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/dbinit"
	"github.com/schemaguard/schemaguard/internal/directusenv"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/live"
	"github.com/schemaguard/schemaguard/internal/project"
	"github.com/schemaguard/schemaguard/internal/verify"
	"github.com/schemaguard/schemaguard/internal/verify/baseline"
	"github.com/schemaguard/schemaguard/internal/verify/runner"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// options reads the project.
func (a commands) options(cmd *cobra.Command, f flags) (verify.Options, error) {
	o := verify.Options{Timeout: f.timeout, Environ: a.Environ, Tool: app.Version(), Now: a.Now, Server: a.postgres(f)}
	var err error
	if o.Allowed, err = a.allowed(cmd, f); err != nil {
		return o, err
	}
	w, err := a.Workspace()
	if err != nil {
		return o, err
	}
	o.Root = w.Config.Root
	if w.Repo != nil {
		if rel, err := w.Repo.Rel(filepath.Join(o.Root, "x")); err == nil {
			o.Folder = strings.TrimPrefix(path.Dir(rel), ".")
		}
	}
	words := w.Config.DBInit.Allow.V
	if cmd.Flags().Changed("db-init-allow") {
		words = f.allowFiles
	}
	if o.AllowFiles, err = dbinit.Allowed(words); err != nil {
		return o, app.Usagef(cmd, "--db-init-allow %w", err)
	}
	if err := a.readSnapshot(w, &o); err != nil {
		return o, err
	}
	if o.Set, o.Problems, err = dbinit.Load(w.Config.DBInit.Path.V, w.Config.DBInit.PostPath.V, w.Config.Root); err != nil {
		return o, err
	}
	d, _ := directusService(w)
	folders := []string{filepath.Dir(w.File)}
	if d != nil && d.Service.Build != nil {
		folders = append(folders, d.Service.Build.Context)
	}
	versions, _ := project.Versions(w.Config, d, project.PackagesAt(w.Config.Root, folders...))
	for _, v := range versions {
		o.Versions = append(o.Versions, live.Candidate{Version: v.Version, Source: v.Source})
	}
	a.lists(w, d, &o)
	if err := a.pickDirectus(cmd, w, d, f, &o); err != nil {
		return o, err
	}
	return o, a.readBase(w, f, &o)
}

// readSnapshot reads the file in the worktree, which is what the next build takes.
func (a commands) readSnapshot(w *workspace.Workspace, o *verify.Options) error {
	o.Name = w.Name
	if w.Path != "" {
		o.Name = w.Path // from the root of the repository, as annotations need it
	}
	var err error
	o.Data, err = os.ReadFile(w.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		o.Missing = &finding.Finding{
			Code: finding.SnapshotMissing, Severity: finding.Invalid, File: o.Name, Line: 1,
			Message: "there is no snapshot at " + o.Name, Fix: "schemaguard snapshot --stage",
		}
	case err != nil:
		return app.HintError{Code: exitcode.Usage, Err: fmt.Errorf("reading %s: %w", w.Name, err)}
	}
	return nil
}

func directusService(w *workspace.Workspace) (*compose.Directus, error) {
	p := w.Compose()
	if p == nil {
		return nil, nil
	}
	return p.Directus(w.Config.Directus.Service.V)
}

// lists settles the search path and the excluded tables, as a connection would: the
// settings, else Directus's environment here, else that of its container.
func (a commands) lists(w *workspace.Workspace, d *compose.Directus, o *verify.Options) {
	host := directusenv.Options{Vars: directusenv.ProcessVars(a.Environ), Dir: w.Config.Root, Shown: workspace.Shorten}
	if file := w.Config.Directus.EnvFile; file.IsSet() {
		host.EnvFile = w.Config.Abs(file.V)
	}
	var envs []*directusenv.Env
	if env, err := directusenv.Read(host); err == nil {
		envs = append(envs, env)
	}
	if d != nil {
		in := directusenv.Options{Dir: d.Service.WorkingDir, NoFile: true}
		if !path.IsAbs(in.Dir) {
			in.Dir = "/directus"
		}
		for _, v := range d.Environment {
			in.Vars = append(in.Vars, directusenv.Var{Name: v.Name, Value: v.Value, Origin: v.Origin})
		}
		if env, err := directusenv.Read(in); err == nil {
			envs = append(envs, env)
		}
	}
	pick := func(set config.Value[[]string], read func(*directusenv.Env) directusenv.List) []string {
		if set.IsSet() {
			return set.V
		}
		for _, env := range envs {
			if l := read(env); l.Origin != "" {
				return l.Names
			}
		}
		return read(&directusenv.Env{}).Names
	}
	o.SearchPath = pick(w.Config.Database.SearchPath, (*directusenv.Env).SearchPath)
	o.Exclude = pick(w.Config.Database.ExcludeTables, (*directusenv.Env).ExcludeTables)
}

// pickDirectus decides what runs Directus. What somebody named has to be there; what
// is found by itself is good to have.
func (a commands) pickDirectus(cmd *cobra.Command, w *workspace.Workspace, d *compose.Directus, f flags, o *verify.Options) error {
	use := func(r runner.Runner) {
		o.Directus = &r
		if r.Version != "" { // what runs is what applies
			o.Versions = append([]live.Candidate{{Version: r.Version, Source: r.Name}}, o.Versions...)
		}
	}
	switch {
	case f.native:
		o.Why = "--native"
		return nil
	case f.directus != "":
		r, err := runner.Command(f.directus, w.Config.Root)
		if err != nil {
			return app.UsageError{Cmd: cmd, Err: err}
		}
		use(r)
		return nil
	case f.image != "":
		if _, err := exec.LookPath("docker"); err != nil {
			return app.HintError{Code: exitcode.NotRun, Err: errors.New("--image needs docker, which is not on PATH"), Hints: []string{"schemaguard verify --native"}}
		}
		use(runner.Image(f.image))
		return nil
	}
	if r, err := runner.Find(w.Config.Root); err == nil {
		use(r)
		return nil
	}
	if d != nil && strings.Contains(d.Image, "directus") && d.Version != "" {
		if _, err := exec.LookPath("docker"); err == nil {
			use(runner.Image(d.Image))
			return nil
		}
		o.Why = "the compose file names " + d.Image + ", but docker is not on PATH"
		return nil
	}
	o.Why = runner.ErrNone.Error() + "; give --directus or --image"
	return nil
}

// readBase reads what production is taken to run.
func (a commands) readBase(w *workspace.Workspace, f flags, o *verify.Options) error {
	if f.noUpgrade || o.Missing != nil {
		return nil
	}
	var err error
	o.Base, err = baseline.Read(a.Ctx, baseline.Options{
		Repo: w.Repo, Path: w.Path, Ref: f.base, Getenv: a.getenv,
		Pre: w.Config.Abs(w.Config.DBInit.Path.V), Post: w.Config.Abs(w.Config.DBInit.PostPath.V),
	})
	var none *baseline.NoneError
	switch {
	case errors.As(err, &none) && f.base != "":
		return app.HintError{Code: exitcode.Usage, Err: fmt.Errorf("reading --base: %w", err), Hints: []string{none.Fix}}
	case errors.As(err, &none):
		o.NoBase = none
	case err != nil: // git could not answer: nothing is known of an upgrade
		o.NoBase = &baseline.NoneError{Wanted: true, Msg: err.Error(), Fix: "schemaguard doctor"}
	}
	return nil
}

package connection

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/directusenv"
	"github.com/schemaguard/schemaguard/internal/environ"
)

// candidate is a place that names a database, read and parsed.
type candidate struct {
	name       string
	source     string
	pg         *pgconn.Config
	env        *directusenv.Env // when it is Directus's
	inCompose  bool             // its host name is one that containers know
	ownTimeout bool             // it says how long to wait
	warnings   []string
	err        error
}

// choose reads the places in order and returns the first that is set.
func (f *finder) choose() (*candidate, error) {
	var won *candidate
	for _, c := range f.places() {
		shown := Candidate{Name: c.name, Source: c.source}
		var incomplete *directusenv.IncompleteError
		switch {
		case c.source == "":
		case errors.As(c.err, &incomplete):
			// Half a set of DB_ variables is usual beside a compose file: the .env
			// feeds its ${...}. It is no database, and no reason to stop.
			shown.State, shown.Reason = Unusable, clean(strings.Join(append([]string{c.err.Error()}, c.warnings...), "; "))
		case c.err != nil:
			shown.State, shown.Reason = Unusable, clean(c.err.Error())
			if won == nil {
				f.candidates = append(f.candidates, shown)
				return nil, f.fail(c)
			}
		case won == nil:
			won = &c
			shown.State = Used
		default:
			shown.State = Weaker
		}
		if c.pg != nil {
			shown.Display = display(c.pg)
		}
		f.candidates = append(f.candidates, shown)
	}
	if won == nil {
		return nil, f.nothing()
	}
	return won, nil
}

// fail turns the error of the place that would have won into one for the user.
func (f *finder) fail(c candidate) error {
	e := &Error{Source: c.source, Msg: clean(c.err.Error()), Candidates: f.candidates, Err: c.err}
	var client *directusenv.ClientError
	var file *directusenv.FileError
	switch {
	case errors.As(c.err, &client):
		e.Source, e.Fix = "", "if this Directus has a Postgres all the same, name it with --dsn"
	case errors.As(c.err, &file):
		e.Source, e.Fix = "", "name the database with --dsn or SCHEMAGUARD_DATABASE_URL"
	case c.env != nil:
		e.Source = ""
	}
	return e
}

// nothing is the error of a project that names no database anywhere.
func (f *finder) nothing() error {
	e := &Error{
		Msg:        "no database is named",
		Fix:        "give --dsn postgres://user@host:5432/database, or set SCHEMAGUARD_DATABASE_URL; schemaguard doctor lists every place that was looked at",
		Candidates: f.candidates,
	}
	for _, c := range f.candidates {
		if c.State == Unusable {
			e.Msg += ": " + c.Name + " are not enough (" + c.Reason + ")"
			break
		}
	}
	return e
}

// places returns every place that can name a database, strongest first.
func (f *finder) places() []candidate {
	db := f.Config.Database
	byCaller := candidate{name: "flag --dsn or SCHEMAGUARD_DATABASE_URL"}
	inFile := candidate{name: "database.url in " + config.FileName}
	if db.URL.IsSet() {
		to := &byCaller
		if db.URL.Origin.Kind == config.FromFile {
			to = &inFile
		}
		to.dsn(db.URL.Origin.String(), db.URL.V)
	}
	byName := candidate{name: "database.url_env in " + config.FileName}
	if db.URLEnv.IsSet() {
		value := f.getenv(db.URLEnv.V)
		source := fmt.Sprintf("env %s, named by %s", db.URLEnv.V, db.URLEnv.Origin)
		byName.dsn(source, value)
		if value == "" {
			byName.source, byName.err = source, fmt.Errorf("the variable is not set; set it, or remove database.url_env")
		}
	}
	common := candidate{name: "DATABASE_URL"}
	if value := f.getenv("DATABASE_URL"); value != "" {
		common.dsn("env DATABASE_URL", value)
	}
	libpq := candidate{name: "libpq's PG variables"}
	for _, name := range []string{"PGSERVICE", "PGHOST", "PGDATABASE", "PGUSER", "PGPORT"} {
		if f.getenv(name) != "" {
			libpq.dsn("env "+name, "")
			break
		}
	}
	return []candidate{byCaller, inFile, byName, common, f.hostCandidate(), f.containerCandidate(), libpq}
}

// dsn parses a connection string that libpq understands.
func (c *candidate) dsn(source, value string) {
	c.source = source
	c.pg, c.err = parse(value)
	c.ownTimeout = c.pg != nil && c.pg.ConnectTimeout > 0
}

// getenv returns a variable of the given environment; the last of a name wins.
func (f *finder) getenv(name string) string {
	return environ.Lookup(f.Environ, name)
}

// readDirectus reads Directus's environment here and in its container.
func (f *finder) readDirectus() {
	o := directusenv.Options{Vars: directusenv.ProcessVars(f.Environ), Dir: f.directusDir(), Shown: f.Shown}
	if file := f.Config.Directus.EnvFile; file.IsSet() {
		o.EnvFile = f.Config.Abs(file.V)
	}
	f.host, f.hostErr = directusenv.Read(o)
	if f.Compose == nil {
		return
	}
	f.settings.Warnings = append(f.settings.Warnings, f.Compose.Warnings...)
	d, err := f.Compose.Directus(f.Config.Directus.Service.V)
	if err != nil {
		f.contErr = err
		return
	}
	if d == nil {
		return
	}
	f.settings.Directus = d
	if len(d.Others) > 0 {
		f.settings.Warnings = append(f.settings.Warnings, clean(fmt.Sprintf("the compose services %s look like Directus too; %s was taken (%s): set directus.service to choose", strings.Join(d.Others, ", "), d.Service.Name, d.Why)))
	}
	in := directusenv.Options{Dir: d.Service.WorkingDir, ReadFile: f.Compose.ReadFile(d.Service)}
	if !path.IsAbs(in.Dir) {
		in.Dir = "/directus" // the WORKDIR of the official image
	}
	in.Shown = func(name string) string {
		if host, ok := d.Service.HostPath(name); ok {
			return f.Shown(host)
		}
		return d.Service.Name + ":" + name
	}
	for _, v := range d.Environment {
		in.Vars = append(in.Vars, directusenv.Var{Name: v.Name, Value: v.Value, Origin: v.Origin})
	}
	f.container, f.contErr = directusenv.Read(in)
}

// directusDir is the folder that Directus most likely runs in on this machine: the
// one with a .env nearest above the snapshot, else the project's root.
func (f *finder) directusDir() string {
	root := f.Config.Root
	for at := filepath.Dir(f.Config.Abs(f.Config.Snapshot.Path.V)); at != root && at != filepath.Dir(at); at = filepath.Dir(at) {
		if rel, err := filepath.Rel(root, at); err != nil || strings.HasPrefix(rel, "..") {
			break
		}
		if info, err := os.Stat(filepath.Join(at, ".env")); err == nil && info.Mode().IsRegular() {
			return at
		}
	}
	return root
}

// hostCandidate is Directus's DB_ variables on this machine.
func (f *finder) hostCandidate() candidate {
	c := candidate{name: "Directus's DB_ variables here"}
	c.directus(f.host, f.hostErr, "")
	return c
}

// containerCandidate is those of the compose service.
func (f *finder) containerCandidate() candidate {
	c := candidate{name: "Directus's DB_ variables in compose"}
	if f.container == nil && f.contErr == nil {
		return c
	}
	in := ""
	if d := f.settings.Directus; d != nil {
		in = "compose service " + clean(d.Service.Name) + ", "
		c.name += " (service " + clean(d.Service.Name) + ")"
	}
	c.inCompose = true
	c.directus(f.container, f.contErr, in)
	if d := f.settings.Directus; d != nil {
		c.warnings = append(c.warnings, d.Service.Warnings...)
	}
	return c
}

// directus fills the candidate from an environment; in is put before its origin.
func (c *candidate) directus(env *directusenv.Env, err error, in string) {
	c.env = env
	if err != nil {
		c.source, c.err = in+"its environment", err
		return
	}
	db, err := env.Database()
	var incomplete *directusenv.IncompleteError
	if errors.As(err, &incomplete) && len(incomplete.Have) == 0 {
		return // not set at all
	}
	c.source, c.err = in+"DB_ variables", err
	if err != nil {
		return
	}
	c.source = in + db.From
	c.warnings = db.Warnings
	c.pg, c.err = fromDirectus(db)
}

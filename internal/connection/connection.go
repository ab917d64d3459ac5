// Package connection decides which database a command talks to, and says why.
//
// The places that can name a database, strongest first: the flag --dsn,
// SCHEMAGUARD_DATABASE_URL, database.url or database.url_env in .schemaguard.yaml,
// DATABASE_URL, Directus's own DB_ variables (of the process and its .env, then of
// the compose service that runs Directus), libpq's PG variables. The first that is
// set wins; when it cannot be used that is an error, never a reason to try the
// next, because a check of another database is worse than none.
//
// A host name that only containers know is replaced by the port that the compose
// project publishes on this machine, else by the container's address, and the
// settings say so.
//
// It refuses to connect, and no password leaves it other than inside Settings.PG.
package connection

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/schemaguard/schemaguard/internal/compose"
	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/directusenv"
	"github.com/schemaguard/schemaguard/internal/redact"
)

// ApplicationName is what every connection calls itself in pg_stat_activity.
const ApplicationName = "schemaguard"

// Options says what is known before.
type Options struct {
	Config  *config.Config
	Environ []string // as os.Environ returns it
	// Compose is the compose project, nil when there is none.
	Compose *compose.Project
	// Docker asks docker where a container is; nil when docker must not be asked.
	Docker Docker
	// Resolves reports whether this machine knows a host name; nil asks its
	// resolver, for half a second at most.
	Resolves func(ctx context.Context, host string) bool
	// Shown shortens a path for messages; nil keeps it.
	Shown func(path string) string
}

// Settings is the database that won.
type Settings struct {
	// PG is ready for pgconn.ConnectConfig or, through pgx.ParseConfig's own
	// struct, for pgx. It holds the password.
	PG *pgconn.Config
	// Source says what named the database: "flag --dsn", "env DATABASE_URL",
	// "Directus's DB_HOST, .env:3".
	Source string
	// Display is user@host:port/database, without a password and fit for a
	// terminal.
	Display string
	// SearchPath and ExcludeTables are what Directus uses. An empty SearchPath
	// means its default: it reads "public", and leaves the session's own alone.
	SearchPath    Names
	ExcludeTables Names
	// StatementTimeout is for SET LOCAL: as a startup parameter PgBouncer would
	// refuse it.
	StatementTimeout time.Duration
	// Directus is the compose service that runs Directus, nil when none was found.
	Directus *compose.Directus
	// Notes tell what was done on the way, such as a host that was replaced.
	Notes []string
	// Warnings tell what is suspicious.
	Warnings []string
	// Candidates are all places that were looked at, strongest first.
	Candidates []Candidate
	// Redact hides this database's password in any text.
	Redact *redact.Redactor
}

// Names is a list of names and where it was set ("default" when nowhere).
type Names struct {
	Names  []string
	Source string
}

// State is what became of a candidate.
type State int

// The states of a candidate.
const (
	NotSet   State = iota // nothing there
	Used                  // it won
	Weaker                // it is set, but another won
	Unusable              // it is set, but leads to no database
)

// A Candidate is one place that can name a database.
type Candidate struct {
	Name    string // "flag --dsn or SCHEMAGUARD_DATABASE_URL"
	Source  string // precise, when it is set
	State   State
	Display string // user@host:port/database, when it is usable
	Reason  string // why it is not usable
}

// An Error says that no database could be decided on. It is a matter of settings
// (exit code 4); nothing was checked. It holds no secret.
type Error struct {
	Source     string // the place that is to blame, "" when there is none
	Msg        string
	Fix        string // what to type or to change
	Candidates []Candidate
	Err        error // the cause, for errors.As; nil when there is none
}

// Error returns the source, the message and the way out.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Source != "" {
		b.WriteString(e.Source + ": ")
	}
	b.WriteString(e.Msg)
	if e.Fix != "" {
		b.WriteString("; " + e.Fix)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// An UnreachableError says that the database is known, but not the way to it from
// this machine: its container does not run or shows no port. Nothing was checked
// (exit code 3).
type UnreachableError struct {
	Settings *Settings // everything but a usable host
	Host     string
	Service  string // the compose service behind Host
	Msg      string
	Fix      string
}

// Error names the host, the service and the way out.
func (e *UnreachableError) Error() string {
	return fmt.Sprintf("the database host %q is the compose service %s, which %s; %s", e.Host, e.Service, e.Msg, e.Fix)
}

// Find decides. Its errors are *Error and *UnreachableError.
func Find(ctx context.Context, o Options) (*Settings, error) {
	if o.Shown == nil {
		o.Shown = func(path string) string { return path }
	}
	f := &finder{Options: o, settings: &Settings{
		StatementTimeout: o.Config.Database.StatementTimeout.V,
		Redact:           &redact.Redactor{},
	}}
	f.readDirectus()
	won, err := f.choose()
	if err != nil {
		return nil, err
	}
	s := f.settings
	s.Candidates = f.candidates
	s.PG, s.Source, s.Display = won.pg, won.source, display(won.pg)
	s.Warnings = append(s.Warnings, won.warnings...)
	f.lists(won)
	f.tune(won)
	s.Redact.Public(s.PG.User, s.PG.Database, s.PG.Host)
	s.Redact.Add(s.PG.Password)
	if err := f.reach(ctx, won); err != nil {
		return nil, err
	}
	s.Display = display(s.PG)
	for i := range s.Candidates {
		if s.Candidates[i].State == Used {
			s.Candidates[i].Display = s.Display
		}
	}
	return s, nil
}

// finder holds what Find gathers.
type finder struct {
	Options
	settings   *Settings
	candidates []Candidate
	host       *directusenv.Env // Directus's environment on this machine
	hostErr    error
	container  *directusenv.Env // that of the compose service
	contErr    error
	machine    string // where docker runs, "" before somebody asked
}

// lists settles the search path and the excluded tables: the settings, else the
// environment that named the database, else whichever environment has them. They
// are Directus's own, so they count for a database given by a flag too.
func (f *finder) lists(won *candidate) {
	envs := []*directusenv.Env{won.env, f.host, f.container}
	pick := func(set config.Value[[]string], read func(*directusenv.Env) directusenv.List) Names {
		if set.IsSet() {
			return Names{set.V, set.Origin.String()}
		}
		out := Names{Source: "default"}
		for _, env := range envs {
			if env == nil {
				continue
			}
			if l := read(env); l.Origin != "" {
				return Names{l.Names, l.Origin}
			} else if out.Names == nil {
				out.Names = l.Names
			}
		}
		if out.Names == nil {
			out.Names = read(&directusenv.Env{}).Names
		}
		return out
	}
	db := f.Config.Database
	f.settings.SearchPath = pick(db.SearchPath, (*directusenv.Env).SearchPath)
	f.settings.ExcludeTables = pick(db.ExcludeTables, (*directusenv.Env).ExcludeTables)
}

// tune sets what every connection has in common.
func (f *finder) tune(won *candidate) {
	pg := won.pg
	pg.RuntimeParams["application_name"] = ApplicationName
	timeout := f.Config.Database.ConnectTimeout
	if timeout.IsSet() || !won.ownTimeout {
		pg.ConnectTimeout = timeout.V
	}
}

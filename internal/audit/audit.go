// Package audit finds drift that a Directus snapshot cannot hold. It lays the objects of the live
// database beside those of a throwaway one, built from db-init and the snapshot, and says of each that
// is on one side only, or different, and by which SQL db-init would hold it. It tries that SQL on the
// throwaway database before it says so.
//
// It reads the live database and changes nothing there. It refuses to start a server, to run db-init by
// itself and to print: its caller passes in the first two and gets values back.
package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/audit/object"
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Phase is a side of Directus: db-init runs before it has made its tables, and after.
type Phase string

// The phases, in their order.
const (
	Pre  Phase = "pre"
	Post Phase = "post"
)

// Options say what is compared, and how to come by the throwaway database.
type Options struct {
	// Live is the database that is asked about.
	Live *pgconn.Config
	// Throwaway makes an empty database whose role may do everything. close removes it.
	Throwaway func(ctx context.Context) (dsn string, close func() error, err error)
	// OwnServer says that the whole throwaway server is ours and goes away: the roles of live are made there
	// then, without a login, for the files of db-init that name them.
	OwnServer bool
	// Apply runs the files of db-init that belong to a phase on the throwaway database. What it returns is
	// db-init's fault, unless it is or wraps a [NotRunError].
	Apply func(ctx context.Context, throwaway *pgconn.Config, phase Phase) error
	// Sources are the texts of the files of db-init, for saying where an object is defined.
	Sources []Source
	// Snapshot is the one that Directus applies.
	Snapshot *snapshot.Snapshot
	// Directus is the version that runs: it says which tables and columns are Directus's own.
	Directus directus.Version
	// Schema is where Directus makes its tables; "" means public.
	Schema string
	// Accepted are the differences that the team has accepted.
	Accepted []Entry
	// Timeout bounds each query; zero means thirty seconds.
	Timeout time.Duration
}

// State is where an object stands.
type State string

// The states.
const (
	NotInDBInit State = "not-in-db-init" // live has it, and a new database would not
	NotInLive   State = "not-in-live"    // db-init makes it, and live lacks it
	Differs     State = "differs"        // both have it, not alike
	Unchecked   State = "not-checked"    // the throwaway server lacks an extension that it needs
)

// Finding is one object that is not where it should be, with what belongs to it.
type Finding struct {
	State  State
	Object object.Key
	// Live and Built are its definitions in the live database and in the throwaway one, as the server
	// prints them; "" where it is not there, and for an object that is told by its name alone.
	Live, Built string
	// SQL makes a database that db-init built like the live one, each statement with its semicolon; ""
	// where none can be given, and for what is not in live.
	SQL string
	// LiveSQL makes the live database as db-init says; "" where none can be given.
	LiveSQL string
	// Where is the file and line of db-init that the object seems to come from; "" where none names it.
	Where string
	// Proved: SQL ran on the throwaway database, and the object is there then.
	Proved bool
	// Remark says in a sentence what else there is to know, such as why SQL could not be tried.
	Remark string
	// Parts are further objects of the same table that SQL makes along with it.
	Parts []object.Key
	// Reason is why the team accepted it; "" where it did not.
	Reason string

	live, built object.Object
	tries       []string // what may bring it about, best first
	refused     string   // what the server said to the last of them
}

// Result is the outcome of an audit.
type Result struct {
	// Findings come in an order in which their SQL runs, then what is not in live.
	Findings []Finding
	// Accepted are those that the team has accepted, Unchecked those that could not be judged.
	Accepted, Unchecked []Finding
	// Problems are parts of the snapshot that Directus cannot apply to an empty database.
	Problems []Problem
	// Stale are accepted differences that are no longer there.
	Stale []Entry
	// Notes say what was left out, and why.
	Notes []string
	// Compared is how many objects were laid side by side.
	Compared int
}

// NotRunError says why nothing could be compared.
type NotRunError struct {
	What string // what was being done: "connecting to the live database"
	Fix  string // a command or a sentence that helps
	Err  error
}

// Error implements error; it holds no password.
func (e *NotRunError) Error() string {
	// pgconn lists what it tried on lines of their own.
	return redact.String(e.What + ": " + strings.ReplaceAll(e.Err.Error(), "\n\t", " "))
}

// Unwrap returns the cause.
func (e *NotRunError) Unwrap() error { return e.Err }

// DBInitError says that db-init does not run on an empty database.
type DBInitError struct {
	Phase Phase
	Err   error
}

// Error implements error.
func (e *DBInitError) Error() string {
	return redact.String(fmt.Sprintf("running db-init (%s) on an empty database: %s", e.Phase, e.Err))
}

// Unwrap returns the cause.
func (e *DBInitError) Unwrap() error { return e.Err }

// Problem is a part of the snapshot that cannot be made on an empty database: a new Directus fails there.
type Problem struct {
	Table   string
	SQL     string // what Directus would run
	Message string // the server's
	whole   bool   // the table itself
}

// Run makes the audit. Its errors are a [NotRunError], a [DBInitError], or that of ctx.
func Run(ctx context.Context, o Options) (r *Result, err error) {
	if o.Schema == "" {
		o.Schema = "public"
	}
	live, err := readLive(ctx, o)
	if err != nil {
		return nil, err
	}
	dsn, remove, err := o.Throwaway(ctx)
	if err != nil {
		return nil, notRun("making a throwaway database", "schemaguard audit --throwaway-dsn postgres://...", err)
	}
	defer func() {
		if cerr := remove(); cerr != nil {
			err = errors.Join(err, notRun("removing the throwaway database", "", cerr))
		}
	}()
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, notRun("reading the throwaway database's address", "", errors.New("it is no connection string of Postgres"))
	}
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, notRun("connecting to the throwaway database", "schemaguard audit --throwaway-dsn postgres://...", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	b := builder{o: o, config: config, conn: conn, live: live}
	built, err := b.build(ctx)
	if err != nil {
		return nil, err
	}
	c := newComparison(o, live, built)
	c.missing, c.problems = b.missing, b.problems
	findings := c.findings()
	findings, err = prove(ctx, conn, findings, len(b.missing) > 0 || live.Major() != built.Major())
	if err != nil {
		return nil, notRun("trying the SQL on the throwaway database", "", err)
	}
	r = &Result{Notes: append(b.notes, c.notes()...), Compared: c.compared, Problems: b.problems}
	r.sort(c, findings, o)
	return r, nil
}

func notRun(what, fix string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return &NotRunError{What: what, Fix: fix, Err: err}
}

// readLive reads the live database on a connection of its own.
func readLive(ctx context.Context, o Options) (*object.Set, error) {
	conn, err := pgconn.ConnectConfig(ctx, o.Live)
	if err != nil {
		return nil, notRun("connecting to the live database", "schemaguard doctor", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	set, err := object.Read(ctx, conn, o.Timeout)
	if err != nil {
		return nil, notRun("reading the live database", "schemaguard doctor", err)
	}
	return set, nil
}

// sort puts findings where they belong: news, accepted ones, those that could not be judged.
func (r *Result) sort(c *comparison, findings []Finding, o Options) {
	used := map[int]bool{}
	for _, f := range findings {
		if f.State != NotInDBInit {
			f.Where = locate(o.Sources, f.Object)
		}
		switch i := slices.IndexFunc(o.Accepted, func(e Entry) bool { return e.matches(f) }); {
		case c.unjudged(f):
			f.State, f.Proved, f.SQL = Unchecked, false, ""
			r.Unchecked = append(r.Unchecked, f)
		case i >= 0:
			used[i], f.Reason = true, o.Accepted[i].Reason
			r.Accepted = append(r.Accepted, f)
		default:
			r.Findings = append(r.Findings, f)
		}
	}
	for i, e := range o.Accepted {
		if !used[i] {
			r.Stale = append(r.Stale, e)
		}
	}
}

// Package dbinit applies the numbered SQL files of a project to a database, once
// each, and knows afterwards what was applied.
//
//	set, problems, err := dbinit.Load("db-init", "db-init-post", root)
//	r, err := dbinit.Open(ctx, pgConfig, set, problems, dbinit.Options{Tool: version})
//	defer r.Close()
//	result, err := r.Apply(ctx, sqlfile.Pre, func(e dbinit.Event) { ... })
//
// One run at a time holds an advisory lock of the database. A file runs in one
// transaction, which records it too; what cannot run in one says so in the file.
// Every error that is a matter of db-init has the method ExitCode.
//
// It refuses to guess: where the files and the table do not agree, nothing runs.
package dbinit

import (
	"path/filepath"
	"time"

	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
)

// The defaults of the settings.
const (
	DefaultPath        = "db-init"
	DefaultPostPath    = "db-init-post"
	DefaultLockTimeout = 5 * time.Second
	DefaultLockWait    = 5 * time.Minute
)

// Options say how files are applied. The zero value has the defaults.
type Options struct {
	// Table is where applied files are recorded: "schema.table", a table, or ""
	// for migrations_applied where the search path has it, else in public.
	Table string
	// SearchPath is Directus's own, where Table is looked for; empty for the
	// session's.
	SearchPath []string
	// LockTimeout is how long a statement waits for a lock on a table, because
	// everybody else waits behind it; DefaultLockTimeout where 0, negative for
	// ever.
	LockTimeout time.Duration
	// StatementTimeout is how long a statement may take; 0 for ever.
	StatementTimeout time.Duration
	// LockWait is how long to wait for another run; DefaultLockWait where 0, not at all where negative.
	LockWait time.Duration
	// Allow are problems that do not stop a run: Gap, Missing, OutOfOrder.
	Allow []sqlfile.Code
	// Tool is the version of this program, for the record.
	Tool string
}

func (o Options) withDefaults() Options {
	if o.LockTimeout == 0 {
		o.LockTimeout = DefaultLockTimeout
	}
	if o.LockWait == 0 {
		o.LockWait = DefaultLockWait
	}
	o.LockTimeout, o.StatementTimeout = max(o.LockTimeout, 0), max(o.StatementTimeout, 0)
	return o
}

// Folders are the two folders of a project, named from its root (or absolute).
func Folders(pre, post, root string) []sqlfile.Folder {
	folder := func(path string, phase sqlfile.Phase) sqlfile.Folder {
		dir := path
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(root, path)
		}
		return sqlfile.Folder{Dir: dir, Shown: filepath.ToSlash(filepath.Clean(path)), Phase: phase}
	}
	return []sqlfile.Folder{folder(pre, sqlfile.Pre), folder(post, sqlfile.Post)}
}

// Load reads the [Folders] of a project; what is wrong with the files comes back
// beside them. Folders that do not exist hold no files: see [sqlfile.Set.Folders].
func Load(pre, post, root string) (sqlfile.Set, []sqlfile.Problem, error) {
	return sqlfile.Load(Folders(pre, post, root)...)
}

// EventKind says what happened.
type EventKind uint8

// The events of a run.
const (
	Waiting EventKind = iota + 1 // another run holds the lock
	Started                      // a file begins
	Notice                       // the server said something
	Applied                      // a file has run, and is recorded
	Skipped                      // another run was faster with this file
	Pooled                       // a pooler is in between, so the lock is of the transaction
)

// Event is something that happened in a run. Texts are fit to be shown.
type Event struct {
	Kind     EventKind
	File     *sqlfile.File // nil where it is about none
	Text     string
	Duration time.Duration // of Applied
}

// Result is what a run did.
type Result struct {
	Applied []string // names, in order
	Waited  bool     // for another run
}

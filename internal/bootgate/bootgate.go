// Package bootgate is what stands in a container between its start and
// `directus schema apply`: it waits for the database, lets one replica at a time
// through, asks the one check what this boot would destroy, applies what may be
// applied, and looks whether that really happened.
//
// It is the sequence and its decisions. The database, the lock, the commands that
// run Directus, db-init and the recycle bin are handed to it. It needs no git:
// what was last applied to the database is the only past it believes. It never
// applies what it could not check, and trusts no exit code.
package bootgate

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/check"
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
)

// Mode says what may be applied.
type Mode string

// The modes, as DIRECTUS_SCHEMA_APPLY_MODE and --mode spell them.
const (
	Auto     Mode = "auto"     // apply where nothing would be lost
	Additive Mode = "additive" // apply what creates and changes, and nothing that deletes or overwrites
	DryRun   Mode = "dry-run"  // say what would happen
	Skip     Mode = "skip"     // leave the schema alone, unlooked at
	Force    Mode = "force"    // apply whatever is lost, after the recycle bin has it
)

// ParseMode reads a mode; empty is [Auto]. An unknown word is an error and never
// a guess.
func ParseMode(word string) (Mode, error) {
	switch m := Mode(word); m {
	case "":
		return Auto, nil
	case Auto, Additive, DryRun, Skip, Force:
		return m, nil
	}
	return "", fmt.Errorf("the mode is auto, additive, dry-run, skip or force, not %q", word)
}

// OnRefuse says what follows where the schema was not applied.
type OnRefuse string

// The answers, as SCHEMAGUARD_ON_REFUSE and --on-refuse spell them.
const (
	// Default starts the command on the live schema as it is, except where the
	// database could not be reached at all.
	Default OnRefuse = ""
	Start   OnRefuse = "start" // start the command on the live schema as it is
	Stop    OnRefuse = "stop"  // end with the exit code that says why
)

// ParseOnRefuse reads what follows a refusal; empty is [Default].
func ParseOnRefuse(word string) (OnRefuse, error) {
	switch o := OnRefuse(word); o {
	case Default, Start, Stop:
		return o, nil
	}
	return "", fmt.Errorf("what follows a refusal is start or stop, not %q", word)
}

// Phase is one of the two times at which db-init runs.
type Phase string

// The phases of db-init.
const (
	Pre  Phase = "pre"  // before Directus makes its own tables
	Post Phase = "post" // after the schema was applied
)

// Look is what was seen of the database, and of the target against it.
type Look struct {
	Verdict policy.Verdict
	Live    *snapshot.Snapshot
	// Upgraded is live as the migrations of this Directus will make it; nil where
	// they have run.
	Upgraded *snapshot.Snapshot
	Target   *snapshot.Snapshot // nil where the file cannot be trusted
	Version  directus.Version
	// Facts are what a simulated apply needs beyond the snapshots; zero where
	// live equals the target.
	Facts  plan.Facts
	Points []syncpoint.Point // what was last applied and written
}

// Database is the database that this boot is about.
type Database interface {
	// Wait returns once a connection could be had, or with the reason why not
	// within the timeout.
	Wait(ctx context.Context, timeout time.Duration) error
	// Look reads the database and checks the target against it, by the rule of a
	// boot and with what was last applied as the only past.
	Look(ctx context.Context, target check.Target) (*Look, error)
	// Applied returns the sync points, and live as the Directus saw it that applied
	// last; a nil snapshot where no boot has applied anything.
	Applied(ctx context.Context) (*snapshot.Snapshot, []syncpoint.Point, error)
	// Live returns live as the Directus of this image sees it.
	Live(ctx context.Context, target check.Target) (*snapshot.Snapshot, error)
	// Record keeps a sync point. An error is said and stops nothing.
	Record(ctx context.Context, p syncpoint.Point) error
}

// Locker lets one boot at a time through.
type Locker interface {
	// Lock waits for the lock. It returns an error where it cannot be had, or
	// could not be relied on.
	Lock(ctx context.Context) (Lock, error)
}

// Lock is a lock that is held.
type Lock interface {
	// Verify asks the server whether it is really held.
	Verify(ctx context.Context) error
	// Lost is closed when it turns out that the lock is gone.
	Lost() <-chan struct{}
	// Unlock gives it up.
	Unlock()
}

// Ended is how a command of Directus ended.
type Ended struct {
	Code   int      // its exit code; -1 where it was killed
	Errors []string // what it said was an error, cleaned, some lines at most
}

// Directus runs the commands of the image. An error says that a command could not
// be run, or did not end in time; a bad exit code is none.
type Directus interface {
	Bootstrap(ctx context.Context) (Ended, error)
	// Apply runs `schema apply` of a file.
	Apply(ctx context.Context, file string) (Ended, error)
}

// DBInit runs the numbered SQL files of a phase, and says in a few words what it
// did. Its error ends the boot.
type DBInit interface {
	Run(ctx context.Context, phase Phase) (said string, err error)
}

// Doomed is what an apply is about to destroy.
type Doomed struct {
	Plan    *plan.Plan
	Live    *snapshot.Snapshot
	Version directus.Version
	Reason  string // "boot --mode force", "boot, plan 0123456789abcdef approved"
}

// Kept is a copy of what was doomed.
type Kept struct {
	Said string // what was kept where, in a few words
	// Recheck names what was written since the copy was made, and is in none.
	Recheck func(ctx context.Context) (moved []string, err error)
}

// Bin takes a copy of what is doomed. Its error stops the apply.
type Bin interface {
	Fill(ctx context.Context, d Doomed) (Kept, error)
}

// Target is the snapshot that this boot would apply.
type Target struct {
	check.Target
	Missing *finding.Finding // set where there is none
}

// Options say how a boot goes.
type Options struct {
	Mode        Mode
	OnRefuse    OnRefuse
	Approve     string // the hash of a plan that somebody agreed to; empty for none
	Adopt       bool
	NoWait      bool
	NoBootstrap bool
	WaitTimeout time.Duration
	Tool, By    string // for the sync point
}

// Gate is one boot. DBInit may be nil, and so may Bin: then what is destructive
// is refused, even by force.
type Gate struct {
	Options
	Target   Target
	Database Database
	Locker   Locker
	Directus Directus
	DBInit   DBInit
	Bin      Bin
	Log      *slog.Logger
	// Show tells a person the verdict and what can be done; next are commands,
	// best first.
	Show func(v policy.Verdict, next []string)
	Now  func() time.Time
	// TempDir is where a file to apply is written; empty for the system's own.
	TempDir string

	lock Lock
}

// Outcome is how a boot ended.
type Outcome struct {
	Code  int  // the exit code, where no command is started; 0 also where Start was decided on
	Start bool // the command may be started
	// Applied tells that live is now what the target says.
	Applied bool
	Reason  string // why the schema was not applied, or what failed; empty where all is well
}

// Error is a step that failed, with the exit code for it.
type Error struct {
	Code string // what kind of failure it is, "LOCK_UNRELIABLE"; may be empty
	Exit int
	Err  error
	Hint string // the command or setting that helps; may be empty
}

// Error implements error.
func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Err.Error()
	}
	return e.Err.Error() + "; " + e.Hint
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// some lists a few of many.
func some(items []string) string {
	const most = 8
	if len(items) > most {
		return strings.Join(items[:most], ", ") + fmt.Sprintf(" and %d more", len(items)-most)
	}
	return strings.Join(items, ", ")
}

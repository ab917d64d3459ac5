package dbinit

import (
	"context"
	"fmt"

	"github.com/schemaguard/schemaguard/internal/dbinit/ledger"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// Mend is a way to make the table agree with what somebody knows.
type Mend string

// The ways.
const (
	MarkApplied    Mend = "mark-applied"    // the file has run: record it so, with its content of now
	Forget         Mend = "forget"          // the file has not run: take its row out, so that it runs
	AcceptChecksum Mend = "accept-checksum" // the file was changed on purpose: record its content of now
)

// Repair is one correction of the table that was thought through and not made.
type Repair struct {
	Mend Mend
	Name string
	// Says tells what it does, in a sentence.
	Says string
	file *sqlfile.File
	row  *ledger.Row
}

// MendError says that a repair makes no sense as the table stands.
type MendError struct{ Text string }

// Error implements error.
func (e *MendError) Error() string { return e.Text }

// ExitCode is that of a problem with db-init.
func (e *MendError) ExitCode() int { return exitcode.DBInit }

// Hints returns the way out.
func (e *MendError) Hints() []string { return []string{"schemaguard db-init status"} }

// PlanRepair says what a repair would do. name is a file's base name, or what the
// table has for one that is gone.
func (r *Runner) PlanRepair(ctx context.Context, mend Mend, name string) (Repair, error) {
	s, err := r.Status(ctx)
	if err != nil {
		return Repair{}, err
	}
	if s.Busy != "" {
		return Repair{}, &MendError{"a run of db-init is at work at this moment (" + s.Busy + ")"}
	}
	for _, p := range s.Problems {
		if p.Code == sqlfile.NotAdopted || p.Code == sqlfile.BadTable {
			return Repair{}, &RefusedError{[]sqlfile.Problem{p}}
		}
	}
	for _, e := range s.Entries {
		if e.Name == name || e.Row != nil && e.Row.Raw == name {
			return e.repair(mend, s.Table)
		}
	}
	return Repair{}, &MendError{fmt.Sprintf("neither the files nor table %s have %s", s.Table, terminal.Clean(name))}
}

// repair thinks a repair through for one entry.
func (e Entry) repair(mend Mend, table string) (Repair, error) {
	m := Repair{Mend: mend, Name: e.Name, file: e.File, row: e.Row}
	shown := terminal.Clean(e.Name)
	no := func(why string) (Repair, error) { return Repair{}, &MendError{shown + " " + why} }
	switch mend {
	case MarkApplied:
		switch {
		case e.File == nil:
			return no("is not there as a file, so there is no content to record")
		case e.Row != nil && e.Row.Applied():
			return no("is recorded as applied already")
		}
		m.Says = fmt.Sprintf("record %s in %s as applied, with its content of now (checksum %.8s), and never run it", shown, table, e.File.Checksum)
	case Forget:
		if e.Row == nil {
			return no("has no row in " + table)
		}
		m.Says = fmt.Sprintf("delete the row of %s from %s (%s)", shown, table, e.State)
		if e.File != nil {
			m.Says += "; the next apply runs the file from its beginning"
		}
	case AcceptChecksum:
		switch {
		case e.State != StateChanged && (e.State != StateApplied || e.Row.Checksum != ""):
			return no(fmt.Sprintf("is %s, so there is no checksum to accept", e.State))
		}
		m.Says = fmt.Sprintf("record that %s as it is now (checksum %.8s) is what was applied, in the place of %.8s; nothing is run", shown, e.File.Checksum, terminal.Clean(e.Row.Checksum))
	}
	return m, nil
}

// Do makes a repair that was planned, under the lock, if nothing has changed
// since.
func (r *Runner) Do(ctx context.Context, m Repair) error {
	return r.locking(ctx, func() error {
		s, err := r.Status(ctx)
		if err != nil {
			return err
		}
		for _, e := range s.Entries {
			if e.Name != m.Name {
				continue
			}
			if now, err := e.repair(m.Mend, s.Table); err != nil || now.Says != m.Says {
				return &MendError{terminal.Clean(m.Name) + " stands otherwise by now: nothing was changed"}
			}
			return r.mend(ctx, m)
		}
		return &MendError{terminal.Clean(m.Name) + " is gone by now: nothing was changed"}
	})
}

func (r *Runner) mend(ctx context.Context, m Repair) error {
	switch m.Mend {
	case Forget:
		return r.table.Delete(ctx, r.conn, m.row.Raw)
	case AcceptChecksum:
		return r.table.SetChecksum(ctx, r.conn, m.row.Raw, m.file.Checksum)
	default:
		if err := r.create(ctx); err != nil {
			return err
		}
		started, err := r.text(ctx, clockSQL)
		if err != nil {
			return err
		}
		return r.table.Record(ctx, r.conn, r.entry(m.file, ledger.Done, started, ""))
	}
}

// Adopt makes a table of the team's own the ledger: what [Status.Plan] says. It
// returns an [*ledger.UnusableError] in a [*RefusedError] where that can't be.
func (r *Runner) Adopt(ctx context.Context) error {
	return r.locking(ctx, func() error {
		if err := r.find(ctx); err != nil {
			return err
		}
		if err := r.table.Usable(); err != nil {
			return &RefusedError{[]sqlfile.Problem{{Code: sqlfile.BadTable, Text: terminal.Clean(err.Error())}}}
		}
		return r.table.Adopt(ctx, r.conn, r.set, r.opt.SearchPath)
	})
}

// locking does something in one transaction under the lock.
func (r *Runner) locking(ctx context.Context, do func() error) error {
	if err := r.exec(ctx, "BEGIN; "+r.settingsSQL("SET LOCAL")); err != nil {
		return r.broken(err)
	}
	_, err := r.await(ctx, fmt.Sprintf("SELECT pg_try_advisory_xact_lock(%d)", lockKey), func(Event) {})
	if err == nil {
		err = do()
	}
	if err != nil {
		return r.abandon(ctx, r.broken(err))
	}
	if err := r.exec(ctx, "COMMIT"); err != nil {
		return r.broken(fmt.Errorf("committing: %w", err))
	}
	return nil
}

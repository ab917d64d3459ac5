package recyclebin

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/recyclebin/statement"
)

// Which says which entries to purge; an entry goes where one of them holds.
type Which struct {
	Expired bool      // whose time is up by Now
	Before  time.Time // made before this
	IDs     []string
	All     bool
	Now     time.Time
	DryRun  bool // only say which
}

func (w Which) takes(e *Entry) bool {
	return w.All || slices.Contains(w.IDs, e.ID) || !w.Before.IsZero() && e.At.Before(w.Before) || w.Expired && e.Until != nil && e.Until.Before(w.Now)
}

// Purge deletes entries for ever, in one transaction, and returns them. An ID that
// there is not is an *[Error] with [CodeMissing], and nothing goes.
func Purge(ctx context.Context, conn *pgconn.PgConn, w Which, lockTimeout time.Duration) ([]Entry, error) {
	b := open(conn)
	var gone []Entry
	err := b.Transaction(ctx, Options{LockTimeout: lockTimeout}.lockTimeout(), func() error {
		if err := b.alone(ctx); err != nil {
			return err
		}
		clock, err := b.Text(ctx, "SELECT (extract(epoch FROM pg_catalog.now()) * 1000000)::bigint")
		if err != nil {
			return err
		}
		if server := micros(clock); server.Before(w.Now) {
			w.Now = *server // a clock that is ahead makes nothing old
		}
		entries, err := b.list(ctx, "NULL")
		if err != nil {
			return err
		}
		for _, id := range w.IDs {
			if !slices.ContainsFunc(entries, func(e Entry) bool { return e.ID == id }) {
				return &Error{Code: CodeMissing, Msg: fmt.Sprintf("the recycle bin has no entry %q", id), Hints: []string{"schemaguard trash list"}}
			}
		}
		for i := range entries {
			if !w.takes(&entries[i]) {
				continue
			}
			gone = append(gone, entries[i])
			if w.DryRun {
				continue
			}
			if err := b.purge(ctx, &entries[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, explain("purging the recycle bin", err)
	}
	return gone, nil
}

func (b bin) purge(ctx context.Context, e *Entry) error {
	for i := range e.Items {
		if e.Items[i].Copy == "" {
			continue
		}
		if err := b.Exec(ctx, "SET LOCAL client_min_messages = warning; DROP TABLE IF EXISTS "+e.Items[i].copied()); err != nil {
			return err
		}
	}
	return b.Exec(ctx, "DELETE FROM schemaguard_trash.entries WHERE id = "+statement.Value(e.ID))
}

func (b bin) saveNotes(ctx context.Context, e *Entry) error {
	notes, err := json.Marshal(e.Notes)
	if err != nil {
		return fmt.Errorf("encoding an entry: %w", err)
	}
	return b.Exec(ctx, "UPDATE schemaguard_trash.entries SET notes = "+statement.Value(string(notes))+" WHERE id = "+statement.Value(e.ID))
}

// Moved is an item whose rows are other than those that were kept.
type Moved struct {
	Name      string
	Kept, Now int64 // rows
	// Changed counts the rows of today that the copy has not, with the same values.
	Changed int64
}

// Recheck compares what is still there with what an entry kept, and returns what was
// written since: run it right before the drop. It reads the doomed tables as a whole.
// Empty means that the copy has everything that is there now.
func Recheck(ctx context.Context, conn *pgconn.PgConn, id string) ([]Moved, error) {
	b := open(conn)
	var moved []Moved
	err := b.Transaction(ctx, DefaultLockTimeout, func() error {
		e, err := b.find(ctx, id)
		if err != nil {
			return err
		}
		for i := range e.Items {
			it := &e.Items[i]
			if it.Definition == nil {
				continue
			}
			m, err := b.recheck(ctx, it)
			if err != nil {
				return fmt.Errorf("%s: %w", it.Name, err)
			}
			if m.Changed > 0 || m.Now != m.Kept {
				moved = append(moved, m)
			}
		}
		return nil
	})
	if err != nil {
		return nil, explain("rechecking the recycle bin", err)
	}
	return moved, nil
}

func (b bin) recheck(ctx context.Context, it *Item) (Moved, error) {
	t := it.Definition
	kept, now := "SELECT (o.*)::text FROM "+it.copied()+" o", "SELECT (x.*)::text FROM "+t.Qualified()+" x"
	if it.Kind != KindTable && keyed(t, it.Column) {
		now = "SELECT (x.*)::text FROM (SELECT " + t.KeyList() + statement.Name(it.Column) + " AS v FROM " + t.Qualified() + ") x"
	}
	rows, err := b.Rows(ctx, "SELECT (SELECT count(*) FROM "+t.Qualified()+"), (SELECT count(*) FROM ("+now+" EXCEPT ALL "+kept+") d)")
	if err != nil {
		return Moved{}, err
	}
	return Moved{Name: it.Name, Kept: it.Rows, Now: number(rows[0][0]), Changed: number(rows[0][1])}, nil
}

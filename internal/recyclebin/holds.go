package recyclebin

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/recyclebin/metarows"
	"github.com/schemaguard/schemaguard/internal/recyclebin/statement"
)

// Holds returns an entry by its ID where it has all of what is doomed as it is now:
// the rows, the definitions, and the rows of Directus. From then on it is kept as long
// as a new one would be. It is nil where a new one has to be made. Errors as of [Fill].
func Holds(ctx context.Context, conn *pgconn.PgConn, id string, what []Doomed, o Options) (*Entry, error) {
	f := &filling{bin: open(conn), opt: o, doomed: Distinct(what)}
	var old *Entry
	same := false
	err := f.Transaction(ctx, o.lockTimeout(), func() (err error) {
		if err = f.alone(ctx); err != nil {
			return err
		}
		if old, err = f.find(ctx, id); err != nil {
			return err
		}
		if err = f.read(ctx); err != nil {
			return err
		}
		if same, err = f.same(ctx, old); err != nil || !same {
			return err
		}
		return f.prolong(ctx, old)
	})
	if err != nil || !same {
		return nil, explain("comparing with the recycle bin", err)
	}
	return old, nil
}

func (f *filling) same(ctx context.Context, old *Entry) (bool, error) {
	for i := range old.Items {
		it := &old.Items[i]
		if it.Definition == nil {
			continue
		}
		if t := f.tables[it.Table]; t == nil || !t.Same(it.Definition) {
			return false, nil
		}
		if m, err := f.recheck(ctx, it); err != nil || m.Changed > 0 || m.Now != m.Kept {
			return false, err
		}
	}
	if f.entry.system == "" || f.entry.system != old.system {
		return f.entry.system == old.system, nil
	}
	// The rows of Directus are taken as for a new entry, compared, and dropped again.
	if err := f.Exec(ctx, "SAVEPOINT compared"); err != nil {
		return false, err
	}
	if err := f.save(ctx, f.entry); err != nil {
		return false, err
	}
	if _, err := metarows.Capture(ctx, f.Session, f.entry.system, f.entry.ID, touched(old.Items), historyLimit); err != nil {
		return false, err
	}
	of := func(e *Entry) string {
		return `(SELECT source, "row"::text FROM schemaguard_trash.directus_rows WHERE entry = ` + statement.Value(e.ID) + ")"
	}
	differ, err := f.Text(ctx, "SELECT EXISTS ("+of(f.entry)+" EXCEPT ALL "+of(old)+") OR EXISTS ("+of(old)+" EXCEPT ALL "+of(f.entry)+")")
	if err != nil {
		return false, err
	}
	return differ == "f", f.Exec(ctx, "ROLLBACK TO SAVEPOINT compared")
}

// prolong keeps an entry that is relied on as long as a new one.
func (f *filling) prolong(ctx context.Context, e *Entry) error {
	if e.Until == nil || f.entry.Until != nil && !f.entry.Until.After(*e.Until) {
		return nil
	}
	e.Until = f.entry.Until
	until := "NULL"
	if e.Until != nil {
		until = statement.Value(e.Until.Format(time.RFC3339Nano))
	}
	return f.Exec(ctx, "UPDATE schemaguard_trash.entries SET retain_until = "+until+" WHERE id = "+statement.Value(e.ID))
}

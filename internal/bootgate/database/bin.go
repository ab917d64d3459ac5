package database

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/bootgate"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/recyclebin"
	"github.com/schemaguard/schemaguard/internal/recyclebin/doomed"
	"github.com/schemaguard/schemaguard/internal/recyclebin/held"
	"github.com/schemaguard/schemaguard/internal/recyclebin/size"
)

// Bin keeps what an apply is about to destroy in the recycle bin of the same
// database.
type Bin struct {
	Database
	Tool, By string // who fills it
	// Limit is how many bytes an entry may take, 0 without limit; Retention is how
	// long it is kept, 0 for ever.
	Limit     int64
	Retention time.Duration
}

var _ bootgate.Bin = Bin{}

// Fill implements [bootgate.Bin].
func (b Bin) Fill(ctx context.Context, d bootgate.Doomed) (bootgate.Kept, error) {
	what := doomed.Of(d.Plan)
	if len(what) == 0 {
		none := func(context.Context) ([]string, error) { return nil, nil }
		return bootgate.Kept{Said: "nothing that this plan takes away can be kept: no rows, no values, no settings", Recheck: none}, nil
	}
	var entry *recyclebin.Entry
	err := b.with(ctx, func(conn *pgconn.PgConn) (err error) {
		o := recyclebin.Options{
			SearchPath: b.Settings.SearchPath.Names, Limit: b.Limit, Retention: b.Retention,
			Reason: d.Reason, Tool: b.Tool, By: b.By, Now: b.Now(),
		}
		if entry, err = held.Find(ctx, conn, what, o); err != nil || entry != nil {
			return err // a container that boots again and again keeps it once
		}
		entry, err = recyclebin.Fill(ctx, conn, what, o)
		return err
	})
	if err != nil {
		return bootgate.Kept{}, trash(err)
	}
	for _, note := range entry.Notes {
		b.Log.Warn("recycle bin: "+note, "step", "recycle-bin", "duration", "0s")
	}
	said := fmt.Sprintf("the recycle bin has %d items, %d rows, %s as %s (schemaguard trash show %s)",
		len(entry.Items), entry.Rows(), size.Text(entry.Bytes), entry.ID, entry.ID)
	return bootgate.Kept{Said: said, Recheck: func(ctx context.Context) ([]string, error) { return b.recheck(ctx, entry.ID) }}, nil
}

// recheck names what was written since an entry was made.
func (b Bin) recheck(ctx context.Context, id string) (names []string, err error) {
	err = b.with(ctx, func(conn *pgconn.PgConn) error {
		moved, err := recyclebin.Recheck(ctx, conn, id)
		for _, m := range moved {
			names = append(names, fmt.Sprintf("%s (%d rows then, %d now)", m.Name, m.Kept, m.Now))
		}
		return err
	})
	if err != nil {
		return nil, trash(err)
	}
	return names, nil
}

func (b Bin) with(ctx context.Context, do func(*pgconn.PgConn) error) error {
	conn, err := pgconn.ConnectConfig(ctx, b.Settings.PG)
	if err != nil {
		return fmt.Errorf("database %s: %s", b.Settings.Display, b.reason(err))
	}
	defer b.close(conn)
	return do(conn)
}

// trash gives an error of the recycle bin its code and the way out.
func trash(err error) error {
	own := &bootgate.Error{Exit: exitcode.Drift, Err: err}
	if e, ok := errors.AsType[*recyclebin.Error](err); ok {
		own.Code = string(e.Code)
		if len(e.Hints) > 0 {
			own.Hint = e.Hints[0]
		}
	} else if errors.As(err, new(*size.LimitError)) {
		own.Code = string(recyclebin.CodeLimit)
	}
	return own
}

// Package held finds what the recycle bin keeps already, so that a boot which is
// tried again and again does not fill the disk with the same copies.
package held

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/recyclebin"
)

// Find returns the newest entry where it holds exactly what is doomed now, as it
// is now: the same items, and nothing written since. From then on it is kept as long
// as the options say of a new one. It is nil where there is none. Its errors are those
// of [recyclebin.List] and [recyclebin.Holds].
func Find(ctx context.Context, conn *pgconn.PgConn, what []recyclebin.Doomed, o recyclebin.Options) (*recyclebin.Entry, error) {
	entries, err := recyclebin.List(ctx, conn)
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	newest := &entries[0]
	if newest.Restored != nil || !slices.Equal(names(what), kept(newest)) {
		return nil, nil
	}
	return recyclebin.Holds(ctx, conn, newest.ID, what, o)
}

func names(what []recyclebin.Doomed) []string {
	var out []string
	for _, d := range what {
		out = append(out, string(d.Kind)+" "+d.Name()+" "+d.To)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func kept(e *recyclebin.Entry) []string {
	var out []string
	for i := range e.Items {
		out = append(out, string(e.Items[i].Kind)+" "+e.Items[i].Name+" "+e.Items[i].To)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

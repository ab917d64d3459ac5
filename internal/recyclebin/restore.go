package recyclebin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/recyclebin/definition"
	"github.com/schemaguard/schemaguard/internal/recyclebin/metarows"
	"github.com/schemaguard/schemaguard/internal/recyclebin/statement"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// RestoreOptions say how to bring something back.
type RestoreOptions struct {
	// DryRun does everything and rolls it back: what it says is what happened.
	DryRun bool
	// Overwrite brings back the old value of a narrowed column also where somebody
	// has written another since.
	Overwrite bool
	// As brings the rows of one table back under this name, without Directus's rows,
	// foreign keys and indexes, beside what has its name now.
	As          string
	LockTimeout time.Duration // 0 means [DefaultLockTimeout]
	Now         time.Time
}

// Restored tells what came back.
type Restored struct {
	Entry  string         `json:"entry"`
	DryRun bool           `json:"dry_run"`
	Items  []RestoredItem `json:"items"`
	// Directus counts the rows of Directus's own tables, by table.
	Directus map[string]int64 `json:"directus_rows"`
	// Notes name what did not come back as it was, and why.
	Notes []string `json:"notes"`
}

// RestoredItem is one item that came back.
type RestoredItem struct {
	Kind Kind   `json:"kind"`
	Name string `json:"item"`
	Rows int64  `json:"rows"` // rows of a table, values of a column
	// Gone counts the rows of the table that are not there any more, Conflicts the
	// values of a narrowed column that were changed since and were left alone.
	Gone      int64 `json:"gone_rows,omitempty"`
	Conflicts int64 `json:"conflicts,omitempty"`
}

var errDryRun = errors.New("rolled back as asked")

// Restore brings back an entry, or one item of it, as [Show] finds it by name. It
// happens in one transaction, and the entry stays where it is until it is purged.
//
// It overwrites nothing: where something of a name exists now, it returns an *[Error]
// with [CodeConflict] and nothing comes back. What cannot come back because what it
// refers to is gone is named in the notes.
func Restore(ctx context.Context, conn *pgconn.PgConn, name string, o RestoreOptions) (*Restored, error) {
	r := &restoring{bin: open(conn), opt: o, out: &Restored{DryRun: o.DryRun, Directus: map[string]int64{}, Notes: []string{}}}
	timeout := Options{LockTimeout: o.LockTimeout}.lockTimeout()
	err := r.Transaction(ctx, timeout, func() error {
		if err := r.restore(ctx, name); err != nil {
			return err
		}
		if o.DryRun {
			return errDryRun
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return nil, explain("restoring "+name, err)
	}
	return r.out, nil
}

// restoring is one run of [Restore].
type restoring struct {
	bin
	opt   RestoreOptions
	entry *Entry
	out   *Restored
}

func (r *restoring) note(format string, args ...any) {
	r.out.Notes = append(r.out.Notes, fmt.Sprintf(format, args...))
}

func (r *restoring) restore(ctx context.Context, name string) error {
	if err := r.Exec(ctx, "SET LOCAL search_path = ''"); err != nil {
		return err
	}
	if err := r.alone(ctx); err != nil {
		return err
	}
	var err error
	if r.entry, err = r.find(ctx, name); err != nil {
		return err
	}
	r.out.Entry = r.entry.ID
	if r.opt.As != "" {
		return r.restoreAs(ctx)
	}
	if err := r.conflicts(ctx); err != nil {
		return err
	}
	for _, kind := range []Kind{KindTable, KindColumn, KindNarrowed, KindSettings} {
		for i := range r.entry.Items {
			it := &r.entry.Items[i]
			if it.Kind != kind {
				continue
			}
			if err := r.item(ctx, it); err != nil {
				return fmt.Errorf("%s: %w", it.Name, err)
			}
		}
	}
	if err := r.foreignKeys(ctx); err != nil {
		return err
	}
	if err := r.directusRows(ctx); err != nil {
		return err
	}
	return r.mark(ctx)
}

func (r *restoring) mark(ctx context.Context) error {
	return r.Exec(ctx, "UPDATE schemaguard_trash.entries SET restored_at = "+statement.Value(r.opt.Now.UTC().Format(time.RFC3339Nano))+" WHERE id = "+statement.Value(r.entry.ID))
}

// conflicts refuses to bring back what is there now, naming all of it.
func (r *restoring) conflicts(ctx context.Context) error {
	var there []string
	for i := range r.entry.Items {
		it := &r.entry.Items[i]
		query := ""
		switch it.Kind {
		case KindTable:
			query = "SELECT 'table ' || pg_catalog.quote_ident(relname) FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(" + statement.Value(it.Definition.Qualified()) + ")"
		case KindColumn:
			query = "SELECT 'column ' || pg_catalog.quote_ident(attname) || ' of ' || attrelid::regclass FROM pg_catalog.pg_attribute WHERE NOT attisdropped AND attname = " + statement.Value(it.Column) +
				" AND attrelid = pg_catalog.to_regclass(" + statement.Value(it.Definition.Qualified()) + ")"
		default:
			continue
		}
		found, err := r.Text(ctx, query)
		if err != nil {
			return err
		}
		if found != "" {
			there = append(there, found)
		}
	}
	if len(there) == 0 {
		return nil
	}
	e := &Error{Code: CodeConflict, Msg: fmt.Sprintf("nothing was restored: %s exists now", there[0])}
	if len(there) > 1 {
		e.Msg = fmt.Sprintf("nothing was restored: %s and %d more exist now", there[0], len(there)-1)
	}
	if tables := slices.DeleteFunc(slices.Clone(r.entry.Items), func(it Item) bool { return it.Kind != KindTable }); len(tables) > 0 {
		hint, _ := terminal.Quote("schemaguard", "trash", "restore", r.entry.ID+":"+tables[0].Name, "--as", tables[0].Name+"_restored")
		e.Hints = []string{hint}
	}
	e.Hints = append(e.Hints, "schemaguard trash show "+r.entry.ID)
	return e
}

func (r *restoring) item(ctx context.Context, it *Item) error {
	out := RestoredItem{Kind: it.Kind, Name: it.Name}
	var err error
	switch it.Kind {
	case KindTable:
		out.Rows, err = r.table(ctx, it)
	case KindColumn:
		err = r.column(ctx, it, &out)
	case KindNarrowed:
		err = r.narrowed(ctx, it, &out)
	case KindSettings: // Directus's rows come last, for all items at once
	}
	r.out.Items = append(r.out.Items, out)
	return err
}

func (it *Item) copied() string { return statement.Qualified(Schema, it.Copy) }

// table makes a table again with its rows and what hangs on it.
func (r *restoring) table(ctx context.Context, it *Item) (int64, error) {
	t := it.Definition
	for _, sql := range t.Create() {
		if err := r.Exec(ctx, sql); err != nil {
			return 0, err
		}
	}
	if err := r.close(ctx, append(definition.Owned(t.Sequences), t.Qualified())); err != nil {
		return 0, err
	}
	columns := statement.Names(t.Plain())
	var n int64
	var err error
	if columns != "" {
		if n, err = r.Count(ctx, "INSERT INTO "+t.Qualified()+" ("+columns+") OVERRIDING SYSTEM VALUE SELECT "+columns+" FROM "+it.copied()); err != nil {
			return 0, err
		}
	}
	if n != it.Rows {
		return n, fmt.Errorf("the copy has %d rows instead of the %d that were kept: nothing was restored", n, it.Rows)
	}
	if err := r.attach(ctx, t.Attach()); err != nil {
		return n, err
	}
	return n, r.advance(ctx, t, t.Sequences)
}

// close lets only the owner look into what was just made, whatever is the default.
func (r *restoring) close(ctx context.Context, relations []string) error {
	rows, err := r.Rows(ctx, definition.Strangers(relations...))
	for _, row := range rows {
		if err == nil {
			err = r.Exec(ctx, row[0])
		}
	}
	return err
}

func (r *restoring) attach(ctx context.Context, all []definition.Attachment) error {
	for _, a := range all {
		if !a.Soft {
			if err := r.Exec(ctx, a.SQL); err != nil {
				return fmt.Errorf("making %s: %w", a.What, err)
			}
			continue
		}
		refused, err := r.Try(ctx, a.SQL)
		if err != nil {
			return err
		}
		if refused != nil {
			r.note("%s did not come back: %s", a.What, refused.Message)
		}
	}
	return nil
}

// advance moves sequences to where they were, or past what is there now.
func (r *restoring) advance(ctx context.Context, t *definition.Table, sequences []definition.Sequence) error {
	for _, s := range sequences {
		if err := r.Exec(ctx, t.Advance(s)); err != nil {
			return fmt.Errorf("moving sequence %s on: %w", s.Name, err)
		}
		if s.Identity || s.Owner == t.Owner {
			continue // it follows the table
		}
		r.note("sequence %s belonged to %s, and follows its table now", s.Name, s.Owner)
	}
	return nil
}

// restoreAs brings the rows of one table back under another name.
func (r *restoring) restoreAs(ctx context.Context) error {
	if len(r.entry.Items) != 1 || r.entry.Items[0].Kind != KindTable {
		return &Error{Code: CodeConflict, Msg: "one table can be brought back under another name, and nothing else", Hints: []string{"schemaguard trash show " + r.entry.ID}}
	}
	it := &r.entry.Items[0]
	name := statement.Qualified(it.Schema, r.opt.As)
	there, err := r.Text(ctx, "SELECT pg_catalog.to_regclass("+statement.Value(name)+")")
	if err != nil {
		return err
	}
	if there != "" || len(r.opt.As) > 63 {
		return &Error{Code: CodeConflict, Msg: fmt.Sprintf("nothing was restored: table %q exists now, or is no name of a table", r.opt.As)}
	}
	n, err := r.Count(ctx, "CREATE TABLE "+name+" AS TABLE "+it.copied())
	if err != nil {
		return err
	}
	if err := r.close(ctx, []string{name}); err != nil {
		return err
	}
	if key := it.Definition.PrimaryKey; len(key) > 0 {
		if err := r.Exec(ctx, "ALTER TABLE "+name+" ADD PRIMARY KEY ("+statement.Names(key)+")"); err != nil {
			return err
		}
	}
	r.note("only the rows and the primary key came back: no rows of Directus, defaults, foreign keys or indexes")
	r.out.Items = append(r.out.Items, RestoredItem{Kind: KindTable, Name: r.opt.As, Rows: n})
	return r.mark(ctx)
}

// directusRows brings the rows of Directus back.
func (r *restoring) directusRows(ctx context.Context) error {
	if r.entry.system == "" {
		return nil
	}
	// A narrowed column has its rows still.
	items := slices.DeleteFunc(slices.Clone(r.entry.Items), func(it Item) bool { return it.Kind == KindNarrowed })
	brought, err := metarows.Bring(ctx, r.Session, r.entry.system, r.entry.ID, touched(items))
	if err != nil {
		return err
	}
	r.out.Directus = brought.Rows
	r.out.Notes = append(r.out.Notes, brought.Notes...)
	return nil
}

package recyclebin

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/recyclebin/definition"
	"github.com/schemaguard/schemaguard/internal/recyclebin/metarows"
	"github.com/schemaguard/schemaguard/internal/recyclebin/size"
	"github.com/schemaguard/schemaguard/internal/recyclebin/statement"
)

// Fill copies what is doomed into a new entry, all of it or nothing.
//
// The doomed tables are locked in SHARE mode from before the first row is copied
// until the transaction ends: readers go on, writers wait. The lock cannot outlive
// it, because the apply, another session, would wait for it for ever; what is
// written between Fill and the drop is not in the copy. [Recheck] right before the
// drop tells whether something was.
//
// conn must be in no transaction. Errors: a *[size.LimitError], an *[Error] with its
// code, or a broken connection; after any of them nothing may be destroyed.
func Fill(ctx context.Context, conn *pgconn.PgConn, what []Doomed, o Options) (*Entry, error) {
	f := &filling{bin: open(conn), opt: o, doomed: Distinct(what)}
	if len(f.doomed) == 0 {
		return nil, &Error{Code: CodeMissing, Msg: "filling the recycle bin: nothing is doomed"}
	}
	err := f.Transaction(ctx, o.lockTimeout(), func() error { return f.fill(ctx) })
	if err != nil {
		return nil, explain("filling the recycle bin", err)
	}
	// What is over its time may go now; that it could not is no loss.
	if gone, err := Purge(ctx, conn, Which{Expired: true, Now: o.Now}, o.lockTimeout()); err != nil {
		f.entry.Notes = append(f.entry.Notes, "older entries whose time is up could not be purged: "+err.Error())
	} else if len(gone) > 0 {
		f.entry.Notes = append(f.entry.Notes, fmt.Sprintf("%d older entries whose time was up are purged", len(gone)))
	}
	return f.entry, nil
}

// filling is one run of [Fill].
type filling struct {
	bin
	opt    Options
	doomed []Doomed
	entry  *Entry
	tables map[string]*definition.Table // by the name as Directus has it
}

func (f *filling) fill(ctx context.Context) error {
	if err := f.alone(ctx); err != nil {
		return err
	}
	if err := f.read(ctx); err != nil {
		return err
	}
	if err := f.measure(ctx); err != nil {
		return err
	}
	if err := f.create(ctx); err != nil {
		return err
	}
	for i, d := range f.doomed {
		if err := f.copy(ctx, i, d); err != nil {
			return fmt.Errorf("copying %s: %w", d.Name(), err)
		}
	}
	if err := f.save(ctx, f.entry); err != nil {
		return err
	}
	return f.directusRows(ctx)
}

// read names the entry, locks the doomed tables and reads what they are.
func (f *filling) read(ctx context.Context) error {
	var err error
	if f.entry, err = newEntry(f.opt); err != nil {
		return err
	}
	oids, err := f.resolve(ctx)
	if err != nil {
		return err
	}
	// From here on every name is written with its schema.
	if err := f.Exec(ctx, "SET LOCAL search_path = ''"); err != nil {
		return err
	}
	if err := f.lock(ctx, oids); err != nil {
		return err
	}
	f.tables = map[string]*definition.Table{}
	for name, oid := range oids {
		if f.tables[name], err = definition.Read(ctx, f.Session, oid); err != nil {
			return err
		}
	}
	return nil
}

func newEntry(o Options) (*Entry, error) {
	var random [3]byte
	if _, err := rand.Read(random[:]); err != nil {
		return nil, fmt.Errorf("naming an entry: %w", err)
	}
	e := &Entry{ID: o.Now.UTC().Format("20060102-150405-") + hex.EncodeToString(random[:]), At: o.Now.UTC(), By: o.By, Reason: o.Reason, Tool: o.Tool}
	if o.Retention > 0 {
		until := o.Now.Add(o.Retention).UTC()
		e.Until = &until
	}
	return e, nil
}

// resolve finds the doomed tables and Directus's own where Directus would find them.
func (f *filling) resolve(ctx context.Context) (map[string]string, error) {
	if len(f.opt.SearchPath) > 0 {
		if err := f.Exec(ctx, "SET LOCAL search_path = "+statement.Names(f.opt.SearchPath)); err != nil {
			return nil, err
		}
	}
	oids := map[string]string{}
	for _, d := range f.doomed {
		if d.Kind == KindSettings || oids[d.Table] != "" {
			continue
		}
		oid, err := f.Text(ctx, "SELECT pg_catalog.to_regclass("+statement.Value(statement.Name(d.Table))+")::oid")
		if err != nil {
			return nil, err
		}
		if oid == "" {
			return nil, &Error{Code: CodeMissing, Msg: fmt.Sprintf("filling the recycle bin: table %q is not there any more: look again what is doomed", d.Table)}
		}
		oids[d.Table] = oid
	}
	var err error
	f.entry.system, err = f.Text(ctx, "SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = pg_catalog.to_regclass('directus_collections')")
	return oids, err
}

// lock keeps writers out of the doomed tables, in an order that two of us share.
func (f *filling) lock(ctx context.Context, oids map[string]string) error {
	if len(oids) == 0 {
		return nil
	}
	var list []string
	for _, oid := range oids {
		list = append(list, oid)
	}
	slices.Sort(list)
	rows, err := f.Rows(ctx, "SELECT c.oid::regclass::text FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'p') AND c.oid IN ("+strings.Join(list, ", ")+") ORDER BY c.oid")
	if err != nil || len(rows) == 0 {
		return err
	}
	var names []string
	for _, r := range rows {
		names = append(names, r[0])
	}
	return f.Exec(ctx, "LOCK TABLE "+strings.Join(names, ", ")+" IN SHARE MODE")
}

// measure refuses what is too large before anything is copied.
func (f *filling) measure(ctx context.Context) error {
	if f.opt.Limit <= 0 {
		return nil
	}
	e := &size.LimitError{Limit: f.opt.Limit}
	for _, d := range f.doomed {
		if d.Kind == KindSettings {
			continue
		}
		t := f.tables[d.Table]
		bytes := t.Bytes
		if d.Kind != KindTable && bytes > f.opt.Limit-e.Bytes && keyed(t, d.Column) {
			// The table is too large to be a bound for one of its columns.
			text, err := f.Text(ctx, "SELECT coalesce(sum(pg_catalog.pg_column_size("+strings.Join(sizes(t, d.Column), ") + pg_catalog.pg_column_size(")+") + 28), 0) FROM "+t.Qualified())
			if err != nil {
				return err
			}
			bytes = number(text)
		}
		e.Items = append(e.Items, size.Item{Name: d.Name(), Bytes: bytes})
		e.Bytes += bytes
	}
	if e.Bytes > e.Limit {
		return e
	}
	return nil
}

func sizes(t *definition.Table, column string) []string {
	out := []string{"coalesce(" + statement.Name(column) + "::text, '')"}
	for _, k := range t.PrimaryKey {
		out = append(out, statement.Name(k))
	}
	return out
}

// keyed tells whether the values of a column can be kept by the primary key.
func keyed(t *definition.Table, column string) bool {
	return len(t.PrimaryKey) > 0 && !slices.Contains(t.PrimaryKey, column)
}

// copy copies one doomed item inside the server.
func (f *filling) copy(ctx context.Context, i int, d Doomed) error {
	it := Item{Kind: d.Kind, Name: d.Name(), Table: d.Table, Column: d.Column, From: d.From, To: d.To}
	if d.Kind == KindSettings {
		f.entry.Items = append(f.entry.Items, it)
		return nil
	}
	t := f.tables[d.Table]
	it.Schema, it.Definition = t.Schema, t
	if d.Kind != KindTable {
		c := t.Column(d.Column)
		if c == nil {
			return &Error{Code: CodeMissing, Msg: fmt.Sprintf("filling the recycle bin: column %q is not there any more: look again what is doomed", d.Name())}
		}
		if d.Kind == KindNarrowed {
			it.From = c.Type
		}
	}
	it.Copy = f.entry.ID + "_" + strconv.Itoa(i+1)
	kept := "TABLE ONLY " + t.Qualified()
	if d.Kind != KindTable && keyed(t, d.Column) {
		kept = "SELECT " + t.KeyList() + statement.Name(d.Column) + " AS v FROM ONLY " + t.Qualified()
	} else if d.Kind != KindTable {
		f.entry.Notes = append(f.entry.Notes, fmt.Sprintf("%s has no primary key to bring single values back by: the copy %s.%s has all its rows", d.Table, Schema, it.Copy))
	}
	name := statement.Qualified(Schema, it.Copy)
	var err error
	if it.Rows, err = f.Count(ctx, "CREATE TABLE "+name+" AS "+kept); err != nil {
		return err
	}
	size, err := f.Text(ctx, "SELECT pg_catalog.pg_total_relation_size("+statement.Value(name)+"::regclass)")
	if err != nil {
		return err
	}
	it.Bytes = number(size)
	f.entry.Bytes += it.Bytes
	f.entry.Items = append(f.entry.Items, it)
	return f.Exec(ctx, "REVOKE ALL ON TABLE "+name+" FROM PUBLIC")
}

// directusRows keeps the rows of Directus that the apply deletes or changes.
func (f *filling) directusRows(ctx context.Context) error {
	if f.entry.system == "" {
		f.entry.Notes = append(f.entry.Notes, "there are no Directus tables, so no rows of theirs are kept")
		return nil
	}
	kept, err := metarows.Capture(ctx, f.Session, f.entry.system, f.entry.ID, touched(f.entry.Items), historyLimit)
	if err != nil {
		return fmt.Errorf("copying the rows of Directus: %w", err)
	}
	f.entry.DirectusRows = kept.Rows
	if len(kept.Notes) > 0 {
		f.entry.Notes = append(f.entry.Notes, kept.Notes...)
		return f.saveNotes(ctx, f.entry)
	}
	return nil
}

// touched are the collections and fields that items are about.
func touched(items []Item) metarows.Touched {
	var t metarows.Touched
	for i := range items {
		it := &items[i]
		switch {
		case it.Column != "":
			t.Fields = append(t.Fields, metarows.Field{Collection: it.Table, Field: it.Column})
		default:
			t.Collections = append(t.Collections, it.Table)
		}
	}
	return t
}

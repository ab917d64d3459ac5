package recyclebin

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/recyclebin/definition"
	"github.com/schemaguard/schemaguard/internal/recyclebin/statement"
)

// lockKey is the advisory lock of one change of the bin at a time, "sgtrash" in
// ASCII.
const lockKey int64 = 0x73677472617368

// schemaSQL and storeSQL make the bin. It holds people's data: nobody but its owner
// sees it.
//
//go:embed schema.sql
var schemaSQL string

//go:embed store.sql
var storeSQL string

// bin is the schema through one connection.
type bin struct{ statement.Session }

func open(conn *pgconn.PgConn) bin { return bin{statement.Session{Conn: conn}} }

// alone lets one change of the bin at a time through, until the transaction ends.
func (b bin) alone(ctx context.Context) error {
	return b.Exec(ctx, "SELECT pg_catalog.pg_advisory_xact_lock("+strconv.FormatInt(lockKey, 10)+")")
}

// create makes the schema and its tables where they are missing. A role that was
// given the schema needs no right to make one.
func (b bin) create(ctx context.Context) error {
	there, err := b.exists(ctx)
	if err != nil || there {
		return err
	}
	made, err := b.Text(ctx, "SELECT pg_catalog.to_regnamespace('schemaguard_trash')")
	if err == nil && made == "" {
		err = b.Exec(ctx, schemaSQL)
	}
	if err != nil {
		return err
	}
	return b.Exec(ctx, "SET LOCAL client_min_messages = warning; "+storeSQL)
}

func (b bin) exists(ctx context.Context) (bool, error) {
	n, err := b.Text(ctx, `SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'schemaguard_trash' AND c.relname IN ('entries', 'items', 'directus_rows')`)
	return n == "3", err
}

// save writes an entry, and its items with their definitions.
func (b bin) save(ctx context.Context, e *Entry) error {
	notes, err := json.Marshal(e.Notes)
	if err != nil {
		return fmt.Errorf("encoding an entry: %w", err)
	}
	until := "NULL"
	if e.Until != nil {
		until = statement.Value(e.Until.UTC().Format(time.RFC3339Nano))
	}
	sql := []string{fmt.Sprintf("INSERT INTO schemaguard_trash.entries (id, at, by, reason, tool, retain_until, system_schema, bytes, notes) VALUES (%s, %s, %s, %d, %s)",
		statement.Values([]string{e.ID, e.At.UTC().Format(time.RFC3339Nano), e.By, e.Reason, e.Tool}), until, statement.Value(e.system), e.Bytes, statement.Value(string(notes)))}
	for i := range e.Items {
		it := &e.Items[i]
		def, err := json.Marshal(it.Definition)
		if err != nil {
			return fmt.Errorf("encoding the definition of %s: %w", it.Name, err)
		}
		sql = append(sql, fmt.Sprintf("INSERT INTO schemaguard_trash.items VALUES (%s, %d, %s, %d, %d, %s)", statement.Value(e.ID), i+1,
			statement.Values([]string{string(it.Kind), it.Name, it.Schema, it.Table, it.Column, it.From, it.To}), it.Rows, it.Bytes, statement.Values([]string{it.Copy, string(def)})))
	}
	return b.Exec(ctx, strings.Join(sql, ";\n"))
}

//go:embed list.sql
var listSQL string

// List returns the entries, newest first, without the definitions of their items.
// It is empty where there is no bin, and writes nothing. Errors are *[Error]s.
func List(ctx context.Context, conn *pgconn.PgConn) ([]Entry, error) {
	entries, err := open(conn).list(ctx, "NULL")
	return entries, explain("reading the recycle bin", err)
}

// list reads the entries with an expression for the definition of an item.
func (b bin) list(ctx context.Context, definitions string) ([]Entry, error) {
	if there, err := b.exists(ctx); err != nil || !there {
		return nil, err
	}
	rows, err := b.Rows(ctx, listSQL)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for _, r := range rows {
		e := Entry{ID: r[0], At: *micros(r[1]), By: r[2], Reason: r[3], Tool: r[4], Until: micros(r[5]), Restored: micros(r[6]), system: r[7], Bytes: number(r[8]), DirectusRows: number(r[10])}
		if err := json.Unmarshal([]byte(r[9]), &e.Notes); err != nil {
			return nil, fmt.Errorf("reading entry %s: %w", e.ID, err)
		}
		entries = append(entries, e)
	}
	items, err := b.Rows(ctx, `SELECT entry, kind, item, "schema", "table", "column", from_type, to_type, "rows", bytes, copy, coalesce((`+definitions+`)::text, 'null') FROM schemaguard_trash.items ORDER BY entry, n`)
	if err != nil {
		return nil, err
	}
	for _, r := range items {
		i := slices.IndexFunc(entries, func(e Entry) bool { return e.ID == r[0] })
		if i < 0 {
			continue
		}
		it := Item{Kind: Kind(r[1]), Name: r[2], Schema: r[3], Table: r[4], Column: r[5], From: r[6], To: r[7], Rows: number(r[8]), Bytes: number(r[9]), Copy: r[10]}
		if r[11] != "null" {
			it.Definition = &definition.Table{}
			if err := json.Unmarshal([]byte(r[11]), it.Definition); err != nil {
				return nil, fmt.Errorf("reading %s of entry %s: %w", it.Name, r[0], err)
			}
		}
		entries[i].Items = append(entries[i].Items, it)
	}
	return entries, nil
}

func micros(text string) *time.Time {
	if text == "" {
		return nil
	}
	t := time.UnixMicro(number(text)).UTC()
	return &t
}

func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64) // the server's own numbers
	return n
}

// Show returns an entry by its ID, or the newest one that has an item of that name;
// ID:ITEM names one item of one entry. Of a name the other items are left out.
func Show(ctx context.Context, conn *pgconn.PgConn, name string) (*Entry, error) {
	e, err := open(conn).find(ctx, name)
	return e, explain("reading the recycle bin", err)
}

func (b bin) find(ctx context.Context, name string) (*Entry, error) {
	entries, err := b.list(ctx, "definition")
	if err != nil {
		return nil, err
	}
	for i := range entries {
		if entries[i].ID == name {
			return &entries[i], nil
		}
	}
	for i := range entries {
		e := entries[i]
		wanted, _ := strings.CutPrefix(name, e.ID+":")
		e.Items = slices.DeleteFunc(slices.Clone(e.Items), func(it Item) bool {
			return it.Name != wanted && it.Schema+"."+it.Name != wanted
		})
		if len(e.Items) > 0 {
			return &e, nil
		}
	}
	return nil, &Error{Code: CodeMissing, Msg: fmt.Sprintf("the recycle bin has no %q", name), Hints: []string{"schemaguard trash list"}}
}

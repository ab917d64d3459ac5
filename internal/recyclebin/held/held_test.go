package held

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/demo"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/internal/recyclebin"
)

// What is kept already is found, until something is written, something else is
// doomed as well, or it was brought back.
func TestFind(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dumps, err := demo.Fixture()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgconn.Connect(ctx, pgtest.RestoreSQL(t, dumps...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(ctx) })
	run := func(sql string) {
		t.Helper()
		if err := conn.Exec(ctx, sql).Close(); err != nil {
			t.Fatal(err)
		}
	}
	run("CREATE TABLE notes (id serial PRIMARY KEY, body text); INSERT INTO notes (body) VALUES ('a'); INSERT INTO directus_collections (collection) VALUES ('notes')")
	now := time.Now()
	table := recyclebin.Doomed{Kind: recyclebin.KindTable, Table: "notes"}
	find := func(what ...recyclebin.Doomed) *recyclebin.Entry {
		t.Helper()
		e, err := Find(ctx, conn, what, recyclebin.Options{Now: now, Retention: 24 * time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	if find(table) != nil {
		t.Error("an empty bin holds something")
	}
	entry, err := recyclebin.Fill(ctx, conn, []recyclebin.Doomed{table}, recyclebin.Options{Now: now.Add(-2 * time.Hour), Retention: time.Hour, Reason: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if e := find(table); e == nil || e.ID != entry.ID {
		t.Errorf("it is not found: %+v", e)
	}
	if gone, err := recyclebin.Purge(ctx, conn, recyclebin.Which{Expired: true, Now: now}, 0); err != nil || len(gone) > 0 {
		t.Errorf("what a boot has just relied on is over its time: %v, %v", gone, err)
	}
	if find(table, recyclebin.Doomed{Kind: recyclebin.KindTable, Table: "devices"}) != nil {
		t.Error("an entry that lacks a table will do")
	}
	for what, sql := range map[string][2]string{
		"a preset":         {"INSERT INTO directus_presets (collection, bookmark) VALUES ('notes', 'b')", "DELETE FROM directus_presets"},
		"a field's note":   {"INSERT INTO directus_fields (collection, field, note) VALUES ('notes', 'body', 'n')", "DELETE FROM directus_fields WHERE collection = 'notes'"},
		"an index":         {"CREATE INDEX notes_body ON notes (body)", "DROP INDEX notes_body"},
		"a default":        {"ALTER TABLE notes ALTER body SET DEFAULT 'x'", "ALTER TABLE notes ALTER body DROP DEFAULT"},
		"a row":            {"INSERT INTO notes (id, body) VALUES (7, 'b')", "DELETE FROM notes WHERE id = 7"},
		"a row's new text": {"UPDATE notes SET body = 'c'", "UPDATE notes SET body = 'a'"},
	} {
		run(sql[0])
		if find(table) != nil {
			t.Error("an entry will do that lacks " + what)
		}
		run(sql[1])
		if find(table) == nil {
			t.Error("not found any more after " + what)
		}
	}
}

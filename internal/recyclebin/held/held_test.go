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
	table := recyclebin.Doomed{Kind: recyclebin.KindTable, Table: "notes"}
	find := func(what ...recyclebin.Doomed) *recyclebin.Entry {
		t.Helper()
		e, err := Find(ctx, conn, what)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	if find(table) != nil {
		t.Error("an empty bin holds something")
	}
	entry, err := recyclebin.Fill(ctx, conn, []recyclebin.Doomed{table}, recyclebin.Options{Now: time.Now(), Reason: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if e := find(table); e == nil || e.ID != entry.ID {
		t.Errorf("it is not found: %+v", e)
	}
	if find(table, recyclebin.Doomed{Kind: recyclebin.KindTable, Table: "devices"}) != nil {
		t.Error("an entry that lacks a table will do")
	}
	run("INSERT INTO notes (body) VALUES ('b')")
	if find(table) != nil {
		t.Error("an entry that lacks a row will do")
	}
}

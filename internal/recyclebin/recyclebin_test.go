package recyclebin

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// richSQL has one of each thing that a table can have.
const richSQL = `CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN plate AS text CHECK (VALUE <> '');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.touched := NEW.touched + 1; RETURN NEW; END$$;
CREATE TABLE customers (id serial PRIMARY KEY, name varchar(255) NOT NULL);
CREATE TABLE orders (
  id serial PRIMARY KEY, number bigint GENERATED ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY 5), customer integer REFERENCES customers ON DELETE SET NULL,
  total numeric(10,2) NOT NULL DEFAULT 0 CHECK (total >= 0), gross numeric(12,2) GENERATED ALWAYS AS (total * 1.2) STORED, state mood DEFAULT 'ok', tags text[] DEFAULT '{}',
  plate plate, note varchar(20) COLLATE "C", doc json, sent timestamptz, parent integer REFERENCES orders, touched integer NOT NULL DEFAULT 0,
  CONSTRAINT orders_note_plate UNIQUE (note, plate) DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX orders_sent ON orders (sent) WHERE sent IS NOT NULL;
CREATE INDEX orders_lower ON orders (lower(note), customer DESC NULLS LAST);
CREATE INDEX orders_tags ON orders USING gin (tags);
CREATE UNIQUE INDEX orders_once ON orders (customer, sent);
CREATE STATISTICS orders_stat (dependencies) ON customer, state FROM orders;
CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER orders_off BEFORE UPDATE OF note ON orders FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE orders DISABLE TRIGGER orders_off;
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON orders FOR SELECT USING (customer = 1);
GRANT SELECT ON orders TO PUBLIC; GRANT UPDATE (note) ON orders TO PUBLIC;
COMMENT ON TABLE orders IS 'it''s \ "odd"'; COMMENT ON COLUMN orders.note IS 'a note'; COMMENT ON INDEX orders_sent IS 'an index'; COMMENT ON CONSTRAINT orders_note_plate ON orders IS 'a constraint';
ALTER TABLE orders SET (fillfactor = 70); ALTER TABLE orders ALTER COLUMN note SET STATISTICS 7; ALTER TABLE orders ALTER COLUMN doc SET STORAGE EXTERNAL; ALTER TABLE orders REPLICA IDENTITY FULL;
CREATE TABLE lines (id serial PRIMARY KEY, "order" integer CONSTRAINT lines_order REFERENCES orders ON DELETE CASCADE);
INSERT INTO customers (name) VALUES ('Anna'), ('Bea');
INSERT INTO orders (customer, total, note, plate, doc, sent, tags) SELECT 1 + i % 2, i, 'note ' || i, 'P' || i, '{"b": 1,  "a": 2}', now() + i * interval '1 hour', ARRAY['x', NULL] FROM generate_series(1, 20) i;
UPDATE orders SET parent = 1 WHERE id > 10;
INSERT INTO lines ("order") SELECT 1 + i % 20 FROM generate_series(1, 40) i;
DELETE FROM orders WHERE id = 20 AND false;`

func connect(t *testing.T, dsn string) *pgconn.PgConn {
	t.Helper()
	conn, err := pgconn.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func run(t *testing.T, conn *pgconn.PgConn, sql string) {
	t.Helper()
	if err := conn.Exec(t.Context(), sql).Close(); err != nil {
		t.Fatalf("%.200s: %v", sql, err)
	}
}

func ask(t *testing.T, conn *pgconn.PgConn, sql string) string {
	t.Helper()
	rows, err := open(conn).Rows(t.Context(), sql)
	if err != nil {
		t.Fatalf("%.200s: %v", sql, err)
	}
	var lines []string
	for _, r := range rows {
		lines = append(lines, strings.Join(r, "|"))
	}
	return strings.Join(lines, "\n")
}

func options() Options {
	return Options{Limit: DefaultLimit, Retention: DefaultRetention, Reason: "test", Tool: "v1", By: "anna@host", Now: noon}
}

func fill(t *testing.T, conn *pgconn.PgConn, what ...Doomed) *Entry {
	t.Helper()
	e, err := Fill(t.Context(), conn, what, options())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func restore(t *testing.T, conn *pgconn.PgConn, name string, o RestoreOptions) *Restored {
	t.Helper()
	o.Now = noon
	out, err := Restore(t.Context(), conn, name, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func code(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// dump is the schema and the rows of the database as pg_dump sees them.
func dump(t *testing.T, dsn string) string {
	t.Helper()
	return pgDump(t, dsn, "--exclude-schema="+Schema, "--inserts", "--rows-per-insert=1")
}

func TestATableComesBackAsItWas(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t)
	conn := connect(t, dsn)
	run(t, conn, richSQL)
	before := dump(t, dsn)
	e := fill(t, conn, Doomed{Kind: KindTable, Table: "orders"})
	if e.Items[0].Rows != 20 || e.Rows() != 20 {
		t.Fatalf("kept %+v", e.Items)
	}
	run(t, conn, "ALTER TABLE lines DROP CONSTRAINT lines_order; DROP TABLE orders")
	dry := restore(t, conn, "orders", RestoreOptions{DryRun: true})
	if ask(t, conn, "SELECT to_regclass('orders')") != "" || dry.Items[0].Rows != 20 {
		t.Fatalf("a dry run left something: %+v", dry)
	}
	out := restore(t, conn, "orders", RestoreOptions{})
	if len(out.Notes) > 0 {
		t.Errorf("notes: %q", out.Notes)
	}
	if diff := cmp.Diff(lines(before), lines(dump(t, dsn))); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	run(t, conn, "INSERT INTO orders (total) VALUES (1)")
	if _, err := Restore(t.Context(), conn, "orders", RestoreOptions{Now: noon}); code(err) != CodeConflict {
		t.Errorf("restored over a table: %v", err)
	}
	as := restore(t, conn, e.ID+":orders", RestoreOptions{As: "orders 2"})
	if got := ask(t, conn, `SELECT count(*) FROM "orders 2"`); got != "20" || as.Items[0].Rows != 20 {
		t.Errorf("under another name: %s rows, %+v", got, as)
	}
}

func TestAColumnComesBackByPrimaryKey(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t)
	conn := connect(t, dsn)
	run(t, conn, richSQL)
	fill(t, conn, Doomed{Kind: KindColumn, Table: "orders", Column: "note"}, Doomed{Kind: KindColumn, Table: "orders", Column: "customer"})
	values := ask(t, conn, "SELECT id, note, customer FROM orders WHERE id <> 3 ORDER BY id")
	run(t, conn, "DROP POLICY mine ON orders; DROP TRIGGER orders_off ON orders; ALTER TABLE orders DROP COLUMN note, DROP COLUMN customer; DELETE FROM lines WHERE \"order\" = 3; DELETE FROM orders WHERE id = 3; INSERT INTO orders (total) VALUES (77)")
	out := restore(t, conn, "orders.note", RestoreOptions{})
	if out.Items[0].Rows != 19 || out.Items[0].Gone != 1 {
		t.Errorf("%+v", out)
	}
	restore(t, conn, "orders.customer", RestoreOptions{})
	if diff := cmp.Diff(values, ask(t, conn, "SELECT id, note, customer FROM orders WHERE total <> 77 ORDER BY id")); diff != "" {
		t.Error(diff)
	}
	for _, sql := range []string{
		"SELECT count(*) FROM pg_constraint WHERE conname IN ('orders_note_plate', 'orders_customer_fkey') AND convalidated",
		"SELECT count(*) FROM pg_indexes WHERE indexname IN ('orders_lower', 'orders_once')",
		"SELECT count(*) FROM pg_trigger WHERE tgname IN ('orders_touch') AND tgenabled = 'O' OR tgname = 'orders_off' AND tgenabled = 'D'",
	} {
		if got := ask(t, conn, sql); got != "2" {
			t.Errorf("%s: %s, notes %q", sql, got, out.Notes)
		}
	}
	if got := ask(t, conn, "SELECT count(*) FROM orders WHERE touched > 0"); got != "0" && got != "10" {
		t.Errorf("a trigger saw the undoing: %s", got)
	}
}

func TestANarrowedColumnGetsItsValuesBack(t *testing.T) {
	t.Parallel()
	for _, overwrite := range []bool{false, true} {
		dsn := pgtest.Database(t)
		conn := connect(t, dsn)
		run(t, conn, "CREATE TABLE a (id int PRIMARY KEY, v varchar(20) DEFAULT 'x'); INSERT INTO a VALUES (1, 'long value one'), (2, 'long value two'), (3, 'abc'), (4, NULL), (5, 'gone, gone')")
		fill(t, conn, Doomed{Kind: KindNarrowed, Table: "a", Column: "v", From: "varchar(20)", To: "varchar(5)"})
		run(t, conn, "ALTER TABLE a ALTER v TYPE varchar(5) USING v::varchar(5); UPDATE a SET v = 'mine' WHERE id = 2; DELETE FROM a WHERE id = 5; INSERT INTO a VALUES (6, 'new')")
		out := restore(t, conn, "a.v", RestoreOptions{Overwrite: overwrite})
		want, conflicts := "1|long value one\n2|mine\n3|abc\n4|\n6|new", int64(1)
		if overwrite {
			want, conflicts = strings.Replace(want, "mine", "long value two", 1), 0
		}
		if got := ask(t, conn, "SELECT * FROM a ORDER BY id"); got != want {
			t.Errorf("overwrite %v: %q", overwrite, got)
		}
		if it := out.Items[0]; it.Conflicts != conflicts || it.Gone != 1 {
			t.Errorf("overwrite %v: %+v", overwrite, it)
		}
		if got := ask(t, conn, "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'a'::regclass AND attname = 'v'"); got != "character varying(20)" {
			t.Error(got)
		}
	}
}

func lines(s string) []string { return strings.Split(s, "\n") }

func TestAForeignKeyWithoutItsOtherSideIsNamed(t *testing.T) {
	t.Parallel()
	conn := connect(t, pgtest.Database(t))
	run(t, conn, richSQL)
	fill(t, conn, Doomed{Kind: KindTable, Table: "orders"})
	run(t, conn, "ALTER TABLE lines DROP CONSTRAINT lines_order; DROP TABLE orders; DROP TABLE customers; UPDATE lines SET \"order\" = 99 WHERE id = 1")
	out := restore(t, conn, "orders", RestoreOptions{})
	notes := strings.Join(out.Notes, "\n")
	for _, want := range []string{"orders_customer_fkey of orders did not come back: table customers is not there", "lines_order of lines is NOT VALID"} {
		if !strings.Contains(notes, want) {
			t.Errorf("no %q in:\n%s", want, notes)
		}
	}
	if got := ask(t, conn, "SELECT count(*), (SELECT convalidated FROM pg_constraint WHERE conname = 'lines_order') FROM orders"); got != "20|f" {
		t.Error(got)
	}
}

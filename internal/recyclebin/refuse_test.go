package recyclebin

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/internal/recyclebin/size"
)

var orders = Doomed{Kind: KindTable, Table: "orders"}

// nothing fails where the database has a bin at all.
func nothing(t *testing.T, conn *pgconn.PgConn) {
	t.Helper()
	if got := ask(t, conn, "SELECT count(*) FROM pg_namespace WHERE nspname = 'schemaguard_trash'"); got != "0" {
		t.Error("something of a refused filling is left")
	}
	if conn.TxStatus() != 'I' {
		t.Error("the connection is left in a transaction")
	}
}

func TestOverTheLimitNothingIsCopied(t *testing.T) {
	t.Parallel()
	conn := connect(t, pgtest.Database(t))
	run(t, conn, richSQL+"; CREATE TABLE wide (id int PRIMARY KEY, small int, large text); ALTER TABLE wide ALTER large SET STORAGE EXTERNAL; INSERT INTO wide SELECT i, i, repeat('x', 10000) FROM generate_series(1, 100) i")
	o := options()
	o.Limit = 4096
	_, err := Fill(t.Context(), conn, []Doomed{orders}, o)
	limit, ok := errors.AsType[*size.LimitError](err)
	if !ok || limit.Bytes <= 4096 || !strings.Contains(err.Error(), "orders") {
		t.Errorf("%v", err)
	}
	nothing(t, conn)
	// A small column of a large table is small.
	o.Limit = 100000
	if _, err := Fill(t.Context(), conn, []Doomed{{Kind: KindColumn, Table: "wide", Column: "large"}}, o); !errors.As(err, new(*size.LimitError)) {
		t.Errorf("%v", err)
	}
	if _, err := Fill(t.Context(), conn, []Doomed{{Kind: KindColumn, Table: "wide", Column: "small"}}, o); err != nil {
		t.Error(err)
	}
}

func TestWhatCannotBeKeptIsRefused(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t)
	conn := connect(t, dsn)
	run(t, conn, richSQL+"; CREATE TABLE parts (id int) PARTITION BY RANGE (id); CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (9); CREATE VIEW v AS SELECT 1 AS a")
	for _, c := range []struct {
		what Doomed
		want Code
	}{
		{Doomed{Kind: KindTable, Table: "gone"}, CodeMissing},
		{Doomed{Kind: KindColumn, Table: "customers", Column: "gone"}, CodeMissing},
		{Doomed{Kind: KindTable, Table: "parts"}, CodeUnsupported},
		{Doomed{Kind: KindTable, Table: "part"}, CodeUnsupported},
		{Doomed{Kind: KindTable, Table: "v"}, CodeUnsupported},
	} {
		if _, err := Fill(t.Context(), conn, []Doomed{orders, c.what}, options()); code(err) != c.want {
			t.Errorf("%s: %v", c.what.Name(), err)
		}
		nothing(t, conn)
	}
	if _, err := Fill(t.Context(), conn, nil, options()); code(err) != CodeMissing {
		t.Errorf("nothing: %v", err)
	}
	writer := connect(t, dsn)
	run(t, writer, "BEGIN; UPDATE orders SET total = 1 WHERE id = 1")
	o := options()
	o.LockTimeout = 50 * time.Millisecond
	if _, err := Fill(t.Context(), conn, []Doomed{orders}, o); code(err) != CodeLocked {
		t.Errorf("a writer: %v", err)
	}
	nothing(t, conn)
	run(t, writer, "ROLLBACK; BEGIN; SELECT count(*) FROM orders")
	if _, err := Fill(t.Context(), conn, []Doomed{orders}, o); err != nil {
		t.Errorf("a reader is in the way: %v", err)
	}
}

func TestARoleWithoutTheRight(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t)
	conn := connect(t, dsn)
	role := "bin_" + ask(t, conn, "SELECT md5(current_database())")[:12]
	run(t, conn, fmt.Sprintf("%s; CREATE ROLE %s LOGIN PASSWORD 'x'; REVOKE CREATE ON DATABASE %s FROM PUBLIC; ALTER TABLE orders OWNER TO %s; ALTER TABLE orders DISABLE ROW LEVEL SECURITY", richSQL, role, ask(t, conn, "SELECT quote_ident(current_database())"), role))
	t.Cleanup(func() { clean(conn, "DROP OWNED BY "+role+"; DROP ROLE "+role) })
	other := connect(t, asRole(t, dsn, role))
	if _, err := Fill(t.Context(), other, []Doomed{orders}, options()); code(err) != CodeNoRight {
		t.Errorf("%v", err)
	}
	nothing(t, conn)
	// The way out that the documentation names: a schema made for it.
	run(t, conn, "CREATE SCHEMA schemaguard_trash AUTHORIZATION "+role)
	if _, err := Fill(t.Context(), other, []Doomed{orders}, options()); err != nil {
		t.Errorf("with a schema of its own: %v", err)
	}
	run(t, conn, "DROP SCHEMA schemaguard_trash CASCADE")
	e := fill(t, conn, orders)
	// What is in the bin are people's rows: nobody else reads them.
	if err := other.Exec(t.Context(), "SELECT * FROM "+e.Items[0].copied()).Close(); err == nil {
		t.Error("another role reads the bin")
	}
	if _, err := List(t.Context(), other); code(err) != CodeNoRight {
		t.Errorf("list: %v", err)
	}
}

func TestErrorsOfTheServerHaveACode(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]Code{"53100": CodeNoSpace, "53200": CodeNoSpace, "55P03": CodeLocked, "40P01": CodeLocked, "42501": CodeNoRight, "57014": CodeLocked, "25006": CodeNoRight, "22P02": CodeFailed} {
		if got := code(explain("filling", &pgconn.PgError{Code: state, Message: "m"})); got != want {
			t.Errorf("%s: %s", state, got)
		}
	}
}

func TestHostileNames(t *testing.T) {
	t.Parallel()
	conn := connect(t, pgtest.Database(t))
	name, column := `a"; DROP TABLE x; -- '\ é`, `v"'\k1`
	long := strings.Repeat("ü", 31)
	q := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
	run(t, conn, fmt.Sprintf(`CREATE TABLE x (); CREATE TABLE %[1]s (id serial PRIMARY KEY, %[2]s text); INSERT INTO %[1]s (%[2]s) VALUES ('a\b'); CREATE TABLE %[3]s (v int, k1 text, "Id" int PRIMARY KEY); INSERT INTO %[3]s VALUES (1, 'k', 2)`, q(name), q(column), q(long)))
	fill(t, conn, Doomed{Kind: KindTable, Table: name}, Doomed{Kind: KindColumn, Table: long, Column: "v"})
	run(t, conn, "DROP TABLE "+q(name)+"; ALTER TABLE "+q(long)+" DROP COLUMN v")
	restore(t, conn, name, RestoreOptions{})
	restore(t, conn, long+".v", RestoreOptions{})
	if got := ask(t, conn, "SELECT * FROM "+q(name)+"; SELECT v, k1 FROM "+q(long)+"; SELECT to_regclass('x')"); got != "1|a\\b\n1|k\nx" {
		t.Error(got)
	}
}

func TestPurgeAndRetention(t *testing.T) {
	t.Parallel()
	conn := connect(t, pgtest.Database(t))
	run(t, conn, richSQL)
	old := fill(t, conn, orders)
	purge := func(w Which) int {
		t.Helper()
		gone, err := Purge(t.Context(), conn, w, 0)
		if err != nil {
			t.Fatal(err)
		}
		return len(gone)
	}
	if n := purge(Which{Expired: true, Now: noon.Add(DefaultRetention - time.Hour)}) + purge(Which{Before: noon.Add(-time.Hour)}) + purge(Which{}); n != 0 {
		t.Errorf("%d gone too early", n)
	}
	if n := purge(Which{All: true, DryRun: true}); n != 1 || ask(t, conn, "SELECT count(*) FROM "+old.Items[0].copied()) != "20" {
		t.Error("a dry run purged")
	}
	o := options()
	o.Retention, o.Now = 0, noon.Add(DefaultRetention+time.Hour)
	kept, err := Fill(t.Context(), conn, []Doomed{orders}, o)
	if err != nil || len(kept.Notes) < 2 {
		t.Fatal(kept, err)
	}
	entries, err := List(t.Context(), conn)
	if err != nil || len(entries) != 1 || entries[0].ID != kept.ID || entries[0].Until != nil {
		t.Errorf("after the retention: %+v %v", entries, err)
	}
	if n := purge(Which{Expired: true, Now: noon.AddDate(99, 0, 0)}); n != 0 {
		t.Error("for ever is over")
	}
	if _, err := Purge(t.Context(), conn, Which{IDs: []string{kept.ID, "x"}}, 0); code(err) != CodeMissing || ask(t, conn, "SELECT count(*) FROM schemaguard_trash.entries") != "1" {
		t.Errorf("%v", err)
	}
	if purge(Which{IDs: []string{kept.ID}}) != 1 || ask(t, conn, "SELECT count(*) FROM pg_tables WHERE schemaname = 'schemaguard_trash'") != "3" {
		t.Error("purged by name, something stays")
	}
}

func TestRecheckSeesWhatWasWrittenSince(t *testing.T) {
	t.Parallel()
	conn := connect(t, pgtest.Database(t))
	run(t, conn, richSQL)
	e := fill(t, conn, orders, Doomed{Kind: KindColumn, Table: "customers", Column: "name"})
	check := func() []Moved {
		t.Helper()
		m, err := Recheck(t.Context(), conn, e.ID)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if m := check(); len(m) != 0 {
		t.Errorf("nothing moved: %+v", m)
	}
	run(t, conn, "UPDATE orders SET note = 'x' WHERE id = 1; INSERT INTO customers (name) VALUES ('Cleo')")
	if m := check(); len(m) != 2 || m[0] != (Moved{"orders", 20, 20, 1}) || m[1] != (Moved{"customers.name", 2, 3, 1}) {
		t.Errorf("%+v", m)
	}
}

// clean runs SQL at the end of a test, whose context is over.
func clean(conn *pgconn.PgConn, sql string) { _ = open(conn).Exec(context.Background(), sql) }

// asRole is the DSN of another role, wherever it names one.
func asRole(t *testing.T, dsn, role string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Del("user")
	q.Del("password")
	u.RawQuery, u.User = q.Encode(), url.UserPassword(role, "x")
	return u.String()
}

// A machine whose clock is ahead makes nothing old: the server's clock counts too.
func TestAClockThatIsAheadPurgesNothing(t *testing.T) {
	t.Parallel()
	conn := connect(t, pgtest.Database(t))
	run(t, conn, richSQL)
	o := options()
	o.Now = time.Now()
	if _, err := Fill(t.Context(), conn, []Doomed{orders}, o); err != nil {
		t.Fatal(err)
	}
	o.Now = o.Now.AddDate(4, 0, 0)
	if _, err := Fill(t.Context(), conn, []Doomed{orders}, o); err != nil {
		t.Fatal(err)
	}
	if n := ask(t, conn, "SELECT count(*) FROM schemaguard_trash.entries"); n != "2" {
		t.Errorf("%s entries", n)
	}
}

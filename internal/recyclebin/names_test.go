package recyclebin

import (
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
)

// Names that a statement of the bin uses for something of its own, and names that need
// care, are names like any other.
func TestOddNamesAreKeptAndComeBack(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t)
	conn := connect(t, dsn)
	long := strings.Repeat("ü", 31) + "x" // 63 bytes
	tables := []string{"o", "x", "Mixed Case", `with"quote`, "dotted.name", "日本", "select", long, `back\slash`, "it's", "a%b", "$1"}
	columns := []string{"x", "o", "v", "k1", "r", "d", "y", "Übung", `q"u`, "group", `b\n`, "ctid2"}
	quoted := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
	var doomed []Doomed
	for _, name := range tables {
		sql := "CREATE TABLE " + quoted(name) + " (id serial PRIMARY KEY"
		values := ""
		for _, c := range columns {
			sql += ", " + quoted(c) + " text DEFAULT 'it''s'"
			values += ", '" + strings.ReplaceAll(c, "'", "''") + "' || i"
		}
		run(t, conn, sql+"); INSERT INTO "+quoted(name)+" SELECT i"+values+" FROM generate_series(1, 3) i; COMMENT ON TABLE "+quoted(name)+" IS 'x'; SELECT setval(pg_get_serial_sequence('"+strings.ReplaceAll(quoted(name), "'", "''")+"', 'id'), 3)")
		doomed = append(doomed, Doomed{Kind: KindTable, Table: name})
	}
	run(t, conn, `CREATE TABLE stays (x integer, o integer, PRIMARY KEY (x, o))`)
	for _, c := range columns[2:] {
		run(t, conn, `ALTER TABLE stays ADD `+quoted(c)+` text`)
		doomed = append(doomed, Doomed{Kind: KindColumn, Table: "stays", Column: c})
	}
	run(t, conn, `INSERT INTO stays SELECT i, i, i, i FROM generate_series(1, 4) i`)
	before := dump(t, dsn)
	e := fill(t, conn, doomed...)
	moved, err := Recheck(t.Context(), conn, e.ID)
	if err != nil || len(moved) > 0 {
		t.Fatalf("nothing was written since: %v, %v", moved, err)
	}
	for _, name := range tables {
		run(t, conn, "DROP TABLE "+quoted(name))
	}
	for _, c := range columns[2:] {
		run(t, conn, "ALTER TABLE stays DROP "+quoted(c))
	}
	out := restore(t, conn, e.ID, RestoreOptions{})
	if len(out.Notes) > 0 {
		t.Errorf("notes: %q", out.Notes)
	}
	if after := dump(t, dsn); after != before {
		t.Errorf("it is not as it was:\n%s", firstDifference(before, after))
	}
	run(t, conn, `UPDATE "o" SET x = 'other' WHERE id = 2`)
	if moved, err := Recheck(t.Context(), conn, e.ID); err != nil || len(moved) != 1 || moved[0].Changed != 1 {
		t.Errorf("one row was written since: %v, %v", moved, err)
	}
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return "- " + x[i] + "\n+ " + y[i]
		}
	}
	return "one is longer"
}

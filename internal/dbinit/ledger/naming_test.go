package ledger

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
)

func TestNamesAreWrittenAsTheTableHasThem(t *testing.T) {
	t.Parallel()
	file := sqlfile.File{Name: "007_g.sql", Path: "db-init-post/007_g.sql", Number: 7, Width: 3}
	set := sqlfile.Set{Files: []sqlfile.File{file}}
	text, number := Column{Name: "name", Type: "text"}, Column{Name: "version", Type: "bigint"}
	for _, c := range []struct {
		have   []string
		column Column
		want   string
	}{
		{nil, text, "007_g.sql"},
		{nil, Column{Name: "version", Type: "text"}, "007"},
		{nil, number, "7"},
		{[]string{"001_a.sql"}, text, "007_g.sql"},
		{[]string{"001_a"}, text, "007_g"},
		{[]string{"001"}, text, "007"},
		{[]string{"1"}, text, "7"},
		{[]string{"1"}, number, "7"},
		{[]string{"db-init/001_a.sql"}, text, "db-init-post/007_g.sql"},
		{[]string{"/app/db-init/001_a.sql"}, text, "/app/db-init-post/007_g.sql"},
		{[]string{`C:\app\db-init\001_a.sql`}, text, "C:/app/db-init-post/007_g.sql"},
		{[]string{"baseline", "001_a.sql"}, text, "007_g.sql"},
	} {
		got := namingOf(c.have, c.column).encode(file)
		if got != c.want {
			t.Errorf("in a table with %q in a %s it is %q, want %q", c.have, c.column.Type, got, c.want)
		}
		if back := fileName(got, set); back != file.Name {
			t.Errorf("%q is read back as %q", got, back)
		}
	}
	for raw, want := range map[string]string{"baseline": "baseline", "8": "8", "999999999999999999999": "999999999999999999999", "": "", "x/y": "x/y"} {
		if got := fileName(raw, set); got != want {
			t.Errorf("%q names %q, want %q", raw, got, want)
		}
	}
}

func TestWhatHoldsASHA256(t *testing.T) {
	t.Parallel()
	got := map[string]bool{}
	for _, typ := range []string{"text", "character varying", "character varying(64)", "character varying(40)", "character(64)", "character(32)", "bytea", "integer", "name"} {
		got[typ] = holdsSHA256(typ)
	}
	want := map[string]bool{
		"text": true, "character varying": true, "character varying(64)": true, "character varying(40)": false,
		"character(64)": true, "character(32)": false, "bytea": false, "integer": false, "name": false,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

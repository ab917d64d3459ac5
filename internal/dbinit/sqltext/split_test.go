package sqltext

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// whole are statements that only a lexer keeps in one piece; each is valid on an
// empty database, see TestTheServerSplitsAsWeDo.
var whole = []string{
	`SELECT 'a;b'`,
	`SELECT 'it''s; fine'`,
	`SELECT 'back\'`,
	`SELECT E'it\'s; \\'`,
	"SELECT E'a'\n'b\\'; c'",
	"SELECT E'a' -- between\n  'b\\'; c'",
	"SELECT 'a'\n'b;\\'",
	`SELECT U&'d\0061t; a', U&'it''s;'`,
	`SELECT 1 AS "a;""b;"`,
	`SELECT 1 AS U&"a;\0061"`,
	`SELECT B'01', X'1F', N'n;'`,
	`SELECT $$a;b$$, $x$ a; $$ ; $y$ $x$`,
	"SELECT $tag_1$;\n$tag$;$tag_1$",
	`SELECT $ünï$;$ünï$, 'zürich;'`,
	`SELECT 1 AS a$b$c, 2 AS d$b$`,
	`SELECT 1e5, 1.5, .5, 12::text`,
	`SELECT 1 /* a; /* b; */ c; */ + 1`,
	"SELECT 1 -- a; 'b\n + 1",
	"SELECT 2 --\r + 1",
	`SELECT 3 +-1, 4 - -1, 5 - @ -1 IS NULL FROM (SELECT 1) x WHERE false`,
	`SELECT (SELECT 1)`,
	`DO $$ BEGIN PERFORM 1; PERFORM ';'; END $$`,
	"DO LANGUAGE plpgsql 'BEGIN PERFORM 1; END'",
	`CREATE TABLE t2 (a int, b text DEFAULT ';')`,
	`CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)`,
	`CREATE FUNCTION f1() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END`,
	`CREATE OR REPLACE FUNCTION f2(begin int, "end" int) RETURNS int BEGIN ATOMIC; SELECT CASE WHEN true THEN 1 ELSE 2 END; SELECT (CASE 1 WHEN 1 THEN 3 END); END`,
	`CREATE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); END`,
	`CREATE FUNCTION f3() RETURNS int LANGUAGE sql RETURN 1`,
	`CREATE FUNCTION f4(a int DEFAULT 1) RETURNS int LANGUAGE plpgsql AS $f$ BEGIN RETURN a; END; $f$`,
	`COMMENT ON TABLE t IS E'one\ntwo; \u00e9'`,
	`SAVEPOINT s`,
	`TABLE t`,
	`VALUES (1, ';'), (2, $$;$$)`,
}

func texts(stmts []Statement) []string {
	var all []string
	for _, s := range stmts {
		all = append(all, s.Text)
	}
	return all
}

func TestSplitKeepsEachStatementWhole(t *testing.T) {
	t.Parallel()
	for _, separator := range []string{";", " ;\n", ";;\n-- a comment; with 'quotes\n", "; /* ; */ ;\t", ";\r\n"} {
		stmts, err := Split(strings.Join(whole, separator) + separator)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(whole, texts(stmts)); diff != "" {
			t.Errorf("separator %q (-want +got):\n%s", separator, diff)
		}
	}
}

func TestSplitCutsWhereNothingKeepsItTogether(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"", nil},
		{" ;; -- nothing\n /* ; */ ;", nil},
		{"a;b", []string{"a", "b"}},
		{"-- head\nSELECT 1;\n-- tail", []string{"SELECT 1"}},
		{"BEGIN; SELECT 1; END; SELECT 2", []string{"BEGIN", "SELECT 1", "END", "SELECT 2"}},
		{"CREATE TABLE begin (atomic int); SELECT 1", []string{"CREATE TABLE begin (atomic int)", "SELECT 1"}},
		{"CREATE FUNCTION begin() RETURNS int LANGUAGE sql RETURN 1; SELECT 1", []string{"CREATE FUNCTION begin() RETURNS int LANGUAGE sql RETURN 1", "SELECT 1"}},
		{"SELECT nameE'a\\'; SELECT 2", []string{"SELECT nameE'a\\'", "SELECT 2"}},
		{"SELECT E'a' 'b\\'; SELECT 2", []string{"SELECT E'a' 'b\\'", "SELECT 2"}},
		{"SELECT a$$;b$$;c", []string{"SELECT a$$", "b$$", "c"}},
		{"SELECT $1$$;$$;b", []string{"SELECT $1$$;$$", "b"}},
		{"SELECT ) ; b", []string{"SELECT )", "b"}},
		{"SELECT $ ; b", []string{"SELECT $", "b"}},
	} {
		stmts, err := Split(c.in)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
		}
		if diff := cmp.Diff(c.want, texts(stmts)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.in, diff)
		}
	}
}

func TestATextThatEndsInsideOfSomethingSaysWhereItBegan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, what string
		offset   int
	}{
		{"SELECT 1; SELECT 'a;b", "a quoted string", 17},
		{"SELECT E'a\\'", "a quoted string", 7},
		{"SELECT U&'a", "a quoted string", 7},
		{`SELECT "a`, "a quoted name", 7},
		{`SELECT U&"a`, "a quoted name", 7},
		{"/* a /* b */", "a comment", 0},
		{"SELECT $x$ a $y$", "the string that $x$ opens", 7},
	} {
		_, err := Split(c.in)
		if diff := cmp.Diff(&UnfinishedError{c.what, c.offset}, err); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.in, diff)
		}
	}
}

func TestPlacesCountCharactersNotBytes(t *testing.T) {
	t.Parallel()
	text := "SELECT 'ü€😀', x;\n\tя FROM"
	for _, c := range []struct {
		find string
		want Place
	}{{"SELECT", Place{1, 1}}, {"x;", Place{1, 15}}, {"я", Place{2, 2}}, {"FROM", Place{2, 4}}} {
		offset := strings.Index(text, c.find)
		if got := At(text, offset); got != c.want {
			t.Errorf("%s is at %s, want %s", c.find, got, c.want)
		}
		position := len([]rune(text[:offset])) + 1
		if got := ByteOffset(text, position); got != offset {
			t.Errorf("character %d is at byte %d, want %d", position, got, offset)
		}
	}
	if got := ByteOffset("é", 2); got != 2 {
		t.Errorf("the position behind the end is byte %d, want 2", got)
	}
}

func TestLint(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want []Found
	}{
		{`SELECT 1`, nil},
		{`SELECT '\i', $$\copy$$, E'\\', "\x" -- \i`, nil},
		{`SELECT 1 \gset`, []Found{{PsqlCommand, `\gset`, 9}}},
		{`\connect postgres://u:secret@h/d`, []Found{{PsqlCommand, `\connect`, 0}}},
		{`\! rm x`, []Found{{PsqlCommand, `\!`, 0}}},
		{`copy t (a, b) from stdin with (format csv)`, []Found{{CopyStdin, "COPY ... FROM STDIN", 0}}},
		{`COPY "from" FROM STDIN`, []Found{{CopyStdin, "COPY ... FROM STDIN", 0}}},
		{`COPY t FROM '/tmp/stdin'`, nil},
		{`COPY t TO STDOUT`, nil},
		{`begin`, []Found{{Transaction, "BEGIN", 0}}},
		{`START TRANSACTION READ ONLY`, []Found{{Transaction, "START TRANSACTION", 0}}},
		{`COMMIT AND CHAIN`, []Found{{Transaction, "COMMIT", 0}}},
		{`END`, []Found{{Transaction, "END", 0}}},
		{`ROLLBACK`, []Found{{Transaction, "ROLLBACK", 0}}},
		{`ROLLBACK TO s`, nil},
		{`ROLLBACK TO SAVEPOINT s`, nil},
		{`SAVEPOINT s`, nil},
		{`PREPARE x AS SELECT 1`, nil},
		{`PREPARE TRANSACTION 'x'`, []Found{{Transaction, "PREPARE TRANSACTION", 0}}},
		{`CREATE INDEX CONCURRENTLY ON t (a)`, []Found{{OutsideOnly, "CREATE INDEX CONCURRENTLY", 0}}},
		{`create unique index concurrently i on t (a)`, []Found{{OutsideOnly, "CREATE INDEX CONCURRENTLY", 0}}},
		{`CREATE INDEX concurrently_made ON t (a)`, nil},
		{`CREATE INDEX ON t (concurrently)`, nil},
		{`DROP INDEX CONCURRENTLY i`, []Found{{OutsideOnly, "DROP INDEX CONCURRENTLY", 0}}},
		{`REINDEX (VERBOSE) TABLE CONCURRENTLY t`, []Found{{OutsideOnly, "REINDEX CONCURRENTLY", 0}}},
		{`REINDEX TABLE t`, nil},
		{`REINDEX DATABASE d`, []Found{{OutsideOnly, "REINDEX DATABASE", 0}}},
		{`REFRESH MATERIALIZED VIEW CONCURRENTLY m`, nil},
		{`VACUUM (ANALYZE) t`, []Found{{OutsideOnly, "VACUUM", 0}}},
		{`ANALYZE t`, nil},
		{`ALTER SYSTEM SET work_mem = 1`, []Found{{OutsideOnly, "ALTER SYSTEM", 0}}},
		{`CREATE DATABASE d`, []Found{{OutsideOnly, "CREATE DATABASE", 0}}},
		{`ALTER DATABASE d SET work_mem = 1`, nil},
		{`ALTER DATABASE d SET TABLESPACE x`, []Found{{OutsideOnly, "ALTER DATABASE SET TABLESPACE", 0}}},
		{`ALTER TABLE p DETACH PARTITION c CONCURRENTLY`, []Found{{OutsideOnly, "ALTER TABLE DETACH PARTITION CONCURRENTLY", 0}}},
		{`ALTER TYPE e ADD VALUE 'x'`, nil},
		{`CLUSTER`, []Found{{OutsideOnly, "CLUSTER", 0}}},
		{`CLUSTER t USING i`, nil},
		{`DISCARD ALL`, []Found{{OutsideOnly, "DISCARD ALL", 0}}},
		{`SET standard_conforming_strings = on`, nil},
		{`SET LOCAL standard_conforming_strings TO 'on'`, nil},
		{`SET standard_conforming_strings = off`, []Found{{StringsUnsafe, "SET standard_conforming_strings", 0}}},
	} {
		if diff := cmp.Diff(c.want, Lint(c.in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.in, diff)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{`Plate`: "plate", `"Plate"`: "Plate", `"a""b"`: `a"b`, `Ünï`: "Ünï"} {
		if got, ok := Tokens(in)[0].Name(); !ok || got != want {
			t.Errorf("%s names %q, want %q", in, got, want)
		}
	}
	if _, ok := Tokens(`U&"a"`)[0].Name(); ok {
		t.Error("escapes of U& are not undone, so it must not name anything")
	}
}

// FuzzSplit holds what is true of every text: the statements are pieces of it, in
// order; between them is nothing but spaces, comments and semicolons; and each is
// one statement again.
func FuzzSplit(f *testing.F) {
	for _, s := range whole {
		f.Add(s + "; " + s)
	}
	f.Add("SELECT $a$ ; 'b /* \\")
	f.Add("\\i x\nCOPY t FROM stdin;\n1\t2\n\\.\n")
	f.Fuzz(func(t *testing.T, text string) {
		stmts, err := Split(text)
		end := 0
		for i, s := range stmts {
			if s.Offset < end || text[s.Offset:s.Offset+len(s.Text)] != s.Text || s.Text == "" {
				t.Fatalf("statement %d of %q is no piece of it: %+v", i, text, s)
			}
			for _, token := range Tokens(text[end:s.Offset]) {
				if token.Kind != Semicolon {
					t.Fatalf("%q was left out before statement %d of %q", token.Text, i, text)
				}
			}
			end = s.Offset + len(s.Text)
			again, againErr := Split(s.Text)
			if len(again) != 1 || again[0] != (Statement{s.Text, 0}) || (againErr != nil) != (err != nil && i == len(stmts)-1) {
				t.Fatalf("%q is one statement of %q, and split again %+v, %v", s.Text, text, again, againErr)
			}
			Lint(s.Text)
			place := At(text, s.Offset)
			if place.Line < 1 || place.Column < 1 {
				t.Fatalf("place %v", place)
			}
		}
	})
}

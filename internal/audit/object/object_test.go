package object

import (
	"slices"
	"strings"
	"testing"
)

func TestKeyWords(t *testing.T) {
	t.Parallel()
	for want, k := range map[string]Key{
		"index public.t.i":                {Index, "public", "t", "i"},
		`index public."T"."a b"`:          {Index, "public", "T", "a b"},
		"row security s.t":                {RowSecurity, "s", "t", "t"},
		"extension postgis":               {Extension, "", "", "postgis"},
		"function s.f(integer, text)":     {Function, "s", "", "f(integer, text)"},
		"comment table column public.t.a": {Comment, "public", "t", "table column public.t.a"},
		`schema "1st"`:                    {Schema, "", "", "1st"},
		`table public."a""b"`:             {Table, "public", "", `a"b`},
	} {
		if got := k.String(); got != want {
			t.Errorf("%#v is called %q, not %q", k, got, want)
		}
	}
}

func TestKindsAreRankedOnce(t *testing.T) {
	t.Parallel()
	all := Kinds()
	for i, k := range all {
		if k.Rank() != i {
			t.Errorf("%s stands twice", k)
		}
	}
	for _, pair := range [][2]Kind{{Extension, Table}, {Enum, Table}, {Sequence, Table}, {Table, Index}, {Unique, ForeignKey}, {Table, View}, {Function, Trigger}, {View, Comment}, {Comment, EventTrigger}} {
		if pair[0].Rank() >= pair[1].Rank() {
			t.Errorf("%s comes after %s", pair[0], pair[1])
		}
	}
	if Kind("x").Rank() != len(all) {
		t.Error("an unknown kind has a rank")
	}
}

func TestGuardEndsWhereItEnds(t *testing.T) {
	t.Parallel()
	for _, sql := range []string{"SELECT 1;", "SELECT '$do$';", "$do$ $do1$", "$do2$$do$$do1$"} {
		got := guard(sql)
		tag, _, _ := strings.Cut(strings.TrimPrefix(got, "DO "), " ")
		if strings.Count(got, tag) != 2 || strings.Contains(sql, tag) {
			t.Errorf("%q is guarded by %q", sql, got)
		}
	}
}

func TestLiteral(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"a": "'a'", "it's": "'it''s'", `a\b'`: ` E'a\\b'''`} {
		if got := Literal(text); got != want {
			t.Errorf("Literal(%q) is %s", text, got)
		}
	}
}

// TestEveryMacroIsKnown: a part of a query that nothing replaces would be asked as it stands.
func TestEveryMacroIsKnown(t *testing.T) {
	t.Parallel()
	entries, err := queries.ReadDir("queries")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name, _ := strings.CutSuffix(e.Name(), ".sql")
		if !slices.Contains(files(), name) {
			t.Errorf("%s is never asked", e.Name())
		}
		text, err := queries.ReadFile("queries/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if sql := expand(string(text)); strings.Contains(strings.NewReplacer("topology)$'", "", "1$I", "", "2$I", "").Replace(sql), "$") {
			t.Errorf("%s has a macro that nothing replaces", e.Name())
		}
	}
	if len(entries) != len(files()) {
		t.Errorf("%d queries and %d names", len(entries), len(files()))
	}
}

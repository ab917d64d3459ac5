package plan

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/schemaguard/schemaguard/internal/finding"
)

// TestFacts tells plans with what the snapshot does not show from plans without.
func TestFacts(t *testing.T) {
	t.Parallel()
	no, yes := false, true
	a := Table{PrimaryKey: "id", Columns: []string{"id", "title"}}
	pinned := a
	pinned.Pinned = map[string]string{"": "the view v"}
	for _, c := range []struct {
		name, golden, version string
		facts                 Facts
		fails                 string // a part of Fails; empty: must not fail
	}{
		{"a view", "empty", "12.4.1", Facts{Tables: map[string]Table{"a": pinned}}, "the view v depends on it"},
		{"no view", "empty", "12.4.1", Facts{Tables: map[string]Table{"a": a}}, ""},
		{"foreign key of an unknown table", "empty", "12.4.1", Facts{
			Tables:      map[string]Table{"a": a, "k": {Columns: []string{"a"}}},
			ForeignKeys: []ForeignKey{{Name: "k_a", Table: "k", Column: "a", ForeignTable: "a", ForeignColumn: "id"}},
		}, "k is no collection"},
		{"untracked table", "created_under_a_missing_group", "12.4.1", Facts{}, "has no table"},
		{"table there already", "created", "12.4.1", Facts{Tables: map[string]Table{"a": a, "b": {PrimaryKey: "id", Columns: []string{"id"}}}}, "table b already exists"},
		{"row there already", "created", "12.4.1", Facts{Tables: map[string]Table{"a": a}, CollectionRows: []string{"g"}}, "collection g already has a row"},
		{"field row there already", "created", "12.4.1", Facts{Tables: map[string]Table{"a": a}, FieldRows: map[string][]string{"a": {"more"}}}, "field a.more already exists"},
		{"column there already", "created", "12.4.1", Facts{Tables: map[string]Table{"a": {PrimaryKey: "id", Columns: []string{"id", "more"}}}}, "field a.more already exists"},
		{"nothing in the way", "created", "12.4.1", Facts{Tables: map[string]Table{"a": a}, Licensed: &no}, ""},
		{"index by another name", "no_system_fields", "12.4.1", Facts{Tables: map[string]Table{
			"a":                 a,
			"directus_activity": {PrimaryKey: "id", Indexes: map[string]string{"timestamp": "mine"}},
		}, Licensed: &yes}, "is called mine"},
	} {
		archive, err := txtar.ParseFile("testdata/" + c.golden + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		p := Simulate(decode(t, archive, "live.yaml"), decode(t, archive, "target.yaml"), version(t, c.version), c.facts)
		if c.fails == "" && p.Fails != "" || !strings.Contains(p.Fails, c.fails) {
			t.Errorf("%s: fails %q, want %q", c.name, p.Fails, c.fails)
		}
		if p.Fails != "" && p.FailsCode != finding.ApplyFails {
			t.Errorf("%s: code %s", c.name, p.FailsCode)
		}
	}
}

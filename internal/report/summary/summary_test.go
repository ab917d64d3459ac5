package summary

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

func change(kind, name string, class threeway.Class, boot string) policy.Change {
	return policy.Change{Item: kind + " " + name, Kind: kind, Name: name, Class: class, Boot: boot}
}

func TestLossText(t *testing.T) {
	t.Parallel()
	for want, l := range map[string]policy.Loss{
		"1,204 rows of orders":            {What: "rows of orders", Count: 1204},
		"~5,000,000 rows of positions":    {What: "rows of positions", Count: 5_000_000, Estimate: true},
		"rows of devices not counted":     {What: "rows of devices", Count: -1},
		"1 row of orders":                 {What: "rows of orders", Count: 1},
		"0 rows of orders":                {What: "rows of orders", Count: 0},
		"1 entry of x":                    {What: "entries of x", Count: 1},
		"1 foreign key from x":            {What: "foreign key from x", Count: 1},
		"~1 value":                        {What: "values", Count: 1, Estimate: true},
		"-1,000,000 is nothing":           {What: "is nothing", Count: 0},
		"9,223,372,036,854,775,807 rows":  {What: "rows", Count: 9223372036854775807},
		"999 values of a.b longer than 5": {What: "values of a.b longer than 5", Count: 999},
	} {
		if want == "-1,000,000 is nothing" {
			want = "0 is nothing"
		}
		if got := lossText(l); got != want {
			t.Errorf("lossText(%+v) = %q, want %q", l, got, want)
		}
	}
	if got := amount.Thousands(-1234567); got != "-1,234,567" {
		t.Errorf("Thousands = %q", got)
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]struct {
		parts []string
		limit int
	}{
		"": {nil, 0}, "a": {[]string{"a"}, 0}, "a and b": {[]string{"a", "b"}, 0}, "a, b and c": {[]string{"a", "b", "c"}, 3}, "a, b and 2 more": {[]string{"a", "b", "c", "d"}, 2},
	} {
		if got := List(c.parts, c.limit); got != want {
			t.Errorf("List(%q, %d) = %q", c.parts, c.limit, got)
		}
	}
}

func TestOnlyWhatIsCoveredIsFolded(t *testing.T) {
	t.Parallel()
	under := func(collection string, c policy.Change) policy.Change { c.Under = collection; return c }
	v := &policy.Verdict{Changes: []policy.Change{
		under("a.b", change("field", "a.b.f", threeway.Ahead, "")), // whatever its class
		change("collection", "a.b", threeway.UnsavedCreate, ""),
		change("collection", "c", threeway.UnsavedEdit, ""),
		change("field", "c.f", threeway.UnsavedEdit, ""), // an edit of its own
		under("a.b", change("relation", "a.b.f", threeway.UnsavedCreate, "")),
		under("lost", change("field", "lost.f", threeway.UnsavedCreate, "")), // nothing covers it after all
	}, Findings: []finding.Finding{
		{Code: finding.FieldDrop, Item: "field a.b.f"}, {Code: finding.AliasFlip, Item: "relation a.b.f"}, {Code: finding.CRLF},
	}}
	groups, rest := Groups(v, false)
	var got []string
	for _, g := range groups {
		for _, e := range g.Entries {
			line := g.Class.String() + " " + e.Item + " +" + e.With()
			for _, f := range e.Findings {
				line += " " + string(f.Code)
			}
			got = append(got, line)
		}
	}
	want := []string{
		"unsaved create collection a.b +1 field and 1 relation ALIAS_FLIP", "unsaved create field lost.f +",
		"unsaved edit collection c +", "unsaved edit field c.f +",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(rest) != 1 || rest[0].Code != finding.CRLF {
		t.Errorf("rest = %v", rest)
	}
	groups, _ = Groups(v, true)
	if n := len(groups[0].Entries); n != 3 || groups[0].Size() != 1 {
		t.Errorf("verbose: %d unsaved creates of size %d, want 3 of size 1", n, groups[0].Size())
	}
}

func TestBiggest(t *testing.T) {
	t.Parallel()
	data := []policy.Loss{{What: "rows of a", Count: 2, Data: true}, {What: "rows of b", Count: 0, Data: true}, {What: "rows of c", Count: -1, Data: true}, {What: "rows of d", Count: 9, Data: true}}
	other := []policy.Loss{{What: "permissions of a", Count: 50}}
	if diff := cmp.Diff([]string{"rows of c not counted", "9 rows of d", "2 rows of a"}, Biggest(append(other, data...))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"50 permissions of a"}, Biggest(other)); diff != "" {
		t.Error(diff)
	}
}

func TestHarmOfWhatCommitsAskFor(t *testing.T) {
	t.Parallel()
	drop := change("collection", "old", threeway.CommittedDrop, "drops the table")
	drop.Loses, drop.Loss = true, []policy.Loss{{What: "rows of old", Count: 3, Data: true}}
	edit := change("field", "a.b", threeway.UnsavedEdit, "overwrites it")
	edit.Loses = true
	for want, changes := range map[string][]policy.Change{
		"": {change("field", "a.c", threeway.PendingCreate, "")},
		"the next boot deletes what commits removed or narrowed: 1 collection (3 rows of old)": {drop},
		"the next boot destroys work in 1 field":                                               {edit, drop},
	} {
		groups, _ := Groups(&policy.Verdict{Changes: changes}, false)
		if got := Harm(groups); got != want {
			t.Errorf("harm = %q, want %q", got, want)
		}
	}
}

func TestEveryClassHasAMeaningAndAPlace(t *testing.T) {
	t.Parallel()
	placed := map[threeway.Class]bool{}
	for _, class := range classOrder() {
		placed[class] = true
	}
	for class := threeway.InSync + 1; class.String() != "unknown"; class++ {
		if !placed[class] || Meaning(class) == "" {
			t.Errorf("%s has no place or no meaning", class)
		}
	}
}

func TestNextFallsBackToTheFixes(t *testing.T) {
	t.Parallel()
	v := &policy.Verdict{Findings: []finding.Finding{
		{Severity: finding.Note, Fix: "note"},
		{Severity: finding.Warning, Fix: "warn"},
		{Severity: finding.Warning, Fix: "refuses", Refuses: true},
		{Severity: finding.Danger, Fix: "warn"},
	}}
	if diff := cmp.Diff([]string{"refuses", "warn"}, Next(v)); diff != "" {
		t.Error(diff)
	}
	v.Next = []string{"next"}
	if diff := cmp.Diff([]string{"next"}, Next(v)); diff != "" {
		t.Error(diff)
	}
}

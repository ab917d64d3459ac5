package policy

import (
	"fmt"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

func item(t testing.TB, name string) *snapshot.Item {
	t.Helper()
	v, err := jsvalue.ParseJSON(fmt.Appendf(nil, `{"collection":%q,"meta":{"note":null},"schema":{"name":%q}}`, name, name))
	if err != nil {
		t.Fatal(err)
	}
	return &snapshot.Item{Key: snapshot.Key{Kind: snapshot.Collection, Collection: name}, Value: v, Line: 7}
}

// TestRules says of every class what each rule makes of it: a guard that always
// said yes, or always no, fails here.
func TestRules(t *testing.T) {
	t.Parallel()
	drop := func(rows int64) (*plan.Plan, map[plan.Effect]Count) {
		e := plan.Effect{Op: plan.DropTable, Table: "c"}
		p := &plan.Plan{Actions: []plan.Action{{Key: item(t, "c").Key, Verb: plan.Drop, Code: finding.CollectionDrop, Effects: []plan.Effect{e}}}}
		return p, map[plan.Effect]Count{e: {N: rows}}
	}
	for _, c := range []struct {
		name         string
		class        threeway.Class
		rows         int64 // of the table that a boot drops; -2: a boot drops nothing, -1: not counted
		commit, boot bool  // refuses
		code         finding.Code
	}{
		{"unsaved create", threeway.UnsavedCreate, 5, true, true, finding.CollectionDrop},
		{"unsaved create without rows", threeway.UnsavedCreate, 0, true, true, finding.CollectionDrop},
		{"unsaved delete", threeway.UnsavedDelete, -2, true, true, finding.DeleteUndone},
		{"unsaved edit", threeway.UnsavedEdit, -2, true, true, finding.EditLost},
		{"conflict", threeway.Conflict, -2, true, true, finding.Conflict},
		{"ahead", threeway.Ahead, 5, false, true, finding.Ahead},
		{"ahead without rows", threeway.Ahead, 0, false, true, finding.Ahead},
		{"committed drop with rows", threeway.CommittedDrop, 5, false, true, finding.CommittedDrop},
		{"committed drop, not counted", threeway.CommittedDrop, -1, false, true, finding.CommittedDrop},
		{"committed drop without rows", threeway.CommittedDrop, 0, false, false, finding.CommittedDrop},
		{"pending create", threeway.PendingCreate, -2, false, false, finding.PendingCreate},
		{"pending update", threeway.PendingUpdate, -2, false, false, finding.PendingUpdate},
	} {
		for _, rule := range []Rule{Commit, Boot} {
			want := c.commit
			if rule == Boot {
				want = c.boot
			}
			change := threeway.Change{Key: item(t, "c").Key, Class: c.class, Live: item(t, "c"), Target: item(t, "c")}
			switch c.class {
			case threeway.UnsavedCreate, threeway.CommittedDrop:
				change.Target = nil
			case threeway.UnsavedDelete, threeway.PendingCreate:
				change.Live = nil
			}
			in := Input{Rule: rule, Guard: true, Changes: []threeway.Change{change}, Plan: &plan.Plan{}}
			if c.rows > -2 {
				in.Plan, in.Loss = drop(c.rows)
			}
			v := Judge(in)
			if got := v.State == Refused; got != want {
				t.Errorf("%s under rule %d: refused is %t, want %t", c.name, rule, got, want)
			}
			code := c.code
			if code == finding.Ahead && rule == Boot {
				code = finding.StaleTarget
			}
			if v.Findings[0].Code != code {
				t.Errorf("%s: code %s, want %s", c.name, v.Findings[0].Code, code)
			}
			in.Guard = false
			if v := Judge(in); (v.State == Drift) != want {
				t.Errorf("%s under rule %d without a guard: %s", c.name, rule, v.State)
			}
		}
	}
}

// A missing key that Directus takes for a deletion refuses everywhere, although
// its class is only pending.
func TestBugRefuses(t *testing.T) {
	t.Parallel()
	e := plan.Effect{Op: plan.DropTable, Table: "c"}
	action := plan.Action{Key: item(t, "c").Key, Verb: plan.Drop, Code: finding.MetaKeyMissing, Cause: "its meta lacks color", Effects: []plan.Effect{e}}
	p := &plan.Plan{Actions: []plan.Action{action}}
	change := threeway.Change{Key: item(t, "c").Key, Class: threeway.PendingUpdate, Live: item(t, "c"), Target: item(t, "c")}
	for _, in := range []Input{
		{Rule: Commit, Guard: true, Plan: p, Changes: []threeway.Change{change}, Loss: map[plan.Effect]Count{e: {N: 3}}},
		{Rule: Commit, Guard: true, Plan: p, Loss: map[plan.Effect]Count{e: {N: 3}}}, // the sides agree, a migration makes them differ
	} {
		v := Judge(in)
		if v.State != Refused || v.Findings[0].Code != finding.MetaKeyMissing {
			t.Errorf("%s: %+v", v.State, v.Findings)
		}
		if !strings.Contains(v.Findings[0].Message+v.Findings[0].Harm, "color") || !strings.Contains(v.Findings[0].Harm, "3 rows of c") {
			t.Errorf("cause or loss are not named: %+v", v.Findings[0])
		}
	}
}

func TestFieldsOfACollectionAreCoveredByIt(t *testing.T) {
	t.Parallel()
	field := item(t, "c")
	field.Key = snapshot.Key{Kind: snapshot.Field, Collection: "c", Field: "x"}
	other := item(t, "d")
	other.Key = snapshot.Key{Kind: snapshot.Field, Collection: "d", Field: "x"}
	v := Judge(Input{Rule: Commit, Changes: []threeway.Change{
		{Key: item(t, "c").Key, Class: threeway.UnsavedCreate, Live: item(t, "c")},
		{Key: field.Key, Class: threeway.UnsavedCreate, Live: field},
		{Key: other.Key, Class: threeway.UnsavedCreate, Live: other},
	}})
	if v.Counts.Unsaved != 2 || len(v.Findings) != 2 {
		t.Errorf("%d unsaved, %d findings; want the collection and the other field", v.Counts.Unsaved, len(v.Findings))
	}
	if v.Changes[1].Under != "c" || v.Changes[2].Under != "" {
		t.Errorf("under %q and %q", v.Changes[1].Under, v.Changes[2].Under)
	}
}

func TestInvalidFileIsNeverClean(t *testing.T) {
	t.Parallel()
	v := Judge(Input{Rule: Commit, Problems: []finding.Finding{{Code: finding.SnapshotTruncated, Severity: finding.Invalid}}})
	if v.State != NotRun || v.ExitCode() != 5 {
		t.Errorf("%s, exit %d", v.State, v.ExitCode())
	}
	if v := Unable(finding.Unreachable, "no database", ""); v.State != NotRun || v.ExitCode() != 3 {
		t.Errorf("%s, exit %d", v.State, v.ExitCode())
	}
	if v := (Verdict{}); v.ExitCode() == 0 {
		t.Error("a verdict without a state counts as clean")
	}
}

package policy

import (
	"testing"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

func unsaved(t *testing.T) threeway.Change {
	t.Helper()
	return threeway.Change{Key: item(t, "c").Key, Class: threeway.UnsavedEdit, Live: item(t, "c"), Target: item(t, "c")}
}

// Where commits are put together unsaved work is named and refuses nothing; a
// key that makes Directus drop a table, and what the merge itself lost, do.
func TestJoin(t *testing.T) {
	t.Parallel()
	v := Judge(Input{Rule: Join, Guard: true, Changes: []threeway.Change{unsaved(t)}, HandEdited: map[snapshot.Key]bool{item(t, "c").Key: true}, Staged: true})
	if v.State != Clean || v.Counts.Unsaved != 1 || len(v.Findings) != 1 || v.Findings[0].Severity != finding.Warning {
		t.Errorf("unsaved work in a merge: %s, %+v", v.State, v.Findings)
	}
	bug := &plan.Plan{Actions: []plan.Action{{Key: item(t, "c").Key, Verb: plan.Drop, Code: finding.MetaKeyMissing}}}
	if v := Judge(Input{Rule: Join, Guard: true, Changes: []threeway.Change{unsaved(t)}, Plan: bug}); v.State != Refused {
		t.Errorf("a missing meta key in a merge: %s", v.State)
	}
	lost := finding.Finding{Code: finding.MergeLost, Severity: finding.Danger, Refuses: true, Item: "collection z", Fix: "git checkout --merge -- x"}
	v = Judge(Input{Rule: Join, Guard: true, Changes: []threeway.Change{unsaved(t)}, Problems: []finding.Finding{lost}})
	if v.State != Refused || v.Summary != "1 unsaved, 1 lost in the merge" || v.Next != nil {
		t.Errorf("lost in a merge: %s, %q, next %q", v.State, v.Summary, v.Next)
	}
}

func TestMine(t *testing.T) {
	t.Parallel()
	key := item(t, "c").Key
	for _, c := range []struct {
		name   string
		mine   []string
		author Author
		want   State
	}{
		{"everybody's counts", nil, Author{Action: "update", Email: "anna@example.com"}, Refused},
		{"somebody else's", []string{"bob@example.com"}, Author{Action: "update", Email: "anna@example.com"}, Clean},
		{"one's own, in other letters", []string{"Anna@Example.com"}, Author{Action: "update", Email: "anna@example.com"}, Refused},
		{"nobody is known", []string{"bob@example.com"}, Author{Action: "update"}, Refused},
		{"the last known change is of another kind", []string{"bob@example.com"}, Author{Action: "create", Email: "anna@example.com"}, Refused},
		{"nobody is asked for", []string{}, Author{Action: "update", Email: "anna@example.com"}, Clean},
	} {
		v := Judge(Input{Rule: Commit, Guard: true, Mine: c.mine, Changes: []threeway.Change{unsaved(t)}, Authors: map[snapshot.Key]Author{key: c.author}})
		if v.State != c.want || v.Counts.Unsaved != 1 {
			t.Errorf("%s: %s with %d unsaved", c.name, v.State, v.Counts.Unsaved)
		}
	}
}

// An edit by hand refuses where it is about to be committed, and nowhere else.
func TestHandEdit(t *testing.T) {
	t.Parallel()
	pending := threeway.Change{Key: item(t, "c").Key, Class: threeway.PendingUpdate, Live: item(t, "c"), Target: item(t, "c")}
	for _, c := range []struct {
		name   string
		rule   Rule
		staged bool
		edited bool
		want   State
	}{
		{"staged", Commit, true, true, Refused},
		{"in the worktree", Commit, false, true, Clean},
		{"staged, for a boot", Boot, true, true, Clean},
		{"staged, not edited", Commit, true, false, Clean},
	} {
		v := Judge(Input{Rule: c.rule, Guard: true, Staged: c.staged, Changes: []threeway.Change{pending}, HandEdited: map[snapshot.Key]bool{pending.Key: c.edited}})
		if v.State != c.want {
			t.Errorf("%s: %s, %+v", c.name, v.State, v.Findings)
		}
	}
}

// The command that fixes it never takes out what somebody else committed.
func TestNext(t *testing.T) {
	t.Parallel()
	pending := threeway.Change{Key: snapshot.Key{Kind: snapshot.Collection, Collection: "p"}, Class: threeway.PendingCreate, Target: item(t, "p")}
	drop := threeway.Change{Key: snapshot.Key{Kind: snapshot.Collection, Collection: "d"}, Class: threeway.CommittedDrop, Live: item(t, "d")}
	conflict := threeway.Change{Key: snapshot.Key{Kind: snapshot.Collection, Collection: "x"}, Class: threeway.Conflict, Live: item(t, "x"), Target: item(t, "x")}
	for _, c := range []struct {
		changes []threeway.Change
		first   string
	}{
		{[]threeway.Change{unsaved(t)}, "schemaguard snapshot --stage"},
		{[]threeway.Change{unsaved(t), pending}, "schemaguard snapshot --keep-pending --stage"},
		{[]threeway.Change{unsaved(t), drop}, "schemaguard snapshot --keep-pending --stage"},
		{[]threeway.Change{unsaved(t), pending, conflict}, "schemaguard diff live schema.yaml"},
	} {
		v := Judge(Input{Rule: Commit, Guard: true, File: "schema.yaml", Changes: c.changes})
		if len(v.Next) == 0 || v.Next[0] != c.first {
			t.Errorf("%d changes: next %q, want %q first", len(c.changes), v.Next, c.first)
		}
	}
}

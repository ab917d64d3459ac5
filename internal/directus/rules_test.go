package directus

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func version(t *testing.T, s string) Version {
	t.Helper()
	v, err := ParseVersion(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestRulesFor holds the whole rule set of the five releases that the conformance fixtures were made with.
func TestRulesFor(t *testing.T) {
	t.Parallel()
	v10 := Rules{
		CastTimestampWins: true, DropsProtoKeys: true, SortsArrays: true, ListsUntracked: true, UnderscoreNumbersQuoted: true,
		MissingMetaKeyIgnored: true, ExtraMetaKeyFails: true, KeepsGroupedCollections: true, DropsUntrackedColumns: true,
		DropsUntrackedRelations: true,
	}
	v118 := Rules{
		CastTimestampWins: true, DropsProtoKeys: true, HasIsIndexed: true, ListsUntracked: true, UnderscoreNumbersQuoted: true,
		FirstDiffKindDropsCollection: true, ExtraMetaKeyFails: true, DropsUntrackedTables: true, DropsUntrackedColumns: true,
		DropsUntrackedRelations: true, AliasFlipRecreates: true, IgnoreRulesFlag: true,
	}
	v1117 := Rules{
		HasIsIndexed: true, HasSystemFields: true, UnderscoreNumbersQuoted: true, FirstDiffKindDropsCollection: true,
		ExtraMetaKeyFails: true, AliasFlipRecreates: true, IgnoreRulesFlag: true,
	}
	v123 := v1117
	v123.UnderscoreNumbersQuoted, v123.PartialSnapshots, v123.CollectionLimit = false, true, 25
	v124 := v123
	v124.FirstDiffKindDropsCollection, v124.ExtraMetaKeyFails, v124.ReplacesWholeMeta = false, false, true
	for s, want := range map[string]Rules{
		"9.0.0": oldest(), "10.0.0": oldest(), "10.13.4": v10, "11.1.0": v10, "11.8.0": v118, "11.17.4": v1117, "12.3.0": v123,
		"12.4.1": v124, "12.4.0-rc.1": v124, "13.0.0": v124,
	} {
		if diff := cmp.Diff(want, RulesFor(version(t, s))); diff != "" {
			t.Errorf("rules of %s (-want +got):\n%s", s, diff)
		}
	}
	if diff := cmp.Diff(oldest(), RulesFor(Version{})); diff != "" {
		t.Errorf("rules of no version:\n%s", diff)
	}
}

func TestEveryChangeChangesSomething(t *testing.T) {
	t.Parallel()
	var since Version
	r := oldest()
	for _, c := range changes() {
		if c.Since.Compare(since) < 0 || c.After.Compare(c.Since) >= 0 {
			t.Errorf("%s: after %v since %v follows %v", c.What, c.After, c.Since, since)
		}
		since = c.Since
		if c.What == "" || !strings.HasPrefix(c.Source, packages) && !strings.HasPrefix(c.Source, "https://github.com/") {
			t.Errorf("%+v: not said what and where", c)
		}
		before := r
		if c.apply(&r); r == before {
			t.Errorf("%s changes nothing", c.What)
		}
	}
}

func TestUncertain(t *testing.T) {
	t.Parallel()
	for _, v := range Releases() {
		if got := Uncertain(v); len(got) != 0 {
			t.Errorf("%v was looked at, yet uncertain: %v", v, got[0].What)
		}
	}
	got := Uncertain(version(t, "11.12.0"))
	if len(got) != 1 || !strings.Contains(got[0].What, "system fields") {
		t.Errorf("11.12.0: %v", got)
	}
}

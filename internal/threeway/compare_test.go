package threeway

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// collection makes a snapshot of one collection "c" whose note says which
// version it is; "" makes an empty one.
func collection(version string) *snapshot.Snapshot {
	s := snapshot.New(snapshot.FormatFull, "12.4.1", "postgres")
	if version != "" {
		add(s, "c", version)
	}
	return s
}

func add(s *snapshot.Snapshot, name, note string) {
	v, err := jsvalue.ParseJSON(fmt.Appendf(nil, `{"collection":%q,"meta":{"note":%q},"schema":{"name":%q}}`, name, note, name))
	if err != nil {
		panic(err)
	}
	s.Add(snapshot.Item{Key: snapshot.Key{Kind: snapshot.Collection, Collection: name}, Value: v})
}

// TestClassify is the table of the three-way comparison, a case a row, with the
// cases in which one fact more turns the row into its neighbour.
func TestClassify(t *testing.T) {
	t.Parallel()
	behind, known, nowhere := Past{Behind: true, Known: true}, Past{Known: true, Branch: "feature"}, Past{}
	for _, c := range []struct {
		name               string
		live, target, sync string // versions of one item; "-" for no sync point at all
		past               Past
		want               Class
	}{
		{"only live, removed by a commit", "1", "", "1", behind, CommittedDrop},
		{"only live, on another branch", "1", "", "1", known, Ahead},
		{"only live, nowhere in git", "1", "", "", nowhere, UnsavedCreate},
		{"only live, nowhere in git, no sync point", "1", "", "-", nowhere, UnsavedCreate},
		{"only target, deleted in live", "", "1", "1", nowhere, UnsavedDelete},
		{"only target, deleted in live, other version", "", "2", "1", nowhere, UnsavedDelete},
		{"only target, new", "", "1", "", nowhere, PendingCreate},
		{"only target, no sync point", "", "1", "-", nowhere, PendingCreate},
		{"differ, live moved since the sync point", "2", "1", "1", nowhere, UnsavedEdit},
		{"differ, live moved back to an old version", "0", "1", "1", behind, UnsavedEdit},
		{"differ, live moved to a version of a branch", "2", "1", "1", known, UnsavedEdit},
		{"differ, live is behind", "1", "2", "1", behind, PendingUpdate},
		{"differ, live is behind, no sync point", "1", "2", "-", behind, PendingUpdate},
		{"differ, live's version is on a branch", "2", "1", "2", known, Ahead},
		{"differ, nowhere in git, target did not move", "2", "1", "1", nowhere, UnsavedEdit},
		{"differ, nowhere in git, target moved too", "2", "3", "1", nowhere, Conflict},
		{"differ, nowhere in git, made on both sides", "2", "3", "", nowhere, Conflict},
		{"differ, nowhere in git, live as last written", "1", "0", "1", nowhere, UnsavedEdit},
		{"differ, nowhere in git, no sync point", "2", "1", "-", nowhere, UnsavedEdit},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var sync SyncPoint
			if c.sync != "-" {
				sync = collection(c.sync).Digests()
			}
			diffs := Differences(collection(c.live), collection(c.target))
			if len(diffs) != 1 {
				t.Fatalf("%d differences, want 1", len(diffs))
			}
			got := Classify(diffs, sync, map[snapshot.Key]Past{diffs[0].Key: c.past})
			if got[0].Class != c.want {
				t.Errorf("class is %q, want %q", got[0].Class, c.want)
			}
			if (got[0].Branch != "") != (c.want == Ahead) {
				t.Errorf("branch is %q", got[0].Branch)
			}
		})
	}
}

func TestDifferencesOfEqualSnapshotsAreNone(t *testing.T) {
	t.Parallel()
	a, b := snapshot.New(1, "12.4.1", "postgres"), snapshot.New(1, "11.8.0", "postgres")
	for _, name := range []string{"x", "y", "z"} {
		add(a, name, "n")
	}
	for _, name := range []string{"z", "x", "y"} {
		add(b, name, "n")
	}
	if got := Differences(a, b); len(got) != 0 {
		t.Errorf("order alone made %d differences", len(got))
	}
	if got := Differences(a, a); len(got) != 0 {
		t.Errorf("a snapshot differs from itself in %d items", len(got))
	}
}

func TestDifferencesSwapWithTheirSides(t *testing.T) {
	t.Parallel()
	a, b := snapshot.New(1, "", ""), snapshot.New(1, "", "")
	add(a, "only_a", "n")
	add(b, "only_b", "n")
	add(a, "both", "1")
	add(b, "both", "2")
	there, back := Differences(a, b), Differences(b, a)
	if len(there) != 3 || len(back) != 3 {
		t.Fatalf("%d and %d differences, want 3", len(there), len(back))
	}
	for i := range there {
		if there[i].Key != back[i].Key || there[i].Live != back[i].Target || there[i].Target != back[i].Live {
			t.Errorf("%s does not swap", there[i].Key)
		}
	}
}

func TestDifferencesLeaveAutoIncrementedKeysAlone(t *testing.T) {
	t.Parallel()
	key := func(auto bool, def, note string) *snapshot.Snapshot {
		v, err := jsvalue.ParseJSON(fmt.Appendf(nil, `{"collection":"c","field":"id","type":"integer","meta":{"note":%q},
			"schema":{"default_value":%q,"is_primary_key":true,"has_auto_increment":%t}}`, note, def, auto))
		if err != nil {
			t.Fatal(err)
		}
		s := snapshot.New(1, "12.4.1", "postgres")
		s.Add(snapshot.Item{Key: snapshot.Key{Kind: snapshot.Field, Collection: "c", Field: "id"}, Value: v})
		return s
	}
	for _, c := range []struct {
		name         string
		live, target *snapshot.Snapshot
		want         int
	}{
		{"other sequence", key(true, "nextval('a')", ""), key(true, "nextval('b')", ""), 0},
		{"other note", key(true, "nextval('a')", ""), key(true, "nextval('a')", "x"), 1},
		{"live is not counted up", key(false, "1", ""), key(false, "2", ""), 1},
		{"only the file says so", key(false, "1", ""), key(true, "1", ""), 1},
	} {
		if got := Differences(c.live, c.target); len(got) != c.want {
			t.Errorf("%s: %d differences, want %d", c.name, len(got), c.want)
		}
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	parse := func(s string) jsvalue.Value {
		v, err := jsvalue.ParseJSON([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	got := Paths(parse(`{"a":1,"b":{"c":[1,{"d":2}],"gone":null},"same":"x"}`), parse(`{"a":"1","b":{"c":[1,{"d":3},4]},"same":"x","new":{}}`))
	want := []Path{{"a", "1", `"1"`}, {"b.c[1].d", "2", "3"}, {"b.c[2]", "", "4"}, {"b.gone", "null", ""}, {"new", "", "{}"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

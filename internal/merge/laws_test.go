package merge

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// TestLaws holds the merge to its laws on the real snapshots that are at hand.
func TestLaws(t *testing.T) {
	t.Parallel()
	files := []string{filepath.Join("..", "..", "snapshots", "schema.yaml")}
	if extra := os.Getenv("SCHEMAGUARD_CORPUS"); extra != "" {
		more, err := filepath.Glob(filepath.Join(extra, "*.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, more...)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			whole := snapshot.Decode(file, data).Snapshot
			if whole == nil {
				t.Skip("needs a snapshot that can be trusted")
			}
			random := rand.New(rand.NewPCG(1, 2))
			for range 1 + 2000/whole.Len() {
				laws(t, mutate(random, whole), mutate(random, whole), whole)
			}
		})
	}
}

// laws checks what holds for every three snapshots.
func laws(t *testing.T, x, y, base *snapshot.Snapshot) {
	t.Helper()
	for _, c := range []struct {
		name    string
		b, o, t *snapshot.Snapshot
	}{
		{"theirs alone", base, base, x},
		{"ours alone", base, x, base},
		{"the same on both", base, x, x},
		{"the same without a base", nil, x, x},
	} {
		if got, conflicts := Merge(c.b, c.o, c.t); len(conflicts) != 0 || show(got) != show(x) {
			t.Errorf("%s: %d conflicts, or another text", c.name, len(conflicts))
		}
	}
	there, conflicts := Merge(base, x, y)
	back, again := Merge(base, y, x)
	symmetric(t, there, back, conflicts, again)
	nothingLost(t, base, x, y, there)
	if diff := cmp.Diff(show(there), show(decoded(t, there))); diff != "" {
		t.Errorf("the result does not decode to itself:\n%s", diff)
	}
	settled(t, base, x, y, there, conflicts)
	additive := Additive(x, y)
	for _, key := range union(x, y) {
		if additive.Get(key) == nil {
			t.Errorf("additive lost %s", key)
		}
	}
}

// symmetric: the other way round there are the same items, the same conflicts
// with their sides swapped and, where there are none, the same values.
func symmetric(t *testing.T, there, back *snapshot.Snapshot, conflicts, again []Conflict) {
	t.Helper()
	for _, c := range conflicts {
		if c.Path == "" && c.Base != "" && c.Ours != "" && c.Theirs != "" || c.Path == "related_collection" || c.Path == "meta.group" {
			return // what ours needs may be another item than what theirs needs
		}
	}
	if diff := cmp.Diff(names(there), names(back)); diff != "" {
		t.Errorf("the other way round there are other items:\n%s", diff)
	}
	if diff := cmp.Diff(swapped(conflicts), paths(again)); diff != "" {
		t.Errorf("the other way round there are other conflicts:\n%s", diff)
	}
	if len(conflicts) == 0 {
		if diff := cmp.Diff(contents(there), contents(back)); diff != "" {
			t.Errorf("the other way round there are other values:\n%s", diff)
		}
	}
}

// settled: without conflicts both settlements are the merge; each is what the
// other way round is for the other side; and what is the same in both was merged
// so.
func settled(t *testing.T, base, x, y, merged *snapshot.Snapshot, conflicts []Conflict) {
	t.Helper()
	there, back := Settle(base, x, y), Settle(base, y, x)
	if diff := cmp.Diff(contents(there.Ours), contents(back.Theirs)); diff != "" {
		t.Errorf("settled for one side, it depends on which is ours:\n%s", diff)
	}
	o, th := contents(there.Ours), contents(there.Theirs)
	if merged == x || merged == y {
		return // one side was all there was to it
	}
	if len(conflicts) == 0 {
		if diff := cmp.Diff(show(merged), show(there.Ours)) + cmp.Diff(show(merged), show(there.Theirs)); diff != "" {
			t.Errorf("without conflicts, settling changes the merge:\n%s", diff)
		}
	} else if cmp.Equal(o, th) && x.Version == y.Version && x.Vendor == y.Vendor {
		t.Errorf("%v, but settled for either side it is the same", conflicts)
	}
	for name, digest := range contents(merged) {
		if o[name] == th[name] && o[name] != digest && o[name] != "" { // else it is there for another alone
			t.Errorf("%s is settled as what is not in the merge", name)
		}
	}
	for _, key := range there.Order {
		for _, step := range there.Steps(key) {
			if same(there.Ours.All(key), []*snapshot.Item{&step.Theirs}) {
				t.Errorf("%s: a step that changes nothing", key)
			}
		}
	}
}

// nothingLost: an item goes only if a side deleted it that had it, and the other
// side had left it as it was; nothing comes that no side has.
func nothingLost(t *testing.T, base, x, y, merged *snapshot.Snapshot) {
	t.Helper()
	for _, key := range union(base, x, y) {
		inX, inY := x.Get(key) != nil, y.Get(key) != nil
		changed := inX && !same(base.All(key), x.All(key)) || inY && !same(base.All(key), y.All(key))
		switch has := merged.Get(key) != nil; {
		case !has && (changed || inX && inY):
			t.Errorf("%s is lost", key)
		case has && !inX && !inY:
			t.Errorf("%s was deleted on both sides and is back", key)
		}
	}
}

func decoded(t *testing.T, s *snapshot.Snapshot) *snapshot.Snapshot {
	t.Helper()
	f := snapshot.Decode("merged", snapshot.Encode(s, snapshot.JSON))
	for _, p := range f.Problems {
		if p.Code == finding.SnapshotTruncated { // odd relations of the fuzzer look cut off
			return s
		}
	}
	if !f.Trusted() {
		t.Fatalf("the result cannot be read: %v", f.Problems)
	}
	return f.Snapshot
}

// contents are the values of a snapshot by key.
func contents(s *snapshot.Snapshot) map[string]string {
	out := map[string]string{}
	for key, d := range s.Digests() {
		out[key.String()] = d.String()
	}
	return out
}

func paths(conflicts []Conflict) []string {
	var out []string
	for _, c := range conflicts {
		out = append(out, strings.Join([]string{c.Key.String(), c.Path, c.Base, c.Ours, c.Theirs}, "|"))
	}
	slices.Sort(out)
	return out
}

func swapped(conflicts []Conflict) []string {
	out := slices.Clone(conflicts)
	for i := range out {
		out[i].Ours, out[i].Theirs = out[i].Theirs, out[i].Ours
	}
	return paths(out)
}

func names(s *snapshot.Snapshot) []string {
	var out []string
	for _, key := range s.Keys() {
		out = append(out, key.String())
	}
	slices.Sort(out)
	return out
}

// mutate drops, adds and changes some items.
func mutate(r *rand.Rand, s *snapshot.Snapshot) *snapshot.Snapshot {
	out := snapshot.New(s.Version, s.Directus, s.Vendor)
	out.HasSystemFields = s.HasSystemFields
	gone := map[string]bool{}
	for _, item := range s.Items(snapshot.Collection) {
		gone[item.Key.Collection] = r.IntN(9) == 0
	}
	for _, kind := range snapshot.Kinds() {
		for _, item := range s.Items(kind) {
			switch {
			case gone[item.Key.Collection], r.IntN(20) == 0 && kind != snapshot.Collection:
				continue
			case r.IntN(6) == 0 && item.Meta().Object() != nil:
				meta := item.Meta().Object().With("note", jsvalue.String(fmt.Sprint(r.IntN(3))))
				item.Value = jsvalue.FromObject(item.Value.Object().With("meta", jsvalue.FromObject(meta)))
			}
			out.Add(item)
		}
	}
	return out
}

// FuzzLaws holds small, odd snapshots to the same laws: dangling items, items
// that stand twice, lists in any order.
func FuzzLaws(f *testing.F) {
	f.Add("c a", "c a\nc b", "c a note=1")
	f.Add("c a\nf a.x\nr a.x b", "c b", "f a.x note=1\nf a.y")
	f.Add("c a x=1\nc b\nf a.x\nr a.x b", "", "c a x=2\nc b\nf a.x\nr a.x b")
	f.Add("f a.x", "f a.x\nf a.x n=1", "f b.y\nf a.x n=2")
	f.Add("c a group=b\nc b group=a", "c a group=b", "c b group=a")
	f.Add("f a.y\nf a.x\nf a.y", "f a.x\nf a.z", "f a.y\nf a.x\nf a.y\nf a.w")
	f.Fuzz(func(t *testing.T, base, x, y string) {
		laws(t, parse(x), parse(y), parse(base))
	})
}

// parse makes a snapshot of the lines of a text that are fit for [snap].
func parse(text string) *snapshot.Snapshot {
	var lines []string
	for line := range strings.SplitSeq(strings.ToValidUTF8(text, "?"), "\n") {
		w := strings.Fields(line)
		if len(w) < 2 {
			continue
		}
		name, field, dotted := strings.Cut(w[1], ".")
		if w[0] == "c" && !dotted || name != "" && field != "" && (w[0] == "f" || w[0] == "r" && len(w) > 2) {
			lines = append(lines, line)
		}
	}
	return snap(lines...)
}

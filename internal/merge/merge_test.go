package merge

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// snap makes a snapshot from lines: "c orders note=x" a collection, "f
// orders.total note=x" a field, "r orders.customer customers" a relation.
func snap(lines ...string) *snapshot.Snapshot {
	s := snapshot.New(snapshot.FormatFull, "12.4.1", "postgres")
	for _, line := range lines {
		words := strings.Fields(line)
		collection, field, _ := strings.Cut(words[1], ".")
		o, meta := jsvalue.NewObject(4), jsvalue.NewObject(4)
		o.Set("collection", jsvalue.String(collection))
		key := snapshot.Key{Kind: snapshot.Collection, Collection: collection}
		if field != "" {
			key = snapshot.Key{Kind: snapshot.Field, Collection: collection, Field: field}
			o.Set("field", jsvalue.String(field))
		}
		if words[0] == "r" {
			key.Kind = snapshot.Relation
			o.Set("related_collection", jsvalue.String(words[2]))
			words = words[1:]
		}
		for _, w := range words[2:] {
			name, value, _ := strings.Cut(w, "=")
			meta.Set(name, jsvalue.String(value))
		}
		o.Set("meta", jsvalue.FromObject(meta))
		s.Add(snapshot.Item{Key: key, Value: jsvalue.FromObject(o)})
	}
	return s
}

func show(s *snapshot.Snapshot) string { return string(snapshot.Encode(s, snapshot.YAML)) }

func TestMerge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name               string
		base, ours, theirs []string
		want               []string
		conflicts          []string
	}{
		{"both add different items", []string{"c a"}, []string{"c a", "c b"}, []string{"c a", "c c"}, []string{"c a", "c b", "c c"}, nil},
		{"both add the same", []string{"c a"}, []string{"c a", "c b"}, []string{"c b", "c a"}, []string{"c a", "c b"}, nil},
		{"both add one, differently", []string{"c a"}, []string{"c a", "c b note=1"}, []string{"c a", "c b note=2"}, []string{"c a", "c b note=1"}, []string{"collection b meta.note"}},
		{"deleted here, unchanged there", []string{"c a", "c b"}, []string{"c a"}, []string{"c a", "c b", "c z"}, []string{"c a", "c z"}, nil},
		{"deleted here, changed there", []string{"c a", "c b"}, []string{"c a"}, []string{"c a", "c b note=2"}, []string{"c a", "c b note=2"}, []string{"collection b "}},
		{"different values of one item", []string{"c a x=1 y=1"}, []string{"c a x=2 y=1"}, []string{"c a x=1 y=2"}, []string{"c a x=2 y=2"}, nil},
		{"the same value", []string{"c a x=1"}, []string{"c a x=2"}, []string{"c a x=3"}, []string{"c a x=2"}, []string{"collection a meta.x"}},
		{"a value taken out and another changed", []string{"c a x=1 y=1"}, []string{"c a y=1"}, []string{"c a x=1 y=2"}, []string{"c a y=2"}, nil},
		{"a value taken out here and changed there", []string{"c a x=1"}, []string{"c a"}, []string{"c a x=2"}, []string{"c a"}, []string{"collection a meta.x"}},
		{"sort moved on both sides", []string{"f a.x sort=1"}, []string{"f a.x sort=2"}, []string{"f a.x sort=3"}, []string{"f a.x sort=2"}, nil},
		{"fields keep their places", []string{"f a.x", "f a.y"}, []string{"f a.x", "f a.y", "f a.o"}, []string{"f a.x", "f a.t", "f a.y"}, []string{"f a.x", "f a.t", "f a.y", "f a.o"}, nil},
		{"a collection deleted, a field of it added", []string{"c a", "f a.x"}, nil, []string{"c a", "f a.x", "f a.y"}, []string{"c a", "f a.y"}, []string{"field a.y "}},
		{"a collection deleted, a relation to it added", []string{"c a", "c b", "f b.a"}, []string{"c b", "f b.a"}, []string{"c a", "c b", "f b.a", "r b.a a"}, []string{"c a", "c b", "f b.a", "r b.a a"}, []string{"relation b.a "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, conflicts := Merge(snap(c.base...), snap(c.ours...), snap(c.theirs...))
			if diff := cmp.Diff(show(snap(c.want...)), show(got)); diff != "" {
				t.Error(diff)
			}
			var names []string
			for _, x := range conflicts {
				names = append(names, x.Key.String()+" "+x.Path)
			}
			if diff := cmp.Diff(c.conflicts, names); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMergeHeader(t *testing.T) {
	t.Parallel()
	base, ours, theirs := snap("c a"), snap("c a", "c b"), snap("c a", "c c")
	base.Directus, ours.Directus, theirs.Directus = "11.8.0", "11.8.0", "12.4.1"
	got, conflicts := Merge(base, ours, theirs)
	if got.Directus != "12.4.1" || len(conflicts) != 0 {
		t.Errorf("version %s, %v", got.Directus, conflicts)
	}
	theirs.Vendor, ours.Vendor = "mysql", "sqlite"
	if _, conflicts = Merge(base, ours, theirs); len(conflicts) != 1 || conflicts[0].Path != "vendor" {
		t.Errorf("two vendors gave %v", conflicts)
	}
	theirs.Vendor, ours.Vendor, theirs.Version = "postgres", "postgres", snapshot.FormatPartial
	if _, conflicts = Merge(base, ours, theirs); len(conflicts) != 1 || conflicts[0].Path != "version" {
		t.Errorf("two formats gave %v", conflicts)
	}
}

func TestAdditiveDeletesNothing(t *testing.T) {
	t.Parallel()
	target, live := snap("c a note=new", "c c", "f a.x"), snap("c a note=old", "c b", "f a.w", "f a.x", "f b.y")
	got := Additive(target, live)
	if diff := cmp.Diff(show(snap("c a note=new", "c b", "c c", "f a.w", "f a.x", "f b.y")), show(got)); diff != "" {
		t.Error(diff)
	}
}

// TestLaws holds the merge to its laws on the real snapshots that are at hand.
func TestLaws(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("..", "..", "snapshots", "schema.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	whole := snapshot.Decode("schema.yaml", data).Snapshot
	random := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		laws(t, mutate(random, whole), mutate(random, whole), whole)
	}
}

func laws(t *testing.T, x, y, base *snapshot.Snapshot) {
	t.Helper()
	for _, c := range []struct {
		name    string
		b, o, t *snapshot.Snapshot
	}{{"theirs alone", base, base, x}, {"ours alone", base, x, base}, {"the same on both", base, x, x}} {
		got, conflicts := Merge(c.b, c.o, c.t)
		if len(conflicts) != 0 || !bytes.Equal(snapshot.Encode(got, snapshot.YAML), snapshot.Encode(x, snapshot.YAML)) {
			t.Errorf("%s: %d conflicts, or another text", c.name, len(conflicts))
		}
	}
	there, c1 := Merge(base, x, y)
	back, c2 := Merge(base, y, x)
	if diff := cmp.Diff(names(there), names(back)); diff != "" || len(c1) != len(c2) {
		t.Errorf("the other way round: %d and %d conflicts\n%s", len(c1), len(c2), diff)
	}
	for _, key := range union(x, y) {
		if there.Get(key) == nil && (x.Get(key) != nil && !same(base.All(key), x.All(key)) || y.Get(key) != nil && !same(base.All(key), y.All(key))) {
			t.Errorf("%s was changed and is lost", key)
		}
	}
	encoded := snapshot.Encode(there, snapshot.YAML)
	if again := snapshot.Decode("merged", encoded); again.Trusted() && !bytes.Equal(snapshot.Encode(again.Snapshot, snapshot.YAML), encoded) {
		t.Error("the result does not decode to itself")
	}
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

func FuzzLaws(f *testing.F) {
	f.Add(uint64(1), "c a", "c a\nc b", "c a note=1")
	f.Add(uint64(2), "c a\nf a.x\nr a.x b", "c b", "f a.x note=1\nf a.y")
	f.Fuzz(func(t *testing.T, _ uint64, base, x, y string) {
		parse := func(text string) *snapshot.Snapshot {
			var lines []string
			for _, line := range strings.Split(text, "\n") {
				w := strings.Fields(line)
				if len(w) >= 2 && (w[0] == "c" || w[0] == "f" && strings.Contains(w[1], ".") || w[0] == "r" && strings.Contains(w[1], ".") && len(w) > 2) && !slices.Contains(lines, line) {
					lines = append(lines, line)
				}
			}
			return snap(lines...)
		}
		b, o, h := parse(base), parse(x), parse(y)
		for _, s := range []*snapshot.Snapshot{b, o, h} {
			if len(s.Keys()) != s.Len() {
				return
			}
		}
		Merge(b, o, h)
		if got, conflicts := Merge(b, b, o); len(conflicts) > 0 || show(got) != show(o) {
			t.Error("theirs alone is not theirs")
		}
		Additive(o, h)
	})
}

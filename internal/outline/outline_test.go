package outline

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

var update = flag.Bool("update", false, "write the golden files in testdata")

// TestGolden shows the outline of a snapshot with everything that a first line can say.
func TestGolden(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/schema.yaml")
	if err != nil {
		t.Fatal(err)
	}
	got := Text(data)
	if *update {
		if err := os.WriteFile("testdata/outline.txt", got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/outline.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("testdata/outline.txt (-), written (+); -update writes it:\n%s", diff)
	}
}

// TestOrderIsInvisible: list order and key order are no facts.
func TestOrderIsInvisible(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for name, data := range fixtures(t) {
		s := decoded(t, data)
		if diff := cmp.Diff(Lines(s), Lines(shuffled(r, s))); diff != "" {
			t.Errorf("%s: order alone changes the outline:\n%s", name, diff)
		}
	}
}

// TestNothingIsInvisible changes every value of the example's items, and of some
// of what Directus wrote for databases that are hard to describe, in every way
// that it can be changed in one place. The items stand between two of their
// kind, so that all have their keys in common.
func TestNothingIsInvisible(t *testing.T) {
	t.Parallel()
	done, at := 0, 0
	seen := map[snapshot.Digest]bool{}
	all := fixtures(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		s := decoded(t, all[name])
		for _, kind := range snapshot.Kinds() {
			items := s.Items(kind)
			for i, item := range items {
				at++
				if d := snapshot.DigestOf(&item); seen[d] || name != "example" && at%200 != 0 {
					continue
				} else {
					seen[d] = true
				}
				among := []snapshot.Item{items[(i+1)%len(items)], items[(i+2)%len(items)]}
				done += everyMutation(t, name, item, among)
			}
		}
	}
	if done < 10_000 {
		t.Errorf("only %d mutations were tried", done)
	}
	t.Logf("%d mutations of %d items", done, len(seen))
}

// everyMutation makes all mutations of an item, and wants another outline for each.
func everyMutation(t *testing.T, name string, item snapshot.Item, among []snapshot.Item) int {
	t.Helper()
	outline := func(v jsvalue.Value) string {
		s := snapshot.New(snapshot.FormatFull, "12.4.1", "postgres")
		s.Add(snapshot.Item{Key: item.Key, Value: v})
		for _, other := range among {
			s.Add(other)
		}
		return strings.Join(Lines(s), "\n")
	}
	seen := map[string]jsvalue.Value{outline(item.Value): item.Value}
	all := itemMutations(item.Value)
	for _, v := range all {
		after := outline(v)
		if w, ok := seen[after]; ok && !jsvalue.Equal(v, w) {
			t.Errorf("%s: %s: two values, one outline: %v", name, item.Key, threeway.Paths(v, w))
			return len(all)
		}
		seen[after] = v
	}
	return len(all)
}

// TestDifferencesShow changes whole snapshots: items taken out, added, renamed,
// doubled and edited, among all the others.
func TestDifferencesShow(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for name, data := range fixtures(t) {
		s := decoded(t, data)
		before := Lines(s)
		for range 4 {
			edited, what := edit(r, s)
			differ := len(threeway.Differences(s, edited))+len(threeway.Differences(edited, s)) > 0
			if same := slices.Equal(before, Lines(edited)); same && differ {
				t.Errorf("%s: %s does not show", name, what)
			}
		}
	}
}

// edit changes one item of a snapshot at random.
func edit(r *rand.Rand, s *snapshot.Snapshot) (edited *snapshot.Snapshot, what string) {
	edited = snapshot.New(s.Version, s.Directus, s.Vendor)
	at := r.IntN(s.Len())
	for _, kind := range snapshot.Kinds() {
		for _, item := range s.Items(kind) {
			if at--; at != -1 {
				edited.Add(item)
				continue
			}
			switch r.IntN(4) {
			case 0:
				what = "taking out " + item.Key.String()
				continue
			case 1:
				what = "doubling " + item.Key.String()
				edited.Add(item)
			case 2:
				what = "renaming " + item.Key.String()
				item.Key.Collection += "2"
			case 3:
				all := itemMutations(item.Value)
				if len(all) == 0 {
					break
				}
				v := all[r.IntN(len(all))]
				what = fmt.Sprintf("changing %s %v", item.Key, threeway.Paths(item.Value, v))
				item.Value = v
			}
			edited.Add(item)
		}
	}
	return edited, what
}

func TestUntrustedComesBack(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "version: 1\n", "<<<<<<< ours\nversion: 1\n=======\n>>>>>>> theirs\n", "no snapshot at all", "\x1b[2J\x00",
	} {
		if got := Text([]byte(text)); string(got) != text {
			t.Errorf("%q comes back as %q", text, got)
		}
	}
}

func TestProblemsShow(t *testing.T) {
	t.Parallel()
	data := fixtures(t)["example"]
	windows := bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
	if a, b := Text(data), Text(windows); bytes.Equal(a, b) || !bytes.Contains(b, []byte("problem CRLF has Windows line ends\n")) {
		t.Errorf("Windows line ends do not show:\n%s", b[len(b)-100:])
	}
}

// TestHostile: names and texts from a file can neither leave their line nor look
// like another item.
func TestHostile(t *testing.T) {
	t.Parallel()
	names := []string{"a.b", "a\nb  table", "\x1b[31m", "x\u202ey", "-", "", "1", "null", "a b", "a  table", "ünï", "(fields)", "日本"}
	seen := map[string]snapshot.Key{}
	for _, c := range names {
		for _, f := range names {
			for _, kind := range snapshot.Kinds() {
				key := snapshot.Key{Kind: kind, Collection: c}
				if kind != snapshot.Collection {
					key.Field = f
				}
				s := snapshot.New(1, "12\n.4.1", "post\x1bgres")
				o := jsvalue.NewObject(1)
				o.Set("meta", jsvalue.String(c))
				s.Add(snapshot.Item{Key: key, Value: jsvalue.FromObject(o)})
				text := strings.Join(Lines(s), "\n")
				if other, ok := seen[text]; ok && other != key {
					t.Errorf("%q and %q look the same", key, other)
				}
				seen[text] = key
				for line := range strings.SplitSeq(text, "\n") {
					if !terminal.IsClean(line) {
						t.Errorf("%q goes to a terminal", line)
					}
				}
			}
		}
	}
}

// FuzzText wants one clean line for each fact of whatever can be decoded.
func FuzzText(f *testing.F) {
	f.Add([]byte("version: 1\ndirectus: 12.4.1\nvendor: postgres\ncollections:\n  - collection: a\n    meta: {note: \"x\\ny\", b: .nan}\n    schema: {name: a}\nfields: []\nrelations: []\n"))
	f.Add([]byte(`{"version":1,"directus":"11.17.4","vendor":"postgres","collections":[],"fields":[{"collection":"a","field":"b","type":"alias","meta":null}],"relations":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file := snapshot.Decode("", data)
		text := Text(data)
		if !file.Trusted() {
			if !bytes.Equal(text, data) {
				t.Error("what cannot be trusted is changed")
			}
			return
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(string(text), "\n"), "\n") {
			if !terminal.IsClean(line) || strings.TrimSpace(line) == "" {
				t.Errorf("line %q", line)
			}
		}
		r := rand.New(rand.NewPCG(uint64(len(data)), 1))
		if diff := cmp.Diff(Lines(file.Snapshot), Lines(shuffled(r, file.Snapshot))); diff != "" {
			t.Error(diff)
		}
	})
}

// BenchmarkText is what git waits for, twice for each version of the file. The
// largest snapshot known has 3.5 MB.
func BenchmarkText(b *testing.B) {
	data := fixtures(b)["example"]
	s := decoded(b, data)
	big := snapshot.New(s.Version, s.Directus, s.Vendor)
	for i := range 30 {
		for _, kind := range snapshot.Kinds() {
			for _, item := range s.Items(kind) {
				if kind == snapshot.SystemField && i > 0 || strings.HasPrefix(item.Key.Collection, "directus_") && i > 0 {
					continue
				}
				item.Key.Collection += fmt.Sprint("_", i)
				item.Value = jsvalue.FromObject(item.Value.Object().With("collection", jsvalue.String(item.Key.Collection)))
				big.Add(item)
			}
		}
	}
	data = snapshot.Encode(big, snapshot.YAML)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		Text(data)
	}
}

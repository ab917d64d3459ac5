package mergedriver

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/merge"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// TestMarks shows what a conflict looks like: from the first list on, as the
// header is always the same.
func TestMarks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name               string
		base, ours, theirs []string
		want               string
	}{
		{
			"one value, and another that is not in conflict",
			[]string{"c a note=x sort=1"},
			[]string{"c a note=o sort=1"},
			[]string{"c a note=t sort=1 zip=1"},
			`
collections:
  - collection: a
    meta:
      collection: a
<<<<<<< ours
      note: o
||||||| base
      note: x
=======
      note: t
>>>>>>> theirs
      sort: 1
      zip: 1
fields: []
systemFields: []
relations: []
`,
		},
		{
			"two values apart",
			[]string{"f a.x note=x sort=1 width=x", "c a"},
			[]string{"f a.x note=o sort=1 width=o", "c a"},
			[]string{"f a.x note=t sort=1 width=t", "c a"},
			`
collections:
  - collection: a
    meta:
      collection: a
fields:
  - collection: a
    field: x
    type: string
    meta:
      collection: a
<<<<<<< ours
      note: o
||||||| base
      note: x
=======
      note: t
>>>>>>> theirs
      sort: 1
<<<<<<< ours
      width: o
||||||| base
      width: x
=======
      width: t
>>>>>>> theirs
systemFields: []
relations: []
`,
		},
		{
			"a collection deleted here, changed there: its fields are in conflict with it",
			[]string{"c a", "c b", "f a.x", "f b.x", "f b.w"},
			[]string{"c a", "f a.x"},
			[]string{"c a", "c b note=t", "f a.x", "f b.x", "f b.w"},
			`
collections:
  - collection: a
    meta:
      collection: a
<<<<<<< ours
||||||| base
  - collection: b
    meta:
      collection: b
=======
  - collection: b
    meta:
      collection: b
      note: t
>>>>>>> theirs
fields:
  - collection: a
    field: x
    type: string
    meta:
      collection: a
<<<<<<< ours
||||||| base
  - collection: b
    field: x
    type: string
    meta:
      collection: b
  - collection: b
    field: w
    type: string
    meta:
      collection: b
=======
  - collection: b
    field: x
    type: string
    meta:
      collection: b
  - collection: b
    field: w
    type: string
    meta:
      collection: b
>>>>>>> theirs
systemFields: []
relations: []
`,
		},
		{
			"a collection deleted here, pointed to from there; the list may become empty",
			[]string{"c a", "c b", "f a.b"},
			[]string{"c a", "f a.b"},
			[]string{"c a", "c b", "f a.b", "r a.b b"},
			`
collections:
  - collection: a
    meta:
      collection: a
<<<<<<< ours
||||||| base
  - collection: b
    meta:
      collection: b
=======
  - collection: b
    meta:
      collection: b
>>>>>>> theirs
fields:
  - collection: a
    field: b
    type: string
    meta:
      collection: a
systemFields: []
<<<<<<< ours
relations: []
||||||| base
relations: []
=======
relations:
  - collection: a
    field: b
    related_collection: b
    meta:
      collection: a
>>>>>>> theirs
`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			st := plainStyle
			st.base = true
			r := mergeTexts(file(c.base...), file(c.ours...), file(c.theirs...), st)
			_, got, _ := strings.Cut(string(r.data), "vendor: postgres")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			eitherSide(t, r.data)
			st.base = false
			r.mark(st)
			if bytes.Contains(r.data, []byte("|||||||")) || !marked(r.data) {
				t.Errorf("without the base:\n%s", r.data)
			}
			eitherSide(t, r.data)
		})
	}
}

func TestMarkSizeAndLabels(t *testing.T) {
	t.Parallel()
	f := Files{MarkerSize: 9, Labels: Labels{Ours: "HEAD", Theirs: "feature/\x1b[2Jx", Base: "%S"}}
	r := mergeTexts(file("c a"), file("c a note=o"), file("c a note=t"), style{size: markerSize(f.MarkerSize), labels: f.Labels.orDefault(), base: true})
	for _, want := range []string{"\n<<<<<<<<< HEAD\n", "\n||||||||| base\n", "\n=========\n", "\n>>>>>>>>> feature/\\x1b[2Jx\n"} {
		if !bytes.Contains(r.data, []byte(want)) {
			t.Errorf("lacks %q:\n%s", want, r.data)
		}
	}
	for _, odd := range []int{0, -3, 1 << 40} {
		if markerSize(odd) != 7 {
			t.Errorf("a size of %d is %d", odd, markerSize(odd))
		}
	}
}

// TestWindowsMarks: the marks of a file with Windows line ends have them too.
func TestWindowsMarks(t *testing.T) {
	t.Parallel()
	r := mergeTexts(crlf(file("c a")), crlf(file("c a note=o")), crlf(file("c a note=t")), plainStyle)
	if n := bytes.Count(r.data, []byte("\n")) - bytes.Count(r.data, []byte("\r\n")); n != 0 {
		t.Errorf("%d lines end otherwise:\n%q", n, r.data)
	}
	eitherSide(t, r.data)
}

// TestJSONMarks: on one line there is only the whole to choose.
func TestJSONMarks(t *testing.T) {
	t.Parallel()
	ours, theirs := file("c a note=o"), file("c a note=t")
	r := mergeTexts(asJSON(t, file("c a")), asJSON(t, ours), asJSON(t, theirs), plainStyle)
	want := "<<<<<<< ours\n" + asJSON(t, ours) + "\n=======\n" + asJSON(t, theirs) + "\n>>>>>>> theirs\n"
	if diff := cmp.Diff(want, string(r.data)); diff != "" {
		t.Error(diff)
	}
	eitherSide(t, r.data)
}

// TestNothingToChoose: JSON has no infinity, so that what YAML told apart is the
// same there.
func TestNothingToChoose(t *testing.T) {
	t.Parallel()
	ours := asJSON(t, file("c a note=null"))
	r := mergeTexts(file("c a note=1", "c b"), ours, file("c a note=.inf", "c b"), plainStyle)
	if string(r.data) != ours || r.conflicts != nil || r.refused != "" {
		t.Errorf("%s%v\n%s", r.refused, r.conflicts, r.data)
	}
}

// TestEveryChoice edits a real snapshot on both sides, and takes sides.
func TestEveryChoice(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("..", "..", "snapshots", "schema.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	base := snapshot.Decode("x", data).Snapshot
	inConflict := 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		ours, theirs := edited(r, base), edited(r, base)
		for _, format := range []snapshot.Format{snapshot.YAML, snapshot.JSON} {
			st := plainStyle
			st.base = seed%2 == 0
			got := mergeTexts(string(snapshot.Encode(base, format)), string(snapshot.Encode(ours, format)), string(snapshot.Encode(theirs, format)), st)
			if got.refused != "" {
				t.Fatalf("seed %d: %s", seed, got.refused)
			}
			if len(got.conflicts) == 0 {
				back := mergeTexts(string(snapshot.Encode(base, format)), string(snapshot.Encode(theirs, format)), string(snapshot.Encode(ours, format)), st)
				if diff := cmp.Diff(items(got.data), items(back.data)); diff != "" {
					t.Errorf("seed %d: the other way round:\n%s", seed, diff)
				}
				continue
			}
			inConflict++
			eitherSide(t, got.data)
			bothEnds(t, got, merge.Settle(base, ours, theirs))
			for range 5 {
				choice := make([]bool, bytes.Count(got.data, []byte("<<<<<<< ours")))
				for i := range choice {
					choice[i] = r.IntN(2) == 0
				}
				if text := take(got.data, choice); !trusted(text) {
					t.Fatalf("seed %d: %v of\n%s", seed, choice, got.data)
				}
			}
		}
	}
	if inConflict < 30 {
		t.Errorf("only %d were in conflict", inConflict)
	}
}

// bothEnds: taking ours everywhere is the settlement for ours, byte for byte.
func bothEnds(t *testing.T, got *result, s *merge.Settled) {
	t.Helper()
	n := bytes.Count(got.data, []byte("<<<<<<< ours"))
	theirs := make([]bool, n)
	for i := range theirs {
		theirs[i] = true
	}
	for _, c := range []struct {
		choice []bool
		want   *snapshot.Snapshot
	}{{make([]bool, n), s.Ours}, {theirs, s.Theirs}} {
		if diff := cmp.Diff(endLine(string(got.form.encode(c.want))), string(take(got.data, c.choice))); diff != "" {
			t.Fatal(diff)
		}
	}
}

// edited changes, drops and adds some of a snapshot, mostly the same things.
func edited(r *rand.Rand, s *snapshot.Snapshot) *snapshot.Snapshot {
	out := snapshot.New(s.Version, s.Directus, s.Vendor)
	out.HasSystemFields = s.HasSystemFields
	gone := map[string]bool{}
	for _, key := range s.Keys() {
		gone[key.Collection] = r.IntN(12) == 0
	}
	for _, kind := range snapshot.Kinds() {
		for i, item := range s.Items(kind) {
			related := item.Value.Get("related_collection").Str()
			if gone[item.Key.Collection] || gone[related] || kind == snapshot.Relation && i > 0 && r.IntN(30) == 0 {
				continue
			}
			if meta := item.Meta().Object(); meta != nil && i%7 == 0 {
				for _, key := range []string{"note", "width", "options", "hidden"} {
					if _, has := meta.Get(key); has && r.IntN(2) == 0 {
						meta = meta.With(key, newValue(r, key))
					}
				}
				if group := meta.Keys(); kind == snapshot.Collection && gone[item.Meta().Get("group").Str()] && len(group) > 0 {
					meta = meta.With("group", jsvalue.Null())
				}
				item.Value = jsvalue.FromObject(item.Value.Object().With("meta", jsvalue.FromObject(meta)))
			}
			out.Add(item)
			if kind == snapshot.Field && r.IntN(20) == 0 {
				item.Key.Field = fmt.Sprintf("new_%d", r.IntN(3)+i)
				item.Value = jsvalue.FromObject(item.Value.Object().With("field", jsvalue.String(item.Key.Field)))
				out.Add(item)
			}
		}
	}
	return out
}

func newValue(r *rand.Rand, key string) jsvalue.Value {
	n := jsvalue.Number(float64(r.IntN(5)))
	switch {
	case key == "hidden":
		return jsvalue.Bool(r.IntN(2) == 0)
	case key != "options":
		return jsvalue.String(strings.Repeat(fmt.Sprintf("some words %d ", r.IntN(3)), 1+r.IntN(9)))
	}
	o := jsvalue.NewObject(3)
	for _, name := range []string{"a", "b", "c"} {
		if r.IntN(2) == 0 {
			o.Set(name, [...]jsvalue.Value{n, jsvalue.String("x\ny"), jsvalue.List(n, jsvalue.FromObject(jsvalue.NewObject(0)))}[r.IntN(3)])
		}
	}
	return jsvalue.FromObject(o)
}

// TestDisputedAncestor: git merges several ancestors first, with this driver,
// and hands on what that left, marks and all.
func TestDisputedAncestor(t *testing.T) {
	t.Parallel()
	inner := mergeTexts(file("c a", "c b"), file("c a note=1", "c b"), file("c a note=2", "c b"), style{size: 9, labels: plainStyle.labels, base: true})
	if !bytes.Contains(inner.data, []byte("<<<<<<<<< ours")) {
		t.Fatalf("no ancestor in conflict:\n%s", inner.data)
	}
	agreed := mergeTexts(string(inner.data), file("c a note=3", "c b", "c c"), file("c a note=3", "c d"), plainStyle)
	if diff := cmp.Diff(file("c a note=3", "c c", "c d"), string(agreed.data)); diff != "" || agreed.conflicts != nil {
		t.Errorf("both sides settled it alike, and yet: %s %v\n%s", agreed.refused, agreed.conflicts, diff)
	}
	for _, notes := range [][2]string{{"1", "2"}, {"2", "1"}, {"1", "3"}, {"3", "2"}} {
		r := mergeTexts(string(inner.data), file("c a note="+notes[0], "c b"), file("c a note="+notes[1], "c b"), style{size: 7, labels: plainStyle.labels, base: true})
		if len(r.conflicts) != 1 || !marked(r.data) || bytes.Contains(r.data, []byte("|||")) || bytes.Contains(r.data, []byte("unknown")) {
			t.Errorf("notes %v: %s %v\n%s", notes, r.refused, r.conflicts, r.data)
		}
	}
	if _, _, ok := bothSides([]byte("<<<<<<< a\nx\n=======\n")); ok {
		t.Error("a mark that does not end is a conflict")
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	r := mergeTexts(file("c a", "c b"), file("c a note=o"), file("c a note=\"t\\e[2J"+strings.Repeat("x", 99)+"\"", "c b icon=x"), plainStyle)
	want := []string{
		"my\\x1b.yaml: 2 conflicts to settle, marked in the file",
		`  collection a, meta.note: changed differently on both sides: ours "o", theirs "t\u001b[2J` + strings.Repeat("x", 48) + "…",
		`  collection b: deleted in ours and changed in theirs: ours nothing, theirs {"collection":"b","meta":{"collection":"b","icon":"x"}}`,
		"keep one side of each, then: git add",
	}
	got := report("my\x1b.yaml", r.conflicts)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := report("my file.yaml", r.conflicts); got[3] != "keep one side of each, then: git add -- 'my file.yaml'" {
		t.Error(got[3])
	}
	many := make([]merge.Conflict, 25)
	if got := report("x", many); len(got) != 23 || got[21] != "  and 5 more" {
		t.Errorf("%q", got)
	}
}

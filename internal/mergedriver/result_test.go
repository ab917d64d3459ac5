package mergedriver

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// file writes a snapshot in short: "c orders note=x" a collection, "f
// orders.total note=x" a field, "r orders.customer customers" a relation.
func file(lines ...string) string {
	lists := map[string]*strings.Builder{"collections": {}, "fields": {}, "systemFields": {}, "relations": {}}
	for _, line := range lines {
		w := strings.Fields(line)
		kind := map[string]string{"c": "collections", "f": "fields", "r": "relations"}[w[0]]
		name, field, _ := strings.Cut(w[1], ".")
		text := "  - collection: " + name + "\n"
		if field != "" {
			text += "    field: " + field + "\n"
		}
		rest := w[2:]
		switch w[0] {
		case "f":
			text += "    type: string\n"
		case "r":
			text += "    related_collection: " + w[2] + "\n"
			rest = w[3:]
		}
		text += "    meta:\n      collection: " + name + "\n"
		for _, pair := range rest {
			key, value, _ := strings.Cut(pair, "=")
			text += "      " + key + ": " + value + "\n"
		}
		lists[kind].WriteString(text)
	}
	out := "version: 1\ndirectus: 12.4.1\nvendor: postgres\n"
	for _, name := range []string{"collections", "fields", "systemFields", "relations"} {
		if lists[name].Len() == 0 {
			out += name + ": []\n"
		} else {
			out += name + ":\n" + lists[name].String()
		}
	}
	return out
}

var plainStyle = style{size: 7, labels: Labels{Base: "base", Ours: "ours", Theirs: "theirs"}}

func mergeTexts(base, ours, theirs string, st style) *result {
	r := merged(sides{[]byte(base), []byte(ours), []byte(theirs)})
	if r.settled != nil {
		r.mark(st)
	}
	return r
}

func TestMergedIsWhatDirectusWrites(t *testing.T) {
	t.Parallel()
	base := file("c a", "c b note=x", "f a.x", "f a.z", "r a.z b")
	ours := file("c a", "c b note=x", "c d", "f a.x", "f a.z", "f a.o", "f d.id", "r a.z b")
	theirs := file("c a note=new", "c b note=x", "c c", "f a.x", "f a.z", "f a.t", "f c.id", "r a.z b", "r c.id a")
	want := file("c a note=new", "c b note=x", "c c", "c d", "f a.x", "f a.z", "f a.o", "f a.t", "f c.id", "f d.id", "r a.z b", "r c.id a")
	for _, c := range []struct{ name, base, ours, theirs, want string }{
		{"YAML", base, ours, theirs, want},
		{"Windows line ends in ours", base, crlf(ours), theirs, crlf(want)},
		{"Windows line ends in theirs", base, ours, crlf(theirs), want},
		{"a byte order mark", "\ufeff" + base, "\ufeff" + ours, theirs, "\ufeff" + want},
		{"JSON", asJSON(t, base), asJSON(t, ours), asJSON(t, theirs), asJSON(t, want)},
		{"JSON with a line end", asJSON(t, base), asJSON(t, ours) + "\n", asJSON(t, theirs), asJSON(t, want) + "\n"},
		{"theirs went over to JSON", base, ours, asJSON(t, theirs), asJSON(t, want)},
		{"ours went over to JSON", base, asJSON(t, ours), theirs, asJSON(t, want)},
		{"both added the file", "", file("c a", "c b"), file("c a", "c c"), file("c a", "c b", "c c")},
		{"theirs was upgraded", base, ours, strings.Replace(theirs, "12.4.1", "12.5.0", 1), strings.Replace(want, "12.4.1", "12.5.0", 1)},
		{"ours was upgraded", strings.Replace(base, "12.4.1", "11.9.0", 1), ours, strings.Replace(theirs, "12.4.1", "11.9.0", 1), want},
	} {
		r := mergeTexts(c.base, c.ours, c.theirs, plainStyle)
		if r.refused != "" || len(r.conflicts) > 0 {
			t.Errorf("%s: refused %q, conflicts %v", c.name, r.refused, r.conflicts)
		}
		if diff := cmp.Diff(c.want, string(r.data)); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}

func crlf(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

func asJSON(t *testing.T, text string) string {
	t.Helper()
	f := snapshot.Decode("x", []byte(text))
	if !f.Trusted() {
		t.Fatal(f.Problems)
	}
	return string(snapshot.Encode(f.Snapshot, snapshot.JSON))
}

// TestIndentedJSON: what Directus's HTTP API exports keeps its form.
func TestIndentedJSON(t *testing.T) {
	t.Parallel()
	indented := func(text string) string {
		return strings.NewReplacer("{\"version\"", "{\n\t\"version\"", ",\"directus\"", ",\n\t\"directus\"").Replace(asJSON(t, text))
	}
	r := mergeTexts(indented(file("c a")), indented(file("c a", "c b")), indented(file("c a", "c c")), plainStyle)
	if !bytes.HasPrefix(r.data, []byte("{\n\t\"version\": 1,\n\t\"directus\": \"12.4.1\",\n")) || !bytes.Contains(r.data, []byte("\n\t\t\t\"collection\": \"c\",\n")) {
		t.Errorf("%s", r.data)
	}
}

// TestSameBytes: where one side changed nothing, the other is the result to the
// byte, whatever it looks like.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	odd := "# by hand\n" + strings.Replace(file("c a", "c b"), "vendor: postgres", "vendor:   'postgres'", 1)
	for _, other := range []string{odd, "not a snapshot", "", "<<<<<<< broken\n"} {
		base := file("c a")
		for _, c := range []struct{ base, ours, theirs string }{{base, other, other}, {base, base, other}, {base, other, base}} {
			if r := mergeTexts(c.base, c.ours, c.theirs, plainStyle); string(r.data) != other || r.refused != "" || r.conflicts != nil {
				t.Errorf("%q was changed: %q %q", other, r.data, r.refused)
			}
		}
	}
	// The base was only laid out anew by the other side.
	base := strings.Replace(file("c a"), "vendor: postgres", "vendor: 'postgres'", 1)
	if r := mergeTexts(base, file("c a"), odd, plainStyle); string(r.data) != odd {
		t.Errorf("not theirs to the byte:\n%s", r.data)
	}
	if r := mergeTexts(base, odd, file("c a"), plainStyle); string(r.data) != odd {
		t.Errorf("not ours to the byte:\n%s", r.data)
	}
}

func TestUntrustedSides(t *testing.T) {
	t.Parallel()
	good, better := file("c a"), file("c a", "c b")
	for _, c := range []struct{ name, base, ours, theirs, want string }{
		{"no YAML", good, "a: [", better, "our version"},
		{"marks of a merge", good, better, "<<<<<<< x\n" + better, "their version holds the marks of an unresolved merge (line 1)"},
		{"an emptied file", good, better, "", "their version is empty (line 1)"},
		{"a cut base", "version: 1\ncollections:", better, good + "# more\n", "the common ancestor lacks"},
		{"a broken base", "a: [", better, file("c a", "c c"), "the common ancestor"},
		{"a part and a whole", good, better, strings.Replace(file("c a", "c c"), "version: 1", "version: 2", 1), "some of the versions hold the whole schema, some a part of it"},
	} {
		r := mergeTexts(c.base, c.ours, c.theirs, plainStyle)
		if !strings.HasPrefix(r.refused, c.want) || r.data != nil {
			t.Errorf("%s: refused because %q, want %q", c.name, r.refused, c.want)
		}
	}
}

// TestLarge: 24,000 items of which 300 are in conflict take less than a second on an idle machine; what grows with the square
// of them would take minutes.
func TestLarge(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 400 {
		lines = append(lines, fmt.Sprintf("c c%03d", i))
	}
	for i := range 400 {
		for j := range 60 {
			lines = append(lines, fmt.Sprintf("f c%03d.f%d note=n options=null required=false width=half", i, j))
		}
	}
	base := file(lines...)
	ours := strings.ReplaceAll(base, "note: n\n", "note: ours\n") + "\n"
	theirs := strings.Replace(base, "note: n\n", "note: theirs\n", 300)
	start := time.Now()
	r := mergeTexts(base, ours, theirs, plainStyle)
	if took := time.Since(start); took > 15*time.Second {
		t.Errorf("%d MB took %s", len(base)>>20, took)
	} else {
		t.Logf("%d bytes took %s", len(base), took)
	}
	if len(r.conflicts) != 300 {
		t.Errorf("%d conflicts, %s", len(r.conflicts), r.refused)
	}
}

// marked tells whether check would find the file in conflict.
func marked(data []byte) bool {
	for _, p := range snapshot.Decode("x", data).Problems {
		if p.Code == finding.ConflictMarkers {
			return true
		}
	}
	return false
}

func FuzzMerge(f *testing.F) {
	a, b, c := file("c a", "f a.x note=1"), file("c a", "c b", "f a.x note=2"), file("c a", "f a.x note=3", "r a.x a")
	f.Add([]byte(a), []byte(b), []byte(c))
	f.Add([]byte(""), []byte(b), []byte(c))
	f.Add([]byte(a), []byte(crlf(b)), []byte("\ufeff"+c))
	f.Add([]byte("<<<<<<< x\n"+a+"=======\n"+b+">>>>>>> y\n"), []byte(b), []byte(c))
	f.Fuzz(func(t *testing.T, base, ours, theirs []byte) {
		for _, withBase := range []bool{false, true} {
			st := plainStyle
			st.base = withBase
			r := mergeTexts(string(base), string(ours), string(theirs), st)
			switch {
			case r.refused != "":
			case len(r.conflicts) > 0:
				if !marked(r.data) {
					t.Fatalf("conflicts without marks:\n%s", r.data)
				}
				eitherSide(t, r.data)
			case bytes.Equal(r.data, ours) || bytes.Equal(r.data, theirs):
			case !trusted(r.data):
				t.Fatalf("cannot be read:\n%s", r.data)
			}
			back := mergeTexts(string(base), string(theirs), string(ours), st)
			if (back.refused == "") != (r.refused == "") || (len(back.conflicts) == 0) != (len(r.conflicts) == 0) {
				t.Fatalf("the other way round: %q and %q, %v and %v", r.refused, back.refused, r.conflicts, back.conflicts)
			}
			if r.refused == "" && len(r.conflicts) == 0 {
				if diff := cmp.Diff(items(r.data), items(back.data)); diff != "" {
					t.Fatalf("the other way round:\n%s", diff)
				}
			}
		}
	})
}

// items are the items of a file; nil where it is none.
func items(data []byte) map[string]string {
	f := snapshot.Decode("x", data)
	if !f.Trusted() {
		return nil
	}
	out := map[string]string{}
	for key, d := range f.Snapshot.Digests() {
		out[key.String()] = d.String()
	}
	return out
}

// eitherSide takes one side of all conflicts, and of each on its own.
func eitherSide(t *testing.T, data []byte) {
	t.Helper()
	n := bytes.Count(data, []byte("<<<<<<< ours"))
	choices := [][]bool{make([]bool, n), make([]bool, n)}
	for i := range n {
		choices[1][i] = true
		if i < 6 {
			one := make([]bool, n)
			one[i] = true
			choices = append(choices, one)
		}
	}
	for i, choice := range choices {
		text := take(data, choice)
		f := snapshot.Decode("taken", text)
		if !f.Trusted() && !truncatedAnyway(f) {
			t.Fatalf("choice %d of %d: %v\n%s\n--- of\n%s", i, len(choices), f.Problems, text, data)
		}
	}
}

// truncatedAnyway: odd relations of the fuzzer look cut off.
func truncatedAnyway(f *snapshot.File) bool {
	for _, p := range f.Problems {
		if p.Severity == finding.Invalid && p.Code != finding.SnapshotTruncated {
			return false
		}
	}
	return true
}

// take resolves conflicts as an editor does: theirs where so chosen, else ours.
func take(data []byte, theirs []bool) []byte {
	var out []byte
	part, n := byte(0), -1
	for line := range bytes.Lines(data) {
		c, _ := markOf(line)
		switch {
		case c == '<':
			n++
			part = c
		case c == '>':
			part = 0
		case c != 0 && part != 0:
			part = c
		case part == 0, part == '<' && !theirs[n], part == '=' && theirs[n]:
			out = append(out, line...)
		}
	}
	return out
}

package itemlog

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const broken = "version: 1\n<<<<<<< ours\n"

func (r *repository) want(q Query, want ...string) {
	r.t.Helper()
	if diff := cmp.Diff(want, r.log(q)); diff != "" {
		r.t.Errorf("log %+v (-want +got):\n%s", q, diff)
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("other file", schema("a", "a/x"))
	r.commit("b", schema("a", "a/x", "b", "b/y"))
	r.commit("note", schema("a", "a/x=1", "b", "b/y"))
	r.commit("order", strings.Replace(schema("a", "a/x=1", "b", "b/y"), "data_type: text", "data_type: 'text'", 1))
	r.commit("version", schemaOf("12.4.2", "a", "a/x=1", "b", "b/y"))
	r.commit("drop b", schemaOf("12.4.2", "a", "a/x=1"))
	r.commit("edit a", schemaOf("12.4.2", "a=2", "a/x=2"))
	r.want(Query{},
		"edit a; ~ collection a; ~ field a.x", "drop b; - collection b; - field b.y", "version [12.4.1 -> 12.4.2]", "order", "note; ~ field a.x",
		"b; + collection b; + field b.y", "other file; + collection a; + field a.x")
	r.want(Query{Item: "a"}, "edit a; ~ collection a; ~ field a.x", "note; ~ field a.x", "other file; + collection a; + field a.x")
	r.want(Query{Item: "a.x"}, "edit a; ~ field a.x", "note; ~ field a.x", "other file; + field a.x")
	r.want(Query{Item: "field a.x", Most: 1}, "edit a; ~ field a.x")
	r.want(Query{Item: "b"}, "collection b is gone", "drop b; - collection b; - field b.y", "b; + collection b; + field b.y")
	r.want(Query{Item: "b.y"}, "field b.y is gone", "drop b; - field b.y", "b; + field b.y")
	r.want(Query{Most: 2}, "edit a; ~ collection a; ~ field a.x", "drop b; - collection b; - field b.y")
}

// TestNotReadable: a commit that cannot be compared is named, and what the next
// one changed is told from the last that can.
func TestNotReadable(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("one", schema("a", "a/x"))
	r.commit("marks", broken)
	r.commit("still", broken+"a\n")
	r.commit("mended", schema("a", "a/x=1"))
	r.commit("gone", "")
	r.commit("back", schema("a"))
	const reason = " [not readable: snapshots/schema.yaml holds the marks of an unresolved merge]"
	r.want(Query{}, "back; + collection a", "gone [file removed]; - collection a; - field a.x", "mended; ~ field a.x", "still"+reason, "marks"+reason, "one; + collection a; + field a.x")
	r.want(Query{Item: "a.x"}, "field a.x is gone", "gone [file removed]; - field a.x", "mended; ~ field a.x", "still"+reason, "marks"+reason, "one; + field a.x")
	r.commit("broken again", broken)
	r.want(Query{Item: "a", Most: 2}, "broken again"+reason, "back; + collection a")
}

// TestMerge: what a merge takes over stands at the commits that were merged;
// what it makes itself stands at the merge.
func TestMerge(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("base", schema("a", "a/x", "a/y"))
	r.git("checkout", "-q", "-b", "side")
	r.commit("side", schema("a", "a/x=side", "a/y", "b"))
	r.git("checkout", "-q", "main")
	r.commit("main", schema("a", "a/x", "a/y=main"))
	r.git("merge", "-q", "--no-commit", "-X", "ours", "side")
	r.commit("clean merge", schema("a", "a/x=side", "a/y=main", "b"))
	r.want(Query{}, "main; ~ field a.y", "side; + collection b; ~ field a.x", "base; + collection a; + field a.x; + field a.y")
	r.git("checkout", "-q", "side")
	r.commit("side 2", schema("a", "a/x=side 2", "a/y", "b", "c"))
	r.git("checkout", "-q", "main")
	r.commit("main 2", schema("a", "a/x=main 2", "a/y=main", "b"))
	r.git("merge", "-q", "--no-commit", "-X", "ours", "side")
	r.commit("own merge", schema("a", "a/x=both", "a/y=main", "c"))
	r.want(Query{Most: 3}, "own merge [merge]; - collection b; ~ field a.x", "main 2; ~ field a.x", "side 2; + collection c; ~ field a.x")
	r.want(Query{Item: "c"}, "side 2; + collection c")
	r.want(Query{Item: "a.x", Most: 1}, "own merge [merge]; ~ field a.x")
	r.want(Query{Item: "b"}, "collection b is gone", "own merge [merge]; - collection b", "side; + collection b")
}

func TestBranches(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("base", schema("a"))
	r.git("checkout", "-q", "-b", "side")
	side := r.commit("side", schema("a", "b"))
	r.git("checkout", "-q", "main")
	r.want(Query{}, "base; + collection a")
	r.want(Query{All: true}, "side; + collection b", "base; + collection a")
	r.want(Query{Item: "b", All: true}, "side; + collection b")
	_, err := Open(t.Context(), r.open(), file, Query{Item: "b"})
	if e := unknown(err); e == nil || e.Elsewhere != side || !slices.Equal(e.Args(), []string{"--all", "b"}) || !strings.Contains(e.Error(), side[:10]) {
		t.Errorf("an item of another branch: %v", err)
	}
}

// TestNames: names with dots mean what there is.
func TestNames(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("dots", schema("a.b", "a", "a/b.c", "a.b/c", "a.b/d", "x.y/z"))
	r.want(Query{Item: "a.b"}, "dots; + collection a.b; + field a.b.c; + field a.b.d")
	r.want(Query{Item: "a.b.c"}, "dots; + field a.b.c")
	r.want(Query{Item: "a.b.d"}, "dots; + field a.b.d")
	r.want(Query{Item: "x.y"}, "dots; + field x.y.z")
	r.want(Query{Item: "collection a"}, "dots; + collection a; + field a.b.c")
	r.want(Query{Item: "field a.b"}, `no commit has "field a.b"`)
	for item, near := range map[string][]string{"A": {"a"}, "a.b.e": {"a.b.c", "a.b.d", "a.b"}, "d": {"a.b.d", "a"}, "nothing like it": nil, "": nil, ".": {"a"}, "..": {"a"}, "a.": {"a"}} {
		_, err := Open(t.Context(), r.open(), file, Query{Item: item})
		if item == "" {
			continue
		}
		e := unknown(err)
		if e == nil {
			t.Errorf("%q: %v", item, err)
			continue
		}
		if near == nil && len(e.Near) > 0 || near != nil && (len(e.Near) == 0 || !slices.Contains(near, e.Near[0])) {
			t.Errorf("%q: near %q, want one of %q first", item, e.Near, near)
		}
	}
}

func TestNoHistory(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	for _, q := range []Query{{}, {Item: "a"}, {All: true}} {
		if _, err := Open(t.Context(), r.open(), file, q); !errors.Is(err, ErrNoHistory) {
			t.Errorf("before the first commit %+v: %v", q, err)
		}
	}
	r.git("commit", "-q", "--allow-empty", "-m", "empty")
	if _, err := Open(t.Context(), r.open(), file, Query{}); !errors.Is(err, ErrNoHistory) {
		t.Errorf("without the file: %v", err)
	}
}

func TestShallow(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("one", schema("a"))
	r.commit("two", schema("a", "b"))
	r.commit("three", schema("a", "b", "c"))
	clone := &repository{t: t, dir: t.TempDir()}
	clone.git("clone", "-q", "--depth", "2", "file://"+r.dir, ".")
	clone.want(Query{}, "three; + collection c", "two; + collection a; + collection b")
	h, err := Open(t.Context(), clone.open(), file, Query{})
	if err != nil || len(h.Log().Notes) != 1 || !strings.Contains(h.Log().Notes[0], "shallow") {
		t.Errorf("a shallow clone is not named: %+v, %v", h.Log(), err)
	}
}

// TestStopped: a log that was stopped ends with an error, and not as if there
// were no more.
func TestStopped(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("one", schema("a"))
	r.commit("two", schema("a", "b"))
	h, err := Open(t.Context(), r.open(), file, Query{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	for _, err := range h.Commits(ctx) {
		cancel()
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("the last word is %v", last)
	}
}

// TestLineAgainstEveryVersion compares the log of each item with what comparing
// every version with the one before it says.
func TestLineAgainstEveryVersion(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	rnd := rand.New(rand.NewPCG(7, 7))
	names := []string{"a", "a/x", "a/y", "b", "b/x", "c-d", "c-d/x"}
	var before map[string]string
	want := map[string][]string{}
	for i := range 25 {
		now := map[string]string{}
		var items []string
		for _, name := range names {
			if note, ok := before[name]; ok && rnd.IntN(3) > 0 {
				now[name] = note
			} else if rnd.IntN(4) > 0 {
				now[name] = fmt.Sprint(rnd.IntN(2))
			}
			if note, ok := now[name]; ok {
				items = append(items, name+"="+note)
			}
		}
		subject := fmt.Sprint("commit ", i)
		r.commit(subject, schema(items...))
		for _, name := range names {
			was, had := before[name]
			if is, has := now[name]; had != has || was != is {
				want[name] = append(want[name], subject)
			}
		}
		before = now
	}
	for _, name := range names {
		collection, field, ok := strings.Cut(name, "/")
		if !ok {
			continue
		}
		var got []string
		for _, line := range r.log(Query{Item: collection + "." + field}) {
			if subject, _, ok := strings.Cut(line, ";"); ok {
				got = append(got, subject)
			}
		}
		slices.Reverse(got)
		if diff := cmp.Diff(want[name], got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// FuzzReadings: whatever a name is, each of its readings is made of its parts.
func FuzzReadings(f *testing.F) {
	for _, seed := range []string{"a", "a.b", "field a.b", "collection field a.b", ".", "a..b", "system field x.y", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, item string) {
		for _, m := range readings(item) {
			name := m.collection
			if m.field != "" {
				name += "." + m.field
			}
			if !strings.HasSuffix(item, name) {
				t.Errorf("%q is read as %q", item, name)
			}
		}
	})
}

package merge

import (
	"fmt"
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
		o.Set("meta", jsvalue.FromObject(meta.InPropertyOrder()))
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
		{"sort moved on both sides", []string{"f a.x sort=1"}, []string{"f a.x sort=2"}, []string{"f a.x sort=3"}, []string{"f a.x sort=3"}, nil},
		{"fields keep their places", []string{"f a.x", "f a.y"}, []string{"f a.x", "f a.y", "f a.o"}, []string{"f a.x", "f a.t", "f a.y"}, []string{"f a.x", "f a.t", "f a.y", "f a.o"}, nil},
		{"a collection deleted, a field of it added", []string{"c a", "f a.x"}, nil, []string{"c a", "f a.x", "f a.y"}, []string{"c a", "f a.x", "f a.y"}, []string{"field a.y "}},
		{"a collection deleted, its note changed", []string{"c a x=1", "c b", "f a.x", "r a.x b"}, nil, []string{"c a x=2", "c b", "f a.x", "r a.x b"}, []string{"c a x=2", "c b", "f a.x", "r a.x b"}, []string{"collection a ", "relation a.x "}},
		{"a folder deleted, a collection put into it", []string{"c a", "c g", "c h"}, []string{"c a", "c h"}, []string{"c a group=g", "c g group=h", "c h"}, []string{"c a group=g", "c g group=h", "c h"}, []string{"collection g "}},
		{"the last folder deleted, a collection put into it", []string{"c a", "c g"}, []string{"c a"}, []string{"c a group=g", "c g"}, []string{"c a group=g", "c g"}, []string{"collection a "}},
		{"a field deleted, a relation made of it", []string{"c a", "f a.x"}, []string{"c a"}, []string{"c a", "f a.x", "r a.x a"}, []string{"c a", "f a.x", "r a.x a"}, []string{"relation a.x "}},
		{"a field made again here, one added there", []string{"f a.p", "f a.x", "f a.q"}, []string{"f a.p", "f a.q", "f a.x"}, []string{"f a.p", "f a.x", "f a.q", "f a.t"}, []string{"f a.p", "f a.q", "f a.x", "f a.t"}, nil},
		{"a field added here, one made again there", []string{"f a.p", "f a.x", "f a.q"}, []string{"f a.p", "f a.x", "f a.q", "f a.o"}, []string{"f a.p", "f a.q", "f a.x"}, []string{"f a.p", "f a.q", "f a.o", "f a.x"}, nil},
		{"a field made again on both sides", []string{"f a.x", "f a.q"}, []string{"f a.q", "f a.x", "f a.o"}, []string{"f a.q", "f a.x", "f a.t"}, []string{"f a.q", "f a.x", "f a.o", "f a.t"}, nil},
		{"the same field added on both sides", []string{"f a.x"}, []string{"f a.x", "f a.o", "f a.s"}, []string{"f a.x", "f a.s", "f a.t"}, []string{"f a.x", "f a.o", "f a.s", "f a.t"}, nil},
		{"ours before theirs at one place", []string{"f a.x", "f b.x"}, []string{"f a.x", "f a.o", "f b.x"}, []string{"f a.x", "f a.t", "f a.u", "f b.x"}, []string{"f a.x", "f a.o", "f a.t", "f a.u", "f b.x"}, nil},
		{"lists that are not in order of names", []string{"f b.x"}, []string{"f b.x", "f a.x"}, []string{"f a.n", "f b.x"}, []string{"f b.x", "f a.x", "f a.n"}, nil},
		{"new collections by name", []string{"c b"}, []string{"c b", "c d"}, []string{"c z", "c b", "c a", "c c"}, []string{"c a", "c b", "c c", "c d", "c z"}, nil},
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

func TestMergeOfTwice(t *testing.T) {
	t.Parallel()
	twice := snap("f a.x s=alias", "f a.x", "f a.y")
	got, conflicts := Merge(twice, snap("f a.x s=alias", "f a.x", "f a.y", "f a.o"), snap("f a.x s=alias", "f a.x", "f a.y n=1"))
	if diff := cmp.Diff(show(snap("f a.x s=alias", "f a.x", "f a.y n=1", "f a.o")), show(got)); diff != "" || conflicts != nil {
		t.Errorf("%v\n%s", conflicts, diff)
	}
	if _, conflicts = Merge(twice, snap("f a.x s=other", "f a.x", "f a.y"), snap("f a.x s=alias", "f a.x n=1", "f a.y")); len(conflicts) != 1 {
		t.Errorf("two changes of an item that stands twice gave %v", conflicts)
	}
}

func TestMergeHeader(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name             string
		base, ours, them header
		want             header
		conflict         string
	}{
		{"newer theirs", header{"11.8.0", "postgres", 1}, header{"11.8.0", "postgres", 1}, header{"12.4.1", "postgres", 1}, header{"12.4.1", "postgres", 1}, ""},
		{"newer ours", header{"9.2.0", "postgres", 1}, header{"11.10.0", "postgres", 1}, header{"11.9.3", "postgres", 1}, header{"11.10.0", "postgres", 1}, ""},
		{"no version in ours", header{"", "postgres", 1}, header{"", "postgres", 1}, header{"11.9.3", "postgres", 1}, header{"11.9.3", "postgres", 1}, ""},
		{"no vendor before", header{"9.2.0", "", 1}, header{"9.2.0", "", 1}, header{"9.26.0", "postgres", 1}, header{"9.26.0", "postgres", 1}, ""},
		{"two vendors", header{"11.8.0", "postgres", 1}, header{"11.8.0", "postgres", 1}, header{"11.8.0", "mysql", 1}, header{"11.8.0", "postgres", 1}, "vendor"},
		{"two formats", header{"12.4.1", "postgres", 1}, header{"12.4.1", "postgres", 2}, header{"12.4.1", "postgres", 1}, header{"12.4.1", "postgres", 2}, "version"},
	} {
		got, conflicts := Merge(c.base.of(snap("c a")), c.ours.of(snap("c a", "c b")), c.them.of(snap("c a", "c c")))
		if h := (header{got.Directus, got.Vendor, got.Version}); h != c.want {
			t.Errorf("%s: got %v, want %v", c.name, h, c.want)
		}
		var path string
		if len(conflicts) == 1 {
			path = conflicts[0].Path
		}
		if path != c.conflict || len(conflicts) > 1 {
			t.Errorf("%s: conflicts %v, want %q", c.name, conflicts, c.conflict)
		}
	}
	if _, conflicts := Merge(nil, header{"1.0.0", "postgres", 1}.of(snap("c a")), header{"1.0.0", "mysql", 1}.of(snap("c a"))); len(conflicts) != 1 {
		t.Errorf("two vendors without a base gave %v", conflicts)
	}
}

// header is what a test says of a snapshot's first lines.
type header struct {
	directus, vendor string
	format           int
}

func (h header) of(s *snapshot.Snapshot) *snapshot.Snapshot {
	out := snapshot.New(h.format, h.directus, h.vendor)
	for _, kind := range snapshot.Kinds() {
		for _, item := range s.Items(kind) {
			out.Add(item)
		}
	}
	return out
}

func TestMergeWithoutBase(t *testing.T) {
	t.Parallel()
	got, conflicts := Merge(nil, snap("c a", "c b x=1", "c o"), snap("c a", "c b x=2", "c t"))
	if diff := cmp.Diff(show(snap("c a", "c b x=1", "c o", "c t")), show(got)); diff != "" {
		t.Error(diff)
	}
	want := []Conflict{{
		Key: collection("b"), Path: "meta.x", Why: "changed differently on both sides", Ours: `"1"`, Theirs: `"2"`,
	}}
	if diff := cmp.Diff(want, conflicts); diff != "" {
		t.Error(diff)
	}
}

// TestMergeSystemFields: a side whose Directus writes no list of them deleted
// none of them.
func TestMergeSystemFields(t *testing.T) {
	t.Parallel()
	with := func(s *snapshot.Snapshot, fields ...string) *snapshot.Snapshot {
		s.HasSystemFields = true
		for _, f := range fields {
			v := value(t, fmt.Sprintf(`{"collection":"directus_users","field":%q,"schema":{"is_indexed":true}}`, f))
			s.Add(snapshot.Item{Key: snapshot.Key{Kind: snapshot.SystemField, Collection: "directus_users", Field: f}, Value: v})
		}
		return s
	}
	for _, c := range []struct {
		name                     string
		base, ours, theirs, want *snapshot.Snapshot
	}{
		{"both add", with(snap()), with(snap(), "email"), with(snap(), "role"), with(snap(), "email", "role")},
		{"one deletes", with(snap(), "email", "role"), with(snap("c a"), "role"), with(snap(), "email", "role"), with(snap("c a"), "role")},
		{"ours has no list", with(snap(), "email"), snap("c a"), with(snap(), "email", "role"), with(snap("c a"), "email", "role")},
		{"theirs has no list", with(snap(), "email"), with(snap("c b"), "email"), snap("c a"), with(snap("c a", "c b"), "email")},
	} {
		got, conflicts := Merge(c.base, c.ours, c.theirs)
		if diff := cmp.Diff(show(c.want), show(got)); diff != "" || conflicts != nil {
			t.Errorf("%s: %v\n%s", c.name, conflicts, diff)
		}
	}
}

// TestMergeValues merges one field, by path.
func TestMergeValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, base, ours, theirs, want, conflicts string }{
		{"two paths", `{"meta":{"note":"a","width":"half"}}`, `{"meta":{"note":"b","width":"half"}}`, `{"meta":{"note":"a","width":"full"}}`, `{"meta":{"note":"b","width":"full"}}`, ""},
		{"inside options", `{"meta":{"options":{"a":1,"c":{"d":1}}}}`, `{"meta":{"options":{"a":2,"c":{"d":1}}}}`, `{"meta":{"options":{"a":1,"b":1,"c":{"d":2}}}}`, `{"meta":{"options":{"a":2,"b":1,"c":{"d":2}}}}`, ""},
		{"options set on both sides", `{"meta":{"options":null}}`, `{"meta":{"options":{"b":1}}}`, `{"meta":{"options":{"a":1}}}`, `{"meta":{"options":{"a":1,"b":1}}}`, ""},
		{"a list on one side", `{"meta":{"special":["a","b"],"x":1}}`, `{"meta":{"special":["b","a"],"x":1}}`, `{"meta":{"special":["a","b"],"x":2}}`, `{"meta":{"special":["b","a"],"x":2}}`, ""},
		{"a list on both sides", `{"meta":{"special":["a"]}}`, `{"meta":{"special":["a","b"]}}`, `{"meta":{"special":["a","c"]}}`, `{"meta":{"special":["a","b"]}}`, "meta.special"},
		{"an object here, a text there", `{"meta":{"options":{"a":1}}}`, `{"meta":{"options":{"a":2}}}`, `{"meta":{"options":"x"}}`, `{"meta":{"options":{"a":2}}}`, "meta.options"},
		{"null is a value", `{"meta":{"note":null}}`, `{"meta":{}}`, `{"meta":{"note":"x"}}`, `{"meta":{}}`, "meta.note"},
		{"keys as Directus sorts them", `{"meta":{"options":{"a b":1,"a":1}}}`, `{"meta":{"options":{"a b":1,"a":1,"a-b":1}}}`, `{"meta":{"options":{"a a":1,"a b":1,"a":1}}}`, `{"meta":{"options":{"a a":1,"a b":1,"a":1,"a-b":1}}}`, ""},
		{"keys out of order", `{"meta":{"b":1}}`, `{"meta":{"b":1,"o":1}}`, `{"meta":{"t":1,"b":1}}`, `{"meta":{"b":1,"o":1,"t":1}}`, ""},
		{"sort on both sides", `{"meta":{"sort":1}}`, `{"meta":{"sort":3}}`, `{"meta":{"sort":2}}`, `{"meta":{"sort":3}}`, ""},
		{"type here, length there", `{"type":"string","meta":{},"schema":{"data_type":"character varying","max_length":255}}`, `{"type":"text","meta":{},"schema":{"data_type":"text","max_length":255}}`, `{"type":"string","meta":{},"schema":{"data_type":"character varying","max_length":100}}`, `{"type":"text","meta":{},"schema":{"data_type":"text","max_length":255}}`, "schema.max_length"},
		{"type here, note there", `{"type":"string","meta":{"note":null}}`, `{"type":"text","meta":{"note":null}}`, `{"type":"string","meta":{"note":"n"}}`, `{"type":"text","meta":{"note":"n"}}`, ""},
		{"types on both sides", `{"type":"string"}`, `{"type":"text"}`, `{"type":"integer"}`, `{"type":"text"}`, "type"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			one := func(text string) *snapshot.Snapshot {
				s := snap()
				s.Add(snapshot.Item{Key: snapshot.Key{Kind: snapshot.Field, Collection: "a", Field: "x"}, Value: value(t, text)})
				return s
			}
			got, conflicts := Merge(one(c.base), one(c.ours), one(c.theirs))
			if diff := cmp.Diff(show(one(c.want)), show(got)); diff != "" {
				t.Error(diff)
			}
			var paths []string
			for _, x := range conflicts {
				paths = append(paths, x.Path)
			}
			if diff := cmp.Diff(c.conflicts, strings.Join(paths, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func value(t *testing.T, text string) jsvalue.Value {
	t.Helper()
	v, err := jsvalue.ParseJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAdditiveDeletesNothing(t *testing.T) {
	t.Parallel()
	target, live := snap("c a note=new", "c c", "f a.x"), snap("c a note=old", "c b", "f a.w", "f a.x", "f b.y")
	got := Additive(target, live)
	if diff := cmp.Diff(show(snap("c a note=new", "c b", "c c", "f a.w", "f a.x", "f b.y")), show(got)); diff != "" {
		t.Error(diff)
	}
}

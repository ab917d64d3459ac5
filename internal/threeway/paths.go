package threeway

import (
	"strconv"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Path is one value inside two items that differs: JSON texts, empty where a
// side lacks the value.
type Path struct {
	Path string // "meta.options.choices[2].text"
	A, B string
}

// Paths lists the innermost values in which two values differ, in the order of
// a and then of b. Objects are compared by key, arrays place by place.
func Paths(a, b jsvalue.Value) []Path {
	var out []Path
	comparePaths("", a, b, true, true, &out)
	return out
}

func comparePaths(at string, a, b jsvalue.Value, hasA, hasB bool, out *[]Path) {
	if hasA && hasB {
		switch {
		case jsvalue.Equal(a, b):
			return
		case a.Kind() == jsvalue.KindObject && b.Kind() == jsvalue.KindObject:
			compareMembers(at, a.Object(), b.Object(), out)
			return
		case a.Kind() == jsvalue.KindList && b.Kind() == jsvalue.KindList:
			compareElements(at, a.List(), b.List(), out)
			return
		}
	}
	p := Path{Path: at}
	if hasA {
		p.A = string(jsvalue.AppendJSON(nil, a))
	}
	if hasB {
		p.B = string(jsvalue.AppendJSON(nil, b))
	}
	*out = append(*out, p)
}

func compareMembers(at string, a, b *jsvalue.Object, out *[]Path) {
	if at != "" {
		at += "."
	}
	for i := range a.Len() {
		key, v := a.At(i)
		w, ok := b.Get(key)
		comparePaths(at+key, v, w, true, ok, out)
	}
	for i := range b.Len() {
		key, w := b.At(i)
		if _, ok := a.Get(key); !ok {
			comparePaths(at+key, jsvalue.Null(), w, false, true, out)
		}
	}
}

func compareElements(at string, a, b []jsvalue.Value, out *[]Path) {
	for i := range max(len(a), len(b)) {
		var v, w jsvalue.Value
		if i < len(a) {
			v = a[i]
		}
		if i < len(b) {
			w = b[i]
		}
		comparePaths(at+"["+strconv.Itoa(i)+"]", v, w, i < len(a), i < len(b), out)
	}
}

// SameButName tells whether two items of one kind are equal but for their names
// and their place in the form: one that was renamed.
func SameButName(a, b *snapshot.Item) bool {
	if a.Key.Kind == snapshot.Field && a.Key.Collection != b.Key.Collection {
		return false
	}
	if a.Schema().IsNull() || b.Schema().IsNull() {
		return false // folders and aliases hold nothing that could be lost
	}
	return jsvalue.Equal(nameless(a), nameless(b))
}

func nameless(i *snapshot.Item) jsvalue.Value {
	o := i.Value.Object().Without("collection", "field")
	meta := i.Meta().Object().Without("collection", "field", "sort")
	schema := i.Schema().Object().Without("name", "table")
	return jsvalue.FromObject(o.With("meta", jsvalue.FromObject(meta)).With("schema", jsvalue.FromObject(schema)))
}

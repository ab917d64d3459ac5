package merge

import (
	"math"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// optional is a value that may not be there, which is not null.
type optional struct {
	value jsvalue.Value
	there bool
}

func some(v jsvalue.Value) optional { return optional{v, true} }

func (o optional) equal(p optional) bool {
	return o.there == p.there && (!o.there || jsvalue.Equal(o.value, p.value))
}

func (o optional) text() string {
	if !o.there {
		return ""
	}
	return string(jsvalue.AppendJSON(nil, o.value))
}

// value merges one value. Objects are merged by key; everything else, arrays
// included, is one value, since the order inside an array is data.
func (m *merger) value(key snapshot.Key, path string, base, ours, theirs optional) optional {
	switch {
	case ours.equal(theirs), base.equal(theirs):
		return ours
	case base.equal(ours):
		return theirs
	}
	if isObject(ours) && isObject(theirs) && (isObject(base) || !base.there || base.value.IsNull()) {
		return m.object(key, path, base, ours, theirs)
	}
	if path == "meta.sort" {
		return larger(ours, theirs)
	}
	return m.conflict(Conflict{
		Key: key, Path: path, Why: "changed differently on both sides",
		Base: base.text(), Ours: ours.text(), Theirs: theirs.text(),
	}).of(base, ours, theirs)
}

// larger settles a place in a form. Dragging a row in the admin UI renumbers its
// neighbours: two that did so did not contradict each other, and whichever side
// is ours, the outcome is the same.
func larger(a, b optional) optional {
	x, y := place(a), place(b)
	if x > y || x == y && jsvalue.CompareUTF16(a.text(), b.text()) > 0 {
		return a
	}
	return b
}

func place(o optional) float64 {
	if o.there && o.value.Kind() == jsvalue.KindNumber {
		return o.value.Number()
	}
	return math.Inf(-1)
}

func isObject(o optional) bool { return o.there && o.value.Kind() == jsvalue.KindObject }

// object merges two objects by key: ours' order, then what only theirs has.
func (m *merger) object(key snapshot.Key, path string, base, ours, theirs optional) optional {
	b, o, t := base.value.Object(), ours.value.Object(), theirs.value.Object()
	if !base.there {
		b = nil
	}
	out := jsvalue.NewObject(o.Len() + 1)
	merge := func(name string) {
		v := m.value(key, strings.TrimPrefix(path+"."+name, "."), member(b, name), member(o, name), member(t, name))
		if v.there {
			out.Set(name, v.value)
		}
	}
	for _, name := range o.Keys() {
		merge(name)
	}
	for _, name := range t.Keys() {
		if _, has := o.Get(name); !has {
			merge(name)
		}
	}
	return some(jsvalue.FromObject(inOrder(out, o, t)))
}

// inOrder puts the keys in order where both sides had theirs in order, as
// Directus writes them. Integer-like keys come first in any case, as in every
// JavaScript object.
func inOrder(merged, ours, theirs *jsvalue.Object) *jsvalue.Object {
	if isSorted(ours) && isSorted(theirs) {
		return sorted(merged)
	}
	return merged.InPropertyOrder()
}

func isSorted(o *jsvalue.Object) bool { return slices.Equal(o.Keys(), sorted(o).Keys()) }

// sorted returns the object with its keys as Directus sorts them: pairs of key
// and value, compared as the text of an array (12.4.1, utils/get-snapshot.js,
// sortDeep), so that "a b" comes before "a" and "a" before "a-b".
func sorted(o *jsvalue.Object) *jsvalue.Object {
	names := slices.Clone(o.Keys())
	slices.SortFunc(names, func(a, b string) int {
		x, y := a+",", b+","
		if strings.HasPrefix(x, y) || strings.HasPrefix(y, x) {
			x, y = x+jsvalue.Text(member(o, a).value), y+jsvalue.Text(member(o, b).value)
		}
		return jsvalue.CompareUTF16(x, y)
	})
	out := jsvalue.NewObject(len(names))
	for _, name := range names {
		v, _ := o.Get(name)
		out.Set(name, v)
	}
	return out.InPropertyOrder()
}

func member(o *jsvalue.Object, name string) optional {
	v, ok := o.Get(name)
	return optional{v, ok}
}

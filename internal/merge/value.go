package merge

import (
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
	// Dragging a row in the admin UI renumbers its neighbours: two that did so
	// did not contradict each other.
	if path != "meta.sort" {
		m.conflict(Conflict{
			Key: key, Path: path, Why: "changed differently on both sides",
			Base: base.text(), Ours: ours.text(), Theirs: theirs.text(),
		})
	}
	return ours
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

// sorted returns the object with its keys in the order of JavaScript's sort.
func sorted(o *jsvalue.Object) *jsvalue.Object {
	names := slices.SortedFunc(slices.Values(o.Keys()), jsvalue.CompareUTF16)
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

// Package deepdiff finds the differences of two JavaScript values in the order in which deep-diff 1.0.2 reports them
// (https://www.npmjs.com/package/deep-diff), the library in every Directus from 9 to 12. Directus looks at the kind of
// the first difference to decide what to do with a whole item, so the order is what counts. It applies nothing.
package deepdiff

import (
	"slices"
	"strconv"
	"strings"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

// Kind is the kind of a difference, spelled as deep-diff spells it.
type Kind byte

// The kinds.
const (
	New    Kind = 'N' // only the right side has it
	Delete Kind = 'D' // only the left side has it
	Edit   Kind = 'E' // both have it, with different values
	Array  Kind = 'A' // an element that only the longer of two arrays has
)

// Change is one difference.
type Change struct {
	Kind Kind
	Path []string       // nil for the value itself
	LHS  *jsvalue.Value // nil is JavaScript's undefined
	RHS  *jsvalue.Value
}

// Name returns the path in words: "meta.options.choices".
func (c Change) Name() string { return strings.Join(c.Path, ".") }

// Under tells whether the change is at or below the given top-level key.
func (c Change) Under(key string) bool { return len(c.Path) > 0 && c.Path[0] == key }

// Diff returns the differences of two values: the left side's keys in their order, then the keys that only the right
// side has; of arrays first the difference in length, from the end, then the elements from last to first. A nil value
// is JavaScript's undefined.
func Diff(lhs, rhs *jsvalue.Value) []Change {
	var d differ
	d.walk(lhs, rhs, nil)
	return d.changes
}

type differ struct{ changes []Change }

func (d *differ) add(k Kind, path []string, lhs, rhs *jsvalue.Value) {
	d.changes = append(d.changes, Change{Kind: k, Path: append([]string(nil), path...), LHS: lhs, RHS: rhs})
}

func (d *differ) walk(lhs, rhs *jsvalue.Value, path []string) {
	switch {
	case lhs == nil && rhs == nil:
	case lhs == nil:
		d.add(New, path, nil, rhs)
	case rhs == nil:
		d.add(Delete, path, lhs, nil)
	case lhs.Kind() != rhs.Kind():
		d.add(Edit, path, lhs, rhs)
	case lhs.Kind() == jsvalue.KindList:
		d.lists(lhs.List(), rhs.List(), path)
	case lhs.Kind() == jsvalue.KindObject:
		d.objects(lhs.Object().InPropertyOrder(), rhs.Object().InPropertyOrder(), path)
	case !jsvalue.Equal(*lhs, *rhs):
		d.add(Edit, path, lhs, rhs)
	}
}

func (d *differ) lists(lhs, rhs []jsvalue.Value, path []string) {
	i, j := len(rhs)-1, len(lhs)-1
	for ; i > j; i-- {
		d.add(Array, at(path, strconv.Itoa(i)), nil, &rhs[i])
	}
	for ; j > i; j-- {
		d.add(Array, at(path, strconv.Itoa(j)), &lhs[j], nil)
	}
	for ; i >= 0; i-- {
		d.walk(&lhs[i], &rhs[i], at(path, strconv.Itoa(i)))
	}
}

func (d *differ) objects(lhs, rhs *jsvalue.Object, path []string) {
	for i := range lhs.Len() {
		key, l := lhs.At(i)
		if r, ok := rhs.Get(key); ok {
			d.walk(&l, &r, at(path, key))
		} else {
			d.walk(&l, nil, at(path, key))
		}
	}
	for i := range rhs.Len() {
		key, r := rhs.At(i)
		// deep-diff leaves out an empty key that only the right side has.
		if _, ok := lhs.Get(key); !ok && key != "" {
			d.walk(nil, &r, at(path, key))
		}
	}
}

func at(path []string, key string) []string {
	return append(slices.Clip(path), key)
}

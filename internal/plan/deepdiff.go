package plan

import (
	"strconv"
	"strings"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

// kind is the kind of a difference, spelled as deep-diff spells it.
type kind byte

const (
	kindNew    kind = 'N'
	kindDelete kind = 'D'
	kindEdit   kind = 'E'
	kindArray  kind = 'A'
)

// change is one entry of what deep-diff returns. Directus looks at the kind of
// the first one to decide what to do with the whole item, so their order counts.
type change struct {
	kind     kind
	path     []string       // nil for the item itself
	lhs, rhs *jsvalue.Value // nil is JavaScript's undefined
}

// name returns the path in words: "meta.options.choices".
func (c change) name() string { return strings.Join(c.path, ".") }

// under tells whether the change is at or below the given top-level key.
func (c change) under(key string) bool { return len(c.path) > 0 && c.path[0] == key }

// nestedMeta tells whether Directus recognises the change as one of a meta key
// that came or went (10.3 to 12.4, utils/apply-diff.js, isNestedMetaUpdate).
func (c change) nestedMeta() bool {
	return (c.kind == kindNew || c.kind == kindDelete) && len(c.path) >= 2 && c.path[0] == "meta"
}

// deepDiff returns the differences of two values in the order of deep-diff
// 1.0.2 (https://www.npmjs.com/package/deep-diff), the library in every Directus
// from 9 to 12: the left side's keys in their order, then the keys that only the
// right side has; of arrays first the difference in length, from the end, then
// the elements from last to first. A nil value is JavaScript's undefined.
func deepDiff(lhs, rhs *jsvalue.Value) []change {
	var d differ
	d.walk(lhs, rhs, nil)
	return d.changes
}

type differ struct{ changes []change }

func (d *differ) add(k kind, path []string, lhs, rhs *jsvalue.Value) {
	d.changes = append(d.changes, change{kind: k, path: append([]string(nil), path...), lhs: lhs, rhs: rhs})
}

func (d *differ) walk(lhs, rhs *jsvalue.Value, path []string) {
	switch {
	case lhs == nil && rhs == nil:
	case lhs == nil:
		d.add(kindNew, path, nil, rhs)
	case rhs == nil:
		d.add(kindDelete, path, lhs, nil)
	case lhs.Kind() != rhs.Kind():
		d.add(kindEdit, path, lhs, rhs)
	case lhs.Kind() == jsvalue.KindList:
		d.lists(lhs.List(), rhs.List(), path)
	case lhs.Kind() == jsvalue.KindObject:
		d.objects(lhs.Object().InPropertyOrder(), rhs.Object().InPropertyOrder(), path)
	case !jsvalue.Equal(*lhs, *rhs):
		d.add(kindEdit, path, lhs, rhs)
	}
}

func (d *differ) lists(lhs, rhs []jsvalue.Value, path []string) {
	i, j := len(rhs)-1, len(lhs)-1
	for ; i > j; i-- {
		d.add(kindArray, at(path, strconv.Itoa(i)), nil, &rhs[i])
	}
	for ; j > i; j-- {
		d.add(kindArray, at(path, strconv.Itoa(j)), &lhs[j], nil)
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
	return append(path[:len(path):len(path)], key)
}

// Package metarow compares the meta of a snapshot file's item with the columns that its row has in the database.
// Directus writes what the file has and the row knows; a key that the file lacks stays as it is, one that the row lacks
// is dropped in silence (services/items.js).
package metarow

import (
	"slices"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Difference is what writing a meta does to a row.
type Difference struct {
	Changed bool // a column gets another value
	Missing []string
	Unknown []string
	// Reordered are lists that the file has in another order than Directus lists them in, where it sorts them.
	Reordered []string
}

// Compare compares the meta of the file with that of the row, whose columns are keys. Nil keys are not known:
// everything counts as changed.
func Compare(keys []string, file, live jsvalue.Value, sortsArrays bool) Difference {
	d := Difference{Changed: keys == nil}
	for _, key := range keys {
		v, ok := file.Object().Get(key)
		switch is := live.Get(key); {
		case !ok:
			d.Missing = append(d.Missing, key)
		case jsvalue.Equal(v, is):
		case sortsArrays && equalUnordered(v, is):
			d.Reordered = append(d.Reordered, key)
		default:
			d.Changed = true
		}
	}
	for _, key := range file.Object().Keys() {
		if keys != nil && !slices.Contains(keys, key) {
			d.Unknown = append(d.Unknown, key)
		}
	}
	return d
}

// equalUnordered tells whether two lists are equal but for their order.
func equalUnordered(a, b jsvalue.Value) bool {
	if a.Kind() != jsvalue.KindList || b.Kind() != jsvalue.KindList {
		return false
	}
	sorted := func(v jsvalue.Value) []string {
		out := make([]string, 0, len(v.List()))
		for _, e := range v.List() {
			out = append(out, string(jsvalue.AppendJSON(nil, e)))
		}
		slices.Sort(out)
		return out
	}
	return slices.Equal(sorted(a), sorted(b))
}

// Merged returns a meta after the file's keys were written over it.
func Merged(live, file jsvalue.Value) jsvalue.Value {
	out := live.Object().Without()
	for i := range file.Object().Len() {
		out.Set(file.Object().At(i))
	}
	return jsvalue.FromObject(out)
}

// Keys returns the columns of a meta table as the first of a snapshot's items shows them; nil where none does.
func Keys(items []snapshot.Item) []string {
	for i := range items {
		if meta := items[i].Meta(); !meta.IsNull() {
			return meta.Object().Keys()
		}
	}
	return nil
}

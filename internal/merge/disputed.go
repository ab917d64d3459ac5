package merge

import (
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// unknown stands in a base for what is not known of it. It equals what no side
// has: two noncharacters of Unicode are in no schema.
const unknown = "\ufdd0unknown\ufdd1"

// Disputed returns the base of a merge of which two versions are possible, as
// where branches were merged into each other: where they differ, it equals
// neither side, so that what the sides do not agree on is in conflict.
func Disputed(a, b *snapshot.Snapshot) *snapshot.Snapshot {
	out := snapshot.New(a.Version, a.Directus, a.Vendor)
	out.Dialect = a.Dialect
	out.HasSystemFields = a.HasSystemFields || b.HasSystemFields
	for _, key := range union(a, b) {
		x, y := a.All(key), b.All(key)
		switch {
		case same(x, y):
			for _, item := range x {
				out.Add(*item)
			}
		case len(x) == 1 && len(y) == 1:
			out.Add(snapshot.Item{Key: key, Value: disputed(x[0].Value, y[0].Value)})
		default:
			out.Add(snapshot.Item{Key: key, Value: jsvalue.String(unknown)})
		}
	}
	return out
}

func disputed(a, b jsvalue.Value) jsvalue.Value {
	if jsvalue.Equal(a, b) {
		return a
	}
	x, y := a.Object(), b.Object()
	if a.Kind() != jsvalue.KindObject || b.Kind() != jsvalue.KindObject {
		return jsvalue.String(unknown)
	}
	out := jsvalue.NewObject(x.Len())
	for i := range x.Len() {
		key, v := x.At(i)
		if w, ok := y.Get(key); ok {
			out.Set(key, disputed(v, w))
		} else {
			out.Set(key, jsvalue.String(unknown))
		}
	}
	for _, key := range y.Keys() {
		if _, ok := x.Get(key); !ok {
			out.Set(key, jsvalue.String(unknown))
		}
	}
	return jsvalue.FromObject(out)
}

package merge

import (
	"slices"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

func sortUTF16(names []string) { slices.SortFunc(names, jsvalue.CompareUTF16) }

func sorted(o *jsvalue.Object) bool { return slices.IsSortedFunc(o.Keys(), jsvalue.CompareUTF16) }

// write adds the merged items to the result: those that ours has in ours'
// order, then each that only theirs has at its place.
func (m *merger) write(out *snapshot.Snapshot) {
	for _, kind := range snapshot.Kinds() {
		var keys []snapshot.Key
		for _, key := range keysOf(m.ours, kind) {
			if m.items[key] != nil {
				keys = append(keys, key)
			}
		}
		var before []snapshot.Key // those of theirs' list that came earlier
		for _, key := range keysOf(m.theirs, kind) {
			if m.items[key] != nil {
				if m.ours.Get(key) == nil {
					keys = place(keys, before, key)
				}
				before = append(before, key)
			}
		}
		for _, key := range keys {
			for _, item := range m.items[key] {
				out.Add(item)
			}
		}
	}
}

func keysOf(s *snapshot.Snapshot, kind snapshot.Kind) []snapshot.Key {
	var keys []snapshot.Key
	for i := range s.Items(kind) {
		if item := &s.Items(kind)[i]; s.Get(item.Key) == item {
			keys = append(keys, item.Key)
		}
	}
	return keys
}

// place inserts a key behind the nearest of those that came before it in its
// own list and belong to the same collection; else before the others of its
// collection; else where the name of its collection sorts.
func place(keys, before []snapshot.Key, key snapshot.Key) []snapshot.Key {
	for i := len(before) - 1; i >= 0; i-- {
		if before[i].Collection != key.Collection {
			break
		}
		if at := slices.Index(keys, before[i]); at >= 0 {
			return slices.Insert(keys, at+1, key)
		}
	}
	at := slices.IndexFunc(keys, func(k snapshot.Key) bool {
		return k.Collection == key.Collection || jsvalue.CompareUTF16(k.Collection, key.Collection) > 0
	})
	if at < 0 {
		at = len(keys)
	}
	return slices.Insert(keys, at, key)
}

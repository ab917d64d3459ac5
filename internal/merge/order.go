package merge

import (
	"slices"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

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
					keys = m.place(keys, before, key)
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
// own list and belong to the same collection, and behind what only ours has
// there; else before the others of its collection; else where the name of its
// collection sorts.
func (m *merger) place(keys, before []snapshot.Key, key snapshot.Key) []snapshot.Key {
	for i := len(before) - 1; i >= 0 && before[i].Collection == key.Collection; i-- {
		at := slices.Index(keys, before[i])
		if at < 0 {
			continue
		}
		for at++; at < len(keys) && keys[at].Collection == key.Collection && m.theirs.Get(keys[at]) == nil; {
			at++
		}
		return slices.Insert(keys, at, key)
	}
	at := slices.IndexFunc(keys, func(k snapshot.Key) bool { return k.Collection == key.Collection })
	if at < 0 {
		at = slices.IndexFunc(keys, func(k snapshot.Key) bool {
			return jsvalue.CompareUTF16(k.Collection, key.Collection) > 0
		})
	}
	if at < 0 {
		at = len(keys)
	}
	return slices.Insert(keys, at, key)
}

package merge

import "github.com/schemaguard/schemaguard/internal/snapshot"

// Keep returns live with what waits in the target for a boot: of the items for
// which waits is true the target's version, which may be that it has none. It is
// the snapshot that live will equal after that boot, which takes nothing out
// that somebody else committed.
//
// A field or relation that waits for a collection that will not be there is left
// out, as nothing could create it.
func Keep(live, target *snapshot.Snapshot, waits func(snapshot.Key) bool) *snapshot.Snapshot {
	m := newMerger(live, live, target)
	for _, key := range union(live, target) {
		side := live
		if waits(key) {
			side = target
		}
		if items := side.All(key); len(items) > 0 {
			m.items[key] = copies(items)
		}
	}
	for key := range m.items {
		owned := key.Kind == snapshot.Field || key.Kind == snapshot.Relation
		if owned && waits(key) && m.items[collection(key.Collection)] == nil && target.Get(collection(key.Collection)) != nil {
			delete(m.items, key)
		}
	}
	out := snapshot.New(live.Version, live.Directus, live.Vendor)
	out.Dialect = live.Dialect
	out.HasSystemFields = live.HasSystemFields
	m.write(out)
	return out
}

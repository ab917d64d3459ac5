// Package merge joins two snapshots that grew from one: by item, then by path
// inside an item. It serves a git that understands the snapshot file, and a boot
// that may only add.
//
// It is pure. It never drops an item without somebody having deleted it, and
// says so where that was at odds with a change on the other side.
package merge

import (
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Conflict is one thing that both sides changed, differently. The texts are
// JSON; empty where that side lacks it.
type Conflict struct {
	Key                snapshot.Key // zero for the header
	Path               string       // "meta.note"; empty for the item as a whole
	Why                string       // a clause: "changed differently on both sides"
	Base, Ours, Theirs string
}

// Merge joins what ours and theirs made of base. A nil base means that both
// sides added the file. The result holds ours where the two are in conflict, and
// of an item that only one of them still has, that one.
//
// The order is ours'; what only theirs has stands behind what precedes it there.
// Where one side left the base as it was, the result is the other side.
func Merge(base, ours, theirs *snapshot.Snapshot) (*snapshot.Snapshot, []Conflict) {
	if base == nil {
		base = snapshot.New(ours.Version, "", ours.Vendor)
	} else if identical(base, ours) {
		return theirs, nil
	} else if identical(base, theirs) {
		return ours, nil
	}
	m := &merger{base: base, ours: ours, theirs: theirs, items: map[snapshot.Key][]snapshot.Item{}}
	out := m.header()
	for _, key := range union(ours, theirs, base) {
		m.item(key)
	}
	m.keepOwners()
	m.relatedCollections()
	m.write(out)
	return out, m.conflicts
}

// Additive returns the target with every item of live that it lacks: applied, it
// deletes no item.
func Additive(target, live *snapshot.Snapshot) *snapshot.Snapshot {
	m := &merger{ours: target, theirs: live, items: map[snapshot.Key][]snapshot.Item{}}
	for _, side := range []*snapshot.Snapshot{live, target} {
		for _, key := range side.Keys() {
			m.items[key] = copies(side.All(key))
		}
	}
	out := headed(target, target.Directus, target.Version, target.Vendor)
	out.HasSystemFields = target.HasSystemFields || live.HasSystemFields
	m.write(out)
	return out
}

// merger is one merge in progress.
type merger struct {
	base, ours, theirs *snapshot.Snapshot
	items              map[snapshot.Key][]snapshot.Item
	conflicts          []Conflict
}

// identical tells whether two snapshots are the same file: header, items, order.
func identical(a, b *snapshot.Snapshot) bool {
	if a.Version != b.Version || a.Directus != b.Directus || a.Vendor != b.Vendor || a.HasSystemFields != b.HasSystemFields {
		return false
	}
	for _, kind := range snapshot.Kinds() {
		x, y := a.Items(kind), b.Items(kind)
		if len(x) != len(y) {
			return false
		}
		for i := range x {
			if x[i].Key != y[i].Key || !jsvalue.Equal(x[i].Value, y[i].Value) {
				return false
			}
		}
	}
	return true
}

// headed returns an empty snapshot with the given header.
func headed(like *snapshot.Snapshot, version string, format int, vendor string) *snapshot.Snapshot {
	out := snapshot.New(format, version, vendor)
	if version == like.Directus {
		out.Dialect = like.Dialect
	}
	return out
}

// header merges the header: of two versions the newer, for the file is written
// by whoever upgraded.
func (m *merger) header() *snapshot.Snapshot {
	format := m.ours.Version
	if m.ours.Version != m.theirs.Version {
		if m.ours.Version == m.base.Version {
			format = m.theirs.Version
		}
		m.conflict(Conflict{Path: "version", Why: "one side is a partial snapshot, the other a whole one"})
	}
	vendor := m.ours.Vendor
	switch {
	case m.ours.Vendor == m.theirs.Vendor || m.theirs.Vendor == m.base.Vendor:
	case m.ours.Vendor == m.base.Vendor:
		vendor = m.theirs.Vendor
	default:
		m.conflict(Conflict{Path: "vendor", Why: "the sides come from different databases", Ours: m.ours.Vendor, Theirs: m.theirs.Vendor})
	}
	like := m.ours
	if newer(m.theirs.Directus, m.ours.Directus) {
		like = m.theirs
	}
	out := headed(like, like.Directus, format, vendor)
	out.HasSystemFields = m.ours.HasSystemFields || m.theirs.HasSystemFields
	return out
}

func newer(a, b string) bool {
	x, err := directus.ParseVersion(a)
	if err != nil {
		return false
	}
	y, err := directus.ParseVersion(b)
	return err != nil || x.Compare(y) > 0
}

func (m *merger) conflict(c Conflict) { m.conflicts = append(m.conflicts, c) }

// union returns the keys of all sides, each once.
func union(sides ...*snapshot.Snapshot) []snapshot.Key {
	seen := map[snapshot.Key]bool{}
	var keys []snapshot.Key
	for _, side := range sides {
		for _, key := range side.Keys() {
			if !seen[key] {
				seen[key] = true
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// item merges everything the sides have under one key.
func (m *merger) item(key snapshot.Key) {
	b, o, t := m.base.All(key), m.ours.All(key), m.theirs.All(key)
	switch {
	case same(o, t), same(b, t):
		m.take(key, o)
	case same(b, o):
		m.take(key, t)
	case len(o) == 0 || len(t) == 0:
		m.take(key, append(append([]*snapshot.Item{}, o...), t...))
		why := "deleted in theirs and changed in ours"
		if len(o) == 0 {
			why = "deleted in ours and changed in theirs"
		}
		m.conflict(Conflict{Key: key, Why: why, Base: text(b), Ours: text(o), Theirs: text(t)})
	case len(o) > 1 || len(t) > 1 || len(b) > 1:
		m.take(key, o)
		m.conflict(Conflict{Key: key, Why: "stands in the file twice, and was changed on both sides", Base: text(b), Ours: text(o), Theirs: text(t)})
	default:
		var before optional
		if len(b) == 1 {
			before = some(b[0].Value)
		}
		merged := m.value(key, "", before, some(o[0].Value), some(t[0].Value))
		m.items[key] = []snapshot.Item{{Key: key, Value: merged.value, Line: o[0].Line}}
	}
}

func (m *merger) take(key snapshot.Key, items []*snapshot.Item) {
	if len(items) > 0 {
		m.items[key] = copies(items)
	}
}

func copies(items []*snapshot.Item) []snapshot.Item {
	out := make([]snapshot.Item, len(items))
	for i, item := range items {
		out[i] = *item
	}
	return out
}

// same tells whether two sides have the same under a key, down to the schema of
// an auto-incremented key, which a comparison with live would leave out.
func same(a, b []*snapshot.Item) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !jsvalue.Equal(a[i].Value, b[i].Value) {
			return false
		}
	}
	return true
}

// keepOwners brings back a collection that one side deleted while the other
// changed something in it: a field without its collection is no snapshot.
func (m *merger) keepOwners() {
	for _, key := range union(m.ours, m.theirs) {
		if key.Kind != snapshot.Field && key.Kind != snapshot.Relation || m.items[key] == nil {
			continue
		}
		owner := snapshot.Key{Kind: snapshot.Collection, Collection: key.Collection}
		if m.items[owner] != nil {
			continue
		}
		had := m.ours.All(owner)
		why := "changed in ours, while theirs deleted its collection"
		if had == nil {
			had, why = m.theirs.All(owner), "changed in theirs, while ours deleted its collection"
		}
		if had == nil {
			continue // a field of a system collection, or one that dangled before
		}
		m.take(owner, had)
		m.conflict(Conflict{Key: key, Why: why})
	}
}

// relatedCollections finds relations whose other end one side deleted.
func (m *merger) relatedCollections() {
	for _, key := range union(m.ours, m.theirs) {
		if key.Kind != snapshot.Relation || len(m.items[key]) == 0 {
			continue
		}
		related := m.items[key][0].Value.Get("related_collection").Str()
		end := snapshot.Key{Kind: snapshot.Collection, Collection: related}
		if related == "" || m.items[end] != nil {
			continue
		}
		if had := m.ours.All(end); had != nil || m.theirs.All(end) != nil {
			m.take(end, append(had, m.theirs.All(end)...)[:1])
			m.conflict(Conflict{Key: key, Why: "points to collection " + related + ", which the other side deleted"})
		}
	}
}

func text(items []*snapshot.Item) string {
	if len(items) == 0 {
		return ""
	}
	return string(jsvalue.AppendJSON(nil, items[0].Value))
}

// Package merge joins two snapshots that grew from one: by item, then by path
// inside an item. It serves a git that understands the snapshot file, and a boot
// that may only add.
//
// It is pure. It never drops an item without somebody having deleted it, and
// says so where that was at odds with a change on the other side.
package merge

import (
	"strconv"

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
// The order is that of a database that saw ours' edits and then theirs':
// collections by name, the fields of one by age. Where one side left the base as
// it was, the result is the other side itself, not a copy.
func Merge(base, ours, theirs *snapshot.Snapshot) (*snapshot.Snapshot, []Conflict) {
	switch {
	case identical(ours, theirs):
		return ours, nil
	case base == nil:
		base = snapshot.New(ours.Version, "", "")
	case identical(base, ours):
		return theirs, nil
	case identical(base, theirs):
		return ours, nil
	}
	m := newMerger(base, ours, theirs)
	out := m.header()
	for _, key := range union(ours, theirs, base) {
		m.item(key)
	}
	m.complete()
	m.write(out)
	return out, m.conflicts
}

// Additive returns the target with every item of live that it lacks: applied, it
// deletes no item.
func Additive(target, live *snapshot.Snapshot) *snapshot.Snapshot {
	m := newMerger(live, target, live)
	for _, side := range []*snapshot.Snapshot{live, target} {
		for _, key := range side.Keys() {
			m.items[key] = copies(side.All(key))
		}
	}
	out := snapshot.New(target.Version, target.Directus, target.Vendor)
	out.Dialect = target.Dialect
	out.HasSystemFields = target.HasSystemFields || live.HasSystemFields
	m.write(out)
	return out
}

// merger is one merge in progress.
type merger struct {
	base, ours, theirs *snapshot.Snapshot
	places             map[snapshot.Key]int // of the keys of base, in its order
	items              map[snapshot.Key][]snapshot.Item
	conflicts          []Conflict
	// choose says which side a conflict goes to, by its place in conflicts; nil
	// is always ours.
	choose func(n int) side
}

func newMerger(base, ours, theirs *snapshot.Snapshot) *merger {
	m := &merger{base: base, ours: ours, theirs: theirs, items: map[snapshot.Key][]snapshot.Item{}}
	keys := base.Keys()
	m.places = make(map[snapshot.Key]int, len(keys))
	for i, key := range keys {
		m.places[key] = i
	}
	return m
}

// side is one of the three inputs of a merge.
type side uint8

const (
	toOurs side = iota
	toTheirs
	toBase
)

// of picks what this side has.
func (s side) of(base, ours, theirs optional) optional {
	return [...]optional{toOurs: ours, toTheirs: theirs, toBase: base}[s]
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

// header merges the header: of two versions the newer, for the file is written
// by whoever upgraded.
func (m *merger) header() *snapshot.Snapshot {
	if m.ours.Version != m.theirs.Version {
		m.conflict(Conflict{
			Path: "version", Why: "one side is a partial snapshot, the other a whole one",
			Base: strconv.Itoa(m.base.Version), Ours: strconv.Itoa(m.ours.Version), Theirs: strconv.Itoa(m.theirs.Version),
		})
	}
	vendor := m.ours.Vendor
	if vendor == "" {
		vendor = m.theirs.Vendor // Directus 9 writes none
	} else if m.theirs.Vendor != "" && m.theirs.Vendor != vendor {
		m.conflict(Conflict{
			Path: "vendor", Why: "the sides come from different databases",
			Base: quoted(m.base.Vendor), Ours: quoted(vendor), Theirs: quoted(m.theirs.Vendor),
		})
	}
	like := m.ours
	if newer(m.theirs.Directus, m.ours.Directus) {
		like = m.theirs
	}
	out := snapshot.New(m.ours.Version, like.Directus, vendor)
	out.Dialect = like.Dialect
	out.HasSystemFields = m.ours.HasSystemFields || m.theirs.HasSystemFields
	return out
}

func quoted(text string) string { return string(jsvalue.AppendJSON(nil, jsvalue.String(text))) }

func newer(a, b string) bool {
	x, err := directus.ParseVersion(a)
	if err != nil {
		return false
	}
	y, err := directus.ParseVersion(b)
	return err != nil || x.Compare(y) > 0
}

// conflict notes a conflict and returns the side that it goes to.
func (m *merger) conflict(c Conflict) side {
	m.conflicts = append(m.conflicts, c)
	if m.choose == nil {
		return toOurs
	}
	return m.choose(len(m.conflicts) - 1)
}

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
	if key.Kind == snapshot.SystemField && m.ours.HasSystemFields != m.theirs.HasSystemFields {
		// The list came with Directus 11.13: a side without it deleted nothing.
		if !m.ours.HasSystemFields {
			o = b
		} else {
			t = b
		}
	}
	switch {
	case same(o, t), same(b, t):
		m.take(key, o)
	case same(b, o):
		m.take(key, t)
	case len(o) == 0 || len(t) == 0:
		why := "deleted in theirs and changed in ours"
		if len(o) == 0 {
			why = "deleted in ours and changed in theirs"
		}
		to := m.conflict(Conflict{Key: key, Why: why, Base: text(b), Ours: text(o), Theirs: text(t)})
		if m.choose == nil {
			m.take(key, append(append([]*snapshot.Item{}, o...), t...))
		} else {
			m.take(key, [...][]*snapshot.Item{toOurs: o, toTheirs: t, toBase: b}[to])
		}
	case len(o) > 1 || len(t) > 1 || len(b) > 1:
		to := m.conflict(Conflict{Key: key, Why: "stands in the file twice, and was changed on both sides", Base: text(b), Ours: text(o), Theirs: text(t)})
		m.take(key, [...][]*snapshot.Item{toOurs: o, toTheirs: t, toBase: b}[to])
	default:
		var before optional
		if len(b) == 1 {
			before = some(b[0].Value)
		}
		here, there := some(o[0].Value), some(t[0].Value)
		if key.Kind == snapshot.Field {
			before, here, there = m.typing(key, before, here, there)
		}
		merged := m.value(key, "", before, here, there)
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

func text(items []*snapshot.Item) string {
	if len(items) == 0 {
		return ""
	}
	return string(jsvalue.AppendJSON(nil, items[0].Value))
}

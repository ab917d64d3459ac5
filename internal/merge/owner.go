package merge

import (
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// complete brings back what the merged items cannot be without, and reports
// each as a conflict: the collection of a field, what a relation is of and
// points to, the folder of a collection. One brought back may need another.
func (m *merger) complete() {
	keys := union(m.ours, m.theirs)
	slices.SortFunc(keys, snapshot.Key.Compare) // the same reports whichever side is ours
	for again := true; again; {
		again = false
		for _, key := range keys {
			if m.items[key] != nil {
				again = m.keepNeeded(key) || again
			}
		}
		for _, key := range keys {
			again = m.keepWhole(key) || again
		}
	}
}

// keepNeeded brings back what one item needs.
func (m *merger) keepNeeded(key snapshot.Key) (kept bool) {
	item := &m.items[key][0]
	switch key.Kind {
	case snapshot.Collection:
		return m.keep(key, collection(item.Meta().Get("group").Str()), "lies in")
	case snapshot.Field:
		return m.keep(key, collection(key.Collection), "belongs to")
	case snapshot.Relation:
		field := snapshot.Key{Kind: snapshot.Field, Collection: key.Collection, Field: key.Field}
		kept = m.keep(key, field, "belongs to")
		return m.keep(key, collection(item.Value.Get("related_collection").Str()), "points to") || kept
	}
	return false
}

// keepWhole takes an item of a collection that one side deleted and that stays
// nevertheless: a collection without its fields is nobody's version of it.
func (m *merger) keepWhole(key snapshot.Key) bool {
	owner := collection(key.Collection)
	if m.items[key] != nil || key.Kind == snapshot.SystemField || m.items[owner] == nil || m.base.Get(owner) == nil {
		return false
	}
	for _, sides := range [][2]*snapshot.Snapshot{{m.ours, m.theirs}, {m.theirs, m.ours}} {
		if had := sides[0].All(key); had != nil && sides[0].Get(owner) != nil && sides[1].Get(owner) == nil {
			m.take(key, had)
			return true
		}
	}
	return false
}

func collection(name string) snapshot.Key {
	return snapshot.Key{Kind: snapshot.Collection, Collection: name}
}

// keep makes sure that an item has what it needs, if a side has that: what no
// side has dangled before, or is a part of Directus itself.
func (m *merger) keep(key, needed snapshot.Key, how string) (kept bool) {
	if m.items[needed] != nil {
		return false
	}
	side, had := "theirs", m.ours.All(needed)
	if had == nil {
		side, had = "ours", m.theirs.All(needed)
	}
	if had == nil {
		return false
	}
	m.take(needed, had)
	m.conflict(Conflict{Key: key, Why: how + " " + needed.String() + ", which " + side + " deleted"})
	return true
}

// limits are the parts of a field's schema that mean something only together
// with its type.
var limits = []string{"default_value", "max_length", "numeric_precision", "numeric_scale", "generation_expression"}

// typeAgainstLimits finds a field of which one side changed the type and the
// other what goes with it: no path was changed twice, and yet the two together
// are what nobody meant.
func (m *merger) typeAgainstLimits(key snapshot.Key, base, ours, theirs jsvalue.Value) {
	switch {
	case typeOf(ours) == typeOf(theirs):
		return
	case typeOf(theirs) == typeOf(base) && movedLimit(base, theirs, ours) != "":
		name := movedLimit(base, theirs, ours)
		m.limitConflict(key, name, "ours changed the type and theirs changed this", base, ours, theirs)
	case typeOf(ours) == typeOf(base) && movedLimit(base, ours, theirs) != "":
		name := movedLimit(base, ours, theirs)
		m.limitConflict(key, name, "theirs changed the type and ours changed this", base, ours, theirs)
	}
}

func (m *merger) limitConflict(key snapshot.Key, name, why string, base, ours, theirs jsvalue.Value) {
	get := func(v jsvalue.Value) string { return member(v.Get("schema").Object(), name).text() }
	m.conflict(Conflict{Key: key, Path: "schema." + name, Why: why, Base: get(base), Ours: get(ours), Theirs: get(theirs)})
}

func typeOf(field jsvalue.Value) string {
	return strings.Join([]string{field.Get("type").Str(), field.Get("schema").Get("data_type").Str()}, "\x00")
}

// movedLimit names the first limit that side changed, and that retyped, the
// side with another type, left as it was: what both changed is in conflict
// already.
func movedLimit(base, side, retyped jsvalue.Value) string {
	b, s, r := base.Get("schema").Object(), side.Get("schema").Object(), retyped.Get("schema").Object()
	for _, name := range limits {
		if before := member(b, name); !before.equal(member(s, name)) && before.equal(member(r, name)) {
			return name
		}
	}
	return ""
}

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
	how := "belongs to"
	if key.Kind == snapshot.Collection {
		how = "lies in"
	}
	for _, needed := range m.needs(key) {
		kept = m.keep(key, needed, how) || kept
		how = "points to"
	}
	return kept
}

// needs returns what a merged item cannot be without, if it is merged at all:
// the folder of a collection, the collection of a field, the field of a
// relation and then what it points to.
func (m *merger) needs(key snapshot.Key) []snapshot.Key {
	if len(m.items[key]) == 0 {
		return nil
	}
	item := &m.items[key][0]
	switch key.Kind {
	case snapshot.Collection:
		return []snapshot.Key{collection(item.Meta().Get("group").Str())}
	case snapshot.Field:
		return []snapshot.Key{collection(key.Collection)}
	case snapshot.Relation:
		return []snapshot.Key{
			{Kind: snapshot.Field, Collection: key.Collection, Field: key.Field},
			collection(item.Value.Get("related_collection").Str()),
		}
	}
	return nil
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
// are what nobody meant. Both then come from one side.
func (m *merger) typeAgainstLimits(key snapshot.Key, merged, base, ours, theirs jsvalue.Value) jsvalue.Value {
	var name, why string
	switch {
	case typeOf(ours) == typeOf(theirs):
	case typeOf(theirs) == typeOf(base):
		name, why = movedLimit(base, theirs, ours), "ours changed the type and theirs changed this"
	case typeOf(ours) == typeOf(base):
		name, why = movedLimit(base, ours, theirs), "theirs changed the type and ours changed this"
	}
	if name == "" {
		return merged
	}
	get := func(v jsvalue.Value) string { return member(v.Get("schema").Object(), name).text() }
	to := m.conflict(Conflict{Key: key, Path: "schema." + name, Why: why, Base: get(base), Ours: get(ours), Theirs: get(theirs)})
	return typedAs(merged, to.of(some(base), some(ours), some(theirs)).value)
}

// typedAs returns a field with the type of another, and what goes with it.
func typedAs(field, from jsvalue.Value) jsvalue.Value {
	o := field.Object()
	if v, ok := from.Object().Get("type"); ok {
		o = o.With("type", v)
	}
	schema, there := o.Get("schema")
	if !there || schema.Object() == nil {
		return jsvalue.FromObject(o)
	}
	s := schema.Object()
	for _, name := range append([]string{"data_type"}, limits...) {
		if v, ok := from.Get("schema").Object().Get(name); ok {
			s = s.With(name, v)
		} else {
			s = s.Without(name)
		}
	}
	return jsvalue.FromObject(o.With("schema", jsvalue.FromObject(s)))
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

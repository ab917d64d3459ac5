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

// typing settles a field to which the sides gave different types, or one a type
// and the other what goes with it: no path need have been changed twice, and yet
// a mixture is what nobody meant. It returns the three sides with the typing of
// the one that the conflict goes to, so that nothing of it is left to merge.
func (m *merger) typing(key snapshot.Key, base, ours, theirs optional) (b, o, t optional) {
	if typeOf(ours.value) == typeOf(theirs.value) || sameTyping(base.value, ours.value) || sameTyping(base.value, theirs.value) {
		return base, ours, theirs
	}
	c := Conflict{Key: key, Path: "type", Why: "changed differently on both sides"}
	switch typeOf(base.value) {
	case typeOf(ours.value):
		c.Path, c.Why = movedLimit(base.value, ours.value), "theirs changed the type and ours changed this"
	case typeOf(theirs.value):
		c.Path, c.Why = movedLimit(base.value, theirs.value), "ours changed the type and theirs changed this"
	default:
		if jsvalue.Equal(ours.value.Get("type"), theirs.value.Get("type")) {
			c.Path = "schema.data_type"
		}
	}
	c.Base, c.Ours, c.Theirs = at(base, c.Path).text(), at(ours, c.Path).text(), at(theirs, c.Path).text()
	from := m.conflict(c).of(base, ours, theirs)
	if !from.there {
		from = ours
	}
	if base.there && base.value.Object() != nil {
		base.value = typedAs(base.value, from.value)
	}
	return base, some(typedAs(ours.value, from.value)), some(typedAs(theirs.value, from.value))
}

// at returns the member of a field at "type" or "schema.data_type".
func at(field optional, path string) optional {
	if name, ok := strings.CutPrefix(path, "schema."); ok {
		return member(field.value.Get("schema").Object(), name)
	}
	return member(field.value.Object(), path)
}

// typedAs returns a field with the type of another, and what goes with it.
func typedAs(field, from jsvalue.Value) jsvalue.Value {
	o := replaced(field.Object(), from.Object(), "type")
	if s, _ := o.Get("schema"); s.Object() != nil {
		s = jsvalue.FromObject(replaced(s.Object(), from.Get("schema").Object(), append([]string{"data_type"}, limits...)...))
		o = o.With("schema", s)
	}
	return jsvalue.FromObject(o)
}

// replaced returns an object with some members as another has them.
func replaced(o, from *jsvalue.Object, names ...string) *jsvalue.Object {
	for _, name := range names {
		if v, ok := from.Get(name); ok {
			o = o.With(name, v)
		} else {
			o = o.Without(name)
		}
	}
	return o
}

func typeOf(field jsvalue.Value) string {
	return strings.Join([]string{field.Get("type").Str(), field.Get("schema").Get("data_type").Str()}, "\x00")
}

func sameTyping(a, b jsvalue.Value) bool { return typeOf(a) == typeOf(b) && movedLimit(a, b) == "" }

// movedLimit returns the path of the first limit that two fields differ in.
func movedLimit(a, b jsvalue.Value) string {
	for _, name := range limits {
		if path := "schema." + name; !at(some(a), path).equal(at(some(b), path)) {
			return path
		}
	}
	return ""
}

package merge

import (
	"slices"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// write adds the merged items to the result, in order.
func (m *merger) write(out *snapshot.Snapshot) {
	for _, key := range m.order() {
		for _, item := range m.items[key] {
			out.Add(item)
		}
	}
}

// order returns the keys of the merged items in the order in which Directus
// would write them after ours' edits and then theirs': collections and system
// fields by name, the fields and relations of a collection by the age of their
// rows. Ours' own order stays as it is, also where no Directus made it.
func (m *merger) order() []snapshot.Key {
	var all []snapshot.Key
	for _, kind := range snapshot.Kinds() {
		o, t := m.keysOf(m.ours, kind), m.keysOf(m.theirs, kind)
		if kind == snapshot.Collection || kind == snapshot.SystemField {
			all = append(all, byName(o, t)...)
			continue
		}
		all = append(all, m.byAge(groups(o), groups(t))...)
	}
	return all
}

// keysOf returns the keys of one side's list that are in the result, each once.
func (m *merger) keysOf(s *snapshot.Snapshot, kind snapshot.Kind) []snapshot.Key {
	var keys []snapshot.Key
	for i := range s.Items(kind) {
		item := &s.Items(kind)[i]
		if s.Get(item.Key) == item && m.items[item.Key] != nil {
			keys = append(keys, item.Key)
		}
	}
	return keys
}

// byName puts each key that only theirs has before the first of ours that sorts
// behind it.
func byName(ours, theirs []snapshot.Key) []snapshot.Key {
	has := map[snapshot.Key]bool{}
	for _, key := range ours {
		has[key] = true
	}
	added := slices.DeleteFunc(theirs, func(key snapshot.Key) bool { return has[key] })
	slices.SortStableFunc(added, compareNames)
	all := make([]snapshot.Key, 0, len(ours)+len(added))
	for _, key := range ours {
		for len(added) > 0 && compareNames(added[0], key) < 0 {
			all, added = append(all, added[0]), added[1:]
		}
		all = append(all, key)
	}
	return append(all, added...)
}

func compareNames(a, b snapshot.Key) int {
	if c := jsvalue.CompareUTF16(a.Collection, b.Collection); c != 0 {
		return c
	}
	return jsvalue.CompareUTF16(a.Field, b.Field)
}

// grouped are the keys of one kind by collection.
type grouped struct {
	names []string // in order of appearance
	keys  map[string][]snapshot.Key
}

func groups(keys []snapshot.Key) grouped {
	g := grouped{keys: map[string][]snapshot.Key{}}
	for _, key := range keys {
		if g.keys[key.Collection] == nil {
			g.names = append(g.names, key.Collection)
		}
		g.keys[key.Collection] = append(g.keys[key.Collection], key)
	}
	return g
}

// byAge joins the groups of both sides, those that only theirs has by name.
func (m *merger) byAge(o, t grouped) []snapshot.Key {
	heads := func(names []string) []snapshot.Key {
		keys := make([]snapshot.Key, len(names))
		for i, name := range names {
			keys[i].Collection = name
		}
		return keys
	}
	var all []snapshot.Key
	for _, head := range byName(heads(o.names), heads(t.names)) {
		mine, their := o.keys[head.Collection], t.keys[head.Collection]
		for _, bare := range []bool{false, true} { // rows that Directus has none for come last
			keep := func(keys []snapshot.Key) []snapshot.Key {
				return slices.DeleteFunc(slices.Clone(keys), func(key snapshot.Key) bool {
					return m.items[key][0].Meta().IsNull() != bare
				})
			}
			all = append(all, m.join(keep(mine), keep(their))...)
		}
	}
	return all
}

// join merges the order of one group. What all three sides have and neither
// moved stands fast; between two of those stand first ours, then theirs.
func (m *merger) join(o, t []snapshot.Key) []snapshot.Key {
	movedHere, movedThere := m.moved(o), m.moved(t)
	inOurs := map[snapshot.Key]bool{}
	for _, key := range o {
		inOurs[key] = true
	}
	fast := func(key snapshot.Key) bool {
		_, old := m.places[key]
		return old && inOurs[key] && m.theirs.Get(key) != nil && !movedHere[key] && !movedThere[key]
	}
	// What only theirs placed, by what stands fast before it there.
	placed := map[snapshot.Key][]snapshot.Key{}
	elsewhere := map[snapshot.Key]bool{}
	var last snapshot.Key
	for _, key := range t {
		switch {
		case fast(key):
			last = key
		case !inOurs[key] || movedThere[key] && !movedHere[key]:
			placed[last] = append(placed[last], key)
			elsewhere[key] = true
		}
	}
	all := make([]snapshot.Key, 0, len(o)+len(t))
	last = snapshot.Key{}
	for _, key := range o {
		switch {
		case fast(key):
			all = append(append(all, placed[last]...), key)
			last = key
		case !elsewhere[key]:
			all = append(all, key)
		}
	}
	return append(all, placed[last]...)
}

// moved are the keys of base that stand behind one that base has behind them: a
// field that was deleted and made again is the youngest of its collection.
func (m *merger) moved(keys []snapshot.Key) map[snapshot.Key]bool {
	out := map[snapshot.Key]bool{}
	latest := -1
	for _, key := range keys {
		at, has := m.places[key]
		switch {
		case !has:
		case at < latest:
			out[key] = true
		default:
			latest = at
		}
	}
	return out
}

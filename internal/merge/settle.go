package merge

import (
	"maps"
	"slices"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Settled is a merge with every conflict settled for one side: once for ours,
// once for theirs. Where the two do not differ, nothing was in conflict.
type Settled struct {
	// Ours and Theirs are whole snapshots: neither lacks what one of its items
	// cannot be without, unless that side lacked it before.
	Ours, Theirs *snapshot.Snapshot
	// Base has, of each item, what it was before where that is in conflict.
	Base *snapshot.Snapshot
	// Order holds the keys of both, in the order of the file.
	Order []snapshot.Key

	base, ours, theirs *snapshot.Snapshot
}

// Step is an item with ours in every conflict but one, and there theirs or base.
// Base is zero where the item was not there before.
type Step struct{ Theirs, Base snapshot.Item }

// Settle merges as [Merge] does and settles the conflicts for each side. A nil
// base means that both sides added the file.
func Settle(base, ours, theirs *snapshot.Snapshot) *Settled {
	if base == nil {
		base = snapshot.New(ours.Version, "", "")
	}
	o := newMerger(base, ours, theirs)
	o.choose = func(int) side { return toOurs }
	keys := union(ours, theirs, base)
	for _, key := range keys {
		o.item(key)
	}
	t, b := o.turned(toTheirs), o.turned(toBase)
	disputed := map[snapshot.Key]bool{}
	for _, c := range o.conflicts {
		disputed[c.Key] = true
	}
	slices.SortFunc(keys, snapshot.Key.Compare)
	o.settle(keys, ours, theirs)
	t.settle(keys, theirs, ours)
	for _, key := range keys {
		if !disputed[key] && !sameItems(o.items[key], t.items[key]) {
			b.items[key] = copies(base.All(key)) // it differs for the sake of another
		}
	}
	s := &Settled{base: base, ours: ours, theirs: theirs}
	all := newMerger(base, ours, theirs)
	for _, m := range []*merger{t, o} {
		for key, items := range m.items {
			if len(items) > 0 {
				all.items[key] = items
			}
		}
	}
	s.Order = all.order()
	s.Ours, s.Theirs, s.Base = o.in(s.Order), t.in(s.Order), b.in(s.Order)
	return s
}

// turned returns the merge with every conflict within an item going to another
// side.
func (m *merger) turned(to side) *merger {
	n := *m
	n.items, n.conflicts = maps.Clone(m.items), nil
	n.choose = func(int) side { return to }
	for _, c := range m.conflicts {
		delete(n.items, c.Key)
		n.item(c.Key)
	}
	return &n
}

// in returns the snapshot of what m has of these keys.
func (m *merger) in(order []snapshot.Key) *snapshot.Snapshot {
	out := m.header()
	for _, key := range order {
		for _, item := range m.items[key] {
			out.Add(item)
		}
	}
	return out
}

// Differs tells whether an item is another in the two settlements.
func (s *Settled) Differs(key snapshot.Key) bool {
	return !same(s.Ours.All(key), s.Theirs.All(key))
}

// Steps takes the conflicts of one item apart; nil where it has none within, or
// where it differs for the sake of another item, so that it can only be settled
// as a whole.
func (s *Settled) Steps(key snapshot.Key) []Step {
	o, t := s.Ours.All(key), s.Theirs.All(key)
	if len(o) != 1 || len(t) != 1 || !s.Differs(key) {
		return nil
	}
	variant := func(choose func(int) side) []snapshot.Item {
		m := &merger{base: s.base, ours: s.ours, theirs: s.theirs, items: map[snapshot.Key][]snapshot.Item{}, choose: choose}
		m.item(key)
		return m.items[key]
	}
	all := func(to side) func(int) side { return func(int) side { return to } }
	if !sameItems(variant(all(toOurs)), copies(o)) || !sameItems(variant(all(toTheirs)), copies(t)) {
		return nil
	}
	var steps []Step
	for i := range itemConflicts(s.base, s.ours, s.theirs, key) {
		var step Step
		for _, to := range []side{toTheirs, toBase} {
			items := variant(func(n int) side {
				if n == i {
					return to
				}
				return toOurs
			})
			switch {
			case len(items) != 1:
			case to == toTheirs:
				step.Theirs = items[0]
			default:
				step.Base = items[0]
			}
		}
		steps = append(steps, step)
	}
	return steps
}

func itemConflicts(base, ours, theirs *snapshot.Snapshot, key snapshot.Key) []Conflict {
	m := &merger{base: base, ours: ours, theirs: theirs, items: map[snapshot.Key][]snapshot.Item{}}
	m.item(key)
	return m.conflicts
}

func sameItems(a, b []snapshot.Item) bool {
	if len(a) > 0 && len(a) == len(b) && &a[0] == &b[0] {
		return true
	}
	return slices.EqualFunc(a, b, func(x, y snapshot.Item) bool { return jsvalue.Equal(x.Value, y.Value) })
}

// settle makes the items of one side's settlement whole, in the spirit of that
// side: what it has comes back where it is needed, and what needs something that
// it deleted goes.
func (m *merger) settle(keys []snapshot.Key, mine, other *snapshot.Snapshot) {
	for again := true; again; {
		again = false
		for _, key := range keys {
			for _, needed := range m.needs(key) {
				again = m.provide(key, needed, mine, other) || again
			}
		}
		for _, key := range keys {
			owner := collection(key.Collection)
			if len(m.items[key]) == 0 && len(m.items[owner]) > 0 && m.base.Get(owner) != nil && other.Get(owner) == nil && mine.Get(key) != nil {
				m.take(key, mine.All(key)) // a collection without its fields is nobody's version of it
				again = true
			}
		}
	}
}

// provide brings back what an item needs, or takes the item as mine has it, or
// drops it.
func (m *merger) provide(key, needed snapshot.Key, mine, other *snapshot.Snapshot) (changed bool) {
	if len(m.items[needed]) > 0 || len(m.items[key]) == 0 {
		return false
	}
	if had := mine.All(needed); had != nil {
		m.take(needed, had)
		return true
	}
	if other.Get(needed) == nil {
		return false // it dangled before
	}
	own := copies(mine.All(key))
	if len(own) == 0 {
		delete(m.items, key)
		return true
	}
	if sameItems(own, m.items[key]) {
		return false
	}
	m.items[key] = own
	return true
}

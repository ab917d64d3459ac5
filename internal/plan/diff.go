package plan

import (
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// entry is what Directus finds to do with one item: the differences of live and
// the file, of which it looks at the first.
type entry struct {
	key          snapshot.Key
	live, target *snapshot.Item
	changes      []change // as Directus has them
	detail       []change // as deep-diff had them, before 12.4 made them one
	action       int      // index into Plan.Actions
}

func (e *entry) first() change { return e.changes[0] }

// differences is Directus's SnapshotDiff.
type differences [4][]*entry

// compare finds what Directus finds (12.4.1, utils/schema/get-snapshot-diff.js;
// 10 and 11, utils/get-snapshot-diff.js): every live item in live's order, then
// every item that only the file has in the file's order.
func compare(live, target *snapshot.Snapshot, rules directus.Rules) differences {
	var all differences
	c := comparer{live: live, target: target, rules: rules}
	for _, k := range snapshot.Kinds() {
		if k == snapshot.SystemField {
			if rules.HasSystemFields {
				all[k] = c.systemFields()
			}
			continue
		}
		all[k] = c.items(k)
	}
	if rules.PartialSnapshots && target.Version == snapshot.FormatPartial {
		all.limit(target)
	}
	all.withoutDeleted()
	return all
}

type comparer struct {
	live, target *snapshot.Snapshot
	rules        directus.Rules
}

func (c comparer) items(k snapshot.Kind) []*entry {
	var out []*entry
	pick := pickedOf(k, c.rules)
	add := func(live, target *snapshot.Item) {
		key, whole := snapshot.Key{}, true
		var l, t *jsvalue.Value
		if live != nil {
			key = live.Key
			whole = k != snapshot.Field || !snapshot.AutoIncrementKey(live)
			l = pick.of(live.Value, whole)
		}
		if target != nil {
			key = target.Key
			t = pick.of(target.Value, whole)
		}
		e := &entry{key: key, live: live, target: target, detail: deepDiff(l, t)}
		if e.changes = c.asDirectusHasThem(e.detail, l, t); len(e.changes) > 0 {
			out = append(out, e)
		}
	}
	lives, targets := c.live.Items(k), c.target.Items(k)
	for i := range lives {
		live := &lives[i]
		target := c.target.Get(live.Key)
		if target != nil && c.flips(live, target) {
			target = nil
		}
		add(live, target)
	}
	for i := range targets {
		if live := c.live.Get(targets[i].Key); live == nil || c.flips(live, &targets[i]) {
			add(nil, &targets[i])
		}
	}
	return out
}

// flips tells whether a field goes from alias to column or back, which Directus
// makes a deletion and a creation.
func (c comparer) flips(live, target *snapshot.Item) bool {
	if !c.rules.AliasFlipRecreates || live.Key.Kind != snapshot.Field {
		return false
	}
	from, to := fieldType(live), fieldType(target)
	return from != to && (from == "alias" || to == "alias")
}

// asDirectusHasThem replaces all changes of meta by one, as Directus 12.4 and
// later do where an item has gained any key or lost one of its meta.
func (c comparer) asDirectusHasThem(detail []change, live, target *jsvalue.Value) []change {
	if !c.rules.ReplacesWholeMeta || live == nil || target == nil {
		return detail
	}
	nested := false
	for _, d := range detail {
		nested = nested || d.kind == kindNew || d.kind == kindDelete && d.under("meta")
	}
	if !nested {
		return detail
	}
	lhs, rhs := live.Get("meta"), target.Get("meta")
	out := []change{{kind: kindEdit, path: []string{"meta"}, lhs: &lhs, rhs: &rhs}}
	for _, d := range detail {
		if !d.under("meta") {
			out = append(out, d)
		}
	}
	return out
}

// systemFields compares the list of indexed system fields: one that the file
// lacks is to lose its index.
func (c comparer) systemFields() []*entry {
	var out []*entry
	pick := pickedOf(snapshot.SystemField, c.rules)
	add := func(live, target *snapshot.Item, l, t *jsvalue.Value) {
		key := snapshot.Key{}
		for _, item := range []*snapshot.Item{live, target} {
			if item != nil {
				key = item.Key
			}
		}
		if d := deepDiff(l, t); len(d) > 0 {
			out = append(out, &entry{key: key, live: live, target: target, changes: d, detail: d})
		}
	}
	lives, targets := c.live.Items(snapshot.SystemField), c.target.Items(snapshot.SystemField)
	for i := range lives {
		live, l := &lives[i], pick.of(lives[i].Value, true)
		if target := c.target.Get(live.Key); target != nil {
			add(live, target, l, pick.of(target.Value, true))
		} else {
			add(live, nil, l, pick.of(inverted(live.Value), true))
		}
	}
	for i := range targets {
		target := &targets[i]
		if truthy(target.Schema().Get("is_indexed")) && c.live.Get(target.Key) == nil {
			add(nil, target, pick.of(inverted(target.Value), true), pick.of(target.Value, true))
		}
	}
	return out
}

func inverted(v jsvalue.Value) jsvalue.Value {
	schema := v.Get("schema").Object()
	indexed, ok := schema.Get("is_indexed")
	if !ok {
		return v
	}
	schema = schema.With("is_indexed", jsvalue.Bool(!truthy(indexed)))
	return jsvalue.FromObject(v.Object().With("schema", jsvalue.FromObject(schema)))
}

// limit drops what lies outside a partial snapshot: the collections that its
// items name, and for system fields those that its system fields name.
func (d *differences) limit(target *snapshot.Snapshot) {
	named, system := map[string]bool{}, map[string]bool{}
	for _, k := range snapshot.Kinds() {
		for _, item := range target.Items(k) {
			if k == snapshot.SystemField {
				system[item.Key.Collection] = true
			} else {
				named[item.Key.Collection] = true
			}
		}
	}
	for k := range d {
		scope := named
		if snapshot.Kind(k) == snapshot.SystemField {
			scope = system
		}
		d[k] = filter(d[k], func(e *entry) bool { return scope[e.key.Collection] })
	}
}

// withoutDeleted drops the fields and relations of the collections that are
// taken for deleted, as Directus does, whether or not it then deletes them.
func (d *differences) withoutDeleted() {
	gone := map[string]bool{}
	for _, e := range d[snapshot.Collection] {
		if e.first().kind == kindDelete {
			gone[e.key.Collection] = true
		}
	}
	for _, k := range []snapshot.Kind{snapshot.Field, snapshot.Relation} {
		d[k] = filter(d[k], func(e *entry) bool { return !gone[e.key.Collection] })
	}
}

func filter(entries []*entry, keep func(*entry) bool) []*entry {
	var out []*entry
	for _, e := range entries {
		if keep(e) {
			out = append(out, e)
		}
	}
	return out
}

// truthy is JavaScript's idea of a true value.
func truthy(v jsvalue.Value) bool {
	switch v.Kind() {
	case jsvalue.KindNull:
		return false
	case jsvalue.KindBool:
		return v.Bool()
	case jsvalue.KindNumber:
		return v.Number() != 0 && v.Number() == v.Number()
	case jsvalue.KindString:
		return v.Str() != ""
	default:
		return true
	}
}

func fieldType(item *snapshot.Item) string { return item.Value.Get("type").Str() }

// Package schemadiff finds what a Directus of a given version would find to differ between its database and a snapshot
// file, item by item and in its order (12.4.1, utils/schema/get-snapshot-diff.js; 10 and 11,
// utils/get-snapshot-diff.js). It says nothing of what Directus then does.
package schemadiff

import (
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/plan/deepdiff"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Entry is what Directus finds to do with one item: the Differences of live and the file, of which it looks at the
// first.
type Entry struct {
	Key     snapshot.Key
	Live    *snapshot.Item    // nil where only the file has it
	Target  *snapshot.Item    // nil where only live has it, and where a field is to be deleted and created anew
	Changes []deepdiff.Change // as Directus has them, at least one
	Detail  []deepdiff.Change // as deep-diff had them, before 12.4 made all of meta one
}

// First returns the change whose kind decides.
func (e *Entry) First() deepdiff.Change { return e.Changes[0] }

// Whole tells whether the first change is of the item itself: a real creation or deletion.
func (e *Entry) Whole() bool { return e.First().Path == nil }

// NestedMeta tells whether the first change is of a meta key that came or went, which Directus recognises in fields
// (utils/apply-diff.js, isNestedMetaUpdate).
func (e *Entry) NestedMeta() bool {
	c := e.First()
	return (c.Kind == deepdiff.New || c.Kind == deepdiff.Delete) && len(c.Path) >= 2 && c.Path[0] == "meta"
}

// Differences holds the entries of each [snapshot.Kind], in Directus's order.
type Differences [4][]*Entry

// Compare finds what Directus finds: every live item in live's order, then every item that only the file has in the
// file's order.
func Compare(live, target *snapshot.Snapshot, rules directus.Rules) Differences {
	var all Differences
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

func (c comparer) items(k snapshot.Kind) []*Entry {
	var out []*Entry
	pick := Whitelist(k, c.rules)
	add := func(live, target *snapshot.Item) {
		key, whole := snapshot.Key{}, true
		var l, t *jsvalue.Value
		if live != nil {
			key = live.Key
			whole = k != snapshot.Field || !snapshot.AutoIncrementKey(live)
			l = pick.Of(live.Value, whole)
		}
		if target != nil {
			key = target.Key
			t = pick.Of(target.Value, whole)
		}
		e := &Entry{Key: key, Live: live, Target: target, Detail: deepdiff.Diff(l, t)}
		if e.Changes = c.asDirectusHasThem(e.Detail, l, t); len(e.Changes) > 0 {
			out = append(out, e)
		}
	}
	lives, targets := c.live.Items(k), c.target.Items(k)
	for i := range lives {
		live := &lives[i]
		target := c.target.Get(live.Key)
		if target != nil && jsvalue.Equal(live.Value, target.Value) {
			continue // by far the most, and what is equal does not differ in parts
		}
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

// flips tells whether a field goes from alias to column or back, which Directus makes a deletion and a creation.
func (c comparer) flips(live, target *snapshot.Item) bool {
	if !c.rules.AliasFlipRecreates || live.Key.Kind != snapshot.Field {
		return false
	}
	from, to := live.Value.Get("type").Str(), target.Value.Get("type").Str()
	return from != to && (from == "alias" || to == "alias")
}

// asDirectusHasThem replaces all changes of meta by one, as Directus 12.4 and later do where an item has gained any key
// or lost one of its meta.
func (c comparer) asDirectusHasThem(detail []deepdiff.Change, live, target *jsvalue.Value) []deepdiff.Change {
	if !c.rules.ReplacesWholeMeta || live == nil || target == nil {
		return detail
	}
	nested := false
	for _, d := range detail {
		nested = nested || d.Kind == deepdiff.New || d.Kind == deepdiff.Delete && d.Under("meta")
	}
	if !nested {
		return detail
	}
	lhs, rhs := live.Get("meta"), target.Get("meta")
	out := []deepdiff.Change{{Kind: deepdiff.Edit, Path: []string{"meta"}, LHS: &lhs, RHS: &rhs}}
	for _, d := range detail {
		if !d.Under("meta") {
			out = append(out, d)
		}
	}
	return out
}

// systemFields compares the list of indexed system fields: one that the file lacks is to lose its index.
func (c comparer) systemFields() []*Entry {
	var out []*Entry
	pick := Whitelist(snapshot.SystemField, c.rules)
	add := func(live, target *snapshot.Item, l, t *jsvalue.Value) {
		key := snapshot.Key{}
		for _, item := range []*snapshot.Item{live, target} {
			if item != nil {
				key = item.Key
			}
		}
		if d := deepdiff.Diff(l, t); len(d) > 0 {
			out = append(out, &Entry{Key: key, Live: live, Target: target, Changes: d, Detail: d})
		}
	}
	lives, targets := c.live.Items(snapshot.SystemField), c.target.Items(snapshot.SystemField)
	for i := range lives {
		live, l := &lives[i], pick.Of(lives[i].Value, true)
		if target := c.target.Get(live.Key); target != nil {
			add(live, target, l, pick.Of(target.Value, true))
		} else {
			add(live, nil, l, pick.Of(inverted(live.Value), true))
		}
	}
	for i := range targets {
		target := &targets[i]
		if Truthy(target.Schema().Get("is_indexed")) && c.live.Get(target.Key) == nil {
			add(nil, target, pick.Of(inverted(target.Value), true), pick.Of(target.Value, true))
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
	schema = schema.With("is_indexed", jsvalue.Bool(!Truthy(indexed)))
	return jsvalue.FromObject(v.Object().With("schema", jsvalue.FromObject(schema)))
}

// limit drops what lies outside a partial snapshot: the collections that its items name, and for system fields those
// that its system fields name.
func (d *Differences) limit(target *snapshot.Snapshot) {
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
		d[k] = Filter(d[k], func(e *Entry) bool { return scope[e.Key.Collection] })
	}
}

// withoutDeleted drops the fields and relations of the collections that are taken for deleted, as Directus does,
// whether or not it then deletes them.
func (d *Differences) withoutDeleted() {
	gone := map[string]bool{}
	for _, e := range d[snapshot.Collection] {
		if e.First().Kind == deepdiff.Delete {
			gone[e.Key.Collection] = true
		}
	}
	for _, k := range []snapshot.Kind{snapshot.Field, snapshot.Relation} {
		d[k] = Filter(d[k], func(e *Entry) bool { return !gone[e.Key.Collection] })
	}
}

// Filter returns the entries to keep.
func Filter(entries []*Entry, keep func(*Entry) bool) []*Entry {
	var out []*Entry
	for _, e := range entries {
		if keep(e) {
			out = append(out, e)
		}
	}
	return out
}

// Truthy is JavaScript's idea of a true value.
func Truthy(v jsvalue.Value) bool {
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

// EachPath calls f with every value in which live and the file differ, as JSON text that is empty where a side lacks it. It does
// so only for an item that both have.
func (e *Entry) EachPath(f func(name, live, target string)) {
	if e.Live == nil || e.Target == nil && e.Key.Kind != snapshot.SystemField {
		return
	}
	for _, d := range e.Detail {
		f(d.Name(), JSON(d.LHS), JSON(d.RHS))
	}
}

// JSON returns a value as JSON text, empty for JavaScript's undefined.
func JSON(v *jsvalue.Value) string {
	if v == nil {
		return ""
	}
	return string(jsvalue.AppendJSON(nil, *v))
}

package plan

import (
	"slices"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/plan/metarow"
	"github.com/schemaguard/schemaguard/internal/plan/schemadiff"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// settle gives an entry's action its code and cause, once all is known.
func (s *simulation) settle(e *schemadiff.Entry) {
	a := &s.plan.Actions[s.at[e]]
	if a.Code != "" {
		return
	}
	switch a.Verb {
	case Drop:
		a.Code, a.Cause = s.why.Drop(e)
	case Create:
		a.Cause = "only the file has it"
	case Update:
		a.Code, a.Cause = updateCode(a), "the file has it otherwise"
	default:
		a.Code, a.Cause = finding.NotConvergent, s.why.Idle(e)
		if a.NotConvergent == "" {
			a.NotConvergent = a.Cause
		} else if !s.why.KnowsIdle(e) {
			a.Cause = a.NotConvergent
		}
	}
}

// checkForeignKeys notes the fields whose schema in the file names another foreign key than they come to have, and the
// fields of collections without a primary key.
func (s *simulation) checkForeignKeys() {
	for _, k := range s.keyless {
		for _, f := range s.target.Items(snapshot.Field) {
			if f.Key.Collection == k && s.db.HasField(k, f.Key.Field) {
				s.alsoDiffers(f.Key, "its collection has no primary key any more, so Directus does not see it")
			}
		}
	}
	for _, f := range s.target.Items(snapshot.Field) {
		at := [2]string{f.Key.Collection, f.Key.Field}
		live := s.live.Get(f.Key)
		_, acted := s.index[f.Key]
		if f.Schema().IsNull() || !acted && !s.relinked[at] || live != nil && snapshot.AutoIncrementKey(live) || !s.db.HasColumn(at[0], at[1]) {
			continue
		}
		has, want := "", f.Schema().Get("foreign_key_table").Str()
		if fk := s.db.ForeignKeyOf(at[0], at[1]); fk != nil {
			has = fk.ForeignTable
		}
		if has != want {
			s.alsoDiffers(f.Key, "its schema in the file names another foreign key than the one it has")
		}
	}
}

// alsoDiffers notes an item that nothing happens to and that the next apply finds different all the same.
func (s *simulation) alsoDiffers(key snapshot.Key, why string) {
	if _, listed := s.index[key]; !listed {
		s.add(Action{Key: key, Code: finding.NotConvergent, Cause: why, Implied: true})
	}
	if a := &s.plan.Actions[s.index[key]]; a.NotConvergent == "" {
		a.NotConvergent = why
	}
}

// dropDoubles leaves out what was noted to happen along with another item and happens to the item itself as well.
func (s *simulation) dropDoubles() {
	itself := map[snapshot.Key]bool{}
	for _, a := range s.plan.Actions {
		itself[a.Key] = itself[a.Key] || a.Listed != "" && a.Verb == Drop
	}
	s.plan.Actions = slices.DeleteFunc(s.plan.Actions, func(a Action) bool { return a.Listed == "" && a.Verb == Drop && itself[a.Key] })
	clear(s.index)
	for i, a := range slices.Backward(s.plan.Actions) {
		s.index[a.Key] = i
	}
}

// checkDropped notes the items that are dropped though the file has them.
func (s *simulation) checkDropped() {
	created := map[snapshot.Key]bool{}
	for _, a := range s.plan.Actions {
		created[a.Key] = created[a.Key] || a.Verb == Create
	}
	for i := range s.plan.Actions {
		a := &s.plan.Actions[i]
		if a.Verb == Drop && a.NotConvergent == "" && !created[a.Key] && a.Key.Kind != snapshot.SystemField && s.target.Get(a.Key) != nil {
			a.NotConvergent = "the file has it, so the next apply creates it again"
		}
	}
}

func updateCode(a *Action) finding.Code {
	code := finding.EditLost
	for _, e := range a.Effects {
		if e.Op == NarrowType {
			return finding.TypeNarrow
		}
		if e.Op == ChangeType {
			code = finding.TypeChange
		}
	}
	return code
}

// checkMeta notes what of an item's meta will not be written, and tells whether writing it changes anything.
func (s *simulation) checkMeta(k snapshot.Kind, meta, live jsvalue.Value) bool {
	keys, ok := s.facts.MetaKeys[k]
	if !ok {
		keys = metarow.Keys(s.live.Items(k))
	}
	d := metarow.Compare(keys, meta, live, s.rules.SortsArrays)
	for _, key := range d.Missing {
		s.diverge("its meta lacks %s, which the database has and keeps", key)
	}
	for _, key := range d.Unknown {
		s.diverge("its meta has %s, for which the database has no column", key)
	}
	for _, key := range d.Reordered {
		s.diverge("Directus %s lists its %s in another order than the file", s.version, key)
	}
	return d.Changed
}

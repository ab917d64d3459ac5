package plan

import (
	"strings"

	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// settle gives an entry's action its code and cause, once all is known.
func (s *simulation) settle(e *entry) {
	a := &s.plan.Actions[e.action]
	if a.Code != "" {
		return
	}
	switch a.Verb {
	case Drop:
		a.Code, a.Cause = s.dropCode(e), s.dropCause(e)
	case Create:
		if a.Cause == "" {
			a.Cause = "only the file has it"
		}
	case Update:
		a.Code, a.Cause = updateCode(a), "the file has it otherwise"
	default:
		a.Code, a.Cause = finding.NotConvergent, s.idleCause(e, a)
		if a.NotConvergent == "" {
			a.NotConvergent = a.Cause
		}
	}
}

// checkForeignKeys notes the fields whose schema in the file names another foreign
// key than they come to have, and the fields of collections without a primary key.
func (s *simulation) checkForeignKeys() {
	for _, k := range s.keyless {
		for _, f := range s.target.Items(snapshot.Field) {
			if f.Key.Collection == k && s.db.hasField(k, f.Key.Field) {
				s.alsoDiffers(f.Key, "its collection has no primary key any more, so Directus does not see it")
			}
		}
	}
	for _, f := range s.target.Items(snapshot.Field) {
		at := [2]string{f.Key.Collection, f.Key.Field}
		live := s.live.Get(f.Key)
		_, acted := s.index[f.Key]
		if f.Schema().IsNull() || !acted && !s.relinked[at] || live != nil && snapshot.AutoIncrementKey(live) || !s.db.hasColumn(at[0], at[1]) {
			continue
		}
		has, want := "", f.Schema().Get("foreign_key_table").Str()
		if fk := s.db.foreignKeyOf(at[0], at[1]); fk != nil {
			has = fk.ForeignTable
		}
		if has != want {
			s.alsoDiffers(f.Key, "its schema in the file names another foreign key than the one it has")
		}
	}
}

// alsoDiffers notes an item that nothing happens to and that the next apply finds
// different all the same.
func (s *simulation) alsoDiffers(key snapshot.Key, why string) {
	if _, listed := s.index[key]; !listed {
		s.add(Action{Key: key, Code: finding.NotConvergent, Cause: why, Implied: true})
	}
	if a := &s.plan.Actions[s.index[key]]; a.NotConvergent == "" {
		a.NotConvergent = why
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

func (s *simulation) dropCode(e *entry) finding.Code {
	whole := e.first().path == nil
	switch {
	case e.key.Kind == snapshot.SystemField:
		return finding.SystemIndexDrop
	case !whole:
		return finding.MetaKeyMissing
	case e.key.Kind == snapshot.Field && s.target.Get(e.key) != nil:
		return finding.AliasFlip
	case e.live.Meta().IsNull():
		return finding.UntrackedDrop
	case s.target.Version == snapshot.FormatPartial && !s.rules.PartialSnapshots:
		return finding.PartialIgnored
	case e.key.Kind == snapshot.Field:
		return finding.FieldDrop
	case e.key.Kind == snapshot.Relation:
		return finding.RelationDrop
	case e.live.Schema().IsNull():
		return finding.FolderDrop
	case s.isGhost(e.key.Collection):
		return finding.GhostDrop
	}
	return finding.CollectionDrop
}

// isGhost tells a table that SQL made and Directus has only a collection row
// for, none for any of its columns.
func (s *simulation) isGhost(collection string) bool {
	for _, f := range s.live.Items(snapshot.Field) {
		if f.Key.Collection == collection && !f.Meta().IsNull() {
			return false
		}
	}
	return true
}

func (s *simulation) dropCause(e *entry) string {
	switch code := s.dropCode(e); code {
	case finding.SystemIndexDrop:
		if s.target.Get(e.key) != nil {
			return "the file says that it is not indexed"
		}
		if !s.target.HasSystemFields {
			return "the file has no systemFields, which Directus " + s.version.String() + " takes for none being indexed"
		}
		return "the file's systemFields do not list it"
	case finding.MetaKeyMissing:
		return s.missingKeyCause(e)
	case finding.AliasFlip:
		return "its type changes from " + fieldType(e.live) + " to " + fieldType(s.target.Get(e.key)) + ", which Directus makes a deletion and a creation"
	case finding.PartialIgnored:
		return "the file is a partial snapshot, which Directus " + s.version.String() + " takes for a whole one"
	case finding.GhostDrop:
		return "the file does not have it, and Directus has a row for the table, though for none of its columns"
	}
	if len(s.target.Items(snapshot.Collection)) == 0 {
		return "the file lists no collections at all"
	}
	return "the file does not have it"
}

func (s *simulation) missingKeyCause(e *entry) string {
	what := "it lacks " + e.first().name()
	if path := e.first().path; path[0] == "meta" && len(path) > 1 {
		what = "its meta lacks " + strings.Join(path[1:], ".")
	}
	if w, err := directus.ParseVersion(s.target.Directus); err == nil && w.Compare(s.version) != 0 {
		what += " (the file was written by Directus " + w.String() + ")"
	}
	return what + ", which Directus " + s.version.String() + " takes for a deletion of the " + e.key.Kind.String()
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

func (s *simulation) idleCause(e *entry, a *Action) string {
	first := e.first()
	switch {
	case e.key.Kind == snapshot.Collection && first.kind == kindNew && first.path == nil:
		return "its group does not exist, so Directus leaves it out without a word"
	case e.key.Kind == snapshot.Collection && first.kind == kindDelete:
		return "Directus " + s.version.String() + " lists its deletion and keeps it"
	case a.NotConvergent != "":
		return a.NotConvergent
	}
	return "Directus " + s.version.String() + " finds a difference and changes nothing"
}

package plan

import (
	"slices"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/plan/column"
	"github.com/schemaguard/schemaguard/internal/plan/dbstate"
	"github.com/schemaguard/schemaguard/internal/plan/deepdiff"
	"github.com/schemaguard/schemaguard/internal/plan/schemadiff"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// applyFields works on the fields in the order of the differences: deletions and updates where live has the field, then
// creations (utils/apply-diff.js).
func (s *simulation) applyFields() {
	view := s.seen()
	for _, e := range s.diff[snapshot.Field] {
		if !s.quirks.StaleFields {
			view = s.now()
		}
		first := e.First()
		s.begin(e)
		switch {
		case first.Kind == deepdiff.New && !e.NestedMeta():
			s.createField(view, e)
		case first.Kind == deepdiff.Edit, first.Kind == deepdiff.Array, e.NestedMeta():
			s.updateField(view, e)
		default:
			s.action().Verb = Drop
			s.deleteField(view, e.Key.Collection, e.Key.Field)
			s.forgetRelation(e)
		}
	}
}

// forgetRelation takes the relation of a deleted field out of the differences, as Directus does; from 11.3 on not one
// that is to be created anew.
func (s *simulation) forgetRelation(e *schemadiff.Entry) {
	s.diff[snapshot.Relation] = schemadiff.Filter(s.diff[snapshot.Relation], func(r *schemadiff.Entry) bool {
		if r.Key.Collection != e.Key.Collection || r.Key.Field != e.Key.Field {
			return true
		}
		isNew := func(c deepdiff.Change) bool { return c.Kind == deepdiff.New }
		if !s.quirks.StaleFields && slices.ContainsFunc(r.Changes, isNew) {
			return true
		}
		a := &s.plan.Actions[s.at[r]]
		a.Verb, a.Implied = Drop, true
		return false
	})
}

func (s *simulation) createField(view *dbstate.Database, e *schemadiff.Entry) {
	s.action().Verb = Create
	collection, field := e.Key.Collection, e.Key.Field
	switch {
	case !view.Known(collection):
		s.fail("collection %s has no table with a one-column primary key", collection)
		return
	case view.HasField(collection, field) || s.db.HasFieldRow(collection, field):
		if e.First().Path != nil {
			s.fail("the file has %s, which the database does not, and Directus %s takes that for a new field", e.First().Name(), s.version)
		} else {
			s.fail("field %s.%s already exists, without Directus tracking it", collection, field)
		}
		return
	}
	t := s.db.Tables[collection]
	if t == nil {
		t = &dbstate.Table{}
		s.db.Tables[collection] = t
	}
	s.addColumn(t, e.Key, *e.First().RHS, true)
	s.addFieldRow(e.Key, *e.First().RHS)
}

func (s *simulation) addFieldRow(key snapshot.Key, item jsvalue.Value) {
	meta := item.Get("meta")
	if !schemadiff.Truthy(meta) {
		return
	}
	alias := item.Get("type").Str() == "alias"
	s.db.AddField(key.Collection, key.Field, meta.Get("group").Str(), alias)
	s.effect(Effect{Op: AddMetaRow, Table: dbstate.FieldRows, Column: key.Name()})
	s.checkMeta(snapshot.Field, meta, jsvalue.Null())
}

func (s *simulation) updateField(view *dbstate.Database, e *schemadiff.Entry) {
	e = s.firstLive(e)
	collection, field := e.Key.Collection, e.Key.Field
	typ := schemadiff.TypeOf(e.Target)
	isAlias := view.Special[collection][field] && !view.HasColumn(collection, field) || !view.HasField(collection, field)
	switch {
	case !view.Known(collection):
		s.fail("collection %s has no table with a one-column primary key", collection)
		return
	case typ != "" && (typ == "alias") != isAlias:
		s.action().Code = finding.AliasFlip
		s.fail("field %s.%s cannot change between alias and column in Directus %s", collection, field, s.version)
		return
	}
	if schemadiff.Truthy(e.Target.Meta()) {
		s.rewrite(dbstate.FieldRows, e.Key.Name())
	}
	schema := e.Target.Schema()
	if snapshot.AutoIncrementKey(e.Live) {
		schema = e.Live.Schema()
		if schemadiff.TypeOf(e.Live) != typ {
			s.diverge("Directus does not change the type of a primary key that counts up")
		}
	}
	if picked := schemadiff.Whitelist(snapshot.Field, s.rules).Of(e.Target.Value, true); picked.Get("schema").IsNull() && !snapshot.AutoIncrementKey(e.Live) {
		schema = jsvalue.Null()
	}
	if !schema.IsNull() {
		s.updateColumn(e, typ, schema)
	} else if !e.Live.Schema().IsNull() {
		s.diverge("the file has no schema for it, and Directus keeps the column as it is")
	}
	s.updateFieldMeta(e)
}

func (s *simulation) updateFieldMeta(e *schemadiff.Entry) {
	meta := e.Target.Meta()
	if !schemadiff.Truthy(meta) {
		if !e.Live.Meta().IsNull() {
			s.diverge("the file has no meta for it, and Directus keeps what is there")
		}
		return
	}
	changed := s.checkMeta(snapshot.Field, meta, e.Live.Meta())
	if !s.db.HasFieldRow(e.Key.Collection, e.Key.Field) {
		s.db.AddField(e.Key.Collection, e.Key.Field, meta.Get("group").Str(), schemadiff.TypeOf(e.Target) == "alias")
		s.effect(Effect{Op: AddMetaRow, Table: dbstate.FieldRows, Column: e.Key.Name()})
	} else if changed {
		s.effect(Effect{Op: SetMeta, Table: dbstate.FieldRows, Column: e.Key.Name()})
	} else {
		return
	}
	s.action().Verb = Update
}

// deleteField follows FieldsService.deleteField: the relation goes with the field, and with the relation the alias on
// its other side.
func (s *simulation) deleteField(view *dbstate.Database, collection, field string) {
	key := schemadiff.FieldKey(collection, field)
	if s.deleting[key] {
		s.fail("field %s.%s is the other side of itself", collection, field)
		return
	}
	s.deleting[key] = true
	defer delete(s.deleting, key)
	for _, r := range view.RelationsTouching(collection, field) {
		if r.Collection != collection || r.Field != field {
			s.clearOneField(r)
			continue
		}
		s.deleteRelation(view, collection, field)
		s.also(schemadiff.RelationKey(collection, field), Drop, finding.RelationDrop, "its field "+collection+"."+field+" is dropped")
		if r.Related != "" && r.OneField != "" && r.Related != collection && r.OneField != field {
			s.deleteField(view, r.Related, r.OneField)
			s.also(schemadiff.FieldKey(r.Related, r.OneField), Drop, finding.FieldDrop,
				"it is the other side of "+collection+"."+field+", which is dropped")
		}
	}
	if view.HasColumn(collection, field) {
		s.dropColumn(collection, field)
	}
	for _, inGroup := range s.db.FieldsInGroup(collection, field) {
		s.db.Fields[collection][inGroup] = ""
		s.effect(Effect{Op: SetMeta, Table: dbstate.FieldRows, Column: collection + "." + inGroup})
		s.alsoUngroupField(schemadiff.FieldKey(collection, inGroup), field)
	}
	s.forgetUses(collection, field)
	if s.db.DeleteField(collection, field) {
		s.effect(Effect{Op: DeleteMetaRow, Table: dbstate.FieldRows, Column: collection + "." + field})
	}
}

func (s *simulation) alsoUngroupField(key snapshot.Key, group string) {
	if target := s.target.Get(key); target != nil && target.Meta().Get("group").Str() == group {
		s.alsoEdit(key, "its group "+group+" is deleted, so it stands in none", "the file has it in the group "+group+", which is deleted")
	}
}

// forgetUses clears sort_field, archive_field and item_duplication_fields where they name a deleted field. Paths
// through relations are not followed.
func (s *simulation) forgetUses(collection, field string) {
	if !s.db.ForgetUse(collection, field) {
		return
	}
	s.effect(Effect{Op: SetMeta, Table: dbstate.CollectionRows, Column: collection})
	if item := s.target.Get(schemadiff.CollectionKey(collection)); item != nil && slices.Contains(dbstate.UsesOf(item.Meta()), field) {
		s.alsoEdit(schemadiff.CollectionKey(collection), "its field "+field+", which it sorts, archives or duplicates by, is dropped",
			"the file has it use the field "+field+", which is dropped")
	}
}

// clearOneField takes the deleted alias out of its relation's row.
func (s *simulation) clearOneField(r dbstate.Relation) {
	for i := range s.db.Rows {
		row := &s.db.Rows[i]
		if row.Many != r.Collection || row.Field != r.Field || row.OneField == "" {
			continue
		}
		row.OneField = ""
		s.effect(Effect{Op: SetMeta, Table: dbstate.RelationRows, Column: r.Collection + "." + r.Field})
		key := schemadiff.RelationKey(r.Collection, r.Field)
		if target := s.target.Get(key); target != nil && target.Meta().Get("one_field").Str() == r.OneField {
			s.alsoEdit(key, "the field on its other side is dropped, so it names none", "the file has it name "+r.OneField+", which is dropped")
		}
	}
}

func (s *simulation) dropColumn(collection, field string) {
	if pin := s.db.PinnedBy(collection, field); pin != "" {
		s.fail("column %s.%s cannot be dropped: %s depends on it", collection, field, pin)
	}
	if fk := s.db.ForeignKeyTo(collection, field); fk != nil {
		s.fail("column %s.%s cannot be dropped: the foreign key %s of %s depends on it", collection, field, fk.Name, fk.Table)
	}
	wasKey, ok := s.db.DropColumn(collection, field)
	if !ok {
		s.fail("column %s.%s is dropped twice", collection, field)
		return
	}
	if wasKey {
		s.keyless = append(s.keyless, collection)
	}
	s.effect(Effect{Op: DropColumn, Table: collection, Column: field})
}

// applySystemFields adds and drops the indexes of system fields.
func (s *simulation) applySystemFields() {
	for _, e := range s.diff[snapshot.SystemField] {
		s.begin(e)
		first := e.First()
		if first.Kind != deepdiff.Edit || first.RHS == nil {
			s.diverge("the file does not say whether it is indexed")
			continue
		}
		t, name := e.Key.Collection, column.IndexName("index", e.Key.Collection, e.Key.Field, 63)
		if schemadiff.Truthy(*first.RHS) {
			s.action().Verb = Create
			s.effect(Effect{Op: AddIndex, Table: t, Column: e.Key.Field, Name: name})
			continue
		}
		s.action().Verb = Drop
		s.dropIndex(t, e.Key.Field, name)
	}
}

func (s *simulation) dropIndex(tableName, columnName, name string) {
	if real := s.facts.Tables[tableName].Indexes[columnName]; real != "" && real != name {
		s.fail("the index of %s.%s is called %s, and Directus drops it as %s", tableName, columnName, real, name)
	}
	s.effect(Effect{Op: DropIndex, Table: tableName, Column: columnName, Name: name})
}

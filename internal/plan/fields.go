package plan

import (
	"slices"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// applyFields works on the fields in the order of the differences: deletions and
// updates where live has the field, then creations (utils/apply-diff.js).
func (s *simulation) applyFields() {
	view := s.seen()
	for _, e := range s.diff[snapshot.Field] {
		if !s.quirks.staleFields {
			view = s.now()
		}
		first := e.first()
		s.begin(e)
		switch {
		case first.kind == kindNew && !first.nestedMeta():
			s.createField(view, e)
		case first.kind == kindEdit, first.kind == kindArray, first.nestedMeta():
			s.updateField(view, e)
		default:
			s.action().Verb = Drop
			s.deleteField(view, e.key.Collection, e.key.Field)
			s.forgetRelation(e)
		}
	}
}

// forgetRelation takes the relation of a deleted field out of the differences,
// as Directus does; from 11.3 on not one that is to be created anew.
func (s *simulation) forgetRelation(e *entry) {
	s.diff[snapshot.Relation] = filter(s.diff[snapshot.Relation], func(r *entry) bool {
		if r.key.Collection != e.key.Collection || r.key.Field != e.key.Field {
			return true
		}
		isNew := func(c change) bool { return c.kind == kindNew }
		if !s.quirks.staleFields && slices.ContainsFunc(r.changes, isNew) {
			return true
		}
		a := &s.plan.Actions[r.action]
		a.Verb, a.Implied = Drop, true
		return false
	})
}

func (s *simulation) createField(view *database, e *entry) {
	s.action().Verb = Create
	collection, field := e.key.Collection, e.key.Field
	switch {
	case !view.known(collection):
		s.fail("collection %s has no table with a one-column primary key", collection)
		return
	case view.hasField(collection, field) || s.db.hasFieldRow(collection, field):
		if e.first().path != nil {
			s.fail("the file has %s, which the database does not, and Directus %s takes that for a new field", e.first().name(), s.version)
		} else {
			s.fail("field %s.%s already exists, without Directus tracking it", collection, field)
		}
		return
	}
	t := s.db.tables[collection]
	if t == nil {
		t = &table{}
		s.db.tables[collection] = t
	}
	s.addColumn(t, e.key, *e.first().rhs, true)
	s.addFieldRow(e.key, *e.first().rhs)
}

func (s *simulation) addFieldRow(key snapshot.Key, item jsvalue.Value) {
	meta := item.Get("meta")
	if !truthy(meta) {
		return
	}
	alias := item.Get("type").Str() == "alias"
	s.db.addField(key.Collection, key.Field, meta.Get("group").Str(), alias)
	s.effect(Effect{Op: AddMetaRow, Table: fieldRows, Column: key.Name()})
	s.checkMeta(snapshot.Field, meta, jsvalue.Null())
}

func (s *simulation) updateField(view *database, e *entry) {
	e = s.firstLive(e)
	collection, field := e.key.Collection, e.key.Field
	typ := fieldType(e.target)
	isAlias := view.special[collection][field] && !view.hasColumn(collection, field) || !view.hasField(collection, field)
	switch {
	case !view.known(collection):
		s.fail("collection %s has no table with a one-column primary key", collection)
		return
	case typ != "" && (typ == "alias") != isAlias:
		s.action().Code = finding.AliasFlip
		s.fail("field %s.%s cannot change between alias and column in Directus %s", collection, field, s.version)
		return
	}
	schema := e.target.Schema()
	if snapshot.AutoIncrementKey(e.live) {
		schema = e.live.Schema()
		if fieldType(e.live) != typ {
			s.diverge("Directus does not change the type of a primary key that counts up")
		}
	}
	if picked := pickedOf(snapshot.Field, s.rules).of(e.target.Value, true); picked.Get("schema").IsNull() && !snapshot.AutoIncrementKey(e.live) {
		schema = jsvalue.Null()
	}
	if !schema.IsNull() {
		s.updateColumn(e, typ, schema)
	} else if !e.live.Schema().IsNull() {
		s.diverge("the file has no schema for it, and Directus keeps the column as it is")
	}
	s.updateFieldMeta(e)
}

func (s *simulation) updateFieldMeta(e *entry) {
	meta := e.target.Meta()
	if !truthy(meta) {
		if !e.live.Meta().IsNull() {
			s.diverge("the file has no meta for it, and Directus keeps what is there")
		}
		return
	}
	s.rewrite(fieldRows, e.key.Name())
	changed := s.checkMeta(snapshot.Field, meta, e.live.Meta())
	if !s.db.hasFieldRow(e.key.Collection, e.key.Field) {
		s.db.addField(e.key.Collection, e.key.Field, meta.Get("group").Str(), fieldType(e.target) == "alias")
		s.effect(Effect{Op: AddMetaRow, Table: fieldRows, Column: e.key.Name()})
	} else if changed {
		s.effect(Effect{Op: SetMeta, Table: fieldRows, Column: e.key.Name()})
	} else {
		return
	}
	s.action().Verb = Update
}

// deleteField follows FieldsService.deleteField: the relation goes with the
// field, and with the relation the alias on its other side.
func (s *simulation) deleteField(view *database, collection, field string) {
	for _, r := range view.relationsTouching(collection, field) {
		if r.collection != collection || r.field != field {
			s.clearOneField(r)
			continue
		}
		s.deleteRelation(view, collection, field)
		s.also(relationKey(collection, field), Drop, finding.RelationDrop, "its field "+collection+"."+field+" is dropped")
		if r.related != "" && r.oneField != "" && r.related != collection && r.oneField != field {
			s.deleteField(view, r.related, r.oneField)
			s.alsoDropAlias(r)
		}
	}
	if view.hasColumn(collection, field) {
		s.dropColumn(collection, field)
	}
	for _, inGroup := range s.db.fieldsInGroup(collection, field) {
		s.db.fields[collection][inGroup] = ""
		s.effect(Effect{Op: SetMeta, Table: fieldRows, Column: collection + "." + inGroup})
		s.alsoUngroupField(fieldKey(collection, inGroup), field)
	}
	s.forgetUses(collection, field)
	if s.db.deleteField(collection, field) {
		s.effect(Effect{Op: DeleteMetaRow, Table: fieldRows, Column: collection + "." + field})
	}
}

func (s *simulation) alsoDropAlias(r relation) {
	s.also(fieldKey(r.related, r.oneField), Drop, finding.FieldDrop, "it is the other side of "+r.collection+"."+r.field+", which is dropped")
}

func (s *simulation) alsoUngroupField(key snapshot.Key, group string) {
	if target := s.target.Get(key); target != nil && target.Meta().Get("group").Str() == group {
		s.alsoEdit(key, "its group "+group+" is deleted, so it stands in none", "the file has it in the group "+group+", which is deleted")
	}
}

// forgetUses clears sort_field, archive_field and item_duplication_fields where
// they name a deleted field. Paths through relations are not followed.
func (s *simulation) forgetUses(collection, field string) {
	if !slices.Contains(s.db.uses[collection], field) {
		return
	}
	s.db.uses[collection] = slices.DeleteFunc(slices.Clone(s.db.uses[collection]), func(f string) bool { return f == field })
	s.effect(Effect{Op: SetMeta, Table: collectionRows, Column: collection})
	target := &database{groups: map[string]string{}, uses: map[string][]string{}}
	if item := s.target.Get(collectionKey(collection)); item != nil {
		target.setCollection(collection, item.Meta())
	}
	if slices.Contains(target.uses[collection], field) {
		s.alsoEdit(collectionKey(collection), "its field "+field+", which it sorts, archives or duplicates by, is dropped",
			"the file has it use the field "+field+", which is dropped")
	}
}

// clearOneField takes the deleted alias out of its relation's row.
func (s *simulation) clearOneField(r relation) {
	for i := range s.db.rows {
		row := &s.db.rows[i]
		if row.many != r.collection || row.field != r.field || row.oneField == "" {
			continue
		}
		row.oneField = ""
		s.effect(Effect{Op: SetMeta, Table: relationRows, Column: r.collection + "." + r.field})
		key := relationKey(r.collection, r.field)
		if target := s.target.Get(key); target != nil && target.Meta().Get("one_field").Str() == r.oneField {
			s.alsoEdit(key, "the field on its other side is dropped, so it names none", "the file has it name "+r.oneField+", which is dropped")
		}
	}
}

func (s *simulation) dropColumn(collection, field string) {
	t := s.db.tables[collection]
	if pin := s.db.pinned(collection, field); pin != "" {
		s.fail("column %s.%s cannot be dropped: %s depends on it", collection, field, pin)
	}
	for _, fk := range s.db.foreign {
		if fk.ForeignTable == collection && fk.ForeignColumn == field && (fk.Table != collection || fk.Column != field) {
			s.fail("column %s.%s cannot be dropped: the foreign key %s of %s depends on it", collection, field, fk.Name, fk.Table)
		}
	}
	if t != nil {
		if !slices.Contains(t.columns, field) {
			s.fail("column %s.%s is dropped twice", collection, field)
			return
		}
		t.columns = slices.DeleteFunc(t.columns, func(c string) bool { return c == field })
		if t.key == field {
			t.key = ""
			s.keyless = append(s.keyless, collection)
		}
	}
	s.db.foreign = slices.DeleteFunc(s.db.foreign, func(fk ForeignKey) bool { return fk.Table == collection && fk.Column == field })
	s.effect(Effect{Op: DropColumn, Table: collection, Column: field})
}

// applySystemFields adds and drops the indexes of system fields.
func (s *simulation) applySystemFields() {
	for _, e := range s.diff[snapshot.SystemField] {
		s.begin(e)
		first := e.first()
		if first.kind != kindEdit || first.rhs == nil {
			s.diverge("the file does not say whether it is indexed")
			continue
		}
		t, name := e.key.Collection, defaultIndexName("index", e.key.Collection, e.key.Field, 63)
		if truthy(*first.rhs) {
			s.action().Verb = Create
			s.effect(Effect{Op: AddIndex, Table: t, Column: e.key.Field, Name: name})
			continue
		}
		s.action().Verb = Drop
		s.dropIndex(t, e.key.Field, name)
	}
}

func (s *simulation) dropIndex(tableName, columnName, name string) {
	if real := s.facts.Tables[tableName].Indexes[columnName]; real != "" && real != name {
		s.fail("the index of %s.%s is called %s, and Directus drops it as %s", tableName, columnName, real, name)
	}
	s.effect(Effect{Op: DropIndex, Table: tableName, Column: columnName, Name: name})
}

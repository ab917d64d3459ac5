package plan

import (
	"slices"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// applyRelations works on the relations last, with the schema as it is before
// the first of them.
func (s *simulation) applyRelations() {
	if len(s.diff[snapshot.Relation]) == 0 {
		return
	}
	view := s.seen()
	for _, e := range s.diff[snapshot.Relation] {
		s.begin(e)
		switch e.first().kind {
		case kindNew:
			s.createRelation(view, e)
		case kindDelete:
			s.action().Verb = Drop
			s.deleteRelation(view, e.key.Collection, e.key.Field)
		default:
			s.updateRelation(view, e)
		}
	}
}

// seen returns the database as a service sees it from now on, whatever is done
// to it: as it is, in old versions with the foreign keys that it had at first.
func (s *simulation) seen() *database {
	return s.now().clone()
}

// now returns the database as a service sees it that has just read the schema.
func (s *simulation) now() *database {
	if !s.quirks.cachesForeignKeys {
		return s.db
	}
	view := *s.db
	view.foreign = s.foreignAtFirst
	return &view
}

func (s *simulation) createRelation(view *database, e *entry) {
	s.action().Verb = Create
	collection, field := e.key.Collection, e.key.Field
	var item jsvalue.Value
	if e.first().path == nil {
		item = *e.first().rhs
	}
	related := item.Get("related_collection").Str()
	switch {
	case !view.known(collection):
		s.fail("collection %s has no table with a one-column primary key", collection)
		return
	case !view.hasField(collection, field):
		s.fail("field %s.%s, which the relation is of, does not exist", collection, field)
		return
	case view.primaryKey(collection) == field:
		s.fail("field %s.%s is a primary key, which Directus lets no relation be of", collection, field)
		return
	case related != "" && !view.known(related):
		s.fail("collection %s, which %s.%s points to, does not exist", related, collection, field)
		return
	case view.relation(collection, field) != nil:
		s.fail("field %s.%s already has a relation", collection, field)
		return
	}
	if related != "" {
		s.addForeignKey(e, item, related)
	} else if !item.Get("schema").IsNull() {
		s.diverge("Directus makes no foreign key for a relation without a related collection")
	}
	meta := item.Get("meta")
	s.db.rows = append(s.db.rows, relationRow{collection, field, related, meta.Get("one_field").Str(), texts(meta.Get("one_allowed_collections"))})
	s.effect(Effect{Op: AddMetaRow, Table: relationRows, Column: e.key.Name()})
	if !meta.IsNull() {
		s.checkMeta(snapshot.Relation, meta, jsvalue.Null())
	} else {
		s.diverge("the file has no meta for it, and Directus makes one")
	}
}

func (s *simulation) addForeignKey(e *entry, item jsvalue.Value, related string) {
	collection, field := e.key.Collection, e.key.Field
	schema := item.Get("schema")
	fk := ForeignKey{Name: defaultIndexName("foreign", collection, field, 60), Table: collection, Column: field,
		ForeignTable: related, ForeignColumn: s.db.primaryKey(related), OnUpdate: rule(schema, "on_update"), OnDelete: rule(schema, "on_delete")}
	if !s.db.hasColumn(collection, field) {
		s.fail("%s.%s is no column, so it cannot have a foreign key to %s", collection, field, related)
		return
	}
	if clash := s.nameTaken(fk); clash {
		s.fail("table %s already has a constraint %s", collection, fk.Name)
		return
	}
	s.db.foreign = append(s.db.foreign, fk)
	s.effect(Effect{Op: AddForeignKey, Table: collection, Column: field, Name: fk.Name, To: related})
	if t := s.db.tables[collection]; s.live.Get(fieldKey(collection, field)) != nil && (t == nil || !t.facts.Empty) {
		s.mayFail("values of %s.%s that are no key of %s make it fail", collection, field, related)
	}
	s.checkForeignKey(schema, fk)
}

func (s *simulation) nameTaken(fk ForeignKey) bool {
	return slices.ContainsFunc(s.db.foreign, func(o ForeignKey) bool { return o.Table == fk.Table && o.Name == fk.Name })
}

// checkForeignKey compares a foreign key with the one that the file describes.
func (s *simulation) checkForeignKey(schema jsvalue.Value, fk ForeignKey) {
	if schema.IsNull() {
		s.diverge("the file has no schema for it, and Directus makes a foreign key")
		return
	}
	for _, pair := range [][2]string{{"constraint_name", fk.Name}, {"foreign_key_table", fk.ForeignTable}, {"foreign_key_column", fk.ForeignColumn},
		{"on_update", fk.OnUpdate}, {"on_delete", fk.OnDelete}} {
		if schema.Get(pair[0]).Str() != pair[1] {
			s.diverge("its foreign key comes to have %s %s, whatever the file says", pair[0], pair[1])
		}
	}
}

// rule returns what a foreign key does on an update or deletion: without a word
// in the file, nothing.
func rule(schema jsvalue.Value, key string) string {
	if r := schema.Get(key).Str(); r != "" {
		return r
	}
	return "NO ACTION"
}

// updateRelation follows RelationsService.updateOne: the foreign key is dropped
// and made again under its own name, towards the collection it already pointed to.
func (s *simulation) updateRelation(view *database, e *entry) {
	e = s.firstLive(e)
	collection, field := e.key.Collection, e.key.Field
	r := view.relation(collection, field)
	switch {
	case !view.known(collection) || !view.hasField(collection, field):
		s.fail("field %s.%s, which the relation is of, does not exist", collection, field)
		return
	case r == nil:
		s.fail("field %s.%s has no relation any more", collection, field)
		return
	case r.related != "" && !view.known(r.related):
		s.fail("collection %s, which %s.%s points to, has no table with a one-column primary key", r.related, collection, field)
		return
	}
	schema := e.target.Schema()
	if r.related != "" && !(s.quirks.mergesRelation && schema.IsNull()) {
		s.remakeForeignKey(e, r, schema)
	}
	if e.target.Value.Get("related_collection").Str() != r.related {
		s.diverge("Directus does not point an existing relation to another collection")
	}
	if schema.IsNull() != e.live.Schema().IsNull() {
		s.diverge("Directus does not take a foreign key away or add one here")
	}
	s.updateRelationMeta(e, r)
}

func (s *simulation) remakeForeignKey(e *entry, r *relation, schema jsvalue.Value) {
	if r.foreign == nil {
		s.addForeignKey(e, e.target.Value, r.related)
		s.action().Verb = Update
		return
	}
	old := *r.foreign
	made := old
	made.ForeignColumn = s.db.primaryKey(r.related)
	made.OnUpdate, made.OnDelete = rule(schema, "on_update"), rule(schema, "on_delete")
	if made != old {
		s.effect(Effect{Op: ChangeForeignKey, Table: old.Table, Column: old.Column, Name: old.Name,
			From: old.OnUpdate + "/" + old.OnDelete, To: made.OnUpdate + "/" + made.OnDelete})
		s.action().Verb = Update
	}
	if fk := s.db.foreignKeyOf(old.Table, old.Column); fk != nil {
		*fk = made
	}
	s.checkForeignKey(schema, made)
}

func (s *simulation) updateRelationMeta(e *entry, r *relation) {
	meta := e.target.Meta()
	if !truthy(meta) {
		if !e.live.Meta().IsNull() {
			s.diverge("the file has no meta for it, and Directus keeps what is there")
		}
		return
	}
	if !r.hasRow {
		s.db.rows = append(s.db.rows, relationRow{e.key.Collection, e.key.Field, r.related, meta.Get("one_field").Str(),
			texts(meta.Get("one_allowed_collections"))})
		s.effect(Effect{Op: AddMetaRow, Table: relationRows, Column: e.key.Name()})
		s.action().Verb = Update
		return
	}
	s.rewrite(relationRows, e.key.Name())
	if s.checkMeta(snapshot.Relation, meta, e.live.Meta()) {
		s.effect(Effect{Op: SetMeta, Table: relationRows, Column: e.key.Name()})
		s.action().Verb = Update
	}
}

// deleteRelation follows RelationsService.deleteOne: the foreign key and every
// row of the field go.
func (s *simulation) deleteRelation(view *database, collection, field string) {
	r := view.relation(collection, field)
	switch {
	case !view.known(collection):
		s.fail("the relation %s.%s cannot be deleted: %s is no collection to Directus", collection, field, collection)
		return
	case !view.hasField(collection, field):
		s.fail("the relation %s.%s cannot be deleted: the field does not exist", collection, field)
		return
	case r == nil:
		s.fail("the relation %s.%s cannot be deleted: it is not there any more", collection, field)
		return
	}
	if r.foreign != nil && s.db.foreignKeyOf(collection, field) == nil && s.quirks.cachesForeignKeys {
		s.fail("the foreign key %s of %s is dropped a second time", r.foreign.Name, collection)
		return
	}
	if fk := s.db.foreignKeyOf(collection, field); r.foreign != nil && fk != nil {
		s.effect(Effect{Op: DropForeignKey, Table: collection, Column: field, Name: fk.Name, From: fk.ForeignTable})
		name := fk.Name
		s.db.foreign = slices.DeleteFunc(s.db.foreign, func(o ForeignKey) bool { return o.Table == collection && o.Name == name })
	}
	if r.hasRow {
		before := len(s.db.rows)
		s.db.rows = slices.DeleteFunc(s.db.rows, func(o relationRow) bool { return o.many == collection && o.field == field })
		if len(s.db.rows) < before {
			s.effect(Effect{Op: DeleteMetaRow, Table: relationRows, Column: collection + "." + field})
		}
	}
}

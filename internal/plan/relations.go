package plan

import (
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/plan/column"
	"github.com/schemaguard/schemaguard/internal/plan/dbstate"
	"github.com/schemaguard/schemaguard/internal/plan/deepdiff"
	"github.com/schemaguard/schemaguard/internal/plan/schemadiff"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// applyRelations works on the relations last, with the schema as it is before the first of them.
func (s *simulation) applyRelations() {
	if len(s.diff[snapshot.Relation]) == 0 {
		return
	}
	view := s.seen()
	for _, e := range s.diff[snapshot.Relation] {
		s.begin(e)
		switch e.First().Kind {
		case deepdiff.New:
			s.createRelation(view, e)
		case deepdiff.Delete:
			s.action().Verb = Drop
			s.deleteRelation(view, e.Key.Collection, e.Key.Field)
		default:
			s.updateRelation(view, e)
		}
	}
}

// seen returns the database as a service sees it from now on, whatever is done to it: as it is, in old versions with
// the foreign keys that it had at first.
func (s *simulation) seen() *dbstate.Database {
	return s.now().Clone()
}

// now returns the database as a service sees it that has just read the schema.
func (s *simulation) now() *dbstate.Database {
	if !s.quirks.CachesForeignKeys {
		return s.db
	}
	view := *s.db
	view.Foreign = s.foreignAtFirst
	return &view
}

func (s *simulation) createRelation(view *dbstate.Database, e *schemadiff.Entry) {
	s.action().Verb = Create
	collection, field := e.Key.Collection, e.Key.Field
	var item jsvalue.Value
	if e.First().Path == nil {
		item = *e.First().RHS
	}
	related := item.Get("related_collection").Str()
	if problem := view.RelationProblem(collection, field, related); problem != "" {
		s.fail("%s", problem)
		return
	}
	if related != "" {
		s.addForeignKey(e, item, related)
	} else if !item.Get("schema").IsNull() {
		s.diverge("Directus makes no foreign key for a relation without a related collection")
	}
	meta := item.Get("meta")
	s.db.Rows = append(s.db.Rows, dbstate.Row{
		Many: collection, Field: field, One: related, OneField: meta.Get("one_field").Str(),
		Allowed: dbstate.Texts(meta.Get("one_allowed_collections")),
	})
	s.effect(Effect{Op: AddMetaRow, Table: dbstate.RelationRows, Column: e.Key.Name()})
	if !meta.IsNull() {
		s.checkMeta(snapshot.Relation, meta, jsvalue.Null())
	} else {
		s.diverge("the file has no meta for it, and Directus makes one")
	}
}

func (s *simulation) addForeignKey(e *schemadiff.Entry, item jsvalue.Value, related string) {
	collection, field := e.Key.Collection, e.Key.Field
	schema := item.Get("schema")
	fk := dbstate.ForeignKey{
		Name: column.IndexName("foreign", collection, field, 60), Table: collection, Column: field,
		ForeignTable: related, ForeignColumn: s.db.PrimaryKey(related), OnUpdate: dbstate.Rule(schema, "on_update"), OnDelete: dbstate.Rule(schema, "on_delete"),
	}
	if !s.db.HasColumn(collection, field) {
		s.fail("%s.%s is no column, so it cannot have a foreign key to %s", collection, field, related)
		return
	}
	if s.db.Named(fk.Table, fk.Name) {
		s.fail("table %s already has a constraint %s", collection, fk.Name)
		return
	}
	s.db.Foreign = append(s.db.Foreign, fk)
	s.effect(Effect{Op: AddForeignKey, Table: collection, Column: field, Name: fk.Name, To: related})
	if t := s.db.Tables[collection]; s.live.Get(schemadiff.FieldKey(collection, field)) != nil && (t == nil || !t.Empty) {
		s.mayFail("values of %s.%s that are no key of %s make it fail", collection, field, related)
	}
	s.checkForeignKey(schema, fk)
}

// checkForeignKey compares a foreign key with the one that the file describes.
func (s *simulation) checkForeignKey(schema jsvalue.Value, fk dbstate.ForeignKey) {
	if schema.IsNull() {
		s.diverge("the file has no schema for it, and Directus makes a foreign key")
	} else if key, has := fk.Differs(schema); key != "" {
		s.diverge("its foreign key comes to have %s %s, whatever the file says", key, has)
	}
}

// updateRelation follows RelationsService.updateOne: the foreign key is dropped and made again under its own name,
// towards the collection it already pointed to.
func (s *simulation) updateRelation(view *dbstate.Database, e *schemadiff.Entry) {
	e = s.firstLive(e)
	collection, field := e.Key.Collection, e.Key.Field
	r := view.Relation(collection, field)
	switch {
	case !view.Known(collection) || !view.HasField(collection, field):
		s.fail("field %s.%s, which the relation is of, does not exist", collection, field)
		return
	case r == nil:
		s.fail("field %s.%s has no relation any more", collection, field)
		return
	case r.Related != "" && !view.Known(r.Related):
		s.fail("collection %s, which %s.%s points to, has no table with a one-column primary key", r.Related, collection, field)
		return
	}
	schema := e.Target.Schema()
	if r.Related != "" && !(s.quirks.MergesRelation && schema.IsNull()) {
		s.remakeForeignKey(e, r, schema)
	}
	if e.Target.Value.Get("related_collection").Str() != r.Related {
		s.diverge("Directus does not point an existing relation to another collection")
	}
	if schema.IsNull() != e.Live.Schema().IsNull() {
		s.diverge("Directus does not take a foreign key away or add one here")
	}
	s.updateRelationMeta(e, r)
}

func (s *simulation) remakeForeignKey(e *schemadiff.Entry, r *dbstate.Relation, schema jsvalue.Value) {
	if r.Foreign == nil {
		s.addForeignKey(e, e.Target.Value, r.Related)
		s.action().Verb = Update
		return
	}
	old := *r.Foreign
	made := old
	made.ForeignColumn = s.db.PrimaryKey(r.Related)
	made.OnUpdate, made.OnDelete = dbstate.Rule(schema, "on_update"), dbstate.Rule(schema, "on_delete")
	if made != old {
		s.effect(Effect{
			Op: ChangeForeignKey, Table: old.Table, Column: old.Column, Name: old.Name,
			From: old.OnUpdate + "/" + old.OnDelete, To: made.OnUpdate + "/" + made.OnDelete,
		})
		s.action().Verb = Update
	}
	if fk := s.db.ForeignKeyOf(old.Table, old.Column); fk != nil {
		*fk = made
	}
	s.checkForeignKey(schema, made)
}

func (s *simulation) updateRelationMeta(e *schemadiff.Entry, r *dbstate.Relation) {
	meta := e.Target.Meta()
	if !schemadiff.Truthy(meta) {
		if !e.Live.Meta().IsNull() {
			s.diverge("the file has no meta for it, and Directus keeps what is there")
		}
		return
	}
	if !r.HasRow {
		s.db.Rows = append(s.db.Rows, dbstate.Row{
			Many: e.Key.Collection, Field: e.Key.Field, One: r.Related, OneField: meta.Get("one_field").Str(),
			Allowed: dbstate.Texts(meta.Get("one_allowed_collections")),
		})
		s.effect(Effect{Op: AddMetaRow, Table: dbstate.RelationRows, Column: e.Key.Name()})
		s.action().Verb = Update
		return
	}
	s.rewrite(dbstate.RelationRows, e.Key.Name())
	if s.checkMeta(snapshot.Relation, meta, e.Live.Meta()) {
		s.effect(Effect{Op: SetMeta, Table: dbstate.RelationRows, Column: e.Key.Name()})
		s.action().Verb = Update
	}
}

// deleteRelation follows RelationsService.deleteOne: the foreign key and every row of the field go.
func (s *simulation) deleteRelation(view *dbstate.Database, collection, field string) {
	r := view.Relation(collection, field)
	switch {
	case !view.Known(collection):
		s.fail("the relation %s.%s cannot be deleted: %s is no collection to Directus", collection, field, collection)
		return
	case !view.HasField(collection, field):
		s.fail("the relation %s.%s cannot be deleted: the field does not exist", collection, field)
		return
	case r == nil:
		s.fail("the relation %s.%s cannot be deleted: it is not there any more", collection, field)
		return
	}
	if r.Foreign != nil && s.db.ForeignKeyOf(collection, field) == nil && s.quirks.CachesForeignKeys {
		s.fail("the foreign key %s of %s is dropped a second time", r.Foreign.Name, collection)
		return
	}
	if r.Foreign != nil {
		if fk := s.db.DropForeignKey(collection, field); fk != nil {
			s.effect(Effect{Op: DropForeignKey, Table: collection, Column: field, Name: fk.Name, From: fk.ForeignTable})
		}
	}
	if r.HasRow && s.db.DeleteRows(collection, field) {
		s.effect(Effect{Op: DeleteMetaRow, Table: dbstate.RelationRows, Column: collection + "." + field})
	}
}

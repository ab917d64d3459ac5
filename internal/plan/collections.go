package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/plan/dbstate"
	"github.com/schemaguard/schemaguard/internal/plan/deepdiff"
	"github.com/schemaguard/schemaguard/internal/plan/metarow"
	"github.com/schemaguard/schemaguard/internal/plan/schemadiff"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// roots returns the collections to create first.
func (s *simulation) roots() []*schemadiff.Entry {
	roots, stumbles := s.diff.Roots(s.live)
	for _, e := range stumbles {
		s.begin(e)
		s.fail("the file has %s, which this database does not know, and Directus %s stumbles over its null", e.First().Name(), s.version)
	}
	return roots
}

func (s *simulation) createCollections(entries []*schemadiff.Entry) {
	for _, e := range entries {
		if s.done[e] || e.First().Kind != deepdiff.New || !schemadiff.Truthy(*e.First().RHS) {
			continue
		}
		s.done[e] = true
		fields := schemadiff.Filter(s.diff[snapshot.Field], func(f *schemadiff.Entry) bool { return f.Key.Collection == e.Key.Collection })
		s.createCollection(e, fields)
		s.diff[snapshot.Field] = schemadiff.Filter(s.diff[snapshot.Field], func(f *schemadiff.Entry) bool { return f.Key.Collection != e.Key.Collection })
		if e.First().Path == nil {
			s.createCollections(schemadiff.Filter(s.diff[snapshot.Collection], func(child *schemadiff.Entry) bool {
				rhs := child.First().RHS
				return rhs != nil && rhs.Get("meta").Get("group").Str() == e.Key.Collection
			}))
		}
	}
}

func (s *simulation) createCollection(e *schemadiff.Entry, fields []*schemadiff.Entry) {
	a, name := s.begin(e), e.Key.Collection
	a.Verb = Create
	if e.First().Path != nil {
		a.Verb = Update
		s.fail("the file has %s, which this database does not know, and Directus %s takes that for a new collection",
			e.First().Name(), s.version)
		return
	}
	meta, hasTable := e.First().RHS.Get("meta"), !e.First().RHS.Get("schema").IsNull()
	_, hasRow := s.db.Groups[name]
	switch {
	case slices.ContainsFunc(fields, func(f *schemadiff.Entry) bool { return f.First().Kind != deepdiff.New || !f.Whole() }):
		s.fail("the database has fields of collection %s already", name)
		return
	case strings.HasPrefix(name, "directus_"), s.quirks.RefusesSlash && strings.Contains(name, "/"), name == "":
		s.fail("Directus refuses the collection name %q", name)
		return
	case hasRow:
		s.fail("collection %s already has a row in directus_collections", name)
		return
	case s.db.Known(name) || hasTable && s.db.Tables[name] != nil:
		s.fail("table %s already exists, without Directus tracking it", name)
		return
	}
	if hasTable {
		s.spendLicence(meta, true)
		s.createTable(name, fields)
	} else {
		for _, f := range fields {
			s.begin(f)
			s.diverge("a collection without a table has no fields")
		}
	}
	s.begin(e)
	if !meta.IsNull() {
		s.db.SetCollection(name, meta)
		s.effect(Effect{Op: AddMetaRow, Table: dbstate.CollectionRows, Column: name})
		s.checkMeta(snapshot.Collection, meta, jsvalue.Null())
	}
}

func (s *simulation) createTable(name string, fields []*schemadiff.Entry) {
	t := &dbstate.Table{Empty: true}
	s.db.Tables[name] = t
	s.effect(Effect{Op: CreateTable, Table: name})
	keyed := schemadiff.HasKey(fields)
	if !keyed && s.quirks.LacksKey {
		s.keyless = append(s.keyless, name)
	} else if !keyed {
		t.Key, t.Columns = "id", []string{"id"}
		s.effect(Effect{Op: AddColumn, Table: name, Column: "id", To: "integer"})
		s.effect(Effect{Op: AddMetaRow, Table: dbstate.FieldRows, Column: name + ".id"})
		s.db.AddField(name, "id", "", false)
		s.also(schemadiff.FieldKey(name, "id"), Create, finding.NotConvergent, "its collection's fields have no primary key, so Directus adds this one").
			NotConvergent = "the file does not have it, so the next apply drops it"
	}
	for _, f := range fields {
		s.begin(f).Verb = Create
		item := *f.First().RHS
		if slices.Contains(t.Columns, f.Key.Field) {
			s.fail("column %s of the new table %s is there twice", f.Key.Field, name)
			continue
		}
		s.addColumn(t, f.Key, item, false)
		s.addFieldRow(f.Key, item)
	}
}

// deleteCollections deletes in the order of the differences; before 11.1.2 only what has no group, and then what stood
// in it.
func (s *simulation) deleteCollections() {
	if !s.rules.KeepsGroupedCollections {
		for _, e := range s.diff[snapshot.Collection] {
			if e.First().Kind == deepdiff.Delete {
				s.unlink(e)
				s.deleteCollection(e)
			}
		}
		return
	}
	var inGroup func(isRoot bool, group string)
	inGroup = func(isRoot bool, group string) {
		for _, e := range s.diff[snapshot.Collection] {
			if s.done[e] || e.First().Kind != deepdiff.Delete {
				continue
			}
			of, ok := e.First().LHS.Get("meta").Object().Get("group")
			if isRoot && ok && of.IsNull() || !isRoot && of.Str() == group && group != "" {
				s.done[e] = true
				s.unlink(e)
				inGroup(false, e.Key.Collection)
				s.deleteCollection(e)
			}
		}
	}
	for _, e := range s.diff[snapshot.Collection] {
		if s.rules.NullMetaKeyMissingFails && e.First().Kind == deepdiff.Delete && e.First().LHS.IsNull() {
			s.begin(e)
			s.fail("it lacks %s, and Directus %s stumbles over the null in the database", e.First().Name(), s.version)
		}
	}
	inGroup(true, "")
}

// unlink deletes the relations of a collection that is about to be deleted.
func (s *simulation) unlink(e *schemadiff.Entry) {
	a, name := s.begin(e), e.Key.Collection
	a.Verb = Drop
	for _, r := range s.db.Relations() {
		if r.Collection == name || r.Related == name {
			s.deleteRelation(s.db, r.Collection, r.Field)
			if r.Collection != name {
				s.also(schemadiff.RelationKey(r.Collection, r.Field), Drop, finding.RelationDrop, "the collection "+name+", which it points to, is dropped")
			}
		}
	}
}

func (s *simulation) deleteCollection(e *schemadiff.Entry) {
	s.begin(e)
	name, hasTable := e.Key.Collection, !e.Live.Schema().IsNull()
	if hasTable {
		s.dropTable(name)
		s.dropped = append(s.dropped, name)
	}
	for _, child := range slices.Sorted(maps.Keys(s.db.Groups)) {
		if s.db.Groups[child] == name {
			s.ungroup(child, name)
		}
	}
	if !e.Live.Meta().IsNull() {
		delete(s.db.Groups, name)
		s.effect(Effect{Op: DeleteMetaRow, Table: dbstate.CollectionRows, Column: name})
		s.purge(name, "directus_shares", "directus_versions") // by their foreign keys
	}
	if hasTable {
		delete(s.db.Fields, name)
		delete(s.db.Special, name)
		s.purge(name, dbstate.FieldRows, "directus_presets", "directus_revisions", "directus_activity", "directus_permissions")
		s.db.DeleteRows(name, "")
		s.disallow(name)
	}
}

// disallow takes a dropped collection out of what relations to any allow.
func (s *simulation) disallow(name string) {
	for _, row := range s.db.Disallow(name) {
		s.effect(Effect{Op: SetMeta, Table: dbstate.RelationRows, Column: row.Many + "." + row.Field})
		key := schemadiff.RelationKey(row.Many, row.Field)
		if target := s.target.Get(key); target != nil && slices.Contains(dbstate.Texts(target.Meta().Get("one_allowed_collections")), name) {
			s.alsoEdit(key, "the collection "+name+", which it allows, is dropped", "the file has it allow "+name+", which is dropped")
		}
	}
}

func (s *simulation) dropTable(name string) {
	if pin := s.db.PinnedBy(name, ""); pin != "" {
		s.fail("table %s cannot be dropped: %s depends on it", name, pin)
	}
	if fk := s.db.ForeignKeyTo(name, ""); fk != nil {
		s.fail("table %s cannot be dropped: the foreign key %s of %s depends on it", name, fk.Name, fk.Table)
	}
	delete(s.db.Tables, name)
	s.effect(Effect{Op: DropTable, Table: name})
}

func (s *simulation) purge(collection string, tables ...string) {
	for _, t := range tables {
		s.effect(Effect{Op: PurgeRows, Table: t, Column: collection})
	}
}

// ungroup takes a collection out of its deleted folder.
func (s *simulation) ungroup(child, folder string) {
	s.db.Groups[child] = ""
	s.effect(Effect{Op: SetMeta, Table: dbstate.CollectionRows, Column: child})
	if target := s.target.Get(schemadiff.CollectionKey(child)); target != nil && target.Meta().Get("group").Str() == folder {
		s.alsoEdit(schemadiff.CollectionKey(child), "its group "+folder+" is deleted, so it stands in none",
			"the file has it in the group "+folder+", which is deleted")
	}
}

func (s *simulation) updateCollections() {
	for _, e := range s.diff[snapshot.Collection] {
		if k := e.First().Kind; k != deepdiff.Edit && k != deepdiff.Array {
			continue
		}
		s.begin(e)
		e = s.firstLive(e)
		for _, d := range e.Detail {
			if !d.Under("meta") {
				s.diverge("Directus does not change the %s of a collection", d.Name())
			}
		}
		meta := e.Target.Meta()
		if !schemadiff.Truthy(meta) {
			s.diverge("the file has no meta for it, and Directus keeps what is there")
			continue
		}
		s.spendLicence(meta, false)
		s.setCollectionMeta(e, meta)
	}
}

func (s *simulation) setCollectionMeta(e *schemadiff.Entry, meta jsvalue.Value) {
	name, group := e.Key.Collection, meta.Get("group")
	if _, ok := s.db.Groups[group.Str()]; group.Str() != "" && !ok {
		s.fail("its group %s does not exist", group.Str())
		return
	}
	a := s.action()
	s.rewrite(dbstate.CollectionRows, name)
	if _, ok := s.db.Groups[name]; !ok {
		a.Verb = Update
		s.db.SetCollection(name, meta)
		s.effect(Effect{Op: AddMetaRow, Table: dbstate.CollectionRows, Column: name})
	} else if s.checkMeta(snapshot.Collection, meta, e.Live.Meta()) {
		s.effect(Effect{Op: SetMeta, Table: dbstate.CollectionRows, Column: name})
		a.Verb = Update
		s.db.SetCollection(name, metarow.Merged(e.Live.Meta(), meta))
	}
}

// spendLicence counts a created or edited collection against the limit of a Directus 12 without a licence
// (license/entitlements, assert): editing one that is active counts as one more.
func (s *simulation) spendLicence(meta jsvalue.Value, creating bool) {
	limit := s.rules.CollectionLimit
	status, ok := meta.Object().Get("status")
	if limit == 0 || meta.IsNull() || ok && status.Str() != "active" || !ok && !creating {
		return
	}
	if s.facts.Licensed != nil && *s.facts.Licensed {
		return
	}
	if s.db.Active(s.live, s.target)+1 <= limit {
		return
	}
	why := "a Directus 12 without a licence allows %d active collections, and creating or editing one counts as one more"
	if s.facts.Licensed != nil {
		s.failAs(finding.LicenceLimit, why, limit)
		return
	}
	s.mayFail(why, limit)
	s.plan.MayFail[len(s.plan.MayFail)-1].Code = finding.LicenceLimit
}

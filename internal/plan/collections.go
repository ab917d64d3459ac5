package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// roots returns the collections to create first: without a group, or with one
// that exists (utils/apply-diff.js, filterCollectionsForCreation). A collection
// whose group neither exists nor is created is never created.
func (s *simulation) roots() []*entry {
	creating := map[string]bool{}
	for _, e := range s.diff[snapshot.Collection] {
		creating[e.key.Collection] = creating[e.key.Collection] || e.first().kind == kindNew
	}
	return filter(s.diff[snapshot.Collection], func(e *entry) bool {
		first := e.first()
		if first.kind != kindNew {
			return false
		}
		if first.rhs.IsNull() {
			s.begin(e)
			s.fail("the file has %s, which this database does not know, and Directus %s stumbles over its null", first.name(), s.version)
			return false
		}
		group := first.rhs.Get("meta").Get("group")
		if !truthy(group) {
			return true
		}
		return s.live.Get(collectionKey(group.Str())) != nil && !creating[group.Str()]
	})
}

func (s *simulation) createCollections(entries []*entry) {
	for _, e := range entries {
		if e.first().kind != kindNew || e.first().rhs == nil || !truthy(*e.first().rhs) {
			continue
		}
		fields := filter(s.diff[snapshot.Field], func(f *entry) bool { return f.key.Collection == e.key.Collection })
		s.createCollection(e, fields)
		s.diff[snapshot.Field] = filter(s.diff[snapshot.Field], func(f *entry) bool { return f.key.Collection != e.key.Collection })
		if e.first().path == nil {
			s.createCollections(filter(s.diff[snapshot.Collection], func(child *entry) bool {
				rhs := child.first().rhs
				return rhs != nil && rhs.Get("meta").Get("group").Str() == e.key.Collection && child != e
			}))
		}
	}
}

func (s *simulation) createCollection(e *entry, fields []*entry) {
	a, name := s.begin(e), e.key.Collection
	a.Verb = Create
	if e.first().path != nil {
		a.Verb = Update
		s.fail("the file has %s, which this database does not know, and Directus %s takes that for a new collection",
			e.first().name(), s.version)
		return
	}
	meta, hasTable := e.first().rhs.Get("meta"), !e.first().rhs.Get("schema").IsNull()
	_, hasRow := s.db.groups[name]
	switch {
	case strings.HasPrefix(name, "directus_"), s.quirks.refusesSlash && strings.Contains(name, "/"), name == "":
		s.fail("Directus refuses the collection name %q", name)
		return
	case hasRow:
		s.fail("collection %s already has a row in directus_collections", name)
		return
	case s.db.known(name) || hasTable && s.db.tables[name] != nil:
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
		s.db.setCollection(name, meta)
		s.effect(Effect{Op: AddMetaRow, Table: collectionRows, Column: name})
		s.checkMeta(snapshot.Collection, meta, jsvalue.Null())
	}
}

func (s *simulation) createTable(name string, fields []*entry) {
	t := &table{facts: Table{Empty: true}}
	s.db.tables[name] = t
	s.effect(Effect{Op: CreateTable, Table: name})
	keyed := slices.ContainsFunc(fields, func(f *entry) bool {
		schema := f.first().rhs.Get("schema")
		return schema.Get("is_primary_key").Bool() || schema.Get("has_auto_increment").Bool()
	})
	if !keyed && s.quirks.lacksKey {
		s.keyless = append(s.keyless, name)
	} else if !keyed {
		t.key, t.columns = "id", []string{"id"}
		s.effect(Effect{Op: AddColumn, Table: name, Column: "id", To: "integer"})
		s.effect(Effect{Op: AddMetaRow, Table: fieldRows, Column: name + ".id"})
		s.db.addField(name, "id", "", false)
		s.also(fieldKey(name, "id"), Create, finding.NotConvergent, "its collection's fields have no primary key, so Directus adds this one").
			NotConvergent = "the file does not have it, so the next apply drops it"
	}
	for _, f := range fields {
		s.begin(f).Verb = Create
		item := *f.first().rhs
		if slices.Contains(t.columns, f.key.Field) {
			s.fail("column %s of the new table %s is there twice", f.key.Field, name)
			continue
		}
		s.addColumn(t, f.key, item, false)
		s.addFieldRow(f.key, item)
	}
}

// deleteCollections deletes in the order of the differences; before 11.1.2 only
// what has no group, and then what stood in it.
func (s *simulation) deleteCollections() {
	if !s.rules.KeepsGroupedCollections {
		for _, e := range s.diff[snapshot.Collection] {
			if e.first().kind == kindDelete {
				s.unlink(e)
				s.deleteCollection(e)
			}
		}
		return
	}
	var inGroup func(isRoot bool, group string)
	inGroup = func(isRoot bool, group string) {
		for _, e := range s.diff[snapshot.Collection] {
			if e.first().kind != kindDelete {
				continue
			}
			of, ok := e.first().lhs.Get("meta").Object().Get("group")
			if isRoot && ok && of.IsNull() || !isRoot && of.Str() == group && group != "" {
				s.unlink(e)
				inGroup(false, e.key.Collection)
				s.deleteCollection(e)
			}
		}
	}
	for _, e := range s.diff[snapshot.Collection] {
		if s.rules.NullMetaKeyMissingFails && e.first().kind == kindDelete && e.first().lhs.IsNull() {
			s.begin(e)
			s.fail("its meta lacks %s, and Directus %s stumbles over the null in the database", e.first().path[1], s.version)
		}
	}
	inGroup(true, "")
}

// unlink deletes the relations of a collection that is about to be deleted.
func (s *simulation) unlink(e *entry) {
	a, name := s.begin(e), e.key.Collection
	a.Verb = Drop
	for _, r := range s.db.relations() {
		if r.collection == name || r.related == name {
			s.deleteRelation(s.db, r.collection, r.field)
			if r.collection != name {
				s.also(relationKey(r.collection, r.field), Drop, finding.RelationDrop, "the collection "+name+", which it points to, is dropped")
			}
		}
	}
}

func (s *simulation) deleteCollection(e *entry) {
	s.begin(e)
	name, hasTable := e.key.Collection, !e.live.Schema().IsNull()
	if hasTable {
		s.dropTable(name)
		s.dropped = append(s.dropped, name)
	}
	for _, child := range slices.Sorted(maps.Keys(s.db.groups)) {
		if s.db.groups[child] == name {
			s.ungroup(child, name)
		}
	}
	if !e.live.Meta().IsNull() {
		delete(s.db.groups, name)
		s.effect(Effect{Op: DeleteMetaRow, Table: collectionRows, Column: name})
		s.purge(name, "directus_shares", "directus_versions") // by their foreign keys
	}
	if hasTable {
		delete(s.db.fields, name)
		delete(s.db.special, name)
		s.purge(name, fieldRows, "directus_presets", "directus_revisions", "directus_activity", "directus_permissions")
		s.db.rows = slices.DeleteFunc(s.db.rows, func(r relationRow) bool { return r.many == name })
		s.disallow(name)
	}
}

// disallow takes a dropped collection out of what relations to any allow.
func (s *simulation) disallow(name string) {
	for i := range s.db.rows {
		row := &s.db.rows[i]
		if !slices.Contains(row.allowed, name) {
			continue
		}
		row.allowed = slices.DeleteFunc(slices.Clone(row.allowed), func(a string) bool { return a == name })
		s.effect(Effect{Op: SetMeta, Table: relationRows, Column: row.many + "." + row.field})
		key := relationKey(row.many, row.field)
		if target := s.target.Get(key); target != nil && slices.Contains(texts(target.Meta().Get("one_allowed_collections")), name) {
			s.alsoEdit(key, "the collection "+name+", which it allows, is dropped", "the file has it allow "+name+", which is dropped")
		}
	}
}

func (s *simulation) dropTable(name string) {
	if pin := s.db.pinned(name, ""); pin != "" {
		s.fail("table %s cannot be dropped: %s depends on it", name, pin)
	}
	for _, fk := range s.db.foreign {
		if fk.ForeignTable == name && fk.Table != name {
			s.fail("table %s cannot be dropped: the foreign key %s of %s depends on it", name, fk.Name, fk.Table)
		}
	}
	delete(s.db.tables, name)
	s.effect(Effect{Op: DropTable, Table: name})
}

func (s *simulation) purge(collection string, tables ...string) {
	for _, t := range tables {
		s.effect(Effect{Op: PurgeRows, Table: t, Column: collection})
	}
}

// ungroup takes a collection out of its deleted folder.
func (s *simulation) ungroup(child, folder string) {
	s.db.groups[child] = ""
	s.effect(Effect{Op: SetMeta, Table: collectionRows, Column: child})
	if target := s.target.Get(collectionKey(child)); target != nil && target.Meta().Get("group").Str() == folder {
		s.alsoEdit(collectionKey(child), "its group "+folder+" is deleted, so it stands in none",
			"the file has it in the group "+folder+", which is deleted")
	}
}

func (s *simulation) updateCollections() {
	for _, e := range s.diff[snapshot.Collection] {
		if k := e.first().kind; k != kindEdit && k != kindArray {
			continue
		}
		s.begin(e)
		e = s.firstLive(e)
		for _, d := range e.detail {
			if !d.under("meta") {
				s.diverge("Directus does not change the %s of a collection", d.name())
			}
		}
		meta := e.target.Meta()
		if !truthy(meta) {
			s.diverge("the file has no meta for it, and Directus keeps what is there")
			continue
		}
		s.spendLicence(meta, false)
		s.setCollectionMeta(e, meta)
	}
}

func (s *simulation) setCollectionMeta(e *entry, meta jsvalue.Value) {
	name, group := e.key.Collection, meta.Get("group")
	if _, ok := s.db.groups[group.Str()]; group.Str() != "" && !ok {
		s.fail("its group %s does not exist", group.Str())
		return
	}
	a := s.action()
	s.rewrite(collectionRows, name)
	if _, ok := s.db.groups[name]; !ok {
		a.Verb = Update
		s.db.setCollection(name, meta)
		s.effect(Effect{Op: AddMetaRow, Table: collectionRows, Column: name})
	} else if s.checkMeta(snapshot.Collection, meta, e.live.Meta()) {
		s.effect(Effect{Op: SetMeta, Table: collectionRows, Column: name})
		a.Verb = Update
		s.db.setCollection(name, merged(e.live.Meta(), meta))
	}
}

// spendLicence counts a created or edited collection against the limit of a
// Directus 12 without a licence (license/entitlements, assert): editing one that
// is active counts as one more.
func (s *simulation) spendLicence(meta jsvalue.Value, creating bool) {
	limit := s.rules.CollectionLimit
	status, ok := meta.Object().Get("status")
	if limit == 0 || meta.IsNull() || ok && status.Str() != "active" || !ok && !creating {
		return
	}
	if s.facts.Licensed != nil && *s.facts.Licensed {
		return
	}
	if s.active()+1 <= limit {
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

// active counts the collections that a licence counts, at this point of the
// apply: tracked, with a table and not set to another status.
func (s *simulation) active() int {
	n := 0
	for name := range s.db.groups {
		item := s.live.Get(collectionKey(name))
		if item == nil {
			item = s.target.Get(collectionKey(name))
		}
		if item == nil || s.db.tables[name] == nil {
			continue
		}
		if status, ok := item.Meta().Object().Get("status"); !ok || status.Str() == "active" {
			n++
		}
	}
	return n
}

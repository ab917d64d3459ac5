package plan

import (
	"slices"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Facts is what the simulation needs to know of the database beyond the live
// snapshot. Every field may be left out; what is then unknown is taken from the
// snapshot, and what cannot be is assumed not to exist.
type Facts struct {
	// Tables holds every ordinary table of the searched schemas by name, without
	// those of DB_EXCLUDE_TABLES, tracked or not, system tables included.
	Tables map[string]Table
	// ForeignKeys holds every one-column foreign key between them.
	ForeignKeys []ForeignKey
	// CollectionRows holds collections that have a directus_collections row but
	// are not in the live snapshot: those of DB_EXCLUDE_TABLES.
	CollectionRows []string
	// FieldRows holds directus_fields rows that the live snapshot does not show,
	// by collection: neither column nor alias.
	FieldRows map[string][]string
	// MetaKeys holds the columns of the three meta tables that the snapshot
	// shows, by kind. Without it they are read off a live item.
	MetaKeys map[snapshot.Kind][]string
	// Licensed tells a Directus 12 with a licence, where known. Nil: unknown.
	Licensed *bool
}

// Table is one table of the database.
type Table struct {
	PrimaryKey string   // its one column; "" without a primary key or with several columns
	Columns    []string // all columns
	// Indexes and Uniques name the one-column index (not unique) and the unique
	// constraint of a column.
	Indexes, Uniques map[string]string
	// Pinned says what stops Postgres from dropping the table ("" as key) or from
	// dropping or changing a column: "the view v".
	Pinned map[string]string
	// Empty tells a table known to have no rows.
	Empty bool
}

// ForeignKey is a one-column foreign key.
type ForeignKey struct {
	Name               string
	Table, Column      string
	ForeignTable       string
	ForeignColumn      string
	OnUpdate, OnDelete string // "CASCADE", "SET NULL", ... as a snapshot has them
}

// database is the state that the simulation changes step by step.
type database struct {
	tables  map[string]*table
	groups  map[string]string            // directus_collections: collection -> its group
	uses    map[string][]string          // of them: the fields that sort_field, archive_field and item_duplication_fields name
	fields  map[string]map[string]string // directus_fields: collection -> field -> its group
	special map[string]map[string]bool   // alias rows that Directus sees as fields
	rows    []relationRow                // directus_relations
	foreign []ForeignKey
	// systemAssumed: nobody described the tables, so the system's are assumed.
	systemAssumed bool
}

type table struct {
	key     string
	columns []string
	facts   Table
}

type relationRow struct {
	many, field, one, oneField string
	allowed                    []string // one_allowed_collections
}

// relation is a foreign key, a row or both, as RelationsService stitches them.
type relation struct {
	collection, field, related string
	oneField                   string
	hasRow                     bool
	foreign                    *ForeignKey
}

func newDatabase(live *snapshot.Snapshot, facts Facts) *database {
	db := &database{tables: map[string]*table{}, groups: map[string]string{}, uses: map[string][]string{}, fields: map[string]map[string]string{},
		special: map[string]map[string]bool{}, systemAssumed: facts.Tables == nil}
	for name, t := range facts.Tables {
		db.tables[name] = &table{key: t.PrimaryKey, columns: slices.Clone(t.Columns), facts: t}
	}
	for _, name := range facts.CollectionRows {
		db.groups[name] = ""
	}
	for collection, fields := range facts.FieldRows {
		for _, field := range fields {
			db.addField(collection, field, "", false)
		}
	}
	for i := range live.Items(snapshot.Collection) {
		c := &live.Items(snapshot.Collection)[i]
		if !c.Meta().IsNull() {
			db.setCollection(c.Key.Collection, c.Meta())
		}
		if !c.Schema().IsNull() && db.tables[c.Key.Collection] == nil {
			db.tables[c.Key.Collection] = &table{}
		}
	}
	for i := range live.Items(snapshot.Field) {
		db.learnField(&live.Items(snapshot.Field)[i])
	}
	for i := range live.Items(snapshot.Relation) {
		db.learnRelation(&live.Items(snapshot.Relation)[i], facts.ForeignKeys == nil)
	}
	if facts.ForeignKeys != nil {
		db.foreign = slices.Clone(facts.ForeignKeys)
	}
	return db
}

func (db *database) learnField(f *snapshot.Item) {
	collection, field := f.Key.Collection, f.Key.Field
	if !f.Meta().IsNull() {
		alias := fieldType(f) == "alias" && !hasSpecial(f, "no-data")
		db.addField(collection, field, f.Meta().Get("group").Str(), alias)
	}
	if f.Schema().IsNull() {
		return
	}
	t := db.tables[collection]
	if t == nil {
		t = &table{}
		db.tables[collection] = t
	}
	if !slices.Contains(t.columns, field) {
		t.columns = append(t.columns, field)
	}
	if f.Schema().Get("is_primary_key").Bool() && t.key == "" {
		t.key = field
	}
}

func (db *database) learnRelation(r *snapshot.Item, withForeignKey bool) {
	if meta := r.Meta(); !meta.IsNull() {
		db.rows = append(db.rows, relationRow{meta.Get("many_collection").Str(), meta.Get("many_field").Str(),
			meta.Get("one_collection").Str(), meta.Get("one_field").Str(), texts(meta.Get("one_allowed_collections"))})
	}
	if s := r.Schema(); withForeignKey && !s.IsNull() {
		db.foreign = append(db.foreign, ForeignKey{Name: s.Get("constraint_name").Str(), Table: s.Get("table").Str(),
			Column: s.Get("column").Str(), ForeignTable: s.Get("foreign_key_table").Str(),
			ForeignColumn: s.Get("foreign_key_column").Str(), OnUpdate: s.Get("on_update").Str(), OnDelete: s.Get("on_delete").Str()})
	}
}

// setCollection keeps of a directus_collections row what later steps look at.
func (db *database) setCollection(name string, meta jsvalue.Value) {
	db.groups[name] = meta.Get("group").Str()
	db.uses[name] = nil
	for _, key := range []string{"sort_field", "archive_field"} {
		if field := meta.Get(key).Str(); field != "" {
			db.uses[name] = append(db.uses[name], field)
		}
	}
	db.uses[name] = append(db.uses[name], texts(meta.Get("item_duplication_fields"))...)
}

func texts(list jsvalue.Value) []string {
	var out []string
	for _, v := range list.List() {
		out = append(out, v.Str())
	}
	return out
}

func (db *database) addField(collection, field, group string, alias bool) {
	if db.fields[collection] == nil {
		db.fields[collection] = map[string]string{}
		db.special[collection] = map[string]bool{}
	}
	db.fields[collection][field] = group
	db.special[collection][field] = alias
}

func (db *database) deleteField(collection, field string) bool {
	_, ok := db.fields[collection][field]
	delete(db.fields[collection], field)
	delete(db.special[collection], field)
	return ok
}

func (db *database) hasFieldRow(collection, field string) bool {
	_, ok := db.fields[collection][field]
	return ok
}

func hasSpecial(f *snapshot.Item, name string) bool {
	for _, s := range f.Meta().Get("special").List() {
		if s.Str() == name {
			return true
		}
	}
	return false
}

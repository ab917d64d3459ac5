// Package dbstate is the part of a database that matters to an apply of Directus: tables and their columns, one-column
// foreign keys and the rows of the three meta tables. A simulation changes it step by step. It is pure and knows no
// versions.
package dbstate

import (
	"slices"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// The meta tables.
const (
	CollectionRows = "directus_collections"
	FieldRows      = "directus_fields"
	RelationRows   = "directus_relations"
)

// Database is the state.
type Database struct {
	Tables  map[string]*Table
	Groups  map[string]string            // directus_collections: collection -> its group
	Uses    map[string][]string          // of them: the fields that sort_field, archive_field and item_duplication_fields name
	Fields  map[string]map[string]string // directus_fields: collection -> field -> its group
	Special map[string]map[string]bool   // alias rows that Directus sees as fields
	Rows    []Row                        // directus_relations
	Foreign []ForeignKey
	// SystemAssumed: nobody described the tables, so the system's are assumed.
	SystemAssumed bool
}

// Table is one ordinary table.
type Table struct {
	Key     string // its one-column primary key; "" without
	Columns []string
	Pinned  map[string]string // what stops the table ("") or a column from being dropped or changed
	Empty   bool              // known to have no rows
}

// ForeignKey is a one-column foreign key.
type ForeignKey struct {
	Name               string
	Table, Column      string
	ForeignTable       string
	ForeignColumn      string
	OnUpdate, OnDelete string // "CASCADE", "SET NULL", ... as a snapshot has them
}

// Row is a row of directus_relations.
type Row struct {
	Many, Field, One, OneField string
	Allowed                    []string // one_allowed_collections
}

// Relation is a foreign key, a row or both, as RelationsService stitches them.
type Relation struct {
	Collection, Field, Related string
	OneField                   string
	HasRow                     bool
	Foreign                    *ForeignKey
}

// New returns a database without anything.
func New() *Database {
	return &Database{
		Tables: map[string]*Table{}, Groups: map[string]string{}, Uses: map[string][]string{},
		Fields: map[string]map[string]string{}, Special: map[string]map[string]bool{},
	}
}

// Learn adds what a snapshot of the database shows, its foreign keys only if asked.
func (db *Database) Learn(live *snapshot.Snapshot, withForeignKeys bool) {
	for i := range live.Items(snapshot.Collection) {
		c := &live.Items(snapshot.Collection)[i]
		if !c.Meta().IsNull() {
			db.SetCollection(c.Key.Collection, c.Meta())
		}
		if !c.Schema().IsNull() && db.Tables[c.Key.Collection] == nil {
			db.Tables[c.Key.Collection] = &Table{}
		}
	}
	for i := range live.Items(snapshot.Field) {
		db.learnField(&live.Items(snapshot.Field)[i])
	}
	for i := range live.Items(snapshot.Relation) {
		db.learnRelation(&live.Items(snapshot.Relation)[i], withForeignKeys)
	}
}

func (db *Database) learnField(f *snapshot.Item) {
	collection, field := f.Key.Collection, f.Key.Field
	if !f.Meta().IsNull() {
		alias := f.Value.Get("type").Str() == "alias" && !hasSpecial(f, "no-data")
		db.AddField(collection, field, f.Meta().Get("group").Str(), alias)
	}
	if f.Schema().IsNull() {
		return
	}
	t := db.Tables[collection]
	if t == nil {
		t = &Table{}
		db.Tables[collection] = t
	}
	if !slices.Contains(t.Columns, field) {
		t.Columns = append(t.Columns, field)
	}
	if f.Schema().Get("is_primary_key").Bool() && t.Key == "" {
		t.Key = field
	}
}

func (db *Database) learnRelation(r *snapshot.Item, withForeignKey bool) {
	if meta := r.Meta(); !meta.IsNull() {
		db.Rows = append(db.Rows, Row{
			meta.Get("many_collection").Str(), meta.Get("many_field").Str(),
			meta.Get("one_collection").Str(), meta.Get("one_field").Str(), Texts(meta.Get("one_allowed_collections")),
		})
	}
	if s := r.Schema(); withForeignKey && !s.IsNull() {
		db.Foreign = append(db.Foreign, ForeignKey{
			Name: s.Get("constraint_name").Str(), Table: s.Get("table").Str(),
			Column: s.Get("column").Str(), ForeignTable: s.Get("foreign_key_table").Str(),
			ForeignColumn: s.Get("foreign_key_column").Str(), OnUpdate: s.Get("on_update").Str(), OnDelete: s.Get("on_delete").Str(),
		})
	}
}

// SetCollection keeps of a directus_collections row what later steps look at.
func (db *Database) SetCollection(name string, meta jsvalue.Value) {
	db.Groups[name] = meta.Get("group").Str()
	db.Uses[name] = UsesOf(meta)
}

// UsesOf returns the fields that a collection's meta names as sort_field, archive_field and in item_duplication_fields.
func UsesOf(meta jsvalue.Value) []string {
	var uses []string
	for _, key := range []string{"sort_field", "archive_field"} {
		if field := meta.Get(key).Str(); field != "" {
			uses = append(uses, field)
		}
	}
	return append(uses, Texts(meta.Get("item_duplication_fields"))...)
}

// Texts returns the strings of a list.
func Texts(list jsvalue.Value) []string {
	var out []string
	for _, v := range list.List() {
		out = append(out, v.Str())
	}
	return out
}

// AddField adds a directus_fields row. alias tells one that Directus sees as a field without a column.
func (db *Database) AddField(collection, field, group string, alias bool) {
	if db.Fields[collection] == nil {
		db.Fields[collection] = map[string]string{}
		db.Special[collection] = map[string]bool{}
	}
	db.Fields[collection][field] = group
	db.Special[collection][field] = alias
}

// DeleteField removes the row of a field and tells whether there was one.
func (db *Database) DeleteField(collection, field string) bool {
	_, ok := db.Fields[collection][field]
	delete(db.Fields[collection], field)
	delete(db.Special[collection], field)
	return ok
}

// HasFieldRow tells whether a field has a row.
func (db *Database) HasFieldRow(collection, field string) bool {
	_, ok := db.Fields[collection][field]
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

// DropColumn removes a column with its foreign keys. wasKey tells that it was the primary key, ok that the table is known to
// have had it.
func (db *Database) DropColumn(tableName, column string) (wasKey, ok bool) {
	db.Foreign = slices.DeleteFunc(db.Foreign, func(fk ForeignKey) bool { return fk.Table == tableName && fk.Column == column })
	t := db.Tables[tableName]
	if t == nil || !slices.Contains(t.Columns, column) {
		return false, t == nil
	}
	t.Columns = slices.DeleteFunc(t.Columns, func(c string) bool { return c == column })
	if wasKey = t.Key == column; wasKey {
		t.Key = ""
	}
	return wasKey, true
}

// DropForeignKey removes the first foreign key of a column and returns it, nil without.
func (db *Database) DropForeignKey(tableName, column string) *ForeignKey {
	i := slices.IndexFunc(db.Foreign, func(fk ForeignKey) bool { return fk.Table == tableName && fk.Column == column })
	if i < 0 {
		return nil
	}
	fk := db.Foreign[i]
	db.Foreign = slices.Delete(slices.Clone(db.Foreign), i, i+1)
	return &fk
}

// DeleteRows removes the relation rows of a field and tells whether there were any.
func (db *Database) DeleteRows(many, field string) bool {
	before := len(db.Rows)
	db.Rows = slices.DeleteFunc(db.Rows, func(r Row) bool { return r.Many == many && (field == "" || r.Field == field) })
	return len(db.Rows) < before
}

// Disallow takes a collection out of what the relations to any allow, and returns the rows that had it.
func (db *Database) Disallow(name string) []Row {
	var had []Row
	for i := range db.Rows {
		row := &db.Rows[i]
		if slices.Contains(row.Allowed, name) {
			row.Allowed = slices.DeleteFunc(slices.Clone(row.Allowed), func(a string) bool { return a == name })
			had = append(had, *row)
		}
	}
	return had
}

// ForgetUse takes a field out of what its collection sorts, archives and duplicates by, and tells whether it was there.
func (db *Database) ForgetUse(collection, field string) bool {
	if !slices.Contains(db.Uses[collection], field) {
		return false
	}
	db.Uses[collection] = slices.DeleteFunc(slices.Clone(db.Uses[collection]), func(f string) bool { return f == field })
	return true
}

package dbstate

import (
	"maps"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Known tells whether Directus sees a table as a collection to work on: an ordinary table with a one-column primary key
// and no space in its name.
func (db *Database) Known(name string) bool {
	t := db.Tables[name]
	if t == nil {
		return db.assumed(name)
	}
	return t.Key != "" && !strings.Contains(name, " ")
}

// assumed tells whether a table that nobody described can be taken to be there: a system table.
func (db *Database) assumed(name string) bool {
	return db.SystemAssumed && strings.HasPrefix(name, "directus_")
}

// PrimaryKey returns the column that is a table's primary key, id where that is not known.
func (db *Database) PrimaryKey(name string) string {
	if t := db.Tables[name]; t != nil && t.Key != "" {
		return t.Key
	}
	return "id"
}

// HasColumn tells whether a table has a column.
func (db *Database) HasColumn(name, column string) bool {
	t := db.Tables[name]
	return t != nil && slices.Contains(t.Columns, column)
}

// HasField tells whether Directus's schema overview has a Field: a column, or a row for an alias.
func (db *Database) HasField(collection, field string) bool {
	return db.HasColumn(collection, field) || db.Special[collection][field]
}

// Relations stitches foreign keys and rows as RelationsService.stitchRelations does: foreign keys first, each with the
// first row that fits, then the rows that are left.
func (db *Database) Relations() []Relation {
	byField := map[[2]string][]int{}
	for i, r := range db.Rows {
		at := [2]string{r.Many, r.Field}
		byField[at] = append(byField[at], i)
	}
	used := map[int]bool{}
	out := make([]Relation, 0, len(db.Foreign)+len(db.Rows))
	for i := range db.Foreign {
		fk := &db.Foreign[i]
		r := Relation{Collection: fk.Table, Field: fk.Column, Related: fk.ForeignTable, Foreign: fk}
		for _, j := range byField[[2]string{fk.Table, fk.Column}] {
			if row := db.Rows[j]; row.One == "" || row.One == fk.ForeignTable {
				r.HasRow, r.OneField, used[j] = true, row.OneField, true
				break
			}
		}
		out = append(out, r)
	}
	for j, row := range db.Rows {
		if !used[j] {
			out = append(out, Relation{Collection: row.Many, Field: row.Field, Related: row.One, OneField: row.OneField, HasRow: true})
		}
	}
	return out
}

// Relation returns the first relation of a field, as Directus finds it.
func (db *Database) Relation(collection, field string) *Relation {
	for _, r := range db.relationsOfField(collection, field) {
		return &r
	}
	return nil
}

func (db *Database) relationsOfField(collection, field string) []Relation {
	part := &Database{}
	for _, fk := range db.Foreign {
		if fk.Table == collection && fk.Column == field {
			part.Foreign = append(part.Foreign, fk)
		}
	}
	for _, row := range db.Rows {
		if row.Many == collection && row.Field == field {
			part.Rows = append(part.Rows, row)
		}
	}
	return part.Relations()
}

// ForeignKeyOf returns the first foreign key of a column, or nil.
func (db *Database) ForeignKeyOf(tableName, column string) *ForeignKey {
	for i := range db.Foreign {
		if db.Foreign[i].Table == tableName && db.Foreign[i].Column == column {
			return &db.Foreign[i]
		}
	}
	return nil
}

// PinnedBy returns what stops Postgres from dropping or changing a column, or the table where column is empty.
func (db *Database) PinnedBy(name, column string) string {
	if t := db.Tables[name]; t != nil {
		return t.Pinned[column]
	}
	return ""
}

// Clone returns a copy that later steps do not change: what a service that Directus made earlier goes on believing.
func (db *Database) Clone() *Database {
	c := &Database{
		Tables: make(map[string]*Table, len(db.Tables)), Groups: maps.Clone(db.Groups), Uses: maps.Clone(db.Uses),
		Fields: make(map[string]map[string]string, len(db.Fields)), Special: make(map[string]map[string]bool, len(db.Special)),
		Rows: slices.Clone(db.Rows), Foreign: slices.Clone(db.Foreign), SystemAssumed: db.SystemAssumed,
	}
	for name, t := range db.Tables {
		copied := *t
		copied.Columns = slices.Clone(t.Columns)
		c.Tables[name] = &copied
	}
	for name := range db.Fields {
		c.Fields[name], c.Special[name] = maps.Clone(db.Fields[name]), maps.Clone(db.Special[name])
	}
	return c
}

// RelationsTouching returns the relations of which a field is either side.
func (db *Database) RelationsTouching(collection, field string) []Relation {
	seen := map[[2]string]bool{{collection, field}: true}
	out := db.relationsOfField(collection, field)
	for _, row := range db.Rows {
		at := [2]string{row.Many, row.Field}
		if row.OneField != field || seen[at] {
			continue
		}
		seen[at] = true
		for _, r := range db.relationsOfField(row.Many, row.Field) {
			if r.Related == collection && r.HasRow && r.OneField == field {
				out = append(out, r)
			}
		}
	}
	return out
}

// FieldsInGroup returns the fields whose row names a group, which must have a row itself.
func (db *Database) FieldsInGroup(collection, group string) []string {
	var out []string
	if !db.HasFieldRow(collection, group) {
		return nil
	}
	for field, g := range db.Fields[collection] {
		if g == group {
			out = append(out, field)
		}
	}
	slices.Sort(out)
	return out
}

// Active counts the collections that a licence counts: tracked, with a table and not set to another status, which live
// or else target tells (12.4.1, license/entitlements/lib/collections.js).
func (db *Database) Active(live, target *snapshot.Snapshot) int {
	n := 0
	for name := range db.Groups {
		key := snapshot.Key{Kind: snapshot.Collection, Collection: name}
		item := live.Get(key)
		if item == nil {
			item = target.Get(key)
		}
		if item == nil || db.Tables[name] == nil {
			continue
		}
		if status, ok := item.Meta().Object().Get("status"); !ok || status.Str() == "active" {
			n++
		}
	}
	return n
}

// ForeignKeyAt returns a foreign key of which a column is either side, or nil.
func (db *Database) ForeignKeyAt(tableName, column string) *ForeignKey {
	if fk := db.ForeignKeyOf(tableName, column); fk != nil {
		return fk
	}
	return db.ForeignKeyTo(tableName, column)
}

// ForeignKeyTo returns a foreign key from elsewhere that points to a column, or to any of the table where column is empty; nil
// without.
func (db *Database) ForeignKeyTo(tableName, column string) *ForeignKey {
	for i := range db.Foreign {
		fk := &db.Foreign[i]
		if fk.ForeignTable != tableName || column != "" && fk.ForeignColumn != column {
			continue
		}
		if fk.Table != tableName || column != "" && fk.Column != column {
			return fk
		}
	}
	return nil
}

// RelationProblem says why Directus refuses to create a relation of a field to a collection ("" for none); empty where it does
// not (services/relations.js createOne).
func (db *Database) RelationProblem(collection, field, related string) string {
	name := collection + "." + field
	switch {
	case !db.Known(collection):
		return "collection " + collection + " has no table with a one-column primary key"
	case !db.HasField(collection, field):
		return "field " + name + ", which the relation is of, does not exist"
	case db.PrimaryKey(collection) == field:
		return "field " + name + " is a primary key, which Directus lets no relation be of"
	case related != "" && !db.Known(related):
		return "collection " + related + ", which " + name + " points to, does not exist"
	case db.Relation(collection, field) != nil:
		return "field " + name + " already has a relation"
	}
	return ""
}

// Named tells whether a table has a foreign key of that name.
func (db *Database) Named(tableName, name string) bool {
	return slices.ContainsFunc(db.Foreign, func(fk ForeignKey) bool { return fk.Table == tableName && fk.Name == name })
}

// Differs returns the first member of a relation's schema that a foreign key does not have so, and what it has instead; empty
// where it has all.
func (fk ForeignKey) Differs(schema jsvalue.Value) (key, has string) {
	for _, pair := range [][2]string{
		{"constraint_name", fk.Name},
		{"foreign_key_table", fk.ForeignTable},
		{"foreign_key_column", fk.ForeignColumn},
		{"on_update", fk.OnUpdate},
		{"on_delete", fk.OnDelete},
	} {
		if schema.Get(pair[0]).Str() != pair[1] {
			return pair[0], pair[1]
		}
	}
	return "", ""
}

// Rule returns what a foreign key made of a relation's schema does: for key on_update on an update, for on_delete on a
// deletion. Without a word in the schema that is nothing.
func Rule(schema jsvalue.Value, key string) string {
	if r := schema.Get(key).Str(); r != "" {
		return r
	}
	return "NO ACTION"
}

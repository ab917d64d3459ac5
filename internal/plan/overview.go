package plan

import (
	"maps"
	"slices"
	"strings"
)

// known tells whether Directus sees a table as a collection to work on: an
// ordinary table with a one-column primary key and no space in its name.
func (db *database) known(name string) bool {
	t := db.tables[name]
	if t == nil {
		return db.assumed(name)
	}
	return t.key != "" && !strings.Contains(name, " ")
}

// assumed tells whether a table that nobody described can be taken to be there:
// a system table.
func (db *database) assumed(name string) bool {
	return db.systemAssumed && strings.HasPrefix(name, "directus_")
}

func (db *database) primaryKey(name string) string {
	if t := db.tables[name]; t != nil && t.key != "" {
		return t.key
	}
	return "id"
}

func (db *database) hasColumn(name, column string) bool {
	t := db.tables[name]
	return t != nil && slices.Contains(t.columns, column)
}

// hasField tells whether Directus's schema overview has a field: a column, or a
// row for an alias.
func (db *database) hasField(collection, field string) bool {
	return db.hasColumn(collection, field) || db.special[collection][field]
}

// relations stitches foreign keys and rows as RelationsService.stitchRelations
// does: foreign keys first, each with the first row that fits, then the rows
// that are left.
func (db *database) relations() []relation {
	byField := map[[2]string][]int{}
	for i, r := range db.rows {
		at := [2]string{r.many, r.field}
		byField[at] = append(byField[at], i)
	}
	used := map[int]bool{}
	out := make([]relation, 0, len(db.foreign)+len(db.rows))
	for i := range db.foreign {
		fk := &db.foreign[i]
		r := relation{collection: fk.Table, field: fk.Column, related: fk.ForeignTable, foreign: fk}
		for _, j := range byField[[2]string{fk.Table, fk.Column}] {
			if row := db.rows[j]; row.one == "" || row.one == fk.ForeignTable {
				r.hasRow, r.oneField, used[j] = true, row.oneField, true
				break
			}
		}
		out = append(out, r)
	}
	for j, row := range db.rows {
		if !used[j] {
			out = append(out, relation{collection: row.many, field: row.field, related: row.one, oneField: row.oneField, hasRow: true})
		}
	}
	return out
}

// relation returns the first relation of a field, as Directus finds it.
func (db *database) relation(collection, field string) *relation {
	for _, r := range db.relationsOfField(collection, field) {
		return &r
	}
	return nil
}

func (db *database) relationsOfField(collection, field string) []relation {
	part := &database{}
	for _, fk := range db.foreign {
		if fk.Table == collection && fk.Column == field {
			part.foreign = append(part.foreign, fk)
		}
	}
	for _, row := range db.rows {
		if row.many == collection && row.field == field {
			part.rows = append(part.rows, row)
		}
	}
	return part.relations()
}

// foreignKeyOf returns the first foreign key of a column, or nil.
func (db *database) foreignKeyOf(tableName, column string) *ForeignKey {
	for i := range db.foreign {
		if db.foreign[i].Table == tableName && db.foreign[i].Column == column {
			return &db.foreign[i]
		}
	}
	return nil
}

// pinned returns what stops Postgres from dropping or changing a column, or the
// table where column is empty.
func (db *database) pinned(name, column string) string {
	if t := db.tables[name]; t != nil {
		return t.facts.Pinned[column]
	}
	return ""
}

// clone returns a copy that later steps do not change: what a service that
// Directus made earlier goes on believing.
func (db *database) clone() *database {
	c := &database{tables: make(map[string]*table, len(db.tables)), groups: maps.Clone(db.groups), uses: maps.Clone(db.uses),
		fields: make(map[string]map[string]string, len(db.fields)), special: make(map[string]map[string]bool, len(db.special)),
		rows: slices.Clone(db.rows), foreign: slices.Clone(db.foreign), systemAssumed: db.systemAssumed}
	for name, t := range db.tables {
		copied := *t
		copied.columns = slices.Clone(t.columns)
		c.tables[name] = &copied
	}
	for name := range db.fields {
		c.fields[name], c.special[name] = maps.Clone(db.fields[name]), maps.Clone(db.special[name])
	}
	return c
}

// relationsTouching returns the relations of which a field is either side.
func (db *database) relationsTouching(collection, field string) []relation {
	seen := map[[2]string]bool{{collection, field}: true}
	out := db.relationsOfField(collection, field)
	for _, row := range db.rows {
		at := [2]string{row.many, row.field}
		if row.oneField != field || seen[at] {
			continue
		}
		seen[at] = true
		for _, r := range db.relationsOfField(row.many, row.field) {
			if r.related == collection && r.hasRow && r.oneField == field {
				out = append(out, r)
			}
		}
	}
	return out
}

func (db *database) fieldsInGroup(collection, group string) []string {
	var out []string
	if !db.hasFieldRow(collection, group) {
		return nil
	}
	for field, g := range db.fields[collection] {
		if g == group {
			out = append(out, field)
		}
	}
	slices.Sort(out)
	return out
}

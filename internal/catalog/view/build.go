// Package view is a catalog as a Directus of some version sees it: which tables,
// columns and rows it takes up, what it makes of their types and defaults, and in
// which order it lists them. What it says is the snapshot that this Directus
// would write.
//
// It is pure.
package view

import (
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// placed is an item with what its list is sorted by.
type placed struct {
	collection string
	field      string
	id         int64
	item       snapshot.Item
}

// builder makes the snapshot of one version out of one catalog.
type builder struct {
	*catalog.Catalog
	version directus.Version
	rules   directus.Rules
	sorting sorting
	known   map[string]bool // the collections that Directus's schema overview has
	tables  map[string]bool // ordinary tables by name
	byField map[catalog.ColumnName]*meta
	rows    *Rows
	// The keys that all fields, and the schemas of all columns, share.
	fieldKeys, columnKeys []string
	out                   *snapshot.Snapshot
}

// Snapshot returns what Directus of the given version would write with `schema
// snapshot` for this catalog: same items, keys, order and values.
func Snapshot(c *catalog.Catalog, v directus.Version) *snapshot.Snapshot {
	return SnapshotWith(c, v, Prepare(c, v))
}

// SnapshotWith is [Snapshot] with rows that were prepared for this catalog.
// Those of another version, or none, are made anew.
func SnapshotWith(c *catalog.Catalog, v directus.Version, rows *Rows) *snapshot.Snapshot {
	if rows == nil || rows.version != v {
		rows = Prepare(c, v)
	}
	b := &builder{
		Catalog: c, version: v, rules: directus.RulesFor(v), sorting: sortingOf(directus.RulesFor(v)),
		known: map[string]bool{}, tables: map[string]bool{}, rows: rows,
		byField:   make(map[catalog.ColumnName]*meta, len(c.Meta[catalog.MetaFields].Rows)),
		fieldKeys: []string{"collection", "field", "type", "meta", "schema"}, columnKeys: columnKeys(directus.RulesFor(v)),
		out: snapshot.New(snapshot.FormatFull, headerOf(v), "postgres"),
	}
	b.out.Dialect = snapshot.DialectOf(v)
	b.out.HasSystemFields = b.rules.HasSystemFields
	b.overview()
	b.collections()
	b.fields()
	b.relations()
	return b.out
}

// headerOf is the version that Directus v writes into the header: its own, but
// for a few releases that write that of a package of theirs.
func headerOf(v directus.Version) string {
	if h, ok := directus.HeaderVersion(v); ok {
		return h.String()
	}
	return v.String()
}

// overview finds the known collections (12.4.1, utils/get-schema.js).
func (b *builder) overview() {
	for _, t := range b.Tables {
		if t.Kind == 'r' {
			b.tables[t.Name] = true
		}
		base := t.Kind == 'r' || t.Kind == 'p'
		if base && t.Visible && t.SingleKey && !strings.Contains(t.Name, " ") && !slices.Contains(b.Options.Exclude, t.Name) {
			b.known[t.Name] = true
		}
	}
}

// collections lists the rows of directus_collections, then the tables without one.
func (b *builder) collections() {
	tracked := map[string]bool{}
	var list []placed
	table, read := &b.Meta[catalog.MetaCollections], b.rows.read[catalog.MetaCollections]
	for i, row := range table.Rows {
		name, _ := table.Text(row, "collection")
		tracked[name] = true
		list = append(list, b.collection(name, read[i].value))
	}
	if b.rules.ListsUntracked {
		for _, t := range b.Tables {
			if t.Kind == 'r' && !tracked[t.Name] && !directus.IsSystemCollection(b.version, t.Name) {
				list = append(list, b.collection(t.Name, jsvalue.Null()))
				tracked[t.Name] = true
			}
		}
	}
	list = slices.DeleteFunc(list, func(p placed) bool { return slices.Contains(b.Options.Exclude, p.collection) })
	b.add(list)
}

func (b *builder) collection(name string, meta jsvalue.Value) placed {
	o := jsvalue.NewObject(3)
	o.Set("collection", jsvalue.String(name))
	o.Set("meta", meta)
	if b.tables[name] {
		schema := jsvalue.NewObject(1)
		schema.Set("name", jsvalue.String(name))
		o.Set("schema", jsvalue.FromObject(schema))
	}
	return placed{collection: name, item: snapshot.Item{
		Key: snapshot.Key{Kind: snapshot.Collection, Collection: name}, Value: jsvalue.FromObject(o),
	}}
}

// fields lists the columns of known collections, then the alias rows.
func (b *builder) fields() {
	aliases := b.fieldRows()
	facts := b.keyFacts()
	var listed []listedColumn
	var system []placed
	for i := range b.Columns {
		col := &b.Columns[i]
		if !b.known[col.Table] {
			continue
		}
		row := b.byField[catalog.ColumnName{Table: col.Table, Column: col.Name}]
		switch {
		case row == nil && directus.IsSystemField(b.version, col.Table, col.Name):
			if col.Indexed {
				system = append(system, systemField(col))
			}
		case row != nil || b.rules.ListsUntracked:
			listed = append(listed, listedColumn{col, row})
		}
	}
	b.out.Repeats = len(b.SameNames()) > 0 || repeats(listed, aliases)
	list := make([]placed, len(listed), len(listed)+len(aliases))
	inChunks(len(listed), func(from, to int) {
		for i := from; i < to; i++ {
			col := listed[i].column
			list[i] = b.column(col, listed[i].row, facts[catalog.ColumnName{Table: col.Table, Column: col.Name}])
		}
	})
	b.add(append(list, aliases...))
	if b.rules.HasSystemFields {
		b.add(system)
	}
}

// listedColumn is a column that becomes a field, with its row; nil for none.
type listedColumn struct {
	column *catalog.Column
	row    *meta
}

// repeats tells whether a field is listed twice: a column with an alias row, or
// two alias rows of one name.
func repeats(listed []listedColumn, aliases []placed) bool {
	seen := make(map[catalog.ColumnName]bool, len(aliases))
	for i := range aliases {
		name := catalog.ColumnName{Table: aliases[i].collection, Column: aliases[i].field}
		if seen[name] {
			return true
		}
		seen[name] = true
	}
	return len(seen) > 0 && slices.ContainsFunc(listed, func(l listedColumn) bool {
		return seen[catalog.ColumnName{Table: l.column.Table, Column: l.column.Name}]
	})
}

// fieldRows indexes the rows of directus_fields, first id first, and returns
// the alias fields among them.
func (b *builder) fieldRows() (aliases []placed) {
	rows, read := &b.Meta[catalog.MetaFields], b.rows.read[catalog.MetaFields]
	for i, row := range rows.Rows {
		table, _ := rows.Text(row, "collection")
		name, _ := rows.Text(row, "field")
		m := &read[i]
		key := catalog.ColumnName{Table: table, Column: name}
		if _, dup := b.byField[key]; !dup {
			b.byField[key] = m
		}
		if b.known[table] && catalog.IsAlias(m.special) {
			local := b.overrideType("alias", m.special)
			aliases = append(aliases, b.placedField(table, name, local, m.value, m.id, jsvalue.Null()))
		}
	}
	return aliases
}

// overrideType applies the last word that Directus before 11.11 gave to the
// date flags (11.9.2, services/fields.js).
func (b *builder) overrideType(local string, special []string) string {
	switch {
	case !b.rules.CastTimestampWins:
	case slices.Contains(special, "cast-timestamp"):
		return "timestamp"
	case slices.Contains(special, "cast-datetime"):
		return "dateTime"
	}
	return local
}

func (b *builder) column(col *catalog.Column, row *meta, facts keyFacts) placed {
	if row == nil {
		row = &meta{id: noID}
	}
	if b.HasPostGIS {
		col = b.withGeometry(col)
	}
	local := localType(col, row.special)
	castBy := local
	if b.rules.DefaultIgnoresSpecial {
		castBy = localType(col, nil)
	}
	vals := append(make([]jsvalue.Value, 0, len(b.columnKeys)),
		jsvalue.String(col.Name), jsvalue.String(col.Table), jsvalue.String(col.DataType),
		defaultValue(col.Default, castBy, b.sorting), col.MaxLength, col.Precision, col.Scale,
		jsvalue.Bool(col.Nullable), jsvalue.Bool(facts.unique))
	if b.rules.HasIsIndexed {
		vals = append(vals, jsvalue.Bool(col.Indexed))
	}
	vals = append(vals, jsvalue.Bool(facts.primary), jsvalue.Bool(col.Generated), optional(col.Expression),
		jsvalue.Bool(facts.autoIncrement), facts.foreignTable, facts.foreignColumn)
	schema := jsvalue.ObjectOf(b.columnKeys, vals)
	return b.placedField(col.Table, col.Name, b.overrideType(local, row.special), row.value, row.id, jsvalue.FromObject(schema))
}

// columnKeys are the keys of a column's schema in Directus's order; before
// 11.14 they have no is_indexed.
func columnKeys(r directus.Rules) []string {
	keys := []string{"name", "table", "data_type", "default_value", "max_length", "numeric_precision", "numeric_scale", "is_nullable", "is_unique"}
	if r.HasIsIndexed {
		keys = append(keys, "is_indexed")
	}
	return append(keys, "is_primary_key", "is_generated", "generation_expression", "has_auto_increment", "foreign_key_table", "foreign_key_column")
}

// withGeometry returns the column with the type that PostGIS gives it. Where
// PostGIS is, Directus takes the built-in point and polygon for unknown.
func (b *builder) withGeometry(col *catalog.Column) *catalog.Column {
	dataType := col.DataType
	if dataType == "point" || dataType == "polygon" {
		dataType = "unknown"
	}
	if t, ok := b.Geometries[catalog.ColumnName{Table: col.Table, Column: col.Name}]; ok {
		dataType = t
	}
	if dataType == col.DataType {
		return col
	}
	changed := *col
	changed.DataType = dataType
	return &changed
}

func (b *builder) placedField(table, name, local string, meta jsvalue.Value, id int64, schema jsvalue.Value) placed {
	vals := []jsvalue.Value{jsvalue.String(table), jsvalue.String(name), jsvalue.String(local), meta, schema}
	if schema.IsNull() {
		vals = vals[:4]
	}
	o := jsvalue.ObjectOf(b.fieldKeys[:len(vals)], vals)
	return placed{collection: table, field: name, id: id, item: snapshot.Item{
		Key: snapshot.Key{Kind: snapshot.Field, Collection: table, Field: name}, Value: jsvalue.FromObject(o),
	}}
}

func systemField(col *catalog.Column) placed {
	schema := jsvalue.NewObject(1)
	schema.Set("is_indexed", jsvalue.Bool(true))
	o := jsvalue.NewObject(3)
	o.Set("collection", jsvalue.String(col.Table))
	o.Set("field", jsvalue.String(col.Name))
	o.Set("schema", jsvalue.FromObject(schema))
	return placed{collection: col.Table, field: col.Name, item: snapshot.Item{
		Key: snapshot.Key{Kind: snapshot.SystemField, Collection: col.Table, Field: col.Name}, Value: jsvalue.FromObject(o),
	}}
}

// keyFacts is what the one-column constraints say of a column.
type keyFacts struct {
	unique, primary, autoIncrement bool
	foreignTable, foreignColumn    jsvalue.Value
}

func (b *builder) keyFacts() map[catalog.ColumnName]keyFacts {
	facts := make(map[catalog.ColumnName]keyFacts, len(b.Constraints))
	for _, con := range b.Constraints {
		name := catalog.ColumnName{Table: con.Table, Column: con.Column}
		f := facts[name]
		f.unique = f.unique || con.Kind == 'u' || con.Kind == 'p'
		f.primary = f.primary || con.Kind == 'p'
		f.autoIncrement = f.autoIncrement || con.AutoIncrement
		if con.Kind == 'f' && f.foreignTable.IsNull() {
			f.foreignTable, f.foreignColumn = jsvalue.String(con.ForeignTable), jsvalue.String(con.ForeignColumn)
		}
		facts[name] = f
	}
	return facts
}

// add sorts a list as Directus does and appends it to the snapshot.
func (b *builder) add(list []placed) {
	if len(list) == 0 {
		return
	}
	kind := list[0].item.Key.Kind
	order := fieldOrder
	if kind == snapshot.SystemField || (b.rules.SortsByFieldName && kind != snapshot.Collection) {
		order = func(a, b placed) int {
			if a.collection != b.collection {
				return jsvalue.CompareUTF16(a.collection, b.collection)
			}
			return jsvalue.CompareUTF16(a.field, b.field)
		}
	}
	if !slices.IsSortedFunc(list, order) {
		slices.SortStableFunc(list, order)
	}
	b.out.Grow(kind, len(list))
	for i := range list {
		b.out.Add(list[i].item)
	}
}

func optional(s *string) jsvalue.Value {
	if s == nil {
		return jsvalue.Null()
	}
	return jsvalue.String(*s)
}

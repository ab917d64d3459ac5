// Package snapshotddl writes the SQL that makes the tables of a Directus snapshot as a Directus that
// applies it to an empty database makes them: with the types, keys, indexes and names that Directus
// chooses, not with those that the snapshot's database happened to have.
//
// It mirrors @directus/api 12.4.1 (services/collections.js, fields.js and relations.js, createOne and
// addColumnToTable) and the Postgres dialect of the knex that it brings. It is pure, writes only DDL,
// and refuses to know anything of Directus's own tables or rows.
package snapshotddl

import (
	"slices"
	"strconv"
	"strings"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/sqlquote"
)

// Statement is one SQL statement, without a semicolon, and the table that it makes or changes.
type Statement struct {
	Table string
	SQL   string
	// Creates marks the statement that makes the table itself.
	Creates bool
}

// Statements returns what makes the tables of a snapshot in a schema, in an order that runs: tables,
// each with its constraints and indexes, then columns on Directus's own tables, then foreign keys. A
// field whose type Directus cannot make (unknown) has no column, as with Directus.
func Statements(s *snapshot.Snapshot, schema string) []Statement {
	w := writer{schema: schema, keys: map[string]string{}}
	fields := map[string][]*snapshot.Item{}
	for i := range s.Items(snapshot.Field) {
		f := &s.Items(snapshot.Field)[i]
		fields[f.Key.Collection] = append(fields[f.Key.Collection], f)
	}
	made := map[string]bool{}
	for _, c := range s.Items(snapshot.Collection) {
		name := c.Key.Collection
		if c.Schema().IsNull() || made[name] {
			continue
		}
		made[name] = true
		w.table(name, fields[name])
	}
	for _, f := range s.Items(snapshot.Field) {
		if !made[f.Key.Collection] && strings.HasPrefix(f.Key.Collection, "directus_") {
			w.systemColumn(&f)
		}
	}
	for _, r := range s.Items(snapshot.Relation) {
		if made[r.Key.Collection] || strings.HasPrefix(r.Key.Collection, "directus_") {
			w.foreignKey(&r)
		}
	}
	return w.out
}

// writer collects statements.
type writer struct {
	schema string
	keys   map[string]string // the primary key's column of each table made so far
	out    []Statement
}

func (w *writer) name(table string) string {
	return sqlquote.Identifier(w.schema) + "." + sqlquote.Identifier(table)
}

func (w *writer) add(table, sql string, creates bool) {
	w.out = append(w.out, Statement{Table: table, SQL: sql, Creates: creates})
}

// table makes one table. Without a primary key among its fields Directus adds one named id.
func (w *writer) table(name string, fields []*snapshot.Item) {
	var columns []string
	key := ""
	for _, f := range fields {
		if isKey(f) && key == "" {
			key = f.Key.Field
		}
	}
	if key == "" {
		key = "id"
		columns = append(columns, `"id" serial`)
	}
	w.keys[name] = key
	for _, f := range fields {
		if c := column(f); c != "" {
			columns = append(columns, c)
		}
	}
	// Postgres names the key: name_pkey, shortened where that is too long.
	w.add(name, "CREATE TABLE "+w.name(name)+" ("+strings.Join(append(columns, "PRIMARY KEY ("+sqlquote.Identifier(key)+")"), ", ")+")", true)
	for _, f := range fields {
		if f.Key.Field != key && column(f) != "" {
			w.indexes(f)
		}
	}
}

// systemColumn adds the column of a custom field to one of Directus's own tables.
func (w *writer) systemColumn(f *snapshot.Item) {
	if c := column(f); c != "" && !isKey(f) {
		w.add(f.Key.Collection, "ALTER TABLE "+w.name(f.Key.Collection)+" ADD COLUMN IF NOT EXISTS "+c, false)
		w.indexes(f)
	}
}

// indexes adds the unique constraint and the index of a field.
func (w *writer) indexes(f *snapshot.Item) {
	table, field := f.Key.Collection, f.Key.Field
	if f.Schema().Get("is_unique").Bool() {
		w.add(table, "ALTER TABLE "+w.name(table)+" ADD CONSTRAINT "+sqlquote.Identifier(IndexName("unique", table, 63, field))+" UNIQUE ("+sqlquote.Identifier(field)+")", false)
	}
	if f.Schema().Get("is_indexed").Bool() {
		w.add(table, "CREATE INDEX "+sqlquote.Identifier(IndexName("index", table, 63, field))+" ON "+w.name(table)+" ("+sqlquote.Identifier(field)+")", false)
	}
}

// foreignKey adds the constraint of a relation to one collection. The column that it points to is the
// primary key of the other table, whatever it was before.
func (w *writer) foreignKey(r *snapshot.Item) {
	related := r.Value.Get("related_collection").Str()
	if related == "" {
		return
	}
	table, schema := r.Key.Collection, r.Schema()
	target, ok := w.keys[related]
	if !ok {
		if target = schema.Get("foreign_key_column").Str(); target == "" {
			target = "id"
		}
	}
	sql := []string{"ALTER TABLE " + w.name(table) + " ADD CONSTRAINT " + sqlquote.Identifier(IndexName("foreign", table, 60, r.Key.Field)) +
		" FOREIGN KEY (" + sqlquote.Identifier(r.Key.Field) + ") REFERENCES " + w.name(related) + " (" + sqlquote.Identifier(target) + ")"}
	for _, on := range [][2]string{{"on_delete", " ON DELETE "}, {"on_update", " ON UPDATE "}} {
		if action := strings.ToUpper(schema.Get(on[0]).Str()); slices.Contains([]string{"CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"}, action) {
			sql = append(sql, on[1]+action)
		}
	}
	w.add(table, strings.Join(sql, ""), false)
}

func isKey(f *snapshot.Item) bool {
	return f.Schema().Get("is_primary_key").Bool() || f.Schema().Get("has_auto_increment").Bool()
}

// column is the definition of a field's column, "" where it has none.
func column(f *snapshot.Item) string {
	schema := f.Schema()
	if schema.IsNull() {
		return ""
	}
	t, ok := columnType(f)
	if !ok {
		return ""
	}
	sql := sqlquote.Identifier(f.Key.Field) + " " + t
	if isKey(f) || !nullable(schema) {
		sql += " NOT NULL"
	}
	if !schema.Get("has_auto_increment").Bool() {
		sql += defaultClause(f)
	}
	return sql
}

func nullable(schema jsvalue.Value) bool {
	v, ok := schema.Object().Get("is_nullable")
	return !ok || v.IsNull() || v.Bool()
}

// columnType is the type that Directus gives a new column of a field; ok is false where it makes none.
func columnType(f *snapshot.Item) (t string, ok bool) {
	schema, name := f.Schema(), f.Value.Get("type").Str()
	length := "255"
	if n := schema.Get("max_length"); n.Kind() == jsvalue.KindNumber {
		length = jsvalue.FormatNumber(n.Number())
	}
	if schema.Get("has_auto_increment").Bool() {
		if name == "bigInteger" {
			return "bigserial", true
		}
		return "serial", true
	}
	if raw := strings.ToLower(schema.Get("data_type").Str()); (raw == "char" || raw == "varchar") && length == "36" &&
		(isKey(f) || schema.Get("foreign_key_table").Str() != "" && schema.Get("foreign_key_column").Str() != "") {
		return "uuid", true // of another vendor's snapshot (apply-diff.js)
	}
	switch name {
	case "string":
		return "varchar(" + length + ")", true
	case "hash":
		return "varchar(255)", true
	case "decimal":
		return "numeric(" + number(schema, "numeric_precision", 10) + ", " + number(schema, "numeric_scale", 5) + ")", true
	}
	if simple, ok := simpleTypes()[name]; ok {
		return simple, true
	}
	if sub, ok := strings.CutPrefix(name, "geometry"); ok {
		for _, known := range []string{"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"} {
			if strings.EqualFold(strings.TrimPrefix(sub, "."), known) {
				return "geometry(" + known + ", 4326)", true
			}
		}
		return "geometry(geometry, 4326)", true
	}
	return "", false
}

// simpleTypes are the types that take no length.
func simpleTypes() map[string]string {
	return map[string]string{
		"csv": "text", "text": "text", "dateTime": "timestamp", "timestamp": "timestamptz", "date": "date", "time": "time", "json": "json", "uuid": "uuid",
		"boolean": "boolean", "integer": "integer", "bigInteger": "bigint", "float": "real", "binary": "bytea",
	}
}

func number(schema jsvalue.Value, key string, fallback int) string {
	if n := schema.Get(key); n.Kind() == jsvalue.KindNumber {
		return jsvalue.FormatNumber(n.Number())
	}
	return strconv.Itoa(fallback)
}

// defaultClause is the DEFAULT of a column. A default that counts is the other database's own sequence,
// which does not exist here.
func defaultClause(f *snapshot.Item) string {
	v, given := f.Schema().Object().Get("default_value")
	if !given {
		return ""
	}
	text := v.Str()
	switch v.Kind() {
	case jsvalue.KindNull:
		return " DEFAULT NULL" // which Postgres keeps where the type has a length
	case jsvalue.KindBool:
		return " DEFAULT " + strconv.FormatBool(v.Bool())
	case jsvalue.KindNumber:
		text = jsvalue.FormatNumber(v.Number())
	case jsvalue.KindList, jsvalue.KindObject:
		text = string(jsvalue.AppendJSON(nil, v))
	case jsvalue.KindString:
		switch {
		case strings.EqualFold(text, "now()") || text == "CURRENT_TIMESTAMP":
			return " DEFAULT CURRENT_TIMESTAMP"
		case text == "gen_random_uuid()":
			return " DEFAULT gen_random_uuid()"
		case strings.HasPrefix(text, "nextval("):
			return ""
		}
		if _, rest, ok := strings.Cut(text, "CURRENT_TIMESTAMP("); ok {
			precision, _, _ := strings.Cut(rest, ")")
			if n, err := strconv.Atoi(precision); err == nil && n >= 0 && n <= 6 {
				return " DEFAULT CURRENT_TIMESTAMP(" + precision + ")"
			}
		}
	}
	return " DEFAULT " + sqlquote.Literal(text)
}

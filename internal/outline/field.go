package outline

import (
	"strings"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// fieldHead says what a column is in the words of SQL:
// "string(12) not null unique default \"x\"".
func fieldHead(item *snapshot.Item) head {
	var h head
	o := item.Value.Object()
	typ, hasType := o.Get("type")
	switch {
	case !hasType:
		h.words = append(h.words, "no type")
	case typ.Kind() == jsvalue.KindString && isHeadWord(typ.Str()):
		h.words = append(h.words, typ.Str())
	default:
		h.words = append(h.words, compact(typ))
	}
	schema := item.Schema().Object()
	if alias := typ.Str() == "alias"; alias && schema.Len() > 0 {
		h.words = append(h.words, "with a column")
	} else if !alias && item.Schema().IsNull() {
		h.words = append(h.words, "without a column")
	}
	if schema.Len() > 0 {
		c := column{head: &h, item: item, schema: schema}
		c.dataType(typ.Str())
		c.size()
		c.constraints()
		c.origin()
		c.reference()
	}
	h.tracking(item)
	return h
}

// column tells the schema of a field.
type column struct {
	*head
	item   *snapshot.Item
	schema *jsvalue.Object
}

// usual tells a value by silence if it is what one expects; else it is left to
// a line of its own.
func (c *column) usual(key string, expected jsvalue.Value) {
	if v, ok := c.schema.Get(key); ok && jsvalue.Equal(v, expected) {
		c.note(inSchema, key, silent)
	}
}

func (c *column) dataType(typ string) {
	c.usual("name", jsvalue.String(c.item.Key.Field))
	c.usual("table", jsvalue.String(c.item.Key.Collection))
	v, ok := c.schema.Get("data_type")
	switch {
	case !ok || v.Kind() != jsvalue.KindString:
	case v.Str() == dataTypeOf(typ):
		c.note(inSchema, "data_type", silent)
	default:
		c.say(inSchema, "data_type", "as "+name(v.Str()))
	}
}

// size tells length, or precision and scale: "(12)", "(10,2)".
func (c *column) size() {
	last := len(c.words) - 1
	length, _ := c.schema.Get("max_length")
	precision, _ := c.schema.Get("numeric_precision")
	scale, _ := c.schema.Get("numeric_scale")
	dataType, _ := c.schema.Get("data_type")
	switch {
	case length.Kind() == jsvalue.KindNumber:
		c.words[last] += "(" + compact(length) + ")"
		c.note(inSchema, "max_length", shown)
	case dataType.Str() == "numeric" && precision.Kind() == jsvalue.KindNumber && scale.Kind() == jsvalue.KindNumber:
		c.words[last] += "(" + compact(precision) + "," + compact(scale) + ")"
		c.note(inSchema, "numeric_precision", shown)
		c.note(inSchema, "numeric_scale", shown)
	}
	c.usual("max_length", jsvalue.Null())
	if c.said[inSchema]["numeric_scale"] != shown {
		p, s := precisionOf(dataType.Str())
		c.usual("numeric_precision", p)
		c.usual("numeric_scale", s)
	}
}

// constraints tells what the database demands of the values. A primary key is
// not null and unique, which then needs no word.
func (c *column) constraints() {
	isKey := false
	if v, _ := c.schema.Get("is_primary_key"); v.Bool() {
		isKey = true
	}
	c.flag("is_primary_key", false, "primary key", "")
	c.flag("is_nullable", !isKey, "nullable", "not null")
	c.flag("is_unique", isKey, "unique", "not unique")
	c.flag("is_indexed", false, "indexed", "")
}

// flag tells a boolean: silence where it is as expected.
func (c *column) flag(key string, expected bool, yes, no string) {
	v, ok := c.schema.Get(key)
	switch {
	case !ok || v.Kind() != jsvalue.KindBool:
	case v.Bool() == expected:
		c.note(inSchema, key, silent)
	case v.Bool():
		c.say(inSchema, key, yes)
	default:
		c.say(inSchema, key, no)
	}
}

// origin tells where values come from that nobody gives.
func (c *column) origin() {
	c.flag("has_auto_increment", false, "auto increment", "")
	c.flag("is_generated", false, "generated", "")
	if v, ok := c.schema.Get("generation_expression"); ok && v.Kind() == jsvalue.KindString {
		c.say(inSchema, "generation_expression", "by "+compact(v))
	}
	c.usual("generation_expression", jsvalue.Null())
	v, ok := c.schema.Get("default_value")
	auto, _ := c.schema.Get("has_auto_increment")
	switch {
	case !ok:
	case v.IsNull() != auto.Bool() && (v.IsNull() || v.Str() == c.sequence()):
		c.note(inSchema, "default_value", silent)
	default:
		c.say(inSchema, "default_value", "default "+compact(v))
	}
}

// sequence is the default of a serial column, as Postgres writes it.
func (c *column) sequence() string {
	seq := c.item.Key.Collection + "_" + c.item.Key.Field + "_seq"
	if strings.Trim(seq, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || seq[0] >= '0' && seq[0] <= '9' {
		seq = `"` + strings.ReplaceAll(seq, `"`, `""`) + `"`
	}
	return "nextval('" + strings.ReplaceAll(seq, "'", "''") + "'::regclass)"
}

// reference tells what a foreign key points to.
func (c *column) reference() {
	table, _ := c.schema.Get("foreign_key_table")
	key, _ := c.schema.Get("foreign_key_column")
	if table.Kind() == jsvalue.KindString && key.Kind() == jsvalue.KindString {
		c.say(inSchema, "foreign_key_table", "references "+name(table.Str())+"."+name(key.Str()))
		c.note(inSchema, "foreign_key_column", shown)
		return
	}
	c.usual("foreign_key_table", jsvalue.Null())
	c.usual("foreign_key_column", jsvalue.Null())
}

// dataTypeOf returns the Postgres type that Directus makes for one of its own
// (helpers/schema and knex's Postgres dialect, 12.4.1), for those that have one.
func dataTypeOf(typ string) string {
	switch typ {
	case "string", "hash":
		return "character varying"
	case "text", "csv":
		return "text"
	case "bigInteger":
		return "bigint"
	case "float":
		return "real"
	case "decimal":
		return "numeric"
	case "timestamp":
		return "timestamp with time zone"
	case "dateTime":
		return "timestamp without time zone"
	case "time":
		return "time without time zone"
	case "binary":
		return "bytea"
	case "integer", "boolean", "date", "json", "uuid":
		return typ
	}
	return ""
}

// precisionOf returns what Postgres says of the precision and scale of a type.
func precisionOf(dataType string) (precision, scale jsvalue.Value) {
	switch dataType {
	case "smallint":
		return jsvalue.Number(16), jsvalue.Number(0)
	case "integer":
		return jsvalue.Number(32), jsvalue.Number(0)
	case "bigint":
		return jsvalue.Number(64), jsvalue.Number(0)
	case "real":
		return jsvalue.Number(24), jsvalue.Null()
	case "double precision":
		return jsvalue.Number(53), jsvalue.Null()
	}
	return jsvalue.Null(), jsvalue.Null()
}

// isHeadWord tells the types of Directus and what else a first line begins
// with. No key of meta is written as one of these.
func isHeadWord(s string) bool {
	switch s {
	case "string", "text", "boolean", "integer", "bigInteger", "float", "decimal", "dateTime", "date", "time", "timestamp",
		"json", "csv", "uuid", "hash", "binary", "alias", "unknown", "table", "folder", "system", "no", "on":
		return true
	case "geometry", "geometry.Point", "geometry.LineString", "geometry.Polygon", "geometry.MultiPoint",
		"geometry.MultiLineString", "geometry.MultiPolygon":
		return true
	}
	return false
}

// Package column knows the columns that Directus makes in Postgres through knex: which type a field becomes, and how
// values fare when a column changes its type. It opens no connection.
package column

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

// Column is a column's type as Postgres reports it and a snapshot shows it.
type Column struct {
	DataType                 string // as pg_catalog.format_type writes it without a modifier
	Length, Precision, Scale int    // -1: null
	Problem                  string // why Postgres or Directus refuses to make it; a clause
	Sequence                 bool   // made as serial or bigserial
}

const null = -1

// Of returns the column that a snapshot's schema describes.
func Of(schema jsvalue.Value) Column {
	return Column{
		DataType: schema.Get("data_type").Str(), Length: number(schema.Get("max_length"), null),
		Precision: number(schema.Get("numeric_precision"), null), Scale: number(schema.Get("numeric_scale"), null),
	}
}

func number(v jsvalue.Value, otherwise int) int {
	if v.Kind() != jsvalue.KindNumber {
		return otherwise
	}
	return int(v.Number())
}

// SameType tells whether two columns are of one type, lengths included.
func (c Column) SameType(o Column) bool {
	return c.DataType == o.DataType && c.Length == o.Length && c.Precision == o.Precision && c.Scale == o.Scale
}

// String returns the type as SQL has it: "character varying(255)".
func (c Column) String() string {
	switch {
	case c.DataType == "numeric" && c.Precision != null:
		return "numeric(" + strconv.Itoa(c.Precision) + "," + strconv.Itoa(max(c.Scale, 0)) + ")"
	case c.Length > 0:
		return c.DataType + "(" + strconv.Itoa(c.Length) + ")"
	}
	return c.DataType
}

// plainTypes are the types of Directus that become one type of Postgres through knex (services/fields.js
// addColumnToTable; knex's Postgres column compiler).
var plainTypes = map[string]Column{
	"bigInteger": {DataType: "bigint", Length: null, Precision: 64, Scale: 0},
	"boolean":    {DataType: "boolean", Length: null, Precision: null, Scale: null},
	"date":       {DataType: "date", Length: null, Precision: null, Scale: null},
	"dateTime":   {DataType: "timestamp without time zone", Length: null, Precision: null, Scale: null},
	"float":      {DataType: "real", Length: null, Precision: 24, Scale: null},
	"integer":    {DataType: "integer", Length: null, Precision: 32, Scale: 0},
	"json":       {DataType: "json", Length: null, Precision: null, Scale: null},
	"text":       {DataType: "text", Length: null, Precision: null, Scale: null},
	"csv":        {DataType: "text", Length: null, Precision: null, Scale: null},
	"hash":       {DataType: "character varying", Length: 255, Precision: null, Scale: null},
	"time":       {DataType: "time without time zone", Length: null, Precision: null, Scale: null},
	"timestamp":  {DataType: "timestamp with time zone", Length: null, Precision: null, Scale: null},
	"binary":     {DataType: "bytea", Length: null, Precision: null, Scale: null},
	"uuid":       {DataType: "uuid", Length: null, Precision: null, Scale: null},
}

// Built returns the column that Directus makes of a field's type and schema: the type decides, data_type is never
// looked at. The second result is false where no column is made at all; problem says why making it fails.
func Built(typ string, schema jsvalue.Value) (Column, bool) {
	if typ == "alias" || typ == "unknown" || typ == "" {
		return Column{}, false
	}
	if schema.Get("has_auto_increment").Bool() {
		if typ == "bigInteger" {
			return withSequence(plainTypes["bigInteger"]), true
		}
		return withSequence(plainTypes["integer"]), true
	}
	c, ok := plainTypes[typ]
	switch {
	case ok:
	case typ == "string":
		c = Column{DataType: "character varying", Length: number(schema.Get("max_length"), 255), Precision: null, Scale: null}
		if c.Length < 1 || c.Length > 10485760 {
			c.Problem = "Postgres has no character varying(" + strconv.Itoa(c.Length) + ")"
		}
	case typ == "decimal":
		c = Column{
			DataType: "numeric", Length: null, Precision: number(schema.Get("numeric_precision"), 10),
			Scale: number(schema.Get("numeric_scale"), 5),
		}
		if c.Precision < 1 || c.Precision > 1000 {
			c.Problem = "Postgres has no " + c.String()
		}
	case strings.HasPrefix(typ, "geometry"):
		_, sub, _ := strings.Cut(typ, ".")
		if sub == "" {
			sub = "geometry"
		}
		c = Column{DataType: strings.ToUpper(sub), Length: null, Precision: null, Scale: null}
	default:
		c.Problem = "Directus refuses the type " + typ
	}
	return c, true
}

func withSequence(c Column) Column {
	c.Sequence = true
	return c
}

// Family groups types between which values and foreign keys pass freely.
func Family(dataType string) string {
	switch dataType {
	case "smallint", "integer", "bigint", "numeric", "real", "double precision":
		return "number"
	case "character varying", "character", "text", "citext", "name":
		return "text"
	case "date", "timestamp without time zone", "timestamp with time zone":
		return "moment"
	case "time without time zone", "time with time zone":
		return "time"
	case "json", "jsonb":
		return "json"
	}
	return dataType
}

// Castable is how `USING (column::type)` fares: always, by the values, or never.
type Castable uint8

// The outcomes of a cast.
const (
	Always Castable = iota
	Maybe           // it fails where a value does not fit
	Never           // it fails even on an empty table
)

// Cast tells how values fare when Directus changes a column's type.
func Cast(from, to Column) Castable {
	f, t := Family(from.DataType), Family(to.DataType)
	switch {
	case t == "text":
		return Always
	case f == "text":
		return Maybe
	case f == t:
		return castOfFamily(from, to)
	case f == "moment" && t == "time" && from.DataType != "date":
		return Always
	case from.DataType == "boolean" && to.DataType == "integer", from.DataType == "integer" && to.DataType == "boolean":
		return Always
	case from.DataType == "money" && to.DataType == "numeric", from.DataType == "interval" && t == "time":
		return Always
	case knownFamily(from.DataType) && knownFamily(to.DataType):
		return Never
	}
	return Maybe // types of extensions and users: their casts are not known here
}

func castOfFamily(from, to Column) Castable {
	if to.DataType == "integer" && from.DataType != "smallint" || to.DataType == "bigint" && from.Scale != 0 {
		return Maybe // out of range
	}
	if to.DataType == "numeric" && to.Precision-to.Scale < wholeDigits(from) {
		return Maybe
	}
	return Always
}

// wholeDigits is the number of digits before the point that a type may hold.
func wholeDigits(c Column) int {
	switch c.DataType {
	case "smallint":
		return 5
	case "integer":
		return 10
	case "bigint":
		return 19
	case "numeric":
		if c.Precision != null {
			return c.Precision - c.Scale
		}
	}
	return 1 << 20
}

func knownFamily(dataType string) bool {
	switch f := Family(dataType); f {
	case "number", "text", "moment", "time", "json":
		return true
	case "boolean", "uuid", "bytea":
		return true
	}
	return false
}

// Narrows tells whether a change of type can lose a part of a value without an error, and where it cuts text off, at
// which length.
func Narrows(from, to Column) (lossy bool, length int) {
	switch {
	case to.DataType == "character varying" && Family(from.DataType) == "text":
		return from.Length < 1 || from.Length > to.Length, to.Length
	case Family(from.DataType) == "number" && Family(to.DataType) == "number":
		return fraction(to) < fraction(from), 0
	case Family(from.DataType) == "moment" && to.DataType != from.DataType:
		return to.DataType == "date" || Family(to.DataType) == "time", 0
	}
	return false, 0
}

// fraction orders number types by how much of a fraction they keep.
func fraction(c Column) int {
	switch {
	case c.DataType == "numeric" && c.Precision != null:
		return c.Scale
	case c.DataType == "numeric":
		return 1 << 20
	case c.DataType == "double precision":
		return 1 << 15
	case c.DataType == "real":
		return 1 << 14
	}
	return 0
}

// IndexName is the name that Directus gives to an index or constraint, at most limit long
// (utils/get-default-index-name.js).
func IndexName(kind, collection, field string, limit int) string {
	name := strings.ToLower(strings.NewReplacer(".", "_", "-", "_").Replace(collection) + "_" + field + "_" + kind)
	units := utf16.Encode([]rune(name))
	if len(units) <= limit {
		return name
	}
	var hash int32
	for _, u := range units {
		hash = 31*hash + int32(u)
	}
	suffix := "__" + strconv.FormatInt(max(int64(hash), -int64(hash)), 16) + "_" + kind
	return string(utf16.Decode(units[:limit-len(suffix)])) + suffix
}

// Default tells what becomes of a default: Directus writes a string as a literal unless it is one of the few functions
// it knows. problem says why that fails, change why it is read back otherwise; both continue or are a clause, and may
// be empty.
func Default(c Column, def jsvalue.Value, quotesFunctions bool) (problem, change string) {
	text := def.Str()
	switch {
	case def.Kind() != jsvalue.KindString || c.Sequence:
		return "", ""
	case strings.ToLower(text) == "now()":
		return "", "Directus writes its default now() as CURRENT_TIMESTAMP"
	case text == "CURRENT_TIMESTAMP", strings.Contains(text, "CURRENT_TIMESTAMP(") && strings.Contains(text, ")"):
		return "", ""
	case text == "gen_random_uuid()" && !quotesFunctions:
		return "", ""
	}
	if Family(c.DataType) == "text" || c.DataType == "bytea" {
		if strings.Contains(text, "'") || strings.Contains(text, "::") {
			return "", "Directus does not read a default with quotes or :: as it writes it"
		}
		return "", ""
	}
	if strings.Contains(text, "(") || strings.HasPrefix(text, "CURRENT_") || strings.HasPrefix(text, "LOCALTIME") {
		return "is written as the text '" + text + "', which is no " + c.DataType, ""
	}
	return "", ""
}

// Mismatch says how the column that Directus makes differs from the one that a schema describes; empty where it does
// not.
func Mismatch(c Column, schema jsvalue.Value) string {
	want := Of(schema)
	switch {
	case schema.Get("data_type").IsNull() || c.Sequence:
		return ""
	case !strings.EqualFold(c.DataType, want.DataType) || c.Length != want.Length || c.Precision != want.Precision || c.Scale != want.Scale:
		return "Directus makes it " + c.String() + ", the file says " + want.String()
	case schema.Get("is_generated").Bool():
		return "Directus makes no generated columns"
	}
	return ""
}

// Nullable tells whether Directus makes a column of this schema nullable.
func Nullable(schema jsvalue.Value) bool {
	v, ok := schema.Object().Get("is_nullable")
	return !ok || v.IsNull() || v.Bool()
}

// AlterProblem says why Postgres refuses to make one column of another, whatever its rows; empty where it does not.
func AlterProblem(live, c Column) string {
	switch {
	case c.Problem != "":
		return c.Problem
	case c.Sequence:
		return "Postgres has no type serial for an existing column"
	case Cast(live, c) == Never:
		return "there is no cast from " + live.String() + " to " + c.String()
	}
	return ""
}

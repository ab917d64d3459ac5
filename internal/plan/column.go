package plan

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

// column is a column's type as Postgres reports it and a snapshot shows it.
type column struct {
	dataType                 string
	length, precision, scale int    // -1: null
	problem                  string // why Postgres or Directus refuses to make it
	sequence                 bool   // made as serial or bigserial
}

const null = -1

func columnOf(schema jsvalue.Value) column {
	return column{dataType: schema.Get("data_type").Str(), length: number(schema.Get("max_length"), null),
		precision: number(schema.Get("numeric_precision"), null), scale: number(schema.Get("numeric_scale"), null)}
}

func number(v jsvalue.Value, otherwise int) int {
	if v.Kind() != jsvalue.KindNumber {
		return otherwise
	}
	return int(v.Number())
}

// sameType tells whether two columns are of one type, lengths included.
func (c column) sameType(o column) bool {
	return c.dataType == o.dataType && c.length == o.length && c.precision == o.precision && c.scale == o.scale
}

// String returns the type as SQL has it: "character varying(255)".
func (c column) String() string {
	switch {
	case c.dataType == "numeric" && c.precision != null:
		return "numeric(" + strconv.Itoa(c.precision) + "," + strconv.Itoa(max(c.scale, 0)) + ")"
	case c.length > 0:
		return c.dataType + "(" + strconv.Itoa(c.length) + ")"
	}
	return c.dataType
}

// plainTypes are the types of Directus that become one type of Postgres through
// knex (services/fields.js addColumnToTable; knex's Postgres column compiler).
var plainTypes = map[string]column{
	"bigInteger": {dataType: "bigint", length: null, precision: 64, scale: 0},
	"boolean":    {dataType: "boolean", length: null, precision: null, scale: null},
	"date":       {dataType: "date", length: null, precision: null, scale: null},
	"dateTime":   {dataType: "timestamp without time zone", length: null, precision: null, scale: null},
	"float":      {dataType: "real", length: null, precision: 24, scale: null},
	"integer":    {dataType: "integer", length: null, precision: 32, scale: 0},
	"json":       {dataType: "json", length: null, precision: null, scale: null},
	"text":       {dataType: "text", length: null, precision: null, scale: null},
	"csv":        {dataType: "text", length: null, precision: null, scale: null},
	"hash":       {dataType: "character varying", length: 255, precision: null, scale: null},
	"time":       {dataType: "time without time zone", length: null, precision: null, scale: null},
	"timestamp":  {dataType: "timestamp with time zone", length: null, precision: null, scale: null},
	"binary":     {dataType: "bytea", length: null, precision: null, scale: null},
	"uuid":       {dataType: "uuid", length: null, precision: null, scale: null},
}

// built returns the column that Directus makes of a field's type and schema: the
// type decides, data_type is never looked at. The second result is false where no
// column is made at all; problem says why making it fails.
func built(typ string, schema jsvalue.Value) (column, bool) {
	if typ == "alias" || typ == "unknown" || typ == "" {
		return column{}, false
	}
	if truthy(schema.Get("has_auto_increment")) {
		if typ == "bigInteger" {
			return withSequence(plainTypes["bigInteger"]), true
		}
		return withSequence(plainTypes["integer"]), true
	}
	c, ok := plainTypes[typ]
	switch {
	case ok:
	case typ == "string":
		c = column{dataType: "character varying", length: number(schema.Get("max_length"), 255), precision: null, scale: null}
		if c.length < 1 || c.length > 10485760 {
			c.problem = "Postgres has no character varying(" + strconv.Itoa(c.length) + ")"
		}
	case typ == "decimal":
		c = column{dataType: "numeric", length: null, precision: number(schema.Get("numeric_precision"), 10),
			scale: number(schema.Get("numeric_scale"), 5)}
		if c.precision < 1 || c.precision > 1000 {
			c.problem = "Postgres has no " + c.String()
		}
	case strings.HasPrefix(typ, "geometry"):
		_, sub, _ := strings.Cut(typ, ".")
		if sub == "" {
			sub = "geometry"
		}
		c = column{dataType: strings.ToUpper(sub), length: null, precision: null, scale: null}
	default:
		c.problem = "Directus refuses the type " + typ
	}
	return c, true
}

func withSequence(c column) column {
	c.sequence = true
	return c
}

// family groups types between which values and foreign keys pass freely.
func family(dataType string) string {
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

// castable is how `USING (column::type)` fares: always, by the values, or never.
type castable uint8

const (
	castAlways castable = iota
	castMay
	castNever
)

func cast(from, to column) castable {
	f, t := family(from.dataType), family(to.dataType)
	switch {
	case t == "text":
		return castAlways
	case f == "text":
		return castMay
	case f == t:
		return castOfFamily(from, to)
	case f == "moment" && t == "time" && from.dataType != "date":
		return castAlways
	case from.dataType == "boolean" && to.dataType == "integer", from.dataType == "integer" && to.dataType == "boolean":
		return castAlways
	case from.dataType == "money" && to.dataType == "numeric", from.dataType == "interval" && t == "time":
		return castAlways
	case knownFamily(from.dataType) && knownFamily(to.dataType):
		return castNever
	}
	return castMay // types of extensions and users: their casts are not known here
}

func castOfFamily(from, to column) castable {
	if to.dataType == "integer" && from.dataType != "smallint" || to.dataType == "bigint" && from.scale != 0 {
		return castMay // out of range
	}
	if to.dataType == "numeric" && to.precision-to.scale < wholeDigits(from) {
		return castMay
	}
	return castAlways
}

// wholeDigits is the number of digits before the point that a type may hold.
func wholeDigits(c column) int {
	switch c.dataType {
	case "smallint":
		return 5
	case "integer":
		return 10
	case "bigint":
		return 19
	case "numeric":
		if c.precision != null {
			return c.precision - c.scale
		}
	}
	return 1 << 20
}

func knownFamily(dataType string) bool {
	switch f := family(dataType); f {
	case "number", "text", "moment", "time", "json":
		return true
	case "boolean", "uuid", "bytea":
		return true
	}
	return false
}

// narrows tells whether a change of type can lose a part of a value without an
// error, and where it cuts text off, at which length.
func narrows(from, to column) (lossy bool, length int) {
	switch {
	case to.dataType == "character varying" && family(from.dataType) == "text":
		return from.length < 1 || from.length > to.length, to.length
	case family(from.dataType) == "number" && family(to.dataType) == "number":
		return fraction(to) < fraction(from), 0
	case family(from.dataType) == "moment" && to.dataType != from.dataType:
		return to.dataType == "date" || family(to.dataType) == "time", 0
	}
	return false, 0
}

// fraction orders number types by how much of a fraction they keep.
func fraction(c column) int {
	switch {
	case c.dataType == "numeric" && c.precision != null:
		return c.scale
	case c.dataType == "numeric":
		return 1 << 20
	case c.dataType == "double precision":
		return 1 << 15
	case c.dataType == "real":
		return 1 << 14
	}
	return 0
}

// defaultIndexName is the name that Directus gives to an index or constraint, at
// most limit long (utils/get-default-index-name.js).
func defaultIndexName(kind, collection, field string, limit int) string {
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

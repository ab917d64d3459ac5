package view

import (
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/catalog"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

// localTypes maps Postgres type names to Directus types (12.4.1,
// utils/get-local-type.js, the names that Postgres can give).
var localTypes = map[string]string{
	"boolean": "boolean", "bool": "boolean", "bit": "boolean",
	"tinyint": "integer", "smallint": "integer", "mediumint": "integer", "int": "integer", "integer": "integer",
	"serial": "integer", "int2": "integer", "int4": "integer", "serial4": "integer", "number": "integer", "year": "integer",
	"numeric": "integer",
	"bigint":  "bigInteger", "bigserial": "bigInteger", "int8": "bigInteger", "serial8": "bigInteger",
	"decimal": "decimal",
	"float":   "float", "double": "float", "double precision": "float", "real": "float", "float4": "float", "float8": "float",
	"money": "float", "smallmoney": "float",
	"varchar": "string", "character varying": "string", "character": "string", "char": "string", "bpchar": "string",
	"_varchar": "string", "nvarchar": "string", "varchar2": "string", "longvarchar": "string", "interval": "string",
	"text": "text", "citext": "text", "clob": "text", "tinytext": "text", "mediumtext": "text", "longtext": "text",
	"ntext": "text", "nchar": "text", "string": "text",
	"date": "date",
	"time": "time", "timetz": "time", "time with time zone": "time", "time without time zone": "time",
	"datetime": "dateTime", "datetime2": "dateTime", "smalldatetime": "dateTime",
	"timestamp without time zone": "dateTime", "timestamp without local time zone": "dateTime",
	"timestamp": "timestamp", "timestamptz": "timestamp", "datetimeoffset": "timestamp",
	"timestamp with time zone": "timestamp", "timestamp with local time zone": "timestamp",
	"json": "json", "jsonb": "json", "uuid": "uuid", "uniqueidentifier": "uuid",
	"binary": "binary", "varbinary": "binary", "blob": "binary", "mediumblob": "binary", "image": "binary",
	"geometry": "geometry", "sdo_geometry": "geometry", "point": "geometry.Point", "linestring": "geometry.LineString",
	"polygon": "geometry.Polygon", "multipoint": "geometry.MultiPoint",
	"multilinestring": "geometry.MultiLineString", "multipolygon": "geometry.MultiPolygon",
}

// localType is Directus's type of a column that has the given special flags
// (nil: no row, or null).
func localType(col *catalog.Column, special []string) string {
	dataType := strings.ToLower(col.DataType)
	base, _, _ := strings.Cut(dataType, "(")
	known := localTypes[base]
	if special != nil {
		for _, rule := range []struct{ flag, is string }{
			{"cast-json", "json"},
			{"hash", "hash"},
			{"cast-csv", "csv"},
			{"uuid", "uuid"},
			{"file", "uuid"},
			{"cast-timestamp", "timestamp"},
			{"cast-datetime", "dateTime"},
		} {
			if slices.Contains(special, rule.flag) {
				return rule.is
			}
		}
		if strings.HasPrefix(known, "geometry") {
			if len(special) > 0 && special[0] != "" {
				return special[0]
			}
			return "geometry"
		}
	}
	if dataType == "numeric" && !col.Precision.IsNull() && !col.Scale.IsNull() {
		return "decimal"
	}
	if (col.DataType == "nvarchar" || col.DataType == "varchar") && (col.MaxLength.IsNull() || col.MaxLength.Number() == -1) {
		return "text"
	}
	if known == "" {
		return "unknown"
	}
	return known
}

// defaultValue is what Directus makes of a column's default: the driver's text
// cut at the first cast (@directus/schema, postgres parseDefaultValue), then
// cast by the local type (12.4.1, utils/get-default-value.js).
func defaultValue(sql *string, localType string, by sorting) jsvalue.Value {
	if sql == nil {
		return jsvalue.Null()
	}
	s, isNull := unquoteDefault(*sql)
	if isNull || s == "0000-00-00 00:00:00" {
		return jsvalue.Null()
	}
	switch localType {
	case "bigInteger", "integer", "decimal", "float":
		if f, ok := jsvalue.ParseNumber(s); ok {
			return jsvalue.Number(f)
		}
	case "boolean":
		return jsvalue.Bool(s != "0" && s != "false" && s != "")
	case "json":
		if s != "" {
			return sortDeep(parseAgain(s), by)
		}
	}
	return jsvalue.String(s)
}

// unquoteDefault takes the cast and one pair of quotes off a default.
func unquoteDefault(s string) (text string, isNull bool) {
	if strings.HasPrefix(s, "nextval(") {
		return s, false
	}
	s, _, _ = strings.Cut(s, "::")
	trimmed := jsvalue.Trim(s)
	if strings.ToLower(trimmed) == "null" {
		return "", true
	}
	for _, quote := range []string{`'`, `"`} {
		if strings.HasPrefix(trimmed, quote) && strings.HasSuffix(trimmed, quote) {
			if len(trimmed) < 2 { // slice(1, -1) of a lone quote
				return "", false
			}
			return trimmed[1 : len(trimmed)-1], false
		}
	}
	return s, false
}

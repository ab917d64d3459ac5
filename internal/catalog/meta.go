package catalog

import (
	"bytes"
	"math"
	"sort"
	"strconv"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

// noID stands for a row without an id, which sorts last.
const noID = math.MaxInt64

// meta is one row of a meta table as Directus reads it.
type meta struct {
	id      int64
	value   jsvalue.Value // keys sorted, without id
	special []string      // directus_fields.special; nil for null
}

// reader turns the rows of one meta table into values.
type reader struct {
	table      *metaTable
	order      []int // column indexes in the order their keys come out
	byValue    bool  // a key with a comma: the order depends on the row
	idColumn   int
	special    int
	cast       []string // by column: "cast-json", "cast-csv" or ""
	sortArrays bool
	interned   map[string]jsvalue.Value
}

// newReader returns a reader of the rows of t, which is the meta table name of
// Directus v.
func newReader(t *metaTable, name string, v directus.Version, sortArrays bool) *reader {
	r := &reader{table: t, idColumn: -1, special: -1, sortArrays: sortArrays, interned: map[string]jsvalue.Value{}}
	r.cast = make([]string, len(t.columns))
	for i, col := range t.columns {
		for _, flag := range directus.MetaSpecial(v, name, col.name) {
			if flag == "cast-json" || flag == "cast-csv" {
				r.cast[i] = flag
			}
		}
		switch col.name {
		case "id":
			r.idColumn = i
			continue
		case "special":
			r.special = i
		}
		r.byValue = r.byValue || bytes.IndexByte([]byte(col.name), ',') >= 0
		r.order = append(r.order, i)
	}
	if !r.byValue {
		sort.SliceStable(r.order, func(a, b int) bool {
			null := jsvalue.Null()
			return comparePairs(t.columns[r.order[a]].name, null, t.columns[r.order[b]].name, null) < 0
		})
	}
	return r
}

// read returns the row as Directus would emit it.
func (r *reader) read(row metaRow) meta {
	m := meta{id: noID}
	if r.idColumn >= 0 && row[r.idColumn] != nil {
		if id, err := strconv.ParseInt(string(row[r.idColumn]), 10, 64); err == nil {
			m.id = id
		}
	}
	o := jsvalue.NewObject(len(r.order))
	for _, i := range r.order {
		o.Set(r.table.columns[i].name, r.cell(i, row[i]))
	}
	if r.byValue {
		o = sortObject(o, r.sortArrays)
	}
	m.value = jsvalue.FromObject(o.InPropertyOrder())
	if r.special >= 0 && row[r.special] != nil {
		m.special = splitCSV(string(row[r.special]))
	}
	return m
}

// text returns the cell of a row by its column's name; ok is false for null.
func (r *reader) text(row metaRow, column string) (s string, ok bool) {
	for i, col := range r.table.columns {
		if col.name == column && row[i] != nil {
			return string(row[i]), true
		}
	}
	return "", false
}

// cell gives one column as the pg driver and Directus's payload service
// (12.4.1, services/payload.js) would hand it to the snapshot.
func (r *reader) cell(i int, raw []byte) jsvalue.Value {
	if raw == nil {
		return jsvalue.Null()
	}
	col := r.table.columns[i]
	switch col.oid {
	case pgtype.BoolOID:
		return jsvalue.Bool(isTrue(raw))
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.OIDOID, pgtype.Float4OID, pgtype.Float8OID:
		f, _ := jsvalue.ParseNumber(string(raw))
		return jsvalue.Number(f)
	case pgtype.JSONOID, pgtype.JSONBOID:
		return r.json(i, raw)
	case pgtype.TimestamptzOID, pgtype.TimestampOID, pgtype.DateOID:
		return dateText(col.oid, string(raw))
	}
	if r.cast[i] == "cast-csv" {
		parts := splitCSV(string(raw))
		elems := make([]jsvalue.Value, len(parts))
		for i, p := range parts {
			elems[i] = jsvalue.String(p)
		}
		if r.sortArrays {
			elems = sortArray(elems)
		}
		return jsvalue.List(elems...)
	}
	if r.cast[i] == "cast-json" {
		return sortDeep(parseAgain(string(raw)), r.sortArrays)
	}
	return r.intern(raw)
}

// intern makes one value of the many equal texts that meta rows hold.
func (r *reader) intern(raw []byte) jsvalue.Value {
	if len(raw) > 40 {
		return jsvalue.String(string(raw))
	}
	v, ok := r.interned[string(raw)]
	if !ok {
		v = jsvalue.String(string(raw))
		r.interned[string(raw)] = v
	}
	return v
}

func (r *reader) json(column int, raw []byte) jsvalue.Value {
	v, err := jsvalue.ParseJSON(raw)
	if err != nil { // Postgres takes a few texts that JSON.parse does not
		return jsvalue.String(string(raw))
	}
	if r.cast[column] == "cast-json" && v.Kind() == jsvalue.KindString {
		v = parseAgain(v.Str())
	}
	return sortDeep(v, r.sortArrays)
}

// parseAgain is what Directus's cast-json does with a string: parse it once
// more, or leave it.
func parseAgain(s string) jsvalue.Value {
	v, err := jsvalue.ParseJSON([]byte(s))
	if err != nil {
		return jsvalue.String(s)
	}
	return withoutProto(v)
}

// withoutProto drops the members named __proto__, as Directus's parseJSON does
// (@directus/utils, parse-json.js); JSON.parse alone keeps them.
func withoutProto(v jsvalue.Value) jsvalue.Value {
	switch v.Kind() {
	case jsvalue.KindList:
		elems := make([]jsvalue.Value, len(v.List()))
		for i, e := range v.List() {
			elems[i] = withoutProto(e)
		}
		return jsvalue.List(elems...)
	case jsvalue.KindObject:
		o := jsvalue.NewObject(v.Object().Len())
		for i := range v.Object().Len() {
			if key, m := v.Object().At(i); key != "__proto__" {
				o.Set(key, withoutProto(m))
			}
		}
		return jsvalue.FromObject(o)
	}
	return v
}

// dateText is how Directus writes a date column: a timestamptz as ISO text in
// UTC with milliseconds, the others without a zone.
func dateText(oid uint32, s string) jsvalue.Value {
	t, ok := parseTimestamp(s)
	if !ok {
		return jsvalue.String(s)
	}
	switch oid {
	case pgtype.TimestamptzOID:
		return jsvalue.String(t.UTC().Format("2006-01-02T15:04:05.000Z"))
	case pgtype.TimestampOID:
		return jsvalue.String(t.Format("2006-01-02T15:04:05"))
	}
	return jsvalue.String(t.Format("2006-01-02"))
}

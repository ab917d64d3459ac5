package view

import (
	"math"
	"sort"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/schemaguard/schemaguard/internal/catalog"
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
	table    *catalog.MetaTable
	order    []int    // column indexes in the order their keys come out
	keys     []string // their names, which all rows share
	byValue  bool     // a key with a comma: the order depends on the row
	idColumn int
	special  int
	casts    [][]string // by column: the flags that change how it is read
	sorting  sorting
	interned map[string]jsvalue.Value
	parsed   map[cellText]jsvalue.Value
	room     []jsvalue.Value // what the values of the next rows go into
}

// cellText is a column and a text in it. Equal ones give the same value, which
// may be shared: values are never changed.
type cellText struct {
	column int
	text   string
}

// newReader returns a reader of the rows of t, whose columns have the special
// flags that special tells.
func newReader(t *catalog.MetaTable, special func(column string) []string, by sorting) *reader {
	r := &reader{table: t, idColumn: -1, special: -1, sorting: by}
	r.casts = make([][]string, len(t.Columns))
	for i, col := range t.Columns {
		for _, flag := range special(col.Name) {
			if flag == "cast-json" || flag == "cast-csv" {
				r.casts[i] = append(r.casts[i], flag)
			}
		}
		switch col.Name {
		case "id":
			r.idColumn = i
			continue
		case "special":
			r.special = i
		}
		r.byValue = r.byValue || strings.Contains(col.Name, ",")
		r.order = append(r.order, i)
	}
	if !r.byValue {
		sort.SliceStable(r.order, func(a, b int) bool {
			null := jsvalue.Null()
			return comparePairs(t.Columns[r.order[a]].Name, null, t.Columns[r.order[b]].Name, null) < 0
		})
		r.order = propertyOrder(t, r.order)
	}
	for _, i := range r.order {
		r.keys = append(r.keys, t.Columns[i].Name)
	}
	return r
}

// propertyOrder moves the columns with integer-like names to where JavaScript
// has them.
func propertyOrder(t *catalog.MetaTable, order []int) []int {
	o := jsvalue.NewObject(len(order))
	for _, i := range order {
		o.Set(t.Columns[i].Name, jsvalue.Number(float64(i)))
	}
	o = o.InPropertyOrder()
	sorted := make([]int, 0, len(order))
	for n := range o.Len() {
		_, i := o.At(n)
		sorted = append(sorted, int(i.Number()))
	}
	return sorted
}

// metaSpecials returns the flags that the team's own rows give to columns of
// the meta tables; of several rows for one the last counts.
func metaSpecials(c *catalog.Catalog) map[catalog.ColumnName][]string {
	flags := map[catalog.ColumnName][]string{}
	rows := &c.Meta[catalog.MetaFields]
	for _, row := range rows.Rows {
		table, _ := rows.Text(row, "collection")
		if table != "directus_collections" && table != "directus_fields" && table != "directus_relations" {
			continue
		}
		field, _ := rows.Text(row, "field")
		special, _ := rows.Text(row, "special")
		flags[catalog.ColumnName{Table: table, Column: field}] = catalog.SplitCSV(special)
	}
	return flags
}

// readAll returns the rows of the table.
func (r *reader) readAll() []meta {
	read := make([]meta, len(r.table.Rows))
	inChunks(len(read), func(from, to int) {
		own := *r
		own.interned, own.parsed, own.room = map[string]jsvalue.Value{}, map[cellText]jsvalue.Value{}, nil
		for i := from; i < to; i++ {
			read[i] = own.read(r.table.Rows[i])
		}
	})
	return read
}

// read returns the row as Directus would emit it.
func (r *reader) read(row catalog.MetaRow) meta {
	m := meta{id: noID}
	if r.idColumn >= 0 && row[r.idColumn] != nil {
		if id, err := strconv.ParseInt(string(row[r.idColumn]), 10, 64); err == nil {
			m.id = id
		}
	}
	vals := r.values()
	for n, i := range r.order {
		vals[n] = r.cell(i, row[i])
	}
	o := jsvalue.ObjectOf(r.keys, vals)
	if r.byValue {
		o = sortObject(o, r.sorting)
	}
	m.value = jsvalue.FromObject(o)
	if r.special >= 0 && row[r.special] != nil {
		m.special = catalog.SplitCSV(string(row[r.special]))
	}
	return m
}

// rowsPerRoom is how many rows share one allocation.
const rowsPerRoom = 32

// values returns an empty row's values.
func (r *reader) values() []jsvalue.Value {
	n := len(r.order)
	if len(r.room) < n {
		r.room = make([]jsvalue.Value, n*rowsPerRoom)
	}
	vals := r.room[:n:n]
	r.room = r.room[n:]
	return vals
}

// cell gives one column as the pg driver and Directus's payload service
// (12.4.1, services/payload.js) would hand it to the snapshot.
func (r *reader) cell(i int, raw []byte) jsvalue.Value {
	if raw == nil {
		return jsvalue.Null()
	}
	if len(r.casts[i]) == 0 {
		return r.plain(r.table.Columns[i].OID, raw)
	}
	v, ok := r.parsed[cellText{i, string(raw)}]
	if !ok {
		v = r.cast(i, raw)
		r.parsed[cellText{i, string(raw)}] = v
	}
	return v
}

// cast reads a column as its flags say.
func (r *reader) cast(i int, raw []byte) jsvalue.Value {
	v := driverValue(r.table.Columns[i].OID, raw)
	for _, flag := range r.casts[i] {
		if v.Kind() != jsvalue.KindString {
			break
		}
		if flag == "cast-json" {
			v = parseAgain(v.Str())
		} else {
			v = csvValue(v.Str())
		}
	}
	return sortDeep(v, r.sorting)
}

// plain is the value of a column without a cast: most often a short text that
// many rows share.
func (r *reader) plain(oid uint32, raw []byte) jsvalue.Value {
	switch oid {
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.UUIDOID:
		return r.intern(raw)
	case pgtype.BoolOID:
		return jsvalue.Bool(string(raw) == "t")
	case pgtype.IntervalOID:
		return driverValue(oid, raw) // an object of a class, which sortDeep leaves alone
	}
	return sortDeep(driverValue(oid, raw), r.sorting)
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

func csvValue(s string) jsvalue.Value {
	parts := catalog.SplitCSV(s)
	elems := make([]jsvalue.Value, len(parts))
	for i, p := range parts {
		elems[i] = jsvalue.String(p)
	}
	return jsvalue.List(elems...)
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

package catalog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

// Table is one relation of the searched schemas.
type Table struct {
	Name      string
	Schema    string
	Kind      byte // pg_class.relkind: r table, p partitioned, v view, m materialised view, f foreign
	Visible   bool // to this role, as information_schema sees it
	SingleKey bool // has a primary key of exactly one column
}

// Column is one column of an ordinary table, with the facts Directus looks at.
// Numbers that do not apply are null.
type Column struct {
	Name, Table, DataType string
	Nullable, Generated   bool
	Indexed               bool
	Default, Expression   *string // SQL text; nil for none
	MaxLength             jsvalue.Value
	Precision, Scale      jsvalue.Value
}

// Constraint is a one-column key of a table.
type Constraint struct {
	Kind                   byte // p primary, u unique, f foreign
	Table, Column          string
	ForeignTable           string
	ForeignColumn          string
	AutoIncrement          bool
	Name                   string
	OnUpdate, OnDelete     string
	hasForeign, hasActions bool
}

// Catalog is what one read of the database brought: the rows, not yet what
// Directus makes of them.
type Catalog struct {
	Database      string
	Role          string
	ServerVersion int      // server_version_num
	HasSyncPoint  bool     // the table of the sync point exists
	Migrations    []string // directus_migrations.version, in no order
	Tables        []Table
	Columns       []Column
	Constraints   []Constraint

	options    Options
	hasPostGIS bool
	meta       [3]metaTable
	geometries map[columnName]string
	names      interner
}

// columnName is a table and a column. Directus matches by these names only, in
// whatever schema they are.
type columnName struct{ table, column string }

// ServerMajor returns the major version of the server.
func (c *Catalog) ServerMajor() int { return c.ServerVersion / 10000 }

func (c *Catalog) scanServer(row [][]byte) error {
	c.Database, c.Role = string(row[0]), string(row[1])
	n, err := strconv.Atoi(string(row[2]))
	if err != nil {
		return fmt.Errorf("reading the server's version: %w", err)
	}
	c.ServerVersion, c.hasPostGIS, c.HasSyncPoint = n, isTrue(row[3]), isTrue(row[4])
	return nil
}

func (c *Catalog) scanTable(row [][]byte) error {
	c.Tables = append(c.Tables, Table{
		Name: c.names.get(row[0]), Kind: row[1][0], Schema: c.names.get(row[2]),
		Visible: isTrue(row[3]), SingleKey: isTrue(row[4]),
	})
	return nil
}

func (c *Catalog) scanColumn(row [][]byte) error {
	col := Column{
		Name: c.names.get(row[0]), Table: c.names.get(row[1]), DataType: c.names.get(row[2]),
		Nullable: isTrue(row[3]), Default: text(row[4]), Expression: text(row[5]),
		Generated: isTrue(row[6]), Indexed: isTrue(row[10]),
	}
	for i, into := range []*jsvalue.Value{&col.MaxLength, &col.Precision, &col.Scale} {
		if raw := row[7+i]; raw != nil {
			n, err := strconv.Atoi(string(raw))
			if err != nil {
				return fmt.Errorf("reading column %s.%s: %w", col.Table, col.Name, err)
			}
			*into = jsvalue.Number(float64(n))
		}
	}
	c.Columns = append(c.Columns, col)
	return nil
}

func (c *Catalog) scanConstraint(row [][]byte) error {
	c.Constraints = append(c.Constraints, Constraint{
		Kind: row[0][0], Table: c.names.get(row[1]), Column: c.names.get(row[2]),
		ForeignTable: c.names.get(row[3]), ForeignColumn: c.names.get(row[4]), hasForeign: row[3] != nil,
		AutoIncrement: isTrue(row[5]), Name: string(row[6]),
		OnUpdate: c.names.get(row[7]), OnDelete: c.names.get(row[8]), hasActions: row[7] != nil,
	})
	return nil
}

func (c *Catalog) scanGeometry(row [][]byte) error {
	if c.geometries == nil {
		c.geometries = map[columnName]string{}
	}
	name := columnName{string(row[0]), string(row[1])}
	if _, seen := c.geometries[name]; !seen {
		c.geometries[name] = string(row[2])
	}
	return nil
}

// hasGeometries tells whether PostGIS needs to be asked at all.
func (c *Catalog) hasGeometries() bool {
	for i := range c.Columns {
		t := c.Columns[i].DataType
		if strings.HasSuffix(t, "geometry") || strings.HasSuffix(t, "geography") {
			return true
		}
	}
	return false
}

// The meta tables, in the order metaSQL reads them.
const (
	metaCollections = iota
	metaFields
	metaRelations
	metaMigrations
)

// metaTable is one of Directus's own tables of schema rows.
type metaTable struct {
	columns []metaColumn
	rows    []metaRow
}

type metaColumn struct {
	name string
	oid  uint32
}

// metaRow holds the texts of one row, by column; nil for null.
type metaRow [][]byte

func (c *Catalog) scanMeta(result int, fields []pgconn.FieldDescription, row [][]byte) error {
	if result == metaMigrations {
		c.Migrations = append(c.Migrations, string(row[0]))
		return nil
	}
	t := &c.meta[result]
	if t.columns == nil {
		for _, f := range fields {
			t.columns = append(t.columns, metaColumn{f.Name, f.DataTypeOID})
		}
	}
	size := 0
	for _, v := range row {
		size += len(v)
	}
	// One copy for the whole row: the driver's buffer is gone at the next row.
	buf := make([]byte, 0, size)
	kept := make(metaRow, len(row))
	for i, v := range row {
		if v != nil {
			start := len(buf)
			buf = append(buf, v...)
			kept[i] = buf[start:len(buf):len(buf)]
		}
	}
	t.rows = append(t.rows, kept)
	return nil
}

// interner keeps one copy of each name, since a catalog repeats them.
type interner struct{ seen map[string]string }

func (in *interner) get(b []byte) string {
	if s, ok := in.seen[string(b)]; ok {
		return s
	}
	if in.seen == nil {
		in.seen = map[string]string{}
	}
	s := string(b)
	in.seen[s] = s
	return s
}

func isTrue(b []byte) bool { return len(b) == 1 && b[0] == 't' }

func text(b []byte) *string {
	if b == nil {
		return nil
	}
	s := string(b)
	return &s
}

// timestampLayouts are the texts of timestamptz and timestamp under DateStyle ISO.
var timestampLayouts = []string{"2006-01-02 15:04:05.999999-07", "2006-01-02 15:04:05.999999-07:00", "2006-01-02 15:04:05.999999", "2006-01-02"}

func parseTimestamp(s string) (time.Time, bool) {
	for _, layout := range timestampLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// SameNames returns the names of ordinary tables that stand in more than one of
// the searched schemas.
func (c *Catalog) SameNames() []string {
	var names []string
	for i := 1; i < len(c.Tables); i++ {
		a, b := c.Tables[i-1], c.Tables[i]
		if a.Kind == 'r' && b.Kind == 'r' && a.Name == b.Name && (len(names) == 0 || names[len(names)-1] != a.Name) {
			names = append(names, a.Name)
		}
	}
	return names
}

// ExcludedCollections returns the collections that have a row in
// directus_collections and are left out by DB_EXCLUDE_TABLES.
func (c *Catalog) ExcludedCollections() []string {
	var names []string
	rows := &reader{table: &c.meta[metaCollections]}
	for _, row := range rows.table.rows {
		if name, _ := rows.text(row, "collection"); slices.Contains(c.options.Exclude, name) {
			names = append(names, name)
		}
	}
	return names
}

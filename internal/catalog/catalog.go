package catalog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/sqlquote"
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
	AsDirectus    bool     // the role owns Directus's tables, so it sees what Directus sees
	HasSyncPoint  bool     // the table of the sync point exists
	Migrations    []string // directus_migrations.version, in no order
	Tables        []Table
	Columns       []Column
	Constraints   []Constraint

	// Options are those it was read with.
	Options Options
	// HasPostGIS tells whether the server has PostGIS, Geometries what PostGIS
	// says of the types of its columns.
	HasPostGIS bool
	Geometries map[ColumnName]string
	// Meta holds the rows of Directus's three meta tables: [MetaCollections],
	// [MetaFields] and [MetaRelations].
	Meta [3]MetaTable

	names interner
}

// ColumnName is a table and a column. Directus matches by these names only, in
// whatever schema they are.
type ColumnName struct{ Table, Column string }

// ServerMajor returns the major version of the server.
func (c *Catalog) ServerMajor() int { return c.ServerVersion / 10000 }

func (c *Catalog) scanServer(row [][]byte) error {
	c.Database, c.Role = string(row[0]), string(row[1])
	n, err := strconv.Atoi(string(row[2]))
	if err != nil {
		return fmt.Errorf("reading the server's version: %w", err)
	}
	c.ServerVersion, c.HasPostGIS, c.HasSyncPoint = n, isTrue(row[3]), isTrue(row[4])
	c.AsDirectus = isTrue(row[6])
	if c.HasSyncPoint && !isTrue(row[5]) {
		// Without it, what was deleted in live would pass for still to come.
		return &NotReadableError{
			Role: c.Role, Reason: "it has no right on schemaguard.sync_point",
			Fix: "GRANT USAGE ON SCHEMA schemaguard TO " + sqlquote.Identifier(c.Role) + "; GRANT SELECT ON schemaguard.sync_point TO " + sqlquote.Identifier(c.Role),
		}
	}
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
	if c.Geometries == nil {
		c.Geometries = map[ColumnName]string{}
	}
	name := ColumnName{string(row[0]), string(row[1])}
	if _, seen := c.Geometries[name]; !seen {
		c.Geometries[name] = string(row[2])
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

// The meta tables, in the order they are read.
const (
	MetaCollections = iota
	MetaFields
	MetaRelations
	metaMigrations
)

// MetaTable is one of Directus's own tables of schema rows.
type MetaTable struct {
	Columns []MetaColumn
	Rows    []MetaRow
}

// MetaColumn is one column of a meta table and the OID of its type.
type MetaColumn struct {
	Name string
	OID  uint32
}

// Text returns a cell of a row by its column's name; ok is false for null and
// for a column that the table lacks.
func (t *MetaTable) Text(row MetaRow, column string) (s string, ok bool) {
	for i, col := range t.Columns {
		if col.Name == column && row[i] != nil {
			return string(row[i]), true
		}
	}
	return "", false
}

// MetaRow holds the texts of one row, by column; nil for null.
type MetaRow [][]byte

func (c *Catalog) scanMeta(result int, fields []pgconn.FieldDescription, row [][]byte) error {
	if result == metaMigrations {
		c.Migrations = append(c.Migrations, string(row[0]))
		return nil
	}
	t := &c.Meta[result]
	if t.Columns == nil {
		for _, f := range fields {
			t.Columns = append(t.Columns, MetaColumn{f.Name, f.DataTypeOID})
		}
	}
	size := 0
	for _, v := range row {
		size += len(v)
	}
	// One copy for the whole row: the driver's buffer is gone at the next row.
	buf := make([]byte, 0, size)
	kept := make(MetaRow, len(row))
	for i, v := range row {
		if v != nil {
			start := len(buf)
			buf = append(buf, v...)
			kept[i] = buf[start:len(buf):len(buf)]
		}
	}
	t.Rows = append(t.Rows, kept)
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
	rows := &c.Meta[MetaCollections]
	for _, row := range rows.Rows {
		if name, _ := rows.Text(row, "collection"); slices.Contains(c.Options.Exclude, name) {
			names = append(names, name)
		}
	}
	return names
}

// SplitCSV is how Directus reads a csv column: no trimming, and "" is no element
// (12.4.1, services/payload.js, cast-csv).
func SplitCSV(s string) []string {
	if s == "" {
		return []string{}
	}
	return strings.Split(s, ",")
}

// IsAlias tells whether the special flags of a field mark one without a column
// (12.4.1, constants.js, ALIAS_TYPES).
func IsAlias(special []string) bool {
	for _, s := range special {
		switch s {
		case "alias", "o2m", "m2m", "m2a", "o2a", "files", "translations":
			return true
		}
	}
	return false
}

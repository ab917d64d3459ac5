// Package definition reads everything that a table is, besides its rows, and writes
// the statements that make it again. The texts come from the server's own functions
// (pg_get_constraintdef and its kin), so that nothing is rewritten here.
//
// It refuses what it could not make again as it was: partitioned tables, partitions
// and tables that inherit.
package definition

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/schemaguard/schemaguard/internal/recyclebin/statement"
)

// Table is a table without its rows.
type Table struct {
	OID         int64      `json:"oid"`
	Schema      string     `json:"schema"`
	Name        string     `json:"name"`
	Kind        string     `json:"kind"` // pg_class.relkind
	Inherits    bool       `json:"inherits"`
	Unlogged    bool       `json:"unlogged"`
	Options     []string   `json:"options"` // of WITH (...)
	Owner       string     `json:"owner"`
	Comment     string     `json:"comment"`
	Identity    string     `json:"replica_identity"`
	ReplicaBy   string     `json:"replica_index"` // the index of identity "i"
	ClusterBy   string     `json:"cluster_index"`
	RowSecurity bool       `json:"row_security"`
	ForcedRows  bool       `json:"force_row_security"`
	Bytes       int64      `json:"bytes"` // heap and TOAST, without indexes
	PrimaryKey  []string   `json:"primary_key"`
	Columns     []Column   `json:"columns"`
	Sequences   []Sequence `json:"sequences"`   // that go with the table
	Constraints []Object   `json:"constraints"` // keys, uniques, checks, exclusions
	Foreign     []Object   `json:"foreign"`     // from it
	Incoming    []Object   `json:"incoming"`    // to it, of other tables
	Indexes     []Object   `json:"indexes"`     // that belong to no constraint
	Statistics  []Object   `json:"statistics"`
	Triggers    []Object   `json:"triggers"`
	Policies    []Object   `json:"policies"`
	Rules       []Object   `json:"rules"`
	Grants      []Object   `json:"grants"`
	Publication []Object   `json:"publications"`
	Views       []View     `json:"views"` // for a person to read; a drop fails where there are any
}

// Column is one column, as CREATE TABLE spells its parts.
type Column struct {
	Name       string `json:"name"`
	Type       string `json:"type"`
	Collation  string `json:"collation"` // quoted; "" for that of the type
	NotNull    bool   `json:"not_null"`
	Default    string `json:"default"`   // an expression; "" for none
	Generated  string `json:"generated"` // "s" stored, "v" virtual
	Identity   string `json:"identity"`  // "a" always, "d" by default
	Comment    string `json:"comment"`
	Storage    string `json:"storage"`     // "" for that of the type
	Statistics int    `json:"statistics"`  // -1 for the server's default
	Compress   string `json:"compression"` // "pglz", "lz4"
	Options    string `json:"options"`
}

// Sequence is one that a column owns.
type Sequence struct {
	Schema    string   `json:"schema"`
	Name      string   `json:"name"`
	Column    string   `json:"column"`
	Identity  bool     `json:"identity"`
	Type      string   `json:"type"`
	Start     string   `json:"start"`
	Min       string   `json:"min"`
	Max       string   `json:"max"`
	Increment string   `json:"increment"`
	Cache     string   `json:"cache"`
	Cycle     bool     `json:"cycle"`
	Last      string   `json:"last"` // "" before its first use
	Owner     string   `json:"owner"`
	Comment   string   `json:"comment"`
	Grants    []Object `json:"grants"`
}

// Object is something that belongs to a table, with the statement that makes it.
type Object struct {
	Name    string   `json:"name"`
	SQL     string   `json:"sql"`
	Columns []string `json:"columns"` // of the table that it depends on
	// Schema and Table are those of the other table of a foreign key.
	Schema string `json:"schema,omitempty"`
	Table  string `json:"table,omitempty"`
	// Other is the column of the other table, for an incoming foreign key.
	Other   []string `json:"other,omitempty"`
	Kind    string   `json:"kind,omitempty"`
	Comment string   `json:"comment,omitempty"`
}

// View is a view that reads the table.
type View struct {
	Name string `json:"name"`
	SQL  string `json:"sql"`
}

//go:embed read.sql
var readSQL string

// UnsupportedError says that a table could not be made again as it was.
type UnsupportedError struct{ Table, Why string }

// Error implements error.
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("table %q %s, which the recycle bin cannot bring back: keep it with pg_dump -t first, and drop it yourself", e.Table, e.Why)
}

// Read reads a table by its oid. The session's search_path must be empty, so that
// every name comes with its schema. It returns an *[UnsupportedError] for a table
// that [Table.Create] could not make again.
func Read(ctx context.Context, s statement.Session, oid string) (*Table, error) {
	version, err := s.Text(ctx, "SELECT pg_catalog.current_setting('server_version_num')")
	if err != nil {
		return nil, err
	}
	text, err := s.Text(ctx, query(version, oid))
	if err != nil {
		return nil, err
	}
	var t Table
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		return nil, fmt.Errorf("reading the definition of a table: %w", err)
	}
	return &t, t.problem()
}

func (t *Table) problem() error {
	switch {
	case t.Kind == "p":
		return &UnsupportedError{t.Name, "is partitioned"}
	case t.Kind == "f":
		return &UnsupportedError{t.Name, "is a foreign table"}
	case t.Kind != "r":
		return &UnsupportedError{t.Name, "is no ordinary table"}
	case t.Inherits:
		return &UnsupportedError{t.Name, "is a partition, or has chunks or inherits (a hypertable does)"}
	}
	return nil
}

// Same tells whether two tables are the same, apart from their rows.
func (t *Table) Same(o *Table) bool {
	x, y := *t, *o
	x.OID, x.Bytes, y.OID, y.Bytes = 0, 0, 0, 0
	return reflect.DeepEqual(x, y)
}

// Column returns a column by name, nil where there is none.
func (t *Table) Column(name string) *Column {
	i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return &t.Columns[i]
}

// Plain returns the columns that values can be written to: not the generated ones.
func (t *Table) Plain() []string {
	var names []string
	for _, c := range t.Columns {
		if c.Generated == "" {
			names = append(names, c.Name)
		}
	}
	return names
}

// Of returns those objects that depend on a column.
func Of(objects []Object, column string) []Object {
	var of []Object
	for _, o := range objects {
		if slices.Contains(o.Columns, column) {
			of = append(of, o)
		}
	}
	return of
}

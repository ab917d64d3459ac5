package catalog

import (
	"context"
	_ "embed"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

//go:embed queries/facts.sql
var factsSQL string

// Facts returns what a simulated apply needs to know beyond the snapshot: the
// tables that the snapshot does not show, and what Postgres holds on to. It
// asks the database once more, since only a check that found a difference
// needs it.
func (c *Catalog) Facts(ctx context.Context, conn *pgconn.PgConn) (plan.Facts, error) {
	f := plan.Facts{
		Tables:    map[string]plan.Table{},
		FieldRows: map[string][]string{},
		MetaKeys:  map[snapshot.Kind][]string{},
	}
	c.factTables(&f)
	c.factRows(&f)
	err := runQueries(ctx, conn, begin(c.Options), []query{{fill(factsSQL, c.Options), func(row [][]byte) error {
		table, ok := f.Tables[string(row[1])]
		if !ok {
			return nil
		}
		column, name := string(row[2]), string(row[3])
		switch row[0][0] {
		case 'i':
			table.Indexes[column] = name
		case 'u':
			table.Uniques[column] = name
		case 'v':
			table.Pinned[""] = "the view " + name
			if column != "" {
				table.Pinned[column] = "the view " + name
			}
		}
		return nil
	}}}, nil)
	rollback(conn)
	if err != nil {
		return f, fmt.Errorf("reading what depends on the tables: %w", err)
	}
	return f, nil
}

func (c *Catalog) factTables(f *plan.Facts) {
	for _, t := range c.Tables {
		if t.Kind == 'r' && !slices.Contains(c.Options.Exclude, t.Name) {
			f.Tables[t.Name] = plan.Table{Indexes: map[string]string{}, Uniques: map[string]string{}, Pinned: map[string]string{}}
		}
	}
	for i := range c.Columns {
		col := &c.Columns[i]
		if t, ok := f.Tables[col.Table]; ok {
			t.Columns = append(t.Columns, col.Name)
			f.Tables[col.Table] = t
		}
	}
	f.ForeignKeys = []plan.ForeignKey{}
	for i := range c.Constraints {
		con := &c.Constraints[i]
		switch t, ok := f.Tables[con.Table]; {
		case !ok:
		case con.Kind == 'p':
			t.PrimaryKey = con.Column
			f.Tables[con.Table] = t
		case con.Kind == 'f':
			f.ForeignKeys = append(f.ForeignKeys, plan.ForeignKey{
				Name: con.Name, Table: con.Table, Column: con.Column,
				ForeignTable: con.ForeignTable, ForeignColumn: con.ForeignColumn, OnUpdate: con.OnUpdate, OnDelete: con.OnDelete,
			})
		}
	}
}

// factRows finds the meta rows that no snapshot shows, and the keys that those
// rows have in this database.
func (c *Catalog) factRows(f *plan.Facts) {
	for kind, i := range map[snapshot.Kind]int{snapshot.Collection: MetaCollections, snapshot.Field: MetaFields, snapshot.Relation: MetaRelations} {
		for _, col := range c.Meta[i].Columns {
			if col.Name != "id" {
				f.MetaKeys[kind] = append(f.MetaKeys[kind], col.Name)
			}
		}
	}
	f.CollectionRows = c.ExcludedCollections()
	columns := map[ColumnName]bool{}
	for i := range c.Columns {
		columns[ColumnName{c.Columns[i].Table, c.Columns[i].Name}] = true
	}
	fields := &c.Meta[MetaFields]
	for _, row := range fields.Rows {
		collection, _ := fields.Text(row, "collection")
		field, _ := fields.Text(row, "field")
		special, _ := fields.Text(row, "special")
		if !columns[ColumnName{collection, field}] && !IsAlias(SplitCSV(special)) {
			f.FieldRows[collection] = append(f.FieldRows[collection], field)
		}
	}
}

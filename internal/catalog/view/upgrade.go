package view

import (
	"slices"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Upgraded returns the snapshot as Directus v would write it after its
// migrations, which add columns to the meta tables: what `schema apply` will see
// at the first boot of a newer version. It is nil where no column is missing.
func Upgraded(c *catalog.Catalog, v directus.Version) *snapshot.Snapshot {
	later := *c
	missing := false
	for i, table := range []string{"directus_collections", "directus_fields", "directus_relations"} {
		for _, column := range directus.MetaColumns(v, table) {
			if !has(&c.Meta[i], column) {
				later.Meta[i] = with(later.Meta[i], column, directus.MetaDefault(table, column))
				missing = true
			}
		}
	}
	if !missing {
		return nil
	}
	return Snapshot(&later, v)
}

func has(t *catalog.MetaTable, column string) bool {
	return slices.ContainsFunc(t.Columns, func(c catalog.MetaColumn) bool { return c.Name == column })
}

// with returns a copy of the table that has one more column.
func with(t catalog.MetaTable, column, text string) catalog.MetaTable {
	oid, cell := uint32(pgtype.TextOID), []byte(nil)
	if text != "" {
		cell = []byte(text)
	}
	if text == "t" || text == "f" {
		oid = pgtype.BoolOID
	}
	out := catalog.MetaTable{Columns: append(slices.Clone(t.Columns), catalog.MetaColumn{Name: column, OID: oid})}
	for _, row := range t.Rows {
		out.Rows = append(out.Rows, append(slices.Clone(row), cell))
	}
	return out
}

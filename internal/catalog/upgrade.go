package catalog

import (
	"slices"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Upgraded returns the snapshot as Directus v would write it after its
// migrations, which add columns to the meta tables: what `schema apply` will see
// at the first boot of a newer version. It is nil where no column is missing.
func (c *Catalog) Upgraded(v directus.Version) *snapshot.Snapshot {
	later := *c
	missing := false
	for i, table := range []string{"directus_collections", "directus_fields", "directus_relations"} {
		for _, column := range directus.MetaColumns(v, table) {
			if !c.meta[i].has(column) {
				later.meta[i] = later.meta[i].with(column, directus.MetaDefault(table, column))
				missing = true
			}
		}
	}
	if !missing {
		return nil
	}
	return later.Snapshot(v)
}

func (t *metaTable) has(column string) bool {
	return slices.ContainsFunc(t.columns, func(c metaColumn) bool { return c.name == column })
}

// with returns a copy of the table that has one more column.
func (t metaTable) with(column, text string) metaTable {
	oid, cell := uint32(pgtype.TextOID), []byte(nil)
	if text != "" {
		cell = []byte(text)
	}
	if text == "t" || text == "f" {
		oid = pgtype.BoolOID
	}
	out := metaTable{columns: append(slices.Clone(t.columns), metaColumn{column, oid})}
	for _, row := range t.rows {
		out.rows = append(out.rows, append(slices.Clone(row), cell))
	}
	return out
}

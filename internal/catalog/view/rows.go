package view

import (
	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/directus"
)

// Rows are the rows of the meta tables as a Directus version reads them: most
// of the work of a [Snapshot], and possible before the columns are known.
type Rows struct {
	version directus.Version
	read    [3][]meta // by meta table
}

// Prepare reads the rows of the meta tables. It looks at nothing else of the
// catalog, so the rest may still be on its way.
func Prepare(c *catalog.Catalog, v directus.Version) *Rows {
	rows := &Rows{version: v}
	own := metaSpecials(c)
	for i, name := range [...]string{catalog.MetaCollections: "directus_collections", catalog.MetaFields: "directus_fields", catalog.MetaRelations: "directus_relations"} {
		// Columns that Directus does not have itself are cast by the team's own rows.
		r := newReader(&c.Meta[i], func(column string) []string {
			if directus.IsSystemField(v, name, column) {
				return directus.MetaSpecial(v, name, column)
			}
			return own[catalog.ColumnName{Table: name, Column: column}]
		}, sortingOf(directus.RulesFor(v)))
		rows.read[i] = r.readAll()
	}
	return rows
}

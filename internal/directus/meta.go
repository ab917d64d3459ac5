package directus

import "slices"

// MetaColumns returns the columns of one of the meta tables (directus_collections, directus_fields, directus_relations) in
// Directus v, sorted, less the primary key "id". A database that was not migrated yet lacks some.
func MetaColumns(v Version, table string) []string {
	var out []string
	for k, rows := range system().fields {
		if k.collection != table || k.field == "id" {
			continue
		}
		for _, r := range rows {
			if r.has(v) && !slices.Contains(r.special, "alias") && !slices.Contains(r.special, "no-data") {
				out = append(out, k.field)
			}
		}
	}
	slices.Sort(out)
	return out
}

// MetaDefault returns the default, as SQL text, of a column that a migration adds to a meta table; "" for null
// (@directus/api, dist/database/migrations).
func MetaDefault(table, column string) string {
	switch table + "." + column {
	case "directus_collections.status":
		return "active"
	case "directus_collections.versioning":
		return "f"
	case "directus_fields.searchable":
		return "t"
	}
	return ""
}

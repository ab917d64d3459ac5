package metarows

import (
	"context"
	"fmt"
	"strings"

	"github.com/schemaguard/schemaguard/internal/recyclebin/statement"
)

// repair is one statement that puts a mention back where Directus took it out, and
// nobody has put another in its place.
type repair struct{ table, column, sql string }

// mend puts the mentions of what came back into the rows that stayed.
func (b *bringing) mend(ctx context.Context) error {
	have, err := b.Rows(ctx, "SELECT c.relname || '.' || a.attname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid WHERE NOT a.attisdropped AND c.relnamespace = "+statement.Value(statement.Name(b.system))+`::regnamespace AND c.relname LIKE 'directus\_%'`)
	if err != nil {
		return err
	}
	columns := map[string]bool{}
	for _, r := range have {
		columns[r[0]] = true
	}
	for _, r := range b.repairs() {
		if !columns[r.table+"."+r.column] {
			continue
		}
		n, err := b.Count(ctx, r.sql)
		if err != nil {
			return fmt.Errorf("mending %s.%s: %w", r.table, r.column, err)
		}
		if n > 0 {
			b.out.Rows[r.table+" (mended)"] += n
		}
	}
	return nil
}

func (b *bringing) repairs() []repair {
	mine := "IN (" + statement.Values(b.t.Collections) + ")"
	var out []repair
	// unset puts a column back that Directus sets to null, where a condition holds.
	unset := func(table, column, same, when string) {
		c := statement.Name(column)
		out = append(out, repair{table, column, fmt.Sprintf("UPDATE %s x SET %s = r.%s FROM %s r WHERE %s AND x.%s IS NULL AND r.%s IS NOT NULL AND %s",
			b.table(table), c, c, b.before(table), same, c, c, when)})
	}
	collection := same("directus_collections", "")
	unset("directus_collections", "group", collection, `r."group" `+mine)
	unset("directus_collections", "archive_field", collection, b.fieldIn("r.collection", "r.archive_field"))
	unset("directus_collections", "sort_field", collection, b.fieldIn("r.collection", "r.sort_field"))
	unset("directus_fields", "group", same("directus_fields", ""), b.fieldIn("r.collection", `r."group"`))
	unset("directus_relations", "one_field", same("directus_relations", ""), "EXISTS (SELECT FROM "+b.table("directus_fields")+" f WHERE f.collection = r.one_collection AND f.field = r.one_field)")
	// Paths that are gone from the list come back where none was added since.
	out = append(out, repair{"directus_collections", "item_duplication_fields", fmt.Sprintf(`UPDATE %s x SET item_duplication_fields = r.item_duplication_fields FROM %s r
WHERE %s AND r.item_duplication_fields IS NOT NULL AND x.item_duplication_fields::text IS DISTINCT FROM r.item_duplication_fields::text
  AND NOT EXISTS (SELECT pg_catalog.json_array_elements_text(x.item_duplication_fields::json) EXCEPT SELECT pg_catalog.json_array_elements_text(r.item_duplication_fields::json))`,
		b.table("directus_collections"), b.before("directus_collections"), collection)})
	for _, name := range b.t.Collections {
		out = append(out, repair{"directus_relations", "one_allowed_collections", b.listed("directus_relations", "one_allowed_collections", same("directus_relations", ""), name, "true")})
	}
	for _, f := range b.t.Fields {
		out = append(out, repair{"directus_permissions", "fields", b.listed("directus_permissions", "fields", "x.id = r.id AND x.collection = r.collection", f.Field, "r.collection = "+statement.Value(f.Collection))})
	}
	return out
}

// listed puts an entry back into a list with commas, in its old order where the list
// is otherwise as it was, else at its end.
func (b *bringing) listed(table, column, same, entry, when string) string {
	c, e := statement.Name(column), statement.Value(entry)
	list := func(row string) string { return "pg_catalog.string_to_array(" + row + "." + c + ", ',')" }
	return strings.NewReplacer("{table}", b.table(table), "{c}", c, "{e}", e, "{before}", b.before(table), "{same}", same, "{when}", when, "{x}", list("x"), "{r}", list("r")).Replace(
		`UPDATE {table} x SET {c} = CASE WHEN coalesce(x.{c}, '') = pg_catalog.array_to_string(pg_catalog.array_remove({r}, {e}), ',') THEN r.{c}
  ELSE coalesce(nullif(x.{c}, '') || ',', '') || {e} END FROM {before} r
WHERE {same} AND {when} AND {e} = ANY ({r}) AND NOT {e} = ANY (coalesce({x}, '{}')) AND NOT '*' = ANY (coalesce({x}, '{}'))`)
}

// Package metarows keeps and brings back the rows that Directus itself has about
// collections and fields. What it deletes and changes along with them is read off
// its services (collections.deleteOne, fields.deleteField and relations.deleteOne of
// @directus/api 10.5 to 12.4): the rows of the collection in directus_collections,
// _fields, _relations, _permissions, _presets, _activity and _revisions, what the
// database's own keys take along (_shares, _versions, _comments), and the mentions
// in other rows: a folder's children, one_field, one_allowed_collections,
// archive_field, sort_field, item_duplication_fields, the group of a field, the
// fields of a permission.
//
// The three meta tables are kept whole, because a plan may change any of their rows.
// It brings back only what belongs to what it is asked for, and overwrites nothing
// that somebody has set since.
package metarows

import (
	"context"
	"fmt"
	"slices"

	"github.com/schemaguard/schemaguard/internal/recyclebin/statement"
)

// Field is a field of a collection.
type Field struct{ Collection, Field string }

// Touched is what rows are kept, or brought back, for.
type Touched struct {
	Collections []string
	Fields      []Field // of other collections
}

// Kept tells what was kept.
type Kept struct {
	Rows  int64
	Notes []string
}

const kept = "schemaguard_trash.directus_rows"

// whole are kept with all their rows.
var whole = []string{"directus_collections", "directus_fields", "directus_relations"}

// history grows without end, and is kept only up to a limit.
var history = []string{"directus_activity", "directus_revisions"}

// Capture copies the rows to schemaguard_trash.directus_rows, as part of the
// transaction it is called in. system is the schema of Directus's tables; of the
// activity and the revisions no more than limit bytes are kept.
func Capture(ctx context.Context, s statement.Session, system, entry string, t Touched, limit int64) (Kept, error) {
	var k Kept
	for _, source := range whole {
		if err := k.copy(ctx, s, system, source, entry, ""); err != nil {
			return k, err
		}
	}
	sources, err := byCollection(ctx, s, system)
	if err != nil {
		return k, err
	}
	mine := "r.collection IN (" + statement.Values(t.Collections) + ")"
	for _, source := range sources {
		where := mine
		if source == "directus_permissions" {
			where = "r.collection IN (" + statement.Values(append(slices.Clone(t.Collections), collectionsOf(t.Fields)...)) + ")"
		}
		if slices.Contains(history, source) {
			rows, err := s.Rows(ctx, "SELECT count(*), coalesce(sum(pg_catalog.pg_column_size(r.*)), 0) > "+fmt.Sprint(limit)+" FROM "+statement.Qualified(system, source)+" r WHERE "+where)
			if err != nil {
				return k, err
			}
			if rows[0][1] == "t" {
				k.Notes = append(k.Notes, fmt.Sprintf("%s rows of %s are too large and are not kept", rows[0][0], source))
				continue
			}
		}
		if err := k.copy(ctx, s, system, source, entry, where); err != nil {
			return k, err
		}
	}
	return k, nil
}

// copy keeps rows as JSON text, whose own JSON values stay as they were written.
func (k *Kept) copy(ctx context.Context, s statement.Session, system, source, entry, where string) error {
	if where == "" {
		where = "true"
	}
	n, err := s.Count(ctx, fmt.Sprintf("INSERT INTO %s SELECT %s, %s, pg_catalog.row_to_json(r) FROM %s r WHERE %s",
		kept, statement.Value(entry), statement.Value(source), statement.Qualified(system, source), where))
	k.Rows += n
	return err
}

// byCollection returns Directus's tables with a column "collection", without those
// that are kept whole.
func byCollection(ctx context.Context, s statement.Session, system string) ([]string, error) {
	rows, err := s.Rows(ctx, `SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = `+statement.Value(statement.Name(system))+`::regnamespace AND c.relkind = 'r' AND c.relname LIKE 'directus\_%' AND a.attname = 'collection' AND NOT a.attisdropped
  AND c.relname NOT IN (`+statement.Values(whole)+`) ORDER BY 1`)
	var names []string
	for _, r := range rows {
		names = append(names, r[0])
	}
	return names, err
}

func collectionsOf(fields []Field) []string {
	var names []string
	for _, f := range fields {
		if !slices.Contains(names, f.Collection) {
			names = append(names, f.Collection)
		}
	}
	return names
}

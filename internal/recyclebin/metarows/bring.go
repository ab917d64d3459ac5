package metarows

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/recyclebin/statement"
)

// Brought tells what came back.
type Brought struct {
	Rows  map[string]int64 // by table of Directus
	Notes []string
}

// bringing is one run of [Bring].
type bringing struct {
	statement.Session
	system, entry string
	t             Touched
	out           Brought
}

// Bring inserts the rows that are missing and mends the mentions that were taken out,
// as part of the transaction it is called in, whose search_path must be empty. A row
// keeps its id where that is free. A permission or preset whose role, policy or user
// is gone does not come back, because without it it would be everybody's.
func Bring(ctx context.Context, s statement.Session, system, entry string, t Touched) (Brought, error) {
	b := &bringing{Session: s, system: system, entry: entry, t: t, out: Brought{Rows: map[string]int64{}}}
	if len(t.Collections)+len(t.Fields) == 0 {
		return b.out, nil
	}
	rows, err := s.Rows(ctx, "SELECT DISTINCT source FROM "+kept+" WHERE entry = "+statement.Value(entry))
	if err != nil {
		return b.out, err
	}
	var sources []string
	for _, r := range rows {
		sources = append(sources, r[0])
	}
	slices.SortFunc(sources, func(x, y string) int {
		if d := rank(x) - rank(y); d != 0 {
			return d
		}
		return strings.Compare(x, y)
	})
	for _, source := range sources {
		if err := b.insert(ctx, source); err != nil {
			return b.out, fmt.Errorf("bringing back the rows of %s: %w", source, err)
		}
	}
	return b.out, b.mend(ctx)
}

// rank orders the tables so that a row comes after what it refers to.
func rank(source string) int {
	order := []string{"directus_collections", "directus_fields", "directus_relations", "directus_permissions", "directus_presets", "directus_activity", "directus_versions", "directus_revisions"}
	if i := slices.Index(order, source); i >= 0 {
		return i
	}
	return len(order)
}

func (b *bringing) table(source string) string { return statement.Qualified(b.system, source) }

// before selects the kept rows of a table as that table's rows.
func (b *bringing) before(source string) string {
	return fmt.Sprintf(`(SELECT (pg_catalog.json_populate_record(NULL::%s, k."row")).* FROM %s k WHERE k.entry = %s AND k.source = %s)`,
		b.table(source), kept, statement.Value(b.entry), statement.Value(source))
}

// fieldIn is the condition that a pair of columns names one of the touched fields.
func (b *bringing) fieldIn(collection, field string) string {
	if len(b.t.Fields) == 0 {
		return "false"
	}
	var pairs []string
	for _, f := range b.t.Fields {
		pairs = append(pairs, "("+statement.Values([]string{f.Collection, f.Field})+")")
	}
	return "(" + collection + ", " + field + ") IN (" + strings.Join(pairs, ", ") + ")"
}

// wanted is the condition on a kept row r that it belongs to what is brought back.
func (b *bringing) wanted(source string) string {
	mine := "IN (" + statement.Values(b.t.Collections) + ")"
	switch source {
	case "directus_collections":
		return "r.collection " + mine
	case "directus_fields":
		// The field itself, and the other side of a relation that comes back.
		return "(r.collection " + mine + " OR " + b.fieldIn("r.collection", "r.field") + " OR EXISTS (SELECT FROM " + b.before("directus_relations") + ` l
WHERE l.one_collection = r.collection AND l.one_field = r.field AND (l.many_collection ` + mine + " OR " + b.fieldIn("l.many_collection", "l.many_field") + ")))"
	case "directus_relations":
		return "(r.many_collection " + mine + " OR r.one_collection " + mine + " OR " + b.fieldIn("r.many_collection", "r.many_field") + " OR " + b.fieldIn("r.one_collection", "r.one_field") + ")"
	}
	// The rows of permissions are kept for touched fields too: those are only mended.
	return "r.collection " + mine
}

// possible is the condition that a kept row has something to be about today.
func (b *bringing) possible(source string) string {
	switch source {
	case "directus_fields":
		return "(EXISTS (SELECT FROM " + b.table("directus_collections") + ` c WHERE c.collection = r.collection) OR r.collection LIKE 'directus\_%' OR ` + hasTable("r.collection") + ")"
	case "directus_relations":
		return `EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid WHERE c.relname = r.many_collection AND c.relkind = 'r' AND c.relnamespace NOT IN ('schemaguard_trash'::regnamespace, 'pg_catalog'::regnamespace) AND a.attname = r.many_field AND NOT a.attisdropped)
AND (r.one_collection IS NULL OR r.one_collection LIKE 'directus\_%' OR ` + hasTable("r.one_collection") + ")"
	}
	return "true"
}

func hasTable(name string) string {
	return "EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relname = " + name + " AND c.relkind IN ('r', 'p', 'f', 'v') AND c.relnamespace NOT IN ('schemaguard_trash'::regnamespace, 'pg_catalog'::regnamespace))"
}

// same is the condition that row x of today is the kept row r.
func same(source, key string) string {
	switch source {
	case "directus_collections":
		return "x.collection = r.collection"
	case "directus_fields":
		return "x.collection = r.collection AND x.field = r.field"
	case "directus_relations":
		return "x.many_collection = r.many_collection AND x.many_field = r.many_field"
	}
	if key == "" {
		return "pg_catalog.row_to_json(x)::text = pg_catalog.row_to_json(r)::text"
	}
	return "x." + key + " = r." + key + " AND x.collection = r.collection"
}

// insert brings back the missing rows of one table.
func (b *bringing) insert(ctx context.Context, source string) error {
	there, err := b.Text(ctx, "SELECT pg_catalog.to_regclass("+statement.Value(b.table(source))+")")
	if err != nil {
		return err
	}
	if there == "" {
		b.out.Notes = append(b.out.Notes, source+" is not there any more, its rows stay in the bin")
		return nil
	}
	columns, key, serial, err := b.shape(ctx, source)
	if err != nil {
		return err
	}
	keys, err := b.references(ctx, source)
	if err != nil {
		return err
	}
	missing := b.before(source) + " r WHERE " + b.wanted(source) + " AND NOT EXISTS (SELECT FROM " + b.table(source) + " x WHERE " + same(source, key) + ")"
	conditions := []string{b.possible(source)}
	values := make([]string, len(columns))
	for i, c := range columns {
		values[i] = "r." + statement.Name(c)
		if c == key && serial != "" {
			values[i] = fmt.Sprintf("CASE WHEN EXISTS (SELECT FROM %s x WHERE x.%s = r.%s) THEN pg_catalog.nextval(%s) ELSE r.%s END", b.table(source), c, c, statement.Value(serial), c)
		}
		for _, ref := range keys {
			if ref.column != c {
				continue
			}
			if ref.decides() {
				conditions = append(conditions, "("+values[i]+" IS NULL OR "+ref.holds(b)+")")
			} else {
				values[i] = "CASE WHEN " + ref.holds(b) + " THEN " + values[i] + " END"
			}
		}
	}
	all, err := b.Text(ctx, "SELECT count(*) FROM "+missing)
	if err != nil {
		return err
	}
	n, err := b.Count(ctx, "INSERT INTO "+b.table(source)+" ("+statement.Names(columns)+") SELECT "+strings.Join(values, ", ")+" FROM "+missing+" AND "+strings.Join(conditions, " AND "))
	if err != nil {
		return err
	}
	if n > 0 {
		b.out.Rows[source] = n
	}
	if fmt.Sprint(n) != all {
		b.out.Notes = append(b.out.Notes, fmt.Sprintf("%s: %s of %d missing rows came back; what the others refer to is gone (%s)", source, fmt.Sprint(n), atoi(all), b.reason(source)))
	}
	if serial == "" {
		return nil
	}
	return b.Exec(ctx, fmt.Sprintf("SELECT pg_catalog.setval(%s, m) FROM (SELECT max(%s)::bigint AS m FROM %s) x WHERE m > coalesce(pg_catalog.pg_sequence_last_value(%s), 0)", statement.Value(serial), key, b.table(source), statement.Value(serial)+"::regclass"))
}

func (b *bringing) reason(source string) string {
	switch source {
	case "directus_relations":
		return "a column or collection on either side"
	case "directus_fields":
		return "its collection"
	}
	return "a role, policy, user or the like"
}

func atoi(s string) (n int64) {
	_, _ = fmt.Sscan(s, &n) // the server's own number
	return n
}

// shape returns the columns that both the kept rows and the table of today have, its
// primary key of one column and the sequence that numbers it.
func (b *bringing) shape(ctx context.Context, source string) (columns []string, key, serial string, err error) {
	rows, err := b.Rows(ctx, fmt.Sprintf(`SELECT a.attname, EXISTS (SELECT FROM pg_catalog.pg_constraint p WHERE p.conrelid = a.attrelid AND p.contype = 'p' AND p.conkey = ARRAY[a.attnum]),
  coalesce(pg_catalog.pg_get_serial_sequence(%s, a.attname), '')
FROM pg_catalog.pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  AND a.attname IN (SELECT j.key FROM (SELECT "row" FROM %s WHERE entry = %s AND source = %s LIMIT 1) k, pg_catalog.json_object_keys(k."row") j(key)) ORDER BY a.attnum`,
		statement.Value(b.table(source)), statement.Value(b.table(source)), kept, statement.Value(b.entry), statement.Value(source)))
	for _, r := range rows {
		columns = append(columns, r[0])
		if r[1] == "t" {
			key, serial = r[0], r[2]
		}
	}
	return columns, key, serial, err
}

// reference is a foreign key of one column.
type reference struct {
	column, schema, table, target string
	notNull, self                 bool
}

// decides tells a key without which a row must not be: it cannot be null, or null
// would mean everybody.
func (r reference) decides() bool {
	return r.notNull || slices.Contains([]string{"role", "policy", "user"}, r.column)
}

// holds is the condition that what a kept row r refers to is there.
func (r reference) holds(b *bringing) string {
	at := statement.Name(r.target) + " = r." + statement.Name(r.column)
	holds := "EXISTS (SELECT FROM " + statement.Qualified(r.schema, r.table) + " y WHERE y." + at + ")"
	if r.self { // or comes along
		holds = "(" + holds + " OR EXISTS (SELECT FROM " + b.before(r.table) + " y WHERE y." + at + " AND " + strings.ReplaceAll(b.wanted(r.table), "r.", "y.") + "))"
	}
	return holds
}

func (b *bringing) references(ctx context.Context, source string) ([]reference, error) {
	rows, err := b.Rows(ctx, `SELECT a.attname, n.nspname, f.relname, fa.attname, a.attnotnull, k.confrelid = k.conrelid FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] JOIN pg_catalog.pg_class f ON f.oid = k.confrelid
JOIN pg_catalog.pg_namespace n ON n.oid = f.relnamespace JOIN pg_catalog.pg_attribute fa ON fa.attrelid = k.confrelid AND fa.attnum = k.confkey[1]
WHERE k.contype = 'f' AND pg_catalog.cardinality(k.conkey) = 1 AND k.conrelid = `+statement.Value(b.table(source))+`::regclass`)
	var out []reference
	for _, r := range rows {
		out = append(out, reference{r[0], r[1], r[2], r[3], r[4] == "t", r[5] == "t"})
	}
	return out, err
}

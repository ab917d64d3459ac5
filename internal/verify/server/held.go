package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/redact"
)

// Held are the tables of a database and their columns, by what does not change when
// they are renamed: the table's oid, and for a column its number too.
type Held map[string]string // "16384" or "16384.3" -> "table positions", "column positions.speed"

// held lists what has rows of its own, with all columns. What extensions brought is
// none of it, nor what Postgres has itself.
const held = `SELECT c.oid::text || CASE WHEN a.attnum IS NULL THEN '' ELSE '.' || a.attnum END || ' ' ||
  CASE WHEN a.attnum IS NULL THEN 'table ' ELSE 'column ' END ||
  CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END || c.relname || coalesce('.' || a.attname, '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN LATERAL (SELECT NULL::int2 AS attnum, NULL::name AS attname UNION ALL
  SELECT attnum, attname FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) a ON true
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%' AND n.nspname NOT LIKE '\_timescaledb\_%'
AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`

// Look reads what a database holds. Its errors hold no password.
func Look(ctx context.Context, config *pgconn.Config) (Held, error) {
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, errors.New(redact.String(oneLine.Replace(err.Error())))
	}
	defer func() { _ = conn.Close(ctx) }()
	results, err := conn.Exec(ctx, held).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("listing the tables of %s: %w", config.Database, err)
	}
	out := Held{}
	for _, r := range results {
		for _, row := range r.Rows {
			id, name, _ := strings.Cut(string(row[0]), " ")
			out[id] = name
		}
	}
	return out, nil
}

// Lost are what after lacks, sorted by name; the columns of a table go with it. An
// item is "table positions" or "column positions.speed".
func (h Held) Lost(after Held) []string {
	var out []string
	for id, name := range h {
		table, _, isColumn := strings.Cut(id, ".")
		if _, there := after[id]; there {
			continue
		}
		if _, there := after[table]; isColumn && !there {
			continue
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

package catalog

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/sqlquote"
)

//go:embed queries/authors.sql
var authorsSQL string

// Author is who changed an item last, as far as Directus's activity log knows.
type Author struct {
	Action string // "create", "update" or "delete"
	At     time.Time
	Email  string // empty for a change by a token or a deleted user
}

// Authors looks the items up in Directus's activity log. Items that it does not
// know are left out. An error (a role without rights, a log cut short) leaves
// the check none the worse; callers may drop it.
func (c *Catalog) Authors(ctx context.Context, conn *pgconn.PgConn, keys []snapshot.Key) (map[snapshot.Key]Author, error) {
	ids := c.rowIDs()
	byRow := map[[2]string]snapshot.Key{}
	var items []string
	for _, key := range keys {
		table, item := "directus_collections", key.Collection
		if key.Kind != snapshot.Collection {
			table, item = "directus_fields", ids[ColumnName{key.Collection, key.Field}]
		}
		if key.Kind == snapshot.SystemField || item == "" {
			continue
		}
		byRow[[2]string{table, item}] = key
		items = append(items, "("+sqlquote.Literal(table)+", "+sqlquote.Literal(item)+")")
	}
	authors := map[snapshot.Key]Author{}
	if len(items) == 0 {
		return authors, nil
	}
	sql := strings.ReplaceAll(authorsSQL, "{{items}}", strings.Join(items, ", "))
	err := runQueries(ctx, conn, begin(c.Options), []query{{sql, func(row [][]byte) error {
		key, ok := byRow[[2]string{string(row[0]), string(row[1])}]
		if _, seen := authors[key]; ok && !seen {
			seconds, _ := strconv.ParseInt(string(row[3]), 10, 64)
			authors[key] = Author{Action: string(row[2]), At: time.Unix(seconds, 0), Email: string(row[4])}
		}
		return nil
	}}}, nil)
	rollback(conn)
	if err != nil {
		return authors, fmt.Errorf("reading directus_activity: %w", err)
	}
	return authors, nil
}

// rowIDs maps fields to the id of their directus_fields row. The relation of a
// field is made with it, so its author is the field's.
func (c *Catalog) rowIDs() map[ColumnName]string {
	ids := map[ColumnName]string{}
	t := &c.Meta[MetaFields]
	for _, row := range t.Rows {
		table, _ := t.Text(row, "collection")
		field, _ := t.Text(row, "field")
		id, _ := t.Text(row, "id")
		if _, seen := ids[ColumnName{table, field}]; !seen {
			ids[ColumnName{table, field}] = id
		}
	}
	return ids
}

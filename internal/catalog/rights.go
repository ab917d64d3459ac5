package catalog

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// Rights is what the role may do beyond reading the schema, which it did.
type Rights struct {
	CreateSchema bool // make the schema of the sync point
	ReadActivity bool // see who changed what
	Standby      bool // the server is a replica: nothing can be written
	// Hidden names tables of the searched schemas that the role may not read:
	// their rows cannot be counted, and Directus with this role would not see them.
	Hidden []string
}

const rightsSQL = `SELECT has_database_privilege(current_database(), 'CREATE') OR EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'schemaguard' AND has_schema_privilege(oid, 'CREATE'))
       OR EXISTS (SELECT 1 FROM pg_class WHERE relname = 'sync_point' AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'schemaguard')
                     AND has_table_privilege(oid, 'INSERT, UPDATE'))
     , coalesce(has_table_privilege(to_regclass('directus_activity'), 'SELECT'), false)
     , pg_is_in_recovery()`

const hiddenSQL = `SELECT rel.relname FROM pg_class rel
 WHERE rel.relnamespace IN ({{namespaces}}) AND rel.relkind = 'r' AND NOT has_table_privilege(rel.oid, 'SELECT')
 ORDER BY 1 LIMIT 100`

// Rights asks what the role may do.
func (c *Catalog) Rights(ctx context.Context, conn *pgconn.PgConn) (Rights, error) {
	var r Rights
	err := runQueries(ctx, conn, begin(c.Options), []query{
		{rightsSQL, func(row [][]byte) error {
			r.CreateSchema, r.ReadActivity, r.Standby = isTrue(row[0]), isTrue(row[1]), isTrue(row[2])
			return nil
		}},
		{fill(hiddenSQL, c.Options), func(row [][]byte) error {
			r.Hidden = append(r.Hidden, string(row[0]))
			return nil
		}},
	}, nil)
	rollback(conn)
	if err != nil {
		return r, fmt.Errorf("reading the role's rights: %w", err)
	}
	return r, nil
}

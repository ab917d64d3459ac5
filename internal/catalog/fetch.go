// Package catalog reads a live Postgres and tells what Directus itself would
// write as its schema snapshot, without Directus, Node or a token.
//
// Reading and understanding are two steps. [Fetch] pulls the catalog rows in
// one read-only transaction and one round trip; [Catalog.Snapshot] turns them
// into the snapshot of one Directus version and is pure. The package changes
// nothing in the database and takes no lock that a writer could wait for.
package catalog

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/sqlquote"
)

var (
	//go:embed queries/tables.sql
	tablesSQL string
	//go:embed queries/columns.sql
	columnsSQL string
	//go:embed queries/constraints.sql
	constraintsSQL string
	//go:embed queries/geometries.sql
	geometriesSQL string
	//go:embed queries/server.sql
	serverSQL string
)

// metaSQL reads the meta tables through the session's search_path, as Directus
// does, with whatever columns they have.
const metaSQL = `SELECT * FROM directus_collections;
SELECT * FROM directus_fields ORDER BY id;
SELECT * FROM directus_relations ORDER BY id;
SELECT version FROM directus_migrations`

// defaultStatementTimeout bounds each catalog query where Options has no bound.
const defaultStatementTimeout = 10 * time.Second

// Options say how to read.
type Options struct {
	// SearchPath is Directus's DB_SEARCH_PATH; empty means "public" is
	// searched and the session's own search_path stands.
	SearchPath []string
	// Exclude is Directus's DB_EXCLUDE_TABLES.
	Exclude []string
	// StatementTimeout bounds each query; zero means ten seconds.
	StatementTimeout time.Duration
	// Early is called when Meta and Migrations are read, while the server still
	// works on columns and constraints; nil for nothing. It must not wait.
	Early func(*Catalog)
}

func (o Options) searched() []string {
	if len(o.SearchPath) == 0 {
		return []string{"public"}
	}
	return o.SearchPath
}

// NotDirectusError says that the database has no Directus tables where the
// session's search_path looks.
type NotDirectusError struct{ Table string }

// Error implements error.
func (e *NotDirectusError) Error() string {
	return fmt.Sprintf("table %q not found: this is no Directus database, or its tables are in another schema (set database.search_path)", e.Table)
}

// NotReadableError says that the role may not read a table that a check needs.
type NotReadableError struct {
	Role, Reason string
	Fix          string // the SQL that grants it
}

// Error implements error.
func (e *NotReadableError) Error() string {
	return fmt.Sprintf("role %q may not read the schema: %s; grant it with: %s", e.Role, e.Reason, e.Fix)
}

// grantTables is the SQL that lets a role read what Directus reads.
func grantTables(opt Options, role string) string {
	schema := sqlquote.Identifier(opt.searched()[0])
	return "GRANT USAGE ON SCHEMA " + schema + " TO " + sqlquote.Identifier(role) +
		"; GRANT SELECT ON ALL TABLES IN SCHEMA " + schema + " TO " + sqlquote.Identifier(role)
}

// Fetch reads what Directus would look at, in one REPEATABLE READ READ ONLY
// transaction. It returns a *NotDirectusError or *NotReadableError where that
// is the cause, else the driver's error.
func Fetch(ctx context.Context, conn *pgconn.PgConn, opt Options) (*Catalog, error) {
	c := &Catalog{Options: opt}
	first, second := c.queries()
	err := runQueries(ctx, conn, begin(opt), first, c.scanMeta)
	if err == nil {
		if opt.Early != nil {
			opt.Early(c)
		}
		if !c.HasPostGIS {
			second = append(second, query{sql: "COMMIT"})
		}
		err = runQueries(ctx, conn, nil, second, nil)
	}
	if err == nil && c.HasPostGIS {
		err = c.geometries(ctx, conn)
	}
	if err != nil {
		rollback(conn)
		return nil, explain(err, conn.ParameterStatus("session_authorization"), opt)
	}
	if err := c.hidden(); err != nil {
		return nil, err
	}
	return c, nil
}

// hidden refuses a catalog that lacks what Directus sees: a tracked table on
// which this role has no right at all is left out of information_schema, and so
// of everything that Directus would list. A role that owns Directus's own tables
// is taken to see as Directus does.
func (c *Catalog) hidden() error {
	if c.AsDirectus {
		return nil
	}
	unseen := map[string]bool{}
	for _, t := range c.Tables {
		if t.Kind == 'r' && !t.Visible {
			unseen[t.Name] = true
		}
	}
	rows := &c.Meta[MetaCollections]
	for _, row := range rows.Rows {
		if name, _ := rows.Text(row, "collection"); unseen[name] {
			return &NotReadableError{Role: c.Role, Reason: fmt.Sprintf("it has no right on table %q, which Directus tracks", name), Fix: grantTables(c.Options, c.Role)}
		}
	}
	return nil
}

// Statements returns what [Fetch] sends, for measuring what the server and the
// wire cost without what is made of the rows.
func Statements(opt Options) string {
	first, second := (&Catalog{Options: opt}).queries()
	return script(begin(opt), first) + ";\n" + script(nil, second)
}

// queries are those that every read needs, in two messages: what the server has
// at hand and takes us a while to understand, then what takes the server a
// while. The second can end the transaction too, where nothing is left to ask.
func (c *Catalog) queries() (first, second []query) {
	first = []query{
		{serverSQL, c.scanServer},
		{fill(tablesSQL, c.Options), c.scanTable},
		{metaSQL, nil},
	}
	second = []query{
		{fill(columnsSQL, c.Options), c.scanColumn},
		{fill(constraintsSQL, c.Options), c.scanConstraint},
	}
	return first, second
}

// geometries asks PostGIS about its columns, where there are any.
func (c *Catalog) geometries(ctx context.Context, conn *pgconn.PgConn) error {
	if !c.hasGeometries() {
		return runQueries(ctx, conn, nil, []query{{sql: "COMMIT"}}, nil)
	}
	return runQueries(ctx, conn, nil, []query{{fill(geometriesSQL, c.Options), c.scanGeometry}, {sql: "COMMIT"}}, nil)
}

// Bound is how long one query may take.
func (o Options) Bound() time.Duration {
	if o.StatementTimeout <= 0 {
		return defaultStatementTimeout
	}
	return o.StatementTimeout
}

// begin returns the statements that open the transaction.
func begin(opt Options) []string {
	stmts := []string{
		"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
		"SET LOCAL statement_timeout = " + strconv.FormatInt(opt.Bound().Milliseconds(), 10),
		"SET LOCAL lock_timeout = 1000",
	}
	if len(opt.SearchPath) > 0 {
		quoted := make([]string, len(opt.SearchPath))
		for i, s := range opt.SearchPath {
			quoted[i] = sqlquote.Identifier(s)
		}
		stmts = append(stmts, "SET LOCAL search_path = "+strings.Join(quoted, ", "))
	}
	return stmts
}

// fill puts the searched schemas into a query.
func fill(sql string, opt Options) string {
	var namespaces, names []string
	for _, s := range opt.searched() {
		// Directus casts the bare name, so an unquoted upper case folds; so do we.
		namespaces = append(namespaces, sqlquote.Literal(s)+"::regnamespace")
		names = append(names, sqlquote.Literal(s))
	}
	sql = strings.ReplaceAll(sql, "{{namespaces}}", strings.Join(namespaces, ", "))
	return strings.ReplaceAll(sql, "{{names}}", strings.Join(names, ", "))
}

// query is one statement (or, with a nil scan, the last group of them) and
// what takes its rows.
type query struct {
	sql  string
	scan func(row [][]byte) error
}

// runQueries sends the setup statements and all queries in one message and hands
// out their rows. Results beyond the queries with a scan go to rest.
func runQueries(ctx context.Context, conn *pgconn.PgConn, setup []string, queries []query, rest func(result int, fields []pgconn.FieldDescription, row [][]byte) error) error {
	var scans []func([][]byte) error
	for _, q := range queries {
		if q.scan != nil {
			scans = append(scans, q.scan)
		}
	}
	results := conn.Exec(ctx, script(setup, queries))
	n := 0
	for results.NextResult() {
		r := results.ResultReader()
		fields := r.FieldDescriptions()
		if len(fields) == 0 { // a setup statement
			if _, err := r.Close(); err != nil {
				return errors.Join(err, results.Close())
			}
			continue
		}
		for r.NextRow() {
			var err error
			if n < len(scans) {
				err = scans[n](r.Values())
			} else {
				err = rest(n-len(scans), fields, r.Values())
			}
			if err != nil {
				_, _ = r.Close()
				return errors.Join(err, results.Close())
			}
		}
		if _, err := r.Close(); err != nil {
			_ = results.Close()
			return err
		}
		n++
	}
	return results.Close()
}

// script joins statements and queries into one message.
func script(setup []string, queries []query) string {
	parts := append([]string(nil), setup...)
	for _, q := range queries {
		parts = append(parts, strings.TrimRight(strings.TrimSpace(q.sql), ";"))
	}
	return strings.Join(parts, ";\n")
}

// rollback ends a failed transaction, so that the connection can be used again.
func rollback(conn *pgconn.PgConn) {
	if conn.IsClosed() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = conn.Exec(ctx, "ROLLBACK").Close()
}

// explain turns the errors that have a known cause into ones that say it.
func explain(err error, role string, opt Options) error {
	if notReadable, ok := errors.AsType[*NotReadableError](err); ok {
		return notReadable
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return fmt.Errorf("reading the catalog: %w", err)
	}
	switch pg.Code {
	case "42P01": // undefined_table
		if name, ok := quotedName(pg.Message); ok && strings.HasPrefix(name, "directus_") {
			return &NotDirectusError{Table: name}
		}
	case "3F000": // invalid_schema_name
		return fmt.Errorf("reading the catalog: %s: DB_SEARCH_PATH names %s", pg.Message, strings.Join(opt.SearchPath, ","))
	case "42501": // insufficient_privilege
		return &NotReadableError{Role: role, Reason: pg.Message, Fix: grantTables(opt, role)}
	case "55P03": // lock_not_available
		return errors.New("reading the catalog: another session is changing the schema right now and holds its lock: try again when it is done")
	case "57014": // query_canceled
		return fmt.Errorf("reading the catalog: took longer than the statement timeout: %w", err)
	}
	return fmt.Errorf("reading the catalog: %w", err)
}

func quotedName(message string) (string, bool) {
	_, rest, ok := strings.Cut(message, `"`)
	if !ok {
		return "", false
	}
	name, _, ok := strings.Cut(rest, `"`)
	return name, ok
}

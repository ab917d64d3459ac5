package ledger

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/sqlquote"
)

// Table is the ledger as it stands in a database.
type Table struct {
	Schema, Name string
	// Exists is false where the table is still to be made.
	Exists  bool
	Columns []Column

	mapped [roleActor + 1]*Column
	// words is a status of the team's own, in words that are not ours; nil where there is none.
	words  *Column
	naming naming
	// unfillable are columns of the team's own that every row must fill and that
	// we know nothing for.
	unfillable []string
	problem    string // why the table cannot be used at all
}

// Shown is the table's name for messages: "public.migrations_applied".
func (t *Table) Shown() string { return t.Schema + "." + t.Name }

func (t *Table) quoted() string {
	return sqlquote.Identifier(t.Schema) + "." + sqlquote.Identifier(t.Name)
}

const findSQL = `SELECT n.nspname, c.relname, c.relkind::text FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN unnest($2::text[]) WITH ORDINALITY AS s(name, place) ON s.name = n.nspname
WHERE c.relname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY s.place LIMIT 1`

const columnsSQL = `SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
  a.atthasdef OR a.attidentity <> '', a.attgenerated <> '' OR a.attidentity = 'a'
FROM pg_catalog.pg_attribute a WHERE a.attrelid = ($1::text)::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`

const firstSQL = `SELECT s.name FROM unnest($1::text[]) WITH ORDINALITY AS s(name, place) JOIN pg_catalog.pg_namespace n ON n.nspname = s.name ORDER BY s.place LIMIT 1`

const pathSQL = `SELECT unnest(current_schemas(false))`

// Find looks for the table. name is "schema.table", a table, or "" for the
// default; without a schema it is looked for in searchPath (where that is empty
// the session's), then in public, and made in the first of searchPath, else in
// public. set helps to understand a table of the team's own.
func Find(ctx context.Context, conn *pgconn.PgConn, name string, searchPath []string, set sqlfile.Set) (*Table, error) {
	t := &Table{Name: name}
	if name == "" {
		t.Name = DefaultName
	}
	schemas, err := t.schemas(ctx, conn, searchPath)
	if err != nil {
		return nil, err
	}
	rows, err := query(ctx, conn, findSQL, t.Name, array(schemas))
	if err != nil {
		return nil, fmt.Errorf("looking for table %s: %w", t.Name, err)
	}
	if len(rows) == 0 {
		t.assign(nil, nil)
		return t, nil
	}
	t.Schema, t.Exists = rows[0][0], true
	if kind := rows[0][2]; kind != "r" && kind != "p" {
		t.problem = "is no table, so nothing can be recorded in it"
		return t, nil
	}
	return t, t.inspect(ctx, conn, set)
}

// schemas returns where the table is looked for, and settles where it is made.
func (t *Table) schemas(ctx context.Context, conn *pgconn.PgConn, searchPath []string) ([]string, error) {
	if schema, table, ok := strings.Cut(t.Name, "."); ok {
		t.Schema, t.Name = schema, table
		return []string{schema}, nil
	}
	t.Schema = "public"
	if len(searchPath) > 0 {
		// The first that is there, as Postgres itself would take it: the rest may be the work of a file.
		rows, err := query(ctx, conn, firstSQL, array(searchPath))
		if err != nil {
			return nil, fmt.Errorf("reading the search path: %w", err)
		}
		if len(rows) > 0 {
			t.Schema = rows[0][0]
		}
	} else {
		rows, err := query(ctx, conn, pathSQL)
		if err != nil {
			return nil, fmt.Errorf("reading the search path: %w", err)
		}
		for _, row := range rows {
			searchPath = append(searchPath, row[0])
		}
	}
	if !slices.Contains(searchPath, "public") {
		searchPath = append(slices.Clone(searchPath), "public")
	}
	return searchPath, nil
}

// inspect reads the columns and what is needed to understand them.
func (t *Table) inspect(ctx context.Context, conn *pgconn.PgConn, set sqlfile.Set) error {
	rows, err := query(ctx, conn, columnsSQL, t.quoted())
	if err != nil {
		return fmt.Errorf("reading the columns of %s: %w", t.Shown(), err)
	}
	for _, r := range rows {
		t.Columns = append(t.Columns, Column{Name: r[0], Type: r[1], NotNull: r[2] == "t", Filled: r[3] == "t", Generated: r[4] == "t"})
	}
	values, err := t.sample(ctx, conn)
	if err != nil {
		return err
	}
	t.assign(values, &set)
	return nil
}

// sample reads the columns that may be the name, the checksum or the status.
func (t *Table) sample(ctx context.Context, conn *pgconn.PgConn) (map[string][]string, error) {
	var names, columns []string
	for _, r := range []role{roleName, roleChecksum, roleStatus} {
		for _, c := range t.candidates(r) {
			if !slices.Contains(names, c.Name) {
				names, columns = append(names, c.Name), append(columns, sqlquote.Identifier(c.Name)+"::text")
			}
		}
	}
	values := map[string][]string{}
	if len(names) == 0 {
		return values, nil
	}
	rows, err := query(ctx, conn, "SELECT "+strings.Join(columns, ", ")+" FROM "+t.quoted()+" LIMIT 10000")
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", t.Shown(), err)
	}
	for _, row := range rows {
		for i, name := range names {
			values[name] = append(values[name], row[i])
		}
	}
	return values, nil
}

// candidates are the columns that may have a role, best first: one that we added
// under another name, ours, those of others.
func (t *Table) candidates(r role) []*Column {
	s := specs[r]
	var found []*Column
	for _, name := range append([]string{"schemaguard_" + s.name, s.name}, s.others...) {
		for i := range t.Columns {
			c := &t.Columns[i]
			if folded(c.Name) == folded(name) && s.fits(c.Type) && !c.Generated && (r != roleName || isText(c.Type) || !c.Filled) {
				found = append(found, c)
			}
		}
	}
	return found
}

// folded is a column's name without what "FILENAME" and "appliedAt" do otherwise.
func folded(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

var sha256Pattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// assign gives every role its column, where there is one whose values fit.
func (t *Table) assign(values map[string][]string, set *sqlfile.Set) {
	if !t.Exists {
		for r := range roleCount {
			t.Columns = append(t.Columns, Column{Name: specs[r].name, Type: specs[r].typ})
		}
		for r := range roleCount {
			t.mapped[r] = &t.Columns[r]
		}
		t.naming = naming{form: formFull}
		return
	}
	taken := map[*Column]bool{}
	for r := range t.mapped {
		if role(r) == roleCount {
			continue
		}
		for _, c := range t.choose(role(r), values, set) {
			if !taken[c] {
				t.mapped[r], taken[c] = c, true
				break
			}
		}
	}
	for _, c := range t.candidates(roleStatus) {
		if t.words == nil && !taken[c] {
			t.words = c
		}
	}
	for i := range t.Columns {
		if c := &t.Columns[i]; c.NotNull && !c.Filled && !c.Generated && !taken[c] {
			t.unfillable = append(t.unfillable, c.Name)
		}
	}
	name := t.mapped[roleName]
	if name == nil {
		t.problem = "has no column that could name a file (" + specs[roleName].name + ", " + strings.Join(specs[roleName].others, ", ") + ")"
		return
	}
	t.naming = namingOf(values[name.Name], *name)
}

// choose returns the columns for a role whose values are what the role needs,
// best first.
func (t *Table) choose(r role, values map[string][]string, set *sqlfile.Set) []*Column {
	all := t.candidates(r)
	switch r {
	case roleName:
		known := func(c *Column) (n int) {
			for _, v := range values[c.Name] {
				if set.Get(fileName(v, *set)) != nil {
					n++
				}
			}
			return n
		}
		understood := func(c *Column) bool {
			return len(values[c.Name]) == 0 || slices.ContainsFunc(values[c.Name], func(v string) bool { return formOf(v) != 0 })
		}
		all = slices.DeleteFunc(all, func(c *Column) bool { return !understood(c) })
		slices.SortStableFunc(all, func(a, b *Column) int { return known(b) - known(a) })
	case roleChecksum:
		all = slices.DeleteFunc(all, func(c *Column) bool {
			return slices.ContainsFunc(values[c.Name], func(v string) bool { return v != "" && !sha256Pattern.MatchString(v) })
		})
	case roleStatus:
		all = slices.DeleteFunc(all, func(c *Column) bool {
			return slices.ContainsFunc(values[c.Name], func(v string) bool {
				return v != "" && !slices.Contains([]Status{Running, Done, Failed}, Status(v))
			})
		})
	default: // the type alone tells
	}
	return all
}

// query runs one statement and returns its rows as text; NULL is "".
func query(ctx context.Context, conn *pgconn.PgConn, sql string, args ...string) ([][]string, error) {
	values := make([][]byte, len(args))
	for i, a := range args {
		values[i] = []byte(a)
	}
	result := conn.ExecParams(ctx, sql, values, nil, nil, nil).Read()
	if result.Err != nil {
		return nil, result.Err
	}
	rows := make([][]string, len(result.Rows))
	for i, row := range result.Rows {
		for _, v := range row {
			rows[i] = append(rows[i], string(v))
		}
	}
	return rows, nil
}

// array writes a text array for Postgres.
func array(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`
	}
	return "{" + strings.Join(quoted, ",") + "}"
}

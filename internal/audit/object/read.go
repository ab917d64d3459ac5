package object

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/sqlquote"
)

//go:embed queries/*.sql
var queries embed.FS

// files are the queries, in the order in which they are asked.
func files() []string {
	return []string{"types", "relations", "columns", "constraints", "indexes", "sequences", "functions", "views", "settings", "comments", "others"}
}

// defaultTimeout bounds each query.
const defaultTimeout = 30 * time.Second

// Read reads the objects of the database that conn is connected to, in one REPEATABLE READ READ ONLY
// transaction with an empty search_path, so that every name comes back with its schema. Zero timeout
// means thirty seconds for each query. The connection is as before when it returns. The error is that
// of the server or the connection.
func Read(ctx context.Context, conn *pgconn.PgConn, timeout time.Duration) (*Set, error) {
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	begin := fmt.Sprintf("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = ''; SET LOCAL statement_timeout = %d; SET LOCAL lock_timeout = 2000; SET LOCAL quote_all_identifiers = off; SET LOCAL bytea_output = hex; SET LOCAL DateStyle = 'ISO, MDY'; SET LOCAL IntervalStyle = postgres; SET LOCAL extra_float_digits = 1;\n", timeout.Milliseconds())
	set, err := readIn(ctx, conn, begin)
	if err != nil {
		// Whatever went wrong, the transaction ends; a connection that is gone says so by itself.
		_ = conn.Exec(context.WithoutCancel(ctx), "ROLLBACK").Close()
		return nil, fmt.Errorf("reading the objects of the database: %w", err)
	}
	return set, nil
}

// ReadWithin is [Read] in the transaction that conn is in, whatever was changed in it so far; it leaves
// the transaction's search_path empty.
func ReadWithin(ctx context.Context, conn *pgconn.PgConn) (*Set, error) {
	set := newSet()
	if err := set.ask(ctx, conn, "SET LOCAL search_path = '';\n"); err != nil {
		return nil, fmt.Errorf("reading the objects of the database: %w", err)
	}
	return set, nil
}

func newSet() *Set { return &Set{Objects: map[Key]Object{}, Extensions: map[string]string{}} }

func readIn(ctx context.Context, conn *pgconn.PgConn, begin string) (*Set, error) {
	set := newSet()
	if err := set.ask(ctx, conn, begin); err != nil {
		return nil, err
	}
	if err := set.trackedCollections(ctx, conn); err != nil {
		return nil, err
	}
	if _, ok := set.Extensions["timescaledb"]; ok {
		if err := set.timescale(ctx, conn); err != nil {
			return nil, err
		}
	}
	return set, conn.Exec(ctx, "COMMIT").Close()
}

// ask sends all queries in one message.
func (s *Set) ask(ctx context.Context, conn *pgconn.PgConn, before string) error {
	var sql strings.Builder
	sql.WriteString(before)
	sql.WriteString("SELECT current_setting('server_version_num');\nSELECT extname, extversion FROM pg_extension;\nSELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY rolname")
	for _, name := range files() {
		text, err := queries.ReadFile("queries/" + name + ".sql")
		if err != nil {
			return err
		}
		sql.WriteString(";\n")
		sql.WriteString(expand(string(text)))
	}
	results := conn.Exec(ctx, sql.String())
	n := 0
	for results.NextResult() {
		r := results.ResultReader()
		if len(r.FieldDescriptions()) == 0 {
			continue
		}
		n++
		for r.NextRow() {
			if err := s.scan(n, r.Values()); err != nil {
				return closing(results, err)
			}
		}
	}
	return results.Close()
}

// closing ends a reply that was not read to its end.
func closing(results *pgconn.MultiResultReader, err error) error {
	_ = results.Close()
	return err
}

// scan takes a row: of the version, of an extension, of a role, or of an object.
func (s *Set) scan(result int, row [][]byte) error {
	switch result {
	case 1:
		n, err := strconv.Atoi(string(row[0]))
		s.Version = n
		return err
	case 2:
		s.Extensions[string(row[0])] = string(row[1])
		return nil
	case 3:
		s.Roles = append(s.Roles, string(row[0]))
		return nil
	}
	o := Object{
		Key: Key{Kind(row[0]), string(row[1]), string(row[2]), string(row[3])},
		Def: string(row[4]), Create: string(row[5]), Replace: string(row[6]), Drop: string(row[7]), Plain: string(row[8]) == "t",
	}
	if o.Kind.guarded() && o.Create != "" {
		o.Create = guard(o.Create)
	}
	if row[9] != nil {
		if err := json.Unmarshal(row[9], &o.Columns); err != nil {
			return fmt.Errorf("reading the columns of %s: %w", o.Key, err)
		}
	}
	if row[10] != nil {
		o.Shape = &Shape{}
		if err := json.Unmarshal(row[10], o.Shape); err != nil {
			return fmt.Errorf("reading %s: %w", o.Key, err)
		}
	}
	return s.add(o)
}

// trackedCollections reads directus_collections where there is one.
func (s *Set) trackedCollections(ctx context.Context, conn *pgconn.PgConn) error {
	for _, o := range s.Objects {
		if o.Kind != Table || o.Name != "directus_collections" {
			continue
		}
		rows, err := conn.Exec(ctx, "SELECT collection FROM "+sqlquote.Identifier(o.Schema)+".directus_collections").ReadAll()
		if err != nil {
			return fmt.Errorf("reading directus_collections: %w", err)
		}
		for _, row := range rows[0].Rows {
			s.Tracked = append(s.Tracked, string(row[0]))
		}
	}
	slices.Sort(s.Tracked)
	s.Tracked = slices.Compact(s.Tracked)
	return nil
}

// The parts that several queries share.
const (
	// userSchema: what Postgres, TimescaleDB and PostGIS keep for themselves is left out, and what we keep.
	userSchema = `(${1}.nspname !~ '^pg_' AND ${1}.nspname NOT IN ('information_schema', 'schemaguard', 'schemaguard_trash')
  AND NOT (${1}.nspname ~ '^_?timescaledb' AND EXISTS (SELECT FROM pg_extension WHERE extname LIKE 'timescaledb%'))
  AND NOT (${1}.nspname ~ '^(tiger|tiger_data|topology)$$' AND EXISTS (SELECT FROM pg_extension WHERE extname IN ('postgis_topology', 'postgis_tiger_geocoder'))))`

	ownObject = `NOT EXISTS (SELECT FROM pg_depend dep WHERE dep.classid = '${1}'::regclass AND dep.objid = ${2} AND dep.deptype = 'e')`

	columnText = `(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)) || $options(a.attfdwoptions) || coalesce(' ' || $collation, '') || coalesce(' ' || $identity, '')
  || CASE WHEN ad.oid IS NULL THEN '' WHEN a.attgenerated <> '' THEN ' GENERATED ALWAYS AS (' || pg_get_expr(ad.adbin, ad.adrelid) || CASE a.attgenerated WHEN 's' THEN ') STORED' ELSE ')' END
    ELSE ' DEFAULT ' || pg_get_expr(ad.adbin, ad.adrelid) END || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END)`

	collationText = `(SELECT format('COLLATE %I.%I', cn.nspname, co.collname) FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace
  JOIN pg_type ct ON ct.oid = a.atttypid WHERE co.oid = a.attcollation AND a.attcollation <> ct.typcollation)`

	identityText = `(SELECT 'GENERATED ' || CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END || ' AS IDENTITY' || coalesce(' (' || nullif(concat_ws(' ',
    CASE WHEN ids.seqincrement <> 1 THEN 'INCREMENT BY ' || ids.seqincrement END, CASE WHEN ids.seqmin <> 1 THEN 'MINVALUE ' || ids.seqmin END,
    CASE WHEN ids.seqmax NOT IN (32767, 2147483647, 9223372036854775807) THEN 'MAXVALUE ' || ids.seqmax END, CASE WHEN ids.seqstart <> 1 THEN 'START WITH ' || ids.seqstart END,
    CASE WHEN ids.seqcache <> 1 THEN 'CACHE ' || ids.seqcache END, CASE WHEN ids.seqcycle THEN 'CYCLE' END), '') || ')', '')
  FROM pg_depend idd JOIN pg_sequence ids ON ids.seqrelid = idd.objid
  WHERE a.attidentity <> '' AND idd.classid = 'pg_class'::regclass AND idd.refclassid = 'pg_class'::regclass AND idd.refobjid = a.attrelid AND idd.refobjsubid = a.attnum AND idd.deptype = 'i')`

	// optionsText: a password that somebody put where everybody may read it is not spread further.
	optionsText = `coalesce(' OPTIONS (' || (SELECT string_agg(format('%I %L', fo.option_name, CASE WHEN fo.option_name ~* '(pass|secret|token|key|credential)' THEN '***' ELSE fo.option_value END), ', ' ORDER BY fo.option_name)
  FROM pg_options_to_table(${1}) fo) || ')', '')`

	sequenceText = `concat_ws(' ', 'AS ' || format_type(${1}.seqtypid, NULL), 'INCREMENT BY ' || ${1}.seqincrement, 'MINVALUE ' || ${1}.seqmin, 'MAXVALUE ' || ${1}.seqmax,
  'START WITH ' || ${1}.seqstart, 'CACHE ' || ${1}.seqcache, CASE WHEN ${1}.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END)`
)

// expand puts the shared parts into a query.
func expand(sql string) string {
	for _, part := range [][2]string{
		{`\$column\b`, columnText},
		{`\$collation\b`, collationText},
		{`\$identity\b`, identityText},
		{`\$user\((\w+)\)`, userSchema},
		{`\$own\((\w+), ([\w.]+)\)`, ownObject},
		{`\$options\(([\w.]+)\)`, optionsText},
		{`\$sequence\((\w+)\)`, sequenceText},
	} {
		re, text := regexp.MustCompile(part[0]), part[1]
		if re.NumSubexp() == 0 {
			sql = re.ReplaceAllLiteralString(sql, text)
			continue
		}
		sql = re.ReplaceAllString(sql, text)
	}
	return sql
}

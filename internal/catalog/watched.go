package catalog

import (
	"strings"
)

// Watched is what package pulse needs to tell, in the server, whether [Fetch]
// would bring anything else than before: the same queries, each made into one
// digest.
type Watched struct{ opt Options }

// Watch returns the SQL of a kept connection.
func Watch(opt Options) Watched { return Watched{opt} }

// Setup returns the statements that open the transaction of a look. It is that
// of the message they are sent in, and ends with it, whatever becomes of it: a
// kept connection never rests in a transaction.
func (w Watched) Setup() []string {
	stmts := begin(w.opt)
	stmts[0] = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
	return stmts
}

// Fill puts the searched schemas into a query: "{{namespaces}}" becomes their
// OIDs, separated by commas, "{{names}}" their names.
func (w Watched) Fill(sql string) string { return fill(sql, w.opt) }

// Digests returns one statement whose one row holds a digest of every query that
// Fetch sends, but for that of the geometries.
//
// A query that sorts is digested in its own order, which may matter to who reads
// it (of two foreign keys on one column the later counts). The others are sorted
// here, so that a table that was rewritten is no change.
func (w Watched) Digests() string {
	meta := strings.Split(metaSQL, ";\n")
	digests := []string{
		digest(serverSQL, sortHere),
		digest(fill(tablesSQL, w.opt), sortHere), // two tables of one name have no order of their own
		digest(fill(columnsSQL, w.opt), asSorted),
		digest(fill(constraintsSQL, w.opt), asSorted),
		digest(meta[MetaCollections], sortHere),
		digest(meta[MetaFields], asSorted),
		digest(meta[MetaRelations], asSorted),
		digest(meta[metaMigrations], sortHere),
		digest(metaColumnsSQL, asSorted),
	}
	return "SELECT " + strings.Join(digests, "\n     , ")
}

// GeometryDigest returns the statement of the digest of what PostGIS says. It is
// for a database that has PostGIS and a column of its types.
func (w Watched) GeometryDigest() string {
	return "SELECT " + digest(fill(geometriesSQL, w.opt), sortHere)
}

// Explain turns an error of the server into the one that Fetch would return: a
// *NotDirectusError or a *NotReadableError, where that is the cause.
func (w Watched) Explain(err error, role string) error { return explain(err, role, w.opt) }

// metaColumnsSQL are the columns of the meta tables, which Fetch reads off the
// result of its queries: their rows alone do not hold their names.
const metaColumnsSQL = `SELECT attrelid, attnum, attname, atttypid
  FROM pg_attribute
 WHERE attrelid IN (to_regclass('directus_collections'), to_regclass('directus_fields'), to_regclass('directus_relations'), to_regclass('directus_migrations'))
   AND attnum > 0 AND NOT attisdropped
 ORDER BY attrelid, attnum`

// The orders of a digest.
const (
	asSorted = ""
	sortHere = ` ORDER BY q::text COLLATE "C"`
)

// digest makes a query an expression: the digest of all its rows.
func digest(sql, order string) string {
	return "(SELECT md5(coalesce(string_agg(q::text, E'\\n'" + order + "), '')) FROM (\n" + strings.TrimRight(strings.TrimSpace(sql), ";") + "\n) q)"
}

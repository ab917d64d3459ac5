package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/audit/object"
	"github.com/schemaguard/schemaguard/internal/audit/snapshotddl"
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/sqlquote"
)

// builder makes the throwaway database what a new installation would be.
type builder struct {
	o       Options
	config  *pgconn.Config
	conn    *pgconn.PgConn
	live    *object.Set
	missing []string // extensions of live that the throwaway server does not have to offer
	notes   []string

	problems []Problem
}

// build runs what a first boot runs, and reads the outcome: db-init before Directus, Directus's own
// tables, those of the snapshot, db-init after Directus.
func (b *builder) build(ctx context.Context) (*object.Set, error) {
	if err := b.lookForExtensions(ctx); err != nil {
		return nil, err
	}
	if b.o.OwnServer {
		own := createdRoles(b.o.Sources)
		for _, role := range b.live.Roles {
			if !own[role] {
				_ = b.exec(ctx, "CREATE ROLE "+sqlquote.Identifier(role)) // one that cannot be made is missed where it is named
			}
		}
	}
	if err := b.apply(ctx, Pre); err != nil {
		return nil, err
	}
	b.systemTables(ctx)
	if err := b.snapshotTables(ctx); err != nil {
		return nil, err
	}
	if err := b.apply(ctx, Post); err != nil {
		return nil, err
	}
	set, err := object.Read(ctx, b.conn, b.o.Timeout)
	if err != nil {
		return nil, notRun("reading the throwaway database", "", err)
	}
	b.versions(set)
	return set, nil
}

func (b *builder) exec(ctx context.Context, sql string) error { return b.conn.Exec(ctx, sql).Close() }

// lookForExtensions asks which extensions of live the throwaway server can offer.
func (b *builder) lookForExtensions(ctx context.Context) error {
	rows, err := b.conn.Exec(ctx, "SELECT name FROM pg_available_extensions").ReadAll()
	if err != nil {
		return notRun("asking the throwaway server for its extensions", "", err)
	}
	offered := map[string]bool{}
	for _, row := range rows[0].Rows {
		offered[string(row[0])] = true
	}
	for name := range b.live.Extensions {
		if !offered[name] {
			b.missing = append(b.missing, name)
		}
	}
	slices.Sort(b.missing)
	for _, name := range b.missing {
		b.notes = append(b.notes, fmt.Sprintf("extension %s is not available on the throwaway server: what needs it could not be checked (use --throwaway-dsn with a server that has it)", name))
	}
	return nil
}

// apply runs one phase of db-init.
func (b *builder) apply(ctx context.Context, phase Phase) error {
	err := b.o.Apply(ctx, b.config, phase)
	var not *NotRunError
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &not):
		return err
	case errors.As(err, &pg) && pg.Code == "42704" && strings.HasPrefix(pg.Message, "role "):
		return notRun(fmt.Sprintf("running db-init (%s)", phase), "make the role on the throwaway server: CREATE ROLE name", err)
	case errors.As(err, &pg) && pg.Code == "42710" && strings.HasPrefix(pg.Message, "role ") && !b.o.OwnServer:
		return notRun(fmt.Sprintf("running db-init (%s)", phase), "schemaguard audit, without --throwaway-dsn, or of a server that does not have the role", err)
	case errors.As(err, &pg) && (pg.Code == "0A000" || pg.Code == "58P01") && strings.Contains(pg.Message, "extension"):
		return notRun(fmt.Sprintf("running db-init (%s)", phase), "schemaguard audit --throwaway-dsn DSN, of a server that has the extension", err)
	case errors.As(err, &pg) && pg.Code == "42501" && !b.o.OwnServer:
		return notRun(fmt.Sprintf("running db-init (%s)", phase), "schemaguard audit --throwaway-dsn DSN, of a role that may do everything", err)
	case ctx.Err() != nil:
		return notRun(fmt.Sprintf("running db-init (%s)", phase), "", err)
	}
	return &DBInitError{Phase: phase, Err: err}
}

// versions notes what makes the two servers differ.
func (b *builder) versions(built *object.Set) {
	if b.live.Major() != built.Major() {
		b.notes = append(b.notes, fmt.Sprintf("live is Postgres %d and the throwaway server Postgres %d: definitions are compared after both went through the latter", b.live.Major(), built.Major()))
	}
	var names []string
	for name, version := range b.live.Extensions {
		if have, ok := built.Extensions[name]; ok && have != version {
			names = append(names, fmt.Sprintf("%s %s (throwaway: %s)", name, version, have))
		}
	}
	if slices.Sort(names); len(names) > 0 {
		b.notes = append(b.notes, "versions of extensions are not compared: live has "+strings.Join(names, ", "))
	}
}

// isSystem tells Directus's own tables. Of a release that is not known yet all that are named like them
// pass for its own.
func (o Options) isSystem(table string) bool {
	return directus.IsSystemCollection(o.Directus, table) || o.unknownRelease() && strings.HasPrefix(table, "directus_")
}

func (o Options) unknownRelease() bool {
	return !slices.ContainsFunc(directus.Releases(), func(v directus.Version) bool { return v.Compare(o.Directus) >= 0 })
}

// isSystemColumn tells the columns that Directus gives to its own tables. One of them is no
// field of its: directus_deployments.webhook_secret (12.4.1, migrations/20260211A-add-deployment-webhooks.js).
func (o Options) isSystemColumn(table, column string) bool {
	return directus.IsSystemField(o.Directus, table, column) || o.unknownRelease() || table == "directus_deployments" && column == "webhook_secret"
}

// systemTables makes Directus's own tables from those of live, so that foreign keys, triggers and the
// files of db-init find them. Only what Directus itself put there is taken over.
func (b *builder) systemTables(ctx context.Context) {
	var first, tables, rest, keys []string
	for _, o := range b.live.Sorted() {
		switch {
		case o.Schema != b.o.Schema:
		case o.Kind == object.Table && b.o.isSystem(o.Name):
			tables = append(tables, b.systemTable(o))
		case !b.o.isSystem(o.Table) || !directusOwn(o) || slices.ContainsFunc(o.Columns, func(c string) bool { return !b.o.isSystemColumn(o.Table, c) }):
		case o.Kind == object.Sequence:
			first = append(first, o.Create)
		case o.Kind == object.ForeignKey:
			keys = append(keys, o.Create)
		case o.Kind == object.PrimaryKey || o.Kind == object.Unique || o.Kind == object.Index || o.Kind == object.SequenceOwner:
			rest = append(rest, o.Create)
		}
	}
	for _, sql := range slices.Concat(first, tables, rest, keys) {
		if err := b.exec(ctx, sql); err != nil {
			var pg *pgconn.PgError
			if errors.As(err, &pg) && slices.Contains([]string{"42P07", "42710", "42P16"}, pg.Code) { // db-init made it
				continue
			}
			b.notes = append(b.notes, fmt.Sprintf("a part of Directus's own tables could not be made on the throwaway server: %s", err))
		}
	}
}

// systemTable is the SQL that makes one of Directus's own tables with the columns that are Directus's.
func (b *builder) systemTable(table object.Object) string {
	var columns []string
	for _, o := range b.live.Sorted() {
		if o.Kind != object.Column || o.Schema != table.Schema || o.Table != table.Name {
			continue
		}
		if b.o.isSystemColumn(o.Table, o.Name) {
			columns = append(columns, o.Def)
		}
	}
	return "CREATE TABLE " + sqlquote.Identifier(table.Schema) + "." + sqlquote.Identifier(table.Name) + " (" + strings.Join(columns, ", ") + ")"
}

// directusOwn tells what Directus itself made on one of its own tables: what its snapshot can hold, and
// what bears the very name that its migrations give, such as the unique constraint of two columns on
// directus_oauth_tokens.
func directusOwn(o object.Object) bool {
	if o.Plain {
		return true
	}
	word, ok := map[object.Kind]string{object.Unique: "unique", object.Index: "index", object.ForeignKey: "foreign"}[o.Kind]
	return ok && len(o.Columns) > 0 && o.Name == snapshotddl.IndexName(word, o.Table, 63, o.Columns...)
}

// snapshotTables makes the tables of the snapshot, but for those that db-init has made already.
func (b *builder) snapshotTables(ctx context.Context) error {
	rows, err := b.conn.Exec(ctx, "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = "+object.Literal(b.o.Schema)+" AND c.relkind IN ('r', 'p', 'v', 'm', 'f')").ReadAll()
	if err != nil {
		return notRun("listing the tables of the throwaway database", "", err)
	}
	there := map[string]bool{}
	for _, row := range rows[0].Rows {
		there[string(row[0])] = true
	}
	if err := b.exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+sqlquote.Identifier(b.o.Schema)); err != nil {
		return notRun("making schema "+b.o.Schema, "", err)
	}
	// The types of PostGIS are found where it is.
	if err := b.exec(ctx, "SELECT set_config('search_path', concat_ws(', ', quote_ident("+object.Literal(b.o.Schema)+"), 'public', (SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis')), false)"); err != nil {
		return notRun("setting the search_path", "", err)
	}
	for _, s := range snapshotddl.Statements(b.o.Snapshot, b.o.Schema) {
		if there[s.Table] && !b.o.isSystem(s.Table) {
			if s.Creates {
				b.notes = append(b.notes, fmt.Sprintf("db-init makes table %s, and so does the snapshot: Directus cannot apply it to a new database", s.Table))
			}
			continue
		}
		if err := b.snapshotStatement(ctx, s); err != nil {
			return err
		}
	}
	return b.exec(ctx, "RESET search_path")
}

// snapshotStatement runs one statement; one that the server refuses is a problem of the snapshot.
func (b *builder) snapshotStatement(ctx context.Context, s snapshotddl.Statement) error {
	err := b.exec(ctx, s.SQL)
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &pg):
		return notRun("making table "+s.Table+" of the snapshot", "", err)
	case !s.Creates && (pg.Code == "42P07" || pg.Code == "42710"):
		return nil // a key or an index of the same name does as well: see [object.Object.Plain]
	case slices.Contains(b.missing, "postgis") && strings.Contains(s.SQL, "geometry("):
		return notRun("making table "+s.Table+" of the snapshot", "schemaguard audit --throwaway-dsn DSN, of a server that has PostGIS", err)
	}
	if !b.failed(s.Table) {
		b.problems = append(b.problems, Problem{Table: s.Table, SQL: s.SQL, Message: pg.Message, whole: s.Creates})
	}
	return nil
}

// failed tells whether a table could not be made as a whole: what belongs to it fails then as well.
func (b *builder) failed(table string) bool {
	return slices.ContainsFunc(b.problems, func(p Problem) bool { return p.Table == table && p.whole })
}

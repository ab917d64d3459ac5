// Package trigger puts triggers into a Directus database that say the moment it
// happens that the schema moved, and takes them out again.
//
// They only ever NOTIFY, without a payload, so that Postgres makes one message of
// everything that one transaction does. They never make the statement fail that
// fired them, and they see nothing that a look does not see as well: where they are
// missing, switched off or not allowed, a watcher is slower and not blind.
//
// Whether they may be installed is for the user to say; [InstallSQL] and [RemoveSQL]
// are exactly what is run.
package trigger

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/catalog"
)

// Channel is what the triggers notify.
const Channel = "schemaguard_moved"

var (
	//go:embed install.sql
	installSQL string
	//go:embed remove.sql
	removeSQL string
)

// statusSQL tells which of the triggers are there and switched on, and whether
// the server lets them say anything.
const statusSQL = `SELECT (SELECT count(*) FROM pg_event_trigger WHERE evtname IN ('schemaguard_moved', 'schemaguard_moved_drop') AND evtenabled IN ('O', 'A')) = 2
     , (SELECT count(*) FROM pg_trigger
         WHERE tgrelid IN (to_regclass('directus_collections'), to_regclass('directus_fields'), to_regclass('directus_relations'))
           AND tgname = 'schemaguard_moved' AND tgenabled IN ('O', 'A')) = 3
     , current_setting('max_prepared_transactions') <> '0'`

// Status is what is installed and works.
type Status struct {
	DDL    bool // the event triggers: tables, columns, keys
	Rows   bool // the triggers of Directus's own tables
	Silent bool // they are not allowed to say anything: see [Status.Missing]
}

// Any tells whether there is anything to listen to.
func (s Status) Any() bool { return (s.DDL || s.Rows) && !s.Silent }

// Complete tells whether the triggers see everything that they can.
func (s Status) Complete() bool { return s.DDL && s.Rows && !s.Silent }

// Missing says what the triggers do not tell and why, in one line; empty where
// nothing is missing.
func (s Status) Missing() string {
	switch {
	case s.Complete():
		return ""
	case s.Silent:
		return "max_prepared_transactions is not 0 on this server: a transaction that notifies could not be prepared, so the triggers say nothing, and changes are seen at the next look"
	case s.Rows:
		return "only a superuser may create event triggers: changes of tables and columns are seen at the next look"
	case s.DDL:
		return "the triggers of directus_collections, directus_fields and directus_relations are missing: changes there are seen at the next look"
	}
	return "no triggers are installed: changes are seen at the next look"
}

// InstallSQL returns the script that installs the triggers, fit for psql. It is
// one transaction, and can be run again.
func InstallSQL(searchPath []string) string {
	set := ""
	if len(searchPath) > 0 {
		quoted := make([]string, len(searchPath))
		for i, s := range searchPath {
			quoted[i] = `"` + strings.ReplaceAll(strings.ReplaceAll(s, "\x00", ""), `"`, `""`) + `"`
		}
		set = "\nSET LOCAL search_path = " + strings.Join(quoted, ", ") + ";"
	}
	return strings.Replace(installSQL, "{{search_path}}", set, 1)
}

// RemoveSQL returns the script that removes all that [InstallSQL] makes. It is one
// transaction, and no error where there is nothing.
func RemoveSQL() string { return removeSQL }

// NoRightError says that the role may not install or remove the triggers.
type NoRightError struct {
	Verb   string // "installing" or "removing"
	Reason string // the server's words
}

// Error implements error.
func (e *NoRightError) Error() string {
	return fmt.Sprintf("%s the triggers: %s; give a superuser or the owner of Directus's tables with --dsn", e.Verb, e.Reason)
}

// Install installs the triggers and returns what there is afterwards, which may be
// less than everything. It returns a *[NoRightError] where the role may do nothing
// at all; the database is as before then.
func Install(ctx context.Context, conn *pgconn.PgConn, searchPath []string) (Status, error) {
	if err := run(ctx, conn, "installing", InstallSQL(searchPath)); err != nil {
		return Status{}, err
	}
	return Installed(ctx, conn, searchPath)
}

// Remove removes the triggers; without any it does nothing. It returns a
// *[NoRightError] where the role may not.
func Remove(ctx context.Context, conn *pgconn.PgConn) error {
	return run(ctx, conn, "removing", RemoveSQL())
}

// Installed tells which triggers are there.
func Installed(ctx context.Context, conn *pgconn.PgConn, searchPath []string) (Status, error) {
	setup := catalog.Watch(catalog.Options{SearchPath: searchPath}).Setup()
	results, err := conn.Exec(ctx, strings.Join(append(setup, statusSQL), ";\n")).ReadAll()
	if err != nil {
		return Status{}, fmt.Errorf("looking for the triggers: %w", err)
	}
	row := results[len(results)-1].Rows[0]
	is := func(i int) bool { return string(row[i]) == "t" }
	return Status{DDL: is(0), Rows: is(1), Silent: is(2)}, nil
}

// run runs a script that is one transaction.
func run(ctx context.Context, conn *pgconn.PgConn, verb, sql string) error {
	err := conn.Exec(ctx, sql).Close()
	if err == nil {
		return nil
	}
	if !conn.IsClosed() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Exec(ctx, "ROLLBACK").Close()
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pg.Code {
		case "42501": // insufficient_privilege
			return &NoRightError{Verb: verb, Reason: pg.Message}
		case "42P01": // undefined_table
			return fmt.Errorf("%s the triggers: %s: this is no Directus database, or its tables are in another schema (set database.search_path)", verb, pg.Message)
		case "55P03": // lock_not_available
			return fmt.Errorf("%s the triggers: another session holds the lock of a table right now: try again when it is done", verb)
		}
	}
	return fmt.Errorf("%s the triggers: %w", verb, err)
}

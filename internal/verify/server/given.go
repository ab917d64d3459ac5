package server

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// NotEmptyError says that a database that was given for a verification is in use.
type NotEmptyError struct {
	Database string
	Objects  string // how many
}

// Error implements error.
func (e *NotEmptyError) Error() string {
	return fmt.Sprintf("database %s is not empty: it has %s tables, views or sequences, and a verification writes to it", e.Database, e.Objects)
}

// OnlyOneError says that the upgrade needs a database more than was given.
type OnlyOneError struct{ Database string }

// Error implements error.
func (e *OnlyOneError) Error() string {
	return fmt.Sprintf("an upgrade needs another database than %s, and --empty-database names no more", e.Database)
}

// objects counts what somebody made in a database. What extensions brought is none
// of it, nor what Postgres has itself.
const objects = `SELECT count(*)::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%' AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`

// Given is the one database of a connection string, for a role that may make none.
// It has to be empty, and is left with what the verification made in it. It returns
// a *[NotEmptyError]; errors hold no password.
func Given(ctx context.Context, dsn string, extensions []string) (*Server, error) {
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("reading --empty-database: it is no connection string of Postgres")
	}
	s := &Server{
		Name: fmt.Sprintf("database %s at %s:%d", config.Database, config.Host, config.Port), admin: dsn, given: config,
	}
	found, err := s.ask(ctx, objects)
	if err != nil {
		return nil, fmt.Errorf("asking %s what it has: %w", s.Name, err)
	}
	if len(found) != 1 || found[0] != "0" {
		return nil, &NotEmptyError{config.Database, strings.Join(found, " ")}
	}
	if err := s.require(ctx, extensions); err != nil {
		return nil, err
	}
	return s, nil
}

// give hands the given database out, once.
func (s *Server) give(from *pgconn.Config) (*pgconn.Config, error) {
	if s.taken || from != nil {
		return nil, &OnlyOneError{s.given.Database}
	}
	s.taken = true
	return s.given, nil
}

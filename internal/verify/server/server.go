// Package server has the Postgres that a verification works on: started from the
// binaries of this machine, else in docker, or one that somebody names.
//
// Only databases that it made itself are written to, and they are gone afterwards.
// It installs nothing.
package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/connection"
	"github.com/schemaguard/schemaguard/internal/pgserver"
	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/sqlquote"
)

// Server is a Postgres that databases can be made on.
type Server struct {
	// Name is what messages call it: "Postgres 15 of this machine".
	Name string

	admin string         // a connection string
	given *pgconn.Config // the one database there is; nil where they are made
	taken bool
	made  []string
	stop  func() error // nil where the server is somebody's
}

// endTimeout bounds the removal of what was made.
const endTimeout = 30 * time.Second

// LackingError says that the server lacks extensions that db-init makes.
type LackingError struct {
	Server     string
	Extensions []string
}

// Error implements error.
func (e *LackingError) Error() string {
	return fmt.Sprintf("%s lacks extension %s, which db-init creates", e.Server, strings.Join(e.Extensions, ", "))
}

// Open starts a Postgres that has the extensions: from installed binaries; where
// there are none, or they lack one, in docker. docker may be nil. say is told what
// takes a while.
func Open(ctx context.Context, extensions []string, docker Docker, say func(string)) (*Server, error) {
	s, err := local(ctx, extensions)
	if err == nil {
		return s, nil
	}
	if docker == nil || ctx.Err() != nil {
		return nil, err
	}
	image := imageFor(extensions)
	if image == "" {
		return nil, fmt.Errorf("%w (give a server that has it: --throwaway-dsn URL)", err)
	}
	say("starting " + image + " in docker")
	inDocker, dockerErr := startContainer(ctx, docker, image)
	if dockerErr != nil {
		return nil, errors.Join(err, dockerErr)
	}
	if err := inDocker.require(ctx, extensions); err != nil {
		return nil, errors.Join(err, inDocker.Close())
	}
	return inDocker, nil
}

// local starts installed binaries.
func local(ctx context.Context, extensions []string) (*Server, error) {
	o := pgserver.Options{TCP: true}
	if slices.Contains(extensions, "timescaledb") {
		o.Settings = map[string]string{"shared_preload_libraries": "'timescaledb'"}
	}
	srv, err := pgserver.Start(ctx, o)
	if err != nil && o.Settings != nil {
		return nil, &LackingError{"Postgres of this machine", []string{"timescaledb"}} // it does not start with what it lacks
	}
	if err != nil {
		return nil, fmt.Errorf("starting a throwaway Postgres: %w", err)
	}
	s := &Server{Name: fmt.Sprintf("Postgres %d of this machine", srv.Binaries().Major), admin: srv.TCPDSN("postgres"), stop: srv.Stop}
	if err := s.require(ctx, extensions); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Lawful tells whether a text is a connection string of Postgres, before anything is
// done with it.
func Lawful(dsn string) bool {
	_, err := pgconn.ParseConfig(dsn)
	return err == nil
}

// Named is the server of a connection string, whose role must be allowed to make
// databases. Its errors hold no password.
func Named(ctx context.Context, dsn string, extensions []string) (*Server, error) {
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("reading --throwaway-dsn: it is no connection string of Postgres")
	}
	s := &Server{Name: fmt.Sprintf("Postgres at %s:%d", config.Host, config.Port), admin: dsn}
	if err := s.require(ctx, extensions); err != nil {
		return nil, err
	}
	return s, nil
}

// require returns a *[LackingError] where an extension cannot be had.
func (s *Server) require(ctx context.Context, extensions []string) error {
	have, err := s.ask(ctx, "SELECT name FROM pg_available_extensions")
	if err != nil {
		return fmt.Errorf("asking %s for its extensions: %w", s.Name, err)
	}
	var lacks []string
	for _, e := range extensions {
		if !slices.Contains(have, e) {
			lacks = append(lacks, e)
		}
	}
	if len(lacks) > 0 {
		return &LackingError{s.Name, lacks}
	}
	return nil
}

// Create makes an empty database of a new name, or a copy of one that Create made
// and that nobody is connected to; it returns how to connect.
func (s *Server) Create(ctx context.Context, word string, from *pgconn.Config) (*pgconn.Config, error) {
	if s.given != nil {
		return s.give(from)
	}
	name := "schemaguard_verify_" + word + "_" + strings.ToLower(rand.Text()[:8])
	template := "template0" // what an administrator put into template1 is no work of db-init
	if from != nil {
		template = from.Database
		if _, err := s.ask(ctx, "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE datname = "+sqlquote.Literal(template)); err != nil {
			return nil, err
		}
	}
	if _, err := s.ask(ctx, "CREATE DATABASE "+sqlquote.Identifier(name)+" TEMPLATE "+sqlquote.Identifier(template)); err != nil {
		if strings.Contains(err.Error(), "42501") { // insufficient_privilege
			err = fmt.Errorf("%w (a role that may make none takes --empty-database URL --no-upgrade)", err)
		}
		return nil, fmt.Errorf("making a database on %s: %w", s.Name, err)
	}
	s.made = append(s.made, name)
	dsn, err := connection.Other(s.admin, name)
	if err != nil {
		return nil, fmt.Errorf("reading --throwaway-dsn: %w", err)
	}
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("reading the connection string of the new database")
	}
	return config, nil
}

// Own tells a server that was started for this, and that nobody else has anything on.
func (s *Server) Own() bool { return s.stop != nil }

// Close ends a server that was started; on somebody's, it removes the databases that
// were made.
func (s *Server) Close() error {
	if s.stop != nil {
		return s.stop()
	}
	ctx, cancel := context.WithTimeout(context.Background(), endTimeout)
	defer cancel()
	var errs []error
	for _, name := range s.made {
		_, _ = s.ask(ctx, "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE datname = "+sqlquote.Literal(name))
		if _, err := s.ask(ctx, "DROP DATABASE IF EXISTS "+sqlquote.Identifier(name)); err != nil {
			errs = append(errs, fmt.Errorf("dropping database %s of %s: %w", name, s.Name, err))
		}
	}
	s.made = nil
	return errors.Join(errs...)
}

// oneLine takes the lines of pgconn's errors, one for each address that was tried.
var oneLine = strings.NewReplacer(":\n\t", ": ", "\n\t", "; ")

// ask runs one statement and returns its first column.
func (s *Server) ask(ctx context.Context, sql string) ([]string, error) {
	conn, err := pgconn.Connect(ctx, s.admin)
	if err != nil {
		return nil, errors.New(redact.String(oneLine.Replace(err.Error())))
	}
	defer func() { _ = conn.Close(ctx) }()
	results, err := conn.Exec(ctx, sql).ReadAll()
	if err != nil {
		return nil, errors.New(redact.String(err.Error()))
	}
	var out []string
	for _, r := range results {
		for _, row := range r.Rows {
			out = append(out, string(row[0]))
		}
	}
	return out, nil
}

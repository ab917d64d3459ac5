// Package throwaway makes the empty database that an audit builds in: on a Postgres of its own from the
// binaries of this machine, or on a server that somebody names.
//
// It installs nothing, starts no container, and touches no database but the one that it made.
package throwaway

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/audit/object"
	"github.com/schemaguard/schemaguard/internal/connection"
	"github.com/schemaguard/schemaguard/internal/pgserver"
	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/sqlquote"
)

// Local starts a Postgres from installed binaries and returns its database; remove ends the server and
// leaves nothing. Without binaries the error is a [*pgserver.NotFoundError], which says how to get them.
func Local(ctx context.Context) (dsn string, remove func() error, err error) {
	srv, err := pgserver.Start(ctx, pgserver.Options{})
	if err != nil {
		return "", nil, fmt.Errorf("starting a throwaway Postgres: %w", err)
	}
	const name = "schemaguard_audit"
	if err := srv.CreateDatabase(ctx, name, ""); err != nil {
		return "", nil, errors.Join(err, srv.Stop())
	}
	return srv.DSN(name), srv.Stop, nil
}

// removeTimeout bounds how long the removal of a database may take.
const removeTimeout = 30 * time.Second

// DSNError says that a dsn is none. It does not repeat it: it may hold a password.
type DSNError struct{}

// Error implements error.
func (*DSNError) Error() string {
	return "reading --throwaway-dsn: it is no connection string of Postgres"
}

// On makes a database of a new name on the server of a dsn, whose role must be allowed to; remove drops
// it, also when ctx is over by then. The errors hold no password; a dsn that cannot be read is a
// [*DSNError].
func On(ctx context.Context, server string) (dsn string, remove func() error, err error) {
	config, err := pgconn.ParseConfig(server)
	if err != nil {
		return "", nil, &DSNError{}
	}
	name := "schemaguard_audit_" + strings.ToLower(rand.Text()[:12])
	dsn, err = connection.Other(server, name)
	if err != nil {
		return "", nil, fmt.Errorf("reading --throwaway-dsn: %w", err)
	}
	// template0 is as Postgres made it: what an administrator put into template1 is no work of db-init.
	if err := execute(ctx, config, "CREATE DATABASE "+sqlquote.Identifier(name)+" TEMPLATE template0"); err != nil {
		return "", nil, fmt.Errorf("making a database on the throwaway server: %w", err)
	}
	remove = func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeTimeout)
		defer cancel()
		// Connections of ours may not be gone yet. DROP DATABASE ... WITH (FORCE) is not in Postgres 12.
		_ = execute(ctx, config, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "+object.Literal(name))
		if err := execute(ctx, config, "DROP DATABASE IF EXISTS "+sqlquote.Identifier(name)); err != nil {
			return fmt.Errorf("dropping database %s of the throwaway server: %w", name, err)
		}
		return nil
	}
	return dsn, remove, nil
}

func execute(ctx context.Context, config *pgconn.Config, sql string) error {
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return errors.New(redact.String(err.Error()))
	}
	defer func() { _ = conn.Close(ctx) }()
	return conn.Exec(ctx, sql).Close()
}

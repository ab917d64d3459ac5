package pgserver

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// CreateDatabase makes a database on the server that conn is connected to. An empty template means
// an empty database; a template must have no connections.
func CreateDatabase(ctx context.Context, conn *pgx.Conn, name, template string) error {
	if template == "" {
		template = "template1"
	}
	sql := "CREATE DATABASE " + pgx.Identifier{name}.Sanitize() + " TEMPLATE " + pgx.Identifier{template}.Sanitize()
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("creating database %s: %w", name, err)
	}
	return nil
}

// createOn is [CreateDatabase] on a connection of its own.
func createOn(ctx context.Context, dsn, name, template string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("connecting to create database %s: %w", name, err)
	}
	defer conn.Close(ctx)
	return CreateDatabase(ctx, conn, name, template)
}

// DropDatabase removes a database that may not be there, ending the connections that others have to it.
func DropDatabase(ctx context.Context, conn *pgx.Conn, name string) error {
	// DROP DATABASE … WITH (FORCE) came with Postgres 13; this works on all.
	_, err := conn.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()", name)
	if err == nil {
		_, err = conn.Exec(ctx, "DROP DATABASE IF EXISTS "+pgx.Identifier{name}.Sanitize())
	}
	if err != nil {
		return fmt.Errorf("dropping database %s: %w", name, err)
	}
	return nil
}

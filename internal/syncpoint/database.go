package syncpoint

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// ErrNoRight says that the role may not create the schema of the sync point.
var ErrNoRight = errors.New(`the role may not create the schema "schemaguard" (set sync_point: local, or grant it CREATE on the database)`)

// schemaSQL makes the schema. Everybody may look into it: it holds digests, and a
// reader that cannot see them takes what was deleted for still to come.
const schemaSQL = `CREATE SCHEMA IF NOT EXISTS schemaguard;
GRANT USAGE ON SCHEMA schemaguard TO PUBLIC;
`

// tableSQL makes the table. Two that make it at once are no harm: the loser's
// error is one of three, and the table is there.
const tableSQL = `CREATE TABLE IF NOT EXISTS schemaguard.sync_point (
  kind     text PRIMARY KEY CHECK (kind IN ('applied', 'written')),
  taken_at timestamptz NOT NULL,
  directus text NOT NULL,
  tool     text NOT NULL,
  actor    text NOT NULL,
  content  text NOT NULL,
  items    jsonb NOT NULL
);
COMMENT ON TABLE schemaguard.sync_point IS 'the Directus schema snapshot that this database was last known to equal; kept by schemaguard';
GRANT SELECT ON schemaguard.sync_point TO PUBLIC`

const readSQL = `SELECT kind, (extract(epoch FROM taken_at) * 1000000)::bigint, directus, tool, actor, content, items::text FROM schemaguard.sync_point`

const writeSQL = `INSERT INTO schemaguard.sync_point (kind, taken_at, directus, tool, actor, content, items)
VALUES ($1, $2::timestamptz, $3, $4, $5, $6, $7::jsonb)
ON CONFLICT (kind) DO UPDATE SET taken_at = excluded.taken_at, directus = excluded.directus, tool = excluded.tool,
  actor = excluded.actor, content = excluded.content, items = excluded.items
WHERE sync_point.taken_at <= excluded.taken_at`

// SQLSTATE codes that decide what happens next.
const (
	undefinedTable  = "42P01"
	undefinedSchema = "3F000"
	notPermitted    = "42501"
	readOnly        = "25006" // a replica, or a session that may not write
)

// Read returns the points of the database, none where the table does not
// exist. It writes nothing.
func Read(ctx context.Context, conn *pgconn.PgConn) ([]Point, error) {
	result := conn.ExecParams(ctx, readSQL, nil, nil, nil, nil).Read()
	if code := sqlState(result.Err); code == undefinedTable || code == undefinedSchema {
		return nil, nil
	}
	if result.Err != nil {
		return nil, fmt.Errorf("reading schemaguard.sync_point: %w", result.Err)
	}
	var points []Point
	for _, row := range result.Rows {
		micros, err := strconv.ParseInt(string(row[1]), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("reading schemaguard.sync_point: %w", err)
		}
		items, err := decodeItems(row[6])
		if err != nil {
			return nil, err
		}
		points = append(points, Point{
			Kind: Kind(row[0]), At: time.UnixMicro(micros), Directus: string(row[2]),
			Tool: string(row[3]), By: string(row[4]), Content: string(row[5]), Items: items,
		})
	}
	return points, nil
}

// Write stores a point over the earlier one of its kind, and makes the table
// where it is missing. It returns [ErrNoRight] where the role may not.
func Write(ctx context.Context, conn *pgconn.PgConn, p Point) error {
	items, err := encodeItems(p.Items)
	if err != nil {
		return err
	}
	args := [][]byte{
		[]byte(p.Kind), []byte(p.At.UTC().Format(time.RFC3339Nano)), []byte(p.Directus),
		[]byte(p.Tool), []byte(p.By), []byte(p.Content), items,
	}
	write := func() error { return conn.ExecParams(ctx, writeSQL, args, nil, nil, nil).Read().Err }
	err = write()
	if code := sqlState(err); code == undefinedTable || code == undefinedSchema {
		if err := create(ctx, conn); err != nil {
			return err
		}
		err = write()
	}
	if code := sqlState(err); code == notPermitted || code == readOnly {
		return ErrNoRight
	}
	if err != nil {
		return fmt.Errorf("writing schemaguard.sync_point: %w", err)
	}
	return nil
}

// create makes the table, and the schema where it is missing: a role that was
// given the schema needs no right to make one.
func create(ctx context.Context, conn *pgconn.PgConn) error {
	err := conn.Exec(ctx, tableSQL).Close()
	if sqlState(err) == undefinedSchema {
		err = conn.Exec(ctx, schemaSQL+tableSQL).Close()
	}
	switch sqlState(err) {
	case notPermitted, readOnly:
		return ErrNoRight
	case "23505", "42P06", "42P07": // another one was a moment faster
		return nil
	}
	if err != nil {
		return fmt.Errorf("creating schemaguard.sync_point: %w", err)
	}
	return nil
}

func sqlState(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code
	}
	return ""
}

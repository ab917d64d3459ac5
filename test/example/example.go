// Package example makes the example project with a real Directus: snapshots/schema.yaml, and the SQL
// from which the demo makes the same database without one (internal/demo/data).
//
// collections.json says what is created, through Directus's API. It refuses to write a file before a
// real Directus has taken the same snapshot from the finished SQL.
package example

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/schemaguard/schemaguard/internal/atomicfile"
	"github.com/schemaguard/schemaguard/internal/directuslab"
	"github.com/schemaguard/schemaguard/internal/pgserver"
)

const (
	directusVersion = "12.4.1"
	snapshotFile    = "snapshots/schema.yaml"
	dataDir         = "internal/demo/data"
	systemFile      = dataDir + "/directus-" + directusVersion + ".sql.gz"
	exampleFile     = dataDir + "/example.sql.gz"
	rowsFile        = dataDir + "/rows.sql"
)

// maker holds what the steps share.
type maker struct {
	srv *pgserver.Server
	lab *directuslab.Lab
}

// Make makes it, in the root of the repository; it needs npm and Postgres.
func Make(ctx context.Context) (err error) {
	srv, err := pgserver.Start(ctx, pgserver.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Stop()) }()
	lab, err := directuslab.Open()
	if err != nil {
		return err
	}
	m := &maker{srv: srv, lab: lab}
	return m.make(ctx)
}

func (m *maker) make(ctx context.Context) error {
	if err := m.bootstrap(ctx); err != nil {
		return err
	}
	system, err := m.dumpSystem(ctx)
	if err != nil {
		return err
	}
	if err := m.createCollections(ctx); err != nil {
		return err
	}
	example, err := m.dumpExample(ctx)
	if err != nil {
		return err
	}
	snapshot, err := m.snapshot(ctx, "example")
	if err != nil {
		return err
	}
	if err := m.verify(ctx, snapshot, system, example); err != nil {
		return err
	}
	return writeAll(map[string][]byte{
		snapshotFile: snapshot, systemFile: compress(system), exampleFile: compress(example),
	})
}

// bootstrap makes database example: db-init first, as in the project, then Directus, then people.
func (m *maker) bootstrap(ctx context.Context) error {
	if err := m.srv.CreateDatabase(ctx, "example", ""); err != nil {
		return err
	}
	if err := m.applyDBInit(ctx, "example"); err != nil {
		return err
	}
	res, err := m.lab.Run(ctx, directusVersion, m.srv.DSN("example"), nil, "bootstrap")
	if err != nil {
		return err
	}
	if res.Code != 0 {
		return fmt.Errorf("bootstrapping directus: exit code %d: %s", res.Code, res.Stdout+res.Stderr)
	}
	return m.execute(ctx, "example", peopleSQL)
}

// peopleSQL adds the two who build the schema. Their tokens serve until the dump is made, never after.
const peopleSQL = `
INSERT INTO directus_users (id, first_name, last_name, email, status, role, token)
SELECT u.id::uuid, u.first_name, u.last_name, u.email, 'active', r.id, u.token
FROM (VALUES ('a0a0a0a0-0000-4000-8000-000000000001', 'Anna', 'Petersen', 'anna@example.com', 'token-anna'),
             ('b0b0b0b0-0000-4000-8000-000000000002', 'Ben', 'Okafor', 'ben@example.com', 'token-ben'))
     AS u (id, first_name, last_name, email, token),
     (SELECT id FROM directus_roles ORDER BY name LIMIT 1) AS r`

func (m *maker) applyDBInit(ctx context.Context, database string) error {
	files, err := filepath.Glob("db-init/*.sql")
	if err != nil || len(files) == 0 {
		return fmt.Errorf("finding db-init/*.sql: run this in the root of the repository (%w)", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := m.execute(ctx, database, string(data)); err != nil {
			return fmt.Errorf("applying %s: %w", file, err)
		}
	}
	return nil
}

// createCollections starts Directus and creates everything through its API.
func (m *maker) createCollections(ctx context.Context) error {
	server, err := m.lab.Start(ctx, directusVersion, m.srv.DSN("example"), nil)
	if err != nil {
		return err
	}
	defer server.Stop()
	api := &client{base: server.URL}
	return api.createFromFile(ctx, "test/example/collections.json")
}

func (m *maker) snapshot(ctx context.Context, database string) ([]byte, error) {
	return m.lab.Snapshot(ctx, directusVersion, m.srv.DSN(database), nil, "yaml")
}

// verify makes a database from the SQL alone and has the real Directus say that it is the same.
func (m *maker) verify(ctx context.Context, want []byte, sql ...[]byte) error {
	if err := m.srv.CreateDatabase(ctx, "verify", ""); err != nil {
		return err
	}
	if err := m.applyDBInit(ctx, "verify"); err != nil {
		return err
	}
	rows, err := os.ReadFile(rowsFile)
	if err != nil {
		return err
	}
	for i, text := range append(sql, rows) {
		if err := m.execute(ctx, "verify", string(text)); err != nil {
			return fmt.Errorf("loading part %d of the finished SQL: %w", i+1, err)
		}
	}
	got, err := m.snapshot(ctx, "verify")
	if err != nil {
		return err
	}
	if string(got) != string(want) {
		return errors.New("the database made from the finished SQL has another snapshot than the one it was dumped from")
	}
	return nil
}

func writeAll(files map[string][]byte) error {
	for path, data := range files {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if _, err := atomicfile.Write(path, data, 0o644); err != nil {
			return err
		}
		fmt.Printf("%s: %d bytes\n", path, len(data))
	}
	return nil
}

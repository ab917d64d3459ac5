//go:build tools

// Command make rebuilds the conformance fixtures: for each version it lets a real Directus make a schema through its API, adds in
// SQL what the API cannot make, dumps the database, and keeps what that Directus writes for a database restored from the dump.
//
//	go run -tags tools ./test/conformance/make [FIXTURE ...]
//
// Run it from the top of the project. It needs Postgres with PostGIS, npm, and the network for the first install of a version.
package main

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"

	"github.com/schemaguard/schemaguard/internal/directuslab"
	"github.com/schemaguard/schemaguard/internal/pgserver"
	"github.com/schemaguard/schemaguard/test/conformance"
)

//go:embed sql/*.sql
var sqlFiles embed.FS

func main() {
	log.SetFlags(log.Ltime)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, filepath.Join("test", "conformance"), os.Args[1:])
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, root string, only []string) error {
	lab, err := directuslab.Open()
	if err != nil {
		return err
	}
	pg, err := pgserver.Start(ctx, pgserver.Options{TCP: true})
	if err != nil {
		return err
	}
	defer func() { _ = pg.Stop() }()
	fixtures, err := conformance.Fixtures(root)
	if err != nil {
		return err
	}
	m := maker{lab, pg}
	for _, f := range fixtures {
		if len(only) > 0 && !slices.Contains(only, f.Name) {
			continue
		}
		log.Printf("making %s", f.Name)
		if err := m.make(ctx, f); err != nil {
			return fmt.Errorf("making %s: %w", f.Name, err)
		}
	}
	return nil
}

type maker struct {
	lab *directuslab.Lab
	pg  *pgserver.Server
}

// make rebuilds one fixture: its dump, unless it uses that of another one, and what Directus writes.
func (m maker) make(ctx context.Context, f conformance.Fixture) error {
	if f.OwnDump() {
		if err := m.dump(ctx, f); err != nil {
			return err
		}
	}
	restored := "restored_" + strings.NewReplacer(".", "_", "-", "_").Replace(f.Name)
	if err := m.pg.CreateDatabase(ctx, restored, ""); err != nil {
		return err
	}
	dump, err := f.Dump()
	if err != nil {
		return err
	}
	// Two sessions: a dump leaves its own with an empty search path.
	for _, script := range [][]byte{dump, f.Settings} {
		if err := m.psql(ctx, restored, script); err != nil {
			return fmt.Errorf("restoring the dump: %w", err)
		}
	}
	for _, format := range f.Formats() {
		snapshot, err := m.lab.Snapshot(ctx, f.Version, m.pg.TCPDSN(restored), f.Env, format)
		if err != nil {
			return err
		}
		if err := f.WriteGolden(format, snapshot); err != nil {
			return err
		}
	}
	return nil
}

// dump builds the database of a fixture and writes its db.sql.gz.
func (m maker) dump(ctx context.Context, f conformance.Fixture) error {
	name := "source_" + strings.NewReplacer(".", "_", "-", "_").Replace(f.Name)
	if err := m.pg.CreateDatabase(ctx, name, ""); err != nil {
		return err
	}
	if err := m.psql(ctx, name, []byte("CREATE EXTENSION postgis;")); err != nil {
		return err
	}
	server, err := m.lab.Start(ctx, f.Version, m.pg.TCPDSN(name), nil)
	if err != nil {
		return err
	}
	err = send(ctx, server)
	server.Stop()
	if err != nil {
		return err
	}
	if err := m.addSQL(ctx, name); err != nil {
		return err
	}
	return m.writeDump(ctx, name, f)
}

// addSQL runs the SQL files in order, all in one session.
func (m maker) addSQL(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, m.pg.DSN(name))
	if err != nil {
		return fmt.Errorf("connecting to %s: %w", name, err)
	}
	defer conn.Close(ctx)
	return fs.WalkDir(sqlFiles, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		sql, err := sqlFiles.ReadFile(path)
		if err != nil {
			return err
		}
		if _, err := conn.PgConn().Exec(ctx, string(sql)).ReadAll(); err != nil {
			return fmt.Errorf("running %s: %w", path, err)
		}
		return nil
	})
}

// keptData are the system tables whose rows matter to a snapshot; those of all others stay out of the dump.
var keptData = []string{"directus_collections", "directus_fields", "directus_relations", "directus_migrations"}

// writeDump writes a plain dump without owners, privileges and the rows of most system tables.
func (m maker) writeDump(ctx context.Context, name string, f conformance.Fixture) error {
	args := []string{"--no-owner", "--no-privileges", "--dbname", m.pg.DSN(name)}
	conn, err := pgx.Connect(ctx, m.pg.DSN(name))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, `SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^directus_' AND relnamespace = 'public'::regnamespace`)
	if err != nil {
		return err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, t := range tables {
		if !slices.Contains(keptData, t) {
			args = append(args, "--exclude-table-data=public."+t)
		}
	}
	out, err := exec.CommandContext(ctx, m.pg.Binaries().Path("pg_dump"), args...).Output()
	if err != nil {
		return fmt.Errorf("running pg_dump: %w", err)
	}
	return f.WriteDump(out)
}

// psql runs a script, stopping at the first error.
func (m maker) psql(ctx context.Context, name string, script []byte) error {
	cmd := exec.CommandContext(ctx, m.pg.Binaries().Path("psql"), "-X", "-q", "-o", os.DevNull, "-v", "ON_ERROR_STOP=1", "-d", m.pg.DSN(name))
	cmd.Stdin = bytes.NewReader(script)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("running psql: %w: %s", err, bytes.TrimSpace(out))
	}
	return nil
}

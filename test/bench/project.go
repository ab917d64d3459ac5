//go:build tools

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/pgserver"
)

// bench is everything that the measurements run on.
type bench struct {
	dir        string // throwaway: programs, repositories, Directus's output
	guard      string // the schemaguard that is measured
	floor      string
	statements string // the file that floor sends
	srv        *pgserver.Server
	env        []string
}

// prepare builds the programs and makes the databases and repositories.
func prepare(ctx context.Context, dir, root string, srv *pgserver.Server) (*bench, error) {
	b := &bench{
		dir: dir, srv: srv, guard: filepath.Join(dir, "schemaguard"), floor: filepath.Join(dir, "floor"),
		statements: filepath.Join(dir, "statements.sql"),
		env:        []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_NOSYSTEM=1"},
	}
	for program, from := range map[string]string{b.guard: "./cmd/schemaguard", b.floor: "./test/bench/floor"} {
		build := exec.CommandContext(ctx, "go", "build", "-tags", "tools", "-trimpath", "-o", program, from)
		build.Dir, build.Env = root, append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("building %s: %w: %s", from, err, out)
		}
	}
	if err := os.WriteFile(b.statements, []byte(catalog.Statements(catalog.Options{})), 0o600); err != nil {
		return nil, err
	}
	if err := makeDatabases(ctx, srv, root); err != nil {
		return nil, err
	}
	for _, n := range sizes {
		if err := b.makeProject(ctx, n); err != nil {
			return nil, fmt.Errorf("making the repository of %d collections: %w", n, err)
		}
	}
	// One of its own: what a check keeps for the next is not to be a clean one's.
	if err := os.CopyFS(b.driftedProject(), os.DirFS(b.project(driftedSize))); err != nil {
		return nil, fmt.Errorf("copying a repository: %w", err)
	}
	return b, nil
}

// driftedProject is the repository of the database with unsaved work.
func (b *bench) driftedProject() string { return filepath.Join(b.dir, "project-drifted") }

// project is the repository of the database with that many collections.
func (b *bench) project(collections int) string {
	return filepath.Join(b.dir, fmt.Sprintf("project-%d", collections))
}

// snapshotFile is where the snapshot of a project is, by default.
func (b *bench) snapshotFile(collections int) string {
	return filepath.Join(b.project(collections), "snapshots", "schema.yaml")
}

// makeProject makes a repository whose only commit has the snapshot of the
// database.
func (b *bench) makeProject(ctx context.Context, collections int) error {
	dir := b.project(collections)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	dsn := b.srv.DSN(databaseOf(collections))
	for _, args := range [][]string{
		{"git", "-c", "init.defaultBranch=main", "init", "--quiet"},
		{b.guard, "snapshot", "--quiet", "--stage", "--dsn", dsn, "--directus-version", directusVersion},
		{"git", "-c", "user.name=bench", "-c", "user.email=bench@example.com", "commit", "--quiet", "-m", "The schema"},
	} {
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Dir, cmd.Env = dir, b.env
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("running %s %s: %w: %s", filepath.Base(args[0]), args[1], err, out)
		}
	}
	return nil
}

// forget removes what earlier runs left in a project for later ones.
func (b *bench) forget(collections int) func() error {
	return func() error { return os.RemoveAll(filepath.Join(b.project(collections), ".git", "schemaguard")) }
}

func (b *bench) floorOf(collections int) command {
	return command{dir: b.dir, env: b.env, args: []string{b.floor, b.srv.DSN(databaseOf(collections)), b.statements}}
}

// checkOf is a check that finds everything equal, with nothing kept of earlier ones.
func (b *bench) checkOf(collections int) command {
	return command{
		dir: b.project(collections), env: b.env, before: b.forget(collections),
		args: []string{b.guard, "check", "--dsn", b.srv.DSN(databaseOf(collections))},
	}
}

// driftedCheck is a check of the database with unsaved work.
func (b *bench) driftedCheck() command {
	return command{
		dir: b.driftedProject(), env: b.env, code: 2,
		args: []string{b.guard, "check", "--dsn", b.srv.DSN(driftedDatabase)},
	}
}

// snapshotOf writes the snapshot of a project anew, sync point included.
func (b *bench) snapshotOf(collections int) command {
	return command{
		dir: b.project(collections), env: b.env,
		before: func() error { return os.Remove(b.snapshotFile(collections)) },
		args:   []string{b.guard, "snapshot", "--dsn", b.srv.DSN(databaseOf(collections))},
	}
}

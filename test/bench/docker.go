//go:build tools

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/schemaguard/schemaguard/internal/pgserver"
)

// What the docker guard may cost.
const (
	shimBudget  = 10 * time.Millisecond  // docker ps through the shim
	guardBudget = 250 * time.Millisecond // the decision on a restart, beside docker's own inspect
)

// errNoEngine says why nothing of docker was measured.
var errNoEngine = errors.New("no docker engine answers (test/machine/prepare.sh docker)")

// measureDocker measures docker behind the shim, and a guarded restart.
func (b *bench) measureDocker(ctx context.Context, r *results, runs int) (err error) {
	env := append([]string{"DOCKER_HOST=" + os.Getenv("DOCKER_HOST")}, b.env...)
	docker, err := exec.LookPath("docker")
	if err != nil || exec.CommandContext(ctx, docker, "version").Run() != nil {
		r.missing = append(r.missing, errNoEngine.Error())
		return nil
	}
	s, err := alternate(ctx, runs,
		command{dir: b.dir, env: env, args: []string{b.guard, "docker-shim", "docker", "ps"}},
		command{dir: b.dir, env: env, args: []string{docker, "ps"}})
	if err != nil {
		return err
	}
	r.slower("`docker ps` through the shim", s[0], s[1], shimBudget)

	srv, err := pgserver.Start(ctx, pgserver.Options{TCP: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Stop()) }()
	dir, container, err := b.container(ctx, srv)
	if err != nil {
		return fmt.Errorf("making a container: %w", err)
	}
	defer func() {
		_ = exec.Command(docker, "rm", "--force", container).Run()
		_ = exec.Command(docker, "rmi", "--force", container).Run()
	}()
	s, err = alternate(ctx, runs,
		command{dir: dir, env: env, args: []string{b.guard, "docker", "--explain", "restart", container}},
		command{dir: dir, env: env, args: []string{docker, "inspect", container}})
	if err != nil {
		return err
	}
	r.slower("the decision on `docker restart`, 100 collections, over `docker inspect`", s[0], s[1], guardBudget)
	return nil
}

// slower makes a row of how much longer one thing takes than another.
func (r *results) slower(what string, a, b *sample, budget time.Duration) {
	more := a.median() - b.median()
	r.add(row{
		what: what, measured: millis(a) + " - " + millis(b),
		value:  fmt.Sprintf("%.1f ms", float64(more.Microseconds())/1000),
		budget: fmt.Sprintf("at most %d ms more", budget.Milliseconds()),
	}, more <= budget)
}

// container makes a Directus container, which never starts, whose image holds the
// snapshot of its database, in a repository that has it committed.
func (b *bench) container(ctx context.Context, srv *pgserver.Server) (dir, name string, err error) {
	root, err := moduleRoot(ctx)
	if err != nil {
		return "", "", err
	}
	if err := makeDatabase(ctx, srv, root, smallSize); err != nil {
		return "", "", err
	}
	dir, name = filepath.Join(b.dir, "guarded"), fmt.Sprintf("schemaguard-bench-%d", os.Getpid())
	if err := os.CopyFS(dir, os.DirFS(b.project(smallSize))); err != nil {
		return "", "", err
	}
	dockerfile := "FROM scratch\nCOPY snapshots /directus/snapshots\nENTRYPOINT [\"/directus\"]\n"
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte(dockerfile), 0o600); err != nil {
		return "", "", err
	}
	b.env = append(b.env, "DOCKER_BUILDKIT=0")
	if err := b.in(ctx, dir, "docker", "build", "--quiet", "--tag", name, "."); err != nil {
		return "", "", err
	}
	return dir, name, b.in(ctx, dir, "docker", "create", "--name", name, "--network", "host",
		"--env", "DB_CLIENT=pg", "--env", "KEY=k", "--env", "SECRET=s", "--env", "DB_HOST=127.0.0.1",
		"--env", fmt.Sprintf("DB_PORT=%d", srv.Port()), "--env", "DB_DATABASE="+databaseOf(smallSize),
		"--env", "DB_USER="+pgserver.SuperUser, "--env", "DB_PASSWORD="+srv.Password(), name)
}

package server

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/redact"
)

// Docker runs docker with arguments and further variables of the environment, and
// returns its stdout without the line end.
type Docker func(ctx context.Context, environ []string, args ...string) (string, error)

// CLI is the docker command on PATH; nil where there is none.
func CLI(environ []string) Docker {
	path, err := exec.LookPath("docker")
	if err != nil {
		return nil
	}
	return func(ctx context.Context, more []string, args ...string) (string, error) {
		var out, errs bytes.Buffer
		cmd := exec.CommandContext(ctx, path, args...)
		cmd.Env = append(append([]string{}, environ...), more...)
		cmd.Stdout, cmd.Stderr = &out, &errs
		if err := cmd.Run(); err != nil {
			return "", fmt.Errorf("docker %s: %w: %s", args[0], err, redact.String(reason(errs.String())))
		}
		return strings.TrimSpace(out.String()), nil
	}
}

// reason is the line of docker's stderr that says why; the last one tells of --help.
func reason(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for _, line := range lines {
		if strings.Contains(strings.ToLower(line), "error") {
			return line
		}
	}
	return lines[len(lines)-1]
}

// imageFor is an image that has the extensions, "" where none is known.
func imageFor(extensions []string) string {
	contrib := map[string]bool{}
	for e := range strings.FieldsSeq("btree_gin btree_gist citext cube earthdistance fuzzystrmatch hstore intarray isn ltree pg_stat_statements pg_trgm pgcrypto plpgsql tablefunc unaccent uuid-ossp") {
		contrib[e] = true
	}
	postgis, timescale := false, false
	for _, e := range extensions {
		switch {
		case strings.HasPrefix(e, "postgis"), e == "address_standardizer":
			postgis = true
		case e == "timescaledb":
			timescale = true
		case !contrib[e]:
			return ""
		}
	}
	switch {
	case timescale && postgis:
		return "timescale/timescaledb-ha:pg17"
	case timescale:
		return "timescale/timescaledb:latest-pg17"
	case postgis:
		return "postgis/postgis:17-3.5"
	}
	return "postgres:17-alpine"
}

// readyTimeout bounds how long a container may take to answer, once its image is here.
const readyTimeout = 2 * time.Minute

// startContainer starts an image on a free port of 127.0.0.1. The container is removed
// whatever happens, but for a kill of this process: then its name tells whose it is.
func startContainer(ctx context.Context, docker Docker, image string) (*Server, error) {
	password, name := rand.Text(), "schemaguard-verify-"+strings.ToLower(rand.Text()[:12])
	s := &Server{Name: image + " in docker", stop: func() error {
		ctx, cancel := context.WithTimeout(context.Background(), endTimeout)
		defer cancel()
		_, err := docker(ctx, nil, "rm", "--force", "--volumes", name)
		return err
	}}
	// The password goes by the environment: arguments are for everybody to see.
	if _, err := docker(ctx, []string{"POSTGRES_PASSWORD=" + password}, "run", "--detach", "--rm", "--name", name,
		"--publish", "127.0.0.1::5432", "--env", "POSTGRES_PASSWORD", image, "-c", "fsync=off"); err != nil {
		_ = s.Close() // one that was made and did not start, or whose docker was interrupted, is there
		return nil, fmt.Errorf("starting %s in docker: %w", image, err)
	}
	address, err := docker(ctx, nil, "port", name, "5432/tcp")
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	address, _, _ = strings.Cut(address, "\n")
	u := url.URL{Scheme: "postgres", User: url.UserPassword("postgres", password), Host: address, Path: "/postgres", RawQuery: "sslmode=disable"}
	s.admin = u.String()
	if err := s.wait(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// wait asks until the server answers. The images listen on TCP only when they are
// all set up.
func (s *Server) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	for {
		conn, err := pgconn.Connect(ctx, s.admin)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s to answer: %w", s.Name, ctx.Err())
		case <-time.After(200 * time.Millisecond):
		}
	}
}

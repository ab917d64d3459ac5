package pgserver

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// dockerImage is the official image, small variant.
const dockerImage = "postgres:17-alpine"

// containerTimeout bounds how long docker may take to remove a container.
const containerTimeout = 30 * time.Second

// container is a throwaway Postgres in docker, reached over a port of 127.0.0.1.
type container struct {
	machine  machine
	id       string
	address  string // host:port
	password string
	watchdog *watchdog
	stopOnce sync.Once
	stopErr  error
}

func (m machine) startInDocker(ctx context.Context) (_ Running, err error) {
	c := &container{machine: m, password: rand.Text()}
	// The password goes by the environment: arguments are for everybody to see in the process list.
	c.id, err = m.run(ctx, []string{"POSTGRES_PASSWORD=" + c.password}, "docker", "run", "--detach", "--rm",
		"--publish", "127.0.0.1::5432", "--env", "POSTGRES_PASSWORD", "--env", "POSTGRES_INITDB_ARGS=--locale=C --encoding=UTF8",
		dockerImage, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Stop())
		}
	}()
	if c.watchdog, err = startWatchdog(`docker rm --force --volumes "$1" >/dev/null 2>&1`, c.id); err != nil {
		return nil, err
	}
	addresses, err := m.run(ctx, nil, "docker", "port", c.id, "5432/tcp")
	if err != nil {
		return nil, err
	}
	c.address, _, _ = strings.Cut(addresses, "\n")
	if err := c.waitUntilReady(ctx); err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = c.Stop() })
	return c, nil
}

// waitUntilReady asks until the server answers. The image listens on TCP only when it is all set up.
func (c *container) waitUntilReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, c.DSN("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for postgres in docker to answer: %w", ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (c *container) DSN(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(SuperUser, c.password), Host: c.address, Path: "/" + database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

func (c *container) CreateDatabase(ctx context.Context, name, template string) error {
	return createOn(ctx, c.DSN("postgres"), name, template)
}

func (c *container) Stop() error {
	c.stopOnce.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), containerTimeout)
		defer cancel()
		_, err := c.machine.run(ctx, nil, "docker", "rm", "--force", "--volumes", c.id)
		c.stopErr = errors.Join(err, c.watchdog.release())
	})
	return c.stopErr
}

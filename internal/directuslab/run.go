package directuslab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// The administrator that bootstrapping makes, in databases that are thrown away.
const (
	adminEmail    = "admin@example.com"
	adminPassword = "lab-password"
)

// Result is what one run of the command line left.
type Result struct {
	Stdout, Stderr string
	Code           int
}

// Run runs the command line of that Directus on the database of dsn and returns when it ends. env is added to its environment,
// which holds nothing else of the caller's but PATH. Paths in args must be absolute: it runs in an empty folder. An exit code
// other than 0 is in the Result and no error.
func (l *Lab) Run(ctx context.Context, version, dsn string, env map[string]string, args ...string) (Result, error) {
	cmd, cleanUp, err := l.command(ctx, version, dsn, env, args...)
	if err != nil {
		return Result{}, err
	}
	defer cleanUp()
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		return Result{}, fmt.Errorf("running directus %s %v: %w: %s", version, args, errors.Join(err, ctx.Err()), tail(errOut.Bytes()))
	}
	return Result{out.String(), errOut.String(), cmd.ProcessState.ExitCode()}, nil
}

// Snapshot returns what that Directus writes for `schema snapshot` of the database of dsn, in the format yaml or json. A
// non-zero exit code is an error here.
func (l *Lab) Snapshot(ctx context.Context, version, dsn string, env map[string]string, format string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "directuslab-snapshot-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "snapshot."+format)
	res, err := l.Run(ctx, version, dsn, env, "schema", "snapshot", "--yes", "--format", format, file)
	if err != nil {
		return nil, err
	}
	if res.Code != 0 {
		return nil, fmt.Errorf("taking a snapshot with directus %s: exit code %d: %s", version, res.Code, tail([]byte(res.Stdout+res.Stderr)))
	}
	return os.ReadFile(file)
}

// CompileCache is the folder in which Node keeps what it compiled: a sixth of the time that a Directus takes to start.
func (l *Lab) CompileCache() string { return filepath.Join(l.dir, "node-compile-cache") }

// command prepares one run; cleanUp removes its folder. It runs in a folder of its own because a .env file in the current one
// would be read.
func (l *Lab) command(ctx context.Context, version, dsn string, env map[string]string, args ...string) (*exec.Cmd, func(), error) {
	node, err := l.node(ctx)
	if err != nil {
		return nil, nil, err
	}
	install, err := l.Install(ctx, version)
	if err != nil {
		return nil, nil, err
	}
	db, err := databaseEnv(dsn)
	if err != nil {
		return nil, nil, err
	}
	work, err := os.MkdirTemp("", "directuslab-run-")
	if err != nil {
		return nil, nil, err
	}
	if err := os.WriteFile(filepath.Join(work, "package.json"), []byte("{}"), 0o644); err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(work))
	}
	cmd := exec.CommandContext(ctx, node, append([]string{filepath.Join(install, "node_modules/directus/cli.js")}, args...)...)
	cmd.Dir = work
	cmd.WaitDelay = 5 * time.Second
	cmd.Env = []string{
		"PATH=" + filepath.Dir(node) + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + work,
		"KEY=lab", "SECRET=lab-secret-lab-secret-lab-secret", "TELEMETRY=false", "NO_COLOR=1", "LOG_LEVEL=warn",
		"ADMIN_EMAIL=" + adminEmail, "ADMIN_PASSWORD=" + adminPassword,
		"NODE_COMPILE_CACHE=" + l.CompileCache(),
	}
	cmd.Env = append(cmd.Env, db...)
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd, func() { _ = os.RemoveAll(work) }, nil
}

// databaseEnv is the connection of a dsn as Directus wants it. The dsn is in no error: it may hold a password.
func databaseEnv(dsn string) ([]string, error) {
	c, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("reading the connection string for Directus: not a Postgres connection string")
	}
	return []string{
		"DB_CLIENT=pg", "DB_HOST=" + c.Host, "DB_PORT=" + strconv.Itoa(int(c.Port)), "DB_USER=" + c.User,
		"DB_PASSWORD=" + c.Password, "DB_DATABASE=" + c.Database,
	}, nil
}

// tail is the end of an output, enough to see what went wrong.
func tail(out []byte) string {
	out = bytes.TrimSpace(out)
	if len(out) > 2000 {
		out = out[len(out)-2000:]
	}
	return string(out)
}

// lastBytes keeps the end of what a server says.
type lastBytes struct{ buf []byte }

func (w *lastBytes) Write(p []byte) (int, error) {
	w.buf = append(w.buf, p...)
	if len(w.buf) > 1<<16 {
		w.buf = w.buf[len(w.buf)-1<<15:]
	}
	return len(p), nil
}

var _ io.Writer = (*lastBytes)(nil)

//go:build docker

package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// here is the folder of this package's source, from which the others of the lab are found.
func here() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(file)
}

// Plugin returns the Compose v2 plugin, which the first call on a machine builds, for minutes.
func Plugin(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(here(), "..", "composeplugin", "build.sh"))
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("building the compose plugin: %w: %s", err, tail(errs.Bytes(), 10))
	}
	return strings.TrimSpace(string(out)), nil
}

// configure writes the configuration of the clients of this engine.
func (e *Engine) configure(ctx context.Context) error {
	plugin, err := Plugin(ctx)
	if err != nil {
		return err
	}
	plugins := filepath.Join(e.config, "cli-plugins")
	if err := os.MkdirAll(plugins, 0o700); err != nil {
		return err
	}
	if err := os.Symlink(plugin, filepath.Join(plugins, "docker-compose")); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(e.root, "daemon.json"), []byte("{}\n"), 0o600)
}

// Env is the environment of a client of this engine and of nothing else of this machine's docker.
func (e *Engine) Env() []string {
	env := []string{"DOCKER_HOST=" + e.Host, "DOCKER_CONFIG=" + e.config, "DOCKER_BUILDKIT=0", "COMPOSE_MENU=false", "NO_COLOR=1"}
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "DOCKER_") || strings.HasPrefix(name, "COMPOSE_") || strings.HasPrefix(name, "SCHEMAGUARD_") ||
			strings.HasPrefix(name, "GIT_") || name == "NO_COLOR" {
			continue
		}
		env = append(env, entry)
	}
	return env
}

// Result is what a command did.
type Result struct {
	Code           int
	Stdout, Stderr string
	Took           time.Duration
}

// Run runs a command in dir with the environment of a client and what is added to it. A code other
// than 0 is no error; one that doesn't end within a minute is.
func (e *Engine) Run(ctx context.Context, dir string, env []string, argv ...string) (Result, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = dir, append(e.Env(), env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	start := time.Now()
	err := cmd.Run()
	res := Result{Code: cmd.ProcessState.ExitCode(), Stdout: out.String(), Stderr: errs.String(), Took: time.Since(start)}
	var exit *exec.ExitError
	if errors.As(err, &exit) && ctx.Err() == nil {
		err = nil
	}
	if err != nil {
		return res, fmt.Errorf("running %s: %w: %s", strings.Join(argv, " "), err, tail(errs.Bytes(), 5))
	}
	return res, nil
}

// Must is Run for a command that has to succeed.
func (e *Engine) Must(ctx context.Context, dir string, argv ...string) (string, error) {
	res, err := e.Run(ctx, dir, nil, argv...)
	if err == nil && res.Code != 0 {
		err = fmt.Errorf("running %s: exit code %d: %s", strings.Join(argv, " "), res.Code, tail([]byte(res.Stderr), 5))
	}
	return res.Stdout, err
}

// BuildImages makes the images NAME:v1, NAME:v2 … out of nothing: the booter, and a snapshot in each.
func (e *Engine) BuildImages(ctx context.Context, name string, snapshots map[string][]byte) error {
	dir, err := os.MkdirTemp(e.root, "images")
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", "docker", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(dir, "boot"), ".")
	cmd.Dir = filepath.Join(here(), "..", "booter")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building the booter: %w: %s", err, out)
	}
	// A volume for a database is filled with what tells Postgres's own folder from any other.
	dockerfile := "FROM scratch\nCOPY boot /boot\nCOPY PG_VERSION /var/lib/postgresql/data/PG_VERSION\n" +
		"COPY snapshots /directus/snapshots\nENTRYPOINT [\"/boot\"]\n"
	if err := os.WriteFile(filepath.Join(dir, "PG_VERSION"), []byte("15\n"), 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte(dockerfile), 0o600); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(dir, "snapshots"), 0o755); err != nil {
		return err
	}
	for tag, data := range snapshots {
		if err := os.WriteFile(filepath.Join(dir, "snapshots", "schema.yaml"), data, 0o644); err != nil {
			return err
		}
		if _, err := e.Must(ctx, dir, "docker", "build", "-q", "-t", name+":"+tag, "."); err != nil {
			return err
		}
	}
	return nil
}

package pgserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// Running is a throwaway Postgres, wherever it runs.
type Running interface {
	// DSN returns the URL of one of its databases.
	DSN(database string) string
	// CreateDatabase makes a database; an empty template means an empty database.
	CreateDatabase(ctx context.Context, name, template string) error
	// Stop ends it and removes what it left.
	Stop() error
}

// Ensure starts a throwaway Postgres on whatever this machine has: installed binaries; else, as root on
// a Debian, those that apt-get installs; else a docker image. Before each step that takes a while,
// progress is told in a few words. With none of the three the error is a [*NotFoundError], which names
// the command that installs Postgres, joined with what was tried.
func Ensure(ctx context.Context, progress func(string)) (Running, error) {
	m := machine{
		root: os.Geteuid() == 0, linux: runtime.GOOS == "linux", clusterConf: debianClusterConf, lookPath: exec.LookPath, run: runQuietly, find: Find,
		start: func(ctx context.Context, bin Binaries) (Running, error) { return Start(ctx, Options{Binaries: bin}) },
	}
	return m.ensure(ctx, progress)
}

// machine is what [Ensure] needs to know of the machine and do on it.
type machine struct {
	root, linux bool
	clusterConf string
	lookPath    func(string) (string, error)
	run         func(ctx context.Context, env []string, name string, args ...string) (string, error)
	find        func(context.Context) (Binaries, error)
	start       func(context.Context, Binaries) (Running, error)
}

func (m machine) has(program string) bool { _, err := m.lookPath(program); return err == nil }

func (m machine) ensure(ctx context.Context, progress func(string)) (Running, error) {
	bin, missing := m.find(ctx)
	if missing == nil {
		progress("starting " + bin.Version + " from " + bin.Dir)
		return m.start(ctx, bin)
	}
	if _, ok := errors.AsType[*NotFoundError](missing); !ok {
		return nil, missing
	}
	var tried []error
	if m.root && m.linux && m.has("apt-get") {
		progress("installing Postgres with apt-get, as there is none")
		if err := m.aptInstall(ctx); err != nil {
			tried = append(tried, err)
		} else if bin, err := m.find(ctx); err != nil {
			tried = append(tried, err)
		} else {
			return m.start(ctx, bin)
		}
	}
	if m.has("docker") {
		progress("starting Postgres in docker (" + dockerImage + "), as there is none here")
		srv, err := m.startInDocker(ctx)
		if err == nil {
			return srv, nil
		}
		tried = append(tried, err)
	}
	return nil, errors.Join(append(tried, missing)...)
}

// runQuietly runs a program with some more environment and returns what it printed.
func runQuietly(ctx context.Context, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	var out, errOut strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("running %s %s: %w: %s", name, args[0], err, lastLines(errOut.String()))
	}
	return strings.TrimSpace(out.String()), nil
}

// lastLines returns the end of a program's complaint.
func lastLines(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], "; ")
}

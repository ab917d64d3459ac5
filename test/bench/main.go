//go:build tools

// Command bench measures schemaguard as whole processes on databases of three
// sizes, beside a program that does nothing but pull the same rows and beside a
// real Directus, and exits with 1 when a budget is broken.
//
//	go run -tags tools ./test/bench [-runs N] [-directus-runs N] [-write]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/schemaguard/schemaguard/internal/pgserver"
)

// errOver says that a budget is broken.
var errOver = errors.New("over budget")

// options are the flags.
type options struct {
	runs, directusRuns int
	write              bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	var o options
	flag.IntVar(&o.runs, "runs", 21, "how often everything is measured")
	flag.IntVar(&o.directusRuns, "directus-runs", 3, "how often the real Directus is measured")
	flag.BoolVar(&o.write, "write", false, "write docs/performance.md")
	flag.Parse()
	err := run(ctx, o, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, out io.Writer) (err error) {
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "schemaguard-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	srv, err := pgserver.Start(ctx, pgserver.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Stop()) }()
	progress := func(msg string) { fmt.Fprintln(os.Stderr, "bench: "+msg) }
	progress("making databases of 100, 500 and 1,000 collections")
	b, err := prepare(ctx, dir, root, srv)
	if err != nil {
		return err
	}
	r, err := b.measure(ctx, o.runs, o.directusRuns, progress)
	if err != nil {
		return err
	}
	on := machine(postgresName(srv))
	fmt.Fprintf(out, "%s\n\n%s\n%s\n%s", on, r.budgets(), r.times(), r.notes())
	if o.write {
		page := filepath.Join(root, "docs", "performance.md")
		if err := os.WriteFile(page, []byte(r.document(on, o.runs, o.directusRuns)), 0o644); err != nil {
			return fmt.Errorf("writing the numbers: %w", err)
		}
	}
	if !r.within() {
		return errOver
	}
	return nil
}

// postgresName is "PostgreSQL 15".
func postgresName(srv *pgserver.Server) string {
	return fmt.Sprintf("PostgreSQL %d", srv.Binaries().Major)
}

// moduleRoot is the folder of go.mod.
func moduleRoot(ctx context.Context) (string, error) {
	mod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("asking go for the module: %w", err)
	}
	return filepath.Dir(strings.TrimSpace(string(mod))), nil
}

//go:build tools

// Command lab installs the real Directus versions that the tests ask, one after the other, so that test
// packages that run side by side find them ready.
//
//	go run -tags tools ./test/machine/lab VERSION...
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"github.com/schemaguard/schemaguard/internal/directuslab"
	"github.com/schemaguard/schemaguard/internal/pgserver"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := install(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		os.Exit(1)
	}
}

func install(ctx context.Context, versions []string) (err error) {
	lab, err := directuslab.Open()
	if err != nil {
		return err
	}
	srv, err := pgserver.Start(ctx, pgserver.Options{}) // not even --version does without a database
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.Stop()) }()
	for _, version := range versions {
		res, err := lab.Run(ctx, version, srv.DSN("postgres"), nil, "--version")
		if err != nil {
			return err
		}
		if got := strings.TrimSpace(res.Stdout); got != version {
			return fmt.Errorf("the installed directus says that it is %q, not %s: %s", got, version, res.Stderr)
		}
		fmt.Println("directus", version)
	}
	return nil
}

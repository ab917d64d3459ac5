//go:build tools

// Command make makes the example project anew.
//
//	go run -tags tools ./test/example/make        (in the root of the repository)
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/schemaguard/schemaguard/test/example"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := example.Make(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "example:", err)
		os.Exit(1)
	}
}

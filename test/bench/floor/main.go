//go:build tools

// Command floor is what a check cannot be faster than: a bare program that
// connects to the database of the URL given first, sends the statements of the
// file given second, and throws the rows away.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5/pgconn"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: floor DSN STATEMENTS-FILE")
		os.Exit(4)
	}
	rows, err := pull(context.Background(), os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
	fmt.Fprintln(os.Stdout, rows)
}

// pull returns the number of rows that came, so that a run that read nothing
// is noticed.
func pull(ctx context.Context, dsn, file string) (int, error) {
	statements, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	conn, err := pgconn.Connect(ctx, dsn)
	if err != nil {
		return 0, err
	}
	rows := 0
	results := conn.Exec(ctx, string(statements))
	for results.NextResult() {
		for r := results.ResultReader(); r.NextRow(); {
			rows++
		}
	}
	if err := results.Close(); err != nil {
		return 0, err
	}
	return rows, conn.Close(ctx)
}

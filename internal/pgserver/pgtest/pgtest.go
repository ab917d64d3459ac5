// Package pgtest gives tests their own databases on a throwaway Postgres.
//
// The first test of a process that asks starts the server; it goes away with the process. With
// SCHEMAGUARD_TEST_DSN set, that server is used instead (its role must be a superuser). Where there
// is no Postgres a test is skipped and says so, or fails with SCHEMAGUARD_REQUIRE_ALL=1.
//
//	dsn := pgtest.Database(t)                       // empty
//	dsn := pgtest.Restore(t, "testdata/small.sql")  // from a plain pg_dump
//
// It refuses to know anything of Directus.
package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/schemaguard/schemaguard/internal/pgserver"
)

// instance is the server that the tests of this process share.
type instance struct {
	binaries pgserver.Binaries
	dsn      func(database string) string
	postgis  bool

	mu        sync.Mutex
	templates map[string]*template
}

// shared starts the server on the first call. It is the one value of its kind on purpose: a server
// for each test would cost more than the tests.
var shared = sync.OnceValues(startShared)

func startShared() (*instance, error) {
	ctx := context.Background() // outlives the test that happened to be first
	bin, err := pgserver.Find(ctx)
	if err != nil {
		return nil, err
	}
	in := &instance{binaries: bin, templates: map[string]*template{}}
	if dsn := os.Getenv("SCHEMAGUARD_TEST_DSN"); dsn != "" {
		u, err := url.Parse(dsn)
		if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
			return nil, fmt.Errorf("reading SCHEMAGUARD_TEST_DSN: not a postgres:// URL")
		}
		in.dsn = func(database string) string {
			other := *u
			other.Path = "/" + database
			return other.String()
		}
	} else {
		srv, err := pgserver.Start(ctx, pgserver.Options{Binaries: bin})
		if err != nil {
			return nil, err
		}
		in.dsn = srv.DSN
	}
	err = in.admin(ctx, func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'postgis')").Scan(&in.postgis)
	})
	if err != nil {
		return nil, fmt.Errorf("asking for postgis: %w", err)
	}
	return in, nil
}

// admin runs f with a connection to the maintenance database.
func (in *instance) admin(ctx context.Context, f func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, in.dsn("postgres"))
	if err != nil {
		return fmt.Errorf("connecting to the test server: %w", err)
	}
	defer conn.Close(ctx)
	return f(conn)
}

// need returns the shared server, or ends the test.
func need(t testing.TB) *instance {
	t.Helper()
	in, err := shared()
	if err != nil {
		missing(t, "needs Postgres: %v", err)
	}
	return in
}

// missing ends a test that cannot run here: skipped, or failed where everything must run.
func missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("SCHEMAGUARD_REQUIRE_ALL") == "1" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// Database returns the DSN of an empty database that is dropped when the test ends.
func Database(t testing.TB) string {
	t.Helper()
	in := need(t)
	return in.database(t, "")
}

// Binaries returns the installation that the tests use, for those that run psql or pg_dump.
func Binaries(t testing.TB) pgserver.Binaries {
	t.Helper()
	return need(t).binaries
}

// NeedPostGIS ends the test where the server does not have PostGIS to offer.
func NeedPostGIS(t testing.TB) {
	t.Helper()
	if !need(t).postgis {
		missing(t, "needs PostGIS: sudo apt-get install -y postgresql-%d-postgis-3", need(t).binaries.Major)
	}
}

func (in *instance) database(t testing.TB, template string) string {
	t.Helper()
	name := "sgtest_" + strings.ToLower(rand.Text()[:12])
	ctx := t.Context()
	if err := in.admin(ctx, func(conn *pgx.Conn) error { return pgserver.CreateDatabase(ctx, conn, name, template) }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.Background() // the test's own is over by now
		if err := in.admin(ctx, func(conn *pgx.Conn) error { return pgserver.DropDatabase(ctx, conn, name) }); err != nil {
			t.Error(err)
		}
	})
	return in.dsn(name)
}

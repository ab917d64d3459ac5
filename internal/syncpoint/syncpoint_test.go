package syncpoint_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

func point(kind syncpoint.Kind, minute int, digest byte) syncpoint.Point {
	return syncpoint.Point{
		Kind: kind, At: time.Date(2026, 11, 24, 12, minute, 0, 0, time.UTC), Directus: "12.4.1", Tool: "v1",
		By: "anna@laptop", Content: "abc", Items: threeway.SyncPoint{
			{Kind: snapshot.Collection, Collection: "a\tb\"c"}:          {digest},
			{Kind: snapshot.Field, Collection: "orders", Field: "Ünï"}:  {digest, 1},
			{Kind: snapshot.SystemField, Collection: "x", Field: "y"}:   {digest, 2},
			{Kind: snapshot.Relation, Collection: "x", Field: "it's a"}: {digest, 3},
		},
	}
}

func connect(t *testing.T, dsn string) *pgconn.PgConn {
	t.Helper()
	conn, err := pgconn.Connect(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func TestDatabaseKeepsBothKindsAndTheLater(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conn := connect(t, pgtest.Database(t))
	if points, err := syncpoint.Read(ctx, conn); err != nil || len(points) != 0 {
		t.Fatalf("a fresh database has %v, %v", points, err)
	}
	for _, p := range []syncpoint.Point{point(syncpoint.Written, 1, 1), point(syncpoint.Applied, 5, 2), point(syncpoint.Written, 9, 3), point(syncpoint.Written, 3, 4)} {
		if err := syncpoint.Write(ctx, conn, p); err != nil {
			t.Fatal(err)
		}
	}
	points, err := syncpoint.Read(ctx, conn)
	if err != nil {
		t.Fatal(err)
	}
	// What was written at minute 3 came in last and is older: it does not count.
	equal := cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })
	if diff := cmp.Diff(point(syncpoint.Written, 9, 3), *syncpoint.Latest(points), equal); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(point(syncpoint.Applied, 5, 2), *syncpoint.Find(points, syncpoint.Applied), equal); diff != "" {
		t.Error(diff)
	}
}

func TestDatabaseTableIsMadeOnceByMany(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t)
	var group sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		conn := connect(t, dsn)
		group.Go(func() { errs[i] = syncpoint.Write(context.Background(), conn, point(syncpoint.Written, i, byte(i))) })
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	points, err := syncpoint.Read(context.Background(), connect(t, dsn))
	if err != nil || len(points) != 1 || points[0].At.Minute() != 7 {
		t.Errorf("after eight writers: %v, %v", points, err)
	}
}

func TestDatabaseWithoutTheRight(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conn := connect(t, pgtest.Database(t))
	if err := conn.Exec(ctx, `DO $$ BEGIN CREATE ROLE sync_weak; EXCEPTION WHEN duplicate_object THEN NULL; END $$; SET ROLE sync_weak`).Close(); err != nil {
		t.Fatal(err)
	}
	if err := syncpoint.Write(ctx, conn, point(syncpoint.Written, 1, 1)); !errors.Is(err, syncpoint.ErrNoRight) {
		t.Errorf("got %v, want ErrNoRight", err)
	}
}

// A role that was given the schema makes the table in it, without any right on
// the database.
func TestDatabaseWithTheSchemaAlone(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conn := connect(t, pgtest.Database(t))
	if err := conn.Exec(ctx, `DO $$ BEGIN CREATE ROLE sync_owner; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
		CREATE SCHEMA schemaguard AUTHORIZATION sync_owner; SET ROLE sync_owner`).Close(); err != nil {
		t.Fatal(err)
	}
	if err := syncpoint.Write(ctx, conn, point(syncpoint.Written, 1, 1)); err != nil {
		t.Error(err)
	}
}

func TestLocal(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	local := syncpoint.NewLocal(dir, "h:5432/a")
	for _, p := range []syncpoint.Point{point(syncpoint.Written, 1, 1), point(syncpoint.Applied, 2, 2), point(syncpoint.Written, 3, 3)} {
		if err := local.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	points, err := local.Read()
	if err != nil || len(points) != 2 {
		t.Fatalf("%v, %v", points, err)
	}
	if diff := cmp.Diff(point(syncpoint.Written, 3, 3), *syncpoint.Latest(points)); diff != "" {
		t.Error(diff)
	}
	if points, err := syncpoint.NewLocal(dir, "h:5432/b").Read(); err != nil || len(points) != 0 {
		t.Errorf("another database has %v, %v", points, err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	if err := os.WriteFile(files[0], []byte(`{"database":"h:5432/a","points":[{"kind":"written","items":{"fields":{"a":{"b":"zz"}}}}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if points, err := local.Read(); err != nil || len(points) != 0 {
		t.Errorf("a damaged file gives %v, %v", points, err)
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	p := point(syncpoint.Applied, 7, 1)
	p.At = p.At.Local()
	if got, want := p.Describe(p.At.Add(time.Minute)), "applied "+p.At.Format("15:04")+" by anna@laptop"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := p.Describe(p.At.AddDate(0, 0, 9)), "applied "+p.At.Format("2006-01-02 15:04")+" by anna@laptop"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

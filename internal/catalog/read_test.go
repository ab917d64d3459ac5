package catalog_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/demo"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// fleet returns the DSN of a fresh copy of the example's database.
func fleet(t *testing.T) string {
	t.Helper()
	dumps, err := demo.Fixture()
	if err != nil {
		t.Fatal(err)
	}
	return pgtest.RestoreSQL(t, dumps...)
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

func run(t *testing.T, conn *pgconn.PgConn, sql string) {
	t.Helper()
	if err := conn.Exec(context.Background(), sql).Close(); err != nil {
		t.Fatal(err)
	}
}

func TestFetchNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	empty := connect(t, pgtest.Database(t))
	var notDirectus *catalog.NotDirectusError
	if _, err := catalog.Fetch(ctx, empty, catalog.Options{}); !errors.As(err, &notDirectus) || notDirectus.Table != "directus_collections" {
		t.Errorf("an empty database gave %v", err)
	}
	// The connection is as good as before.
	run(t, empty, "CREATE TABLE x (id int)")

	dsn := fleet(t)
	admin := connect(t, dsn)
	run(t, admin, `DO $$ BEGIN CREATE ROLE catalog_weak LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`)
	weak := connect(t, dsn)
	run(t, weak, "SET ROLE catalog_weak")
	var notReadable *catalog.NotReadableError
	if _, err := catalog.Fetch(ctx, weak, catalog.Options{}); !errors.As(err, &notReadable) {
		t.Errorf("a role without rights gave %v", err)
	}
	// What it cannot see at all would look deleted: that is no answer either.
	run(t, admin, `GRANT SELECT ON ALL TABLES IN SCHEMA public TO catalog_weak`)
	if _, err := catalog.Fetch(ctx, weak, catalog.Options{}); err != nil {
		t.Errorf("a role that may read everything gave %v", err)
	}
	run(t, admin, `REVOKE ALL ON vehicles FROM catalog_weak`)
	if _, err := catalog.Fetch(ctx, weak, catalog.Options{}); !errors.As(err, &notReadable) || !strings.Contains(err.Error(), `"vehicles"`) {
		t.Errorf("a role without rights on one table gave %v", err)
	}
	if _, err := catalog.Fetch(ctx, admin, catalog.Options{SearchPath: []string{"public", "nowhere"}}); err == nil || !strings.Contains(err.Error(), `"nowhere"`) {
		t.Errorf("a schema that is not there gave %v", err)
	}
}

// A check gets by writers, vacuum and index builds. Of a session that holds the
// lock of a schema change Postgres itself makes it wait (pg_get_expr); it gives
// up soon, says why, and never takes the half-changed schema for the answer.
func TestFetchAndLocks(t *testing.T) {
	t.Parallel()
	dsn := fleet(t)
	holder, reader := connect(t, dsn), connect(t, dsn)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	run(t, holder, "BEGIN; LOCK TABLE events, positions IN SHARE ROW EXCLUSIVE MODE")
	c, err := catalog.Fetch(ctx, reader, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c.Database == "" || c.ServerMajor() < 12 || len(c.Migrations) == 0 {
		t.Errorf("the catalog is not filled: %+v", c)
	}
	if status := reader.TxStatus(); status != 'I' {
		t.Errorf("the transaction is still open: %c", status)
	}
	run(t, holder, "ROLLBACK; BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
	began := time.Now()
	if _, err = catalog.Fetch(ctx, reader, catalog.Options{}); err == nil || !strings.Contains(err.Error(), "another session is changing the schema") {
		t.Errorf("a schema change in progress gave %v", err)
	}
	if waited := time.Since(began); waited > 10*time.Second {
		t.Errorf("waited %s", waited)
	}
	run(t, holder, "ROLLBACK")
	if _, err := catalog.Fetch(ctx, reader, catalog.Options{}); err != nil {
		t.Errorf("after it was done: %v", err)
	}
}

func TestCountLoss(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := fleet(t)
	conn := connect(t, dsn)
	run(t, conn, `CREATE TABLE "we""ird 'n" (id serial PRIMARY KEY, "a;b" text, code varchar(20));
		INSERT INTO "we""ird 'n" ("a;b", code) SELECT CASE WHEN n % 3 = 0 THEN 'x' END, repeat('y', n) FROM generate_series(1, 12) AS n;
		CREATE TABLE big AS SELECT n AS id, CASE WHEN n % 2 = 0 THEN n END AS half FROM generate_series(1, 120000) AS n;
		ANALYZE big;
		INSERT INTO directus_presets (collection) VALUES ('big'), ('big'), ('events')`)
	c, err := catalog.Fetch(ctx, conn, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	weird := `we"ird 'n`
	want := map[plan.Effect]catalog.Count{
		{Op: plan.DropTable, Table: weird}:                                {N: 12},
		{Op: plan.DropColumn, Table: weird, Column: "a;b"}:                {N: 4},
		{Op: plan.NarrowType, Table: weird, Column: "code", MaxLength: 5}: {N: 7},
		{Op: plan.PurgeRows, Table: "directus_presets", Column: "big"}:    {N: 2},
		{Op: plan.DropTable, Table: "nowhere"}:                            {N: catalog.NotCounted},
	}
	effects := []plan.Effect{{Op: plan.CreateTable, Table: "new"}, {Op: plan.DropTable, Table: "big"}}
	for e := range want {
		effects = append(effects, e)
	}
	got, err := c.CountLoss(ctx, conn, effects, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if big := got[plan.Effect{Op: plan.DropTable, Table: "big"}]; !big.Estimate || big.N < 100_000 || big.N > 140_000 {
		t.Errorf("120,000 rows were counted as %+v", big)
	}
	delete(got, plan.Effect{Op: plan.DropTable, Table: "big"})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	late, err := c.CountLoss(ctx, conn, effects, 0)
	if err != nil {
		t.Fatal(err)
	}
	for e, n := range late {
		if n.N != catalog.NotCounted {
			t.Errorf("%+v was counted in no time: %d", e, n.N)
		}
	}
}

func TestAuthors(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conn := connect(t, fleet(t))
	run(t, conn, `INSERT INTO directus_activity (action, "user", "timestamp", collection, item)
		SELECT action, (SELECT id FROM directus_users WHERE email = 'anna@example.com'), '2026-05-01 14:02+00', collection, item FROM (VALUES
			('create', 'directus_collections', 'events'), ('update', 'directus_collections', 'events'),
			('create', 'directus_fields', (SELECT id::text FROM directus_fields WHERE collection = 'devices' AND field = 'imei'))) AS v (action, collection, item)`)
	c, err := catalog.Fetch(ctx, conn, catalog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	events := snapshot.Key{Kind: snapshot.Collection, Collection: "events"}
	imei := snapshot.Key{Kind: snapshot.Field, Collection: "devices", Field: "imei"}
	got, err := c.Authors(ctx, conn, []snapshot.Key{events, imei, {Kind: snapshot.Field, Collection: "devices", Field: "nowhere"}})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 5, 1, 14, 2, 0, 0, time.UTC)
	for key, action := range map[snapshot.Key]string{events: "update", imei: "create"} {
		if a := got[key]; a.Action != action || a.Email != "anna@example.com" || !a.At.Equal(at) {
			t.Errorf("%s: %+v", key, a)
		}
	}
	if len(got) != 2 {
		t.Errorf("%d authors, want 2", len(got))
	}
}

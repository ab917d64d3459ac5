package pulse_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/demo"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/internal/watch/pulse"
)

// manySQL makes a number of tables with ten columns, and what Directus keeps of
// them; and a table of telemetry that nobody looks at.
const manySQL = `CREATE SCHEMA telemetry; CREATE TABLE telemetry.positions (at timestamptz, lat float8);
DO $do$ BEGIN FOR n IN 1..%[1]d LOOP EXECUTE format('CREATE TABLE things_%%1$s (id serial PRIMARY KEY, status varchar(255) DEFAULT ''draft'' NOT NULL, title varchar(255),
  body text, price numeric(10,2) DEFAULT 0, amount integer, active boolean DEFAULT false, created_at timestamptz DEFAULT CURRENT_TIMESTAMP, settings json, parent integer REFERENCES things_%%2$s (id))',
  n, greatest(n - 1, 1)); END LOOP; END $do$;
INSERT INTO directus_collections (collection, icon, note) SELECT 'things_' || n, 'box', 'Things' FROM generate_series(1, %[1]d) n;
INSERT INTO directus_fields (collection, field, interface, options) SELECT 'things_' || n, f, 'input', '{"placeholder":"What it is called","trim":true}'
  FROM generate_series(1, %[1]d) n, unnest(ARRAY['id', 'status', 'title', 'body', 'price', 'amount', 'active', 'created_at', 'settings', 'parent']) f;
ANALYZE;`

// chunksSQL makes what a hypertable has a lot of: tables where nobody looks.
const chunksSQL = `CREATE SCHEMA chunks; DO $do$ BEGIN FOR n IN 1..2000 LOOP EXECUTE format('CREATE TABLE chunks.c%s (at timestamptz PRIMARY KEY, lat float8 DEFAULT 0, lon float8 CHECK (lon < 360))', n); END LOOP; END $do$; ANALYZE`

// BenchmarkLook measures each level, as the watcher pays for it and (with
// EXPLAIN ANALYZE, without its clock) as the server does.
func BenchmarkLook(b *testing.B) {
	for _, c := range []struct {
		name        string
		collections int
		more        string
	}{{"100", 100, "SELECT 1"}, {"500", 500, "SELECT 1"}, {"100-and-2000-chunks", 100, chunksSQL}} {
		dumps, err := demo.Fixture()
		if err != nil {
			b.Fatal(err)
		}
		dsn := pgtest.RestoreSQL(b, dumps...)
		conn := connect(b, dsn)
		run(b, conn, fmt.Sprintf(manySQL, c.collections), c.more, "VACUUM")
		p := watch(b, pulse.Options{Config: config(b, dsn), Display: c.name})
		p.SetAtLatest(time.Hour)
		look(b, p)
		for _, level := range []struct {
			level pulse.Level
			sql   string
			cause string
		}{
			{pulse.Visible, p.VisibleSQL(), ""},
			{pulse.Versions, p.VersionsSQL(), "INSERT INTO telemetry.positions VALUES (now(), 1)"},
			{pulse.Content, p.ContentSQL(), "UPDATE directus_relations SET one_field = one_field WHERE id = (SELECT min(id) FROM directus_relations)"},
		} {
			b.Run(c.name+"/"+level.level.String(), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if level.cause != "" {
						b.StopTimer()
						run(b, conn, level.cause)
						b.StartTimer()
					}
					if r := look(b, p); r.Level != level.level || r.Moved {
						b.Fatalf("%v, want level %v", r, level.level)
					}
				}
				b.StopTimer()
				b.ReportMetric(serverCost(b, conn, level.sql), "server-ms/op")
			})
		}
	}
}

// serverCost is the least of what the server says that a statement took it, to
// plan and to run, in milliseconds.
func serverCost(b *testing.B, conn *pgconn.PgConn, sql string) float64 {
	b.Helper()
	best := -1.0
	for range 15 {
		results, err := conn.Exec(context.Background(), "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY ON) "+sql).ReadAll()
		if err != nil {
			b.Fatal(err)
		}
		sum := 0.0
		for _, row := range results[0].Rows {
			line := string(row[0])
			for _, name := range []string{"Planning Time: ", "Execution Time: "} {
				if after, ok := strings.CutPrefix(strings.TrimSpace(line), name); ok {
					ms, err := strconv.ParseFloat(strings.TrimSuffix(after, " ms"), 64)
					if err != nil {
						b.Fatal(err)
					}
					sum += ms
				}
			}
		}
		if best < 0 || sum < best {
			best = sum
		}
	}
	return best
}

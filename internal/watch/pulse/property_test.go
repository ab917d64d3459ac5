package pulse_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/watch/pulse"
)

// fetched is all that catalog.Fetch brings, in an order that does not depend on
// where a row happens to lie.
func fetched(t *testing.T, conn *pgconn.PgConn, path []string) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Fetch(context.Background(), conn, catalog.Options{SearchPath: path})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(c.Migrations)
	slices.SortFunc(c.Meta[catalog.MetaCollections].Rows, func(a, b catalog.MetaRow) int { return slices.CompareFunc(a, b, slices.Compare[[]byte]) })
	slices.SortFunc(c.Tables, func(a, b catalog.Table) int { return strings.Compare(a.Name+"."+a.Schema, b.Name+"."+b.Schema) })
	return c
}

var same = []cmp.Option{cmp.Exporter(func(reflect.Type) bool { return true }), cmpopts.IgnoreFields(catalog.Catalog{}, "names", "Options")}

// statement makes a random one. Many fail, and many change nothing that anybody
// looks at, which is as it should be.
func statement(r *rand.Rand) string {
	table := func() string { return []string{"p_a", "p_b", "p_c", "other.p_a", "directus_fields"}[r.IntN(5)] }
	column := func() string { return []string{"c", "d", "e", "ref"}[r.IntN(4)] }
	typ := func() string {
		return []string{"text", "varchar(20)", "numeric(10,2)", "integer", "p_kind", "timestamptz", "boolean"}[r.IntN(7)]
	}
	value := func() string {
		return []string{"NULL", "'1'", "'a'", "CURRENT_TIMESTAMP", "nextval('p_seq')", "p_one()"}[r.IntN(6)]
	}
	kinds := []func() string{
		func() string {
			return fmt.Sprintf("CREATE TABLE %s (id serial PRIMARY KEY, c text, ref integer)", table())
		},
		func() string { return fmt.Sprintf("DROP TABLE %s", []string{"p_a", "p_b", "other.p_a"}[r.IntN(3)]) },
		func() string {
			return fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s %s DEFAULT %s", table(), column(), typ(), value())
		},
		func() string { return fmt.Sprintf("ALTER TABLE %s DROP COLUMN %s", table(), column()) },
		func() string {
			return fmt.Sprintf("ALTER TABLE %s RENAME COLUMN %s TO %s", table(), column(), column())
		},
		func() string {
			return fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s", table(), column(), value())
		},
		func() string { return fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT", table(), column()) },
		func() string { return fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s SET NOT NULL", table(), column()) },
		func() string { return fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL", table(), column()) },
		func() string {
			return fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s TYPE %s USING NULL", table(), column(), typ())
		},
		func() string {
			return fmt.Sprintf("ALTER TABLE %s ADD COLUMN g integer GENERATED ALWAYS AS (id + %d) STORED", table(), r.IntN(3))
		},
		func() string { return fmt.Sprintf("CREATE INDEX p_i%d ON %s (%s)", r.IntN(4), table(), column()) },
		func() string { return fmt.Sprintf("DROP INDEX p_i%d", r.IntN(4)) },
		func() string {
			return fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT p_u%d UNIQUE (%s)", table(), r.IntN(4), column())
		},
		func() string {
			return fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT p_f%d FOREIGN KEY (ref) REFERENCES %s (id) ON DELETE %s", table(), r.IntN(4), table(), []string{"SET NULL", "CASCADE"}[r.IntN(2)])
		},
		func() string {
			return fmt.Sprintf("ALTER TABLE %s DROP CONSTRAINT p_%s%d", table(), []string{"u", "f"}[r.IntN(2)], r.IntN(4))
		},
		func() string {
			return fmt.Sprintf("ALTER TABLE %s RENAME TO %s", []string{"p_a", "p_b", "p_c"}[r.IntN(3)], []string{"p_a", "p_b", "p_c"}[r.IntN(3)])
		},
		func() string {
			return fmt.Sprintf("ALTER TABLE p_b SET SCHEMA %s", []string{"other", "public"}[r.IntN(2)])
		},
		func() string { return fmt.Sprintf("COMMENT ON COLUMN %s.%s IS 'n%d'", table(), column(), r.IntN(3)) },
		func() string { return fmt.Sprintf("ALTER TYPE p_kind ADD VALUE 'v%d'", r.IntN(20)) },
		func() string {
			return fmt.Sprintf("ALTER TYPE p_kind RENAME VALUE '%s' TO '%s'", []string{"a", "z"}[r.IntN(2)], []string{"a", "z"}[r.IntN(2)])
		},
		func() string {
			return fmt.Sprintf("%s ON %s %s property_role", []string{"GRANT SELECT", "REVOKE SELECT"}[r.IntN(2)], table(), "TO")
		},
		func() string { return "ALTER SEQUENCE p_seq OWNED BY " + []string{"NONE", "p_a.c", "p_c.c"}[r.IntN(3)] },
		func() string { return "CREATE VIEW p_v AS SELECT 1 AS one" },
		func() string { return "DROP VIEW p_v" },
		func() string { return fmt.Sprintf("INSERT INTO %s DEFAULT VALUES", table()) },
		func() string {
			return fmt.Sprintf("INSERT INTO directus_collections (collection) VALUES ('p_%d')", r.IntN(5))
		},
		func() string {
			return fmt.Sprintf("DELETE FROM directus_collections WHERE collection = 'p_%d'", r.IntN(5))
		},
		func() string {
			return fmt.Sprintf("INSERT INTO directus_fields (collection, field) VALUES ('p_a', 'f%d')", r.IntN(5))
		},
		func() string {
			return fmt.Sprintf("UPDATE directus_fields SET note = 'n%d' WHERE id %% 5 = %d", r.IntN(2), r.IntN(5))
		},
		func() string {
			return fmt.Sprintf("UPDATE directus_fields SET note = note WHERE id %% 5 = %d", r.IntN(5))
		},
		func() string { return "DELETE FROM directus_fields WHERE field LIKE 'f_'" },
		func() string {
			return fmt.Sprintf("INSERT INTO directus_relations (many_collection, many_field) VALUES ('p_a', 'f%d')", r.IntN(5))
		},
		func() string { return fmt.Sprintf("UPDATE directus_relations SET one_field = 'o%d'", r.IntN(2)) },
		func() string { return "ANALYZE" },
		func() string { return "VACUUM" },
		func() string {
			return "VACUUM FULL " + []string{"pg_attribute", "pg_constraint", "pg_class", "directus_fields", "directus_collections"}[r.IntN(5)]
		},
		func() string {
			return fmt.Sprintf("TRUNCATE %s", []string{"p_a", "p_b", "p_c", "other.p_a"}[r.IntN(4)])
		},
		func() string { return fmt.Sprintf("CLUSTER %s USING p_i%d", table(), r.IntN(4)) },
	}
	return kinds[r.IntN(len(kinds))]()
}

// open goes on with a transaction that takes its time: by the time it commits,
// others have done so that began later.
func open(conn *pgconn.PgConn, r *rand.Rand) string {
	if conn.TxStatus() == 'I' {
		_ = conn.Exec(context.Background(), "BEGIN; SELECT txid_current()").Close()
	}
	sql := []string{
		"COMMIT", "ROLLBACK",
		"SAVEPOINT s; INSERT INTO directus_collections (collection) VALUES ('slow_" + fmt.Sprint(r.IntN(1000)) + "'); RELEASE s",
		"UPDATE directus_fields SET note = 'slow' WHERE id % 5 = " + fmt.Sprint(r.IntN(5)),
		"SAVEPOINT s; DELETE FROM directus_fields WHERE field LIKE 'f_'; ROLLBACK TO s",
		"INSERT INTO directus_fields (collection, field) VALUES ('slow', 'f" + fmt.Sprint(r.IntN(9)) + "')",
	}[r.IntN(6)]
	if err := conn.Exec(context.Background(), sql).Close(); err != nil {
		_ = conn.Exec(context.Background(), "ROLLBACK").Close()
		sql += " -- failed"
	}
	return sql
}

// Whatever is done to a database, one statement or several at once in several
// transactions: a look says moved exactly where catalog.Fetch brings something else.
func TestMovedIsWhatFetchSees(t *testing.T) {
	t.Parallel()
	for _, path := range [][]string{nil, {"public", "other"}} {
		t.Run(strings.Join(path, ","), func(t *testing.T) {
			t.Parallel()
			seed := rand.Uint64()
			r := rand.New(rand.NewPCG(seed, 1))
			dsn := fleet(t)
			conn, second, slow := connect(t, dsn), connect(t, dsn), connect(t, dsn)
			run(t, conn, `CREATE SCHEMA other; CREATE TYPE p_kind AS ENUM ('a', 'b'); CREATE SEQUENCE p_seq; CREATE FUNCTION p_one() RETURNS integer LANGUAGE sql AS 'SELECT 1';
				CREATE TABLE p_a (id serial PRIMARY KEY, c text, ref integer); CREATE TABLE p_c (id serial PRIMARY KEY, c p_kind, ref integer)`,
				"DO $$ BEGIN CREATE ROLE property_role; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$", "SET lock_timeout = 50; SET synchronous_commit = off")
			run(t, second, "SET lock_timeout = 50")
			run(t, slow, "SET lock_timeout = 50")
			p := watch(t, pulse.Options{Config: config(t, dsn), Display: "fleet", SearchPath: path})
			look(t, p)
			before := fetched(t, conn, path)
			var moved, deep, looks int
			for range 120 {
				var script []string
				for range 1 + r.IntN(3) {
					sql := statement(r)
					by := conn
					if r.IntN(4) == 0 {
						by = second
					}
					if err := by.Exec(context.Background(), sql).Close(); err != nil {
						sql += " -- failed"
					}
					script = append(script, sql)
				}
				script = append(script, "-- in a transaction that stays open: "+open(slow, r))
				reading := look(t, p)
				after := fetched(t, conn, path)
				differs := !reflect.DeepEqual(before, after)
				if differs != reading.Moved {
					t.Fatalf("seed %d: after\n%s\nFetch differs: %v, and the look says %v\n%s", seed, strings.Join(script, "\n"), differs, reading, cmp.Diff(before, after, same...))
				}
				looks++
				if reading.Moved {
					moved++
				} else if reading.Level == pulse.Content {
					deep++
				}
				before = after
			}
			t.Logf("%d looks: %d moved, %d had to look at the content for nothing", looks, moved, deep)
			if moved < looks/10 || moved == looks {
				t.Errorf("%d of %d looks moved: the statements prove nothing", moved, looks)
			}
		})
	}
}

package example

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
)

// read returns a file of the repository, whose root is two folders up, unpacked where it is packed.
func read(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", path))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func dbInitFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../db-init/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no db-init files: %v", err)
	}
	return files
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	return conn
}

func execute(t *testing.T, conn *pgx.Conn, what, sql string) {
	t.Helper()
	if _, err := conn.PgConn().Exec(t.Context(), sql).ReadAll(); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func ask(t *testing.T, conn *pgx.Conn, sql string) string {
	t.Helper()
	var s string
	if err := conn.QueryRow(t.Context(), sql).Scan(&s); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return s
}

const hasSpatialIndex = "SELECT (to_regclass('positions_place') IS NOT NULL)::text"

func TestDBInitRunsTwice(t *testing.T) {
	t.Parallel()
	pgtest.NeedPostGIS(t)
	conn := connect(t, pgtest.Database(t))
	for range 2 {
		for _, file := range dbInitFiles(t) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			execute(t, conn, file, string(data))
		}
	}
	if got := ask(t, conn, hasSpatialIndex); got != "true" {
		t.Error("no spatial index although PostGIS is there")
	}
	execute(t, conn, "a position", "INSERT INTO positions (device_imei, recorded_at, latitude, longitude) VALUES ('1', now(), 53.5, 10)")
	if got := ask(t, conn, "SELECT faulty::text FROM positions"); got != "false" {
		t.Errorf("a new position has faulty = %s", got)
	}
}

func TestDBInitNeedsNoExtension(t *testing.T) {
	t.Parallel()
	conn := connect(t, pgtest.Database(t))
	for _, file := range dbInitFiles(t) {
		if strings.HasSuffix(file, "001_extensions.sql") {
			continue
		}
		execute(t, conn, file, read(t, filepath.Join("db-init", filepath.Base(file))))
	}
	if got := ask(t, conn, hasSpatialIndex); got != "false" {
		t.Error("a spatial index without PostGIS")
	}
}

func TestDBInitIsNumberedPlainSQL(t *testing.T) {
	t.Parallel()
	numbered := regexp.MustCompile(`^\d{3}_[a-z_]+\.sql$`)
	for _, file := range dbInitFiles(t) {
		if !numbered.MatchString(filepath.Base(file)) {
			t.Errorf("%s is not named 001_like_this.sql", file)
		}
		for line := range strings.Lines(read(t, filepath.Join("db-init", filepath.Base(file)))) {
			if strings.HasPrefix(line, `\`) {
				t.Errorf("%s has a psql command: %s", file, line)
			}
		}
	}
}

// loadFinished makes the database that the demo shows, from the finished SQL.
func loadFinished(t *testing.T) (dsn string, conn *pgx.Conn) {
	t.Helper()
	dsn = pgtest.Database(t)
	conn = connect(t, dsn)
	for _, file := range dbInitFiles(t) {
		execute(t, conn, file, read(t, filepath.Join("db-init", filepath.Base(file))))
	}
	for _, file := range []string{systemFile, exampleFile, rowsFile} {
		execute(t, conn, file, read(t, file))
	}
	return dsn, conn
}

func TestFinishedSQLMakesTheExample(t *testing.T) {
	t.Parallel()
	_, conn := loadFinished(t)
	for sql, want := range map[string]string{
		"SELECT count(*)::text FROM vehicles":                                              "10",
		"SELECT count(*)::text FROM devices WHERE vehicle IS NOT NULL":                     "9",
		"SELECT count(*)::text FROM events":                                                "4000",
		"SELECT count(*)::text FROM commands":                                              "24",
		"SELECT count(*)::text FROM positions":                                             "6000",
		"SELECT count(*)::text FROM positions WHERE faulty":                                "6",
		"SELECT count(*)::text FROM vehicles_vehicle_groups":                               "14",
		"SELECT string_agg(collection, ' ' ORDER BY collection) FROM directus_collections": "commands devices events fleet telemetry vehicle_groups vehicles vehicles_vehicle_groups",
		"SELECT version FROM directus_migrations ORDER BY version DESC LIMIT 1":            "20260909A",
		"SELECT (max(id) < nextval('directus_fields_id_seq'))::text FROM directus_fields":  "true",
		"SELECT (max(id) < nextval('vehicle_groups_id_seq'))::text FROM vehicle_groups":    "true",
		"SELECT (max(id) < nextval('events_id_seq'))::text FROM events":                    "true",
		"SELECT count(*)::text FROM directus_users WHERE password IS NOT NULL":             "0",
		"SELECT count(*)::text FROM directus_users WHERE token IS NOT NULL":                "0",
		"SELECT count(*)::text FROM directus_settings":                                     "0",
		"SELECT u.email FROM directus_activity a JOIN directus_users u ON u.id = a.\"user\" WHERE a.collection = 'directus_collections' AND a.item = 'vehicles'": "anna@example.com",
	} {
		if got := ask(t, conn, sql); got != want {
			t.Errorf("%s = %s, want %s", sql, got, want)
		}
	}
}

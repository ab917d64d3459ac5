//go:build docker && directus

package incident

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/directuslab"
	"github.com/schemaguard/schemaguard/internal/pgserver"
	"github.com/schemaguard/schemaguard/test/docker/lab"
)

const (
	version = "12.4.1"
	rows    = 20 // of each of the five collections
)

const composeFile = `name: shop
services:
  directus:
    build: .
    network_mode: host
    environment:
      DB_CLIENT: pg
      DB_HOST: 127.0.0.1
      DB_PORT: "%d"
      DB_DATABASE: shop
      DB_USER: %s
      DB_PASSWORD: %s
      KEY: k
      SECRET: s
    stop_grace_period: 1s
`

// story is the shop: its repository, its database, its container.
type story struct {
	t        *testing.T
	engine   *lab.Engine
	srv      *pgserver.Server
	directus *directuslab.Driver
	dir, bin string
}

// TestTheIncident: the restart that once destroyed five collections is refused,
// and so is every other way to it; what is right goes through, with the rows there.
func TestTheIncident(t *testing.T) {
	s := tell(t, lab.Options{})
	s.commit("the shop")
	s.boots("compose", "up", "-d", "--build")

	for _, name := range []string{"ev_a", "ev_b", "ev_c", "ev_d", "ev_e"} {
		s.collection("shop", name)
	}
	s.wouldDestroyThem()
	for _, words := range [][]string{{"compose", "restart"}, {"compose", "restart", "directus"}, {"restart", "shop-directus-1"}, {"compose", "up", "-d", "--force-recreate"}, {"compose", "up", "-d", "--build"}} {
		said := s.refused(words...)
		for _, word := range []string{"ev_a", "ev_e", fmt.Sprintf("%d rows", rows), "schemaguard snapshot --stage"} {
			if !strings.Contains(said, word) {
				t.Errorf("%s: the refusal does not say %q:\n%s", strings.Join(words, " "), word, said)
			}
		}
	}
	s.rowsAreThere("ev_a", "ev_b", "ev_c", "ev_d", "ev_e")

	// Saved and committed, but the container is what it was.
	s.commit("five collections")
	if said := s.refused("compose", "restart", "directus"); !strings.Contains(said, "docker compose up -d --build directus") {
		t.Errorf("a stale container: the refusal does not say how to mend it:\n%s", said)
	}
	s.boots("compose", "up", "-d", "--build", "directus")
	s.boots("compose", "restart", "directus")
	s.rowsAreThere("ev_a", "ev_b", "ev_c", "ev_d", "ev_e")

	// A colleague's collection comes with a pull: it is created, and nothing is lost.
	s.sql("postgres", "CREATE DATABASE colleague TEMPLATE shop")
	s.collection("colleague", "ev_f")
	s.run(s.bin, "snapshot", "--quiet", "--stage", "--dsn", s.srv.TCPDSN("colleague"))
	s.run("git", "commit", "--quiet", "-m", "a colleague's")
	s.sql("shop", "DELETE FROM schemaguard.sync_point") // it was the colleague's database that was written
	s.boots("compose", "up", "-d", "--build", "directus")
	s.rowsAreThere("ev_a", "ev_b", "ev_c", "ev_d", "ev_e")
	if n := s.count("shop", "SELECT count(*) FROM ev_f"); n != 0 {
		t.Errorf("the colleague's collection has %d rows here", n)
	}
}

// tell makes the shop, with a database that a real Directus has set up.
func tell(t *testing.T, o lab.Options) *story {
	t.Helper()
	s := &story{t: t, dir: filepath.Join(t.TempDir(), "shop"), bin: filepath.Join(t.TempDir(), "schemaguard")}
	var err error
	if s.engine, err = lab.Start(t.Context(), o); err != nil {
		if missing := (*lab.MissingError)(nil); errors.As(err, &missing) && os.Getenv("SCHEMAGUARD_REQUIRE_ALL") != "1" {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.engine.Stop() })
	if err := s.engine.BuildImages(t.Context(), "booter", map[string][]byte{"base": []byte("{}\n")}); err != nil {
		t.Fatal(err)
	}
	if s.srv, err = pgserver.Start(t.Context(), pgserver.Options{TCP: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.srv.Stop() })
	s.sql("postgres", "CREATE DATABASE shop")
	directus, err := directuslab.Open()
	if errors.Is(err, directuslab.ErrNoNPM) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	res, err := directus.Run(t.Context(), version, s.srv.TCPDSN("shop"), nil, "bootstrap")
	if err != nil || res.Code != 0 {
		t.Fatalf("bootstrapping: %v: %s", err, res.Stdout)
	}
	if s.directus, err = directus.Drive(t.Context(), version, s.srv.TCPDSN("shop")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.directus.Stop)
	if out, err := exec.Command("go", "build", "-o", s.bin, "../../cmd/schemaguard").CombinedOutput(); err != nil {
		t.Fatalf("building: %v: %s", err, out)
	}
	for name, text := range map[string]string{
		"compose.yaml":  fmt.Sprintf(composeFile, s.srv.Port(), pgserver.SuperUser, s.srv.Password()),
		"Dockerfile":    "FROM booter:base\nCOPY snapshots /directus/snapshots\n",
		".dockerignore": ".git\n",
	} {
		if err := os.MkdirAll(s.dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s.run("git", "init", "--quiet", "-b", "main")
	s.run("git", "config", "user.name", "t")
	s.run("git", "config", "user.email", "t@example.com")
	return s
}

// commit saves the live schema and commits it.
func (s *story) commit(message string) {
	s.t.Helper()
	s.run(s.bin, "snapshot", "--quiet", "--stage", "--dsn", s.srv.TCPDSN("shop"))
	s.run("git", "add", "-A")
	s.run("git", "commit", "--quiet", "-m", message)
}

func (s *story) run(argv ...string) {
	s.t.Helper()
	if out, err := s.engine.Must(s.t.Context(), s.dir, argv...); err != nil {
		s.t.Fatalf("%v: %s", err, out)
	}
}

// boots runs a docker command through the guard, which must let it through, and
// then does what the container's entrypoint would: the real Directus applies the
// very snapshot that the container read.
func (s *story) boots(words ...string) {
	s.t.Helper()
	before := s.engine.Mark()
	res, err := s.engine.Run(s.t.Context(), s.dir, nil, append([]string{s.bin, "docker"}, words...)...)
	if err != nil || res.Code != 0 {
		s.t.Fatalf("docker %s: exit code %d, %v\n%s", strings.Join(words, " "), res.Code, err, res.Stderr)
	}
	boots, err := s.engine.Boots(s.t.Context(), before, "shop")
	if err != nil || len(boots) != 1 {
		s.t.Fatalf("docker %s: %d containers started: %v", strings.Join(words, " "), len(boots), err)
	}
	file := filepath.Join(s.dir, "snapshots", "schema.yaml")
	if data, err := os.ReadFile(file); err != nil || digest(data) != boots[0].SHA256 {
		s.t.Fatalf("docker %s: the container did not read the snapshot of the working tree: %v", strings.Join(words, " "), err)
	}
	if answer, err := s.directus.Apply("shop", file, false); err != nil || answer.Exit != 0 {
		s.t.Fatalf("applying: %v: %+v", err, answer)
	}
}

// refused runs a docker command through the guard, which must refuse it, and
// returns what it says. Nothing may have started.
func (s *story) refused(words ...string) string {
	s.t.Helper()
	before := s.engine.Mark()
	res, err := s.engine.Run(s.t.Context(), s.dir, nil, append([]string{s.bin, "docker"}, words...)...)
	if err != nil || res.Code != 2 {
		s.t.Fatalf("docker %s: exit code %d, want a refusal: %v\n%s%s", strings.Join(words, " "), res.Code, err, res.Stdout, res.Stderr)
	}
	if boots, err := s.engine.Boots(s.t.Context(), before, "shop"); err != nil || len(boots) != 0 {
		s.t.Errorf("docker %s was refused, and %d containers started: %v", strings.Join(words, " "), len(boots), err)
	}
	return res.Stderr
}

// wouldDestroyThem proves the danger on a copy of the database: the snapshot that
// is in the container drops the five collections, and Directus calls it a success.
func (s *story) wouldDestroyThem() {
	s.t.Helper()
	s.sql("postgres", "CREATE DATABASE copy TEMPLATE shop")
	answer, err := s.directus.Apply("copy", filepath.Join(s.dir, "snapshots", "schema.yaml"), false)
	if err != nil || answer.Exit != 0 {
		s.t.Fatalf("applying the stale snapshot: %v: %+v", err, answer)
	}
	if n := s.count("copy", `SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname LIKE 'ev\_%'`); n != 0 {
		s.t.Fatalf("the stale snapshot leaves %d of the five tables: this is not the incident", n)
	}
}

// collection makes one with rows, as the admin UI would.
func (s *story) collection(database, name string) {
	s.t.Helper()
	field := func(name, typ string, schema map[string]any) map[string]any {
		return map[string]any{"field": name, "type": typ, "schema": schema, "meta": map[string]any{}}
	}
	err := s.directus.Edit(database, directuslab.Edit{Service: "collections", Method: "createOne", Args: []any{map[string]any{
		"collection": name, "schema": map[string]any{}, "meta": map[string]any{},
		"fields": []any{field("id", "integer", map[string]any{"is_primary_key": true, "has_auto_increment": true}), field("name", "string", map[string]any{})},
	}}})
	if err != nil {
		s.t.Fatal(err)
	}
	if database == "shop" {
		s.sql("shop", fmt.Sprintf("INSERT INTO %s (name) SELECT 'row ' || n FROM generate_series(1, %d) AS n", name, rows))
	}
}

func (s *story) rowsAreThere(tables ...string) {
	s.t.Helper()
	for _, table := range tables {
		if n := s.count("shop", "SELECT count(*) FROM "+table); n != rows {
			s.t.Errorf("%s has %d rows, want %d", table, n, rows)
		}
	}
}

func (s *story) sql(database, text string) { s.t.Helper(); s.query(database, text) }

func (s *story) count(database, text string) int {
	s.t.Helper()
	n := 0
	for _, result := range s.query(database, text) {
		for _, row := range result.Rows {
			if _, err := fmt.Sscan(string(row[0]), &n); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	return n
}

func (s *story) query(database, text string) []*pgconn.Result {
	s.t.Helper()
	conn, err := pgconn.Connect(context.Background(), s.srv.TCPDSN(database))
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	results, err := conn.Exec(context.Background(), text).ReadAll()
	if err != nil {
		s.t.Fatalf("%s: %v", text, err)
	}
	return results
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

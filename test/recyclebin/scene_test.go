//go:build directus

package recyclebin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/directuslab"
	"github.com/schemaguard/schemaguard/internal/pgserver"
	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// readerToken is the static token of a user who is no administrator.
const readerToken = "reader-token-0123456789"

// scene is a running Directus with its database.
type scene struct {
	t       *testing.T
	version string
	dsn     string
	lab     *directuslab.Lab
	server  *directuslab.Server
	conn    *pgconn.PgConn
	postgis bool
}

func open(t *testing.T, version string) *scene {
	t.Helper()
	lab, err := directuslab.Open()
	if errors.Is(err, directuslab.ErrNoNPM) {
		t.Skip(err)
	}
	s := &scene{t: t, version: version, lab: lab}
	s.must(err)
	pg, err := pgserver.Start(t.Context(), pgserver.Options{TCP: true})
	s.must(err)
	t.Cleanup(func() { _ = pg.Stop() })
	s.must(pg.CreateDatabase(t.Context(), "lab", ""))
	s.dsn = pg.TCPDSN("lab")
	s.conn, err = pgconn.Connect(t.Context(), s.dsn)
	s.must(err)
	t.Cleanup(func() { _ = s.conn.Close(context.Background()) })
	s.postgis = s.conn.Exec(t.Context(), "CREATE EXTENSION postgis").Close() == nil
	s.server, err = lab.Start(t.Context(), version, s.dsn, nil)
	s.must(err)
	t.Cleanup(func() { s.server.Stop() })
	return s
}

func (s *scene) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// post sends one request and returns the "id" of the answer.
func (s *scene) post(path string, body string) string {
	s.t.Helper()
	data, err := s.server.Call(s.t.Context(), http.MethodPost, path, raw(body))
	s.must(err)
	var answer struct{ ID any }
	_ = json.Unmarshal(data, &answer) // a list has none
	return fmt.Sprint(answer.ID)
}

func (s *scene) sql(sql string) string {
	s.t.Helper()
	results, err := s.conn.Exec(s.t.Context(), sql).ReadAll()
	s.must(err)
	var out []string
	for _, r := range results {
		for _, row := range r.Rows {
			out = append(out, string(bytes.Join(row, []byte("|"))))
		}
	}
	return strings.Join(out, "\n")
}

// read is what the reader gets from the REST API: the status and the body.
func (s *scene) read(path string) string {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.server.URL+path, nil)
	s.must(err)
	req.Header.Set("Authorization", "Bearer "+readerToken)
	resp, err := http.DefaultClient.Do(req)
	s.must(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	s.must(err)
	return resp.Status + " " + string(body)
}

func (s *scene) snapshot() string {
	s.t.Helper()
	data, err := s.lab.Snapshot(s.t.Context(), s.version, s.dsn, nil, "yaml")
	s.must(err)
	return string(data)
}

// plan simulates the apply of a snapshot on the database as it is.
func (s *scene) plan(file string) *plan.Plan {
	s.t.Helper()
	v, err := directus.ParseVersion(s.version)
	s.must(err)
	c, err := catalog.Fetch(s.t.Context(), s.conn, catalog.Options{})
	s.must(err)
	facts, err := c.Facts(s.t.Context(), s.conn)
	s.must(err)
	decode := func(text string) *snapshot.Snapshot { return snapshot.Decode("schema.yaml", []byte(text)).Snapshot }
	return plan.Simulate(decode(s.snapshot()), decode(file), v, facts)
}

// apply runs the real `directus schema apply` of a snapshot.
func (s *scene) apply(file string) {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), "schema.yaml")
	s.must(os.WriteFile(path, []byte(file), 0o600))
	res, err := s.lab.Run(s.t.Context(), s.version, s.dsn, nil, "schema", "apply", "--yes", path)
	s.must(err)
	s.t.Logf("apply: %s%s", res.Stdout, res.Stderr)
	if res.Code != 0 {
		s.t.Fatalf("apply: exit code %d", res.Code)
	}
}

// restart is what the documentation says to do after a restore.
func (s *scene) restart() {
	s.t.Helper()
	s.server.Stop()
	server, err := s.lab.Start(s.t.Context(), s.version, s.dsn, nil)
	s.must(err)
	s.server = server
}

func raw(body string) json.RawMessage { return json.RawMessage(body) }

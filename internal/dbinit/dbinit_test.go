package dbinit_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/dbinit"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
)

// project is a folder of files and a database of its own.
type project struct {
	t    *testing.T
	root string
	dsn  string
	opt  dbinit.Options
}

func newProject(t *testing.T) *project {
	t.Helper()
	return &project{t: t, root: t.TempDir(), dsn: pgtest.Database(t), opt: dbinit.Options{Tool: "test"}}
}

// write writes files, by their path from the root.
func (p *project) write(files map[string]string) {
	p.t.Helper()
	for name, text := range files {
		path := filepath.Join(p.root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			p.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			p.t.Fatal(err)
		}
	}
}

func (p *project) config() *pgconn.Config {
	p.t.Helper()
	config, err := pgconn.ParseConfig(p.dsn)
	if err != nil {
		p.t.Fatal(err)
	}
	return config
}

func (p *project) open() *dbinit.Runner {
	p.t.Helper()
	set, problems, err := dbinit.Load("db-init", "db-init-post", p.root)
	if err != nil {
		p.t.Fatal(err)
	}
	r, err := dbinit.Open(p.t.Context(), p.config(), set, problems, p.opt)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(r.Close)
	return r
}

func (p *project) apply(phase sqlfile.Phase) ([]string, error) {
	p.t.Helper()
	result, err := p.open().Apply(p.t.Context(), phase, nil)
	return result.Applied, err
}

// applied wants a run to succeed and returns the names.
func (p *project) applied() []string {
	p.t.Helper()
	names, err := p.apply(sqlfile.All)
	if err != nil {
		p.t.Fatal(err)
	}
	return names
}

// sql runs SQL and returns the rows of its last statement, columns joined by "|".
func (p *project) sql(text string) []string {
	p.t.Helper()
	ctx := context.Background()
	conn, err := pgconn.Connect(ctx, p.dsn)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	results, err := conn.Exec(ctx, text).ReadAll()
	if err != nil {
		p.t.Fatalf("%s: %v", text, err)
	}
	var rows []string
	for _, row := range results[len(results)-1].Rows {
		var values []string
		for _, v := range row {
			values = append(values, string(v))
		}
		rows = append(rows, strings.Join(values, "|"))
	}
	return rows
}

func (p *project) wantSQL(query string, want ...string) {
	p.t.Helper()
	if diff := cmp.Diff(want, p.sql(query)); diff != "" {
		p.t.Errorf("%s (-want +got):\n%s", query, diff)
	}
}

// codes are the codes of a status, each with its file.
func (p *project) codes() []string {
	p.t.Helper()
	problems, err := p.open().Verify(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	var codes []string
	for _, problem := range problems {
		codes = append(codes, strings.TrimSpace(string(problem.Code)+" "+problem.Name))
	}
	return codes
}

func (p *project) wantCodes(want ...string) {
	p.t.Helper()
	if diff := cmp.Diff(want, p.codes()); diff != "" {
		p.t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestFilesRunOnceInTheOrderOfTheirNumbers(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write(map[string]string{
		"db-init/9_a.sql":       "CREATE TABLE a (n int); INSERT INTO a VALUES (9);",
		"db-init/10_b.sql":      "INSERT INTO a VALUES (10);\nCREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT ';' $$;",
		"db-init/README.md":     "nothing to run",
		"db-init-post/11_c.sql": "INSERT INTO a VALUES (11)",
	})
	p.wantCodes("DBINIT_PENDING 9_a.sql", "DBINIT_PENDING 10_b.sql", "DBINIT_PENDING 11_c.sql")
	if diff := cmp.Diff([]string{"9_a.sql", "10_b.sql", "11_c.sql"}, p.applied()); diff != "" {
		t.Error(diff)
	}
	if again := p.applied(); again != nil {
		t.Errorf("a second run applied %v", again)
	}
	p.wantCodes()
	p.wantSQL("SELECT n FROM a ORDER BY n", "9", "10", "11")
	p.wantSQL("SELECT name, status, phase, tool_version, length(checksum), finished_at >= started_at, duration_ms IS NOT NULL, error IS NULL FROM public.migrations_applied ORDER BY started_at",
		"9_a.sql|done|pre|test|64|t|t|t", "10_b.sql|done|pre|test|64|t|t|t", "11_c.sql|done|post|test|64|t|t|t")
}

package docs

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/schemaguard/schemaguard/internal/finding"
)

// docs/reading.md lists every code that says what is wrong with a file, with
// its severity, and no other.
func TestReadingListsTheProblemsOfFiles(t *testing.T) {
	t.Parallel()
	page := read(t, "docs/reading.md")
	rows := strings.Count(page, "\n| `")
	for _, info := range finding.All() {
		if info.Group != finding.File {
			continue
		}
		rows--
		if row := fmt.Sprintf("| `%s` | %s |", info.Code, info.Severity); !strings.Contains(page, row) {
			t.Errorf("docs/reading.md lacks a row %q", row)
		}
	}
	if rows != 0 {
		t.Errorf("docs/reading.md has %d rows more than there are codes", rows)
	}
}

// docs/architecture.md speaks of packages that exist.
func TestArchitectureNamesPackages(t *testing.T) {
	t.Parallel()
	names := regexp.MustCompile("\\*\\*`([a-z/]+)`\\*\\*").FindAllStringSubmatch(read(t, "docs/architecture.md"), -1)
	if len(names) < 15 {
		t.Fatalf("docs/architecture.md names %d packages", len(names))
	}
	for _, m := range names {
		if strings.HasPrefix(m[1], "cmd/") {
			m[1] = "../" + m[1]
		}
		if _, err := os.Stat(filepath.Join(top, "internal", m[1])); err != nil {
			t.Errorf("docs/architecture.md names the package %s: %v", m[1], err)
		}
	}
}

// What docs/ci.md runs passes where nothing is wrong, and stops the job where
// a boot would destroy something.
func TestCIRuns(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	page := read(t, "docs/ci.md")
	env := []string{"GITHUB_BASE_REF=main", "GITHUB_STEP_SUMMARY=" + filepath.Join(t.TempDir(), "summary.md")}
	if code, out := p.sh(t, "git update-ref refs/remotes/origin/main HEAD && schemaguard init && git add . && git commit -qm settings"); code != 0 {
		t.Fatalf("adopting: exit %d\n%s", code, out)
	}
	var steps []string
	for _, m := range regexp.MustCompile(`(?m)^ +(?:- )?run: (schemaguard .*)$`).FindAllStringSubmatch(page, -1) {
		steps = append(steps, m[1])
	}
	steps = append(steps, blocks(page, "sh")...)
	for _, m := range regexp.MustCompile("(?m)^\\| [^|]* \\| `(schemaguard [^`]*)` \\|").FindAllStringSubmatch(page, -1) {
		steps = append(steps, m[1])
	}
	if len(steps) != 7 {
		t.Fatalf("docs/ci.md has %d steps to run: %q", len(steps), steps)
	}
	for _, step := range steps {
		if code, out := p.sh(t, step, env...); code != 0 {
			t.Errorf("%s: exit %d where nothing is wrong\n%s", step, code, out)
		}
	}
	p.sql(t, `CREATE TABLE routes (id integer PRIMARY KEY); INSERT INTO routes VALUES (1); INSERT INTO directus_collections (collection) VALUES ('routes')`)
	for _, step := range steps {
		want := 2
		if strings.Contains(step, " diff ") {
			want = 0 // it does not look at the database
		}
		if code, out := p.sh(t, step, env...); code != want {
			t.Errorf("%s: exit %d, want %d, where a collection is unsaved\n%s", step, code, want, out)
		}
	}
	if code, out := p.sh(t, "printf 'version: 1\\ncollections:\\n' > snapshots/schema.yaml && git commit -qam cut"); code != 0 {
		t.Fatalf("cutting the file: exit %d\n%s", code, out)
	}
	for _, step := range steps {
		if code, out := p.sh(t, step, env...); code == 0 {
			t.Errorf("%s: exit 0 with a file that was cut off\n%s", step, out)
		}
	}
}

// The grants of docs/sync-point.md are enough for what the page says, and each
// is needed for it.
func TestGrants(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	grants := blocks(read(t, "docs/sync-point.md"), "sql")
	if len(grants) != 4 {
		t.Fatalf("docs/sync-point.md has %d blocks of SQL", len(grants))
	}
	role := fmt.Sprintf("schemaguard_reader_%d", os.Getpid())
	for i := range grants {
		grants[i] = strings.ReplaceAll(grants[i], "schemaguard_reader", role)
	}
	t.Cleanup(func() { p.sql(t, "DROP OWNED BY "+role+"; DROP ROLE "+role) })
	as := "SCHEMAGUARD_DATABASE_URL=" + withRole(t, p.dsn, role)
	check := func(when string, want int) {
		t.Helper()
		if code, out := p.sh(t, "schemaguard check --against HEAD", as); code != want {
			t.Errorf("check %s: exit %d, want %d\n%s", when, code, want, out)
		}
	}

	create, rest, _ := strings.Cut(grants[0], "\n")
	p.sql(t, "REVOKE ALL ON SCHEMA public FROM PUBLIC; "+create)
	check("by a role without rights", 3)
	p.sql(t, rest)
	check("by the reading role", 0)
	if code, out := p.sh(t, "schemaguard init"); code != 0 {
		t.Fatalf("init: exit %d\n%s", code, out)
	}
	check("with a sync point that everybody may read", 0)
	p.sql(t, "REVOKE ALL ON SCHEMA schemaguard FROM PUBLIC; REVOKE ALL ON schemaguard.sync_point FROM PUBLIC")
	check("with a sync point that it may not read", 3)
	p.sql(t, grants[1])
	check("with a sync point", 0)
	if code, out := p.sh(t, "schemaguard snapshot", as); code != 0 || !strings.Contains(out, "this clone only") {
		t.Errorf("snapshot by a role that may only read: exit %d\n%s", code, out)
	}
	p.sql(t, grants[2])
	if code, out := p.sh(t, "schemaguard snapshot", as); code != 0 || strings.Contains(out, "this clone only") {
		t.Errorf("snapshot by a role that may write the sync point: exit %d\n%s", code, out)
	}
	p.sql(t, grants[3])
	check("after the sync point was removed", 0)
}

// withRole returns the DSN for sessions that have the rights of another role.
func withRole(t *testing.T, dsn, role string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("options", strings.TrimSpace(q.Get("options")+" -crole="+role))
	u.RawQuery = q.Encode()
	return u.String()
}

// sql runs statements in the project's database.
func (p *project) sql(t *testing.T, statements string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context()) // it cleans up, too
	conn, err := pgx.Connect(ctx, p.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.PgConn().Exec(ctx, statements).ReadAll(); err != nil {
		t.Fatalf("%s: %v", statements, err)
	}
}

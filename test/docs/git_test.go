package docs

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// The git section of the README works pasted line by line into a fresh
// repository, and what it sets up refuses.
func TestReadmeInGit(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	section := read(t, "README.md")
	_, section, ok := strings.Cut(section, "\n## In git\n")
	if !ok {
		t.Fatal("README.md has no section In git")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	lines := strings.Split(strings.TrimSpace(blocks(section, "sh")[0]), "\n")
	if len(lines) < 4 {
		t.Fatalf("the section has %d lines to paste", len(lines))
	}
	for _, line := range lines {
		if code, out := p.sh(t, line); code != 0 {
			t.Fatalf("%s: exit %d\n%s", line, code, out)
		}
	}
	if code, out := p.sh(t, "schemaguard doctor"); code != 0 || !strings.Contains(out, "git runs pre-commit, and it reaches schemaguard") {
		t.Errorf("doctor: exit %d\n%s", code, out)
	}
	conn, err := pgconn.Connect(context.Background(), p.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if err := conn.Exec(context.Background(), `UPDATE directus_collections SET note = 'new' WHERE collection = 'events'`).Close(); err != nil {
		t.Fatal(err)
	}
	if code, out := p.sh(t, "git commit --quiet --allow-empty -m refused"); code == 0 || !strings.Contains(out, "refused: 1 unsaved") {
		t.Errorf("a commit over unsaved work: exit %d\n%s", code, out)
	}
	if code, out := p.sh(t, "schemaguard snapshot --quiet --stage && git commit --quiet -m saved && git show"); code != 0 || !strings.Contains(out, `+events  note "new"`) {
		t.Errorf("saved: exit %d\n%s", code, out)
	}
	if code, out := p.sh(t, "schemaguard uninstall && test ! -e .git/hooks/pre-commit"); code != 0 {
		t.Errorf("uninstall: exit %d\n%s", code, out)
	}
}

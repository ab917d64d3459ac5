package docs

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/schemaguard/schemaguard"
	"github.com/schemaguard/schemaguard/internal/demo"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
)

// blocks returns the code blocks of a page that are in one language.
func blocks(page, language string) []string {
	var found []string
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(page, -1) {
		found = append(found, m[1])
	}
	return found
}

// project is the example project in a repository of its own, with its database.
type project struct {
	dir, dsn string
	env      []string
}

// newProject makes one whose snapshot is committed and equals the database, and
// which finds schemaguard on its PATH.
func newProject(t *testing.T) *project {
	t.Helper()
	dumps, err := demo.Fixture()
	if err != nil {
		t.Fatal(err)
	}
	p := &project{dir: t.TempDir(), dsn: pgtest.RestoreSQL(t, dumps...)}
	p.env = []string{
		"PATH=" + filepath.Dir(program(t)) + ":" + os.Getenv("PATH"),
		"HOME=" + p.dir, "GIT_CONFIG_NOSYSTEM=1", "DSN=" + p.dsn,
	}
	snapshot, err := schemaguard.Example.ReadFile("snapshots/schema.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"snapshots/schema.yaml": snapshot,
		".env":                  []byte("DB_CLIENT=pg\nDB_CONNECTION_STRING=" + p.dsn + "\n"),
		".gitignore":            []byte(".env\n.cache/\n"),
	} {
		file := filepath.Join(p.dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if code, out := p.sh(t, "git init -q -b main . && git config user.name t && git config user.email t@example.com && git add . && git commit -qm start"); code != 0 {
		t.Fatalf("making the repository: exit %d\n%s", code, out)
	}
	return p
}

// sh runs a script in the project as a CI would, ending at the first error, and
// returns the exit code and all output.
func (p *project) sh(t *testing.T, script string, env ...string) (int, string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-euc", script)
	cmd.Dir = p.dir
	cmd.Env = append(append([]string{}, p.env...), env...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

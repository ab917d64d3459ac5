// Package docs holds the README to what the program says and does.
package docs

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard"
	"github.com/schemaguard/schemaguard/internal/demo"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
	"github.com/schemaguard/schemaguard/internal/report"
)

var top = filepath.Join("..", "..")

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(top, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// program builds schemaguard once for the test.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "schemaguard")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/schemaguard")
	cmd.Dir = top
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building: %v: %s", err, out)
	}
	return path
}

func TestReadmeListsTheExitCodes(t *testing.T) {
	t.Parallel()
	readme := read(t, "README.md")
	for _, c := range report.ExitCodes() {
		if row := fmt.Sprintf("| %d | %s |", c.Code, c.Meaning); !strings.Contains(readme, row) {
			t.Errorf("README.md lacks the row %q", row)
		}
	}
}

func TestReadmeIsShort(t *testing.T) {
	t.Parallel()
	readme := read(t, "README.md")
	if n := strings.Count(readme, "\n"); n > 200 {
		t.Errorf("README.md has %d lines, at most 200", n)
	}
	if n := len(strings.Fields(readme)); n > 1000 {
		t.Errorf("README.md has %d words, at most 1,000", n)
	}
}

// Every link to a file leads to one, and every code that is named is in the table.
func TestLinksAndCodes(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(filepath.Join(top, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	code := regexp.MustCompile("[(`]([A-Z]+(?:_[A-Z]+)+)[)`]")
	for _, page := range append(pages, filepath.Join(top, "README.md"), filepath.Join(top, "CONTRIBUTING.md")) {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(data), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s links to %s: %v", page, m[1], err)
			}
		}
		if strings.HasSuffix(page, "configuration.md") {
			continue // its capitals are variables
		}
		for _, m := range code.FindAllStringSubmatch(string(data), -1) {
			if _, ok := finding.Lookup(finding.Code(m[1])); !ok && !strings.HasPrefix(m[1], "DB_") && m[1] != "DATABASE_URL" {
				t.Errorf("%s names the finding %s, which is not in the table", page, m[1])
			}
		}
	}
}

// The commands that README lists are those of the program, and the other way round.
func TestReadmeListsTheCommands(t *testing.T) {
	t.Parallel()
	out, err := exec.Command(program(t), "--help").Output()
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(out), "Available Commands:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	readme := read(t, "README.md")
	for _, line := range strings.Split(strings.TrimSpace(list), "\n") {
		name := strings.Fields(line)[0]
		switch name {
		case "help", "completion", "version":
			continue
		}
		if !strings.Contains(readme, "schemaguard "+name) {
			t.Errorf("README.md does not name the command %s", name)
		}
	}
}

// TestReadmeRuns pastes what README says to protect a repository, and the hook,
// into a shell in the example project.
func TestReadmeRuns(t *testing.T) {
	t.Parallel()
	dumps, err := demo.Fixture()
	if err != nil {
		t.Fatal(err)
	}
	dsn := pgtest.RestoreSQL(t, dumps...)
	dir := t.TempDir()
	snapshot, err := schemaguard.Example.ReadFile("snapshots/schema.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"snapshots/schema.yaml": snapshot,
		".env":                  []byte("DB_CLIENT=pg\nDB_CONNECTION_STRING=" + dsn + "\n"),
		".gitignore":            []byte(".env\n"),
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	readme := read(t, "README.md")
	var script bytes.Buffer
	script.WriteString("set -eu\ngit init -q .\ngit config user.name t\ngit config user.email t@example.com\ngit add .\ngit commit -qm start\n")
	ran := 0
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(readme, -1) {
		if strings.Contains(block[1], "go install") || strings.Contains(block[1], "git clone") {
			continue // they fetch what is published
		}
		script.WriteString(block[1])
		ran++
	}
	if ran < 2 {
		t.Fatalf("README.md has %d blocks to run", ran)
	}
	script.WriteString("git add .\ngit commit -qm guarded\n")
	bin := program(t)
	cmd := exec.CommandContext(context.Background(), "sh", "-c", script.String())
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + filepath.Dir(bin) + ":" + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_NOSYSTEM=1"}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("pasting README.md: %v\n%s\n%s", err, script.String(), out)
	}
}

// Package docs holds the README to what the program says and does.
package docs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/finding"
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
	if n := strings.Count(readme, "\n## ") + 1; n > 14 {
		t.Errorf("README.md has %d headings, at most 14", n)
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
	for _, page := range append(pages, filepath.Join(top, "README.md"), filepath.Join(top, "CONTRIBUTING.md"), filepath.Join(top, "CHANGELOG.md")) {
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
			if _, ok := finding.Lookup(finding.Code(m[1])); !ok && !strings.HasPrefix(m[1], "DB_") && !strings.HasPrefix(m[1], "GIT_") && !strings.HasPrefix(m[1], "DOCKER_") && !strings.HasPrefix(m[1], "SCHEMAGUARD_") && !strings.HasPrefix(m[1], "DIRECTUS_") && m[1] != "DATABASE_URL" {
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
	known := map[string]bool{}
	for line := range strings.SplitSeq(strings.TrimSpace(list), "\n") {
		name := strings.Fields(line)[0]
		known[name] = true
		switch name {
		case "help", "completion", "version":
			continue
		}
		if !strings.Contains(readme, "schemaguard "+name) {
			t.Errorf("README.md does not name the command %s", name)
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^schemaguard ([a-z]+)`).FindAllStringSubmatch(strings.Join(append(blocks(readme, "sh"), blocks(readme, "")...), ""), -1) {
		if !known[m[1]] {
			t.Errorf("README.md names the command %s, which there is not", m[1])
		}
	}
}

// TestReadmeRuns pastes what README says to protect a repository, and the hook,
// into a shell in the example project.
func TestReadmeRuns(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	var script strings.Builder
	ran := 0
	for _, block := range blocks(read(t, "README.md"), "sh") {
		if strings.Contains(block, "go install") || strings.Contains(block, "git clone") {
			continue // they fetch what is published
		}
		script.WriteString(block)
		ran++
	}
	if ran < 2 {
		t.Fatalf("README.md has %d blocks to run", ran)
	}
	script.WriteString("git add .\ngit commit -qm guarded\n")
	if code, out := p.sh(t, script.String()); code != 0 {
		t.Fatalf("pasting README.md: exit %d\n%s\n%s", code, script.String(), out)
	}
}

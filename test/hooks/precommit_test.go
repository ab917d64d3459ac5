//go:build managers

package hooks

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/hookfile"
)

// preCommit skips where there is no pre-commit, and tells whether it is older than 3.2, which renamed the stages.
func preCommit(t *testing.T) (old bool) {
	t.Helper()
	out, err := exec.Command("pre-commit", "--version").Output()
	if err != nil {
		t.Skip("needs pre-commit: apt-get install pre-commit")
	}
	var major, minor int
	if _, err := fmt.Sscanf(string(out), "pre-commit %d.%d", &major, &minor); err != nil {
		t.Fatalf("pre-commit says of its version: %s", out)
	}
	return major < 3 || major == 3 && minor < 2
}

var newStages = regexp.MustCompile(`pre-commit, pre-merge-commit|\[pre-push\]`)

// older gives stages their names of before pre-commit 3.2.
func older(text string) string {
	text = strings.ReplaceAll(text, "minimum_pre_commit_version: '3.2.0'", "minimum_pre_commit_version: '2.0.0'")
	return newStages.ReplaceAllStringFunc(text, func(s string) string {
		if s == "[pre-push]" {
			return "[push]"
		}
		return "commit, merge-commit"
	})
}

// cloneOfThis makes a repository of the files of this one as they lie here, for a hook manager to build from.
func cloneOfThis(p *project, old bool) string {
	p.t.Helper()
	dir := filepath.Join(p.t.TempDir(), "schemaguard")
	root, err := filepath.Abs(top)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Fatal(err)
	}
	// The files that are built, and the manifest.
	copyTree := exec.Command("cp", "-R", "cmd", "db-init", "example.go", "go.mod", "go.sum", "hooks", "internal", "snapshots", ".pre-commit-hooks.yaml", dir)
	copyTree.Dir = root
	if out, err := copyTree.CombinedOutput(); err != nil {
		p.t.Fatalf("copying this repository: %v: %s", err, out)
	}
	manifest := filepath.Join(dir, ".pre-commit-hooks.yaml")
	data, err := os.ReadFile(manifest)
	if err != nil {
		p.t.Fatal(err)
	}
	if old {
		if err := os.WriteFile(manifest, []byte(older(string(data))), 0o644); err != nil {
			p.t.Fatal(err)
		}
	}
	p.must("git", "-C", dir, "init", "--quiet")
	p.must("git", "-C", dir, "add", "-A")
	p.must("git", "-C", dir, "commit", "--quiet", "-m", "this")
	return dir
}

// offered is a configuration that takes hooks from a clone of this repository. Modules come from the cache of this
// machine, so that a build does not fetch them all again.
func offered(p *project, clone, commit, push, version string) string {
	p.t.Helper()
	out, err := exec.Command("go", "env", "GOMODCACHE", "GOCACHE", "GOPROXY", "GOFLAGS", "GONOSUMDB", "GOSUMDB").Output()
	if err != nil {
		p.t.Skip("needs go on PATH")
	}
	for i, value := range strings.Split(strings.TrimRight(string(out), "\n"), "\n") {
		p.env = append(p.env, []string{"GOMODCACHE", "GOCACHE", "GOPROXY", "GOFLAGS", "GONOSUMDB", "GOSUMDB"}[i]+"="+value)
	}
	rev := strings.TrimSpace(p.must("git", "-C", clone, "rev-parse", "HEAD"))
	text := "repos:\n  - repo: " + clone + "\n    rev: " + rev + "\n    hooks:\n"
	for _, id := range []string{commit, push} {
		text += "      - id: " + id + "\n"
		if version != "" {
			text += "        language_version: " + version + "\n"
		}
	}
	return text
}

func TestPreCommitWithThisRepository(t *testing.T) {
	old := preCommit(t)
	for _, ids := range [][2]string{{"schemaguard", "schemaguard-push"}, {"schemaguard-system", "schemaguard-system-push"}} {
		t.Run(ids[0], func(t *testing.T) {
			p := newProject(t)
			p.write(".pre-commit-config.yaml", offered(p, cloneOfThis(p, old), ids[0], ids[1], ""))
			p.must("pre-commit", "install", "-t", "pre-commit", "-t", "pre-push")
			p.commitAll("hooks")
			p.guardsCommits()
			p.saysNotRun()
			p.guardsPushes()
			p.proves(hookfile.Fires, "pre-commit", "pre-push")
			p.must("pre-commit", "uninstall", "-t", "pre-commit", "-t", "pre-push")
			p.proves(hookfile.Silent, "pre-commit", "pre-push")
		})
	}
}

// A pre-commit that does not know the names of the stages must not pass over the hooks.
func TestPreCommitThatIsTooOldRefuses(t *testing.T) {
	if !preCommit(t) {
		t.Skip("needs a pre-commit older than 3.2")
	}
	p := newProject(t)
	p.write(".pre-commit-config.yaml", offered(p, cloneOfThis(p, false), "schemaguard-system", "schemaguard-system-push", ""))
	p.must("pre-commit", "install")
	p.must("git", "add", "-A")
	if ok, out := p.run("git", "commit", "-m", "hooks"); ok || !strings.Contains(out, "InvalidManifestError") {
		t.Errorf("the commit went through (%v), or it was not said why:\n%s", ok, out)
	}
}

func TestPreCommitInstalledIntoItsFile(t *testing.T) {
	old := preCommit(t)
	p := newProject(t)
	p.write(".pre-commit-config.yaml", "repos:\n  - repo: local\n    hooks:\n      - {id: marks, name: marks, entry: echo ran marks, language: system, verbose: true, pass_filenames: false, always_run: true}\n")
	before := p.read(".pre-commit-config.yaml")
	p.must("pre-commit", "install", "-t", "pre-commit", "-t", "pre-push")
	p.must("schemaguard", "install", "--write")
	text := p.read(".pre-commit-config.yaml")
	if old {
		p.write(".pre-commit-config.yaml", older(text))
	}
	p.commitAll("hooks")
	p.guardsCommits()
	p.saysNotRun()
	p.guardsPushes()
	p.proves(hookfile.Fires, "pre-commit", "pre-push")
	// Unstaged changes would be put away by a trial: none then.
	p.write("snapshots/schema.yaml", p.read("snapshots/schema.yaml")+"\n")
	p.proves(hookfile.Untried, "pre-commit")
	p.write(".pre-commit-config.yaml", text)
	p.must("schemaguard", "uninstall")
	if got := p.read(".pre-commit-config.yaml"); got != before {
		t.Errorf("the file was left as\n%s\nwant\n%s", got, before)
	}
}

// TestChainedWithPreCommit has hook files of both, whichever came first.
func TestChainedWithPreCommit(t *testing.T) {
	preCommit(t)
	config := "repos:\n  - repo: local\n    hooks:\n      - {id: marks, name: marks, entry: echo ran marks, language: system, verbose: true, pass_filenames: false, always_run: true}\n"
	for name, install := range map[string][][]string{
		"pre-commit first":  {{"pre-commit", "install"}, {"schemaguard", "install", "--method", "file"}},
		"schemaguard first": {{"schemaguard", "install", "--method", "file"}, {"pre-commit", "install"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			p.write(".pre-commit-config.yaml", config)
			p.must("git", "add", "-A")
			p.must("git", "commit", "--quiet", "-m", "hooks")
			for _, args := range install {
				p.must(args...)
			}
			p.guardsCommits()
			p.saysNotRun()
			p.write("more.txt", "more")
			p.must("git", "add", "-A")
			if out := p.must("git", "commit", "-m", "more"); !strings.Contains(out, "ran marks") {
				t.Errorf("pre-commit did not run:\n%s", out)
			}
		})
	}
}

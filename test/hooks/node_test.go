//go:build managers

package hooks

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/schemaguard/schemaguard/internal/hookfile"
)

// nodePackages are the hook managers that npm has, in the versions they were tried with.
const nodePackages = "lefthook@2.2.2 husky@9.1.7 @j178/prek@0.5.3"

// nodeFolder installs them once on this machine, and returns the folder of their commands.
var nodeFolder = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "schemaguard-managers")
	bin := filepath.Join(dir, "node_modules", ".bin")
	done := filepath.Join(dir, ".done "+strings.ReplaceAll(nodePackages, "/", "-"))
	if exists(done) {
		return bin, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	args := append([]string{"install", "--no-audit", "--no-fund", "--prefix", dir}, strings.Fields(nodePackages)...)
	if out, err := exec.Command("npm", args...).CombinedOutput(); err != nil {
		return "", &npmError{string(out), err}
	}
	return bin, os.WriteFile(done, nil, 0o644)
})

type npmError struct {
	said string
	err  error
}

func (e *npmError) Error() string { return e.err.Error() + ": " + e.said }
func (e *npmError) Unwrap() error { return e.err }

func node(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("needs npm: apt-get install nodejs npm")
	}
	bin, err := nodeFolder()
	if err != nil {
		t.Skipf("needs %s from npm: %v", nodePackages, err)
	}
	return bin
}

func TestLefthook(t *testing.T) {
	p := newProject(t, node(t))
	p.write("lefthook.yml", "# ours\npre-commit:\n  jobs:\n    - name: marks\n      run: echo lefthook ran marks\n")
	p.must("lefthook", "install")
	if ok, out := p.run("schemaguard", "install"); ok || !strings.Contains(out, "hook pre-commit") {
		t.Fatalf("without consent it was not only printed:\n%s", out)
	}
	p.proves(hookfile.Silent, "pre-commit")
	if out := p.must("schemaguard", "install", "--write"); !strings.Contains(out, "hint: lefthook install") {
		t.Errorf("that lefthook does not run at a push yet was not said:\n%s", out)
	}
	p.proves(hookfile.Silent, "pre-push")
	p.must("lefthook", "install")
	p.commitAll("hooks")
	p.guardsCommits()
	p.saysNotRun()
	p.guardsPushes()
	p.proves(hookfile.Fires, "pre-commit", "pre-merge-commit", "pre-push")
	p.must("schemaguard", "uninstall")
	p.proves(hookfile.Silent, "pre-commit", "pre-push")
	p.must("git", "add", "-A")
	if out := p.must("git", "commit", "-m", "without"); !strings.Contains(out, "lefthook ran marks") {
		t.Errorf("lefthook lost its own job:\n%s", out)
	}
}

func TestHusky(t *testing.T) {
	p := newProject(t, node(t))
	p.write("package.json", `{"scripts": {"test": "true"}}`)
	p.must("husky")
	p.write(".husky/pre-commit", "echo husky ran its own\n")
	p.must("schemaguard", "install", "--write")
	p.commitAll("hooks")
	p.guardsCommits()
	p.saysNotRun()
	p.guardsPushes()
	// Nothing holds back the team's own lines: no trial unless asked.
	p.proves(hookfile.Untried, "pre-commit")
	p.must("schemaguard", "uninstall")
	p.proves(hookfile.Silent, "pre-commit", "pre-push")
	if got := p.read(".husky/pre-commit"); got != "echo husky ran its own\n" {
		t.Errorf("the team's hook was left as %q", got)
	}
	if ok, out := p.run("schemaguard", "install", "--method", "file"); ok || !strings.Contains(out, "husky writes the hook files") {
		t.Errorf("a file that husky writes anew was written to:\n%s", out)
	}
}

func TestPrek(t *testing.T) {
	p := newProject(t, node(t))
	p.must("prek", "--version")
	p.write(".pre-commit-config.yaml", "repos:\n  - repo: local\n    hooks:\n      - {id: marks, name: marks, entry: echo ran marks, language: system, verbose: true, pass_filenames: false, always_run: true}\n")
	p.must("prek", "install", "-t", "pre-commit", "-t", "pre-merge-commit", "-t", "pre-push")
	p.must("schemaguard", "install", "--write")
	p.commitAll("hooks")
	p.guardsCommits()
	p.saysNotRun()
	p.guardsPushes()
	p.proves(hookfile.Fires, "pre-commit", "pre-push")
	p.must("schemaguard", "uninstall")
	p.proves(hookfile.Silent, "pre-commit", "pre-push")
}

func TestPrekWithThisRepository(t *testing.T) {
	p := newProject(t, node(t))
	clone := cloneOfThis(p, false)
	p.write(".pre-commit-config.yaml", offered(p, clone, "schemaguard", "schemaguard-push", ""))
	p.must("prek", "install", "-t", "pre-commit", "-t", "pre-push")
	p.commitAll("hooks")
	p.guardsCommits()
	p.saysNotRun()
	p.guardsPushes()
	p.proves(hookfile.Fires, "pre-commit", "pre-push")
}

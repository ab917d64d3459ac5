package findings

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/finding"
)

func buildBinary(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "schemaguard")
	build := exec.Command("go", "build", "-o", bin, "./cmd/schemaguard")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building: %v: %s", err, out)
	}
	return bin
}

// TestTwoDatabasesOneClone keeps the sync points of two databases apart in the
// one file system that they share.
func TestTwoDatabasesOneClone(t *testing.T) {
	t.Parallel()
	bin := buildBinary(t)
	first, second := newProject(t, bin, ""), newProject(t, bin, "")
	second.dir = first.dir
	first.write(".schemaguard.yaml", "sync_point: local\n")
	first.run(0, "snapshot", "--quiet")
	first.sql(`UPDATE directus_collections SET note = 'new' WHERE collection = 'events'`)
	first.run(0, "snapshot", "--quiet")
	first.git("checkout", "-q", "--", file)

	// The first had the new note when it was saved; the second never had it.
	if out := first.run(2, "status"); strings.Contains(out, "live moved") {
		t.Errorf("the first database moved since its own sync point:\n%s", out)
	}
	if out := second.run(0, "status"); strings.Contains(out, "live moved") {
		t.Errorf("the second database was measured by the first one's sync point:\n%s", out)
	}
	second.run(0, "snapshot", "--quiet")
	second.sql(`UPDATE directus_collections SET note = 'other' WHERE collection = 'events'`)
	if out := second.run(2, "status"); !strings.Contains(out, "live moved in 1 since") {
		t.Errorf("the second database did not move since its sync point:\n%s", out)
	}
	if out := first.run(2, "status"); strings.Contains(out, "live moved") {
		t.Errorf("the second one's sync point replaced the first one's:\n%s", out)
	}
}

// TestKilledChecks kills checks while they fill the cache: the next one says
// what it would have said without them.
func TestKilledChecks(t *testing.T) {
	t.Parallel()
	p := newProject(t, buildBinary(t), "")
	for _, note := range []string{"one", "two", "three", "four"} {
		p.sql(`UPDATE directus_collections SET note = '` + note + `' WHERE collection = 'events'`)
		p.save(note)
	}
	p.sql(`UPDATE directus_collections SET note = 'two' WHERE collection = 'events'; DELETE FROM schemaguard.sync_point`)
	want, exit := p.output("check", "--json")
	if exit != 0 || !strings.Contains(want, `"pending update"`) {
		t.Fatalf("exit code %d before anything was killed:\n%s", exit, want)
	}
	for range 12 {
		p.remove(".git/schemaguard")
		cmd := exec.Command(p.bin, "check")
		cmd.Dir, cmd.Env = p.dir, p.env
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// Wait until it has begun to write, then kill it in the middle.
		for range 10000 {
			if entries, err := os.ReadDir(filepath.Join(p.dir, ".git", "schemaguard")); err == nil && len(entries) > 0 {
				break
			}
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if got, exit := p.output("check", "--json"); exit != 0 || !strings.Contains(got, `"pending update"`) {
			t.Fatalf("exit code %d after a check was killed:\n%s", exit, got)
		}
	}
}

// TestFileOfTheVersionBefore is the opening sentence's other half: the database
// was migrated to 12.3.0 already, and the file is still as 11.17.4 wrote it.
func TestFileOfTheVersionBefore(t *testing.T) {
	t.Parallel()
	bin := buildBinary(t)
	for version, refuses := range map[string]bool{"12.3.0": true, "12.4.1": false} {
		p := newProject(t, bin, version)
		p.sql(routes + `; INSERT INTO routes (name) SELECT 'row ' || n FROM generate_series(1, 1000) AS n`)
		p.run(0, "snapshot", "--quiet", "--stage", "--directus-version", version)
		p.git("commit", "-q", "-m", "routes")
		old := withoutNewKeys(p.read())
		if old == p.read() {
			t.Fatalf("%s: the snapshot does not hold the keys that migrations added", version)
		}
		p.write(file, old)
		p.git("commit", "-q", "-a", "-m", "as 11.17.4 wrote it")
		codes, exit := p.check("--directus-version", version)
		if codes[finding.MetaKeyMissing] != refuses || (exit == 2) != refuses {
			t.Errorf("%s: exit code %d, META_KEY_MISSING %v, want a refusal: %v", version, exit, codes[finding.MetaKeyMissing], refuses)
		}
		out, _ := p.output("check", "--verbose", "--directus-version", version)
		if strings.Contains(strings.ReplaceAll(out, ",", ""), "1000 rows of routes") != refuses {
			t.Errorf("%s: names the rows of routes wrongly:\n%s", version, out)
		}
	}
}

// withoutNewKeys takes away what Directus 12 writes into the meta of a
// collection and 11.17.4 did not.
func withoutNewKeys(text string) string {
	head, rest, _ := strings.Cut(text, "\nfields:\n")
	var kept []string
	for line := range strings.SplitSeq(head, "\n") {
		key, _, _ := strings.Cut(strings.TrimSpace(line), ":")
		if key != "status" && key != "visualization" && !strings.HasPrefix(key, "autosave") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n") + "\nfields:\n" + rest
}

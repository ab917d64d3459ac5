package mergedriver

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// TestMain lets the test binary be the driver that git runs.
func TestMain(m *testing.M) {
	if os.Getenv("SCHEMAGUARD_TEST_MERGE_DRIVER") == "" || len(os.Args) < 6 || os.Args[1] != "merge" {
		os.Exit(m.Run())
	}
	size, _ := strconv.Atoi(os.Args[6])
	out, err := Run(context.Background(), Files{Base: os.Args[2], Ours: os.Args[3], Theirs: os.Args[4], Path: os.Args[5], MarkerSize: size})
	if err != nil {
		out.Lines = append(out.Lines, "error: "+err.Error())
	}
	for _, line := range out.Lines {
		fmt.Fprintln(os.Stderr, "schemaguard: "+line)
	}
	os.Exit(out.Status)
}

// repo is a repository whose snapshots are merged by this package.
type repo struct {
	t    *testing.T
	dir  string
	path string // of the snapshot
	said string // by the last git
}

func newRepo(t *testing.T, path string) *repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := &repo{t: t, dir: filepath.Join(t.TempDir(), "a repo"), path: path}
	if err := os.MkdirAll(filepath.Join(r.dir, filepath.Dir(path)), 0o755); err != nil {
		t.Fatal(err)
	}
	r.git("init", "-q", "-b", "main")
	r.git("config", "merge.schemaguard.driver", "'"+self+"' merge %O %A %B %P %L")
	r.write(".gitattributes", "*.yaml merge=schemaguard\n*.json merge=schemaguard\n")
	r.git("add", ".gitattributes")
	return r
}

// try runs git and returns its exit status.
func (r *repo) try(args ...string) int {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "SCHEMAGUARD_TEST_MERGE_DRIVER=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C", "GIT_EDITOR=true",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	out, err := cmd.CombinedOutput()
	r.said = string(out)
	if cmd.ProcessState == nil {
		r.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode()
}

func (r *repo) git(args ...string) string {
	r.t.Helper()
	if code := r.try(args...); code != 0 {
		r.t.Fatalf("git %v: exit %d\n%s", args, code, r.said)
	}
	return r.said
}

func (r *repo) write(path, text string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, path), []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// commit commits a snapshot.
func (r *repo) commit(text string) {
	r.t.Helper()
	r.write(r.path, text)
	r.git("add", r.path)
	r.git("commit", "-q", "-m", "x")
}

// branches makes two branches, ours and theirs, of a base; ours is checked out.
func (r *repo) branches(base, ours, theirs string) {
	r.t.Helper()
	r.commit(base)
	r.git("checkout", "-q", "-b", "theirs")
	r.commit(theirs)
	r.git("checkout", "-q", "-b", "ours", "main")
	r.commit(ours)
}

func (r *repo) holds(want string) {
	r.t.Helper()
	data, err := os.ReadFile(filepath.Join(r.dir, r.path))
	if err != nil {
		r.t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(data)); diff != "" {
		r.t.Errorf("%s\n%s", diff, r.said)
	}
}

// conflict checks that git stopped, that the file is marked, and that all three
// versions are in the index.
func (r *repo) conflict(code int) {
	r.t.Helper()
	said := r.said
	data, err := os.ReadFile(filepath.Join(r.dir, r.path))
	if err != nil {
		r.t.Fatal(err)
	}
	if code == 0 || !marked(data) {
		r.t.Errorf("exit %d, and no conflict:\n%s\n%s", code, said, data)
	}
	if stages := r.git("ls-files", "-u"); strings.Count(stages, "\t"+r.path) < 2 {
		r.t.Errorf("the index holds %q", stages)
	}
}

// The three versions of most tests: two branches that each add a collection and
// a field and change something of one collection.
var (
	v0 = file("c a note=x sort=1", "c b", "f a.id", "f b.id")
	vA = file("c a note=mine sort=1", "c b", "c d", "f a.id", "f a.o", "f b.id", "f d.id")
	vB = file("c a note=x sort=1 zip=9", "c b", "c c", "f a.id", "f a.t", "f b.id", "f c.id")
	vM = file("c a note=mine sort=1 zip=9", "c b", "c c", "c d", "f a.id", "f a.o", "f a.t", "f b.id", "f c.id", "f d.id")
	vC = file("c a note=other sort=1", "c b", "c c", "f a.id", "f b.id", "f c.id") // in conflict with vA
)

func TestGitMerge(t *testing.T) {
	t.Parallel()
	r := newRepo(t, "snap shots/schema.yaml")
	r.branches(v0, vA, vB)
	r.git("merge", "-q", "--no-edit", "theirs")
	r.holds(vM)
	if strings.Contains(r.said, "schemaguard:") {
		t.Errorf("it speaks of a merge without conflicts: %s", r.said)
	}
}

// TestGitWithoutDriver: what the driver is for. Git's own merge puts two
// collections that were added at one place into conflict.
func TestGitWithoutDriver(t *testing.T) {
	t.Parallel()
	r := newRepo(t, "schema.yaml")
	r.branches(v0, vA, vB)
	r.write(".gitattributes", "")
	if r.try("merge", "-q", "--no-edit", "theirs") == 0 {
		t.Skip("needs versions that git alone cannot merge")
	}
}

func TestGitMergeConflict(t *testing.T) {
	t.Parallel()
	r := newRepo(t, "snap shots/schema.yaml")
	r.branches(v0, vA, vC)
	code := r.try("merge", "theirs")
	r.conflict(code)
	for _, want := range []string{
		"schemaguard: snap shots/schema.yaml: 1 conflict to settle, marked in the file\n",
		"schemaguard:   collection a, meta.note: changed differently on both sides: ours \"mine\", theirs \"other\"\n",
		"schemaguard: keep one side of each, then: git add -- 'snap shots/schema.yaml'\n",
	} {
		r.git("merge", "--abort")
		r.try("merge", "theirs")
		if !strings.Contains(r.said, want) {
			t.Errorf("says not %q but\n%s", want, r.said)
		}
	}
	data, err := os.ReadFile(filepath.Join(r.dir, r.path))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "|||||||") {
		t.Errorf("shows the base unasked:\n%s", data)
	}
	resolved := take(data, []bool{true})
	want := file("c a note=other sort=1", "c b", "c c", "c d", "f a.id", "f a.o", "f b.id", "f c.id", "f d.id")
	if diff := cmp.Diff(want, string(resolved)); diff != "" {
		t.Error(diff)
	}
	r.write(r.path, string(resolved))
	r.git("add", r.path)
	r.git("commit", "-q", "--no-edit")
}

func TestGitConflictStyle(t *testing.T) {
	t.Parallel()
	for _, style := range []string{"diff3", "zdiff3"} {
		r := newRepo(t, "schema.yaml")
		r.branches(v0, vA, vC)
		r.conflict(r.try("-c", "merge.conflictStyle="+style, "merge", "theirs"))
		data, err := os.ReadFile(filepath.Join(r.dir, r.path))
		if err != nil {
			t.Fatal(err)
		}
		want := "<<<<<<< ours\n      note: mine\n||||||| base\n      note: x\n=======\n      note: other\n>>>>>>> theirs\n"
		if !strings.Contains(string(data), want) {
			t.Errorf("%s:\n%s", style, data)
		}
	}
}

func TestGitOtherWaysToMerge(t *testing.T) {
	t.Parallel()
	for name, merge := range map[string]func(r *repo, theirs string) int{
		"rebase":      func(r *repo, theirs string) int { r.git("checkout", "-q", "theirs"); return r.try("rebase", "ours") },
		"cherry-pick": func(r *repo, theirs string) int { return r.try("cherry-pick", "theirs") },
		"recursive":   func(r *repo, theirs string) int { return r.try("merge", "-s", "recursive", "--no-edit", "theirs") },
		"squash":      func(r *repo, theirs string) int { return r.try("merge", "--squash", "theirs") },
		"stash pop": func(r *repo, theirs string) int {
			r.git("checkout", "-q", "main")
			r.write(r.path, theirs)
			r.git("stash", "-q")
			r.git("merge", "-q", "ours")
			return r.try("stash", "pop")
		},
		"checkout -m": func(r *repo, theirs string) int {
			r.git("checkout", "-q", "main")
			r.write(r.path, theirs)
			return r.try("checkout", "-m", "ours")
		},
		"linked worktree": func(r *repo, theirs string) int {
			r.git("checkout", "-q", "main")
			tree := filepath.Join(filepath.Dir(r.dir), "linked tree")
			r.git("worktree", "add", "-q", tree, "ours")
			r.dir = tree
			return r.try("merge", "--no-edit", "theirs")
		},
		"from a folder below": func(r *repo, theirs string) int {
			r.dir = filepath.Join(r.dir, "snapshots")
			code := r.try("merge", "--no-edit", "theirs")
			r.dir = filepath.Dir(r.dir)
			return code
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRepo(t, "snapshots/schema.yaml")
			r.branches(v0, vA, vB)
			if code := merge(r, vB); code != 0 {
				t.Fatalf("exit %d\n%s", code, r.said)
			}
			r.holds(vM)

			bad := newRepo(t, "snapshots/schema.yaml")
			bad.branches(v0, vA, vC)
			code := merge(bad, vC)
			if name == "checkout -m" {
				code = 1 // git is content with the marks there
			}
			bad.conflict(code)
		})
	}
}

// TestGitRevert takes a change out from under later ones.
func TestGitRevert(t *testing.T) {
	t.Parallel()
	r := newRepo(t, "schema.yaml")
	r.commit(file("c a", "f a.id"))
	r.commit(file("c a note=x", "c b", "f a.id", "f b.id"))
	r.commit(file("c a note=x", "c b", "c c", "f a.id", "f a.w", "f b.id", "f c.id"))
	r.git("revert", "--no-edit", "HEAD~1")
	r.holds(file("c a", "c c", "f a.id", "f a.w", "f c.id"))

	r.commit(file("c a", "c b", "f a.id"))
	r.commit(file("c a", "c b note=late", "f a.id"))
	r.conflict(r.try("revert", "--no-edit", "HEAD~1"))
}

func TestGitAddAdd(t *testing.T) {
	t.Parallel()
	r := newRepo(t, "schema.yaml")
	r.git("commit", "-q", "-m", "empty")
	r.git("checkout", "-q", "-b", "theirs")
	r.commit(file("c a", "c c"))
	r.git("checkout", "-q", "-b", "ours", "main")
	r.commit(file("c a", "c b"))
	r.git("merge", "--no-edit", "theirs")
	r.holds(file("c a", "c b", "c c"))

	r.git("checkout", "-q", "-b", "other", "main")
	r.commit(file("c a note=x", "c c"))
	r.git("checkout", "-q", "theirs")
	r.commit(file("c a note=y", "c d"))
	r.conflict(r.try("merge", "--no-edit", "other"))
}

// TestGitModifyDelete is git's own to tell; it must not end worse with a driver.
func TestGitModifyDelete(t *testing.T) {
	t.Parallel()
	r := newRepo(t, "schema.yaml")
	r.commit(v0)
	r.git("checkout", "-q", "-b", "theirs")
	r.git("rm", "-q", r.path)
	r.git("commit", "-q", "-m", "gone")
	r.git("checkout", "-q", "main")
	r.commit(vA)
	if code := r.try("merge", "theirs"); code == 0 {
		t.Errorf("a deleted file is no conflict:\n%s", r.said)
	}
	r.holds(vA)
}

// TestGitCrissCross: two branches merged into each other, so that git makes an
// ancestor of two, which may be full of conflicts itself.
func TestGitCrissCross(t *testing.T) {
	t.Parallel()
	for _, strategy := range []string{"ort", "recursive"} {
		cross := func(t *testing.T, first, second string) *repo {
			r := newRepo(t, "schema.yaml")
			r.branches(v0, vA, vC)
			r.git("tag", "a", "ours")
			r.git("tag", "c", "theirs")
			for _, side := range [][3]string{{"ours", "c", first}, {"theirs", "a", second}} {
				r.git("checkout", "-q", side[0])
				if code := r.try("merge", "-q", "-s", strategy, side[1]); code == 0 {
					t.Fatal("no conflict at the first crossing")
				}
				r.write(r.path, side[2])
				r.git("add", r.path)
				r.git("commit", "-q", "-m", "cross")
			}
			return r
		}
		merged := file("c a note=both sort=1", "c b", "c c", "c d", "f a.id", "f a.o", "f b.id", "f c.id", "f d.id")
		r := cross(t, merged, merged)
		r.commit(strings.Replace(merged, "sort: 1", "sort: 1\n      w: 1", 1))
		r.git("checkout", "-q", "ours")
		r.commit(strings.Replace(merged, "      collection: c\n", "      collection: c\n      note: new\n", 1))
		r.git("merge", "-s", strategy, "--no-edit", "theirs")
		r.holds(strings.Replace(strings.Replace(merged, "sort: 1", "sort: 1\n      w: 1", 1), "      collection: c\n", "      collection: c\n      note: new\n", 1))
		if strings.Contains(r.said, "schemaguard:") {
			t.Errorf("it tells of conflicts in an ancestor that nobody sees:\n%s", r.said)
		}

		r = cross(t, strings.Replace(merged, "both", "mine", 1), strings.Replace(merged, "both", "other", 1))
		r.git("checkout", "-q", "ours")
		r.conflict(r.try("merge", "-s", strategy, "theirs"))
	}
}

// TestGitBrokenSide: git's own merge does what it can, and never less than both
// sides are kept.
func TestGitBrokenSide(t *testing.T) {
	t.Parallel()
	for name, theirs := range map[string]string{
		"no YAML":    strings.Replace(v0, "vendor: postgres", "vendor: [", 1),
		"marks":      "<<<<<<< x\n" + v0 + "=======\n>>>>>>> y\n",
		"no snapsot": "just: text\n",
		"binary":     "\x00\x01\x02",
		"empty":      "",
	} {
		r := newRepo(t, "schema.yaml")
		r.branches(v0, vA, theirs)
		code := r.try("merge", "theirs")
		if !strings.Contains(r.said, "schemaguard: ") {
			t.Errorf("%s: says nothing:\n%s", name, r.said)
		}
		switch stages := r.git("ls-files", "-u"); {
		case code == 0 && stages != "", code != 0 && strings.Count(stages, "\n") != 3:
			t.Errorf("%s: exit %d, the index holds %q", name, code, stages)
		}
		if name == "binary" {
			r.holds(vA) // what git cannot merge stays as it was
		}
	}
}

// TestGitTextMergeOfSoundSides: two sides that can be read do not become one
// that cannot, unseen.
func TestGitTextMergeOfSoundSides(t *testing.T) {
	t.Parallel()
	r := newRepo(t, "schema.yaml")
	base := file("c a", "c b", "c c", "c d")
	r.branches(strings.Replace(base, "version: 1", "version: 9", 1), strings.Replace(base, "version: 1", "version: 1\nx: &a 1", 1),
		strings.Replace(base, "relations: []", "relations: []\nx: 2", 1))
	if code := r.try("merge", "theirs"); code == 0 {
		data, err := os.ReadFile(filepath.Join(r.dir, r.path))
		if err != nil {
			t.Fatal(err)
		}
		if f := snapshot.Decode("x", data); !f.Trusted() {
			t.Errorf("merged without a word: %v\n%s", f.Problems, r.said)
		}
	}
	if !strings.Contains(r.said, "the common ancestor says version 9; 1 and 2 are known") {
		t.Error(r.said)
	}
}

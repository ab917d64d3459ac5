package gitindex

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing/format/index"
	"github.com/google/go-cmp/cmp"
)

func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	// Nothing of a git hook or user that runs these tests.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1"}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("git %s: %v: %s", args, err, errs.String())
	}
	return out.String()
}

// names are such that they need padding of each width, prefix compression, and bytes that a pathspec would read.
func names() []string {
	var out []string
	for i := range 9 {
		out = append(out, "p/"+strings.Repeat("x", i+1))
	}
	return append(out, "snapshots/schema.yaml", "snapshots/schema.yaml.bak", "snap*[a].yaml", "-dash", "mit leer/ü.yaml",
		strings.Repeat("long/", 40)+strings.Repeat("n", 200))
}

func indexOf(t testing.TB, format, version string) (string, []byte) {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, "init", "-q", "--object-format="+format)
	git(t, dir, "config", "index.version", version)
	for _, n := range names() {
		p := filepath.Join(dir, n)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(n), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "add", "-A")
	data, err := os.ReadFile(filepath.Join(dir, ".git/index"))
	if err != nil {
		t.Fatal(err)
	}
	return dir, data
}

// TestLookupAgreesWithGit is the oracle test: each path of a real index, in each version and hash, has the id that
// `git ls-files --stage` prints, and a path that is only near one is not found.
func TestLookupAgreesWithGit(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"sha1", "sha256"} {
		for _, version := range []string{"2", "4"} {
			t.Run(format+"-v"+version, func(t *testing.T) {
				t.Parallel()
				dir, data := indexOf(t, format, version)
				if got := fmt.Sprint(data[7]); got != version {
					t.Fatalf("index has version %s, want %s", got, version)
				}
				idLen := map[string]int{"sha1": 20, "sha256": 32}[format]
				for line := range strings.SplitSeq(strings.TrimSuffix(git(t, dir, "ls-files", "-s", "-z"), "\x00"), "\x00") {
					meta, path, _ := strings.Cut(line, "\t")
					want := strings.Fields(meta)
					res, err := Lookup(data, path, idLen)
					if err != nil || len(res.Entries) != 1 {
						t.Fatalf("Lookup(%q) = %v, %v", path, res, err)
					}
					if e := res.Entries[0]; e.ID != want[1] || fmt.Sprintf("%o", e.Mode) != want[0] || e.Stage != 0 {
						t.Errorf("Lookup(%q) = %+v, git says %v", path, e, want)
					}
				}
				for _, path := range []string{"snapshots/schema", "snapshots", "schema.yaml", "snapshots/schema.yam*", ""} {
					if res, err := Lookup(data, path, idLen); err != nil || len(res.Entries) != 0 {
						t.Errorf("Lookup(%q) = %v, %v; it is not in the index", path, res, err)
					}
				}
			})
		}
	}
}

func TestLookupAgreesWithGoGit(t *testing.T) {
	t.Parallel()
	_, data := indexOf(t, "sha1", "4")
	var idx index.Index
	if err := index.NewDecoder(bytes.NewReader(data)).Decode(&idx); err != nil {
		t.Fatal(err)
	}
	for _, e := range idx.Entries {
		res, err := Lookup(data, e.Name, 20)
		if err != nil || len(res.Entries) != 1 || res.Entries[0].ID != e.Hash.String() {
			t.Errorf("Lookup(%q) = %v, %v; go-git reads %s", e.Name, res, err, e.Hash)
		}
	}
}

func TestLookupFlags(t *testing.T) {
	t.Parallel()
	dir, _ := indexOf(t, "sha1", "2")
	if err := os.WriteFile(filepath.Join(dir, "intended"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	git(t, dir, "add", "-N", "intended")
	git(t, dir, "update-index", "--skip-worktree", "--", "-dash")
	git(t, dir, "update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("a", 40)+",sub")
	data, err := os.ReadFile(filepath.Join(dir, ".git/index"))
	if err != nil {
		t.Fatal(err)
	}
	look := func(p string) Result {
		res, err := Lookup(data, p, 20)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	if e := look("intended").Entries[0]; !e.IntentToAdd || e.SkipWorktree {
		t.Errorf("intended: %+v", e)
	}
	if e := look("-dash").Entries[0]; e.IntentToAdd || !e.SkipWorktree {
		t.Errorf("-dash: %+v", e)
	}
	if r := look("sub/schema.yaml"); r.Submodule != "sub" || len(r.Entries) != 0 {
		t.Errorf("sub/schema.yaml: %+v", r)
	}
	if r := look("subx/schema.yaml"); r.Submodule != "" {
		t.Errorf("subx/schema.yaml: %+v", r)
	}
}

func TestLookupRefusesSplitIndex(t *testing.T) {
	t.Parallel()
	dir, _ := indexOf(t, "sha1", "2")
	git(t, dir, "update-index", "--split-index")
	data, err := os.ReadFile(filepath.Join(dir, ".git/index"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lookup(data, "-dash", 20); !errors.Is(err, ErrPartial) {
		t.Errorf("err = %v, want ErrPartial", err)
	}
}

// FuzzLookup: no input panics, and a cut index never reads as a whole one that holds the path.
func FuzzLookup(f *testing.F) {
	for _, v := range []string{"2", "4"} {
		_, data := indexOf(f, "sha1", v)
		f.Add(data, "snapshots/schema.yaml")
		f.Add(data[:len(data)/2], "snapshots/schema.yaml")
	}
	f.Add([]byte("DIRC\x00\x00\x00\x02\xff\xff\xff\xff"+strings.Repeat("\x00", 80)), "")
	f.Fuzz(func(t *testing.T, data []byte, path string) {
		for _, n := range []int{20, 32} {
			if _, err := Lookup(data, path, n); err != nil && !errors.Is(err, ErrPartial) && !errors.Is(err, ErrMalformed) {
				t.Errorf("untyped error %v", err)
			}
		}
	})
}

func BenchmarkLookup(b *testing.B) {
	_, data := indexOf(b, "sha1", "2")
	for b.Loop() {
		if _, err := Lookup(data, "snapshots/schema.yaml", 20); err != nil {
			b.Fatal(err)
		}
	}
}

// Named finds what git ls-files finds, in every version of the index.
func TestNamed(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"2", "3", "4"} {
		dir := t.TempDir()
		git(t, dir, "init", "-q")
		for _, name := range []string{".conf", "a/.conf", "a/x.conf", "b/c/.conf", "b/.conf.d", "z/.conf/file"} {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		git(t, dir, "add", "-A")
		git(t, dir, "update-index", "--index-version", version)
		data, err := os.ReadFile(filepath.Join(dir, ".git", "index"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := Named(data, ".conf", 20)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{".conf", "a/.conf", "b/c/.conf"}, got); diff != "" {
			t.Errorf("version %s: %s", version, diff)
		}
		if _, err := Named(data[:len(data)/2], ".conf", 20); err == nil {
			t.Error("half an index names files")
		}
	}
}

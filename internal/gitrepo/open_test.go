package gitrepo

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/schemaguard/schemaguard/internal/gitrepo/gitexec"
)

// reads asserts that all three versions of snap.yml are git's: A in HEAD, B staged, C on disk.
func (l *lab) reads(r *Repo) {
	l.t.Helper()
	ctx := l.t.Context()
	b, err := r.At(ctx, "HEAD", "snap.yml")
	l.wantBlob("HEAD", b, err, "A\n", "HEAD:snap.yml")
	b, err = r.Index(ctx, "snap.yml")
	l.wantBlob("index", b, err, "B\n", ":snap.yml")
	b, err = r.Worktree(ctx, "snap.yml")
	if err != nil {
		l.t.Errorf("worktree: %v", err)
	} else if want := l.git("hash-object", "snap.yml"); b.ID != want {
		l.t.Errorf("worktree id %s, want %s", b.ID, want)
	}
	for _, what := range []string{"index", "HEAD"} {
		var err error
		if what == "index" {
			_, err = r.Index(ctx, "missing.yml")
		} else {
			_, err = r.At(ctx, "HEAD", "missing.yml")
		}
		if !errors.Is(err, ErrNotTracked) {
			l.t.Errorf("missing.yml in %s: %v, want ErrNotTracked", what, err)
		}
	}
}

// three makes the versions that reads expects.
func (l *lab) three() {
	l.t.Helper()
	l.commit("snap.yml", "A\n")
	l.write("snap.yml", "B\n")
	l.git("add", "snap.yml")
	l.write("snap.yml", "C\n")
}

// kind is one kind of repository; inProcess says which reader has to have answered.
type kind struct {
	init      []string
	inProcess bool
	make      func(l *lab) *lab
}

// kinds has one row per trap.
func kinds() map[string]kind {
	return map[string]kind{
		"plain":          {nil, true, func(l *lab) *lab { l.three(); return l }},
		"packed":         {nil, true, func(l *lab) *lab { l.three(); l.git("gc", "-q"); l.git("pack-refs", "--all"); return l }},
		"index v4":       {nil, true, func(l *lab) *lab { l.git("config", "index.version", "4"); l.three(); return l }},
		"skipHash index": {nil, true, func(l *lab) *lab { l.three(); l.zeroIndexHash(); return l }},
		"split index": {nil, true, func(l *lab) *lab {
			l.git("config", "core.splitIndex", "true")
			l.three()
			l.git("update-index", "--split-index")
			return l
		}},
		"sparse checkout": {nil, true, func(l *lab) *lab {
			l.commit("dir/x", "x")
			l.git("sparse-checkout", "set", "nothing")
			l.three()
			return l
		}},
		"sparse index": {nil, true, func(l *lab) *lab {
			l.commit("dir/x", "x")
			l.git("sparse-checkout", "set", "--cone", "--sparse-index", "nothing")
			l.three()
			return l
		}},
		"SHA-256":            {[]string{"--object-format=sha256"}, false, func(l *lab) *lab { l.three(); return l }},
		"SHA-256, index v4":  {[]string{"--object-format=sha256"}, false, func(l *lab) *lab { l.git("config", "index.version", "4"); l.three(); return l }},
		"separate git dir":   {[]string{"--separate-git-dir=../elsewhere.git"}, true, func(l *lab) *lab { l.three(); return l }},
		"detached HEAD":      {nil, true, func(l *lab) *lab { l.commit("x", "x"); l.git("checkout", "-q", "--detach"); l.three(); return l }},
		"odd configuration":  {nil, false, func(l *lab) *lab { l.three(); l.git("config", "core.bare", "00"); return l }},
		"path with brackets": {nil, true, func(l *lab) *lab { l.three(); return l.renamed("re[po] *?") }},
		"linked worktree of a bare repository": {nil, true, func(l *lab) *lab {
			l.commit("x", "x")
			bare, tree := filepath.Join(filepath.Dir(l.dir), "bare.git"), filepath.Join(filepath.Dir(l.dir), "tree")
			l.git("clone", "-q", "--bare", l.dir, bare)
			l.at(bare).git("worktree", "add", "-q", tree, "main")
			l.at(tree).three()
			return l.at(tree)
		}},
		"alternates": {nil, true, func(l *lab) *lab {
			l.commit("snap.yml", "A\n")
			dir := filepath.Join(filepath.Dir(l.dir), "shared")
			l.git("clone", "-q", "--shared", l.dir, dir)
			s := l.at(dir)
			s.write("snap.yml", "B\n")
			s.git("add", "snap.yml")
			s.write("snap.yml", "C\n")
			return s
		}},
		"shallow clone": {nil, true, func(l *lab) *lab {
			l.commit("snap.yml", "0\n")
			l.commit("snap.yml", "A\n")
			dir := filepath.Join(filepath.Dir(l.dir), "shallow")
			l.git("clone", "-q", "--depth=1", "file://"+l.dir, dir)
			s := l.at(dir)
			s.write("snap.yml", "B\n")
			s.git("add", "snap.yml")
			s.write("snap.yml", "C\n")
			return s
		}},
	}
}

func TestReadsEachKindOfRepository(t *testing.T) {
	t.Parallel()
	for name, row := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := row.make(newLab(t, row.init...))
			r := l.open()
			if got, why := r.InProcess(); got != row.inProcess {
				t.Errorf("in process: %v (%s), want %v", got, why, row.inProcess)
			}
			if r.Root() != l.dir {
				t.Errorf("root %s, want %s", r.Root(), l.dir)
			}
			l.reads(r)
		})
	}
}

func (l *lab) zeroIndexHash() {
	file := filepath.Join(l.dir, ".git/index")
	data, err := os.ReadFile(file)
	if err != nil {
		l.t.Fatal(err)
	}
	clear(data[len(data)-20:])
	if err := os.WriteFile(file, data, 0o644); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) renamed(name string) *lab {
	dir := filepath.Join(filepath.Dir(l.dir), name)
	if err := os.Rename(l.dir, dir); err != nil {
		l.t.Fatal(err)
	}
	return l.at(dir)
}

// TestWithoutGitBinary: an ordinary repository needs none; one that go-git cannot read is unsupported, never empty.
func TestWithoutGitBinary(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.three()
	l.git("gc", "-q")
	l.reads(withoutGit(l.open()))

	split := newLab(t)
	split.three()
	split.git("update-index", "--split-index")
	var unsupported *UnsupportedError
	r := withoutGit(split.open())
	if _, err := r.Index(t.Context(), "snap.yml"); !errors.As(err, &unsupported) || !errors.Is(err, gitexec.ErrNoGit) {
		t.Errorf("split index: %v, want UnsupportedError for want of git", err)
	}
	if _, err := r.Index(t.Context(), "missing.yml"); errors.Is(err, ErrNotTracked) {
		t.Error("an index that was not read calls a path not tracked")
	}
	r = withoutGit(newLab(t).open())
	if err := r.Stage(t.Context(), "snap.yml"); err == nil {
		t.Error("staged without git")
	}
}

// TestReftable: git 2.45 stores references so; an older git refuses, and then so does Open. What git prints is taken
// where it can.
func TestReftable(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.three()
	head, blob := l.git("rev-parse", "HEAD"), l.git("rev-parse", "HEAD:snap.yml")
	l.git("config", "core.repositoryformatversion", "1")
	l.git("config", "extensions.refstorage", "reftable")
	l.git2("HEAD", "ref: refs/heads/.invalid\n")

	if _, err := l.try(nil, "status"); err != nil { // this machine's git is older than 2.45
		var unsupported *UnsupportedError
		if _, err := Open(t.Context(), l.dir, l.env); !errors.As(err, &unsupported) || !strings.Contains(err.Error(), "refstorage") {
			t.Errorf("git that cannot: %v, want UnsupportedError", err)
		}
	}
	bin := t.TempDir()
	fake := `#!/bin/sh
for a do case "$a" in -c|core.quotepath=off|--no-pager) ;; *) args="$args $a" ;; esac; done
case "$args" in
" rev-parse --git-dir") echo .git ;;
" rev-parse --verify --quiet HEAD^{commit}") echo ` + head + ` ;;
" ls-tree -z --full-tree ` + head + ` -- snap.yml") printf '100644 blob ` + blob + `\tsnap.yml\000' ;;
" cat-file blob ` + blob + `") printf 'A\n' ;;
" symbolic-ref -q HEAD") echo refs/heads/main ;;
*) echo "unexpected:$args" >&2; exit 3 ;;
esac
`
	if err := os.WriteFile(filepath.Join(bin, "git"), []byte(fake), 0o755); err != nil {
		t.Fatal(err)
	}
	r, err := Open(t.Context(), l.dir, l.with("PATH", bin))
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.At(t.Context(), "HEAD", "snap.yml")
	if err != nil || b.ID != blob {
		t.Fatalf("At(HEAD) = %+v, %v", b, err)
	}
	if data, err := b.Data(t.Context()); err != nil || string(data) != "A\n" {
		t.Errorf("content %q, %v", data, err)
	}
	if branch, err := r.Branch(t.Context()); branch != "main" || err != nil {
		t.Errorf("branch %q, %v", branch, err)
	}
	if b, err := r.Index(t.Context(), "snap.yml"); err != nil || b.ID == blob { // the index is a file there too
		t.Errorf("index %+v, %v", b, err)
	}
}

// git2 writes a file of the git directory.
func (l *lab) git2(name, content string) { l.t.Helper(); l.write(".git/"+name, content) }

func TestUnknownExtensionIsUnsupported(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.three()
	l.git("config", "core.repositoryformatversion", "1")
	l.git("config", "extensions.fromTheFuture", "yes")
	var unsupported *UnsupportedError
	if _, err := Open(t.Context(), l.dir, l.env); !errors.As(err, &unsupported) || !strings.Contains(err.Error(), "fromthefuture") {
		t.Errorf("%v, want UnsupportedError", err)
	}
	l.git2("config", "[core]\n\trepositoryformatversion = 0\n[extensions]\n\tfromTheFuture = yes\n") // which git ignores
	l.reads(l.open())
}

func TestPartialClone(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.git("config", "uploadpack.allowFilter", "true")
	l.git("config", "uploadpack.allowAnySHA1InWant", "true")
	old := l.commit("snap.yml", "old\n")
	l.commit("snap.yml", "new\n")
	dir := filepath.Join(filepath.Dir(l.dir), "partial")
	l.git("clone", "-q", "--filter=blob:none", "file://"+l.dir, dir)
	p := l.at(dir)
	r := p.open()
	if ok, why := r.InProcess(); !ok {
		t.Errorf("not in process: %s", why)
	}
	moved := l.dir + ".gone"
	if err := os.Rename(l.dir, moved); err != nil {
		t.Fatal(err)
	}
	b, err := r.At(t.Context(), old, "snap.yml") // the id needs no network
	if err != nil {
		t.Fatal(err)
	}
	revs, err := r.Revisions(t.Context(), "snap.yml", []string{p.git("rev-parse", "HEAD")})
	if err != nil || len(revs) != 2 {
		t.Errorf("history offline: %v, %v", revs, err)
	}
	if data, err := b.Data(t.Context()); err == nil {
		t.Errorf("content %q though the remote is gone", data)
	}
	if err := os.Rename(moved, l.dir); err != nil {
		t.Fatal(err)
	}
	if data, err := b.Data(t.Context()); err != nil || string(data) != "old\n" {
		t.Errorf("content %q, %v; git fetches it", data, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.three()
	base := filepath.Dir(l.dir)
	bare := filepath.Join(base, "bare.git")
	l.git("clone", "-q", "--bare", l.dir, bare)
	tree := filepath.Join(base, "tree")
	l.git("worktree", "add", "-q", "-b", "t", tree)
	if err := os.WriteFile(filepath.Join(tree, ".git"), []byte("gitdir: "+base+"/gone/.git/worktrees/tree\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	rows := []struct {
		name, dir string
		env       []string
		want      error
		text      string
	}{
		{"no repository", base, nil, ErrNotRepository, ""},
		{"below a ceiling", filepath.Join(l.dir, "sub"), []string{"GIT_CEILING_DIRECTORIES", l.dir}, ErrNotRepository, ""},
		{"bare", bare, nil, ErrBare, ""},
		{"in the git directory", filepath.Join(l.dir, ".git", "hooks"), nil, ErrBare, ""},
		{"link to nowhere", tree, nil, ErrNotRepository, "git worktree repair"},
	}
	l.write("sub/x", "x")
	for _, row := range rows {
		_, err := Open(t.Context(), row.dir, l.with(row.env...))
		if !errors.Is(err, row.want) || !strings.Contains(err.Error(), row.text) {
			t.Errorf("%s: %v, want %v", row.name, err, row.want)
		}
	}
	if _, err := Open(t.Context(), filepath.Join(base, "absent"), l.env); err == nil {
		t.Error("opened a directory that does not exist")
	}
	if _, err := Open(t.Context(), filepath.Join(l.dir, "sub"), l.env); err != nil {
		t.Errorf("subdirectory: %v", err)
	}
}

// TestLargePacksAreLeftToGit: go-git would read all of a pack index before the first object.
func TestLargePacksAreLeftToGit(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.three()
	l.git("tag", "-a", "-m", "x", "v1")
	if ok, why := l.open().InProcess(); !ok {
		t.Errorf("small: left to git, %q", why)
	}
	l.git2("objects/pack/pack-"+strings.Repeat("0", 40)+".idx", strings.Repeat("x", 600<<10))
	r := l.open()
	if ok, why := r.InProcess(); ok || !strings.Contains(why, "600 KiB") {
		t.Errorf("large: in process %v, %q", ok, why)
	}
	l.reads(r)
	head := l.git("rev-parse", "HEAD")
	for _, rev := range []string{"HEAD", "main", "v1", head} {
		if id, err := r.Resolve(t.Context(), rev); err != nil || id != head {
			t.Errorf("Resolve(%s): %s, %v", rev, id, err)
		}
	}
	if refs, err := r.Refs(t.Context()); err != nil || len(refs) != 2 || refs[1].Commit != head {
		t.Errorf("Refs: %v, %v", refs, err)
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.three()
	l.git("gc", "-q")
	r, tip := l.open(), []string{l.git("rev-parse", "HEAD")}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5 {
				l.reads(r)
				if revs, err := r.Revisions(t.Context(), "snap.yml", tip); err != nil || len(revs) != 1 {
					t.Errorf("%v, %v", revs, err)
				}
				if refs, err := r.Refs(t.Context()); err != nil || len(refs) != 1 {
					t.Errorf("%v, %v", refs, err)
				}
			}
		})
	}
	wg.Wait()
}

// BenchmarkOpenAndCompareIDs is the clean path of a check: is what is staged what is committed?
func BenchmarkOpenAndCompareIDs(b *testing.B) {
	for name, args := range map[string][]string{"in-process": nil, "git-binary": {"--object-format=sha256"}} {
		b.Run(name, func(b *testing.B) {
			l := newLab(b, args...)
			l.three()
			l.git("gc", "-q")
			for b.Loop() {
				r := l.open()
				if _, err := r.Index(b.Context(), "snap.yml"); err != nil {
					b.Fatal(err)
				}
				if _, err := r.At(b.Context(), "HEAD", "snap.yml"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestReadsWriteNothing: no read changes a byte or a time stamp below .git, our cache excepted.
func TestReadsWriteNothing(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{"plain": nil, "SHA-256": {"--object-format=sha256"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, args...)
			l.three()
			l.write("snap.yml", "C\r\n") // so that git is asked for the id, beside a stale index
			ctx := t.Context()
			before := l.prints()
			r := l.open()
			head, err := r.Resolve(ctx, "HEAD~0")
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range []func() error{
				func() error { _, err := r.Index(ctx, "snap.yml"); return err },
				func() error { _, err := r.Worktree(ctx, "snap.yml"); return err },
				func() error { _, err := r.At(ctx, "main", "snap.yml"); return err },
				func() error { _, err := r.Refs(ctx); return err },
				func() error { _, err := r.Containing(ctx, head); return err },
				func() error { _, err := r.Revisions(ctx, "snap.yml", []string{head}); return err },
				func() error { _, err := r.Branch(ctx); return err },
				func() error { r.State(ctx); r.Store("x", []byte("y")); return nil },
			} {
				if err := f(); err != nil {
					t.Error(err)
				}
			}
			if l.prints() != before {
				t.Error("a read changed the git directory")
			}
			if err := r.Stage(ctx, "snap.yml"); err != nil {
				t.Fatal(err)
			}
			if l.prints() == before {
				t.Error("the fingerprint does not see a write")
			}
		})
	}
}

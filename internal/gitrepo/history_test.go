package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/gitrepo/filelog"
)

func (l *lab) tips() []string {
	return strings.Fields(l.git("for-each-ref", "--format=%(objectname)", "refs/heads", "refs/remotes"))
}

// subjects are what a test reads: newest first, "subject:content".
func (l *lab) subjects(revs []filelog.Revision) []string {
	l.t.Helper()
	var out []string
	for _, rev := range revs {
		content := "(gone)"
		if rev.BlobID != "" {
			content = l.git("cat-file", "blob", rev.BlobID)
		}
		out = append(out, rev.Subject+":"+content)
	}
	return out
}

// clock makes each commit a minute younger than the one before.
func (l *lab) clock(minute int) {
	stamp := fmt.Sprintf("%d +0000", 1_700_000_000+minute*60)
	l.vars["GIT_AUTHOR_DATE"], l.vars["GIT_COMMITTER_DATE"] = stamp, stamp
}

func (l *lab) change(minute int, subject, content string) string {
	l.t.Helper()
	l.clock(minute)
	l.write("s/snap.yml", content)
	l.git("add", "-A")
	l.git("commit", "-q", "--allow-empty", "-m", subject)
	return l.git("rev-parse", "HEAD")
}

// story is a history with all that can happen to a file: edits on two branches, a merge that takes one side, a merge
// that is neither, a removal, a return, a symbolic link in its place, a mode change, commits elsewhere.
func story(t testing.TB, args ...string) *lab {
	l := newLab(t, args...)
	l.clock(0)
	l.write("readme", "x")
	l.git("add", "-A")
	l.git("commit", "-q", "-m", "root")
	l.change(1, "one", "1")
	l.git("checkout", "-q", "-b", "side")
	l.change(2, "side two", "2")
	l.git("checkout", "-q", "main")
	l.change(3, "three", "3")
	l.clock(4)
	l.git("merge", "-q", "-s", "ours", "-m", "merge takes ours", "side")
	l.git("checkout", "-q", "-b", "other", "main~1")
	l.change(5, "other five", "5")
	l.git("checkout", "-q", "main")
	l.change(6, "six", "6")
	l.clock(7)
	_, _ = l.try(nil, "merge", "-q", "other")
	l.change(7, "evil merge", "7")
	l.clock(8)
	if err := os.Chmod(filepath.Join(l.dir, "s/snap.yml"), 0o755); err != nil {
		t.Fatal(err)
	}
	l.git("commit", "-q", "-a", "-m", "mode only")
	l.clock(9)
	l.git("rm", "-q", "s/snap.yml")
	l.git("commit", "-q", "-m", "removed")
	l.change(10, "back", "1")
	l.clock(11)
	l.git("mv", "s/snap.yml", "s/moved.yml")
	l.git("commit", "-q", "-m", "renamed away")
	if err := os.Symlink("moved.yml", filepath.Join(l.dir, "s/snap.yml")); err != nil {
		t.Fatal(err)
	}
	l.clock(12)
	l.git("add", "-A")
	l.git("commit", "-q", "-m", "a link instead")
	if err := os.Remove(filepath.Join(l.dir, "s/snap.yml")); err != nil {
		t.Fatal(err)
	}
	l.change(13, "file again", "13")
	return l
}

func TestRevisions(t *testing.T) {
	t.Parallel()
	want := []string{
		"file again:13", "renamed away:(gone)", "back:1", "removed:(gone)", "evil merge:7", "six:6", "other five:5",
		"three:3", "side two:2", "one:1",
	}
	for name, args := range map[string][]string{"SHA-1": nil, "SHA-256": {"--object-format=sha256"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := story(t, args...)
			// What users set, and what must not change the answer.
			for _, kv := range [][2]string{
				{"log.showSignature", "true"},
				{"log.follow", "true"},
				{"log.showRoot", "false"},
				{"color.ui", "always"},
				{"log.diffMerges", "remerge"},
				{"diff.renames", "copies"},
				{"diff.orderFile", "/nonexistent"},
				{"format.pretty", "oneline"},
				{"log.decorate", "full"},
				{"diff.external", "false"},
				{"log.date", "relative"},
				{"diff.relative", "true"},
				{"core.pager", "false"},
			} {
				l.git("config", kv[0], kv[1])
			}
			r := l.open()
			revs, err := r.Revisions(t.Context(), "s/snap.yml", l.tips())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, l.subjects(revs)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if rev := revs[0]; rev.Author != "Ada" || rev.Email != "ada@example.com" || rev.Time.Unix() != 1_700_000_000+13*60 || rev.Commit != l.git("rev-parse", "main") {
				t.Errorf("%+v", rev)
			}
			if first, ok := filelog.Introduced(revs, revs[len(revs)-1].BlobID); !ok || first.Subject != "one" {
				t.Errorf("Introduced: %+v", first)
			}
			if _, ok := filelog.Introduced(revs, strings.Repeat("0", 40)); ok {
				t.Error("Introduced found a blob that never was")
			}
			if args == nil {
				here, err := withoutGit(r).Revisions(t.Context(), "s/snap.yml", l.tips())
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(revs, here); diff != "" {
					t.Errorf("without git (-git +go-git):\n%s", diff)
				}
			}
		})
	}
}

func TestRevisionsOfTips(t *testing.T) {
	t.Parallel()
	l := story(t)
	r := l.open()
	side := l.git("rev-parse", "side")
	revs, err := r.Revisions(t.Context(), "s/snap.yml", []string{side, side})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"side two:2", "one:1"}, l.subjects(revs)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// What came from a side branch and lost against the other side of a merge was still there once.
	revs, err = r.Revisions(t.Context(), "s/snap.yml", []string{l.git("rev-parse", "main")})
	if got := l.subjects(revs); err != nil || len(got) != 10 || !slices.Contains(got, "side two:2") {
		t.Errorf("from main alone: %v, %v", got, err)
	}
	if revs, err := r.Revisions(t.Context(), "s/snap.yml", nil); err != nil || revs != nil {
		t.Errorf("no tips: %v, %v", revs, err)
	}
	if revs, err := r.Revisions(t.Context(), "s", []string{side}); err != nil || len(revs) != 0 {
		t.Errorf("a directory is no file: %v, %v", revs, err)
	}
	for _, bad := range []string{"main", "--all", strings.Repeat("0", 40)} {
		if revs, err := r.Revisions(t.Context(), "s/snap.yml", []string{bad}); err == nil {
			t.Errorf("tip %q: %v", bad, revs)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Revisions(ctx, "s/snap.yml", l.tips()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestNoBlobIsMissed: random histories with many merges. Every blob that any commit has at the path is found, by git,
// by go-git, and by walks that grew from earlier ones; and all of these agree.
func TestNoBlobIsMissed(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			rnd := rand.New(rand.NewPCG(seed, 1))
			l.clock(0)
			l.change(0, "root", "0")
			grown := l.open()
			branches := []string{"main"}
			for i := 1; i < 40; i++ {
				l.clock(i)
				l.git("checkout", "-q", "-f", branches[rnd.IntN(len(branches))])
				switch rnd.IntN(6) {
				case 0:
					name := fmt.Sprintf("b%d", i)
					l.git("checkout", "-q", "-b", name)
					branches = append(branches, name)
				case 1, 2:
					other := branches[rnd.IntN(len(branches))]
					strategy := []string{"ours", "theirs"}[rnd.IntN(2)]
					if _, err := l.try(nil, "merge", "-q", "-m", "merge", "-X", strategy, other); err != nil {
						l.change(i, "forced merge", fmt.Sprint(rnd.IntN(8)))
					}
				case 3:
					if _, err := l.try(nil, "rm", "-q", "s/snap.yml"); err == nil {
						l.git("commit", "-q", "-m", "rm")
					}
				default:
					l.change(i, fmt.Sprint("change ", i), fmt.Sprint(rnd.IntN(8)))
				}
				if i%7 == 0 {
					if _, err := grown.Revisions(t.Context(), "s/snap.yml", l.tips()); err != nil {
						t.Fatal(err)
					}
				}
			}
			var want []string
			for c := range strings.FieldsSeq(l.git("rev-list", "--all")) {
				if id, err := l.try(nil, "rev-parse", "--verify", "-q", c+":s/snap.yml"); err == nil {
					want = append(want, strings.TrimSpace(id))
				}
			}
			slices.Sort(want)
			want = slices.Compact(want)
			fresh := l.open()
			fresh.walks = nil
			results := map[string]*Repo{"grown": grown, "fresh": fresh, "go-git": withoutGit(fresh)}
			var reference []filelog.Revision
			for _, name := range []string{"fresh", "grown", "go-git"} {
				revs, err := results[name].Revisions(t.Context(), "s/snap.yml", l.tips())
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, rev := range revs {
					if rev.BlobID != "" {
						got = append(got, rev.BlobID)
					}
				}
				slices.Sort(got)
				if diff := cmp.Diff(want, slices.Compact(got)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
				if reference == nil {
					reference = revs
				} else if diff := cmp.Diff(reference, revs); diff != "" {
					t.Errorf("%s differs from fresh (-fresh +%s):\n%s", name, name, diff)
				}
			}
		})
	}
}

// TestWalkCache: a second call runs no git; new commits, rewritten branches and damage all give the right answer.
func TestWalkCache(t *testing.T) {
	t.Parallel()
	l := story(t)
	ctx := t.Context()
	first, err := l.open().Revisions(ctx, "s/snap.yml", l.tips())
	if err != nil {
		t.Fatal(err)
	}
	second := l.open()
	second.git, second.refs, second.objects = nil, nil, nil // only the cache can answer
	if got, err := second.Revisions(ctx, "s/snap.yml", l.tips()); err != nil || !cmp.Equal(first, got) {
		t.Errorf("second call: %v, %v", got, err)
	}
	if _, err := second.Revisions(ctx, "readme", l.tips()); err == nil {
		t.Error("another path was answered from this one's cache")
	}
	l.git("checkout", "-q", "main")
	l.change(20, "twenty", "20")
	grown, err := l.open().Revisions(ctx, "s/snap.yml", l.tips())
	if err != nil || len(grown) != len(first)+1 || grown[0].Subject != "twenty" {
		t.Errorf("grown: %v, %v", l.subjects(grown), err)
	}
	// A rewritten branch: what is no longer reachable must be gone.
	l.git("reset", "-q", "--hard", "HEAD~3")
	l.change(21, "rewritten", "21")
	rewritten, err := l.open().Revisions(ctx, "s/snap.yml", l.tips())
	if err != nil {
		t.Fatal(err)
	}
	if got := l.subjects(rewritten); slices.Contains(got, "twenty:20") || got[0] != "rewritten:21" {
		t.Errorf("rewritten: %v", got)
	}
	dir := filepath.Join(l.dir, ".git", "schemaguard", "history")
	files, err := os.ReadDir(dir)
	if err != nil || len(files) == 0 {
		t.Fatal("no cache was written", err)
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name()), []byte("garbage"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := l.open().Revisions(ctx, "s/snap.yml", l.tips()); err != nil || !cmp.Equal(rewritten, got) {
		t.Errorf("with a damaged cache: %v, %v", got, err)
	}
	if err := os.RemoveAll(filepath.Dir(dir)); err != nil {
		t.Fatal(err)
	}
	l.git2("schemaguard", "a file where the folder would be")
	if got, err := l.open().Revisions(ctx, "s/snap.yml", l.tips()); err != nil || !cmp.Equal(rewritten, got) {
		t.Errorf("without a place for a cache: %v, %v", got, err)
	}
}

// TestShallowHistory: it ends at the cut and says so; deepening is seen although the tip stays.
func TestShallowHistory(t *testing.T) {
	t.Parallel()
	l := story(t)
	dir := filepath.Join(filepath.Dir(l.dir), "shallow")
	l.git("clone", "-q", "--depth=2", "file://"+l.dir, dir)
	s := l.at(dir)
	r := s.open()
	if !r.Shallow() || l.open().Shallow() {
		t.Errorf("Shallow: clone %v, original %v", r.Shallow(), l.open().Shallow())
	}
	tip := []string{s.git("rev-parse", "HEAD")}
	revs, err := r.Revisions(t.Context(), "s/snap.yml", tip)
	if err != nil || len(revs) != 1 {
		t.Fatalf("%v, %v", revs, err)
	}
	here, err := withoutGit(r).Revisions(t.Context(), "s/snap.yml", tip)
	if err != nil || !cmp.Equal(revs, here) {
		t.Errorf("without git: %v, %v", here, err)
	}
	s.git("fetch", "-q", "--unshallow")
	revs, err = s.open().Revisions(t.Context(), "s/snap.yml", tip)
	if err != nil || len(revs) != 10 {
		t.Errorf("after fetch --unshallow: %v, %v", s.subjects(revs), err)
	}
}

// TestTreelessCloneIsNotWalked: each tree would be fetched on its own; the answer is an error, soon, and no network.
func TestTreelessCloneIsNotWalked(t *testing.T) {
	t.Parallel()
	l := story(t)
	l.git("config", "uploadpack.allowFilter", "true")
	dir := filepath.Join(filepath.Dir(l.dir), "treeless")
	l.git("clone", "-q", "--filter=tree:0", "file://"+l.dir, dir)
	s := l.at(dir)
	before := s.git("count-objects", "-v")
	revs, err := s.open().Revisions(t.Context(), "s/snap.yml", []string{s.git("rev-parse", "HEAD")})
	if err == nil {
		t.Errorf("history %v", revs)
	}
	if after := s.git("count-objects", "-v"); after != before {
		t.Errorf("objects were fetched:\n%s\n%s", before, after)
	}
}

func TestHostileNamesInHistory(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.vars["GIT_AUTHOR_NAME"] = "Eve \x1b[31m\x01:100644 \u00fc"
	l.write("s/snap.yml", "x")
	l.git("add", "-A")
	l.git("commit", "-q", "-m", ":100644 100644 a b M \x1b]0;pwned\x07\n\nbody")
	revs, err := l.open().Revisions(t.Context(), "s/snap.yml", l.tips())
	if err != nil || len(revs) != 1 {
		t.Fatalf("%v, %v", revs, err)
	}
	if rev := revs[0]; strings.ContainsAny(rev.Author+rev.Subject, "\x1b\x01\x07") || !strings.Contains(rev.Author, "ü") || !strings.HasPrefix(rev.Subject, ":100644") {
		t.Errorf("%q by %q", rev.Subject, rev.Author)
	}
	here, err := withoutGit(l.open()).Revisions(t.Context(), "s/snap.yml", l.tips())
	if err != nil || !cmp.Equal(revs, here) {
		t.Errorf("without git: %v, %v", here, err)
	}
}

// BenchmarkRevisions measures a repository of 10,000 commits of which 300 change the file: the first walk by git and by
// go-git, a walk that grows by one commit, and the cached answer.
func BenchmarkRevisions(b *testing.B) {
	l := newLab(b)
	var in strings.Builder
	for i := range 10_000 {
		path, content := fmt.Sprintf("src/d%d/f%d", i%50, i%400), fmt.Sprint("c", i)
		if i%33 == 0 {
			path = "s/snap.yml"
		}
		fmt.Fprintf(&in, "commit refs/heads/main\ncommitter A <a@b> %d +0000\ndata 1\nx\nM 644 inline %s\ndata %d\n%s\n", 1_700_000_000+i*60, path, len(content), content)
	}
	file := filepath.Join(filepath.Dir(l.dir), "stream")
	if err := os.WriteFile(file, []byte(in.String()), 0o644); err != nil {
		b.Fatal(err)
	}
	l.git("config", "alias.load", "!git fast-import --quiet < "+shellQuote(file))
	l.git("load")
	l.git("gc", "-q")
	tip := []string{l.git("rev-parse", "main")}
	past := []string{l.git("rev-parse", "main~1")}
	run := func(name string, r *Repo, prepare func(r *Repo)) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if prepare != nil {
					b.StopTimer()
					prepare(r)
					b.StartTimer()
				}
				if revs, err := r.Revisions(b.Context(), "s/snap.yml", tip); err != nil || len(revs) != 304 {
					b.Fatal(len(revs), err)
				}
			}
		})
	}
	forget := func(r *Repo) { _ = os.RemoveAll(filepath.Join(r.loc.CommonDir, "schemaguard")) }
	run("first", l.open(), forget)
	run("first-without-git", withoutGit(l.open()), nil)
	run("grown", l.open(), func(r *Repo) {
		forget(r)
		if _, err := r.Revisions(b.Context(), "s/snap.yml", past); err != nil {
			b.Fatal(err)
		}
	})
	run("cached", l.open(), nil)
	b.Run("open-and-read-head", func(b *testing.B) {
		for b.Loop() {
			blob, err := l.open().At(b.Context(), "main", "s/snap.yml")
			if err != nil {
				b.Fatal(err)
			}
			if _, err := blob.Data(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("open-and-cached", func(b *testing.B) {
		for b.Loop() {
			if _, err := l.open().Revisions(b.Context(), "s/snap.yml", tip); err != nil {
				b.Fatal(err)
			}
		}
	})
}

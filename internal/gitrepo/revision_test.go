package gitrepo

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestResolve(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	first := l.commit("snap.yml", "1")
	l.git("tag", "light")
	l.git("tag", "-a", "-m", "x", "annotated")
	l.git("tag", "-a", "-m", "x", "twice", "annotated")
	second := l.commit("snap.yml", "2")
	l.git("branch", "feature/x")
	l.git("branch", "same")
	l.git("tag", "same", "main~1") // a tag wins over a branch of its name
	l.git("update-ref", "refs/remotes/origin/main", first)
	l.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
	l.git("tag", "blob", "HEAD:snap.yml")
	for _, packed := range []bool{false, true} {
		if packed {
			l.git("pack-refs", "--all")
			l.git("gc", "-q")
		}
		both(t, l, func(t *testing.T, r *Repo) {
			for rev, want := range map[string]string{
				"HEAD": second, "main": second, "light": first, "annotated": first, "twice": first, "feature/x": second, "same": first,
				"origin/main": first, "origin": first, "refs/heads/main": second, first: first, first[:9]: first, "HEAD~1": first,
				"main^": first, "@": second, "main^{/set}": second,
			} {
				if got, err := r.Resolve(t.Context(), rev); err != nil || got != want {
					t.Errorf("Resolve(%q) = %s, %v; want %s", rev, got, err, want)
				}
			}
			for _, rev := range []string{"", "nope", "blob", "HEAD~9", "-x", "--all", "main..same", "HEAD:snap.yml", "a\x00b", strings.Repeat("0", 40), "refs/heads", ":/set"} {
				if got, err := r.Resolve(t.Context(), rev); !errors.Is(err, ErrUnknownRevision) {
					t.Errorf("Resolve(%q) = %s, %v; want ErrUnknownRevision", rev, got, err)
				}
			}
			bin := withoutGit(r)
			if bin.objects == nil {
				return
			}
			for rev, want := range map[string]string{"HEAD": second, "main": second, "twice": first, "same": first, "origin": first, first: first} {
				if got, err := bin.Resolve(t.Context(), rev); err != nil || got != want {
					t.Errorf("without git: Resolve(%q) = %s, %v; want %s", rev, got, err, want)
				}
			}
			var unsupported *UnsupportedError
			if _, err := bin.Resolve(t.Context(), "HEAD~1"); !errors.As(err, &unsupported) {
				t.Errorf("without git: HEAD~1: %v", err)
			}
		})
	}
}

func TestUnborn(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	both(t, l, func(t *testing.T, r *Repo) {
		if _, err := r.Resolve(t.Context(), "HEAD"); !errors.Is(err, ErrUnborn) {
			t.Errorf("Resolve: %v", err)
		}
		if _, err := r.At(t.Context(), "HEAD", "snap.yml"); !errors.Is(err, ErrUnborn) {
			t.Errorf("At: %v", err)
		}
		if _, err := r.Index(t.Context(), "snap.yml"); !errors.Is(err, ErrNotTracked) {
			t.Errorf("Index without an index file: %v", err)
		}
		if b, err := r.Branch(t.Context()); b != "main" || err != nil {
			t.Errorf("Branch: %q, %v", b, err)
		}
		if refs, err := r.Refs(t.Context()); len(refs) != 0 || err != nil {
			t.Errorf("Refs: %v, %v", refs, err)
		}
		if _, err := r.Resolve(t.Context(), "main"); !errors.Is(err, ErrUnknownRevision) {
			t.Errorf("main: %v", err)
		}
	})
}

func TestRefs(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	first := l.commit("snap.yml", "1")
	l.git("tag", "-a", "-m", "x", "v1")
	l.git("tag", "blob", "HEAD:snap.yml")
	l.git("update-ref", "refs/remotes/origin/main", first)
	l.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
	l.git("pack-refs", "--all")
	second := l.commit("snap.yml", "2")
	l.git("branch", "größe/x")
	l.write("snap.yml", "3")
	l.git("stash", "-q")
	want := []Ref{
		{"größe/x", "refs/heads/größe/x", second},
		{"main", "refs/heads/main", second},
		{"origin/main", "refs/remotes/origin/main", first},
		{"v1", "refs/tags/v1", first},
	}
	both(t, l, func(t *testing.T, r *Repo) {
		got, err := r.Refs(t.Context())
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		names, err := r.Containing(t.Context(), first)
		if diff := cmp.Diff([]string{"größe/x", "main", "origin/main", "v1"}, names); diff != "" || err != nil {
			t.Errorf("Containing(first): %v (-want +got):\n%s", err, diff)
		}
		names, err = r.Containing(t.Context(), second)
		if diff := cmp.Diff([]string{"größe/x", "main"}, names); diff != "" || err != nil {
			t.Errorf("Containing(second): %v (-want +got):\n%s", err, diff)
		}
		for _, bad := range []string{"main", strings.Repeat("0", 40)} {
			if names, err := r.Containing(t.Context(), bad); err == nil {
				t.Errorf("Containing(%q) = %v", bad, names)
			}
		}
	})
	l.git("checkout", "-q", "--detach", first)
	third := l.commit("snap.yml", "only detached")
	both(t, l, func(t *testing.T, r *Repo) {
		got, err := r.Refs(t.Context())
		if err != nil || len(got) != 5 || got[0] != (Ref{"HEAD", "HEAD", third}) {
			t.Errorf("detached: %v, %v", got, err)
		}
		if b, err := r.Branch(t.Context()); b != "" || err != nil {
			t.Errorf("detached branch: %q, %v", b, err)
		}
	})
}

// TestState drives git itself into each state and out of it again.
func TestState(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.commit("snap.yml", "base")
	l.git("checkout", "-q", "-b", "side")
	l.commit("snap.yml", "side")
	side := l.commit("snap.yml", "side again")
	patch := filepath.Join(filepath.Dir(l.dir), "patch")
	if err := os.WriteFile(patch, []byte(l.git("format-patch", "--stdout", "-1")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	l.git("checkout", "-q", "main")
	l.commit("snap.yml", "ours")
	rows := []struct {
		want  State
		enter []string
		leave []string
	}{
		{StateMerge, []string{"merge", "side"}, []string{"merge", "--abort"}},
		{StateRebase, []string{"rebase", "side"}, []string{"rebase", "--abort"}},
		{StateRebase, []string{"rebase", "--apply", "side"}, []string{"rebase", "--abort"}},
		{StateApply, []string{"am", patch}, []string{"am", "--abort"}},
		{StateCherryPick, []string{"cherry-pick", "side"}, []string{"cherry-pick", "--abort"}},
		{StateCherryPick, []string{"cherry-pick", "side~1", "side"}, []string{"cherry-pick", "--abort"}},
		{StateRevert, []string{"revert", "--no-edit", "HEAD~1"}, []string{"revert", "--abort"}},
		{StateBisect, []string{"bisect", "start"}, []string{"bisect", "reset"}},
	}
	for _, row := range rows {
		_, _ = l.try(nil, row.enter...) // it stops at the conflict
		r := l.open()
		if got := r.State(t.Context()); got != row.want {
			t.Errorf("git %v: state %s, want %s", row.enter, got, row.want)
		}
		parents, err := r.MergeParents()
		if wantParents := row.want == StateMerge; err != nil || wantParents != slices.Equal(parents, []string{side}) {
			t.Errorf("git %v: merge parents %v, %v", row.enter, parents, err)
		}
		l.git(row.leave...)
		if got := l.open().State(t.Context()); got != StateNone {
			t.Errorf("after git %v: state %s", row.leave, got)
		}
	}
}

func TestRepoCache(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.commit("x", "x")
	l.open().Store("facts", []byte("parsed"))
	dir := filepath.Join(filepath.Dir(l.dir), "w")
	l.git("worktree", "add", "-q", "-b", "linked", dir)
	if got, ok := l.at(dir).open().Cache("facts"); !ok || string(got) != "parsed" {
		t.Errorf("in a linked worktree: %q, %v", got, ok)
	}
	if _, ok := l.open().Cache("other"); ok {
		t.Error("a name that was never stored is found")
	}
	if got := l.git("status", "--porcelain"); got != "" {
		t.Errorf("the cache shows in git status: %s", got)
	}
}

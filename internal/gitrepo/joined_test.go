package gitrepo

import (
	"strings"
	"testing"
)

// TestJoined stops git in the middle of each kind of joining.
func TestJoined(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		stop         []string // ends with a conflict
		theirs, base string   // revisions
		abort        string
	}{
		{"nothing", nil, "", "", ""},
		{"merge", []string{"merge", "theirs"}, "theirs", "base", "merge"},
		{"cherry-pick", []string{"cherry-pick", "theirs"}, "theirs", "base", "cherry-pick"},
		{"rebase", []string{"rebase", "theirs"}, "ours", "base", "rebase"},
		{"revert", []string{"revert", "--no-edit", "middle"}, "base", "middle", "revert"},
		{"octopus", nil, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.commit("snap.yml", "base\n")
			l.git("branch", "base")
			l.commit("snap.yml", "middle\n")
			l.git("branch", "middle")
			l.git("reset", "-q", "--hard", "base")
			if c.name == "revert" {
				l.git("reset", "-q", "--hard", "middle")
			}
			l.commit("snap.yml", "ours\n")
			l.git("branch", "ours")
			l.git("checkout", "-q", "-b", "theirs", "base")
			l.commit("snap.yml", "theirs\n")
			l.git("checkout", "-q", "ours")
			if c.name == "octopus" {
				heads := l.git("rev-parse", "theirs") + "\n" + l.git("rev-parse", "middle") + "\n"
				l.write(".git/MERGE_HEAD", heads)
			}
			if c.stop != nil {
				if _, err := l.try(nil, c.stop...); err == nil {
					t.Fatal("git did not stop")
				}
			}
			want := Joined{}
			if c.theirs != "" {
				want = Joined{Theirs: l.git("rev-parse", c.theirs), Base: l.git("rev-parse", c.base)}
			}
			if got := l.open().Joined(t.Context()); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// Of several best common ancestors none is the base.
func TestJoinedCrissCross(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.commit("snap.yml", "base\n")
	l.git("branch", "b")
	l.commit("a", "a\n")
	l.git("branch", "a1")
	l.git("checkout", "-q", "b")
	l.commit("b", "b\n")
	l.git("branch", "b1")
	l.git("merge", "-q", "--no-edit", "a1")
	l.commit("snap.yml", "b\n")
	l.git("checkout", "-q", "main")
	l.git("merge", "-q", "--no-edit", "b1")
	l.commit("snap.yml", "a\n")
	if _, err := l.try(nil, "merge", "b"); err == nil {
		t.Fatal("git did not stop")
	}
	if got := l.open().Joined(t.Context()); got.Theirs != l.git("rev-parse", "b") || got.Base != "" {
		t.Errorf("got %v", got)
	}
}

func TestChangedAndTouched(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	first := l.commit("snap[1].yml", "one\n")
	second := l.commit("other/x.sql", "SELECT 1\n")
	third := l.commit("snap[1].yml", "two\n")
	r := l.open()
	for _, c := range []struct {
		from, to, path string
		want           bool
	}{
		{first, second, "snap[1].yml", false},
		{first, third, "snap[1].yml", true},
		{first, second, "other", true},
		{second, third, "other", false},
		{first, third, "snap1.yml", false}, // brackets are no pattern
	} {
		if got, err := r.Changed(t.Context(), c.from, c.to, c.path); err != nil || got != c.want {
			t.Errorf("%s %s..%s: %t, %v", c.path, c.from[:7], c.to[:7], got, err)
		}
	}
	if _, err := r.Changed(t.Context(), strings.Repeat("1", 40), third, "x"); err == nil {
		t.Error("a commit that is not here changed nothing")
	}
	for _, c := range []struct {
		path string
		want bool
	}{{"snap[1].yml", true}, {"other", true}, {"nothing", false}} {
		if got, err := r.Touched(t.Context(), "", third, c.path); err != nil || got != c.want {
			t.Errorf("touched %s: %t, %v", c.path, got, err)
		}
	}
	l.git("update-ref", "refs/remotes/origin/main", second)
	if got, err := r.Touched(t.Context(), "origin", third, "other"); err != nil || got {
		t.Errorf("what the remote has counts as brought: %t, %v", got, err)
	}
	if got, err := r.Touched(t.Context(), "origin", third, "snap[1].yml"); err != nil || !got {
		t.Errorf("what the remote lacks does not: %t, %v", got, err)
	}
}

// What another remote has is still new to this one.
func TestTouchedByRemote(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	tip := l.commit("snap.yml", "one\n")
	l.git("update-ref", "refs/remotes/origin/main", tip)
	r := l.open()
	for remote, want := range map[string]bool{"": false, "origin": false, "deploy": true} {
		if got, err := r.Touched(t.Context(), remote, tip, "snap.yml"); err != nil || got != want {
			t.Errorf("remote %q: %t, %v", remote, got, err)
		}
	}
}

func TestSetting(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.git("config", "user.email", "dora@example.com")
	r := l.open()
	if got, err := r.Setting(t.Context(), "user.email"); err != nil || got != "dora@example.com" {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := r.Setting(t.Context(), "user.nothing"); err != nil || got != "" {
		t.Errorf("unset: %q, %v", got, err)
	}
}

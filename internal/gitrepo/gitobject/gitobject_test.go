package gitobject

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Reading from real repositories is tested in package gitrepo; here are the formats.

func TestID(t *testing.T) {
	t.Parallel()
	// What `git hash-object --stdin` prints for an empty blob, in either format.
	if got := ID("blob", nil, 20); got != "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391" {
		t.Errorf("SHA-1: %s", got)
	}
	if got := ID("blob", nil, 32); got != "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813" {
		t.Errorf("SHA-256: %s", got)
	}
}

func TestParseCommit(t *testing.T) {
	t.Parallel()
	a, b := strings.Repeat("a", 40), strings.Repeat("b", 40)
	got, err := parseCommit([]byte("tree " + a + "\nparent " + a + "\nparent " + b + "\nauthor Ada L. <ada@x> 1 +0000\ncommitter C <c@x> 1700000000 -0330\n" +
		"gpgsig -----BEGIN\n tree " + b + "\n\n two\nlines\n\nbody\n"))
	want := Commit{Tree: a, Parents: []string{a, b}, Author: "Ada L.", Email: "ada@x", Time: time.Unix(1_700_000_000, 0), Subject: " two lines"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := parseCommit([]byte("blob content")); !errors.Is(err, ErrNoCommit) {
		t.Errorf("a blob: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("tree "+strings.Repeat("a", 40)+"\nauthor A <a@b> 1 +0000\n\nsubject\n"), "x")
	f.Add([]byte("100644 snap.yml\x00"+strings.Repeat("i", 20)+"40000 dir\x00"+strings.Repeat("j", 20)), "dir")
	f.Add([]byte("100644 \x00"), "")
	f.Add([]byte("\x00 "), "")
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		if c, err := parseCommit(data); err == nil && !IsID(c.Tree) {
			t.Errorf("commit with tree %q", c.Tree)
		}
		if e, err := findEntry(data, name); err == nil && e.ID != "" && !IsID(e.ID) {
			t.Errorf("entry %+v", e)
		}
		if p := Printable(string(data)); strings.ContainsAny(p, "\x00\x1b\n\x7f\u009b") {
			t.Errorf("control characters in %q", p)
		}
	})
}

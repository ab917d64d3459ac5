package export

import (
	"testing"

	"github.com/schemaguard/schemaguard/internal/finding"
)

func TestFingerprintsStayWhenLinesAndWordsChange(t *testing.T) {
	t.Parallel()
	f := finding.Finding{Code: finding.HandEdit, Item: "field a.b", File: "s.yaml", Line: 3, Message: "x"}
	moved, other := f, f
	moved.Line, moved.Message = 9, "y"
	other.Item = "field a.c"
	if fingerprints([]finding.Finding{f})[0] != fingerprints([]finding.Finding{moved})[0] {
		t.Error("a moved finding has another fingerprint")
	}
	if fingerprints([]finding.Finding{f})[0] == fingerprints([]finding.Finding{other})[0] {
		t.Error("another item has the same fingerprint")
	}
}

func TestURI(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"snapshots/schema.yaml": "snapshots/schema.yaml", "my snap/ü%.yaml": "my%20snap/%C3%BC%25.yaml", "/tmp/a b": "file:///tmp/a%20b",
		"a:b/c": "./a:b/c", "a?b#c": "a%3Fb%23c",
	} {
		if got := uri(in); got != want {
			t.Errorf("uri(%q) = %q, want %q", in, got, want)
		}
	}
}

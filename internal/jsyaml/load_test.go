package jsyaml

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/jsyaml/canonical"
)

func asJSON(v jsvalue.Value) string { return string(jsvalue.AppendJSON(nil, v)) }

// checkReaders fails if the reader of canonical texts accepts data and finds
// something else in it, or elsewhere, than the reader of all texts.
func checkReaders(t *testing.T, data []byte) (accepted bool) {
	t.Helper()
	if checkBytes(data) != nil {
		return false
	}
	fast, lines, ok := canonical.Read(data)
	if !ok {
		return false
	}
	slow, err := loadNodes(data)
	if err != nil {
		t.Fatalf("only the canonical reader takes this: %v\n%q", err, data)
	}
	if !jsvalue.Equal(fast, slow.Value) {
		t.Fatalf("different values of %q:\n%s", data, cmp.Diff(asJSON(slow.Value), asJSON(fast)))
	}
	if diff := cmp.Diff(slow.lines, lines); diff != "" {
		t.Fatalf("different lines of %q:\n%s", data, diff)
	}
	return true
}

func TestReadersAgreeOnSharedCorpus(t *testing.T) {
	t.Parallel()
	for _, file := range sharedFiles(t, "corpus/*.yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !checkReaders(t, data) {
			t.Logf("%s is not canonical", file)
		}
	}
}

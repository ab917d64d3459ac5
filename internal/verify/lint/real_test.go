package lint

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// TestWhatDirectusWroteIsLawful: nothing that a real Directus wrote of a database
// that it had made itself refuses: the example, and the schemas of other people where
// they are at hand.
func TestWhatDirectusWroteIsLawful(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "..")
	var files []string
	for _, pattern := range []string{"snapshots/schema.yaml", "../shared/corpus/*.12.yaml", "../shared/oracle/*/snapshot.*"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) < 2 {
		t.Logf("only %q: the corpus does not stand beside the clone", files)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		decoded := snapshot.Decode(filepath.Base(name), data)
		found := File(decoded, directus.Version{})
		if took := time.Since(began); took > time.Second {
			t.Errorf("%s: took %s", name, took)
		}
		// The same schema in the other format has the same to be said of it.
		other := snapshot.YAML
		if snapshot.FormatOf(data) == snapshot.YAML {
			other = snapshot.JSON
		}
		again := File(snapshot.Decode(filepath.Base(name), snapshot.Encode(decoded.Snapshot, other)), directus.Version{})
		if diff := cmp.Diff(found, again, cmpopts.IgnoreFields(finding.Finding{}, "Line")); diff != "" {
			t.Errorf("%s: as %s: %s", name, other, diff)
		}
		for _, f := range found {
			t.Logf("%s:%d: %s %s (%s)", name, f.Line, f.Code, f.Message, f.Harm)
			if f.Refuses {
				t.Errorf("%s:%d: refused: %s %s", name, f.Line, f.Code, f.Message)
			}
		}
	}
}

package lint

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// TestWhatDirectusWroteIsLawful: nothing that a real Directus wrote of a database
// that it had made itself refuses: the example, and the schemas of other people where
// they are at hand.
func TestWhatDirectusWroteIsLawful(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "..")
	var files []string
	for _, pattern := range []string{"snapshots/schema.yaml", "../shared/corpus/*.12.yaml"} {
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
		for _, f := range File(snapshot.Decode(filepath.Base(name), data), directus.Version{}) {
			t.Logf("%s:%d: %s %s (%s)", name, f.Line, f.Code, f.Message, f.Harm)
			if f.Refuses {
				t.Errorf("%s:%d: refused: %s %s", name, f.Line, f.Code, f.Message)
			}
		}
	}
}

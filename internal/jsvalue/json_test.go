package jsvalue

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// What node 20 gives for JSON.stringify(JSON.parse(text)).
func TestJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		` null `: `null`, "[ true,\t\nfalse\r]": `[true,false]`, `[]`: `[]`, `{}`: `{}`, `{"":{}}`: `{"":{}}`,
		`[0,-0,1.0,1e2,1E-7,1e+21,123456789012345678901]`: `[0,0,1,100,1e-7,1e+21,123456789012345680000]`,
		`[1e400,-1e400]`:                    `[null,null]`,
		`{"b":1,"a":2,"b":3}`:               `{"b":3,"a":2}`,
		`{"b":1,"2":1,"1":1,"-1":1,"01":1}`: `{"1":1,"2":1,"b":1,"-1":1,"01":1}`,
		`"\u00e9\u2028\/\b\f\n\r\t\"\\"`:    "\"é\u2028/\\b\\f\\n\\r\\t\\\"\\\\\"",
		`"\ud83d\ude00"`:                    `"😀"`,
		`"\ud83d\u0041"`:                    `"\ud83dA"`,
		`"\ude00\ud83d"`:                    `"\ude00\ud83d"`,
		`"\ud83d\ud83d\ude00"`:              `"\ud83d😀"`,
		`"\uD83Dx\u0001"`:                   `"\ud83dx\u0001"`,
		"\"\x7f\"":                          "\"\x7f\"",
	} {
		v, err := ParseJSON([]byte(in))
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got := string(AppendJSON(nil, v)); got != want {
			t.Errorf("%s became %s, want %s", in, got, want)
		}
	}
	if got := string(AppendJSON([]byte("x"), List(Number(math.NaN()), Null()))); got != "x[null,null]" {
		t.Errorf("NaN became %s", got)
	}
}

func TestJSONErrors(t *testing.T) {
	t.Parallel()
	for in, offset := range map[string]int{
		``: 0, ` `: 1, `nul`: 0, `nope`: 0, `tru `: 0, `[1,]`: 3, `[1 2]`: 3, `[1`: 2, `{"a"}`: 4, `{"a":}`: 5, `{a:1}`: 1, `{"a":1,}`: 7, `{"a":1`: 6,
		`01`: 0, `-`: 0, `+1`: 0, `.5`: 0, `1.`: 2, `1e`: 2, `1e+`: 3, `0x1`: 1, `1 2`: 2, `NaN`: 0, `"a`: 2, "\"a\nb\"": 2, `"\x"`: 3, `"\u12"`: 3, `"\u+123"`: 3,
		`'a'`: 0, "\ufeff1": 0, "\"\xff\"": 1, "\"\\n\t\"": 3, `"\`: 3,
	} {
		_, err := ParseJSON([]byte(in))
		bad := new(SyntaxError)
		if !errors.As(err, &bad) || bad.Offset != offset {
			t.Errorf("%q: error %v, want one at byte %d", in, err, offset)
		}
	}
	deep := strings.Repeat("[", 100_000)
	if _, err := ParseJSON([]byte(deep)); err == nil {
		t.Error("100000 levels were read")
	}
}

func TestParseJSONOffsets(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]int{
		`1`:                               {0},
		` [ 1, {"a" : [2]} ]`:             {1, 3, 6, 7, 14},
		`{"b":1,"a":{"c":2}}`:             {0, 1, 7, 12},
		`{"b":[1,2],"1":{"x":1},"0":3}`:   {0, 23, 11, 16, 1, 6, 8},
		`{"b":[1,2],"a":1,"b":{"x":0}}`:   {0, 17, 22, 11},
		`[{"a":1,"a":2,"a":3},{"a":[4]}]`: {0, 1, 14, 21, 22, 27},
		`[]`:                              {0},
	} {
		_, got, err := ParseJSONOffsets([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", in, diff)
		}
	}
}

func count(v Value) int {
	n := 1
	for _, e := range v.List() {
		n += count(e)
	}
	for i := range v.Object().Len() {
		_, m := v.Object().At(i)
		n += count(m)
	}
	return n
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`null`, `[1,{"a":[2]}]`, `{"b":1,"1":[{}],"b":2}`, `"\ud83d\ude00\ud83d"`, `-1.5e-7`, `[[[["deep"]]]]`, `{"a":`, "\"\xed\xa0\x80\""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, offsets, err := ParseJSONOffsets(data)
		if (err == nil) != (json.Valid(data) && utf8.Valid(data)) {
			if bad := new(SyntaxError); errors.As(err, &bad) && strings.Contains(bad.Reason, "deeply") {
				return
			}
			t.Fatalf("%q: error %v, but encoding/json says %t", data, err, json.Valid(data))
		}
		if err != nil {
			return
		}
		if len(offsets) != count(v) {
			t.Fatalf("%q: %d offsets of %d values", data, len(offsets), count(v))
		}
		for _, offset := range offsets {
			if offset < 0 || offset >= len(data) {
				t.Fatalf("%q: offset %d", data, offset)
			}
		}
		text := AppendJSON(nil, v)
		again, err := ParseJSON(text)
		if err != nil {
			t.Fatalf("%q became %q: %v", data, text, err)
		}
		if second := AppendJSON(nil, again); string(second) != string(text) {
			t.Fatalf("%q became %q, and that %q", data, text, second)
		}
	})
}

package view

import (
	"testing"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

func TestSortDeepOrdersKeysAsDirectusDoes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want, sorted string }{
		{"plain", `{"b":1,"a":2}`, `{"a":2,"b":1}`, ""},
		{"space before its prefix", `{"a":1,"a b":2}`, `{"a b":2,"a":1}`, ""},
		{"dash after its prefix", `{"a-b":1,"a":2}`, `{"a":2,"a-b":1}`, ""},
		{"integers first", `{"b":1,"10":2,"9":3,"01":4}`, `{"9":3,"10":2,"01":4,"b":1}`, ""},
		{"comma interleaves by value", `{"a,b":1,"a":"z"}`, `{"a,b":1,"a":"z"}`, ""},
		{"arrays keep their order", `{"x":[{"b":1,"a":2},3,"2"]}`, `{"x":[{"a":2,"b":1},3,"2"]}`, `{"x":["2",{"b":1,"a":2},3]}`},
		{"nulls last when arrays are sorted", `[null,"b","a"]`, `[null,"b","a"]`, `["a","b",null]`},
		{"a mix as V8 sorts it", `[["2"],9,10,"10"]`, `[["2"],9,10,"10"]`, `[["2"],9,10,"10"]`},
		{"numbers by value", `[10,9]`, `[10,9]`, `[9,10]`},
		{"above U+FFFF before U+E000", `{"\ue000":1,"😀":2}`, "{\"😀\":2,\"\ue000\":1}", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v, err := jsvalue.ParseJSON([]byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if got := string(jsvalue.AppendJSON(nil, sortDeep(v, sorting{}))); got != c.want {
				t.Errorf("sortDeep(%s) = %s, want %s", c.in, got, c.want)
			}
			if c.sorted == "" {
				return
			}
			if got := string(jsvalue.AppendJSON(nil, sortDeep(v, sorting{arrays: true}))); got != c.sorted {
				t.Errorf("sortDeep(%s) with arrays = %s, want %s", c.in, got, c.sorted)
			}
		})
	}
}

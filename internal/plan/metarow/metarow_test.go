package metarow

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

func parse(t *testing.T, s string) jsvalue.Value {
	t.Helper()
	v, err := jsvalue.ParseJSON([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestCompare(t *testing.T) {
	t.Parallel()
	keys := []string{"a", "b"}
	for _, c := range []struct {
		name, file, live string
		sorts            bool
		want             Difference
	}{
		{"same", `{"a":1,"b":2}`, `{"b":2,"a":1}`, false, Difference{}},
		{"changed", `{"a":1,"b":3}`, `{"a":1,"b":2}`, false, Difference{Changed: true}},
		{"missing and unknown", `{"a":1,"c":3}`, `{"a":1,"b":2}`, false, Difference{Missing: []string{"b"}, Unknown: []string{"c"}}},
		{"reordered", `{"a":[2,1],"b":2}`, `{"a":[1,2],"b":2}`, true, Difference{Reordered: []string{"a"}}},
		{"reordered where order counts", `{"a":[2,1],"b":2}`, `{"a":[1,2],"b":2}`, false, Difference{Changed: true}},
		{"another list", `{"a":[2,3],"b":2}`, `{"a":[1,2],"b":2}`, true, Difference{Changed: true}},
	} {
		if diff := cmp.Diff(c.want, Compare(keys, parse(t, c.file), parse(t, c.live), c.sorts)); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
	if d := Compare(nil, parse(t, `{"a":1}`), parse(t, `{"a":1}`), false); !d.Changed {
		t.Error("unknown keys count as no change")
	}
}

func TestMerged(t *testing.T) {
	t.Parallel()
	got := Merged(parse(t, `{"a":1,"b":2}`), parse(t, `{"b":3,"c":4}`))
	if want := parse(t, `{"a":1,"b":3,"c":4}`); !jsvalue.Equal(got, want) {
		t.Errorf("got %s", jsvalue.AppendJSON(nil, got))
	}
}

package deepdiff

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

// TestAsTheLibrary compares with what deep-diff itself said of random values (testdata/generate.mjs).
func TestAsTheLibrary(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/pairs.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	different := 0
	for line := range bytes.Lines(data) {
		pair, err := jsvalue.ParseJSON(bytes.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, c := range pair.Get("changes").List() {
			var path []string
			for _, p := range c.Get("path").List() {
				path = append(path, p.Str())
			}
			want = append(want, text(c.Get("kind").Str(), path, side(c, "lhs"), side(c, "rhs")))
		}
		var got []string
		for _, c := range Diff(side(pair, "lhs"), side(pair, "rhs")) {
			got = append(got, text(string(c.Kind), c.Path, c.LHS, c.RHS))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s\n(-library +ours):\n%s", line, diff)
		}
		if len(want) > 0 {
			different++
		}
	}
	if different < 200 {
		t.Errorf("only %d pairs differ: the data prove little", different)
	}
}

func side(v jsvalue.Value, name string) *jsvalue.Value {
	if m, ok := v.Object().Get(name); ok {
		return &m
	}
	return nil
}

func text(kind string, path []string, lhs, rhs *jsvalue.Value) string {
	show := func(v *jsvalue.Value) string {
		if v == nil {
			return "undefined"
		}
		return string(jsvalue.AppendJSON(nil, *v))
	}
	return fmt.Sprintf("%s %s: %s -> %s", kind, strings.Join(path, "/"), show(lhs), show(rhs))
}

func TestWholeValues(t *testing.T) {
	t.Parallel()
	v := jsvalue.String("x")
	for _, c := range []struct {
		lhs, rhs *jsvalue.Value
		want     []Kind
	}{{nil, nil, nil}, {nil, &v, []Kind{New}}, {&v, nil, []Kind{Delete}}, {&v, &v, nil}} {
		var got []Kind
		for _, d := range Diff(c.lhs, c.rhs) {
			got = append(got, d.Kind)
			if d.Path != nil {
				t.Errorf("a change of the whole value has the path %v", d.Path)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestUnder(t *testing.T) {
	t.Parallel()
	c := Change{Path: []string{"meta", "note"}}
	if !c.Under("meta") || c.Under("schema") || (Change{}).Under("meta") || c.Name() != "meta.note" {
		t.Errorf("the path of %v is read wrong", c)
	}
}

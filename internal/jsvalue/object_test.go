package jsvalue

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func objectOf(keys ...string) *Object {
	o := NewObject(0)
	for i, k := range keys {
		o.Set(k, Number(float64(i)))
	}
	return o
}

func TestObjectKeepsPlaceOfKey(t *testing.T) {
	t.Parallel()
	o := objectOf("a", "b", "c")
	o.Set("a", String("again"))
	if diff := cmp.Diff([]string{"a", "b", "c"}, o.Keys()); diff != "" {
		t.Error(diff)
	}
	if v, ok := o.Get("a"); !ok || v.Str() != "again" {
		t.Errorf("a is %v, %t", v.Str(), ok)
	}
	if v, ok := o.Get("d"); ok || !v.IsNull() {
		t.Error("there is a d")
	}
}

func TestObjectIndex(t *testing.T) {
	t.Parallel()
	// Below, at and above the number of members from which there is an index.
	for _, n := range []int{0, 1, indexAbove, indexAbove + 1, 1000} {
		var keys []string
		var vals []Value
		for i := range n {
			keys = append(keys, fmt.Sprint("key", i))
			vals = append(vals, Number(float64(i)))
		}
		for name, o := range map[string]*Object{"set": objectOf(keys...), "of": ObjectOf(keys, vals)} {
			for i, k := range keys {
				if got := o.Index(k); got != i {
					t.Fatalf("%s, %d members: Index(%s) = %d", name, n, k, got)
				}
			}
			if o.Index("other") != -1 || o.Len() != n {
				t.Errorf("%s, %d members: Index of an unknown key is %d, Len %d", name, n, o.Index("other"), o.Len())
			}
		}
	}
}

func TestObjectsMayShareKeys(t *testing.T) {
	t.Parallel()
	keys := append(make([]string, 0, 10), "a", "b")
	one := ObjectOf(keys, []Value{Number(1), Number(2)})
	two := ObjectOf(keys, []Value{Number(3), Number(4)})
	one.Set("c", Null())
	two.Set("d", Null())
	if got := strings.Join(one.Keys(), "") + " " + strings.Join(two.Keys(), ""); got != "abc abd" {
		t.Errorf("keys are %s", got)
	}
}

func TestObjectCopies(t *testing.T) {
	t.Parallel()
	o := objectOf("a", "b", "c")
	with, without := o.With("b", Null()).With("d", Null()), o.Without("a", "c", "x")
	if diff := cmp.Diff([]string{"a", "b", "c"}, o.Keys()); diff != "" {
		t.Errorf("the original changed: %s", diff)
	}
	if v, _ := o.Get("b"); v.IsNull() {
		t.Error("the original's b changed")
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "d"}, with.Keys()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"b"}, without.Keys()); diff != "" {
		t.Error(diff)
	}
}

func TestNilObjectIsEmpty(t *testing.T) {
	t.Parallel()
	var o *Object
	if _, ok := o.Get("a"); ok || o.Len() != 0 || o.Keys() != nil || o.Index("a") != -1 {
		t.Error("a nil object has members")
	}
	if o.With("a", Null()).Len() != 1 || o.Without("a").Len() != 0 || o.InPropertyOrder().Len() != 0 {
		t.Error("a copy of a nil object is wrong")
	}
}

// The order that node 20 gives for Object.keys.
func TestInPropertyOrder(t *testing.T) {
	t.Parallel()
	o := objectOf("4294967296", "4294967295", "4294967294", "a", "0", "10", "9", "00", "-1", "1e3", "")
	want := strings.Split("0 9 10 4294967294 4294967296 4294967295 a 00 -1 1e3 ", " ")
	got := o.InPropertyOrder()
	if diff := cmp.Diff(want, got.Keys()); diff != "" {
		t.Error(diff)
	}
	if !Equal(FromObject(o), FromObject(got)) {
		t.Error("the values moved to other keys")
	}
	if plain := objectOf("b", "a"); plain.InPropertyOrder() != plain {
		t.Error("an object in order was copied")
	}
}

func TestValueOfOtherKind(t *testing.T) {
	t.Parallel()
	all := []Value{Null(), Bool(true), Number(1), String("s"), List(Null()), FromObject(objectOf("k"))}
	for i, v := range all {
		if v.Kind() != Kind(i) {
			t.Errorf("value %d has kind %d", i, v.Kind())
		}
		got := []bool{v.IsNull(), v.Bool(), v.Number() != 0, v.Str() != "", v.List() != nil, v.Object() != nil}
		want := slices.Repeat([]bool{false}, len(all))
		want[i] = true
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("value %d answers as another kind: %s", i, diff)
		}
		if !v.Get("none").IsNull() {
			t.Errorf("value %d has a member", i)
		}
	}
	if all[5].Get("k").IsNull() {
		t.Error("the object has no k")
	}
}

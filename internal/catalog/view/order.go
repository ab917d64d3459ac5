package view

import (
	"slices"
	"sort"

	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

// sorting is how a Directus version sorts.
type sorting struct{ arrays, dropsProto bool }

func sortingOf(r directus.Rules) sorting { return sorting{r.SortsArrays, r.DropsProtoKeys} }

// sortDeep orders the keys of a value as Directus's sortDeep does (12.4.1,
// utils/schema/get-snapshot.js): members by the text "key,value", then
// integer-like keys moved to the front, arrays in their order. Directus before
// 11.1.2 sorts arrays too and looks no deeper inside them.
func sortDeep(v jsvalue.Value, by sorting) jsvalue.Value {
	switch v.Kind() {
	case jsvalue.KindObject:
		return jsvalue.FromObject(sortObject(v.Object(), by))
	case jsvalue.KindList:
		if by.arrays {
			return jsvalue.List(sortArray(v.List())...)
		}
		elems := make([]jsvalue.Value, len(v.List()))
		for i, e := range v.List() {
			elems[i] = sortDeep(e, by)
		}
		return jsvalue.List(elems...)
	}
	return v
}

func sortObject(o *jsvalue.Object, by sorting) *jsvalue.Object {
	type member struct {
		key string
		val jsvalue.Value
	}
	members := make([]member, 0, o.Len())
	for i := range o.Len() {
		if k, v := o.At(i); k != "__proto__" || !by.dropsProto {
			members = append(members, member{k, sortDeep(v, by)})
		}
	}
	sort.SliceStable(members, func(a, b int) bool {
		return comparePairs(members[a].key, members[a].val, members[b].key, members[b].val) < 0
	})
	sorted := jsvalue.NewObject(len(members))
	for _, m := range members {
		sorted.Set(m.key, m.val)
	}
	return sorted.InPropertyOrder()
}

// comparePairs compares "key,value" texts. The value only counts where one key
// continues the other with a comma, so it is not made into text before that.
func comparePairs(a string, av jsvalue.Value, b string, bv jsvalue.Value) int {
	short := min(len(a), len(b))
	if a[:short] == b[:short] && len(a) != len(b) {
		longer := a
		if len(b) > short {
			longer = b
		}
		if longer[short] == ',' {
			return jsvalue.CompareUTF16(a+","+pairText(av), b+","+pairText(bv))
		}
	}
	return jsvalue.CompareUTF16(a+",", b+",")
}

// pairText is how a value reads inside an array that is made a string.
func pairText(v jsvalue.Value) string {
	if v.IsNull() {
		return ""
	}
	return jsvalue.Text(v)
}

// sortArray orders elements as lodash's sortBy without iteratees does (4.17,
// compareAscending): strings by UTF-16 units, numbers by value, a mix by
// JavaScript's <, null last; equal and incomparable elements keep their place.
// A mix compares in circles, so the outcome hangs on the algorithm: V8's.
func sortArray(elems []jsvalue.Value) []jsvalue.Value {
	indexed := make([]element, len(elems))
	for i, e := range elems {
		indexed[i] = element{e, i}
	}
	if len(indexed) < v8MinRun {
		insertionSort(indexed)
	} else {
		sort.SliceStable(indexed, func(a, b int) bool { return compareElements(indexed[a], indexed[b]) < 0 })
	}
	sorted := make([]jsvalue.Value, len(elems))
	for i, e := range indexed {
		sorted[i] = e.value
	}
	return sorted
}

// element is an array element and where it stood, which decides ties.
type element struct {
	value jsvalue.Value
	index int
}

func compareElements(a, b element) int {
	if c := compareAscending(a.value, b.value); c != 0 {
		return c
	}
	return a.index - b.index
}

// v8MinRun is the length from which V8 sorts in more than one run.
const v8MinRun = 64

// insertionSort is what V8 does with a short array (third_party/v8/builtins/
// array-sort.tq): it takes the run at the start, turned round if it descends,
// and inserts the rest by binary search.
func insertionSort(a []element) {
	if len(a) < 2 {
		return
	}
	run := 2
	descending := compareElements(a[1], a[0]) < 0
	for run < len(a) && (compareElements(a[run], a[run-1]) < 0) == descending {
		run++
	}
	if descending {
		slices.Reverse(a[:run])
	}
	for ; run < len(a); run++ {
		pivot := a[run]
		left, right := 0, run
		for left < right {
			mid := left + (right-left)/2
			if compareElements(pivot, a[mid]) < 0 {
				right = mid
			} else {
				left = mid + 1
			}
		}
		copy(a[left+1:run+1], a[left:run])
		a[left] = pivot
	}
}

func compareAscending(a, b jsvalue.Value) int {
	switch {
	case a.IsNull() && b.IsNull():
		return 0
	case a.IsNull():
		return 1
	case b.IsNull():
		return -1
	}
	if isText(a) && isText(b) {
		return jsvalue.CompareUTF16(jsvalue.Text(a), jsvalue.Text(b))
	}
	x, xok := toNumber(a)
	y, yok := toNumber(b)
	switch {
	case !xok || !yok:
		return 0 // NaN compares with nothing
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// isText tells whether JavaScript's < takes v for a string: strings do, and
// objects, which become one.
func isText(v jsvalue.Value) bool {
	k := v.Kind()
	return k == jsvalue.KindString || k == jsvalue.KindList || k == jsvalue.KindObject
}

func toNumber(v jsvalue.Value) (float64, bool) {
	switch v.Kind() {
	case jsvalue.KindNumber:
		return v.Number(), true
	case jsvalue.KindBool:
		if v.Bool() {
			return 1, true
		}
		return 0, true
	}
	return jsvalue.ParseNumber(jsvalue.Text(v))
}

// fieldOrder compares two items by collection and meta.id as Directus sorts
// its lists; no id comes last.
func fieldOrder(a, b placed) int {
	if a.collection != b.collection {
		return jsvalue.CompareUTF16(a.collection, b.collection)
	}
	switch {
	case a.id == b.id:
		return 0
	case a.id == noID:
		return 1
	case b.id == noID:
		return -1
	case a.id < b.id:
		return -1
	}
	return 1
}

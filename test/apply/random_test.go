//go:build directus

package apply

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
)

// seeds returns how many random files to try for each version: SCHEMAGUARD_APPLY_SEEDS, or a few.
func seeds(t *testing.T) int {
	text := os.Getenv("SCHEMAGUARD_APPLY_SEEDS")
	if text == "" {
		return 4
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("reading SCHEMAGUARD_APPLY_SEEDS: %v", err)
	}
	return n
}

// random returns a hazard of one to five random mutations.
func random(seed int) hazard {
	return hazard{fmt.Sprintf("seed %d", seed), "", func(f file) {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		for range 1 + r.IntN(5) {
			mutations[r.IntN(len(mutations))](r, f)
		}
	}}
}

// mutations damage a file at a random place; one that finds no place does nothing.
var mutations = []func(*rand.Rand, file){
	func(r *rand.Rand, f file) { dropAny(r, f, "fields") },
	func(r *rand.Rand, f file) { dropAny(r, f, "fields") },
	func(r *rand.Rand, f file) { dropAny(r, f, "relations") },
	func(r *rand.Rand, f file) { dropAny(r, f, "collections") },
	func(r *rand.Rand, f file) { dropAny(r, f, "systemFields") },
	func(r *rand.Rand, f file) {
		if i := pick(r, f.list("collections")); i != nil {
			f.dropCollection(i["collection"].(string))
		}
	},
	func(r *rand.Rand, f file) {
		// What Directus itself leaves of a deleted collection: its fields, relations and the other sides are gone as well.
		if i := pick(r, f.list("collections")); i != nil {
			forgetCollection(f, i["collection"].(string))
		}
	},
	func(r *rand.Rand, f file) {
		editMeta(r, f, "collections", "note", "color", "hidden", "singleton", "group")
	},
	func(r *rand.Rand, f file) { editMeta(r, f, "fields", "note", "width", "hidden", "sort", "required") },
	func(r *rand.Rand, f file) { editMeta(r, f, "relations", "one_field", "sort_field") },
	func(r *rand.Rand, f file) { loseKey(r, f, "collections", "meta") },
	func(r *rand.Rand, f file) { loseKey(r, f, "fields", "meta") },
	func(r *rand.Rand, f file) { loseKey(r, f, "fields", "schema") },
	func(r *rand.Rand, f file) { loseKey(r, f, "relations", "meta") },
	editColumn, editColumn, editColumn, editColumn,
	func(r *rand.Rand, f file) {
		if i := pick(r, f.list("fields")); i != nil && i["schema"] != nil && i["meta"] != nil {
			flip(i)
		}
	},
	func(r *rand.Rand, f file) {
		if i := pick(r, f.list("collections")); i != nil && i["meta"] != nil && i["collection"] != "oddities" {
			f.copyCollection(i["collection"].(string), fmt.Sprintf("copy%d", r.IntN(1000)))
		}
	},
	func(r *rand.Rand, f file) {
		for _, list := range []string{"collections", "fields", "relations"} {
			l := f.list(list)
			r.Shuffle(len(l), func(i, j int) { l[i], l[j] = l[j], l[i] })
		}
	},
}

func pick(r *rand.Rand, list []any) item {
	if len(list) == 0 {
		return nil
	}
	return list[r.IntN(len(list))].(map[string]any)
}

func dropAny(r *rand.Rand, f file, list string) {
	if l := f.list(list); len(l) > 0 {
		i := r.IntN(len(l))
		f[list] = slices.Delete(l, i, i+1)
	}
}

func forgetCollection(f file, name string) {
	gone := map[[2]any]bool{}
	f.each("relations", func(i item) {
		if i["collection"] == name || i["related_collection"] == name {
			gone[[2]any{i["collection"], i["field"]}] = true
			if i["meta"] != nil {
				gone[[2]any{i["related_collection"], i.meta()["one_field"]}] = true
			}
		}
	})
	f.dropCollection(name)
	for _, list := range []string{"relations", "fields"} {
		f[list] = slices.DeleteFunc(f.list(list), func(v any) bool {
			i := v.(map[string]any)
			return gone[[2]any{i["collection"], i["field"]}]
		})
	}
}

func editMeta(r *rand.Rand, f file, list string, keys ...string) {
	i := pick(r, f.list(list))
	if i == nil || i["meta"] == nil {
		return
	}
	key := keys[r.IntN(len(keys))]
	values := map[string][]any{
		"note": {"a note", nil}, "color": {"#112233", nil}, "hidden": {true, false}, "singleton": {true, false}, "group": {nil, "stuff", "deeper"},
		"width": {"half", "full"}, "sort": {90, 91}, "required": {true, false}, "one_field": {nil, "orders"}, "sort_field": {nil, "id"},
	}[key]
	i.meta().set(key, values[r.IntN(len(values))])
}

func loseKey(r *rand.Rand, f file, list, part string) {
	i := pick(r, f.list(list))
	if i == nil || i[part] == nil {
		return
	}
	of := i[part].(map[string]any)
	keys := slices.Sorted(mapKeys(of))
	if len(keys) > 1 {
		delete(of, keys[r.IntN(len(keys))])
	}
}

func mapKeys(m map[string]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func editColumn(r *rand.Rand, f file) {
	i := pick(r, f.list("fields"))
	if i == nil || i["schema"] == nil {
		return
	}
	s := i.schema()
	switch r.IntN(8) {
	case 0:
		s.set("is_nullable", r.IntN(2) == 0)
	case 1:
		if s["max_length"] != nil {
			s.set("max_length", []int{3, 40, 255, 300}[r.IntN(4)])
		}
	case 2:
		if i["type"] == "string" || i["type"] == "text" {
			s.set("default_value", []any{nil, "a word"}[r.IntN(2)])
		}
	case 3:
		s.set("is_unique", r.IntN(2) == 0)
	case 4:
		if s["is_indexed"] != nil {
			s.set("is_indexed", r.IntN(2) == 0)
		}
	case 5:
		types := [][2]string{{"integer", "integer"}, {"text", "text"}, {"date", "date"}, {"uuid", "uuid"}, {"json", "json"}, {"boolean", "boolean"}}
		to := types[r.IntN(len(types))]
		retype(f, i["collection"].(string), i["field"].(string), to[0], to[1])
	case 6:
		if s["numeric_scale"] != nil && i["type"] == "decimal" {
			s.set("numeric_scale", r.IntN(4))
		}
	case 7:
		s.set("foreign_key_table", []any{nil, "tags"}[r.IntN(2)])
	}
}

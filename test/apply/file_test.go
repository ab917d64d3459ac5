//go:build directus

package apply

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
)

// file is a snapshot file as plain JSON, to be damaged.
type file map[string]any

func parse(t *testing.T, data []byte) file {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var f file
	if err := d.Decode(&f); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f file) bytes(t *testing.T) []byte {
	t.Helper()
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// item is one entry, or its meta or schema.
type item map[string]any

func (f file) list(name string) []any {
	l, _ := f[name].([]any)
	return l
}

// find returns the first item of a list with these names; a test that names one that is not there is wrong.
func (f file) find(list string, names ...string) item {
	for _, v := range f.list(list) {
		if i := item(v.(map[string]any)); i.named(names) {
			return i
		}
	}
	panic(fmt.Sprintf("%s has no %v", list, names))
}

func (i item) named(names []string) bool {
	return i["collection"] == names[0] && (len(names) == 1 || i["field"] == names[1])
}

func (f file) collection(name string) item  { return f.find("collections", name) }
func (f file) field(c, name string) item    { return f.find("fields", c, name) }
func (f file) relation(c, name string) item { return f.find("relations", c, name) }
func (i item) meta() item                   { return i["meta"].(map[string]any) }
func (i item) schema() item                 { return i["schema"].(map[string]any) }
func (i item) set(key string, value any)    { i[key] = value }
func (f file) add(list string, v item)      { f[list] = append(f.list(list), map[string]any(v)) }

func (f file) each(list string, do func(item)) {
	for _, v := range f.list(list) {
		do(v.(map[string]any))
	}
}

// drop removes the items of a list that have these names.
func (f file) drop(list string, names ...string) {
	f[list] = slices.DeleteFunc(f.list(list), func(v any) bool { return item(v.(map[string]any)).named(names) })
}

// dropCollection removes a collection with its fields and relations, as a snapshot taken after its deletion would lack them.
func (f file) dropCollection(name string) {
	for _, list := range []string{"collections", "fields", "relations"} {
		f.drop(list, name)
	}
}

// clone returns a deep copy.
func (i item) clone() item {
	data, err := json.Marshal(i)
	if err != nil {
		panic(err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var c item
	if err := d.Decode(&c); err != nil {
		panic(err)
	}
	return c
}

// copyCollection adds a new collection made like an existing one, without its relations and aliases.
func (f file) copyCollection(from, to string) {
	c := f.collection(from).clone()
	c["collection"], c.meta()["collection"] = to, to
	if c["schema"] != nil {
		c.schema()["name"] = to
	}
	f.add("collections", c)
	for _, v := range f.list("fields") {
		i := item(v.(map[string]any))
		if i["collection"] != from || i["type"] == "alias" || i["schema"] == nil || item(i).schema()["foreign_key_table"] != nil {
			continue
		}
		i = i.clone()
		i["collection"], i.schema()["table"] = to, to
		if i["meta"] != nil {
			i.meta()["collection"] = to
		}
		if d, ok := i.schema()["default_value"].(string); ok && d == "nextval('"+from+"_id_seq'::regclass)" {
			i.schema()["default_value"] = "nextval('" + to + "_id_seq'::regclass)"
		}
		f.add("fields", i)
	}
}

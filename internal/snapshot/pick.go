package snapshot

import "github.com/schemaguard/schemaguard/internal/jsvalue"

// picked names the keys of an item and of its schema that Directus takes from a
// file and compares; all others it never looks at (12.4.1,
// utils/sanitize-schema.js). A nil schema list takes the schema as it is.
type picked struct {
	keys, schema []string
}

var picks = [...]picked{
	Collection: {[]string{"collection", "meta", "schema"}, []string{"name"}},
	Field: {[]string{"collection", "field", "type", "meta", "schema"}, []string{
		"name", "table", "data_type", "default_value", "max_length", "numeric_precision", "numeric_scale", "is_nullable",
		"is_unique", "is_indexed", "is_primary_key", "is_generated", "generation_expression", "has_auto_increment",
		"foreign_key_table", "foreign_key_column",
	}},
	SystemField: {[]string{"collection", "field", "schema"}, []string{"is_indexed"}},
	Relation: {[]string{"collection", "field", "related_collection", "meta", "schema"}, []string{
		"table", "column", "foreign_key_table", "foreign_key_column", "constraint_name", "on_update", "on_delete",
	}},
}

// pick reduces an item to what Directus takes of it, in Directus's order. A
// schema of null counts as none, as does one without any known key.
func pick(k Kind, v jsvalue.Value) jsvalue.Value {
	o := jsvalue.NewObject(len(picks[k].keys))
	for _, key := range picks[k].keys {
		m, ok := v.Object().Get(key)
		if !ok {
			continue
		}
		if key == "schema" {
			if m = pickSchema(k, m); m.IsNull() {
				continue
			}
		}
		o.Set(key, m)
	}
	return jsvalue.FromObject(o)
}

func pickSchema(k Kind, schema jsvalue.Value) jsvalue.Value {
	from := schema.Object()
	inOrder := true
	at := 0
	for _, key := range from.Keys() {
		for at < len(picks[k].schema) && picks[k].schema[at] != key {
			at++
		}
		if at == len(picks[k].schema) {
			inOrder = false
			break
		}
	}
	if inOrder && from.Len() > 0 {
		return schema // as Directus wrote it: nothing to leave out
	}
	o := jsvalue.NewObject(len(picks[k].schema))
	for _, key := range picks[k].schema {
		if m, ok := from.Get(key); ok {
			o.Set(key, m)
		}
	}
	if o.Len() == 0 {
		return jsvalue.Null()
	}
	return jsvalue.FromObject(o)
}

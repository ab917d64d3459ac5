package schemadiff

import (
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Picked is the whitelist of one kind of item: what of it Directus compares, in the order in which it then stands
// (12.4.1, utils/sanitize-schema.js).
type Picked struct {
	keys   []string // whole values
	schema []string // members of schema
}

// Whitelist returns the whitelist of a kind.
func Whitelist(k snapshot.Kind, rules directus.Rules) Picked {
	switch k {
	case snapshot.Collection:
		return Picked{[]string{"collection", "fields", "meta"}, []string{"name"}}
	case snapshot.Field:
		p := Picked{[]string{"collection", "field", "type", "meta", "name", "children"}, []string{
			"name", "table", "data_type",
			"default_value", "max_length", "numeric_precision", "numeric_scale", "is_nullable", "is_unique",
		}}
		if rules.HasIsIndexed {
			p.schema = append(p.schema, "is_indexed")
		}
		p.schema = append(p.schema, "is_primary_key", "is_generated", "generation_expression", "has_auto_increment",
			"foreign_key_table", "foreign_key_column")
		return p
	case snapshot.SystemField:
		return Picked{[]string{"collection", "field"}, []string{"is_indexed"}}
	default:
		return Picked{[]string{"collection", "field", "related_collection", "meta"}, []string{
			"table", "column",
			"foreign_key_table", "foreign_key_column", "constraint_name", "on_update", "on_delete",
		}}
	}
}

// Of returns the picked part of an item, as lodash's pick does: a key is there if the item has it, and a schema without
// any picked member is not.
func (p Picked) Of(v jsvalue.Value, withSchema bool) *jsvalue.Value {
	out := jsvalue.NewObject(len(p.keys) + 1)
	for _, key := range p.keys {
		if m, ok := v.Object().Get(key); ok {
			out.Set(key, m)
		}
	}
	if withSchema {
		schema := jsvalue.NewObject(len(p.schema))
		for _, key := range p.schema {
			if m, ok := v.Get("schema").Object().Get(key); ok {
				schema.Set(key, m)
			}
		}
		if schema.Len() > 0 {
			out.Set("schema", jsvalue.FromObject(schema))
		}
	}
	v = jsvalue.FromObject(out)
	return &v
}

// AltersColumn tells whether Directus alters the column of a live field for a schema (services/fields.js updateField). It
// compares with what the database reports, where a default is still text: a default that is a number, a boolean or JSON never
// equals it, so such a column is altered with every change of its field, even of a note.
func AltersColumn(live *snapshot.Item, schema jsvalue.Value, rules directus.Rules) bool {
	switch live.Schema().Get("default_value").Kind() {
	case jsvalue.KindNull, jsvalue.KindString:
	default:
		return true
	}
	pick := Whitelist(snapshot.Field, rules)
	made := jsvalue.FromObject(live.Value.Object().With("schema", schema))
	return !jsvalue.Equal(pick.Of(live.Value, true).Get("schema"), pick.Of(made, true).Get("schema"))
}

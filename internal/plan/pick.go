package plan

import (
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// picked is the whitelist of one kind of item: what of it Directus compares, in
// the order in which it then stands (12.4.1, utils/sanitize-schema.js).
type picked struct {
	keys   []string // whole values
	schema []string // members of schema
}

func pickedOf(k snapshot.Kind, rules directus.Rules) picked {
	switch k {
	case snapshot.Collection:
		return picked{[]string{"collection", "fields", "meta"}, []string{"name"}}
	case snapshot.Field:
		p := picked{[]string{"collection", "field", "type", "meta", "name", "children"}, []string{"name", "table", "data_type",
			"default_value", "max_length", "numeric_precision", "numeric_scale", "is_nullable", "is_unique"}}
		if rules.HasIsIndexed {
			p.schema = append(p.schema, "is_indexed")
		}
		p.schema = append(p.schema, "is_primary_key", "is_generated", "generation_expression", "has_auto_increment",
			"foreign_key_table", "foreign_key_column")
		return p
	case snapshot.SystemField:
		return picked{[]string{"collection", "field"}, []string{"is_indexed"}}
	default:
		return picked{[]string{"collection", "field", "related_collection", "meta"}, []string{"table", "column",
			"foreign_key_table", "foreign_key_column", "constraint_name", "on_update", "on_delete"}}
	}
}

// of returns the picked part of an item, as lodash's pick does: a key is there
// if the item has it, and a schema without any picked member is not.
func (p picked) of(v jsvalue.Value, withSchema bool) *jsvalue.Value {
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
	picked := jsvalue.FromObject(out)
	return &picked
}

//go:build directus

package merge

import "github.com/schemaguard/schemaguard/internal/directuslab"

// pair is what two people do to one schema that cannot both be.
type pair struct {
	name         string
	ours, theirs []directuslab.Edit
	item         string // the item in conflict
	// more tells that the sides also do what is not in conflict, so that no choice gives just one side.
	more bool
}

func edits(e ...directuslab.Edit) []directuslab.Edit { return e }

func fieldIs(table, field string, body object) []directuslab.Edit {
	body["field"] = field
	return edits(call("fields", "updateField", table, body))
}

func collectionIs(table string, meta object) []directuslab.Edit {
	return edits(call("collections", "updateOne", table, object{"meta": meta}))
}

func noField(table, field string) []directuslab.Edit {
	return edits(call("fields", "deleteField", table, field))
}

func noTable(table string) []directuslab.Edit {
	return edits(call("collections", "deleteOne", table))
}

func isNewField(table, field, kind string) []directuslab.Edit {
	return edits(call("fields", "createField", table, object{"field": field, "type": kind, "schema": object{}, "meta": object{"sort": 60}}))
}

func isNewTable(name, keyKind string) []directuslab.Edit {
	return edits(call("collections", "createOne", object{"collection": name, "schema": object{}, "meta": object{}, "fields": []object{
		{"field": "id", "type": keyKind, "meta": object{}, "schema": object{"is_primary_key": true}},
	}}))
}

func pointsTo(table, field, to string) []directuslab.Edit {
	return edits(call("relations", "createOne", object{"collection": table, "field": field, "related_collection": to, "meta": object{}, "schema": nil}))
}

func relationIs(table, field string, meta object) []directuslab.Edit {
	return edits(call("relations", "updateOne", table, field, object{"meta": meta}))
}

func both(a, b []directuslab.Edit) []directuslab.Edit { return append(a, b...) }

var opposed = []pair{
	{"a note of a field", fieldIs("customers", "name", object{"meta": object{"note": "one"}}), fieldIs("customers", "name", object{"meta": object{"note": "two"}}), "field customers.name, meta.note", false},
	{"a note of a collection", collectionIs("tags", object{"note": "one"}), collectionIs("tags", object{"note": "two", "color": "#fff"}), "collection tags, meta.note", true},
	{"an icon", collectionIs("tags", object{"icon": "one"}), collectionIs("tags", object{"icon": "two"}), "collection tags, meta.icon", false},
	{"translations of a collection", collectionIs("customers", object{"translations": []any{object{"language": "de", "translation": "x"}}}), collectionIs("customers", object{"translations": nil}), "collection customers, meta.translations", false},
	{"one option", fieldIs("orders", "state", object{"meta": object{"options": object{"choices": []any{}}}}), fieldIs("orders", "state", object{"meta": object{"options": object{"choices": []any{"x"}}}}), "field orders.state, meta.options.choices", false},
	{"conditions", fieldIs("orders", "state", object{"meta": object{"conditions": []any{object{"name": "a"}}}}), fieldIs("orders", "state", object{"meta": object{"conditions": []any{object{"name": "b"}}}}), "field orders.state, meta.conditions", false},
	{"two values of one field", fieldIs("orders", "state", object{"meta": object{"note": "a", "width": "half"}}), fieldIs("orders", "state", object{"meta": object{"note": "b", "width": "fill"}}), "field orders.state, meta.width", false},
	{"a default", edits(run("ALTER TABLE customers ALTER name SET DEFAULT 'a'")), edits(run("ALTER TABLE customers ALTER name SET DEFAULT 'b'")), "field customers.name, schema.default_value", false},
	{"a length", edits(run("ALTER TABLE customers ALTER name TYPE varchar(300)")), edits(run("ALTER TABLE customers ALTER name TYPE varchar(400)")), "field customers.name, schema.max_length", false},
	{"two types", edits(run("ALTER TABLE customers ALTER ratio TYPE real")), edits(run("ALTER TABLE customers ALTER ratio TYPE numeric(9,3)")), "field customers.ratio", false},
	{"a type and a length", edits(run("ALTER TABLE customers ALTER email TYPE text")), edits(run("ALTER TABLE customers ALTER email TYPE varchar(50)")), "field customers.email, schema.max_length", false},
	{"a field deleted and changed", noField("customers", "note"), fieldIs("customers", "note", object{"meta": object{"note": "x"}}), "field customers.note: deleted in", false},
	{"a collection deleted and changed", noTable("solo"), collectionIs("solo", object{"note": "x"}), "collection solo: deleted in", false},
	{"a collection deleted and a field of it changed", noTable("solo"), fieldIs("solo", "v", object{"meta": object{"note": "x"}}), "field solo.v: deleted in", false},
	{"a collection deleted and a field added to it", noTable("solo"), isNewField("solo", "w", "string"), "field solo.w: belongs to collection solo", false},
	{"a collection deleted and pointed to", noTable("solo"), both(isNewField("tags", "solo", "string"), pointsTo("tags", "solo", "solo")), "relation tags.solo: points to collection solo", true},
	{"a folder deleted and moved into", noTable("deeper"), collectionIs("tags", object{"group": "deeper"}), "collection tags: lies in collection deeper", true},
	{"into two folders", collectionIs("tags", object{"group": "deeper"}), collectionIs("tags", object{"group": "stuff"}), "collection tags, meta.group", false},
	{"one field made twice", isNewField("tags", "extra", "string"), isNewField("tags", "extra", "integer"), "field tags.extra", false},
	{"one collection made twice", isNewTable("extra", "uuid"), isNewTable("extra", "integer"), "field extra.id", false},
	{"a relation changed twice", relationIs("orders", "customer_id", object{"sort_field": "a"}), relationIs("orders", "customer_id", object{"sort_field": "b"}), "relation orders.customer_id, meta.sort_field", false},
	{"a relation deleted and changed", edits(call("relations", "deleteOne", "posts", "author")), relationIs("posts", "author", object{"one_deselect_action": "delete"}), "relation posts.author: deleted in", true},
	{"a field deleted and made a relation", noField("customers", "score"), both(edits(run("UPDATE customers SET score = NULL")), pointsTo("customers", "score", "tags")), "field customers.score: deleted in", true},
}

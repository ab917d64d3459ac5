//go:build directus

package apply

import (
	"fmt"
	"slices"
)

// hazard is one way to damage a snapshot that was just taken of source.sql, after sql has been run on the database.
type hazard struct {
	name string
	sql  string // run after the snapshot
	edit func(file)
}

// hazards returns those to try on a version; what they lead to differs. How a column is changed is the same code in 12.3.0 and
// 12.4.1 (services/fields.js), so it is tried on one of them.
func hazards(version string) []hazard {
	all := slices.Concat(dropHazards(), keyHazards(), relationHazards(), situationHazards())
	if version == "12.3.0" {
		return all
	}
	return append(all, columnHazards()...)
}

func dropHazards() []hazard {
	return []hazard{
		{"nothing", "", func(file) {}},
		{"empty file", "", func(f file) {
			f["collections"], f["fields"], f["relations"] = []any{}, []any{}, []any{}
		}},
		{"collection", "", func(f file) { f.dropCollection("solo"); f.dropCollection("tags") }},
		{"collection that others point to, file as Directus writes it afterwards", "", func(f file) {
			f.dropCollection("customers")
			f.drop("fields", "orders", "customer_id")
			f.drop("relations", "orders", "customer_id")
		}},
		{"collection that others point to, column kept", "", func(f file) {
			f.dropCollection("customers")
			f.drop("relations", "orders", "customer_id")
		}},
		{"collection alone, its parts kept", "", func(f file) { f.drop("collections", "customers") }},
		{"collection in a folder", "", func(f file) { f.dropCollection("inner_a"); f.dropCollection("inner_b") }},
		{"folder", "", func(f file) { f.drop("collections", "stuff") }},
		{"folder with all in it", "", func(f file) {
			for _, c := range []string{"stuff", "deeper", "inner_a", "inner_b"} {
				f.dropCollection(c)
			}
		}},
		{"ghosts", "", func(f file) { f.dropCollection("positions"); f.dropCollection("ghost") }},
		{"fields", "", func(f file) {
			f.drop("fields", "customers", "note")
			f.drop("fields", "orders", "state")
			f.drop("fields", "directus_users", "nickname")
			f.drop("fields", "posts", "line")
			f.drop("fields", "customers", "more")
			f.drop("fields", "posts", "sort")
		}},
		{"alias of a relation", "", func(f file) { f.drop("fields", "customers", "orders") }},
		{"many to one with its alias", "", func(f file) {
			f.drop("fields", "orders", "customer_id")
			f.drop("relations", "orders", "customer_id")
			f.drop("fields", "customers", "orders")
		}},
		{"many to one without its alias", "", func(f file) {
			f.drop("fields", "orders", "customer_id")
			f.drop("relations", "orders", "customer_id")
			f.drop("fields", "nodes", "parent")
			f.drop("relations", "nodes", "parent")
		}},
		{"junction", "", func(f file) {
			f.dropCollection("posts_tags")
			f.drop("fields", "posts", "tags")
			f.drop("fields", "tags", "posts")
		}},
		{"primary key", "", func(f file) { f.drop("fields", "solo", "id") }},
		{"primary key that others point to", "", func(f file) { f.drop("fields", "tags", "id") }},
		{"column under a view", "", func(f file) { f.drop("fields", "oddities", "seen_by") }},
		{"column under a generated one", "", func(f file) { f.drop("fields", "oddities", "small") }},
		{"table under a view", "", func(f file) { f.dropCollection("oddities") }},
		{"relation alone", "", func(f file) { f.drop("relations", "orders", "customer_id"); f.drop("relations", "blocks", "item") }},
	}
}

func keyHazards() []hazard {
	without := func(i item, keys ...string) {
		for _, k := range keys {
			delete(i, k)
		}
	}
	return []hazard{
		{"collections lack color", "", func(f file) {
			without(f.collection("solo").meta(), "color")
			without(f.collection("inner_a").meta(), "color")
			without(f.collection("deeper").meta(), "color")
		}},
		{"collection lacks color, and has an earlier edit", "", func(f file) {
			without(f.collection("solo").meta(), "color")
			f.collection("solo").meta().set("accountability", nil)
		}},
		{"collections lack translations", "", func(f file) { without(f.collection("customers").meta(), "translations") }},
		{"collection lacks meta", "", func(f file) { without(f.collection("solo"), "meta") }},
		{"collection lacks schema", "", func(f file) { without(f.collection("solo"), "schema") }},
		{"folder gains schema", "", func(f file) { f.collection("stuff").set("schema", map[string]any{"name": "stuff"}) }},
		{"collection has an unknown null key", "", func(f file) { f.collection("solo").meta().set("novelty", nil) }},
		{"collection has an unknown false key", "", func(f file) { f.collection("solo").meta().set("novelty", false) }},
		{"collection has an unknown text key", "", func(f file) { f.collection("solo").meta().set("novelty", "new") }},
		{"collection has an unknown key and an earlier edit", "", func(f file) {
			f.collection("solo").meta().set("novelty", nil)
			f.collection("solo").meta().set("note", "edited")
		}},
		{"fields lack meta keys", "", func(f file) {
			without(f.field("customers", "note").meta(), "conditions")
			without(f.field("orders", "customer_id").meta(), "display", "note")
		}},
		{"field lacks a schema key", "", func(f file) { without(f.field("customers", "note").schema(), "is_unique") }},
		{"fields lack is_indexed", "", func(f file) { without(f.field("customers", "note").schema(), "is_indexed") }},
		{"field lacks schema", "", func(f file) { without(f.field("customers", "note"), "schema") }},
		{"field lacks meta", "", func(f file) { without(f.field("customers", "note"), "meta") }},
		{"field has an unknown meta key", "", func(f file) { f.field("customers", "note").meta().set("novelty", 1) }},
		{"alias gains schema", "", func(f file) { f.field("customers", "orders").set("schema", map[string]any{"name": "orders"}) }},
		{"relation lacks a meta key", "", func(f file) { without(f.relation("orders", "customer_id").meta(), "sort_field") }},
		{"relation lacks schema", "", func(f file) { without(f.relation("orders", "customer_id"), "schema") }},
		{"relation has an unknown meta key", "", func(f file) { f.relation("orders", "customer_id").meta().set("novelty", nil) }},
		{"relation without foreign key gains schema", "", func(f file) {
			f.relation("blocks", "item").set("schema", map[string]any{"table": "blocks", "column": "item"})
		}},
		{"system fields missing", "", func(f file) { delete(f, "systemFields") }},
		{"system fields empty", "", func(f file) { f["systemFields"] = []any{} }},
		{"system field added", "", func(f file) {
			f.add("systemFields", item{"collection": "directus_users", "field": "last_name", "schema": map[string]any{"is_indexed": true}})
		}},
	}
}

func columnHazards() []hazard {
	return []hazard{
		{"notes", "", func(f file) {
			f.field("customers", "name").meta().set("note", "a note")
			f.field("customers", "id").meta().set("note", "a note")
			f.field("orders", "state").meta().set("options", map[string]any{"choices": []any{map[string]any{"text": "Open", "value": "open"}}})
			f.collection("customers").meta().set("note", "another")
			f.collection("stuff").meta().set("icon", nil)
		}},
		{"notes on columns with defaults that are no text", "", func(f file) {
			for _, name := range []string{"small", "amount"} {
				f.field("oddities", name).meta().set("note", "a note")
			}
			f.field("customers", "vip").meta().set("note", "a note")
		}},
		{"note on an amount", "", func(f file) {
			f.field("oddities", "amount").meta().set("note", "a note")
			f.field("customers", "score").meta().set("note", "a note")
		}},
		{"shorter", "", func(f file) {
			f.field("customers", "email").schema().set("max_length", 10)
			f.field("orders", "state").schema().set("max_length", 10)
			f.field("orders", "total").schema().set("numeric_scale", 2)
		}},
		{"longer", "", func(f file) { f.field("customers", "email").schema().set("max_length", 200) }},
		{"text to integer that fits", "", func(f file) { retype(f, "customers", "note", "integer", "integer") }},
		{"text to integer that does not fit", "", func(f file) { retype(f, "customers", "name", "integer", "integer") }},
		{"no cast", "", func(f file) { retype(f, "customers", "born", "integer", "integer") }},
		{"moment to date", "", func(f file) { retype(f, "customers", "seen", "date", "date") }},
		{"double is written as real", "", func(f file) { f.field("customers", "ratio").schema().set("is_nullable", false) }},
		{"required without nulls", "", func(f file) { f.field("customers", "email").schema().set("is_nullable", false) }},
		{"required with nulls", "", func(f file) { f.field("customers", "born").schema().set("is_nullable", false) }},
		{"not required", "", func(f file) { f.field("customers", "tag").schema().set("is_nullable", true) }},
		{"default of a required column", "", func(f file) { f.field("customers", "tag").schema().set("default_value", "y") }},
		{"defaults", "", func(f file) {
			f.field("customers", "name").schema().set("default_value", "somebody")
			f.field("customers", "email").schema().set("default_value", "it's")
			f.field("customers", "score").schema().set("default_value", nil)
			f.field("orders", "placed").schema().set("default_value", "now()")
		}},
		{"default that is an expression", "", func(f file) { f.field("customers", "born").schema().set("default_value", "CURRENT_DATE") }},
		{"random default", "", func(f file) { f.field("inner_a", "id").schema().set("default_value", "gen_random_uuid()") }},
		{"unique and index", "", func(f file) {
			f.field("customers", "email").schema().set("is_unique", true)
			f.field("customers", "code").schema().set("is_unique", false)
			if _, ok := f.field("customers", "email").schema()["is_indexed"]; ok {
				f.field("customers", "name").schema().set("is_indexed", true)
				f.field("customers", "email").schema().set("is_indexed", false)
			}
		}},
		{"unique constraint with its own name", "", func(f file) { f.field("oddities", "own").schema().set("is_unique", false) }},
		{"index with its own name", "", func(f file) { f.field("oddities", "looked").schema().set("is_indexed", false) }},
		{"counted key", "", func(f file) {
			f.field("customers", "id").schema().set("default_value", nil)
			f.field("orders", "id").set("type", "bigInteger")
		}},
		{"text key", "", func(f file) { f.field("solo", "id").schema().set("max_length", 32) }},
		{"column under a view is changed", "", func(f file) { f.field("oddities", "seen_by").schema().set("default_value", "me") }},
		{"column without length", "", func(f file) { f.field("oddities", "free").schema().set("default_value", "me") }},
		{"unknown type", "", func(f file) { f.field("oddities", "feel").schema().set("is_nullable", false) }},
		{"generated", "", func(f file) { f.field("oddities", "doubled").schema().set("is_generated", false) }},
		{"binary json", "", func(f file) { f.field("oddities", "b").schema().set("is_nullable", false) }},
		{"fixed length", "", func(f file) { f.field("oddities", "fixed").schema().set("default_value", "x") }},
		{"column to alias", "", func(f file) { flip(f.field("customers", "note")) }},
		{"alias to column", "", func(f file) {
			i := f.field("posts", "line")
			i.set("type", "string")
			i.meta().set("special", nil)
			i.set("schema", f.field("customers", "name").clone()["schema"])
			i.schema().set("name", "line")
			i.schema().set("table", "posts")
		}},
		{"many to one to alias", "", func(f file) { flip(f.field("orders", "customer_id")) }},
		{"rename", "", func(f file) {
			i := f.field("customers", "note")
			i.set("field", "remark")
			i.meta().set("field", "remark")
			i.schema().set("name", "remark")
		}},
	}
}

func retype(f file, c, name, typ, dataType string) {
	i := f.field(c, name)
	i.set("type", typ)
	s := i.schema()
	s.set("data_type", dataType)
	s.set("max_length", nil)
	s.set("default_value", nil)
	if dataType == "integer" {
		s.set("numeric_precision", 32)
		s.set("numeric_scale", 0)
	}
}

func flip(i item) {
	i.set("type", "alias")
	delete(i, "schema")
	i.meta().set("special", []any{"alias", "no-data"})
}

func relationHazards() []hazard {
	return []hazard{
		{"relation's rules", "", func(f file) {
			f.relation("orders", "customer_id").schema().set("on_delete", "CASCADE")
			f.relation("posts_tags", "posts_id").meta().set("sort_field", "id")
		}},
		{"relation's meta", "", func(f file) { f.relation("blocks", "item").meta().set("one_allowed_collections", []any{"customers"}) }},
		{"constraint's name", "", func(f file) { f.relation("orders", "customer_id").schema().set("constraint_name", "other") }},
		{"related collection", "", func(f file) {
			f.relation("orders", "customer_id").set("related_collection", "tags")
			f.relation("orders", "customer_id").meta().set("one_collection", "tags")
			f.relation("orders", "customer_id").schema().set("foreign_key_table", "tags")
		}},
		{"foreign key of a field alone", "", func(f file) {
			f.field("orders", "customer_id").schema().set("foreign_key_table", "tags")
		}},
		{"relation to a new collection", "", func(f file) {
			f.copyCollection("tags", "labels")
			i := f.field("posts", "sort").clone()
			i.set("field", "label")
			i.meta().set("field", "label")
			i.schema().set("name", "label")
			i.schema().set("foreign_key_table", "labels")
			i.schema().set("foreign_key_column", "id")
			f.add("fields", i)
			r := f.relation("posts_tags", "tags_id").clone()
			r.set("collection", "posts")
			r.set("field", "label")
			r.set("related_collection", "labels")
			for k, v := range map[string]any{"many_collection": "posts", "many_field": "label", "one_collection": "labels", "one_field": nil, "junction_field": nil} {
				r.meta().set(k, v)
			}
			for k, v := range map[string]any{"table": "posts", "column": "label", "foreign_key_table": "labels", "constraint_name": "posts_label_foreign"} {
				r.schema().set(k, v)
			}
			f.add("relations", r)
		}},
		{"relation over values that do not fit", "", func(f file) {
			r := f.relation("orders", "customer_id").clone()
			r.set("field", "state")
			r.meta().set("many_field", "state")
			r.schema().set("column", "state")
			r.schema().set("constraint_name", "orders_state_foreign")
			f.add("relations", r)
		}},
		{"collection under a table without a key", "ALTER TABLE keyless ADD node integer REFERENCES nodes", func(f file) { f.dropCollection("nodes") }},
		{
			"collection under a composite foreign key", "ALTER TABLE tags ADD UNIQUE (id, word); CREATE TABLE pairs (id serial PRIMARY KEY, a integer, b varchar, FOREIGN KEY (a, b) REFERENCES tags (id, word))",
			func(f file) { f.dropCollection("solo") },
		},
	}
}

func situationHazards() []hazard {
	return []hazard{
		{"new collections", "", func(f file) {
			f.copyCollection("customers", "clients")
			f.copyCollection("stuff", "things")
			f.collection("clients").meta().set("group", "things")
			f.copyCollection("solo", "single")
		}},
		{"new collection of types that cannot be made", "", func(f file) {
			f.copyCollection("oddities", "curiosities")
			f.drop("fields", "curiosities", "free")
		}},
		{"new column without length", "", func(f file) { f.copyCollection("oddities", "curiosities") }},
		{"new collection without a key", "", func(f file) { f.copyCollection("solo", "single"); f.drop("fields", "single", "id") }},
		{"new collection in a group that does not exist", "", func(f file) {
			f.copyCollection("stuff", "lost")
			f.collection("lost").meta().set("group", "nowhere")
		}},
		{"new table in a group that does not exist", "", func(f file) {
			f.copyCollection("solo", "lost")
			f.collection("lost").meta().set("group", "nowhere")
		}},
		{"group that does not exist", "", func(f file) { f.collection("solo").meta().set("group", "nowhere") }},
		{"new group", "", func(f file) { f.copyCollection("stuff", "things"); f.collection("solo").meta().set("group", "things") }},
		{"table made by hand meanwhile", "CREATE TABLE clients (id serial PRIMARY KEY)", func(f file) { f.copyCollection("customers", "clients") }},
		{"table without a key made by hand meanwhile", "CREATE TABLE clients (v text)", func(f file) { f.copyCollection("customers", "clients") }},
		{"column made by hand", "", func(f file) {
			i := f.field("customers", "note").clone()
			i.set("field", "untracked")
			i.meta().set("field", "untracked")
			i.schema().set("name", "untracked")
			f.drop("fields", "customers", "untracked")
			f.add("fields", i)
		}},
		{"untracked things made meanwhile", "CREATE TABLE late (id serial PRIMARY KEY, c integer REFERENCES customers); ALTER TABLE tags ADD late text", func(file) {}},
		{"index made on a system field", "CREATE INDEX own_index ON directus_users (last_name)", func(file) {}},
		{"twice the same new collection", "", func(f file) {
			f.copyCollection("solo", "single")
			f.add("collections", f.collection("single").clone())
		}},
		{"system collection", "", func(f file) { f.copyCollection("solo", "directus_single") }},
		{"partial", "", func(f file) { partial(f, "customers") }},
		{"partial with deletions", "", func(f file) { partial(f, "customers"); f.drop("fields", "customers", "note") }},
		{"order", "", func(f file) {
			for _, list := range []string{"collections", "fields", "relations"} {
				l := f.list(list)
				for i, j := 0, len(l)-1; i < j; i, j = i+1, j-1 {
					l[i], l[j] = l[j], l[i]
				}
			}
		}},
		{"column that is an alias as well", "UPDATE directus_fields SET special = 'o2m' WHERE collection = 'solo' AND field = 'v'", func(f file) {
			f.field("solo", "v").meta().set("special", []any{"o2m"})
		}},
		{"26 collections", "", func(f file) {
			for i := range 14 {
				f.copyCollection("solo", fmt.Sprintf("single%d", i))
			}
		}},
	}
}

// partial leaves only one collection in the file, as the HTTP API of Directus 12.2 writes it.
func partial(f file, name string) {
	f["version"] = 2
	for _, list := range []string{"collections", "fields", "systemFields", "relations"} {
		if f[list] == nil {
			continue
		}
		kept := []any{}
		f.each(list, func(i item) {
			if i["collection"] == name {
				kept = append(kept, map[string]any(i))
			}
		})
		f[list] = kept
	}
}

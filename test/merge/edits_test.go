//go:build directus

package merge

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/directuslab"
)

// change is one thing that somebody does to a schema, in the admin UI or in SQL.
type change struct {
	name  string
	edits []directuslab.Edit
	// writes are what it changes, as paths: "orders", "orders.total", "orders.total.meta.note". Two changes are at odds where a
	// path of one begins another of the other's.
	writes []string
	// reads are what must still be there: at odds with a write of it, or of what it is part of.
	reads []string
}

// object is a JSON object.
type object map[string]any

func call(service, method string, args ...any) directuslab.Edit {
	return directuslab.Edit{Service: service, Method: method, Args: args}
}

func run(format string, args ...any) directuslab.Edit {
	return directuslab.Edit{SQL: fmt.Sprintf(format, args...)}
}

// odds tells whether two changes cannot both be made by people who know nothing of each other.
func (c change) odds(d change) bool {
	for _, w := range c.writes {
		for _, x := range d.writes {
			if within(w, x) || within(x, w) {
				return true
			}
		}
		for _, r := range d.reads {
			if within(r, w) {
				return true
			}
		}
	}
	for _, r := range c.reads {
		for _, w := range d.writes {
			if within(r, w) {
				return true
			}
		}
	}
	return false
}

// within tells whether a path is another or a part of it.
func within(path, of string) bool { return path == of || strings.HasPrefix(path, of+".") }

// author makes changes of a schema, of names that nobody else gives.
type author struct {
	*rand.Rand
	initial string
	count   int
	made    []change
}

// change returns a random change that is at odds with none of those made, and none of others.
func (a *author) change(others []change) change {
	for {
		c := makers[a.IntN(len(makers))](a)
		ok := true
		for _, d := range slices.Concat(others, a.made) {
			ok = ok && !c.odds(d)
		}
		if ok {
			a.made = append(a.made, c)
			return c
		}
	}
}

// fresh returns a new name, which sorts anywhere.
func (a *author) fresh() string {
	a.count++
	return fmt.Sprintf("%c%c_%s%d", "AZabmz_"[a.IntN(7)], 'a'+rune(a.IntN(26)), a.initial, a.count)
}

func pick[T any](a *author, list ...T) T { return list[a.IntN(len(list))] }

// text is a value that is hard to write in YAML, or easy.
func (a *author) text() any {
	return pick[any](a, nil, "plain", "a: b", "yes", "12", strings.Repeat("many words ", 12), "two\nlines", "ünï 😀", "it's", " lead", "#x")
}

// short is a value that fits any column.
func (a *author) short() any { return pick[any](a, nil, "plain", "a: b", "it's", "ünï") }

var (
	tables  = []string{"customers", "orders", "inner_a", "inner_b", "solo", "posts", "tags", "posts_tags", "blocks", "nodes", "oddities"}
	folders = []string{"stuff", "deeper"}
	// plainFields can go without anything else going.
	plainFields = []string{
		"customers.note", "customers.score", "customers.ratio", "customers.born", "customers.seen", "customers.code", "orders.state", "orders.payload",
		"orders.placed", "orders.total", "oddities.small", "oddities.many", "oddities.b", "oddities.amount", "oddities.looked", "tags.word",
		"nodes.name", "inner_a.label", "inner_b.label", "solo.v", "posts.title", "directus_users.nickname",
	}
	relations = []string{"orders.customer_id", "posts.author", "posts_tags.posts_id", "posts_tags.tags_id", "blocks.posts_id", "nodes.parent"}
)

func split(path string) (collection, field string) {
	collection, field, _ = strings.Cut(path, ".")
	return collection, field
}

// newField is the body of a field's creation. Its place in the form is given, as Directus would count it up from what the
// database holds, which is another number on a branch than after the merge.
func (a *author) newField(name string) object {
	kind := pick(a, "string", "text", "integer", "bigInteger", "float", "decimal", "boolean", "json", "csv", "uuid", "date", "time", "dateTime", "timestamp", "hash", "alias")
	meta := object{"interface": pick[any](a, nil, "input", "select-dropdown"), "note": a.text(), "sort": 20 + a.IntN(50), "width": pick[any](a, "half", "full", nil)}
	schema := object{"is_nullable": a.IntN(3) > 0}
	switch kind {
	case "alias":
		meta["special"] = []string{"alias", "no-data"}
		return object{"field": name, "type": kind, "meta": meta}
	case "string":
		schema["max_length"] = pick[any](a, 20, 255)
		schema["default_value"] = pick[any](a, nil, "x", "it's", "NULL")
		schema["is_unique"] = a.IntN(4) == 0
	case "integer", "bigInteger":
		schema["default_value"] = pick[any](a, nil, 0, 7)
		schema["is_indexed"] = a.IntN(3) == 0
	case "decimal":
		schema["numeric_precision"], schema["numeric_scale"] = 12, a.IntN(6)
	case "boolean":
		schema["default_value"] = a.IntN(2) == 0
		meta["special"] = []string{"cast-boolean"}
	case "json":
		meta["special"] = []string{"cast-json"}
		meta["options"] = object{"template": "{{x}}", "a b": 1, "a": object{"10": 1, "9": []any{}}, "list": []any{object{"b": 1, "a": nil}}}
	}
	if schema["is_nullable"] == false && schema["default_value"] == nil {
		schema["is_nullable"] = true // rows are there already
	}
	return object{"field": name, "type": kind, "meta": meta, "schema": schema}
}

func key(a *author) object {
	kind := pick(a, "integer", "uuid", "string")
	schema := object{"is_primary_key": true}
	if kind == "integer" {
		schema["has_auto_increment"] = true
	}
	return object{"field": "id", "type": kind, "meta": object{"hidden": true, "sort": 1, "interface": "input", "readonly": true}, "schema": schema}
}

// makers make every kind of change.
var makers = []func(a *author) change{
	newTable, newTable, newFolder, addField, addField, addField, addField, manyToOne, manyToOne, manyToMany,
	collectionMeta, collectionMeta, fieldMeta, fieldMeta, fieldMeta, optionKey, optionKey, column, column,
	dropField, dropTable, dropFolder, madeAgain, relationMeta, dropRelation, systemIndex, intoFolder,
}

func newTable(a *author) change {
	name := a.fresh()
	group := pick[any](a, nil, "stuff", "deeper")
	c := change{name: "table " + name, writes: []string{name}}
	if group != nil {
		c.reads = []string{group.(string)}
	}
	fields := []object{key(a)}
	for range a.IntN(4) {
		fields = append(fields, a.newField(a.fresh()))
	}
	c.edits = []directuslab.Edit{call("collections", "createOne", object{"collection": name, "schema": object{}, "fields": fields, "meta": object{
		"note": a.text(), "icon": pick[any](a, nil, "box"), "group": group, "sort": pick[any](a, nil, a.IntN(9)), "singleton": a.IntN(3) == 0,
		"translations": pick[any](a, nil, []any{object{"language": "de-DE", "translation": "Ü", "plural": "x"}}),
	}})}
	return c
}

func newFolder(a *author) change {
	name := a.fresh()
	return change{name: "folder " + name, writes: []string{name}, edits: []directuslab.Edit{
		call("collections", "createOne", object{"collection": name, "schema": nil, "meta": object{"icon": "folder", "note": a.text()}}),
	}}
}

func addField(a *author) change {
	table, name := pick(a, append(tables, "directus_users", "directus_files")...), a.fresh()
	return change{
		name: "field " + table + "." + name, writes: []string{table + "." + name}, reads: []string{table},
		edits: []directuslab.Edit{call("fields", "createField", table, a.newField(name))},
	}
}

// keyType returns the type that a field has which points to a table of the base.
func keyType(table string) string {
	switch table {
	case "inner_a", "directus_users", "directus_files":
		return "uuid"
	case "solo":
		return "string"
	}
	return "integer"
}

// pointer are the edits of a field that points to another table, with or without its other side.
func (a *author) pointer(from, field, to, otherSide string) []directuslab.Edit {
	edits := []directuslab.Edit{call("fields", "createField", from, object{
		"field": field, "type": keyType(to), "schema": object{}, "meta": object{"interface": "select-dropdown-m2o", "special": []string{"m2o"}, "sort": 30 + a.IntN(9)},
	})}
	meta := object{"one_deselect_action": pick(a, "nullify", "delete")}
	if otherSide != "" {
		edits = append(edits, call("fields", "createField", to, object{
			"field": otherSide, "type": "alias", "meta": object{"interface": "list-o2m", "special": []string{"o2m"}, "sort": 40 + a.IntN(9)},
		}))
		meta["one_field"] = otherSide
	}
	return append(edits, call("relations", "createOne", object{
		"collection": from, "field": field, "related_collection": to, "meta": meta, "schema": object{"on_delete": pick(a, "SET NULL", "CASCADE", "NO ACTION")},
	}))
}

func manyToOne(a *author) change {
	from, to, field := pick(a, tables...), pick(a, append(tables, "directus_users", "directus_files")...), a.fresh()
	c := change{name: "m2o " + from + "." + field + " to " + to, writes: []string{from + "." + field}, reads: []string{from, to}}
	otherSide := ""
	if a.IntN(2) == 0 {
		otherSide = a.fresh()
		c.writes = append(c.writes, to+"."+otherSide)
	}
	c.edits = a.pointer(from, field, to, otherSide)
	return c
}

func manyToMany(a *author) change {
	one, other, junction := pick(a, tables...), pick(a, tables...), a.fresh()
	x, y := a.fresh(), a.fresh()
	c := change{name: "m2m " + one + " " + junction + " " + other, writes: []string{junction, one + "." + x, other + "." + y}, reads: []string{one, other}}
	c.edits = []directuslab.Edit{call("collections", "createOne", object{
		"collection": junction, "schema": object{}, "meta": object{"hidden": true, "icon": "import_export"}, "fields": []object{key(a)},
	})}
	c.edits = append(c.edits, a.pointer(junction, one+"_left", one, x)...)
	c.edits = append(c.edits, a.pointer(junction, other+"_right", other, y)...)
	c.edits = append(c.edits, call("relations", "updateOne", junction, one+"_left", object{"meta": object{"junction_field": other + "_right"}}),
		call("relations", "updateOne", junction, other+"_right", object{"meta": object{"junction_field": one + "_left"}}))
	return c
}

func collectionMeta(a *author) change {
	table := pick(a, append(tables, folders...)...)
	name := pick(a, "note", "icon", "color", "hidden", "sort", "display_template", "translations", "archive_value", "preview_url", "item_duplication_fields")
	value := a.text()
	switch name {
	case "icon", "color":
		value = a.short()
	case "hidden":
		value = a.IntN(2) == 0
	case "sort":
		value = a.IntN(30)
	case "translations":
		value = []any{object{"language": "fr-FR", "translation": a.text(), "singular": "x"}}
	case "item_duplication_fields":
		value = []any{"a", "b.c"}
	}
	return change{
		name: "meta " + table + " " + name, writes: []string{table + ".meta." + name}, reads: []string{table},
		edits: []directuslab.Edit{call("collections", "updateOne", table, object{"meta": object{name: value}})},
	}
}

func fieldMeta(a *author) change {
	path := pick(a, plainFields...)
	table, field := split(path)
	name := pick(a, "note", "width", "interface", "display", "display_options", "conditions", "translations", "required", "readonly", "hidden", "sort", "validation", "validation_message")
	value := a.text()
	switch name {
	case "interface", "display":
		value = a.short()
	case "width":
		value = pick(a, "half", "full", "fill")
	case "required", "readonly", "hidden":
		value = a.IntN(2) == 0
	case "sort":
		value = a.IntN(30)
	case "display_options", "validation":
		value = object{"_and": []any{object{field: object{"_gt": a.IntN(9)}}}}
	case "conditions", "translations":
		value = []any{object{"name": a.text(), "z": 1, "a": []any{3, 1, 2}}}
	}
	return change{
		name: "meta " + path + " " + name, writes: []string{path + ".meta." + name}, reads: []string{path},
		edits: []directuslab.Edit{call("fields", "updateField", table, object{"field": field, "meta": object{name: value}})},
	}
}

// optionKey sets one option of a field, leaving what others set.
func optionKey(a *author) change {
	path := pick(a, plainFields...)
	table, field := split(path)
	option := fmt.Sprintf("%s %d", pick(a, "a", "a-b", "10", "Z"), a.IntN(9))
	return change{
		name: "option " + path + " " + option, writes: []string{path + ".meta.options." + option}, reads: []string{path},
		edits: []directuslab.Edit{run(`UPDATE directus_fields SET options = (coalesce(options::jsonb, '{}') || '{"%s": [%d, {"y": 1, "x": 2}]}')::json WHERE collection = '%s' AND field = '%s'`,
			option, a.IntN(9), table, field)},
	}
}

// column changes the column of a field.
func column(a *author) change {
	path := pick(a, "customers.name", "customers.email", "customers.note", "customers.score", "orders.total", "orders.state", "tags.word", "nodes.name", "inner_b.label", "posts.title")
	table, field := split(path)
	alter := func(what, sql string) change {
		return change{
			name: "column " + path + " " + what, writes: []string{path + "." + what}, reads: []string{path},
			edits: []directuslab.Edit{run(`ALTER TABLE %s `+sql, table, field)},
		}
	}
	isText := path != "customers.score" && path != "orders.total"
	switch n := a.IntN(5); {
	case n == 0 && isText:
		return alter("type", `ALTER COLUMN %s TYPE varchar(300)`)
	case n == 0:
		return alter("type", `ALTER COLUMN %s TYPE bigint`)
	case n == 1 && isText:
		return alter("type", `ALTER COLUMN %s SET DEFAULT 'it''s new'`)
	case n == 1:
		return alter("type", `ALTER COLUMN %s SET DEFAULT 42`)
	case n == 2:
		c := alter("null", `ALTER COLUMN %s SET NOT NULL`)
		c.edits = append([]directuslab.Edit{run("DELETE FROM %s", "blocks"), run("DELETE FROM %s WHERE %s IS NULL", table, field)}, c.edits...)
		return c
	case n == 3:
		c := alter("index", "")
		c.edits = []directuslab.Edit{run("CREATE INDEX ON %s (%s)", table, field)}
		return c
	}
	return alter("unique", "ADD UNIQUE (%s)")
}

func dropField(a *author) change {
	path := pick(a, plainFields...)
	table, field := split(path)
	return change{name: "no " + path, writes: []string{path}, reads: []string{table}, edits: []directuslab.Edit{call("fields", "deleteField", table, field)}}
}

func dropTable(a *author) change {
	table := pick(a, "inner_a", "inner_b", "solo", "oddities", "ghost", "positions", "orders")
	c := change{name: "no " + table, writes: []string{table}, edits: []directuslab.Edit{call("collections", "deleteOne", table)}}
	if table == "orders" {
		c.writes = append(c.writes, "customers.orders")
	}
	return c
}

func dropFolder(a *author) change {
	if a.IntN(2) == 0 {
		return change{name: "no deeper", writes: []string{"deeper", "inner_b.meta.group"}, edits: []directuslab.Edit{call("collections", "deleteOne", "deeper")}}
	}
	return change{
		name: "no stuff", writes: []string{"stuff", "deeper.meta.group", "inner_a.meta.group"},
		edits: []directuslab.Edit{call("collections", "deleteOne", "stuff")},
	}
}

// madeAgain deletes a field and makes it again, which makes it the youngest of its table.
func madeAgain(a *author) change {
	path := pick(a, "customers.note", "customers.score", "orders.state", "oddities.small")
	table, field := split(path)
	last := map[string]string{"customers": "customers.more", "orders": "orders.placed", "oddities": "oddities.fixed"}[table]
	return change{
		name: "again " + path, writes: []string{path}, reads: []string{table, last},
		edits: []directuslab.Edit{call("fields", "deleteField", table, field), call("fields", "createField", table, a.newField(field))},
	}
}

func relationMeta(a *author) change {
	path := pick(a, relations...)
	table, field := split(path)
	return change{
		name: "relation " + path, writes: []string{path + ".relation.meta"}, reads: []string{path},
		edits: []directuslab.Edit{call("relations", "updateOne", table, field, object{"meta": object{"one_deselect_action": "delete", "sort_field": a.short()}})},
	}
}

// dropRelation leaves the field behind.
func dropRelation(a *author) change {
	path := pick(a, "posts.author", "nodes.parent")
	table, field := split(path)
	return change{name: "no relation " + path, writes: []string{path}, reads: []string{table}, edits: []directuslab.Edit{call("relations", "deleteOne", table, field)}}
}

func systemIndex(a *author) change {
	path := pick(a, "directus_users.last_name", "directus_users.email", "directus_files.title", "directus_flows.name", "directus_roles.name", "directus_activity.ip")
	table, field := split(path)
	return change{name: "index " + path, writes: []string{path}, edits: []directuslab.Edit{run("CREATE INDEX ON %s (%s)", table, field)}}
}

func intoFolder(a *author) change {
	table, folder := pick(a, tables...), pick(a, folders...)
	return change{
		name: table + " into " + folder, writes: []string{table + ".meta.group"}, reads: []string{table, folder},
		edits: []directuslab.Edit{call("collections", "updateOne", table, object{"meta": object{"group": folder}})},
	}
}

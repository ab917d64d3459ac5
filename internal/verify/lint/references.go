package lint

import (
	"fmt"
	"slices"

	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// collections looks at what collections name.
func (l *linter) collections() {
	list := l.snap.Items(snapshot.Collection)
	for i := range list {
		item, name := &list[i], list[i].Key.Collection
		if group := item.Meta().Get("group").Str(); group != "" && l.own(group) == nil {
			l.wrong(BrokenReference, item, fmt.Sprintf("%s lies in group %s, which the file lacks", item.Key, group), "its row cannot be written: the apply fails")
		}
		for _, key := range []string{"sort_field", "archive_field"} {
			if field := item.Meta().Get(key).Str(); field != "" && !l.hasField(name, field) {
				l.odd(StaleReference, item, fmt.Sprintf("%s has %s %s, a field that the file lacks", item.Key, key, field), "the app asks for a field that is not there")
			}
		}
	}
	l.keys()
}

// keys finds tables without a primary key: Directus makes none (12.4.1,
// services/collections.js, createOne).
func (l *linter) keys() {
	keyed, columns := map[string]bool{}, map[string]bool{}
	list := l.snap.Items(snapshot.Field)
	for i := range list {
		columns[list[i].Key.Collection] = columns[list[i].Key.Collection] || !list[i].Schema().IsNull()
		if isTrue(list[i].Schema().Get("is_primary_key")) {
			keyed[list[i].Key.Collection] = true
		}
	}
	list = l.snap.Items(snapshot.Collection)
	for i := range list {
		if item := &list[i]; !item.Schema().IsNull() && columns[item.Key.Collection] && !keyed[item.Key.Collection] {
			l.wrong(NoPrimaryKey, item, fmt.Sprintf("%s has no primary key", item.Key), "Directus adds a field id, and the next apply drops it")
		}
	}
}

func isTrue(v jsvalue.Value) bool { return v.Kind() == jsvalue.KindBool && v.Bool() }

// fields looks at fields that stand for a relation, and at groups of fields.
func (l *linter) fields() {
	one := map[snapshot.Key]*snapshot.Item{} // the relations, by the alias fields that they name
	list := l.snap.Items(snapshot.Relation)
	for i := range list {
		meta := list[i].Meta()
		if field := meta.Get("one_field").Str(); field != "" {
			one[snapshot.Key{Collection: list[i].Value.Get("related_collection").Str(), Field: field}] = &list[i]
		}
	}
	told := map[string]bool{}
	list = l.snap.Items(snapshot.Field)
	for i := range list {
		item, key := &list[i], list[i].Key
		if group := item.Meta().Get("group").Str(); group != "" && !l.hasField(key.Collection, group) && !told[key.Collection+"."+group] {
			told[key.Collection+"."+group] = true // the others of the group say nothing new
			l.odd(StaleReference, item, fmt.Sprintf("%s lies in group %s, a field that the file lacks", key, group), "the app does not show the fields of the group")
		}
		special := specials(item)
		relation := l.snap.Get(snapshot.Key{Kind: snapshot.Relation, Collection: key.Collection, Field: key.Field})
		shows := one[snapshot.Key{Collection: key.Collection, Field: key.Field}]
		if shows != nil && intersects(special, "translations") {
			l.language(item, shows)
		}
		switch {
		case intersects(special, "o2m", "m2m", "m2a", "files", "translations") && shows == nil:
			if !systemAlias(l.version, key) {
				l.odd(StaleReference, item, fmt.Sprintf("%s is the one side of no relation in the file", key), "the app cannot show the field")
			}
		case intersects(special, "m2o", "file") && relation == nil && !directus.IsSystemRelation(l.version, key.Collection, key.Field):
			l.odd(StaleReference, item, fmt.Sprintf("%s points to another collection, but the file has no relation for it", key), "the app cannot show the field")
		}
	}
}

// language looks at the field of the languages that a translations field shows them
// by. It is two relations away: over the junction to the collection of languages.
func (l *linter) language(item, shows *snapshot.Item) {
	name := item.Meta().Get("options").Get("languageField").Str()
	junction := l.snap.Get(snapshot.Key{Kind: snapshot.Relation, Collection: shows.Key.Collection, Field: shows.Meta().Get("junction_field").Str()})
	if name == "" || junction == nil {
		return
	}
	if languages := junction.Value.Get("related_collection").Str(); l.hasCollection(languages) && !l.hasField(languages, name) {
		l.odd(StaleReference, item, fmt.Sprintf("%s has languageField %s, a field that collection %s lacks", item.Key, name, languages), "the app cannot name the languages")
	}
}

// systemFields looks at indexes of Directus's own fields: one that this version lacks
// makes its apply fail (11.17.4, services/fields.js, updateField). Of a version newer
// than those known nothing can be said.
func (l *linter) systemFields() {
	all := directus.Releases()
	if l.version.Compare(all[len(all)-1]) > 0 {
		return
	}
	list := l.snap.Items(snapshot.SystemField)
	for i := range list {
		if item := &list[i]; !directus.IsSystemField(l.version, item.Key.Collection, item.Key.Field) {
			l.wrong(BrokenReference, item, fmt.Sprintf("%s is no field of Directus %s", item.Key, l.version), "the apply fails")
		}
	}
}

// systemAlias tells a field that one of Directus's own relations is shown by.
func systemAlias(v directus.Version, key snapshot.Key) bool {
	return directus.IsSystemField(v, key.Collection, key.Field)
}

// specials are the words of meta.special.
func specials(item *snapshot.Item) []string {
	var out []string
	for _, v := range item.Meta().Get("special").List() {
		out = append(out, v.Str())
	}
	return out
}

func intersects(have []string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(have, w) })
}

// relations looks at both ends of relations.
func (l *linter) relations() {
	list := l.snap.Items(snapshot.Relation)
	for i := range list {
		item, key := &list[i], list[i].Key
		if l.hasCollection(key.Collection) && !l.hasField(key.Collection, key.Field) {
			l.wrong(BrokenReference, item, fmt.Sprintf("%s has no field: the file lacks field %s", key, key.Name()), "the relation cannot be made: the apply fails")
		}
		related := item.Value.Get("related_collection").Str()
		switch {
		case related == "":
			l.anyRelation(item)
		case !l.hasCollection(related):
			l.wrong(BrokenReference, item, fmt.Sprintf("%s leads to collection %s, which the file lacks", key, related), "the relation cannot be made: the apply fails")
		default:
			l.foreignKey(item, related)
			l.oneSide(item, related)
		}
		for _, name := range []string{"junction_field", "sort_field"} {
			if field := item.Meta().Get(name).Str(); field != "" && l.hasCollection(key.Collection) && !l.hasField(key.Collection, field) {
				l.odd(StaleReference, item, fmt.Sprintf("%s has %s %s, a field that collection %s lacks", key, name, field, key.Collection), "the app cannot follow the relation")
			}
		}
	}
}

// oneSide looks at the field that shows a relation from its other end.
func (l *linter) oneSide(item *snapshot.Item, related string) {
	if field := item.Meta().Get("one_field").Str(); field != "" && !l.hasField(related, field) {
		l.odd(StaleReference, item, fmt.Sprintf("%s has one_field %s, which collection %s lacks", item.Key, field, related), "the app cannot follow the relation")
	}
}

// anyRelation looks at the many side of a relation to any of several collections.
func (l *linter) anyRelation(item *snapshot.Item) {
	allowed := item.Meta().Get("one_allowed_collections").List()
	if len(allowed) == 0 {
		l.odd(StaleReference, item, fmt.Sprintf("%s leads nowhere: it names neither a related_collection nor one_allowed_collections", item.Key), "the app cannot follow the relation")
	}
	for _, v := range allowed {
		if !l.hasCollection(v.Str()) {
			l.odd(StaleReference, item, fmt.Sprintf("%s may lead to collection %s, which the file lacks", item.Key, v.Str()), "the app cannot follow the relation")
		}
	}
	if field := item.Meta().Get("one_collection_field").Str(); field != "" && !l.hasField(item.Key.Collection, field) {
		l.odd(StaleReference, item, fmt.Sprintf("%s has one_collection_field %s, a field that the file lacks", item.Key, field), "the app cannot follow the relation")
	}
}

// foreignKey looks at the key in the database. Directus makes it to the primary
// key of the related collection, whatever column the file names
// (12.4.1, services/relations.js, alterType and createOne).
func (l *linter) foreignKey(item *snapshot.Item, related string) {
	schema := item.Schema()
	if schema.IsNull() {
		return
	}
	if table := schema.Get("foreign_key_table").Str(); table != "" && table != related {
		l.wrong(BrokenReference, item, fmt.Sprintf("%s leads to collection %s, but its foreign key to table %s", item.Key, related, table),
			"the key is made to "+related+", and the next apply finds it different again")
		return
	}
	column := schema.Get("foreign_key_column").Str()
	if column == "" || l.own(related) == nil {
		return
	}
	target := l.field(related, column)
	if here := l.field(item.Key.Collection, item.Key.Field); here != nil && target != nil {
		has, needs := here.Schema().Get("data_type").Str(), target.Schema().Get("data_type").Str()
		if a, b := family(has), family(needs); a != b && a != "" && b != "" {
			l.wrong(BrokenReference, item, fmt.Sprintf("%s is of type %s, and its foreign key leads to %s.%s of type %s", item.Key, has, related, column, needs),
				"Postgres makes no such key: the apply fails")
			return
		}
	}
	switch {
	case target == nil:
		l.wrong(BrokenReference, item, fmt.Sprintf("%s has a foreign key to %s.%s, which the file lacks", item.Key, related, column), "the relation cannot be made as it is written")
	case !isTrue(target.Schema().Get("is_primary_key")):
		l.wrong(BrokenReference, item, fmt.Sprintf("%s has a foreign key to %s.%s, which is no primary key", item.Key, related, column),
			"the key is made to the primary key, and the next apply finds it different again")
	}
}

// family groups types of Postgres that a foreign key may join; empty for one that is
// left to Postgres.
func family(dataType string) string {
	switch dataType {
	case "smallint", "integer", "bigint", "numeric", "real", "double precision":
		return "number"
	case "character varying", "text", "character":
		return "text"
	case "uuid":
		return "uuid"
	}
	return ""
}

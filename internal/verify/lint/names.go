package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// maxName is how many bytes of a name Postgres keeps (NAMEDATALEN - 1).
const maxName = 63

// systemColumns are those that every table of Postgres has; no other column can
// have their names. https://www.postgresql.org/docs/current/ddl-system-columns.html
var systemColumns = []string{"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"}

// names looks at what things are called.
func (l *linter) names() {
	tables, columns := map[string]string{}, map[string]string{}
	list := l.snap.Items(snapshot.Collection)
	for i := range list {
		item, name := &list[i], list[i].Key.Collection
		if !item.Schema().IsNull() {
			l.length(item, name)
		}
		if other, ok := tables[strings.ToLower(name)]; ok && other != name {
			l.odd(NameCase, item, fmt.Sprintf("%s and collection %s differ in upper and lower case only", item.Key, other),
				"SQL without quotes, and files on other systems, take one for the other")
		}
		tables[strings.ToLower(name)] = name
	}
	list = l.snap.Items(snapshot.Field)
	for i := range list {
		item, name := &list[i], list[i].Key.Field
		if isAlias(item) {
			continue
		}
		l.length(item, name)
		if slices.Contains(systemColumns, name) {
			l.wrong(InvalidName, item, fmt.Sprintf("%s has the name of a system column of Postgres", item.Key), "the column cannot be made: the apply fails")
		}
		folded := item.Key.Collection + "." + strings.ToLower(name)
		if other, ok := columns[folded]; ok && other != name {
			l.odd(NameCase, item, fmt.Sprintf("%s and field %s.%s differ in upper and lower case only", item.Key, item.Key.Collection, other),
				"SQL without quotes takes one for the other")
		}
		columns[folded] = name
	}
}

func (l *linter) length(item *snapshot.Item, name string) {
	if len(name) > maxName {
		l.wrong(InvalidName, item, fmt.Sprintf("%s has a name of %d bytes, of which Postgres keeps %d", item.Key, len(name), maxName),
			"what is made has another name, and the next apply does not find it")
	}
}

// isAlias tells a field without a column.
func isAlias(item *snapshot.Item) bool { return item.Value.Get("type").Str() == "alias" }

// fieldTypes are the types of Directus 9 to 12 (@directus/constants, TYPES), with
// those that it writes for older ones.
var fieldTypes = []string{
	"alias", "bigInteger", "binary", "boolean", "csv", "date", "dateTime", "decimal", "float", "geometry",
	"geometry.LineString", "geometry.MultiLineString", "geometry.MultiPoint", "geometry.MultiPolygon", "geometry.Point",
	"geometry.Polygon", "hash", "integer", "json", "string", "text", "time", "timestamp", "unknown", "uuid",
}

// types looks at the types of fields. "unknown" is lawful: a column of a type that
// Directus leaves alone, an enum for one.
func (l *linter) types() {
	list := l.snap.Items(snapshot.Field)
	for i := range list {
		switch name := list[i].Value.Get("type").Str(); {
		case name == "":
			l.wrong(UnknownType, &list[i], fmt.Sprintf("%s has no type", list[i].Key), "the apply fails")
		case !slices.Contains(fieldTypes, name):
			l.wrong(UnknownType, &list[i], fmt.Sprintf("%s is of type %q, which Directus does not know", list[i].Key, name), "the apply fails")
		}
	}
}

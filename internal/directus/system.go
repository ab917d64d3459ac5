package directus

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:generate node gen/gen.mjs

//go:embed system.tsv
var systemTSV string

// SystemRelation is a relation that Directus itself defines: the m2o field Many.Field, the collection One it points to ("" for
// any, as of directus_permissions.collection) and the alias OneField there ("" for none).
type SystemRelation struct {
	Many, Field, One, OneField string
}

// span is the half-open range of releases that have a row; a zero until means "and the newest known still has it".
type span struct{ since, until Version }

func (s span) has(v Version) bool {
	return v.compareRelease(s.since) >= 0 && (s.until.IsZero() || v.compareRelease(s.until) < 0)
}

type fieldKey struct{ collection, field string }

type fieldRow struct {
	span
	special []string
}

type relationRow struct {
	span
	SystemRelation
}

type systemData struct {
	collections map[string][]span
	fields      map[fieldKey][]fieldRow
	relations   []relationRow
}

// system parses the embedded table at first use: about 600 lines, under a millisecond.
var system = sync.OnceValue(func() systemData {
	d := systemData{collections: map[string][]span{}, fields: map[fieldKey][]fieldRow{}}
	for cells := range tableRows(systemTSV) {
		s := rowSpan(cells)
		switch cells[0] {
		case "collection":
			d.collections[cells[1]] = append(d.collections[cells[1]], s)
		case "field":
			k := fieldKey{cells[1], cells[2]}
			var special []string
			if cells[3] != "" {
				special = strings.Split(cells[3], ",")
			}
			d.fields[k] = append(d.fields[k], fieldRow{s, special})
		case "relation":
			d.relations = append(d.relations, relationRow{s, SystemRelation{cells[1], cells[2], cells[3], cells[4]}})
		}
	}
	return d
})

// tableRows yields the cells of each line of an embedded table that is no comment.
func tableRows(table string) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		for line := range strings.Lines(table) {
			line = strings.TrimSuffix(line, "\n")
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			if !yield(strings.Split(line, "\t")) {
				return
			}
		}
	}
}

// rowSpan reads the last two cells of a row. A row of the oldest release reaches back to the beginning: older versions are
// read with the oldest data there is.
func rowSpan(cells []string) span {
	since, until := mustParse(cells[len(cells)-2]), Version{}
	if last := cells[len(cells)-1]; last != "" {
		until = mustParse(last)
	}
	if since == oldestRelease {
		since = Version{}
	}
	return span{since, until}
}

// oldestRelease is the first column of the embedded tables.
var oldestRelease = Version{9, 26, 0, ""} //nolint:gochecknoglobals // a constant, had Go constants of structs

// mustParse reads a version of the embedded tables; a bad one is a build error that the tests find.
func mustParse(s string) Version {
	v, err := ParseVersion(s)
	if err != nil {
		panic(err) //nolint:forbidigo // the table is embedded: the tests read every line of it
	}
	return v
}

// IsSystemCollection reports whether name is a collection that Directus v itself defines. A user's own table called
// directus_something is none.
func IsSystemCollection(v Version, name string) bool {
	return slices.ContainsFunc(system().collections[name], func(s span) bool { return s.has(v) })
}

// SystemCollections returns the collections that Directus v itself defines, sorted.
func SystemCollections(v Version) []string {
	var out []string
	for name := range system().collections {
		if IsSystemCollection(v, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// IsSystemField reports whether collection.field is a field that Directus v itself defines (systemFieldRows of
// @directus/system-data). A column that v does not know, such as one left over from another version, is none.
func IsSystemField(v Version, collection, field string) bool {
	_, ok := systemField(v, collection, field)
	return ok
}

func systemField(v Version, collection, field string) (fieldRow, bool) {
	for _, r := range system().fields[fieldKey{collection, field}] {
		if r.has(v) {
			return r, true
		}
	}
	return fieldRow{}, false
}

// MetaSpecial returns the special list of a system field of directus_collections, directus_fields or directus_relations: it
// decides how Directus v reads that column's values (cast-json, cast-csv, cast-boolean). nil for none and for fields of other
// collections. The result must not be changed.
func MetaSpecial(v Version, collection, field string) []string {
	r, _ := systemField(v, collection, field)
	return r.special
}

// SystemRelations returns the relations that Directus v itself defines, in no promised order.
func SystemRelations(v Version) []SystemRelation {
	var out []SystemRelation
	for _, r := range system().relations {
		if r.has(v) {
			out = append(out, r.SystemRelation)
		}
	}
	return out
}

// IsSystemRelation reports whether the m2o many.field is a relation that Directus v itself defines.
func IsSystemRelation(v Version, many, field string) bool {
	return slices.ContainsFunc(system().relations, func(r relationRow) bool {
		return r.Many == many && r.Field == field && r.has(v)
	})
}

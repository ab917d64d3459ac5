package itemdiff

import (
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/plan/column"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

const (
	dropsTable  = "drops the table with all its rows"
	dropsColumn = "drops the column with all its values"
)

// dropped says what goes with an item. A folder, an alias and a relation hold
// nothing.
func dropped(item *snapshot.Item) string {
	if item.Schema().IsNull() {
		return ""
	}
	switch item.Key.Kind {
	case snapshot.Collection:
		return dropsTable
	case snapshot.Field:
		return dropsColumn
	case snapshot.SystemField, snapshot.Relation:
	}
	return ""
}

// changed says what a change of an item destroys, in a Directus of the version
// that wrote b. It looks at the item alone: what the whole apply does in a
// certain database, package plan knows.
func changed(a, b *snapshot.Item, version string) string {
	switch a.Key.Kind {
	case snapshot.Collection:
		return taken(a, b, version)
	case snapshot.Field:
		if a.Schema().IsNull() {
			return ""
		}
		if b.Schema().IsNull() {
			return dropsColumn
		}
		from, to := column.Of(a.Schema()), column.Of(b.Schema())
		if from.SameType(to) {
			return ""
		}
		if lossy, _ := column.Narrows(from, to); lossy {
			return "narrows the column from " + from.String() + " to " + to.String()
		}
	case snapshot.SystemField, snapshot.Relation:
	}
	return ""
}

// taken finds the collections that some versions of Directus take for deleted,
// because their meta lacks a key (directus/directus#27877).
func taken(a, b *snapshot.Item, version string) string {
	v, err := directus.ParseVersion(version)
	if err != nil || a.Schema().IsNull() || !directus.RulesFor(v).FirstDiffKindDropsCollection {
		return ""
	}
	for _, key := range a.Meta().Object().Keys() {
		if _, ok := b.Meta().Object().Get(key); !ok {
			return "may drop the table with all its rows: its meta lacks " + key + ", which Directus " + v.String() + " takes for a deletion"
		}
	}
	return ""
}

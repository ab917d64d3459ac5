// Package quirk says in what Directus versions differ while they work on a database, beyond the rules of package
// directus: data about the services that an apply calls.
package quirk

import "github.com/schemaguard/schemaguard/internal/directus"

// Quirks are the differences between versions that show only while Directus works on the database, beyond
// [directus.Rules]. They were read in the published @directus/api packages of 10.13.4, 11.0.1, 11.1.0, 11.1.2, 11.2.2,
// 11.3.5, 11.6.1, 11.8.0, 11.9.2, 11.11.0, 11.17.4, 12.3.0 and 12.4.1.
type Quirks struct {
	// LosesNotNull: altering a column that was and is to be NOT NULL loses it (services/fields.js addColumnToTable;
	// before setNullable).
	LosesNotNull bool
	// QuotesFunctions: gen_random_uuid() as a default is written as a string (constants.js, before
	// ALLOWED_DB_DEFAULT_FUNCTIONS).
	QuotesFunctions bool
	// LacksKey: a new collection without a primary key among its fields gets none; later an id column
	// (services/collections.js, injectedPrimaryKeyField).
	LacksKey bool
	// StaleFields: fields are worked on with the schema as it was before the first of them; later it is read again
	// after each (utils/apply-diff.js).
	StaleFields bool
	// CachesForeignKeys: the foreign keys are read once for the whole apply (services/relations.js, before readAll took
	// bypassCache).
	CachesForeignKeys bool
	// RefusesSlash: a collection's name may not contain a slash (services/collections.js).
	RefusesSlash bool
	// MergesRelation: a relation's foreign key is left alone where the file has no schema for it (services/relations.js
	// updateOne).
	MergesRelation bool
}

// Of returns the quirks of a version. Versions between two that were read have those of the older.
func Of(v directus.Version) Quirks {
	before := func(major, minor int) bool {
		return v.Compare(directus.Version{Major: major, Minor: minor}) < 0
	}
	return Quirks{
		LosesNotNull:      before(11, 6),
		QuotesFunctions:   before(11, 1),
		LacksKey:          before(11, 8),
		StaleFields:       before(11, 3),
		CachesForeignKeys: before(11, 8),
		RefusesSlash:      !before(11, 12),
		MergesRelation:    !before(12, 4),
	}
}

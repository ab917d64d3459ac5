package plan

import "github.com/schemaguard/schemaguard/internal/directus"

// quirks are the differences between versions that show only while Directus
// works on the database, beyond [directus.Rules]. They were read in the published
// @directus/api packages of 10.13.4, 11.0.1, 11.1.0, 11.1.2, 11.2.2, 11.3.5,
// 11.6.1, 11.8.0, 11.9.2, 11.11.0, 11.17.4, 12.3.0 and 12.4.1.
type quirks struct {
	// losesNotNull: altering a column that was and is to be NOT NULL loses it
	// (services/fields.js addColumnToTable; before setNullable).
	losesNotNull bool
	// quotesFunctions: gen_random_uuid() as a default is written as a string
	// (constants.js, before ALLOWED_DB_DEFAULT_FUNCTIONS).
	quotesFunctions bool
	// lacksKey: a new collection without a primary key among its fields gets
	// none; later an id column (services/collections.js, injectedPrimaryKeyField).
	lacksKey bool
	// staleFields: fields are worked on with the schema as it was before the
	// first of them; later it is read again after each (utils/apply-diff.js).
	staleFields bool
	// cachesForeignKeys: the foreign keys are read once for the whole apply
	// (services/relations.js, before readAll took bypassCache).
	cachesForeignKeys bool
	// refusesSlash: a collection's name may not contain a slash
	// (services/collections.js).
	refusesSlash bool
	// mergesRelation: a relation's foreign key is left alone where the file has
	// no schema for it (services/relations.js updateOne).
	mergesRelation bool
}

func quirksOf(v directus.Version) quirks {
	before := func(major, minor int) bool {
		return v.Compare(directus.Version{Major: major, Minor: minor}) < 0
	}
	return quirks{
		losesNotNull:      before(11, 6),
		quotesFunctions:   before(11, 1),
		lacksKey:          before(11, 8),
		staleFields:       before(11, 3),
		cachesForeignKeys: before(11, 8),
		refusesSlash:      !before(11, 12),
		mergesRelation:    !before(12, 4),
	}
}

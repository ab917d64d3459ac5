package plan

import (
	"slices"

	"github.com/schemaguard/schemaguard/internal/plan/dbstate"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Facts is what the simulation needs to know of the database beyond the live snapshot. Every field may be left out;
// what is then unknown is taken from the snapshot, and what cannot be is assumed not to exist.
type Facts struct {
	// Tables holds every ordinary table of the searched schemas by name, without those of DB_EXCLUDE_TABLES, tracked or
	// not, system tables included.
	Tables map[string]Table
	// ForeignKeys holds every one-column foreign key between them.
	ForeignKeys []ForeignKey
	// CollectionRows holds collections that have a directus_collections row but are not in the live snapshot: those of
	// DB_EXCLUDE_TABLES.
	CollectionRows []string
	// FieldRows holds directus_fields rows that the live snapshot does not show, by collection: neither column nor
	// alias.
	FieldRows map[string][]string
	// MetaKeys holds the columns of the three meta tables that the snapshot shows, by kind. Without it they are read
	// off a live item.
	MetaKeys map[snapshot.Kind][]string
	// Licensed tells a Directus 12 with a licence, where known. Nil: unknown.
	Licensed *bool
}

// Table is one table of the database.
type Table struct {
	PrimaryKey string   // its one column; "" without a primary key or with several columns
	Columns    []string // all columns
	// Indexes and Uniques name the one-column index (not unique) and the unique constraint of a column.
	Indexes, Uniques map[string]string
	// Pinned says what stops Postgres from dropping the table ("" as key) or from dropping or changing a column: "the
	// view v".
	Pinned map[string]string
	// Empty tells a table known to have no rows.
	Empty bool
}

// ForeignKey is a one-column foreign key.
type ForeignKey struct {
	Name               string
	Table, Column      string
	ForeignTable       string
	ForeignColumn      string
	OnUpdate, OnDelete string // "CASCADE", "SET NULL", ... as a snapshot has them
}

// database returns the state that the simulation starts from.
func (f Facts) database(live *snapshot.Snapshot) *dbstate.Database {
	db := dbstate.New()
	db.SystemAssumed = f.Tables == nil
	for name, t := range f.Tables {
		db.Tables[name] = &dbstate.Table{Key: t.PrimaryKey, Columns: slices.Clone(t.Columns), Pinned: t.Pinned, Empty: t.Empty}
	}
	for _, name := range f.CollectionRows {
		db.Groups[name] = ""
	}
	for collection, fields := range f.FieldRows {
		for _, field := range fields {
			db.AddField(collection, field, "", false)
		}
	}
	db.Learn(live, f.ForeignKeys == nil)
	for _, fk := range f.ForeignKeys {
		db.Foreign = append(db.Foreign, dbstate.ForeignKey(fk))
	}
	return db
}

// Package recyclebin keeps what an apply is about to destroy, and brings it back.
//
// [Fill] copies the doomed tables and columns, their rows and their Directus rows
// into the schema schemaguard_trash of the same database, in one transaction: an
// entry is there whole or not at all, however the process or the server ends.
// [Restore] brings an entry, or one item of it, back in one transaction and keeps the
// entry; only [Purge] and the retention take one away.
//
//	entry, err := recyclebin.Fill(ctx, conn, doomed.Of(plan), recyclebin.Options{...})
//	if err != nil { refuse: nothing may be destroyed }
//
// It destroys nothing outside its own schema, and decides nothing about what may be
// destroyed. It is no backup: it lives and dies with the database.
package recyclebin

import (
	"time"

	"github.com/schemaguard/schemaguard/internal/recyclebin/definition"
)

// Schema is the schema that holds the bin. Only its owner may look into it.
const Schema = "schemaguard_trash"

// Defaults of [Options], for settings to name.
const (
	DefaultLimit       = 2 << 30             // bytes
	DefaultRetention   = 30 * 24 * time.Hour // how long an entry is kept
	DefaultLockTimeout = 10 * time.Second    // how long a lock is waited for
	// historyLimit is how many bytes of activity and revisions are kept with a
	// collection; of more there is only a count.
	historyLimit = 64 << 20
)

// Kind is what an item of an entry is.
type Kind string

// The kinds of items.
const (
	KindTable    Kind = "table"    // a table with its rows
	KindColumn   Kind = "column"   // a column with its values
	KindNarrowed Kind = "narrowed" // a column whose values were about to be made smaller or changed
	KindSettings Kind = "settings" // rows of Directus alone: a folder, an alias field, a relation
)

// Options say how to fill.
type Options struct {
	// SearchPath is Directus's DB_SEARCH_PATH; empty for that of the session.
	SearchPath []string
	// Limit is how many bytes one entry may take; 0 is without limit.
	Limit int64
	// Retention is how long the entry is kept at least; 0 is for ever. Entries whose
	// time is up go when a later one is made.
	Retention time.Duration
	// LockTimeout is how long a lock is waited for; 0 means [DefaultLockTimeout].
	LockTimeout time.Duration
	Reason      string // "boot --mode force", for people
	Tool, By    string // the program's version; user@host
	Now         time.Time
}

func (o Options) lockTimeout() time.Duration {
	if o.LockTimeout <= 0 {
		return DefaultLockTimeout
	}
	return o.LockTimeout
}

// Entry is what one filling kept.
type Entry struct {
	ID           string     `json:"id"` // "20261124-154003-3fa2c1"
	At           time.Time  `json:"at"`
	By           string     `json:"by"`
	Reason       string     `json:"reason"`
	Tool         string     `json:"tool"`
	Until        *time.Time `json:"keep_until,omitempty"`  // nil: for ever
	Restored     *time.Time `json:"restored_at,omitempty"` // when something of it was last brought back
	Bytes        int64      `json:"bytes"`                 // of the copies
	Items        []Item     `json:"items"`
	DirectusRows int64      `json:"directus_rows"` // of Directus's own tables
	Notes        []string   `json:"notes,omitempty"`

	system string // the schema of Directus's own tables
}

// Rows is the number of rows of all tables of the entry.
func (e *Entry) Rows() int64 {
	var n int64
	for i := range e.Items {
		if e.Items[i].Kind == KindTable {
			n += e.Items[i].Rows
		}
	}
	return n
}

// Item is one table, column or setting of an entry.
type Item struct {
	Kind   Kind   `json:"kind"`
	Name   string `json:"item"` // "orders", "orders.total"
	Schema string `json:"schema,omitempty"`
	Table  string `json:"table,omitempty"`
	Column string `json:"column,omitempty"`
	From   string `json:"from,omitempty"` // of a narrowed column: its types
	To     string `json:"to,omitempty"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`          // of the copy
	Copy   string `json:"copy,omitempty"` // the table in [Schema] that holds the rows
	// Definition is the table as it was; nil for settings, and in a list.
	Definition *definition.Table `json:"definition,omitempty"`
}

// SQL is the statements that made the table, or the column with what depends on it,
// for a person to read; empty without a definition.
func (it *Item) SQL() []string {
	if it.Definition == nil || it.Kind == KindTable {
		return it.Definition.SQL("")
	}
	return it.Definition.SQL(it.Column)
}

// Package plan simulates `directus schema apply --yes FILE`: what a given version of Directus would do to a live
// database, its bugs included. It follows Directus's own code step by step (get-snapshot-diff, apply-diff and the three
// services of the published @directus/api), so that what it predicts is what the next boot does.
//
// It is pure and counts nothing: an [Effect] says which rows and values go, the caller counts them. It does not judge
// whether that was wanted.
package plan

import (
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Verb is what happens to an item.
type Verb uint8

// The verbs.
const (
	None   Verb = iota // Directus lists a change and does nothing that lasts
	Create             // the item comes into being
	Update             // the item stays and is changed
	Drop               // the item ceases to be
)

// String returns the verb in lower case.
func (v Verb) String() string {
	return [...]string{"nothing", "create", "update", "drop"}[v]
}

// Action is what the apply does to one item.
type Action struct {
	Key  snapshot.Key
	Verb Verb
	// Code is the finding that the action is; empty where the comparison alone can tell (a plain creation).
	Code finding.Code
	// Cause says why, as a clause without a period: "its meta lacks color, which Directus 12.3.0 takes for a deletion
	// of the collection".
	Cause string
	// Listed is the word that `schema apply --dry-run` would list the item with: "Create", "Update", "Delete"; empty
	// where it lists nothing.
	Listed string
	// Implied tells an action that happens along with another item's, whose effects it shares: a field of a dropped
	// collection.
	Implied bool
	// NotConvergent says why the next apply would find the item different again; empty where it would not.
	NotConvergent string
	Effects       []Effect
	Paths         []Path
}

// Path is one value inside an item in which live and the file differ.
type Path struct {
	Name   string // "meta.note"
	Live   string // JSON text; empty where live lacks it
	Target string // JSON text; empty where the file lacks it
}

// Doubt is a reason for which the apply might fail, depending on rows or on things that a snapshot does not show.
type Doubt struct {
	Key  snapshot.Key
	Code finding.Code // APPLY_FAILS or LICENCE_LIMIT
	Why  string       // a clause: "values that are no integer make it fail"
}

// Plan is what an apply would do. Directus works in one transaction: where it fails, none of the effects lasts.
type Plan struct {
	// Actions hold what happens, by kind of item and in Directus's order.
	Actions []Action
	// Fails says why the whole apply would fail and roll back, as a clause; empty where nothing certain stands against
	// it.
	Fails string
	// FailsAt is the item it would fail at.
	FailsAt snapshot.Key
	// FailsCode is APPLY_FAILS or LICENCE_LIMIT where Fails is set.
	FailsCode finding.Code
	// MayFail lists what could make the apply fail.
	MayFail []Doubt
}

// Empty tells whether Directus would say "No changes to apply."
func (p *Plan) Empty() bool { return len(p.Actions) == 0 }

// Op is a kind of effect on the database.
type Op uint8

// The effects. The comment names the fields of [Effect] that they use.
const (
	CreateTable      Op = iota + 1 // Table
	DropTable                      // Table, with all its rows
	AddColumn                      // Table, Column, To: its type
	DropColumn                     // Table, Column, with all its values
	ChangeType                     // Table, Column, From, To
	NarrowType                     // Table, Column, From, To, MaxLength: longer values are cut off where it is not 0
	SetDefault                     // Table, Column, From, To: JSON text
	SetNotNull                     // Table, Column
	DropNotNull                    // Table, Column
	AddForeignKey                  // Table, Column, Name, To: the other table
	DropForeignKey                 // Table, Column, Name, From: the other table
	ChangeForeignKey               // Table, Column, Name, From, To: its rules
	AddIndex                       // Table, Column, Name
	DropIndex                      // Table, Column, Name
	AddUnique                      // Table, Column, Name
	DropUnique                     // Table, Column, Name
	AddMetaRow                     // Table: the meta table; Column: the item's name
	DeleteMetaRow                  // Table: the meta table; Column: the item's name
	SetMeta                        // Table: the meta table; Column: the item's name
	PurgeRows                      // Table: a system table; Column: the collection whose rows in it go
)

// Effect is one thing done to the database.
type Effect struct {
	Op            Op
	Table, Column string
	Name          string // of a constraint or index
	From, To      string
	MaxLength     int
}

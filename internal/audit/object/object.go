// Package object reads what a Postgres database consists of, object by object, each with the
// definition that the server itself prints: indexes, constraints, triggers, views, functions, types,
// sequences, policies, comments and the rest of what a Directus snapshot cannot hold.
//
// An object is told by its kind and its names, never by an OID, so that the objects of two databases
// can be laid side by side. What belongs to an extension is left out, as is what TimescaleDB and
// PostGIS keep for themselves.
//
// It refuses to judge: which of the objects matter is for the package audit to say.
package object

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/sqlquote"
)

// Kind is what an object is, in the words of the SQL that makes it.
type Kind string

// The kinds, in the order in which their SQL can run.
const (
	Schema           Kind = "schema"
	Extension        Kind = "extension"
	Other            Kind = "other object" // seen, but without SQL of ours: operators, casts, text search and the like
	Enum             Kind = "enum type"
	Domain           Kind = "domain"
	Range            Kind = "range type"
	Composite        Kind = "composite type"
	Sequence         Kind = "sequence"
	Wrapper          Kind = "foreign data wrapper"
	Server           Kind = "foreign server"
	Table            Kind = "table"
	Partition        Kind = "partition"
	ForeignTable     Kind = "foreign table"
	Function         Kind = "function"
	Aggregate        Kind = "aggregate"
	Column           Kind = "column"
	SequenceOwner    Kind = "sequence owner"
	PrimaryKey       Kind = "primary key"
	Unique           Kind = "unique constraint"
	Check            Kind = "check constraint"
	Exclusion        Kind = "exclusion constraint"
	ForeignKey       Kind = "foreign key"
	Index            Kind = "index"
	Statistics       Kind = "statistics"
	Hypertable       Kind = "hypertable"
	View             Kind = "view"
	MaterializedView Kind = "materialized view"
	ContinuousView   Kind = "continuous aggregate"
	Rule             Kind = "rule"
	Trigger          Kind = "trigger"
	Options          Kind = "storage options"
	ReplicaIdentity  Kind = "replica identity"
	Policy           Kind = "policy"
	RowSecurity      Kind = "row security"
	Job              Kind = "timescaledb job"
	Comment          Kind = "comment"
	EventTrigger     Kind = "event trigger"
)

// order is the rank of each kind.
func order() []Kind {
	return []Kind{
		Schema, Extension, Other, Enum, Domain, Range, Composite, Sequence, Wrapper, Server, Table, Partition, ForeignTable,
		Function, Aggregate, Column, SequenceOwner, PrimaryKey, Unique, Check, Exclusion, ForeignKey, Index, Statistics, Hypertable,
		View, MaterializedView, ContinuousView, Rule, Trigger, Options, ReplicaIdentity, Policy, RowSecurity, Job, Comment, EventTrigger,
	}
}

// Kinds returns all kinds, in the order in which their SQL can run.
func Kinds() []Kind { return order() }

// Rank orders kinds as [Kinds] does; one that is not known comes last.
func (k Kind) Rank() int {
	if i := slices.Index(order(), k); i >= 0 {
		return i
	}
	return len(order())
}

// In tells whether a kind is one of some.
func (k Kind) In(some ...Kind) bool { return slices.Contains(some, k) }

// Key tells an object from all others of its database.
type Key struct {
	Kind   Kind
	Schema string // "" for what is in no schema
	Table  string // the table or view it belongs to; "" for what stands alone
	Name   string // of a function with its argument types
}

// String returns the kind and the names with dots between, as people write them.
func (k Key) String() string { return string(k.Kind) + " " + k.Path() }

// Path returns the names with dots between, those that stand alone in SQL as they are and others in
// double quotes.
func (k Key) Path() string {
	var parts []string
	for _, p := range []string{k.Schema, k.Table} {
		if p != "" {
			parts = append(parts, spell(p))
		}
	}
	switch {
	case k.Kind == Comment:
		return k.Name // names its target in full
	case k.Kind.In(RowSecurity, Options, ReplicaIdentity, Hypertable): // the table says it all
	case k.Kind.In(Function, Aggregate, Other):
		parts = append(parts, k.Name)
	default:
		parts = append(parts, spell(k.Name))
	}
	return strings.Join(parts, ".")
}

// Compare orders by the rank of the kind, then by names.
func (k Key) Compare(other Key) int {
	return cmp.Or(
		cmp.Compare(k.Kind.Rank(), other.Kind.Rank()), cmp.Compare(k.Schema, other.Schema),
		cmp.Compare(k.Table, other.Table), cmp.Compare(k.Name, other.Name), cmp.Compare(k.Kind, other.Kind),
	)
}

// guarded tells the kinds for which Postgres knows no CREATE IF NOT EXISTS and no CREATE OR REPLACE.
func (k Kind) guarded() bool {
	return k.In(Enum, Domain, Range, Composite, Wrapper, PrimaryKey, Unique, Check, Exclusion, ForeignKey, Trigger, Policy, EventTrigger)
}

// guard makes SQL do nothing where its object is there already.
func guard(sql string) string {
	tag := "$do$"
	for n := 1; strings.Contains(sql, tag); n++ {
		tag = fmt.Sprintf("$do%d$", n)
	}
	return "DO " + tag + " BEGIN\n  " + sql + "\nEXCEPTION WHEN duplicate_object OR duplicate_table OR invalid_table_definition THEN NULL; -- it is there\nEND " + tag + ";"
}

// Object is one object of a database.
type Object struct {
	Key
	// Def is its definition as the server prints it; equal definitions are equal text.
	Def string
	// Create is the SQL that makes it, and does nothing where it is there already: db-init runs on the
	// live database too. "" where none can be given.
	Create string
	// Replace is the SQL that changes one of this name into it; "" where only [Object.Drop] and
	// [Object.Create] do.
	Replace string
	// Drop is the SQL that removes it; "" where none can be given.
	Drop string
	// Plain marks what a Directus snapshot holds of a table that Directus manages: a key, a unique
	// constraint, a foreign key or a btree index of one column and nothing more, a sequence that only
	// counts its column.
	Plain bool
	// Columns are the columns of a constraint or an index, in its order (nil where it has expressions),
	// or the labels of an enum.
	Columns []string
	// Shape is that of a column; nil for all else.
	Shape *Shape
}

// Shape is what a column is made of, each part as SQL text and "" for none.
type Shape struct {
	Type      string `json:"type"` // with its modifiers: public.geometry(Point,4326)
	Base      string `json:"base"` // without: public.geometry
	Collation string `json:"collation"`
	Identity  string `json:"identity"`  // GENERATED ... AS IDENTITY (...)
	Generated string `json:"generated"` // the expression of a stored generated column
	Default   string `json:"default"`
	NotNull   bool   `json:"notnull"`
}

// Set is what one read of a database brought.
type Set struct {
	Version    int               // server_version_num
	Objects    map[Key]Object    // by key
	Extensions map[string]string // the version of each extension
	// Roles are those of the server, but for Postgres's own, in the order of their names.
	Roles []string
	// Tracked are the collections that have a row in directus_collections, in the order of their names.
	Tracked []string
}

// Major returns the major version of the server.
func (s *Set) Major() int { return s.Version / 10000 }

// Sorted returns the objects in the order of [Key.Compare].
func (s *Set) Sorted() []Object {
	all := make([]Object, 0, len(s.Objects))
	for _, o := range s.Objects {
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b Object) int { return a.Compare(b.Key) })
	return all
}

// add keeps an object. Two of one key would hide each other, so the second is an error.
func (s *Set) add(o Object) error {
	if _, ok := s.Objects[o.Key]; ok {
		return fmt.Errorf("two objects are %s", o.Key)
	}
	s.Objects[o.Key] = o
	return nil
}

// spell writes a name as SQL reads it back: in double quotes unless it is a plain lower-case word.
func spell(name string) string {
	for i, r := range name {
		if r != '_' && (r < 'a' || r > 'z') && (i == 0 || r < '0' || r > '9') {
			return sqlquote.Identifier(name)
		}
	}
	if name == "" {
		return `""`
	}
	return name
}

// Literal writes a text as an SQL string, whatever standard_conforming_strings is.
func Literal(text string) string {
	quoted := "'" + strings.ReplaceAll(text, "'", "''") + "'"
	if strings.Contains(text, `\`) {
		return " E" + strings.ReplaceAll(quoted, `\`, `\\`)
	}
	return quoted
}

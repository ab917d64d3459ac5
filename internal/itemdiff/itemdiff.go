// Package itemdiff says how two snapshots differ: item by item, value by value,
// and what going from one to the other destroys. It is what `diff` and `log`
// show.
//
// It is pure, and it knows no third side: which of two versions is right, and
// whether anybody wanted the change, is decided in packages threeway and policy.
package itemdiff

import (
	"slices"

	"github.com/schemaguard/schemaguard/internal/outline"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

// Presence says which side of a diff has an item.
type Presence uint8

// The presences.
const (
	OnlyA Presence = iota + 1
	OnlyB
	Both // and the two differ
)

// String returns the presence as JSON has it.
func (p Presence) String() string {
	switch p {
	case OnlyA:
		return "only a"
	case OnlyB:
		return "only b"
	case Both:
		return "both"
	}
	return "unknown"
}

// MarshalText implements [encoding.TextMarshaler].
func (p Presence) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Diff is the difference of two snapshots, complete: a report needs nothing else.
type Diff struct {
	A         policy.Source `json:"a"`
	B         policy.Source `json:"b"`
	Items     []Item        `json:"items"`                // by kind and name; empty where both are equal
	OrderOnly bool          `json:"order_only,omitempty"` // equal, but the lists have another order
	Notes     []string      `json:"notes,omitempty"`
}

// Item is one item in which the sides differ.
type Item struct {
	Key        snapshot.Key `json:"-"`
	Kind       string       `json:"kind"` // "field"
	Name       string       `json:"name"` // "orders.total"
	Collection string       `json:"collection"`
	Where      Presence     `json:"where"`
	// A and B are what each side's item is, in the words of package outline:
	// "string(12) not null unique"; empty where that side lacks it.
	A string `json:"a,omitempty"`
	B string `json:"b,omitempty"`
	// Loss is what applying B over A destroys, as a clause: "drops the column with
	// all its values"; empty for nothing.
	Loss  string `json:"loss,omitempty"`
	Paths []Path `json:"paths,omitempty"` // where both sides have the item
}

// Path is one value inside an item that differs.
type Path struct {
	Path string `json:"path"`        // "meta.note"
	A    string `json:"a,omitempty"` // JSON text; empty where A lacks it
	B    string `json:"b,omitempty"` // JSON text; empty where B lacks it
}

// Side is one of two snapshots to compare.
type Side struct {
	Source   policy.Source
	Snapshot *snapshot.Snapshot
}

// Between compares two sides.
func Between(a, b Side) Diff {
	d := Diff{A: a.Source, B: b.Source, Items: Items(a.Snapshot, b.Snapshot)}
	d.OrderOnly = len(d.Items) == 0 && !slices.Equal(a.Snapshot.Keys(), b.Snapshot.Keys())
	return d
}

// Items lists the items in which two snapshots differ, by kind and name.
func Items(a, b *snapshot.Snapshot) []Item {
	var items []Item
	for _, d := range threeway.Differences(a, b) {
		items = append(items, itemOf(d, b.Directus))
	}
	return items
}

func itemOf(d threeway.Difference, version string) Item {
	item := Item{Key: d.Key, Kind: d.Key.Kind.String(), Name: d.Key.Name(), Collection: d.Key.Collection}
	if d.Live != nil {
		item.A = outline.Summary(d.Live)
	}
	if d.Target != nil {
		item.B = outline.Summary(d.Target)
	}
	switch {
	case d.Target == nil:
		item.Where = OnlyA
		item.Loss = dropped(d.Live)
	case d.Live == nil:
		item.Where = OnlyB
	default:
		item.Where = Both
		item.Loss = changed(d.Live, d.Target, version)
		for _, p := range threeway.Paths(d.Live.Value, d.Target.Value) {
			item.Paths = append(item.Paths, Path{Path: p.Path, A: p.A, B: p.B})
		}
	}
	return item
}

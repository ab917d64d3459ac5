// Package policy decides: from a comparison, what a boot would do and what is
// at stake it makes a [Verdict] by the rules of the caller that asks.
//
// It is pure and prints nothing.
package policy

import (
	"fmt"
	"time"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

// State is the outcome of a check. Its zero value is no outcome at all, and
// never clean.
type State uint8

// The outcomes.
const (
	Clean   State = iota + 1 // nothing to lose; pending items may wait for a boot
	Drift                    // live holds work that the target lacks; nobody was refused anything
	Refused                  // a guard says no
	NotRun                   // the check could not be made; never to be read as clean
)

// String returns the state as messages and JSON have it.
func (s State) String() string {
	switch s {
	case Clean:
		return "clean"
	case Drift:
		return "drift"
	case Refused:
		return "refused"
	case NotRun:
		return "not-run"
	}
	return "unknown"
}

// MarshalText implements [encoding.TextMarshaler].
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Source names one side of a check and where it came from.
type Source struct {
	Name   string `json:"name"`             // "live", "index", "HEAD", "worktree", a commit, a file
	Origin string `json:"origin,omitempty"` // "app@localhost:5432/app", "snapshots/schema.yaml@index"
	Detail string `json:"detail,omitempty"` // commit, digest or other short fact
}

// Version is a Directus version and who says so.
type Version struct {
	Version string `json:"version"`
	Source  string `json:"source"` // "flag --directus-version", "image directus/directus:12.4.1", ...
}

// PathChange is one value inside an item that differs.
type PathChange struct {
	Path   string `json:"path"`             // "meta.note", "schema.max_length"
	Live   string `json:"live,omitempty"`   // JSON text; empty where live lacks it
	Target string `json:"target,omitempty"` // JSON text; empty where the target lacks it
}

// Loss is one thing that a boot would delete or narrow, counted.
type Loss struct {
	What     string `json:"what"`               // "rows of orders", "values of orders.total", "values of orders.code longer than 5"
	Count    int64  `json:"count"`              // -1: not counted
	Estimate bool   `json:"estimate,omitempty"` // the planner's guess, shown with ~
	Data     bool   `json:"data,omitempty"`     // rows or values of the team, not Directus's own rows about them
}

// Change is one item of the comparison as a report shows it.
type Change struct {
	Item   string         `json:"item"` // "field orders.total"
	Kind   string         `json:"kind"` // "field"
	Name   string         `json:"name"` // "orders.total"
	Class  threeway.Class `json:"class"`
	Boot   string         `json:"boot"`             // what a boot would do, in words: "drops the table"
	Loses  bool           `json:"loses,omitempty"`  // a boot would destroy something here
	Paths  []PathChange   `json:"paths,omitempty"`  // where both sides have the item
	Loss   []Loss         `json:"loss,omitempty"`   // what goes with it
	Author string         `json:"author,omitempty"` // "created 14:02 by anna@example.com"
	// ChangedAt is when that was; zero where it is not known.
	ChangedAt time.Time `json:"changed_at,omitzero"`
	Branch    string    `json:"branch,omitempty"` // the ref that holds live's version
	Under     string    `json:"under,omitempty"`  // the collection whose own change covers this one; such changes are not counted
}

// Counts sums a comparison up by class.
type Counts struct {
	InSync        int `json:"in_sync"`
	Unsaved       int `json:"unsaved"`
	Ahead         int `json:"ahead"`
	Pending       int `json:"pending"`
	Conflict      int `json:"conflict"`
	CommittedDrop int `json:"committed_drop"`
}

// Words says the counts that are not zero, gravest first: "2 unsaved". A committed
// drop is what the caller calls it.
func (c Counts) Words(committedDrop string) []string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{c.Unsaved, "unsaved"}, {c.Conflict, "in conflict"}, {c.Ahead, "ahead"}, {c.CommittedDrop, committedDrop}, {c.Pending, "pending"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	return parts
}

// Verdict is the answer of a check, complete: a report needs nothing else.
type Verdict struct {
	State     State             `json:"verdict"`
	Reason    string            `json:"not_run_reason,omitempty"` // why, where State is NotRun
	Summary   string            `json:"summary"`                  // one line
	Live      Source            `json:"live"`
	Target    Source            `json:"target"`
	Directus  Version           `json:"directus"`
	SyncPoint string            `json:"sync_point,omitempty"` // "written 2026-11-24 14:02 by 0.1.0", or why there is none
	Counts    Counts            `json:"counts"`
	Changes   []Change          `json:"changes"`
	Findings  []finding.Finding `json:"findings"`
	Notes     []string          `json:"notes,omitempty"` // facts the reader should know: a mapped host, a shallow clone
	Next      []string          `json:"next,omitempty"`  // the commands to type next, best first
}

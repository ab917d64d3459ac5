// Package threeway is the comparison at the heart of schemaguard: live against
// a target, with the sync point and the history of git as the third side. It
// classifies each item that differs, and with the same sight merges snapshots.
//
// It is pure. What history knows of an item is handed to it as data.
package threeway

import "github.com/schemaguard/schemaguard/internal/snapshot"

// Class says how live and a target came to differ in one item.
type Class uint8

// The classes, of which exactly one fits an item that stands in either side.
const (
	InSync        Class = iota + 1 // equal
	CommittedDrop                  // only live; the target's own past had it: a commit removed it
	Ahead                          // live's version is in git, but not in the target's past: the target is stale, or of another branch
	UnsavedCreate                  // only live, and git does not know it
	UnsavedDelete                  // only target, though the sync point had it: deleted in live
	PendingCreate                  // only target: the next boot creates it
	UnsavedEdit                    // differ, and live moved since the sync point or git does not know live's version
	PendingUpdate                  // differ, and live's version is in the target's past
	Conflict                       // differ, git does not know live's version, and the target moved since the sync point too
)

// String returns the class in words, as messages and JSON have it.
func (c Class) String() string {
	switch c {
	case InSync:
		return "in sync"
	case CommittedDrop:
		return "committed drop"
	case Ahead:
		return "ahead"
	case UnsavedCreate:
		return "unsaved create"
	case UnsavedDelete:
		return "unsaved delete"
	case PendingCreate:
		return "pending create"
	case UnsavedEdit:
		return "unsaved edit"
	case PendingUpdate:
		return "pending update"
	case Conflict:
		return "conflict"
	}
	return "unknown"
}

// MarshalText implements [encoding.TextMarshaler].
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Unsaved tells whether the class is work in live that no snapshot holds.
func (c Class) Unsaved() bool {
	return c == UnsavedCreate || c == UnsavedDelete || c == UnsavedEdit
}

// Pending tells whether the class is work in the target that live lacks.
func (c Class) Pending() bool { return c == PendingCreate || c == PendingUpdate }

// Change is one item in which live and the target differ, or would be made to.
type Change struct {
	Key    snapshot.Key
	Class  Class
	Live   *snapshot.Item // nil where only the target has it
	Target *snapshot.Item // nil where only live has it
	// Branch is a ref that holds live's version, where Class is [Ahead] and
	// the history told it.
	Branch string
}

package threeway

import (
	"slices"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Difference is one item in which live and a target are not equal, before the
// third side was asked.
type Difference struct {
	Key          snapshot.Key
	Live, Target *snapshot.Item // nil where that side lacks it
	// The digests of both versions; zero where that side lacks it.
	LiveDigest, TargetDigest snapshot.Digest
}

// Differences compares two snapshots item by item, whatever the order of their
// lists, and returns what differs, sorted by key. Of an auto-incremented
// primary key in live the schema does not count, since Directus leaves it alone.
func Differences(live, target *snapshot.Snapshot) []Difference {
	var out []Difference
	for _, kind := range snapshot.Kinds() {
		for i := range live.Items(kind) {
			l := &live.Items(kind)[i]
			if live.Get(l.Key) != l {
				continue // a later item of the same key goes with the first
			}
			if t := target.Get(l.Key); t == nil || !Same(live.All(l.Key), target.All(l.Key)) {
				out = append(out, difference(live, target, l.Key))
			}
		}
		for i := range target.Items(kind) {
			t := &target.Items(kind)[i]
			if target.Get(t.Key) == t && live.Get(t.Key) == nil {
				out = append(out, difference(live, target, t.Key))
			}
		}
	}
	slices.SortFunc(out, func(a, b Difference) int { return a.Key.Compare(b.Key) })
	return out
}

func difference(live, target *snapshot.Snapshot, key snapshot.Key) Difference {
	return Difference{
		Key: key, Live: live.Get(key), Target: target.Get(key),
		LiveDigest: live.Digest(key), TargetDigest: target.Digest(key),
	}
}

// Same tells whether the items of one key are equal on both sides. There is
// more than one of a key only in odd databases: a column that has an alias flag.
func Same(live, target []*snapshot.Item) bool {
	if len(live) != len(target) {
		return false
	}
	for i := range live {
		l, t := live[i].Value, target[i].Value
		if live[i].Key.Kind == snapshot.Field && snapshot.AutoIncrementKey(live[i]) {
			l = jsvalue.FromObject(l.Object().Without("schema"))
			t = jsvalue.FromObject(t.Object().Without("schema"))
		}
		if !jsvalue.Equal(l, t) {
			return false
		}
	}
	return true
}

// Past says what history knows of live's version of an item.
type Past struct {
	// Behind: the version occurs among the ancestors of the commit the target
	// comes from, or is what was last applied where there is no git.
	Behind bool
	// Known: git has the version somewhere, behind or not.
	Known bool
	// Tip: the newest revision of the target's past has it.
	Tip bool
	// Branch is a ref that has it, where it is known but not behind.
	Branch string
}

// SyncPoint holds the snapshot that live was last known to equal, by digest.
type SyncPoint map[snapshot.Key]snapshot.Digest

// Classify gives each difference its class. A nil sync point means that none
// is known; a key that history lacks is known nowhere.
func Classify(diffs []Difference, sync SyncPoint, history map[snapshot.Key]Past) []Change {
	changes := make([]Change, len(diffs))
	for i, d := range diffs {
		past := history[d.Key]
		changes[i] = Change{Key: d.Key, Live: d.Live, Target: d.Target, Class: classify(d, sync, past)}
		if changes[i].Class == Ahead {
			changes[i].Branch = past.Branch
		}
	}
	return changes
}

// classify is the table of the three-way comparison, row by row.
func classify(d Difference, sync SyncPoint, past Past) Class {
	synced, hasSynced := sync[d.Key]
	switch {
	case d.Target == nil:
		switch {
		case past.Behind:
			return CommittedDrop
		case past.Known:
			return Ahead
		}
		return UnsavedCreate
	case d.Live == nil:
		if hasSynced {
			return UnsavedDelete
		}
		return PendingCreate
	case hasSynced && synced == d.TargetDigest:
		return UnsavedEdit // live moved since, wherever to
	case past.Behind:
		return PendingUpdate
	case past.Known:
		return Ahead
	case sync != nil && synced != d.LiveDigest: // and the target moved too, as the case above failed
		return Conflict
	}
	return UnsavedEdit
}

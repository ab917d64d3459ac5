package mergedriver

import (
	"bytes"
	"fmt"
	"strings"
	"sync"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/merge"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// result is what became of three texts.
type result struct {
	// data is the merged file; with settled not nil, only after mark.
	data      []byte
	conflicts []merge.Conflict
	// settled is the merge for either side, where there are conflicts.
	settled *merge.Settled
	form    form
	// disputed tells that the common ancestor was itself full of conflicts, so
	// that there is no text of it to show.
	disputed bool
	// refused says why the texts cannot be merged by item; empty where they were.
	refused string
	// note is for the person, though nothing is wrong; empty mostly.
	note string
	// sound tells that both sides can be trusted, whatever was refused.
	sound bool
}

// merged merges three texts by item. It is pure.
func merged(in sides) *result {
	switch {
	case bytes.Equal(in.ours, in.theirs), bytes.Equal(in.base, in.theirs):
		return &result{data: in.ours}
	case bytes.Equal(in.base, in.ours):
		return &result{data: in.theirs}
	}
	r := &result{}
	ours, theirs, before := in.decode()
	for _, f := range []*snapshot.File{ours, theirs} {
		if r.refused == "" {
			r.refused = untrusted(f)
		}
	}
	if r.refused != "" {
		return r
	}
	r.sound = true
	base := r.ancestor(in.base, before)
	switch {
	case r.refused != "":
		return r
	case ours.Snapshot.Version != theirs.Snapshot.Version, base != nil && base.Version != ours.Snapshot.Version:
		r.refused = "some of the versions hold the whole schema, some a part of it"
		return r
	}
	r.form = formOf(in)
	if a, b := ours.Snapshot.Directus, theirs.Snapshot.Directus; a != b {
		r.note = "our version was written by directus " + a + ", theirs by " + b + ", which may list other settings: take a snapshot after the next boot (schemaguard snapshot)"
	}
	r.join(in, base, ours.Snapshot, theirs.Snapshot)
	return r
}

func (r *result) join(in sides, base, ours, theirs *snapshot.Snapshot) {
	got, conflicts := merge.Merge(base, ours, theirs)
	switch {
	case len(conflicts) > 0:
		r.settled, r.conflicts = merge.Settle(base, ours, theirs), conflicts
		return
	case got == ours:
		r.data, r.note = in.ours, ""
	case got == theirs:
		r.data, r.note = in.theirs, ""
	default:
		r.data = r.form.encode(got)
	}
	r.check()
}

// check refuses a result without marks that could not be read.
func (r *result) check() {
	if !trusted(r.data) {
		r.data, r.refused = nil, "merged by item it could not be read"
	}
}

// decode reads the three texts at once.
func (in sides) decode() (ours, theirs, base *snapshot.File) {
	var all sync.WaitGroup
	all.Go(func() { ours = snapshot.Decode("our version", in.ours) })
	all.Go(func() { theirs = snapshot.Decode("their version", in.theirs) })
	all.Go(func() { base = snapshot.Decode("the common ancestor", in.base) })
	all.Wait()
	return ours, theirs, base
}

// ancestor returns the snapshot of the base, f as it was read; nil where both
// sides added the file.
func (r *result) ancestor(data []byte, f *snapshot.File) *snapshot.Snapshot {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil
	}
	if f.Trusted() {
		return f.Snapshot
	}
	r.refused = untrusted(f)
	// Where branches were merged into each other, git merges their several common
	// ancestors first, with this driver, and what that left in conflict is in the
	// file.
	if first, second, ok := bothSides(data); ok {
		a, b := snapshot.Decode("", first), snapshot.Decode("", second)
		if a.Trusted() && b.Trusted() && a.Snapshot.Version == b.Snapshot.Version {
			r.refused, r.disputed = "", true
			return merge.Disputed(a.Snapshot, b.Snapshot)
		}
	}
	return nil
}

// untrusted says why a file cannot be trusted; empty where it can.
func untrusted(f *snapshot.File) string {
	if f.Trusted() {
		return ""
	}
	for _, p := range f.Problems {
		if p.Severity != finding.Invalid {
			continue
		}
		why := p.Message
		if p.Code == finding.SnapshotInvalid { // in the words of the parser
			why = f.Name + ": " + strings.TrimPrefix(why, f.Name+" ")
		}
		if p.Line > 0 {
			why += fmt.Sprintf(" (line %d)", p.Line)
		}
		return why
	}
	return f.Name + " cannot be read"
}

func trusted(data []byte) bool { return snapshot.Decode("", data).Trusted() }

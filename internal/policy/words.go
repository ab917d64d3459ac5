package policy

import (
	"sort"
	"strconv"
	"strings"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

// codeOf names the finding that a change is.
func codeOf(c *threeway.Change, a *plan.Action) finding.Code {
	if isBug(a) {
		return a.Code
	}
	switch c.Class {
	case threeway.UnsavedCreate:
		return actionCode(a, dropCode(c))
	case threeway.UnsavedDelete:
		return finding.DeleteUndone
	case threeway.Conflict:
		return finding.Conflict
	case threeway.Ahead:
		return finding.Ahead
	case threeway.CommittedDrop:
		return finding.CommittedDrop
	case threeway.UnsavedEdit:
		return actionCode(a, finding.EditLost)
	case threeway.PendingCreate:
		return actionCode(a, finding.PendingCreate)
	case threeway.PendingUpdate, threeway.InSync:
		return actionCode(a, finding.PendingUpdate)
	}
	return finding.EditLost
}

// actionCode is the code that the simulated apply gives, else the class's own.
func actionCode(a *plan.Action, own finding.Code) finding.Code {
	if a != nil && a.Code != "" && a.Code != finding.EditLost {
		return a.Code
	}
	return own
}

// dropCode names the loss of an item that only live has.
func dropCode(c *threeway.Change) finding.Code {
	switch c.Key.Kind {
	case snapshot.Field:
		return finding.FieldDrop
	case snapshot.SystemField:
		return finding.SystemIndexDrop
	case snapshot.Relation:
		return finding.RelationDrop
	}
	if c.Live.Schema().IsNull() {
		return finding.FolderDrop
	}
	return finding.CollectionDrop
}

// classWords says how the item came to differ, to follow its name.
func classWords(c *threeway.Change) string {
	switch c.Class {
	case threeway.CommittedDrop:
		return "was removed from the snapshot by a commit"
	case threeway.Ahead:
		if c.Branch != "" {
			return "comes from " + c.Branch + " and is not in this snapshot"
		}
		return "is in git, but not in this snapshot"
	case threeway.UnsavedCreate:
		return "exists in the database and in no snapshot"
	case threeway.UnsavedDelete:
		return "was deleted in the database and is still in the snapshot"
	case threeway.PendingCreate:
		return "is in the snapshot and not yet in the database"
	case threeway.UnsavedEdit:
		return "was changed in the database and in no snapshot"
	case threeway.PendingUpdate:
		return "was changed in the snapshot and not yet in the database"
	case threeway.Conflict:
		return "was changed in the database and, differently, in the snapshot"
	case threeway.InSync:
	}
	return "is in sync"
}

// bootWords says what a boot would do with the item.
func bootWords(c *threeway.Change, a *plan.Action) string {
	if a == nil || a.Verb == plan.None {
		return "leaves it as it is"
	}
	switch a.Verb {
	case plan.Drop:
		return "drops " + dropped(c, a)
	case plan.Create:
		if c.Class == threeway.UnsavedDelete {
			return "brings it back, empty"
		}
		return "creates it"
	case plan.None, plan.Update:
	}
	for _, e := range a.Effects {
		switch e.Op {
		case plan.NarrowType:
			return "narrows it from " + e.From + " to " + e.To
		case plan.ChangeType:
			return "changes its type from " + e.From + " to " + e.To
		}
	}
	if c.Class.Pending() {
		return "updates it"
	}
	return "overwrites it"
}

// dropped names what goes: the weightiest of the effects.
func dropped(c *threeway.Change, a *plan.Action) string {
	for _, kind := range []struct {
		op   plan.Op
		word string
	}{{plan.DropTable, "the table"}, {plan.DropColumn, "the column"}, {plan.DropIndex, "the index"}, {plan.DropForeignKey, "the foreign key"}} {
		for _, e := range a.Effects {
			if e.Op == kind.op {
				return kind.word
			}
		}
	}
	if c.Key.Kind == snapshot.Collection {
		return "the folder"
	}
	return "it"
}

// destroys tells whether a boot would take something away that is in live.
func destroys(c *threeway.Change, a *plan.Action) bool {
	if a == nil || a.Verb == plan.None || a.Verb == plan.Create {
		return false
	}
	if a.Verb == plan.Drop {
		return true
	}
	for _, e := range a.Effects {
		if e.Op == plan.NarrowType || e.Op == plan.DropTable || e.Op == plan.DropColumn {
			return true
		}
	}
	return c.Class == threeway.UnsavedEdit || c.Class == threeway.Conflict || c.Class == threeway.Ahead
}

// pathsOf lists the values that differ where both sides have the item.
func pathsOf(c *threeway.Change) []PathChange {
	if c.Live == nil || c.Target == nil {
		return nil
	}
	var paths []PathChange
	for _, p := range threeway.Paths(c.Live.Value, c.Target.Value) {
		paths = append(paths, PathChange{Path: p.Path, Live: p.A, Target: p.B})
	}
	return paths
}

// lossOf lists what goes with the item, counted where it was counted.
func (j *judge) lossOf(key snapshot.Key, a *plan.Action) []Loss {
	if a == nil {
		return nil
	}
	var loss []Loss
	for _, e := range a.Effects {
		what, data, ok := effectWords(e)
		if !ok {
			continue
		}
		n, counted := j.Loss[e]
		if !counted {
			n.N = -1
		}
		if e.Op == plan.PurgeRows && n.N == 0 {
			continue
		}
		loss = append(loss, Loss{What: what, Count: n.N, Estimate: n.Estimate, Data: data})
	}
	if key.Kind == snapshot.Collection && a.Verb == plan.Drop {
		loss = append(loss, j.children(key)...)
	}
	return loss
}

// effectWords names what an effect destroys; data tells rows and values of the
// team from Directus's own rows about them.
func effectWords(e plan.Effect) (what string, data, ok bool) {
	column := e.Table + "." + e.Column
	switch e.Op {
	case plan.DropTable:
		return "rows of " + e.Table, true, true
	case plan.DropColumn:
		return "values of " + column, true, true
	case plan.NarrowType:
		if e.MaxLength > 0 {
			return "values of " + column + " longer than " + strconv.Itoa(e.MaxLength), true, true
		}
		return "values of " + column + " made " + e.To, true, true
	case plan.PurgeRows:
		if e.Table != "directus_permissions" && e.Table != "directus_presets" {
			return "", false, false // its schema rows are its fields, and its history goes with it
		}
		return strings.TrimPrefix(e.Table, "directus_") + " of " + e.Column, false, true
	}
	return "", false, false
}

// children counts the fields and relations that go with a collection.
func (j *judge) children(key snapshot.Key) []Loss {
	n := map[snapshot.Kind]int64{}
	for i := range j.Plan.Actions {
		a := &j.Plan.Actions[i]
		if a.Key.Collection == key.Collection && a.Verb == plan.Drop && a.Key.Kind != snapshot.Collection {
			n[a.Key.Kind]++
		}
	}
	var loss []Loss
	for _, kind := range []snapshot.Kind{snapshot.Field, snapshot.Relation} {
		if n[kind] > 0 {
			loss = append(loss, Loss{What: kind.String() + "s of " + key.Collection, Count: n[kind]})
		}
	}
	return loss
}

// harmWords says what a boot does and what goes with it: "the next boot drops
// the table: 1204 rows".
func harmWords(c Change, a *plan.Action) string {
	if !c.Loses && c.Class != threeway.UnsavedDelete {
		if c.Class.Unsaved() || c.Class == threeway.Conflict {
			return "the next boot " + c.Boot + causeWords(a)
		}
		return ""
	}
	s := "the next boot " + c.Boot
	if words := lossWords(c.Loss); words != "" {
		s += ": " + words
	}
	return s + causeWords(a)
}

// causeWords says why a boot does it, where the class of the change does not say
// so already.
func causeWords(a *plan.Action) string {
	if a == nil || a.Cause == "" {
		return ""
	}
	switch a.Code {
	case "", finding.CollectionDrop, finding.FieldDrop, finding.RelationDrop, finding.FolderDrop, finding.SystemIndexDrop, finding.EditLost, finding.DeleteUndone:
		return ""
	}
	return " (" + a.Cause + ")"
}

// lossWords reads "1204 rows of orders, 3 permissions of orders".
func lossWords(loss []Loss) string {
	var parts []string
	for _, l := range loss {
		switch {
		case l.Count < 0:
			parts = append(parts, l.What+" not counted")
		case l.Count == 0 && !l.Data:
		case l.Estimate:
			parts = append(parts, "~"+strconv.FormatInt(l.Count, 10)+" "+l.What)
		default:
			parts = append(parts, strconv.FormatInt(l.Count, 10)+" "+l.What)
		}
	}
	return strings.Join(parts, ", ")
}

// quoteRef guards a ref that goes into a hint; what a shell would take apart
// is left out.
func quoteRef(ref string) string {
	for _, c := range ref {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("-_./", c) {
			return "--all"
		}
	}
	if ref == "" || ref[0] == '-' {
		return "--all"
	}
	return ref
}

// renames finds fields and collections that look renamed: one went, one came,
// and but for the name they are the same.
func (j *judge) renames() {
	var gone, come []*threeway.Change
	for i := range j.Changes {
		c := &j.Changes[i]
		switch {
		case c.Key.Kind != snapshot.Collection && c.Key.Kind != snapshot.Field:
		case c.Target == nil:
			gone = append(gone, c)
		case c.Live == nil:
			come = append(come, c)
		}
	}
	sort.SliceStable(come, func(a, b int) bool { return come[a].Key.Compare(come[b].Key) < 0 })
	for _, old := range gone {
		for _, c := range come {
			if c.Key.Kind == old.Key.Kind && threeway.SameButName(old.Live, c.Target) {
				j.found(finding.Finding{
					Code: finding.RenameLikely, Severity: finding.Warning, Item: old.Key.String(), File: j.File, Line: c.Target.Line,
					Message: old.Key.String() + " looks renamed to " + c.Key.Name() + ": Directus drops the one and creates the other, empty",
					Fix:     "schemaguard explain RENAME_LIKELY",
				})
				break
			}
		}
	}
}

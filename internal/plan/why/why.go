// Package why puts into words why Directus does with an item what it does, and gives it the code of the finding. It
// changes nothing and decides nothing.
package why

import (
	"strings"

	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/plan/deepdiff"
	"github.com/schemaguard/schemaguard/internal/plan/schemadiff"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Context is what the words depend on: both snapshots, and the Directus that applies one to the other.
type Context struct {
	Live, Target *snapshot.Snapshot
	Version      directus.Version
	Rules        directus.Rules
}

// Drop returns the code and the cause, a clause, of an item's deletion.
func (c Context) Drop(e *schemadiff.Entry) (finding.Code, string) {
	code := c.dropCode(e)
	return code, c.dropCause(e, code)
}

func (c Context) dropCode(e *schemadiff.Entry) finding.Code {
	switch {
	case e.Key.Kind == snapshot.SystemField:
		return finding.SystemIndexDrop
	case !e.Whole():
		return finding.MetaKeyMissing
	case e.Key.Kind == snapshot.Field && c.Target.Get(e.Key) != nil:
		return finding.AliasFlip
	case e.Live.Meta().IsNull():
		return finding.UntrackedDrop
	case c.Target.Version == snapshot.FormatPartial && !c.Rules.PartialSnapshots:
		return finding.PartialIgnored
	case e.Key.Kind == snapshot.Field:
		return finding.FieldDrop
	case e.Key.Kind == snapshot.Relation:
		return finding.RelationDrop
	case e.Live.Schema().IsNull():
		return finding.FolderDrop
	case c.isGhost(e.Key.Collection):
		return finding.GhostDrop
	}
	return finding.CollectionDrop
}

// isGhost tells a table that SQL made and Directus has only a collection row for, none for any of its columns.
func (c Context) isGhost(collection string) bool {
	for _, f := range c.Live.Items(snapshot.Field) {
		if f.Key.Collection == collection && !f.Meta().IsNull() {
			return false
		}
	}
	return true
}

func (c Context) dropCause(e *schemadiff.Entry, code finding.Code) string {
	switch code {
	case finding.SystemIndexDrop:
		if c.Target.Get(e.Key) != nil {
			return "the file says that it is not indexed"
		}
		if !c.Target.HasSystemFields {
			return "the file has no systemFields, which Directus " + c.Version.String() + " takes for none being indexed"
		}
		return "the file's systemFields do not list it"
	case finding.MetaKeyMissing:
		return c.missingKeyCause(e)
	case finding.AliasFlip:
		return "its type changes from " + schemadiff.TypeOf(e.Live) + " to " + schemadiff.TypeOf(c.Target.Get(e.Key)) + ", which Directus makes a deletion and a creation"
	case finding.PartialIgnored:
		return "the file is a partial snapshot, which Directus " + c.Version.String() + " takes for a whole one"
	case finding.GhostDrop:
		return "the file does not have it, and Directus has a row for the table, though for none of its columns"
	}
	if len(c.Target.Items(snapshot.Collection)) == 0 {
		return "the file lists no collections at all"
	}
	return "the file does not have it"
}

func (c Context) missingKeyCause(e *schemadiff.Entry) string {
	what := "it lacks " + e.First().Name()
	if path := e.First().Path; path[0] == "meta" && len(path) > 1 {
		what = "its meta lacks " + strings.Join(path[1:], ".")
	}
	if w, err := directus.ParseVersion(c.Target.Directus); err == nil && w.Compare(c.Version) != 0 {
		what += " (the file was written by Directus " + w.String() + ")"
	}
	return what + ", which Directus " + c.Version.String() + " takes for a deletion of the " + e.Key.Kind.String()
}

// KnowsIdle tells whether [Context.Idle] has a cause of its own.
func (c Context) KnowsIdle(e *schemadiff.Entry) bool {
	first := e.First()
	return e.Key.Kind == snapshot.Collection && (first.Kind == deepdiff.Delete || first.Kind == deepdiff.New && e.Whole())
}

// Idle returns the cause of a difference that Directus finds and then does nothing about.
func (c Context) Idle(e *schemadiff.Entry) string {
	switch {
	case !c.KnowsIdle(e):
		return "Directus " + c.Version.String() + " finds a difference and changes nothing"
	case e.First().Kind == deepdiff.New:
		return "its group does not exist, so Directus leaves it out without a word"
	}
	return "Directus " + c.Version.String() + " lists its deletion and keeps it"
}

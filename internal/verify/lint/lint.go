// Package lint reads a snapshot as an apply would, and finds what cannot work on
// any database: names that Postgres cuts, references to what is not there, types
// that Directus does not know.
//
// It is pure and needs no database. What it cannot tell from the file alone (rows,
// extensions, what db-init makes) it leaves to the run on a real one.
package lint

import (
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// The codes that this package finds, besides those of the decoder.
const (
	// BrokenReference is an item that needs another which is not in the file: the apply
	// fails, or never makes what is written.
	BrokenReference = finding.BrokenReference
	// StaleReference is a setting of an item that names what is not in the file: the
	// apply works, the app does not.
	StaleReference = finding.StaleReference
	// NoPrimaryKey is a table that no field of the file is the key of.
	NoPrimaryKey = finding.NoPrimaryKey
	// InvalidName is a name that Postgres does not keep as it is.
	InvalidName = finding.InvalidName
	// NameCase is two names that differ in upper and lower case only.
	NameCase = finding.NameCase
	// UnknownType is a type of a field that Directus does not know.
	UnknownType = finding.UnknownType
)

// refusing are the decoder's codes that make a boot fail or drop what nobody
// wanted dropped, though the file can be read.
var refusing = map[finding.Code]bool{
	finding.EmptySnapshot: true, finding.PartialSnapshot: true, finding.DanglingItem: true, finding.SystemCollection: true,
}

// linter is one run.
type linter struct {
	snap    *snapshot.Snapshot
	file    string
	version directus.Version // zero: unknown
	found   []finding.Finding
}

// File returns what is wrong with a snapshot file: the decoder's problems, and
// where the file can be trusted, what is wrong with its content. v is the Directus
// that will apply it, zero where nobody says: then it is that of the header. A
// finding that makes an apply fail, or drop what nobody wanted dropped, refuses.
func File(f *snapshot.File, v directus.Version) []finding.Finding {
	l := &linter{snap: f.Snapshot, file: f.Name, version: v}
	for _, p := range f.Problems {
		p.Refuses = p.Severity == finding.Invalid || refusing[p.Code]
		l.found = append(l.found, p)
	}
	if !f.Trusted() {
		return l.found
	}
	if l.version == (directus.Version{}) {
		l.version = headerVersion(f.Snapshot.Directus)
	}
	l.names()
	l.types()
	if f.Snapshot.Version == snapshot.FormatPartial {
		return l.found // what it names may well be outside of it
	}
	l.collections()
	l.fields()
	l.systemFields()
	l.relations()
	return l.found
}

// headerVersion is the version of a header, the newest known where it is none.
func headerVersion(text string) directus.Version {
	if v, err := directus.ParseVersion(text); err == nil {
		return v
	}
	all := directus.Releases()
	return all[len(all)-1]
}

// wrong reports what refuses.
func (l *linter) wrong(code finding.Code, item *snapshot.Item, message, harm string) {
	l.add(finding.Finding{Code: code, Severity: finding.Danger, Message: message, Harm: harm, Refuses: true}, item)
}

// odd reports what deserves a line.
func (l *linter) odd(code finding.Code, item *snapshot.Item, message, harm string) {
	l.add(finding.Finding{Code: code, Severity: finding.Warning, Message: message, Harm: harm}, item)
}

func (l *linter) add(f finding.Finding, item *snapshot.Item) {
	f.Item, f.File, f.Line = item.Key.String(), l.file, item.Line
	f.Fix = "schemaguard explain " + string(f.Code)
	l.found = append(l.found, f)
}

// hasCollection tells whether there is a collection, Directus's own among them.
func (l *linter) hasCollection(name string) bool {
	return directus.IsSystemCollection(l.version, name) || l.own(name) != nil
}

// own is a collection of the file, nil for none.
func (l *linter) own(name string) *snapshot.Item {
	return l.snap.Get(snapshot.Key{Kind: snapshot.Collection, Collection: name})
}

// hasField tells whether a collection has a field, Directus's own among them.
func (l *linter) hasField(collection, field string) bool {
	return directus.IsSystemField(l.version, collection, field) || l.field(collection, field) != nil
}

// field is a field of the file, nil for none.
func (l *linter) field(collection, field string) *snapshot.Item {
	return l.snap.Get(snapshot.Key{Kind: snapshot.Field, Collection: collection, Field: field})
}

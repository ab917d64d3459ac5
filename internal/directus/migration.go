package directus

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed migrations.tsv
var migrationsTSV string

// Span is the range of Directus releases whose newest own migration is a given one. First and Last are the published releases
// at its ends; the real range is wider by the releases that were not looked at: it lies strictly between After and Before.
// After is zero at the old end, Before at the new end.
type Span struct {
	First, Last   Version
	After, Before Version
}

// Contains reports whether v can be a release of the span: strictly between After and Before. A pre-release of Before can be.
func (s Span) Contains(v Version) bool {
	if !s.After.IsZero() && v.Compare(s.After) <= 0 {
		return false
	}
	return s.Before.IsZero() || v.Compare(s.Before) < 0
}

type migrationData struct {
	since    map[string]Version
	releases []Version // oldest first
	newest   []string  // the newest migration of each release
}

var migrations = sync.OnceValue(func() migrationData {
	d := migrationData{since: map[string]Version{}}
	for cells := range tableRows(migrationsTSV) {
		d.since[cells[0]] = mustParse(cells[1])
	}
	list := migrationsTSV[strings.Index(migrationsTSV, "versions: ")+len("versions: "):]
	list, _, _ = strings.Cut(list, "\n")
	for s := range strings.FieldsSeq(list) {
		d.releases = append(d.releases, mustParse(s))
	}
	for _, r := range d.releases {
		newest := ""
		for id, since := range d.since {
			if since.Compare(r) <= 0 {
				newest = max(newest, id)
			}
		}
		d.newest = append(d.newest, newest)
	}
	return d
})

// Releases returns the published Directus releases that this package was made from, oldest first.
func Releases() []Version { return slices.Clone(migrations().releases) }

// IsMigration reports whether id (directus_migrations.version, such as "20240806A") is a migration of Directus itself. Teams
// and extensions put rows of their own into the same table.
func IsMigration(id string) bool {
	_, ok := migrations().since[id]
	return ok
}

// NewestMigration returns the newest of ids that is a migration of Directus itself, and the ids that are not known: a team's
// own, or those of a Directus newer than this package knows. newest is "" when none is known.
func NewestMigration(ids []string) (newest string, unknown []string) {
	for _, id := range ids {
		if !IsMigration(id) {
			unknown = append(unknown, id)
			continue
		}
		newest = max(newest, id)
	}
	return newest, unknown
}

// MigrationSpan returns the range of Directus releases whose newest own migration is newestID, and false when that is no
// migration of Directus. First and Last are zero when it is the newest of no published release, only of one between After and
// Before.
func MigrationSpan(newestID string) (Span, bool) {
	if !IsMigration(newestID) {
		return Span{}, false
	}
	var s Span
	d := migrations()
	for i, r := range d.releases {
		switch {
		case d.newest[i] < newestID:
			s.After = r
		case d.newest[i] > newestID:
			s.Before = r
			return s, true
		default:
			if s.First.IsZero() {
				s.First = r
			}
			s.Last = r
		}
	}
	return s, true
}

package live

import (
	"fmt"

	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
)

// Candidate is one source's word on which Directus it is.
type Candidate struct {
	Version string
	Source  string // "flag --directus-version", "image directus/directus:12.4.1"
	// Recorded marks a snapshot's header: it says who wrote the file, which the
	// database's migrations can contradict.
	Recorded bool
}

// Decision is the outcome of asking all sources.
type Decision struct {
	Version directus.Version
	Says    policy.Version
	// Ahead: the version is newer than the database's migrations, so its first
	// boot will migrate.
	Ahead    bool
	Problems []finding.Finding
	Notes    []string
}

// UnknownVersionError says that no source names a version that is known.
type UnknownVersionError struct{ Newest string }

// Error implements error.
func (e *UnknownVersionError) Error() string {
	return fmt.Sprintf("which Directus this is cannot be told: newest row of directus_migrations is %q (set directus.version, or give --directus-version)", e.Newest)
}

// Decide picks the Directus version: the first candidate that names one. The
// database's own migrations come last, and check the others: what cannot belong
// to them is a finding, and where it is only a snapshot's header, which says who
// wrote a file and not what runs, the migrations win.
func Decide(candidates []Candidate, migrations []string) (Decision, error) {
	newest, unknown := directus.NewestMigration(migrations)
	span, known := directus.MigrationSpan(newest)
	var d Decision
	for _, c := range candidates {
		v, err := directus.ParseVersion(c.Version)
		if err != nil {
			if c.Version != "" {
				d.Notes = append(d.Notes, fmt.Sprintf("%s names no version of Directus: %q", c.Source, c.Version))
			}
			continue
		}
		if c.Recorded {
			v = releaseOf(v, span, known)
		}
		if known && !span.Contains(v) {
			d.Problems = append(d.Problems, skew(v, c.Source, span, newest))
			if c.Recorded {
				continue
			}
			d.Ahead = v.Compare(span.Last) > 0
		}
		d.Version, d.Says = v, policy.Version{Version: v.String(), Source: c.Source}
		if newest := newestKnown(); v.Compare(newest) > 0 {
			d.Notes = append(d.Notes, fmt.Sprintf("Directus %s is newer than this schemaguard knows: it is taken to behave as %s", v, newest))
		}
		return d, nil
	}
	if !known {
		return d, &UnknownVersionError{Newest: newest}
	}
	d.Version = span.Last
	d.Says = policy.Version{Version: span.Last.String(), Source: "directus_migrations up to " + newest}
	if span.First.Compare(span.Last) != 0 {
		d.Notes = append(d.Notes, fmt.Sprintf("Directus is one of %s to %s, taken for the last: set directus.version to be exact", span.First, span.Last))
	}
	for _, id := range unknown {
		if id > newest {
			d.Notes = append(d.Notes, fmt.Sprintf("directus_migrations has %q, which no known Directus has: the team's own, or a Directus newer than this schemaguard knows", id))
			break
		}
	}
	return d, nil
}

func newestKnown() directus.Version {
	all := directus.Releases()
	return all[len(all)-1]
}

// releaseOf returns the release that wrote a header: of those that write it, the
// one that fits the migrations, else the likeliest.
func releaseOf(header directus.Version, span directus.Span, known bool) directus.Version {
	releases := directus.HeaderReleases(header)
	for _, v := range releases {
		if known && span.Contains(v) {
			return v
		}
	}
	if len(releases) == 0 {
		return header
	}
	return releases[0]
}

func skew(v directus.Version, source string, span directus.Span, newest string) finding.Finding {
	word := "older"
	if v.Compare(span.Last) > 0 {
		word = "newer"
	}
	return finding.Finding{
		Code: finding.VersionSkew, Severity: finding.Warning,
		Message: fmt.Sprintf("%s says Directus %s, which is %s than this database: its migrations end with %s, so it is Directus %s",
			source, v, word, newest, spanText(span)),
		Fix: "schemaguard doctor",
	}
}

func spanText(s directus.Span) string {
	if s.First.Compare(s.Last) == 0 {
		return s.First.String()
	}
	return s.First.String() + " to " + s.Last.String()
}

package finding

import (
	"strings"

	"github.com/schemaguard/schemaguard/internal/spelling"
)

// Group is the chapter of the table that a code stands in.
type Group uint8

// The groups, in the order of the documentation.
const (
	Boot       Group = iota + 1 // what a boot would do
	Comparison                  // how the sides came to differ
	File                        // what is wrong with a snapshot file
	Version                     // which Directus it is
	Situation                   // what the check was made in
	Docker                      // what docker would do
	DBInit                      // the db-init files
	Gate                        // what stops a boot besides
	Bin                         // the recycle bin
	Lint                        // what verify finds in a snapshot besides
)

// String returns the heading of the group.
func (g Group) String() string {
	switch g {
	case Boot:
		return "What a boot would do"
	case Comparison:
		return "How the database and the snapshot came to differ"
	case File:
		return "The snapshot file"
	case Version:
		return "The version of Directus"
	case Situation:
		return "The situation of the check"
	case Docker:
		return "What docker would do"
	case DBInit:
		return "The db-init files"
	case Gate:
		return "The boot gate"
	case Lint:
		return "What verify finds in a snapshot"
	case Bin:
		return "The recycle bin"
	}
	return "unknown"
}

// Info is the entry of one code: what `schemaguard explain CODE` prints and
// docs/findings.md holds. Harm and Fix are whole sentences, in which commands
// stand between backquotes.
type Info struct {
	Code     Code
	Group    Group
	Severity Severity // of a finding before any policy was asked
	Title    string   // a few words, lower case, no final period
	Harm     string   // what happens if nothing is done
	Fix      string   // the way out
}

// docs is where the documentation of the codes is published.
const docs = "https://github.com/schemaguard/schemaguard/blob/main/docs/findings.md"

// URL returns the address of the code's chapter in the documentation.
func (i Info) URL() string { return docs + "#" + strings.ToLower(string(i.Code)) }

// All returns the whole table, by group and within it the worst first. The
// slice is the caller's own.
func All() []Info {
	var all []Info
	for _, part := range [...][]Info{
		bootTable(), comparisonTable(), fileTable(), versionTable(), situationTable(), dockerTable(), dbinitTable(), gateTable(), binTable(), lintTable(),
	} {
		all = append(all, part...)
	}
	return all
}

// Lookup returns the entry of a code; ok is false where there is none. The case
// of the code does not matter, nor whether its words are joined by `-` or `_`.
func Lookup(code Code) (info Info, ok bool) {
	want := normal(string(code))
	for _, info := range All() {
		if string(info.Code) == want {
			return info, true
		}
	}
	return Info{}, false
}

// Nearest returns the code that is spelt most like the given word, for "did you
// mean"; empty where none is near.
func Nearest(word string) Code {
	want := normal(word)
	if len(want) > 60 {
		return "" // no slip of the finger
	}
	best, distance := Code(""), len(want)/3+2
	for _, info := range All() {
		if d := spelling.Distance(want, string(info.Code)); d < distance {
			best, distance = info.Code, d
		}
	}
	return best
}

func normal(s string) string {
	return strings.ReplaceAll(strings.ToUpper(strings.TrimSpace(s)), "-", "_")
}

// Package export writes a verdict in the forms that other programs read: JSON,
// the workflow commands of GitHub, SARIF and GitHub's Markdown.
//
// It is one half of the reports; the other, for people at a terminal, is package
// report, which also is the way in to this one.
package export

// Options say how a verdict is written; the zero value is right for most.
type Options struct {
	Verbose bool   // Markdown: every item, none folded into its collection
	File    string // snapshot file from the root of the repository, where a finding names none
	Version string // version of schemaguard
}

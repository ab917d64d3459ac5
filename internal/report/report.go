// Package report turns what a check found into bytes: as text for people, and
// through its package export as JSON, annotations for GitHub, SARIF and Markdown.
// It also lays out a diff, a status, the entry of a finding code, and the
// messages of errors.
//
// It decides nothing, asks nothing and knows no stream: what it writes depends
// on its arguments alone. Every string that may come from a database or a file
// is shown as [terminal.Clean] makes it.
package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report/export"
)

// Options say how a report is written; the zero value is plain text that is
// never wrapped.
type Options struct {
	Colour  bool
	Width   int    // columns to wrap text at; 0: never
	Verbose bool   // every item, and the paths in which both sides differ
	File    string // snapshot file from the root of the repository, for formats that need a location
	Version string // version of schemaguard, for formats that name it
}

// Format is a form in which a verdict is written.
type Format uint8

// The formats; the zero value is text.
const (
	FormatText Format = iota
	FormatJSON
	FormatGitHub
	FormatSARIF
	FormatMarkdown
)

// formats are the names of the formats, by value.
var formats = [...]string{"text", "json", "github", "sarif", "markdown"}

// Formats returns the names that [ParseFormat] takes.
func Formats() []string { return append([]string(nil), formats[:]...) }

// ParseFormat reads the value of --format.
func ParseFormat(name string) (Format, error) {
	for i, known := range formats {
		if known == name {
			return Format(i), nil
		}
	}
	return FormatText, fmt.Errorf("reading --format: %q is none of %s", name, strings.Join(formats[:], ", "))
}

// Write writes a verdict in the given format. Its errors are those of w.
func Write(w io.Writer, f Format, v *policy.Verdict, o Options) error {
	switch f {
	case FormatJSON:
		return export.JSON(w, v, o.export())
	case FormatGitHub:
		return export.GitHub(w, v, o.export())
	case FormatSARIF:
		return export.SARIF(w, v, o.export())
	case FormatMarkdown:
		return export.Markdown(w, v, o.export())
	}
	return Text(w, v, o)
}

// StepSummary returns the verdict as Markdown that fits into the step summary
// of a GitHub workflow: the caller appends it to the file $GITHUB_STEP_SUMMARY.
func StepSummary(v *policy.Verdict, o Options) []byte {
	return export.StepSummary(v, o.export())
}

func (o Options) export() export.Options {
	return export.Options{Verbose: o.Verbose, File: o.File, Version: o.Version}
}

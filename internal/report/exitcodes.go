package report

import (
	"fmt"
	"strings"
)

// ExitCode is a way in which schemaguard ends.
type ExitCode struct {
	Code    int
	Meaning string
}

// ExitCodes returns every exit code, in order. The code of a wrapped command is
// passed through and is none of these.
func ExitCodes() []ExitCode {
	return []ExitCode{
		{0, "clean, or allowed; for diff: both sides are equal"},
		{1, "internal error"},
		{2, "drift or refused: work in the database would be lost; for diff: the sides differ"},
		{3, "not-run: could not check, which is not clean"},
		{4, "usage or configuration"},
		{5, "the snapshot file is invalid or missing"},
		{6, "a db-init problem"},
	}
}

// ExitCodesHelp returns the text of `help exit-codes`.
func ExitCodesHelp() string {
	var b strings.Builder
	b.WriteString("How schemaguard ends tells a script what it found:\n\n")
	for _, c := range ExitCodes() {
		fmt.Fprintf(&b, "  %d  %s\n", c.Code, c.Meaning)
	}
	b.WriteString("\nOnly 0 means that a restart is safe. Treat every other code as \"do not go on\":\n" +
		"a script that tests for 2 alone lets a check pass that never ran (3).\n" +
		"A command that schemaguard wraps, such as docker, keeps its own exit code.\n" +
		"One that is interrupted ends with 130, as in a shell.\n")
	return b.String()
}

package summary

import (
	"strings"

	"github.com/schemaguard/schemaguard/internal/terminal"
)

// How many runes of a name and of a sentence a person is shown. Names in
// Postgres have at most 63 bytes; those in a file may have any number.
const (
	MaxName    = 160
	MaxMessage = 1000
)

// Shown makes a string fit to be shown. The older form of commands to the
// runner of GitHub Actions, `##[command]`, works anywhere in a line of output; a
// name must not give commands.
// https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
func Shown(s string) string {
	return strings.ReplaceAll(terminal.Clean(s), "##[", "## [")
}

// Excerpts cuts long values so that both still show where they begin to differ.
func Excerpts(a, b string) (string, string) {
	if len(a) <= MaxName && len(b) <= MaxName {
		return a, b
	}
	runesA, runesB := []rune(a), []rune(b)
	same := 0
	for same < min(len(runesA), len(runesB)) && runesA[same] == runesB[same] {
		same++
	}
	const before = 20 // runes of what is the same, to be recognised by
	if same > 2*before {
		a, b = "…"+string(runesA[same-before:]), "…"+string(runesB[same-before:])
	}
	return terminal.Shorten(a, MaxName), terminal.Shorten(b, MaxName)
}

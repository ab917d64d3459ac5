package mergedriver

import (
	"fmt"
	"strings"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/merge"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

const (
	maxConflicts = 20 // that are listed
	maxValue     = 60 // characters of a value that are shown
)

// report says what is in conflict, one line each, and what to do.
func report(path string, conflicts []merge.Conflict) []string {
	lines := []string{fmt.Sprintf("%s: %s to settle, marked in the file", terminal.Clean(path), amount.Of(len(conflicts), "conflict"))}
	for i, c := range conflicts {
		if i == maxConflicts {
			lines = append(lines, fmt.Sprintf("  and %d more", len(conflicts)-i))
			break
		}
		lines = append(lines, "  "+describe(c))
	}
	add, ok := terminal.Quote("git", "add", "--", path)
	if !ok {
		add = "git add"
	}
	return append(lines, "keep one side of each, then: "+add)
}

func describe(c merge.Conflict) string {
	var b strings.Builder
	if c.Key == (snapshot.Key{}) {
		b.WriteString("the header")
	} else {
		b.WriteString(terminal.Clean(c.Key.String()))
	}
	if c.Path != "" {
		b.WriteString(", " + terminal.Clean(c.Path))
	}
	b.WriteString(": " + terminal.Clean(c.Why))
	if c.Ours != "" || c.Theirs != "" {
		b.WriteString(": ours " + value(c.Ours) + ", theirs " + value(c.Theirs))
	}
	return b.String()
}

func value(text string) string {
	if text == "" {
		return "nothing"
	}
	return terminal.Shorten(terminal.Clean(text), maxValue)
}

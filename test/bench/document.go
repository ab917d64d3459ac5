//go:build tools

package main

import (
	"fmt"
	"strings"
)

const documentHead = `# Performance

Written by ` + "`go run -tags tools ./test/bench -write`" + `; ` + "`make bench`" + ` measures the same and fails when a budget is broken.

Every number is a whole process, from start to exit, against a throwaway Postgres on the same machine: the median of %d runs
taken in turns (%d for Directus). The databases are those of a bootstrapped Directus %s with 100, 500 and 1,000 more
collections of ten fields each, every third with a relation, and everything that Directus keeps about them; what
` + "`snapshot`" + ` writes was compared byte for byte with what that Directus writes. The *floor* is a bare Go program that connects
with the same driver, sends the same statements and throws the rows away: nothing that asks Postgres can be faster. ` + "`check`" + `
runs with no cache of ours; only the check of unsaved work is a second run, since the first one reads git's history.

Times depend on the machine, the ratios much less, so the budgets are ratios. They are meant for a machine with nothing else to
do: where other programs take the processors, a check loses more than the floor, because it works on two at once (1.6 and
not 1.4 times the floor with three programs waiting for each core).

Machine: %s.

`

// table lays rows out as a table of Markdown, which reads well in a terminal too.
func table(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, cell := range r {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	var b strings.Builder
	for n, r := range rows {
		for i, cell := range r {
			b.WriteString("| " + cell + strings.Repeat(" ", widths[i]-len([]rune(cell))+1))
		}
		b.WriteString("|\n")
		if n == 0 {
			for _, w := range widths {
				b.WriteString("|" + strings.Repeat("-", w+2))
			}
			b.WriteString("|\n")
		}
	}
	return b.String()
}

// budgets is the table of the budgets.
func (r *results) budgets() string {
	rows := [][]string{{"what", "measured", "ratio", "budget", ""}}
	for _, l := range r.rows {
		rows = append(rows, []string{l.what, l.measured, l.value, l.budget, string(l.outcome)})
	}
	return table(rows)
}

// times is the table of the plain times: median, and in brackets the shortest.
func (r *results) times() string {
	head := []string{"median (shortest)"}
	for _, n := range sizes {
		head = append(head, fmt.Sprintf("%d collections, %d fields", n, n*fieldsPerCollection))
	}
	rows := [][]string{head}
	for _, t := range r.timings {
		line := []string{t.what}
		for _, s := range t.times {
			cell := ""
			if s != nil {
				cell = fmt.Sprintf("%s (%.1f)", millis(s), float64(s.least().Microseconds())/1000)
			}
			line = append(line, cell)
		}
		rows = append(rows, line)
	}
	return table(rows)
}

// notes says what was not measured, and why.
func (r *results) notes() string {
	var b strings.Builder
	for _, m := range r.missing {
		b.WriteString("Not measured: " + m + ".\n")
	}
	return b.String()
}

// document is docs/performance.md.
func (r *results) document(machine string, runs, directusRuns int) string {
	text := fmt.Sprintf(documentHead, runs, directusRuns, directusVersion, machine) + r.budgets() + "\n" + r.times()
	if notes := r.notes(); notes != "" {
		text += "\n" + notes
	}
	return text
}

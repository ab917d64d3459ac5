package target

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report"
	"github.com/schemaguard/schemaguard/internal/report/export"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// maxCell is how wide a cell gets.
const maxCell = 40

// JSON writes the columns as one object: the gravest verdict, and under targets a
// status each. Its errors are those of w.
func JSON(w io.Writer, columns []Column, o report.Options) error {
	type status struct {
		Target string `json:"target"`
		export.Verdict
		Database string        `json:"database"`
		Found    string        `json:"database_source,omitempty"`
		Sides    []report.Side `json:"sides"`
	}
	eo := export.Options{File: o.File, Version: o.Version}
	all := make([]status, len(columns))
	for i, c := range columns {
		all[i] = status{c.Name, export.VerdictJSON(&c.Status.Verdict, eo), c.Status.Database, c.Status.Found, append([]report.Side{}, c.Status.Sides...)}
	}
	return export.WriteJSON(w, struct {
		SchemaVersion int      `json:"schema_version"`
		Tool          string   `json:"tool"`
		Verdict       string   `json:"verdict"`
		ExitCode      int      `json:"exit_code"`
		Targets       []status `json:"targets"`
	}{export.SchemaVersion, export.Tool(eo), gravest(columns).String(), ExitCode(columns), all})
}

// gravest is the state that decides the exit code.
func gravest(columns []Column) policy.State {
	code := ExitCode(columns)
	for i := range columns {
		if v := &columns[i].Status.Verdict; v.ExitCode() == code {
			return v.State
		}
	}
	return policy.NotRun
}

// Text writes the columns side by side, or where the terminal is too narrow for
// that, one below the other; then why what did not answer did not, and what to type
// next. Its errors are those of w.
func Text(w io.Writer, columns []Column, o report.Options) error {
	heads, rows := grid(columns)
	var b strings.Builder
	widths := []int{0}
	for _, row := range rows {
		widths[0] = max(widths[0], utf8.RuneCountInString(row[0]))
	}
	total := widths[0]
	for i, head := range heads {
		width := utf8.RuneCountInString(head)
		for _, row := range rows {
			width = max(width, utf8.RuneCountInString(row[i+1]))
		}
		widths = append(widths, width)
		total += width + 2
	}
	if o.Width > 0 && total > o.Width {
		stacked(&b, heads, rows, widths[0])
	} else {
		line(&b, append([]string{""}, heads...), widths)
		for _, row := range rows {
			line(&b, row, widths)
		}
	}
	for i := range columns {
		v := &columns[i].Status.Verdict
		if v.State == policy.NotRun {
			fmt.Fprintf(&b, "\n%s: not-run: %s", heads[i], terminal.Clean(v.Reason))
		}
	}
	for i := range columns {
		if code := columns[i].Status.Verdict.ExitCode(); code != 0 && code == ExitCode(columns) {
			fmt.Fprintf(&b, "\n\nnext: schemaguard status --target %s", columns[i].Name)
			break
		}
	}
	_, err := io.WriteString(w, strings.TrimRight(b.String(), "\n")+"\n")
	return err
}

// grid are the heads, and the rows with their labels.
func grid(columns []Column) (heads []string, rows [][]string) {
	labels := []string{"verdict", "database", "Directus", "items", "sync point", "worktree", "index", "HEAD", "unsaved", "ahead", "pending", "conflict", "to drop"}
	for _, label := range labels {
		row := []string{label}
		empty := true
		for i := range columns {
			text := cell(&columns[i].Status, label)
			empty = empty && (text == "-" || text == "0")
			row = append(row, terminal.Shorten(terminal.Clean(text), maxCell))
		}
		if !empty || label == "verdict" {
			rows = append(rows, row)
		}
	}
	for i := range columns {
		heads = append(heads, terminal.Shorten(terminal.Clean(columns[i].Name), maxCell))
	}
	return heads, rows
}

// cell is what a target says in a row.
func cell(s *report.Status, label string) string {
	v := &s.Verdict
	if label == "verdict" {
		return v.State.String()
	}
	for _, side := range s.Sides {
		switch {
		case side.Name == label:
			return orDash(side.Against)
		case side.Name == "live" && label == "items":
			return fmt.Sprint(side.Items)
		}
	}
	switch {
	case label == "database":
		return orDash(s.Database)
	case label == "Directus":
		return orDash(v.Directus.Version)
	case v.State == policy.NotRun: // a number would be a claim
		return "-"
	}
	counts := map[string]int{
		"unsaved": v.Counts.Unsaved, "ahead": v.Counts.Ahead, "pending": v.Counts.Pending, "conflict": v.Counts.Conflict, "to drop": v.Counts.CommittedDrop,
	}
	if n, ok := counts[label]; ok {
		return fmt.Sprint(n)
	}
	return "-"
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func line(b *strings.Builder, cells []string, widths []int) {
	var text strings.Builder
	for i, c := range cells {
		text.WriteString(c + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c)+2))
	}
	b.WriteString(strings.TrimRight(text.String(), " ") + "\n")
}

// stacked writes each target in lines of its own.
func stacked(b *strings.Builder, heads []string, rows [][]string, width int) {
	for i, head := range heads {
		fmt.Fprintf(b, "%s\n", head)
		for _, row := range rows {
			fmt.Fprintf(b, "  %-*s  %s\n", width, row[0], row[i+1])
		}
	}
}

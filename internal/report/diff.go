package report

import (
	"fmt"
	"io"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/itemdiff"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report/export"
	"github.com/schemaguard/schemaguard/internal/report/summary"
)

// DiffText writes a diff for people: `-` what only A has, `+` what only B has,
// `~` what differs, with the paths. Its errors are those of w.
func DiffText(w io.Writer, d *itemdiff.Diff, o Options) error {
	p := newPage(o)
	a, b := sourceName(d.A, "a"), sourceName(d.B, "b")
	if len(d.Items) == 0 {
		p.line(0, name(a, bold), text(" and ", plain), name(b, bold), text(" are equal"+apart(d), plain))
		p.notes(d.Notes)
		return p.flush(w)
	}
	p.line(0, text("--- ", red), name(a, bold), text(described(d.A), dim))
	p.line(0, text("+++ ", green), name(b, bold), text(described(d.B), dim))
	p.gap()
	numbers := map[itemdiff.Presence]int{}
	for _, item := range d.Items {
		numbers[item.Where]++
		p.diffItem(item, o.Verbose)
	}
	p.gap()
	p.line(0, text(fmt.Sprintf("%s: %s only in ", amount.Of(len(d.Items), "difference"), amount.Thousands(numbers[itemdiff.OnlyA])), plain), name(a, plain),
		text(fmt.Sprintf(", %s only in ", amount.Thousands(numbers[itemdiff.OnlyB])), plain), name(b, plain),
		text(fmt.Sprintf(", %s in both", amount.Thousands(numbers[itemdiff.Both])), plain))
	p.notes(d.Notes)
	return p.flush(w)
}

func apart(d *itemdiff.Diff) string {
	if d.OrderOnly {
		return ", apart from the order, which means nothing"
	}
	return ""
}

// described is what a source's name does not say.
func described(s policy.Source) string {
	said := ""
	if s.Origin != "" && s.Origin != s.Name {
		said = " " + s.Origin
	}
	if s.Detail != "" {
		said += " (" + s.Detail + ")"
	}
	return said
}

func (p *page) diffItem(item itemdiff.Item, verbose bool) {
	sign, st := "~", yellow
	switch item.Where {
	case itemdiff.OnlyA:
		sign, st = "-", red
	case itemdiff.OnlyB:
		sign, st = "+", green
	case itemdiff.Both:
	}
	p.line(0, name(sign, st), text(" "+item.Kind+" ", st), name(item.Name, st))
	for _, c := range item.Paths {
		if !verbose {
			c.A, c.B = summary.Excerpts(c.A, c.B)
		}
		p.line(4, name(c.Path, cyan), text(": ", plain), value(c.A, red), text(" -> ", dim), value(c.B, green))
	}
}

func (p *page) notes(notes []string) {
	for _, note := range notes {
		p.line(0, name("note:", dim), text(" "+note, plain))
	}
}

// DiffMarkdown writes a diff as the body of a comment on a pull request. Its
// errors are those of w.
func DiffMarkdown(w io.Writer, d *itemdiff.Diff, o Options) error {
	return export.DiffMarkdown(w, d, o.export())
}

// DiffJSON writes a diff as one JSON object. Its errors are those of w.
func DiffJSON(w io.Writer, d *itemdiff.Diff, o Options) error {
	out := struct {
		SchemaVersion int    `json:"schema_version"`
		Tool          string `json:"tool"`
		Equal         bool   `json:"equal"`
		itemdiff.Diff
		Items []itemdiff.Item `json:"items"`
	}{export.SchemaVersion, export.Tool(o.export()), len(d.Items) == 0, *d, append([]itemdiff.Item{}, d.Items...)}
	return export.WriteJSON(w, out)
}

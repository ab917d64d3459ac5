package report

import (
	"fmt"
	"io"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report/export"
	"github.com/schemaguard/schemaguard/internal/report/summary"
)

// How much of each part a status shows unless it is verbose, so that it stays
// on one screen.
const (
	statusEntries = 5
	statusLosses  = 5
)

// Status is what `status` shows.
type Status struct {
	Database string         // which database, without a secret: "app@localhost:5432/app"
	Found    string         // who says so: "DB_CONNECTION_STRING in .env"; may be empty
	Verdict  policy.Verdict // against the snapshot that the next commit or boot would use
	Sides    []Side         // live, sync point, worktree, index, HEAD, in this order
}

// Side is one place that holds a version of the schema.
type Side struct {
	Name    string `json:"side"`            // "live", "sync point", "worktree", "index", "HEAD"
	Where   string `json:"where,omitempty"` // file, commit, time: whatever tells it from others
	Items   int    `json:"items"`           // number of items; -1 where there is no such side or it cannot be read
	Against string `json:"against_live"`    // "same", "2 unsaved, 1 pending", "absent", "not readable"; empty for live
}

// StatusText writes a status for people: the verdict, which database and which
// Directus, the sides in a table, what differs, what a boot would destroy, and
// the one command to type next. Its errors are those of w.
func StatusText(w io.Writer, s *Status, o Options) error {
	p := newPage(o)
	p.brief = !o.Verbose
	v := &s.Verdict
	p.line(0, name(v.State.String()+":", stateStyle(v.State)), text(" "+summary.Headline(v), plain))
	p.gap()
	if s.Database != "" {
		p.fact("database", name(s.Database, plain), s.Found)
	}
	if v.Directus.Version != "" {
		p.fact("Directus", name(v.Directus.Version, plain), v.Directus.Source)
	}
	p.sides(s.Sides)
	groups, rest := summary.Groups(v, o.Verbose)
	for _, g := range groups {
		p.gap()
		p.group(g, v, o.Verbose, statusEntries)
	}
	p.destroyed(groups, o.Verbose)
	commands := summary.Next(v)
	commands = commands[:min(len(commands), 1)]
	p.findings(rest, commands, o.Verbose)
	p.gap()
	p.notes(v.Notes)
	for _, command := range commands {
		p.line(0, name("next:", green), text(" ", plain), p.command(command))
	}
	p.trim()
	return p.flush(w)
}

// destroyed says what a boot would destroy, with numbers.
func (p *page) destroyed(groups []summary.Group, verbose bool) {
	var losses []policy.Loss
	items := 0
	for _, g := range groups {
		for _, e := range g.Entries {
			if e.Loses && e.Under == "" {
				items++
				losses = append(losses, e.Loss...)
			}
		}
	}
	if items == 0 {
		return
	}
	p.gap()
	p.line(0, text(fmt.Sprintf("a boot would destroy work in %s", amount.Of(items, "item")), red))
	texts := summary.Biggest(losses)
	for i, said := range texts {
		if i == statusLosses && !verbose {
			p.line(2, text("and "+amount.Thousands(len(texts)-i)+" more", dim))
			break
		}
		p.line(2, text(said, red))
	}
}

// sides writes the table of the sides; where the terminal is too narrow for it,
// each side in lines of its own.
func (p *page) sides(sides []Side) {
	if len(sides) == 0 {
		return
	}
	p.gap()
	heads := [4]string{"side", "where", "items", "against live"}
	var widths [4]int
	for i, head := range heads {
		widths[i] = columns(head)
	}
	for _, s := range sides {
		cells := s.cells()
		for i := range cells {
			widths[i] = max(widths[i], columns(cells[i]))
		}
	}
	if p.width > 0 && widths[0]+widths[1]+widths[2]+widths[3]+8 > p.width {
		p.stacked(sides)
		return
	}
	p.sideRow(heads, widths, dim, dim)
	for _, s := range sides {
		p.sideRow(s.cells(), widths, plain, against(s))
	}
}

// cells are the texts of a row: name, where, items, against live.
func (s Side) cells() [4]string {
	items := "-"
	if s.Items >= 0 {
		items = amount.Thousands(s.Items)
	}
	against := s.Against
	if against == "" {
		against = "-"
	}
	return [4]string{name(s.Name, plain).text, name(s.Where, plain).text, items, name(against, plain).text}
}

// against returns the style of what a side is against live.
func against(s Side) style {
	switch s.Against {
	case "", "absent":
		return dim
	case "same":
		return green
	}
	return yellow
}

// sideRow writes one row: the number to the right of its column, the last cell
// in a style of its own.
func (p *page) sideRow(cells [4]string, widths [4]int, st, last style) {
	cells[2] = fmt.Sprintf("%*s", widths[2], cells[2])
	pieces := make([]span, len(cells))
	for i, text := range cells {
		pieces[i] = span{text: "  " + padded(text, widths[i]), style: st}
	}
	pieces[3].style = last
	p.draw(pieces)
}

func (p *page) stacked(sides []Side) {
	for _, s := range sides {
		cells := s.cells()
		spans := []span{name(cells[0], bold)}
		separator := ": "
		if s.Items >= 0 {
			spans = append(spans, text(separator+amount.Of(s.Items, "item"), plain))
			separator = ", "
		}
		if s.Against != "" {
			spans = append(spans, text(separator, plain), text(cells[3], against(s)))
		}
		p.line(2, spans...)
		if s.Where != "" {
			p.line(4, name(s.Where, dim))
		}
	}
}

// StatusJSON writes a status as one JSON object: a verdict with the database
// and the sides. Its errors are those of w.
func StatusJSON(w io.Writer, s *Status, o Options) error {
	return export.WriteJSON(w, struct {
		export.Verdict
		Database string `json:"database"`
		Found    string `json:"database_source,omitempty"`
		Sides    []Side `json:"sides"`
	}{export.VerdictJSON(&s.Verdict, o.export()), s.Database, s.Found, append([]Side{}, s.Sides...)})
}

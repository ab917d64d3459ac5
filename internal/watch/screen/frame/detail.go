package frame

import (
	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report/summary"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/watch/screen/cell"
	"github.com/schemaguard/schemaguard/internal/watch/screen/look"
)

// How much of one value, and how many of the items that a collection covers, the
// detail shows; the diff shows all.
const (
	maxValue    = 20_000
	maxChildren = 200
)

// pageWriter collects painted lines of a width.
type pageWriter struct {
	s     *Screen
	width int
	lines []string
}

// text adds a text, wrapped, after a label that stands in a column of its own.
func (p *pageWriter) text(label string, labelTone, tone look.Tone, text string) {
	indent := cell.Width(label)
	for i, line := range cell.Wrap(text, p.width-indent) {
		if i > 0 {
			label = cell.Spaces(indent)
		}
		p.lines = append(p.lines, p.s.paint(p.s.cut(span(labelTone, label).add(tone, line), p.width)))
	}
}

func (p *pageWriter) gap() {
	if n := len(p.lines); n > 0 && p.lines[n-1] != "" {
		p.lines = append(p.lines, "")
	}
}

// detailLines are all lines about the selected row.
func (s *Screen) detailLines(width int) []string {
	p := &pageWriter{s: s, width: max(width, 4)}
	if s.Cursor < 0 || s.Cursor >= len(s.Rows.All) {
		return nil
	}
	r := &s.Rows.All[s.Cursor]
	switch r.Kind {
	case Item:
		p.item(r)
	case Finding:
		p.finding(r.finding)
	case Head, Note:
	}
	return p.lines
}

func (p *pageWriter) item(r *Row) {
	e, l := r.entry, p.s.Look
	p.text("", look.Plain, look.Bold, r.Name)
	p.text("", look.Plain, p.s.tone(classTone(r)), e.Class.String()+": "+meaning(e.Class, p.s.State.Standing))
	if e.Boot != "" {
		p.text("", look.Plain, look.Plain, "a boot "+r.Boot)
	}
	p.gap()
	for i, text := range e.Losses() {
		p.text(label("loses", i), look.Dim, p.s.tone(look.Red), l.Line(text))
	}
	if who := e.Who(); who != "" {
		if !r.ChangedAt.IsZero() {
			if age, _ := cell.Age(r.ChangedAt, p.s.Now); age == "now" {
				who += ", just now"
			} else {
				who += ", " + age + " ago"
			}
		}
		p.text(label("author", 0), look.Dim, look.Plain, l.Line(who))
	}
	if e.Branch != "" {
		p.text(label("branch", 0), look.Dim, look.Plain, l.Line(e.Branch))
	}
	if r.With != "" {
		p.text(label("with", 0), look.Dim, look.Plain, e.With())
	}
	if codes := e.Codes(); codes != "" {
		p.text(label("code", 0), look.Dim, look.Plain, l.Line(codes))
	}
	for i := range e.Findings {
		if f := &e.Findings[i]; !summary.Generic(f.Code) {
			p.gap()
			p.finding(f)
		}
	}
	for i := range e.Paths {
		p.gap()
		p.path(&e.Paths[i])
	}
	p.children(r)
}

// label returns a label of a column, for the first line of what it names.
func label(name string, line int) string {
	if line > 0 {
		name = ""
	}
	return name + cell.Spaces(8-len(name))
}

// path shows one value that differs, in live and in the place compared.
func (p *pageWriter) path(c *policy.PathChange) {
	p.text("", look.Plain, p.s.tone(look.Cyan), p.s.Look.Line(c.Path))
	target := p.s.target()
	indent := max(cell.Width(target), len("live")) + 3
	if indent > p.width/2 {
		target, indent = "file", 7
	}
	p.value("  "+p.s.Look.Fit("live", indent-2), c.Live)
	p.value("  "+p.s.Look.Fit(target, indent-2), c.Target)
}

func (p *pageWriter) value(label, json string) {
	tone := look.Plain
	more := len(json)
	if json == "" {
		json, tone = "absent", look.Dim
	}
	cut := terminal.Shorten(json, maxValue)
	p.text(label, look.Dim, tone, p.s.Look.Whole(cut))
	if cut != json {
		p.text(cell.Spaces(len(label)), look.Dim, look.Dim, amount.Thousands(more-len(cut))+" more bytes, the diff has them")
	}
}

func (p *pageWriter) finding(f *finding.Finding) {
	l := p.s.Look
	tone := look.Yellow
	switch {
	case f.Refuses || f.Severity >= finding.Danger:
		tone = look.Red
	case f.Severity == finding.Note:
		tone = look.Cyan
	}
	p.text("", look.Plain, p.s.tone(tone), l.Line(string(f.Code)))
	p.text("  ", look.Plain, look.Plain, l.Line(f.Message))
	if f.Harm != "" {
		p.text("  ", look.Plain, look.Plain, l.Line(f.Harm))
	}
	if at := summary.Place(*f); at != "" {
		p.text("  at  ", look.Dim, look.Plain, l.Line(at))
	}
	if f.Fix != "" {
		p.text("  fix ", look.Dim, look.Bold, l.Line(f.Fix))
	}
}

// children names what is folded into a collection.
func (p *pageWriter) children(r *Row) {
	if len(r.children) == 0 {
		return
	}
	p.gap()
	p.text("", look.Plain, look.Dim, "with it")
	for i := range r.children {
		if i == maxChildren {
			p.text("  ", look.Plain, look.Dim, "and "+amount.Thousands(len(r.children)-i)+" more")
			return
		}
		p.text("  ", look.Plain, look.Plain, p.s.Look.Line(r.children[i].Item))
	}
}

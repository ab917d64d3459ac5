package report

import (
	"fmt"
	"io"
	"slices"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report/summary"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

// How much of a long verdict is shown unless it is verbose: entries of a class,
// names in the line of a pending class, findings.
const (
	maxEntries  = 40
	maxPending  = 6
	maxFindings = 20
)

// Text writes a verdict for people: the verdict in the first line, what is at
// stake in the second, then the items by class and the commands to type next.
// Its errors are those of w.
func Text(w io.Writer, v *policy.Verdict, o Options) error {
	p := newPage(o)
	groups, rest := summary.Groups(v, o.Verbose)
	p.said(v.State.String(), stateStyle(v.State), summary.Headline(v))
	if h := summary.Harm(groups); h != "" {
		p.said("harm", red, h)
	}
	if v.State != policy.Clean || o.Verbose {
		p.gap()
		p.sources(v)
	}
	for _, g := range groups {
		p.gap()
		p.group(g, v, o.Verbose, maxEntries)
	}
	hints := summary.Next(v)
	p.findings(rest, hints, o.Verbose)
	p.gap()
	for _, note := range v.Notes {
		p.said("note", dim, note)
	}
	p.hints(hints)
	p.trim()
	return p.flush(w)
}

// sources says what was compared.
func (p *page) sources(v *policy.Verdict) {
	p.source("live", v.Live)
	p.source("target", v.Target)
	if v.Directus.Version != "" {
		p.fact("Directus", name(v.Directus.Version, plain), v.Directus.Source)
	}
	if v.SyncPoint != "" {
		p.fact("sync point", text(v.SyncPoint, plain), "")
	}
}

func (p *page) source(label string, s policy.Source) {
	if s.Name == "" && s.Origin == "" {
		return
	}
	if s.Origin == "" {
		s.Origin = s.Name
	}
	p.fact(label, name(s.Origin, plain), s.Detail)
}

// fact writes a label in a column of its own, a value and where it comes from.
func (p *page) fact(label string, value span, origin string) {
	spans := []span{{text: padded(label, len("sync point")), style: dim, whole: true}, text(" ", plain), value}
	if origin != "" {
		spans = append(spans, text(" ("+origin+")", dim))
	}
	p.line(2, spans...)
}

// group writes the items of one class.
func (p *page) group(g summary.Group, v *policy.Verdict, verbose bool, limit int) {
	st := yellow
	if g.Class.Pending() || g.Class == threeway.CommittedDrop {
		st = cyan
	}
	p.line(0, name(g.Class.String(), st), text(": "+amount.Of(g.Size(), "item")+", "+summary.Meaning(g.Class), plain))
	if g.Class.Pending() && !verbose {
		p.pending(g)
		return
	}
	for i, e := range g.Entries {
		if i == limit && !verbose {
			p.line(2, text(fmt.Sprintf("and %s more; --verbose shows all", amount.Thousands(len(g.Entries)-limit)), dim))
			return
		}
		p.entry(e, v, verbose)
	}
}

// pending lists pending items by name alone, but those that lose something in
// full, since a committed change may narrow a column, and those that a finding
// speaks against.
func (p *page) pending(g summary.Group) {
	var spans []span
	quiet := 0
	for _, e := range g.Entries {
		if e.Loses || len(e.Loss) > 0 || slices.ContainsFunc(e.Findings, func(f finding.Finding) bool { return f.Refuses }) {
			p.entry(e, nil, false)
			continue
		}
		if quiet++; quiet > maxPending {
			continue
		}
		if quiet > 1 {
			spans = append(spans, text(", ", plain))
		}
		spans = append(spans, text(e.Kind+" ", plain), name(e.Name, plain))
	}
	if quiet > maxPending {
		spans = append(spans, text(" and "+amount.Thousands(quiet-maxPending)+" more", dim))
	}
	if len(spans) > 0 {
		p.line(2, spans...)
	}
}

// entry writes one item and what is known of it.
func (p *page) entry(e summary.Entry, v *policy.Verdict, verbose bool) {
	spans := []span{text(e.Kind+" ", dim), name(e.Name, bold)}
	if with := e.With(); with != "" {
		spans = append(spans, text(" with "+with, plain))
	}
	if e.Boot != "" {
		spans = append(spans, text(": a boot "+e.Boot, plain))
	}
	if codes := e.Codes(); codes != "" {
		spans = append(spans, text(" ["+codes+"]", dim))
	}
	if author := e.Who(); p.brief && author != "" {
		spans = append(spans, text(", "+author, plain))
	}
	p.line(2, spans...)
	if losses := e.Losses(); !p.brief && len(losses) > 0 {
		p.line(4, text("loses "+summary.List(losses, 0), red))
	}
	if e.Branch != "" {
		p.line(4, text("committed on ", plain), name(e.Branch, plain))
	}
	if author := e.Who(); !p.brief && author != "" {
		p.line(4, text(author, plain))
	}
	for _, f := range e.Findings {
		switch {
		case !summary.Generic(f.Code):
			p.line(4, name(string(f.Code)+":", yellow), text(" "+said(f), plain))
		case !p.brief && f.Harm != "" && len(e.Loss) == 0:
			p.line(4, text(f.Harm, red))
		}
	}
	if verbose && v != nil {
		p.paths(e.Paths, v)
	}
}

// said is what a finding about an item shown before adds to it: the harm, which
// names the cause, or where there is none, the message.
func said(f finding.Finding) string {
	if f.Harm != "" {
		return f.Harm
	}
	return f.Message
}

// paths writes the values in which both sides differ, whole.
func (p *page) paths(paths []policy.PathChange, v *policy.Verdict) {
	for _, c := range paths {
		p.line(4, name(c.Path, cyan), text(": ", plain), value(c.Live, plain), text(" in the database, ", plain),
			value(c.Target, plain), text(" in ", plain), name(sourceName(v.Target, "the snapshot"), plain))
	}
}

func sourceName(s policy.Source, otherwise string) string {
	if s.Name == "" {
		return otherwise
	}
	return s.Name
}

// value shows a JSON text in a style, or that there is none.
func value(json string, st style) span {
	if json == "" {
		return span{text: "absent", style: dim}
	}
	return span{text: summary.Shown(json), style: st, whole: true}
}

// findings writes the findings that belong to no item shown before. A fix that
// is among the hints is not said twice.
func (p *page) findings(rest []finding.Finding, hints []string, verbose bool) {
	if len(rest) == 0 {
		return
	}
	p.gap()
	for i, f := range rest {
		if i == maxFindings && !verbose {
			p.line(0, text(amount.Of(len(rest)-i, "more finding")+"; --verbose shows all", dim))
			return
		}
		if slices.Contains(hints, f.Fix) {
			f.Fix = ""
		}
		p.finding(f)
	}
}

func (p *page) finding(f finding.Finding) {
	st := yellow
	switch {
	case f.Refuses || f.Severity >= finding.Danger:
		st = red
	case f.Severity == finding.Note:
		st = cyan
	}
	spans := []span{name(string(f.Code), st), text(" ", plain)}
	if at := summary.Place(f); at != "" {
		spans = append(spans, name(at+":", dim), text(" ", plain))
	}
	p.line(0, append(spans, text(f.Message, plain))...)
	if f.Harm != "" {
		p.line(2, text(f.Harm, plain))
	}
	if f.Author != "" {
		p.line(2, text(f.Author, plain))
	}
	if f.Fix != "" {
		p.line(2, text("fix: ", dim), p.command(f.Fix))
	}
}

// trim removes an empty line from the end of the page.
func (p *page) trim() {
	b := p.buf.Bytes()
	for n := len(b); n > 1 && b[n-1] == '\n' && b[n-2] == '\n'; n = p.buf.Len() {
		p.buf.Truncate(n - 1)
		b = p.buf.Bytes()
	}
}

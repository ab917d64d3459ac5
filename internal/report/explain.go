package report

import (
	"io"
	"strings"

	"github.com/schemaguard/schemaguard/internal/finding"
)

// Explain writes the entry of a finding code: title, harm, fix. Its errors are
// those of w.
func Explain(w io.Writer, info finding.Info, o Options) error {
	p := newPage(o)
	st := yellow
	if info.Severity >= finding.Danger {
		st = red
	}
	p.line(0, name(string(info.Code), bold), text(": "+info.Title+" (", plain), name(info.Severity.String(), st), text(")", plain))
	p.gap()
	p.line(0, append([]span{name("harm:", red), text(" ", plain)}, p.commands(info.Harm)...)...)
	p.gap()
	p.line(0, append([]span{name("fix:", green), text(" ", plain)}, p.commands(info.Fix)...)...)
	p.gap()
	p.line(0, name(info.URL(), dim))
	return p.flush(w)
}

// ExplainAll writes every code with its title, by group.
func ExplainAll(w io.Writer, o Options) error {
	p := newPage(o)
	group := finding.Group(0)
	for _, info := range finding.All() {
		if info.Group != group {
			group = info.Group
			p.gap()
			p.line(0, text(group.String(), bold))
		}
		p.line(2, span{text: padded(string(info.Code), len(finding.SameNameTwoSchemas)), style: cyan, whole: true}, text("  "+info.Title, plain))
	}
	return p.flush(w)
}

// commands returns a sentence in which what stands between backquotes is kept in
// one piece and stands out.
func (p *page) commands(sentence string) []span {
	var spans []span
	for i, part := range strings.Split(sentence, "`") {
		switch {
		case i%2 == 0:
			spans = append(spans, text(part, plain))
		case p.colour:
			spans = append(spans, name(part, bold))
		default:
			spans = append(spans, name("`"+part+"`", plain))
		}
	}
	return spans
}

package report

import (
	"io"

	"github.com/schemaguard/schemaguard/internal/report/summary"
)

// Problem is a message outside of a verdict: an error, a refusal of a guard.
type Problem struct {
	Word  string   // "error", "refused", "not-run", ...
	Text  string   // what is wrong: lower case, no final period
	Harm  string   // what it leads to; may be empty
	Hints []string // commands that help, runnable as printed, best first; at most three are shown
}

// Message writes a problem in the voice of every message:
//
//	schemaguard: refused: field orders.total exists in the database but not in the snapshot
//	schemaguard: harm: the next boot drops it (1,204 rows have a value)
//	schemaguard: hint: schemaguard snapshot --stage
func Message(w io.Writer, m Problem, o Options) error {
	p := newPage(o)
	p.said(m.Word, red, m.Text)
	if m.Harm != "" {
		p.said("harm", red, m.Harm)
	}
	p.hints(m.Hints)
	return p.flush(w)
}

// said writes "schemaguard: word: text".
func (p *page) said(word string, st style, message string) {
	p.line(0, span{text: "schemaguard: ", style: dim}, name(word+":", st), text(" "+message, plain))
}

func (p *page) hints(commands []string) {
	for i, command := range commands {
		if i == summary.MaxHints {
			return
		}
		p.line(0, span{text: "schemaguard: ", style: dim}, name("hint:", cyan), text(" ", plain), p.command(command))
		if summary.Shown(command) != command {
			p.line(0, span{text: "schemaguard: ", style: dim}, name("note:", dim),
				text(" that command cannot be pasted: a name in it holds characters that cannot be shown", plain))
		}
	}
}

// command returns a command in one piece and whole, so that it can be copied.
func (p *page) command(c string) span {
	return span{text: summary.Shown(c), style: bold, whole: true}
}

package report

import (
	"io"

	"github.com/schemaguard/schemaguard/internal/report/export"
)

// Outcome is how an assumption stood up to being checked.
type Outcome string

// The outcomes.
const (
	Good    Outcome = "ok"
	Advice  Outcome = "note"    // works, but could be better
	Bad     Outcome = "problem" // does not work
	Skipped Outcome = "skipped" // could not be looked at, for a reason named
)

// Checked is one assumption that `doctor` looked at.
type Checked struct {
	Topic   string  `json:"topic"`         // "settings", "database", "git"
	Outcome Outcome `json:"outcome"`       // ok, note, problem, skipped
	Text    string  `json:"text"`          // what was found
	Fix     string  `json:"fix,omitempty"` // the command or the change that helps
}

// ChecksText writes what doctor found for people: one line each, by topic, and
// the fix under what is wrong. Its errors are those of w.
func ChecksText(w io.Writer, checks []Checked, o Options) error {
	p := newPage(o)
	topic := ""
	for _, c := range checks {
		if c.Topic != topic {
			p.gap()
			p.line(0, text(c.Topic, bold))
			topic = c.Topic
		}
		mark, st := "ok", green
		switch c.Outcome {
		case Advice:
			mark, st = "--", yellow
		case Bad:
			mark, st = "!!", red
		case Skipped:
			mark, st = "..", dim
		}
		p.line(2, name(mark, st), text(" ", plain), name(c.Text, plain))
		if c.Fix != "" {
			p.line(5, text("fix: ", dim), p.command(c.Fix))
		}
	}
	return p.flush(w)
}

// ChecksJSON writes what doctor found as one JSON object. Its errors are those of w.
func ChecksJSON(w io.Writer, checks []Checked) error {
	ok := true
	for _, c := range checks {
		ok = ok && c.Outcome != Bad
	}
	return export.WriteJSON(w, struct {
		SchemaVersion int       `json:"schema_version"`
		OK            bool      `json:"ok"`
		Checks        []Checked `json:"checks"`
	}{1, ok, checks})
}

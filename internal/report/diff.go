package report

import (
	"fmt"
	"io"

	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report/export"
	"github.com/schemaguard/schemaguard/internal/report/summary"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// Presence says which side of a diff has an item.
type Presence uint8

// The presences.
const (
	OnlyA Presence = iota + 1
	OnlyB
	Both // and the two differ
)

// String returns the presence as JSON has it.
func (p Presence) String() string {
	switch p {
	case OnlyA:
		return "only a"
	case OnlyB:
		return "only b"
	case Both:
		return "both"
	}
	return "unknown"
}

// MarshalText implements [encoding.TextMarshaler].
func (p Presence) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Diff is the difference of two snapshots, complete: a report needs nothing else.
type Diff struct {
	A         policy.Source `json:"a"`
	B         policy.Source `json:"b"`
	Items     []DiffItem    `json:"items"`                // by kind and name; empty where both are equal
	OrderOnly bool          `json:"order_only,omitempty"` // equal, but the lists have another order
	Notes     []string      `json:"notes,omitempty"`
}

// DiffItem is one item in which the sides differ.
type DiffItem struct {
	Kind  string     `json:"kind"` // "field"
	Name  string     `json:"name"` // "orders.total"
	Where Presence   `json:"where"`
	Paths []DiffPath `json:"paths,omitempty"` // where both sides have the item
}

// DiffPath is one value inside an item that differs.
type DiffPath struct {
	Path string `json:"path"`        // "meta.note"
	A    string `json:"a,omitempty"` // JSON text; empty where A lacks it
	B    string `json:"b,omitempty"` // JSON text; empty where B lacks it
}

// DiffText writes a diff for people: `-` what only A has, `+` what only B has,
// `~` what differs, with the paths. Its errors are those of w.
func DiffText(w io.Writer, d *Diff, o Options) error {
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
	numbers := map[Presence]int{}
	for _, item := range d.Items {
		numbers[item.Where]++
		p.diffItem(item, o.Verbose)
	}
	p.gap()
	p.line(0, text(fmt.Sprintf("%s: %s only in ", summary.Count(len(d.Items), "difference"), summary.Thousands(int64(numbers[OnlyA]))), plain), name(a, plain),
		text(fmt.Sprintf(", %s only in ", summary.Thousands(int64(numbers[OnlyB]))), plain), name(b, plain),
		text(fmt.Sprintf(", %s in both", summary.Thousands(int64(numbers[Both]))), plain))
	p.notes(d.Notes)
	return p.flush(w)
}

func apart(d *Diff) string {
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

func (p *page) diffItem(item DiffItem, verbose bool) {
	sign, st := "~", yellow
	switch item.Where {
	case OnlyA:
		sign, st = "-", red
	case OnlyB:
		sign, st = "+", green
	}
	p.line(0, name(sign, st), text(" "+item.Kind+" ", st), name(item.Name, st))
	for _, c := range item.Paths {
		if !verbose {
			c.A, c.B = excerpts(c.A, c.B)
		}
		p.line(4, name(c.Path, cyan), text(": ", plain), value(c.A, red), text(" -> ", dim), value(c.B, green))
	}
}

// excerpts cuts long values so that both still show where they begin to differ.
func excerpts(a, b string) (string, string) {
	if len(a) <= summary.MaxName && len(b) <= summary.MaxName {
		return a, b
	}
	runesA, runesB := []rune(a), []rune(b)
	same := 0
	for same < min(len(runesA), len(runesB)) && runesA[same] == runesB[same] {
		same++
	}
	const before = 20 // runes of what is the same, to be recognised by
	if same > 2*before {
		a, b = "…"+string(runesA[same-before:]), "…"+string(runesB[same-before:])
	}
	return terminal.Shorten(a, summary.MaxName), terminal.Shorten(b, summary.MaxName)
}

func (p *page) notes(notes []string) {
	for _, note := range notes {
		p.line(0, name("note:", dim), text(" "+note, plain))
	}
}

// DiffJSON writes a diff as one JSON object. Its errors are those of w.
func DiffJSON(w io.Writer, d *Diff, o Options) error {
	out := struct {
		SchemaVersion int    `json:"schema_version"`
		Tool          string `json:"tool"`
		Equal         bool   `json:"equal"`
		Diff
		Items []DiffItem `json:"items"`
	}{export.SchemaVersion, export.Tool(o.export()), len(d.Items) == 0, *d, append([]DiffItem{}, d.Items...)}
	return export.WriteJSON(w, out)
}

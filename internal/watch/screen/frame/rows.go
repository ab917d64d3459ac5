package frame

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report/summary"
	"github.com/schemaguard/schemaguard/internal/threeway"
	"github.com/schemaguard/schemaguard/internal/watch"
	"github.com/schemaguard/schemaguard/internal/watch/screen/cell"
)

// RowKind is a sort of row.
type RowKind uint8

// The sorts of rows. Only items and findings can be selected.
const (
	Head RowKind = iota
	Item
	Finding
	Note
)

// Row is one row of the list, fit for a terminal.
type Row struct {
	Kind  RowKind
	Class threeway.Class // of a head or an item

	Name, With, Boot, Loss string
	Who, Nick              string // a person: "anna@example.com", and in short "anna"
	ChangedAt              time.Time

	entry    *summary.Entry
	children []policy.Change
	finding  *finding.Finding
}

// ID tells a row from the others, also of an older state.
func (r *Row) ID() string {
	if r.Kind == Finding {
		return "finding " + string(r.finding.Code) + " " + r.finding.Message
	}
	return r.Name
}

// selectable tells whether the keys can act on the row.
func (r *Row) selectable() bool { return r.Kind == Item || r.Kind == Finding }

// Rows are the rows of the list, with the widths of their columns.
type Rows struct {
	All      []Row
	Items    int // how many items there are, without those that another covers
	Matching int // how many of them the filter leaves
	widths   widths
}

// widths are the columns that the longest cell of each column takes.
type widths struct{ name, bare, boot, loss, who, nick int }

// NewRows puts the items of a state in order: by class, the gravest first, what a
// collection covers folded into it; then the findings that are about no item, and
// the notes. filter leaves only what has all its words.
func NewRows(state *watch.State, filter string, text cell.Text) *Rows {
	groups, rest := summary.Groups(&policy.Verdict{Changes: state.Items, Findings: state.Findings}, false)
	children := map[string][]policy.Change{}
	for _, c := range state.Items {
		if c.Under != "" {
			children[c.Under] = append(children[c.Under], c)
		}
	}
	rows := &Rows{}
	words := strings.Fields(strings.ToLower(filter))
	for _, g := range groups {
		at := len(rows.All)
		for i := range g.Entries {
			e := &g.Entries[i]
			rows.Items++
			row := itemRow(e, text)
			if e.Kind == "collection" && e.With() != "" {
				row.children = children[e.Name]
			}
			if row.matches(words) {
				rows.All = append(rows.All, row)
			}
		}
		if n := len(rows.All) - at; n > 0 {
			rows.Matching += n
			head := Row{Kind: Head, Class: g.Class, Name: g.Class.String(), Boot: amount.Of(n, "item") + ", " + meaning(g.Class, state.Standing)}
			rows.All = slices.Insert(rows.All, at, head)
		}
	}
	rows.rest(rest, state.Notes, words, text)
	rows.measure()
	return rows
}

// meaning says what a class means. What is ahead of a place on the way of a change
// has not come there yet.
func meaning(c threeway.Class, s watch.Standing) string {
	if c == threeway.Ahead {
		switch s {
		case watch.NotStaged:
			return "saved, and not staged"
		case watch.NotInCommit:
			return "staged, and not committed"
		case watch.NotInImage:
			return "committed, and not in what boots"
		case watch.NotChecked, watch.Invalid, watch.Conflict, watch.Unsaved, watch.Ahead, watch.BootUnknown, watch.Pending, watch.Clean:
		}
	}
	return summary.Meaning(c)
}

// rest adds what is about no item.
func (rows *Rows) rest(findings []finding.Finding, notes, words []string, text cell.Text) {
	at := len(rows.All)
	for i := range findings {
		f := &findings[i]
		if containsAll(strings.ToLower(string(f.Code)+" "+f.Message), words) {
			rows.All = append(rows.All, Row{Kind: Finding, Name: text.Line(string(f.Code)), Boot: text.Line(f.Message), finding: f})
		}
	}
	if n := len(rows.All) - at; n > 0 {
		rows.All = slices.Insert(rows.All, at, Row{Kind: Head, Name: "findings", Boot: amount.Of(n, "finding") + " about no item above"})
	}
	for _, note := range notes {
		if containsAll(strings.ToLower(note), words) {
			rows.All = append(rows.All, Row{Kind: Note, Name: text.Line(note)})
		}
	}
}

func itemRow(e *summary.Entry, text cell.Text) Row {
	row := Row{
		Kind: Item, Class: e.Class, Name: text.Line(e.Item), Boot: text.Line(e.Boot), ChangedAt: e.ChangedAt,
		Who: text.Line(person(e.Who())), Loss: text.Line(loss(e)), entry: e,
	}
	row.Nick, _, _ = strings.Cut(row.Who, "@")
	if with := e.With(); with != "" {
		row.With = "with " + with
	}
	return row
}

// loss says the biggest loss of an item in short: "1,204 rows".
func loss(e *summary.Entry) string {
	texts := summary.Biggest(e.Loss)
	if len(texts) == 0 {
		return ""
	}
	if short, _, ok := strings.Cut(texts[0], " of "); ok && !strings.HasSuffix(texts[0], "not counted") {
		return short
	}
	return texts[0]
}

// person takes the person out of "created 14:02 by anna@example.com".
func person(author string) string {
	if i := strings.LastIndex(author, " by "); i >= 0 {
		return author[i+len(" by "):]
	}
	return author
}

// matches tells whether the row, or one that is folded into it, has all words.
func (r *Row) matches(words []string) bool {
	if len(words) == 0 {
		return true
	}
	all := r.entry.Item + " " + r.entry.Class.String() + " " + r.entry.Boot + " " + r.entry.Who()
	for i := range r.children {
		all += " " + r.children[i].Item
	}
	return containsAll(strings.ToLower(all), words)
}

func containsAll(s string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(s, w) })
}

// measure finds the widths of the columns.
func (rows *Rows) measure() {
	for i := range rows.All {
		r := &rows.All[i]
		if r.Kind != Item {
			continue
		}
		w := &rows.widths
		name := cell.Width(r.Name)
		w.bare = max(w.bare, name)
		if r.With != "" {
			name += 1 + cell.Width(r.With)
		}
		w.name, w.boot = max(w.name, name), max(w.boot, cell.Width(r.Boot))
		w.loss, w.who = max(w.loss, cell.Width(r.Loss)), max(w.who, cell.Width(r.Who))
		w.nick = max(w.nick, cell.Width(r.Nick))
	}
}

// Step returns the row that can be selected nearest to a row, in the direction
// of by: 1 row down for 1, 10 rows up for -10; 0 for the row itself, or the next
// that can be. It is -1 where there is none.
func (rows *Rows) Step(from, by int) int {
	at := min(max(from+by, 0), len(rows.All)-1)
	direction := cmp.Or(by, 1)
	for _, d := range []int{direction, -direction} {
		for i := at; i >= 0 && i < len(rows.All); i += sign(d) {
			if rows.All[i].selectable() {
				return i
			}
		}
	}
	return -1
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}

// Find returns where the row of an ID is, or -1.
func (rows *Rows) Find(id string) int {
	return slices.IndexFunc(rows.All, func(r Row) bool { return r.selectable() && r.ID() == id })
}

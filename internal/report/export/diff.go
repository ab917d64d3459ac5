package export

import (
	"fmt"
	"html"
	"io"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/itemdiff"
	"github.com/schemaguard/schemaguard/internal/report/summary"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// What a comment on a pull request may hold. GitHub takes 65,536 characters;
// there is room left for what the caller may add, and bytes are counted.
const (
	maxComment   = 64_000
	maxLosses    = 40 // things that destroy data, listed on top
	maxItemPaths = 8  // values of one item
	openRows     = 8  // rows of a collection that are shown without a click
)

// DiffMarkdown writes a diff as the body of a comment on a pull request: what
// destroys data first, then each collection apart, the long ones folded. It is
// cut to what GitHub takes, and says how much is left out. Its errors are those
// of w.
func DiffMarkdown(w io.Writer, d *itemdiff.Diff, _ Options) error {
	_, err := io.WriteString(w, diffMarkdown(d))
	return err
}

func diffMarkdown(d *itemdiff.Diff) string {
	var b strings.Builder
	from, to := sourceWords(d.A.Name, d.A.Detail, "a"), sourceWords(d.B.Name, d.B.Detail, "b")
	if len(d.Items) == 0 {
		order := ""
		if d.OrderOnly {
			order = ", apart from the order, which means nothing"
		}
		fmt.Fprintf(&b, "### schemaguard: no difference\n\n%s and %s are equal%s.\n", from, to, order)
		diffNotes(&b, d.Notes)
		return b.String()
	}
	groups := byCollection(d.Items)
	destroying := losses(groups)
	headline := amount.Of(len(d.Items), "difference")
	switch n := len(destroying); {
	case n > 0 && len(d.Items) == 1:
		headline += ", destroying data"
	case n > 0:
		headline += ", " + amount.Thousands(n) + " of them destroying data"
	}
	fmt.Fprintf(&b, "### schemaguard: %s\n\nFrom %s to %s: %s.\n", headline, from, to, tally(d.Items))
	diffNotes(&b, d.Notes)
	writeLosses(&b, destroying)
	shown := 0
	for _, g := range groups {
		shown += g.write(&b)
	}
	if left := len(d.Items) - shown; left > 0 {
		command, _ := terminal.Quote("schemaguard", "diff", d.A.Name, d.B.Name)
		fmt.Fprintf(&b, "\n%s left out here, since a comment holds no more. The whole list: %s\n",
			amount.Of(left, "more difference")+" "+isAre(left), span(command))
	}
	return b.String()
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func diffNotes(b *strings.Builder, notes []string) {
	for _, note := range notes {
		fmt.Fprintf(b, "\n> %s\n", prose(note))
	}
}

// sourceWords names a side.
func sourceWords(name, detail, otherwise string) string {
	if name == "" {
		name = otherwise
	}
	if detail == "" || strings.HasPrefix(detail, name) {
		return span(name)
	}
	return span(name) + " (" + span(detail) + ")"
}

// tally counts what was added, removed and changed, B being what comes.
func tally(items []itemdiff.Item) string {
	numbers := map[itemdiff.Presence]int{}
	for _, item := range items {
		numbers[item.Where]++
	}
	var parts []string
	for _, where := range []itemdiff.Presence{itemdiff.OnlyB, itemdiff.Both, itemdiff.OnlyA} {
		if n := numbers[where]; n > 0 {
			parts = append(parts, amount.Thousands(n)+" "+verb(where))
		}
	}
	return strings.Join(parts, ", ")
}

func verb(where itemdiff.Presence) string {
	switch where {
	case itemdiff.OnlyA:
		return "removed"
	case itemdiff.OnlyB:
		return "added"
	case itemdiff.Both:
	}
	return "changed"
}

// collectionDiff is what differs in one collection, the collection itself first.
type collectionDiff struct {
	name  string
	items []itemdiff.Item
}

// byCollection groups the items. What destroys data comes first, then names.
func byCollection(items []itemdiff.Item) []*collectionDiff {
	var groups []*collectionDiff
	byName := map[string]*collectionDiff{}
	for _, item := range items {
		g := byName[item.Collection]
		if g == nil {
			g = &collectionDiff{name: item.Collection}
			byName[item.Collection] = g
			groups = append(groups, g)
		}
		g.items = append(g.items, item)
	}
	slices.SortFunc(groups, func(a, b *collectionDiff) int {
		if destroys := len(a.losses()) > 0; destroys != (len(b.losses()) > 0) {
			if destroys {
				return -1
			}
			return 1
		}
		return strings.Compare(a.name, b.name)
	})
	return groups
}

// whole tells where the collection itself comes or goes; zero where it stays.
func (g *collectionDiff) whole() itemdiff.Presence {
	if first := g.items[0]; first.Kind == "collection" && first.Where != itemdiff.Both {
		return first.Where
	}
	return 0
}

// losses are the items that destroy data. Those of a dropped collection go with it.
func (g *collectionDiff) losses() []itemdiff.Item {
	var out []itemdiff.Item
	for _, item := range g.items {
		if item.Loss != "" {
			out = append(out, item)
		}
		if g.whole() == itemdiff.OnlyA {
			break
		}
	}
	return out
}

func losses(groups []*collectionDiff) []itemdiff.Item {
	var out []itemdiff.Item
	for _, g := range groups {
		out = append(out, g.losses()...)
	}
	return out
}

func writeLosses(b *strings.Builder, items []itemdiff.Item) {
	if len(items) == 0 {
		return
	}
	b.WriteString("\n**Applying this destroys data:**\n\n")
	for _, item := range items[:min(len(items), maxLosses)] {
		fmt.Fprintf(b, "- %s %s: **%s**\n", prose(item.Kind), span(item.Name), prose(item.Loss))
	}
	if more := len(items) - maxLosses; more > 0 {
		fmt.Fprintf(b, "- and %s more\n", amount.Thousands(more))
	}
}

// write writes the table of a collection as far as there is room, and returns
// how many items it holds.
func (g *collectionDiff) write(b *strings.Builder) int {
	var rows strings.Builder
	head, foot := "\n#### "+span(g.name)+g.suffix()+"\n", ""
	if len(g.items) > openRows {
		// Inside <summary> there is no Markdown; mentions work there, but not in code.
		head = fmt.Sprintf("\n<details><summary><code>%s</code>%s (%s)</summary>\n",
			html.EscapeString(terminal.Shorten(summary.Shown(g.name), summary.MaxName)), g.suffix(), amount.Of(len(g.items), "difference"))
		foot = "\n</details>\n"
	}
	head += "\n| | item | change |\n|---|---|---|\n"
	count := 0
	for _, item := range g.items {
		if g.whole() == itemdiff.OnlyA && item.Kind != "collection" {
			item.Loss = "" // said once, of the collection
		}
		row := "| " + marked(item) + " | " + g.itemName(item) + " | " + change(item) + " |\n"
		if b.Len()+len(head)+rows.Len()+len(row)+len(foot) > maxComment {
			break
		}
		rows.WriteString(row)
		count++
	}
	if count > 0 {
		b.WriteString(head + rows.String() + foot)
	}
	return count
}

func (g *collectionDiff) suffix() string {
	if where := g.whole(); where != 0 {
		return ": " + verb(where)
	}
	return ""
}

// marked is the word of a row, in bold where it destroys data.
func marked(item itemdiff.Item) string {
	if item.Loss != "" {
		return "**" + verb(item.Where) + "**"
	}
	return verb(item.Where)
}

// itemName names an item below the heading of its collection.
func (g *collectionDiff) itemName(item itemdiff.Item) string {
	if item.Kind == "collection" {
		return "collection"
	}
	return prose(item.Kind) + " " + code(strings.TrimPrefix(item.Name, g.name+"."))
}

// change says what an item is, was, or became.
func change(item itemdiff.Item) string {
	var parts []string
	if item.Loss != "" {
		parts = append(parts, "**"+prose(item.Loss)+"**")
	}
	switch item.Where {
	case itemdiff.OnlyA:
		parts = append(parts, code(item.A))
	case itemdiff.OnlyB:
		parts = append(parts, code(item.B))
	case itemdiff.Both:
		for _, p := range item.Paths[:min(len(item.Paths), maxItemPaths)] {
			was, is := summary.Excerpts(p.A, p.B)
			parts = append(parts, code(p.Path)+": "+orNothing(was)+" → "+orNothing(is))
		}
		if more := len(item.Paths) - maxItemPaths; more > 0 {
			parts = append(parts, "and "+amount.Of(more, "more value"))
		}
	}
	return strings.Join(parts, "<br>")
}

// orNothing is a JSON text, or what says that there is none.
func orNothing(text string) string {
	if text == "" {
		return "(none)"
	}
	return code(text)
}

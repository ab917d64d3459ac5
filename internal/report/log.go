package report

import (
	"io"
	"iter"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/itemdiff"
	"github.com/schemaguard/schemaguard/internal/report/export"
	"github.com/schemaguard/schemaguard/internal/report/summary"
)

// How much of a commit a log shows unless it is verbose.
const (
	logItems = 10
	logPaths = 4 // names of values, where the values are not shown
)

// Log writes the history of a snapshot, as text commit by commit as they are
// read, or as one JSON object at the end. Its errors are those of w and of the
// commits.
func Log(w io.Writer, l *itemdiff.Log, commits iter.Seq2[itemdiff.Commit, error], json bool, o Options) error {
	p := newPage(o)
	if l.Gone {
		p.notes([]string{l.Item + " is not in the newest snapshot any more"})
		p.gap()
	}
	for c, err := range commits {
		if err != nil {
			return err
		}
		if json {
			l.Commits = append(l.Commits, c)
			continue
		}
		p.logCommit(l, &c, o)
		if err := p.flush(w); err != nil {
			return err
		}
		p = newPage(o)
	}
	if json {
		return logJSON(w, l, o)
	}
	p.notes(l.Notes)
	return p.flush(w)
}

// logCommit writes one commit: `-` what it removed, `+` what it created, `~`
// what it changed. The values are shown in the log of an item, and where o is
// verbose.
func (p *page) logCommit(l *itemdiff.Log, c *itemdiff.Commit, o Options) {
	p.line(0, name(c.ID[:min(len(c.ID), 10)], yellow), text(" "+c.Time.Local().Format("2006-01-02 15:04")+" ", plain),
		name(c.Author, bold), text(": "+c.Subject, plain))
	for _, other := range c.Merge {
		p.line(2, text("merges ", dim), name(other[:min(len(other), 10)], dim))
	}
	full := l.Item != "" || o.Verbose
	switch {
	case c.NotReadable != "":
		p.line(2, text("not readable: ", magenta), text(c.NotReadable, plain))
	case c.FileRemoved:
		p.line(2, text("removed the snapshot file", red))
	case c.Directus != "":
		p.line(2, text("~ Directus ", yellow), text(c.Directus, plain))
	case len(c.Items) == 0:
		p.line(2, text("nothing that Directus compares: order or form", dim))
	}
	p.logItems(c.Items, full, o.Verbose)
	p.gap()
}

// logItems writes the items. Those that come or go with their collection are
// counted there, unless everything is to be shown.
func (p *page) logItems(items []itemdiff.Item, full, verbose bool) {
	var rows []itemdiff.Item
	with := map[string]map[string]int{} // by collection and kind
	for _, item := range items {
		if counts := with[item.Collection]; counts != nil && !full && item.Where != itemdiff.Both {
			counts[item.Kind]++
			continue
		}
		if item.Kind == "collection" && item.Where != itemdiff.Both {
			with[item.Collection] = map[string]int{}
		}
		rows = append(rows, item)
	}
	for i, item := range rows {
		if i == logItems && !verbose && len(rows) > logItems+1 {
			p.line(2, text("and "+amount.Of(len(rows)-i, "more item")+" (-v shows them)", dim))
			return
		}
		p.logItem(item, with[item.Collection], full, verbose)
	}
}

func (p *page) logItem(item itemdiff.Item, with map[string]int, full, verbose bool) {
	sign, st, is := "~", yellow, ""
	switch item.Where {
	case itemdiff.OnlyA:
		sign, st, is = "-", red, item.A
	case itemdiff.OnlyB:
		sign, st, is = "+", green, item.B
	case itemdiff.Both:
	}
	spans := []span{name(sign, st), text(" "+item.Kind+" ", st), name(item.Name, st)}
	if is != "" {
		spans = append(spans, text(": "+is, plain))
	}
	if item.Kind == "collection" {
		var parts []string
		for _, kind := range []string{"field", "system field", "relation"} {
			if n := with[kind]; n > 0 {
				parts = append(parts, amount.Of(n, kind))
			}
		}
		if len(parts) > 0 {
			spans = append(spans, text(" with "+summary.List(parts, 0), plain))
		}
	}
	if !full && item.Where == itemdiff.Both {
		names := make([]string, 0, len(item.Paths))
		for _, c := range item.Paths {
			names = append(names, summary.Shown(c.Path))
		}
		spans = append(spans, text(": "+summary.List(names, logPaths), plain))
	}
	p.line(2, spans...)
	if !full {
		return
	}
	for _, c := range item.Paths {
		if !verbose {
			c.A, c.B = summary.Excerpts(c.A, c.B)
		}
		p.line(6, name(c.Path, cyan), text(": ", plain), value(c.A, red), text(" -> ", dim), value(c.B, green))
	}
}

func logJSON(w io.Writer, l *itemdiff.Log, o Options) error {
	out := struct {
		SchemaVersion int    `json:"schema_version"`
		Tool          string `json:"tool"`
		itemdiff.Log
		Commits []itemdiff.Commit `json:"commits"`
	}{export.SchemaVersion, export.Tool(o.export()), *l, append([]itemdiff.Commit{}, l.Commits...)}
	for i := range out.Commits {
		if out.Commits[i].Items == nil {
			out.Commits[i].Items = []itemdiff.Item{}
		}
	}
	return export.WriteJSON(w, out)
}

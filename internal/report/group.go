package report

import (
	"sort"
	"strings"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

// entry is a change together with what is said about it elsewhere.
type entry struct {
	policy.Change
	children map[string]int // kind to number of the changes folded into this one
	findings []finding.Finding
}

// group holds the entries of one class.
type group struct {
	class   threeway.Class
	entries []entry
}

// grouped sorts changes by class and attaches findings to the items that they
// name; rest are the findings that name none of them. Unless verbose, the fields
// and relations of a collection that shares their class are folded into it.
func grouped(v *policy.Verdict, verbose bool) (groups []group, rest []finding.Finding) {
	byItem := map[string][]finding.Finding{}
	for _, f := range v.Findings {
		if f.Item != "" {
			byItem[f.Item] = append(byItem[f.Item], f)
		}
	}
	attached := map[string]bool{}
	for _, class := range classOrder() {
		g := group{class: class}
		parents := map[string]int{} // collection to its place in g.entries
		for _, c := range v.Changes {
			if c.Class == class && c.Kind == "collection" && !verbose {
				parents[c.Name] = -1
			}
		}
		var children []policy.Change
		for _, c := range v.Changes {
			if c.Class != class {
				continue
			}
			attached[c.Item] = true
			if parent(c, parents) != "" {
				children = append(children, c)
				continue
			}
			if c.Kind == "collection" && !verbose {
				parents[c.Name] = len(g.entries)
			}
			g.entries = append(g.entries, entry{Change: c, findings: byItem[c.Item]})
		}
		for _, c := range children {
			fold(&g.entries[parents[parent(c, parents)]], c, byItem[c.Item])
		}
		if len(g.entries) > 0 {
			groups = append(groups, g)
		}
	}
	for _, f := range v.Findings {
		if !attached[f.Item] {
			rest = append(rest, f)
		}
	}
	sortFindings(rest)
	return groups, rest
}

// parent returns the collection, among those given, that a field or relation
// belongs to; empty where there is none. Names may hold dots of their own, so
// every dot may be the one between collection and field.
func parent(c policy.Change, collections map[string]int) string {
	if c.Kind == "collection" {
		return ""
	}
	for i := range len(c.Name) {
		if c.Name[i] != '.' {
			continue
		}
		if _, ok := collections[c.Name[:i]]; ok {
			return c.Name[:i]
		}
	}
	return ""
}

// fold counts a child in its collection. Findings that say more than that the
// child goes or comes with its collection are kept.
func fold(e *entry, child policy.Change, findings []finding.Finding) {
	if e.children == nil {
		e.children = map[string]int{}
	}
	e.children[child.Kind]++
	for _, f := range findings {
		if !generic(f.Code) {
			e.findings = append(e.findings, f)
		}
	}
}

// generic tells whether a finding says no more than the class of its item and
// what a boot does to it, both of which are shown anyway.
func generic(c finding.Code) bool {
	switch c {
	case finding.CollectionDrop, finding.FieldDrop, finding.RelationDrop, finding.FolderDrop, finding.EditLost,
		finding.DeleteUndone, finding.Conflict, finding.Ahead, finding.CommittedDrop,
		finding.PendingCreate, finding.PendingUpdate:
		return true
	}
	return false
}

// sortFindings puts what refuses first, then the graver.
func sortFindings(all []finding.Finding) {
	sort.SliceStable(all, func(i, j int) bool {
		if all[i].Refuses != all[j].Refuses {
			return all[i].Refuses
		}
		return all[i].Severity > all[j].Severity
	})
}

// with says what is folded into the entry: "12 fields and 2 relations".
func (e entry) with() string {
	var parts []string
	for _, kind := range []string{"field", "system field", "relation"} {
		if n := e.children[kind]; n > 0 {
			parts = append(parts, count(n, kind))
		}
	}
	return list(parts, 0)
}

// codes returns the codes of the generic findings attached to the entry, each
// once. The others have a line of their own.
func (e entry) codes() string {
	var codes []string
	seen := map[finding.Code]bool{}
	for _, f := range e.findings {
		if generic(f.Code) && !seen[f.Code] {
			seen[f.Code] = true
			codes = append(codes, string(f.Code))
		}
	}
	return strings.Join(codes, ", ")
}

// author returns who made the item, from the change or a finding about it.
func (e entry) author() string {
	if e.Author != "" {
		return e.Author
	}
	for _, f := range e.findings {
		if f.Author != "" {
			return f.Author
		}
	}
	return ""
}

// losses returns what the entry's losses are, in words; those of nothing are
// left out where there are others.
func (e entry) losses() []string {
	var parts []string
	for _, l := range e.Loss {
		if l.Count != 0 || len(e.Loss) == 1 {
			parts = append(parts, lossText(l))
		}
	}
	return parts
}

// harm sums up what a boot would destroy that nobody asked for; where there is
// nothing of the kind, what it deletes because commits ask for it; empty where
// it destroys nothing.
func harm(groups []group) string {
	var unasked, asked []entry
	for _, g := range groups {
		for _, e := range g.entries {
			switch {
			case !e.Loses:
			case g.class == threeway.CommittedDrop || g.class.Pending():
				asked = append(asked, e)
			default:
				unasked = append(unasked, e)
			}
		}
	}
	switch {
	case len(unasked) > 0:
		return "the next boot destroys work in " + summed(unasked)
	case len(asked) > 0:
		return "the next boot deletes what commits removed or narrowed: " + summed(asked)
	}
	return ""
}

// summed counts entries by kind, and says the biggest of their losses.
func summed(entries []entry) string {
	kinds := map[string]int{}
	var order []string
	var losses []policy.Loss
	for _, e := range entries {
		if kinds[e.Kind]++; kinds[e.Kind] == 1 {
			order = append(order, e.Kind)
		}
		losses = append(losses, e.Loss...)
	}
	for i, kind := range order {
		order[i] = count(kinds[kind], kind)
	}
	said := list(order, 0)
	if texts := biggest(losses); len(texts) > 0 {
		said += " (" + list(texts, 3) + ")"
	}
	return said
}

// biggest returns the losses that are not nothing, in words, the biggest first,
// and those that could not be counted before them.
func biggest(losses []policy.Loss) []string {
	sorted := make([]policy.Loss, 0, len(losses))
	for _, l := range losses {
		if l.Count != 0 {
			sorted = append(sorted, l)
		}
	}
	sort.SliceStable(sorted, func(i, j int) bool {
		a, b := sorted[i].Count, sorted[j].Count
		return a < 0 && b >= 0 || a > b && b >= 0
	})
	texts := make([]string, len(sorted))
	for i, l := range sorted {
		texts[i] = lossText(l)
	}
	return texts
}

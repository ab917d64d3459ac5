package summary

import (
	"sort"
	"strings"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

// Entry is a change together with what is said about it elsewhere.
type Entry struct {
	policy.Change
	Children map[string]int // kind to number of the changes folded into this one
	Findings []finding.Finding
}

// Group holds the entries of one class.
type Group struct {
	Class   threeway.Class
	Entries []Entry
}

// Groups sorts changes by class and attaches findings to the items that they
// name; rest are the findings that name none of them. Unless verbose, the fields
// and relations of a collection that shares their class are folded into it.
func Groups(v *policy.Verdict, verbose bool) (groups []Group, rest []finding.Finding) {
	byItem := map[string][]finding.Finding{}
	for _, f := range v.Findings {
		if f.Item != "" {
			byItem[f.Item] = append(byItem[f.Item], f)
		}
	}
	attached := map[string]bool{}
	for _, class := range classOrder() {
		g := Group{Class: class}
		parents := map[string]int{} // collection to its place in g.Entries
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
				parents[c.Name] = len(g.Entries)
			}
			g.Entries = append(g.Entries, Entry{Change: c, Findings: byItem[c.Item]})
		}
		for _, c := range children {
			fold(&g.Entries[parents[parent(c, parents)]], c, byItem[c.Item])
		}
		if len(g.Entries) > 0 {
			groups = append(groups, g)
		}
	}
	for _, f := range v.Findings {
		if !attached[f.Item] {
			rest = append(rest, f)
		}
	}
	SortFindings(rest)
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
func fold(e *Entry, child policy.Change, findings []finding.Finding) {
	if e.Children == nil {
		e.Children = map[string]int{}
	}
	e.Children[child.Kind]++
	for _, f := range findings {
		if !Generic(f.Code) {
			e.Findings = append(e.Findings, f)
		}
	}
}

// Generic tells whether a finding says no more than the class of its item and
// what a boot does to it, both of which are shown anyway.
func Generic(c finding.Code) bool {
	switch c {
	case finding.CollectionDrop, finding.FieldDrop, finding.RelationDrop, finding.FolderDrop, finding.EditLost,
		finding.DeleteUndone, finding.Conflict, finding.Ahead, finding.CommittedDrop,
		finding.PendingCreate, finding.PendingUpdate:
		return true
	}
	return false
}

// SortFindings puts what refuses first, then the graver.
func SortFindings(all []finding.Finding) {
	sort.SliceStable(all, func(i, j int) bool {
		if all[i].Refuses != all[j].Refuses {
			return all[i].Refuses
		}
		return all[i].Severity > all[j].Severity
	})
}

// With says what is folded into the entry: "12 fields and 2 relations".
func (e Entry) With() string {
	var parts []string
	for _, kind := range []string{"field", "system field", "relation"} {
		if n := e.Children[kind]; n > 0 {
			parts = append(parts, Count(n, kind))
		}
	}
	return List(parts, 0)
}

// Codes returns the codes of the generic findings attached to the entry, each
// once. The others have a line of their own.
func (e Entry) Codes() string {
	var codes []string
	seen := map[finding.Code]bool{}
	for _, f := range e.Findings {
		if Generic(f.Code) && !seen[f.Code] {
			seen[f.Code] = true
			codes = append(codes, string(f.Code))
		}
	}
	return strings.Join(codes, ", ")
}

// Who returns who made the item, from the change or a finding about it.
func (e Entry) Who() string {
	if e.Author != "" {
		return e.Author
	}
	for _, f := range e.Findings {
		if f.Author != "" {
			return f.Author
		}
	}
	return ""
}

// Losses returns what the entry's losses are, in words; those of nothing are
// left out where there are others.
func (e Entry) Losses() []string {
	var parts []string
	for _, l := range e.Loss {
		if l.Count != 0 || len(e.Loss) == 1 {
			parts = append(parts, lossText(l))
		}
	}
	return parts
}

// Size counts the items of a group, folded ones too.
func (g Group) Size() int {
	n := len(g.Entries)
	for _, e := range g.Entries {
		for _, folded := range e.Children {
			n += folded
		}
	}
	return n
}

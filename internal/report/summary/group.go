package summary

import (
	"sort"
	"strings"

	"github.com/schemaguard/schemaguard/internal/amount"
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
// name; rest are the findings that name none of them. Unless verbose, changes
// that another covers (the fields of a collection that goes as a whole) are
// folded into that one.
func Groups(v *policy.Verdict, verbose bool) (groups []Group, rest []finding.Finding) {
	byItem := map[string][]finding.Finding{}
	for _, f := range v.Findings {
		if f.Item != "" {
			byItem[f.Item] = append(byItem[f.Item], f)
		}
	}
	covers := map[string]bool{} // collections that have a change of their own
	for _, c := range v.Changes {
		if c.Kind == "collection" {
			covers[c.Name] = true
		}
	}
	shown := map[string]bool{}
	covered := map[string][]policy.Change{} // by collection
	byClass := map[threeway.Class][]Entry{}
	for _, c := range v.Changes {
		shown[c.Item] = true
		if c.Under != "" && covers[c.Under] && !verbose {
			covered[c.Under] = append(covered[c.Under], c)
			continue
		}
		byClass[c.Class] = append(byClass[c.Class], Entry{Change: c, Findings: byItem[c.Item]})
	}
	for _, class := range classOrder() {
		entries := byClass[class]
		for i := range entries {
			if entries[i].Kind != "collection" {
				continue
			}
			for _, c := range covered[entries[i].Name] {
				fold(&entries[i], c, byItem[c.Item])
			}
		}
		if len(entries) > 0 {
			groups = append(groups, Group{Class: class, Entries: entries})
		}
	}
	for _, f := range v.Findings {
		if !shown[f.Item] {
			rest = append(rest, f)
		}
	}
	SortFindings(rest)
	return groups, rest
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
		finding.DeleteUndone, finding.Conflict, finding.Ahead, finding.StaleTarget, finding.CommittedDrop,
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
			parts = append(parts, amount.Of(n, kind))
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
// left out where there are others, and so are the fields and relations that
// [Entry.With] counts.
func (e Entry) Losses() []string {
	var parts []string
	for _, l := range e.Loss {
		counted := len(e.Children) > 0 && (l.What == "fields of "+e.Name || l.What == "relations of "+e.Name)
		if !counted && (l.Count != 0 || len(e.Loss) == 1) {
			parts = append(parts, lossText(l))
		}
	}
	return parts
}

// Size counts the items of a group, without those that another item covers.
func (g Group) Size() int {
	n := 0
	for _, e := range g.Entries {
		if e.Under == "" {
			n++
		}
	}
	return n
}

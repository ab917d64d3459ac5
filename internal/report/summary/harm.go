package summary

import (
	"sort"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

// Harm sums up what a boot would destroy that nobody asked for; where there is
// nothing of the kind, what it deletes because commits ask for it; empty where
// it destroys nothing.
func Harm(groups []Group) string {
	var unasked, asked []Entry
	for _, g := range groups {
		for _, e := range g.Entries {
			switch {
			case !e.Loses || e.Under != "":
			case g.Class == threeway.CommittedDrop || g.Class.Pending():
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
func summed(entries []Entry) string {
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
		order[i] = amount.Of(kinds[kind], kind)
	}
	said := List(order, 0)
	if texts := Biggest(losses); len(texts) > 0 {
		said += " (" + List(texts, 3) + ")"
	}
	return said
}

// Biggest returns the losses that are not nothing, in words, the biggest first,
// and those that could not be counted before them. Where rows or values of the
// team are lost, what else goes with them is left out.
func Biggest(losses []policy.Loss) []string {
	var data, other []policy.Loss
	for _, l := range losses {
		switch {
		case l.Count == 0:
		case l.Data:
			data = append(data, l)
		default:
			other = append(other, l)
		}
	}
	if len(data) == 0 {
		data = other
	}
	sort.SliceStable(data, func(i, j int) bool {
		a, b := data[i].Count, data[j].Count
		return a < 0 && b >= 0 || a > b && b >= 0
	})
	texts := make([]string, len(data))
	for i, l := range data {
		texts[i] = lossText(l)
	}
	return texts
}

package config

import (
	"strings"

	"github.com/schemaguard/schemaguard/internal/spelling"
)

// suggest returns the key or section nearest to an unknown name, "" when none is
// near enough to be a slip of the finger or a key in the wrong section.
func suggest(name string, table []key) string {
	if len(name) > 60 {
		return ""
	}
	best, bestCost := "", 1+len(name)/3
	for _, k := range table {
		section, leaf, nested := strings.Cut(k.name, ".")
		for _, candidate := range []string{k.name, section} {
			if cost := spelling.Distance(strings.ToLower(name), strings.ToLower(candidate)); cost < bestCost {
				best, bestCost = candidate, cost
			}
		}
		// The right key in the wrong section, or at the top.
		if nested && bestCost > 1 && strings.EqualFold(leaf, name[strings.LastIndexByte(name, '.')+1:]) {
			best, bestCost = k.name, 1
		}
	}
	return best
}

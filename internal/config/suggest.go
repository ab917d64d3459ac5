package config

import "strings"

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
			if cost := distance(name, candidate); cost < bestCost {
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

// distance is the number of single-byte edits between a and b, case ignored.
func distance(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

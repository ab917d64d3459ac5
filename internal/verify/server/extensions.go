package server

import (
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
)

// Extensions are those that the files create: CREATE EXTENSION [IF NOT EXISTS] name.
// One that a DO block creates is not seen.
func Extensions(set sqlfile.Set) []string {
	var out []string
	for i := range set.Files {
		for _, s := range set.Files[i].Statements {
			words := strings.Fields(s.Text)
			if len(words) < 3 || !strings.EqualFold(words[0], "create") || !strings.EqualFold(words[1], "extension") {
				continue
			}
			words = words[2:]
			if len(words) > 3 && strings.EqualFold(words[0], "if") && strings.EqualFold(words[1], "not") && strings.EqualFold(words[2], "exists") {
				words = words[3:]
			}
			if name := strings.Trim(words[0], `"`); name != "" && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

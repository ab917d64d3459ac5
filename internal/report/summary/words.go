package summary

import (
	"strings"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

// lossText says a loss in words: "1,204 rows of orders", "~5,000,000 rows of
// positions", "rows of orders not counted".
func lossText(l policy.Loss) string {
	if l.Count < 0 {
		return l.What + " not counted"
	}
	what := l.What
	if l.Count == 1 {
		first, rest, _ := strings.Cut(what, " ")
		what = strings.TrimSpace(singular(first) + " " + rest)
	}
	mark := ""
	if l.Estimate {
		mark = "~"
	}
	return mark + amount.Thousands(l.Count) + " " + what
}

// singular undoes the plural of the first word of a loss.
func singular(word string) string {
	if stem, ok := strings.CutSuffix(word, "ies"); ok {
		return stem + "y"
	}
	return strings.TrimSuffix(word, "s")
}

// List joins parts as a sentence does: "a, b and c". Beyond limit parts, the
// rest is counted: "a, b and 3 more".
func List(parts []string, limit int) string {
	if limit > 0 && len(parts) > limit {
		return strings.Join(parts[:limit], ", ") + " and " + amount.Thousands(len(parts)-limit) + " more"
	}
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

// Meaning says what a class means, in the words of somebody who knows Directus.
func Meaning(c threeway.Class) string {
	switch c {
	case threeway.Conflict:
		return "changed in the database and in the snapshot since both were equal"
	case threeway.UnsavedCreate:
		return "only in the database, and in no commit"
	case threeway.UnsavedEdit:
		return "changed in the database, and in no commit"
	case threeway.UnsavedDelete:
		return "deleted in the database, still in the snapshot"
	case threeway.Ahead:
		return "committed, but not in the history of this snapshot"
	case threeway.CommittedDrop:
		return "removed by a commit, still in the database"
	case threeway.PendingCreate:
		return "in the snapshot, not yet in the database"
	case threeway.PendingUpdate:
		return "newer in the snapshot than in the database"
	case threeway.InSync:
	}
	return ""
}

// classOrder is the order in which classes are reported, the worst first.
func classOrder() []threeway.Class {
	return []threeway.Class{
		threeway.Conflict, threeway.UnsavedCreate, threeway.UnsavedEdit, threeway.UnsavedDelete,
		threeway.Ahead, threeway.CommittedDrop, threeway.PendingUpdate, threeway.PendingCreate,
	}
}

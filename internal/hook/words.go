package hook

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/lastverdict"
	"github.com/schemaguard/schemaguard/internal/moment"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

// maxNames is how many items one line names.
const maxNames = 3

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func come(n int) string {
	if n == 1 {
		return "comes"
	}
	return "come"
}

func them(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// names lists the items of some classes: "collection orders, field a.b and 3 more".
func names(v *policy.Verdict, of func(threeway.Class) bool) string {
	var all []string
	for _, c := range v.Changes {
		if of(c.Class) && c.Under == "" {
			all = append(all, c.Item)
		}
	}
	return listed(all)
}

func listed(all []string) string {
	if len(all) <= maxNames {
		return strings.Join(all, ", ")
	}
	return strings.Join(all[:maxNames], ", ") + fmt.Sprintf(" and %d more", len(all)-maxNames)
}

// branches names the refs that have what is ahead.
func branches(v *policy.Verdict) string {
	var refs []string
	for _, c := range v.Changes {
		if c.Class == threeway.Ahead && c.Branch != "" && !slices.Contains(refs, c.Branch) {
			refs = append(refs, c.Branch)
		}
	}
	if len(refs) == 0 {
		return "another branch"
	}
	return listed(refs)
}

// seenWords says what the last check saw.
func seenWords(r lastverdict.Record, now time.Time) string {
	words := fmt.Sprintf("the last check of this database (%s) saw %s", moment.Text(r.At, now), count(r.Unsaved, "unsaved item"))
	if len(r.Items) > 0 {
		words += ": " + listed(r.Items)
	}
	return words
}

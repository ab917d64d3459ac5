package watch

import (
	"fmt"
	"strings"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/overview"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report/summary"
)

// boot is a container's snapshot among the places.
const boot = "boot"

// standing finds out where the work in live stands, and which place shows it: the
// first one that lacks some of it, else the first. Places are worktree, index and
// HEAD as far as there are any, then the boots.
func standing(places []overview.Place) (Standing, *overview.Place) {
	first := &places[0]
	switch c := first.Verdict.Counts; {
	case first.Verdict.ExitCode() == exitcode.Invalid:
		return Invalid, first
	case first.Verdict.State == policy.NotRun:
		return NotChecked, first
	case c.Conflict > 0:
		return Conflict, first
	case c.Unsaved > 0:
		return Unsaved, first
	case c.Ahead > 0:
		return Ahead, first
	}
	unknown := (*overview.Place)(nil)
	for i := range places[1:] {
		p := &places[i+1]
		switch {
		case p.Name == boot && p.Missing: // it applies nothing, so it destroys nothing
		case !p.Readable() && p.Name == boot:
			if unknown == nil {
				unknown = p
			}
		case lacks(p) > 0, !p.Readable(), p.Name == boot && p.Verdict.State != policy.Clean:
			return map[string]Standing{"index": NotStaged, "HEAD": NotInCommit, boot: NotInImage}[p.Name], p
		}
	}
	if unknown != nil {
		return BootUnknown, unknown
	}
	for i := range places { // of a place besides the worktree as well: it is not clean where git or an image has more
		if c := places[i].Verdict.Counts; c.Pending > 0 || c.CommittedDrop > 0 {
			return Pending, &places[i]
		}
	}
	return Clean, first
}

// lacks counts the items of live that a place has not.
func lacks(p *overview.Place) int {
	c := p.Verdict.Counts
	return c.Unsaved + c.Conflict + c.Ahead
}

// describe says a standing in one line: what it is, which items, and what a boot
// would do to the first of them.
func describe(s Standing, p *overview.Place) string {
	v := &p.Verdict
	switch s {
	case Invalid:
		return unreadable(v)
	case NotChecked, BootUnknown:
		return summary.Headline(v)
	case Clean:
		return "the database, git and the next boot agree"
	case Conflict, Unsaved, Ahead, NotStaged, NotInCommit, NotInImage, Pending:
	}
	var names []string
	var losses []policy.Loss
	for i := range v.Changes {
		c := &v.Changes[i]
		if c.Under != "" || s != Pending && c.Class.Pending() {
			continue
		}
		names = append(names, c.Item)
		if c.Loses {
			losses = append(losses, c.Loss...)
		}
	}
	if len(names) == 0 {
		return summary.Headline(v)
	}
	text := amount.Of(len(names), "item") + ": " + summary.List(names, shownItems)
	if biggest := summary.Biggest(losses); len(biggest) > 0 {
		text += fmt.Sprintf(" (a boot would destroy %s)", strings.Join(biggest[:min(len(biggest), shownLosses)], ", "))
	}
	return text
}

// unreadable says what is wrong with a snapshot file, and where.
func unreadable(v *policy.Verdict) string {
	text := summary.Headline(v)
	for i := range v.Findings {
		f := &v.Findings[i]
		if f.Severity != finding.Invalid || f.Message == text {
			continue
		}
		message, _ := strings.CutPrefix(f.Message, f.File+" ")
		return text + ": " + summary.Place(*f) + ": " + message
	}
	return text
}

// How much of a state one line names.
const (
	shownItems  = 3
	shownLosses = 2
)

// next returns the commands to type.
func next(s Standing, p *overview.Place) []string {
	switch s {
	case NotInCommit:
		return []string{"git commit"}
	case NotStaged:
		return []string{"schemaguard snapshot --stage"}
	case Clean:
		return nil
	case NotChecked, Invalid, Conflict, Unsaved, Ahead, NotInImage, BootUnknown, Pending:
	}
	commands := summary.Next(&p.Verdict)
	if s == Invalid && len(commands) == 0 && len(p.Verdict.Findings) > 0 {
		return []string{"schemaguard explain " + string(p.Verdict.Findings[0].Code)}
	}
	return commands
}

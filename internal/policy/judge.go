package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

// Rule says whose question it is, which decides what refuses.
type Rule uint8

// The rules.
const (
	// Commit asks whether the target holds the work that is in live: the git
	// hooks and CI. Unsaved items and conflicts refuse; what is ahead is in git
	// and gets a line.
	Commit Rule = iota + 1
	// Boot asks what the next start with this target would destroy: the docker
	// guard and the boot gate. What is ahead refuses too, and so does a committed
	// drop that takes rows with it.
	Boot
	// Join asks of a merge, rebase, cherry-pick or revert whether the outcome can
	// be relied on. Work that is in live and in no snapshot is the business of the
	// next commit: it gets a line and refuses nothing.
	Join
)

// Count is how many rows or values an effect would destroy; -1: not counted.
type Count struct {
	N        int64
	Estimate bool
}

// Author is who changed an item last.
type Author struct {
	Action string // "create", "update" or "delete"
	At     time.Time
	Email  string // empty where it is not known
	Text   string // "created 14:02 by anna@example.com"
}

// Input is everything a verdict is made from. All of it is data.
type Input struct {
	Rule Rule
	// Guard makes a no a refusal; without it the verdict is drift.
	Guard   bool
	Changes []threeway.Change
	InSync  int
	Plan    *plan.Plan
	Loss    map[plan.Effect]Count
	Authors map[snapshot.Key]Author
	// HandEdited holds the items whose version in the target neither live nor
	// any commit has.
	HandEdited map[snapshot.Key]bool
	// Staged says that the target is about to be committed: then what was edited
	// by hand refuses.
	Staged bool
	// Mine are the e-mail addresses of those whose unsaved work refuses; nil for
	// everybody's. What nobody is known to have made refuses always.
	Mine []string
	// File is the target's file name, for findings that have a line.
	File string
	// Problems were found before: in the file, the versions, the situation.
	Problems []finding.Finding
	// NotAdopted says that there is neither git nor an applied point to tell
	// work from leftovers, and that live has collections of its own.
	NotAdopted bool
}

// Judge makes the verdict. The caller adds the names of the sides.
func Judge(in Input) Verdict {
	j := judge{Input: in, actions: map[snapshot.Key]*plan.Action{}}
	j.v = Verdict{State: Clean, Changes: []Change{}, Findings: []finding.Finding{}}
	j.v.Counts.InSync = in.InSync
	j.index()
	for _, p := range in.Problems {
		j.found(p)
	}
	if in.NotAdopted {
		j.notAdopted()
	}
	for i := range in.Changes {
		j.change(&in.Changes[i])
	}
	j.planOnly()
	j.applyFails()
	j.renames()
	j.conclude()
	return j.v
}

// judge is one judgement in the making.
type judge struct {
	Input
	actions map[snapshot.Key]*plan.Action
	changed map[snapshot.Key]*threeway.Change
	v       Verdict
}

func (j *judge) index() {
	if j.Plan != nil {
		for i := range j.Plan.Actions {
			a := &j.Plan.Actions[i]
			if _, seen := j.actions[a.Key]; !seen {
				j.actions[a.Key] = a
			}
		}
	}
	j.changed = make(map[snapshot.Key]*threeway.Change, len(j.Changes))
	for i := range j.Changes {
		j.changed[j.Changes[i].Key] = &j.Changes[i]
	}
}

func (j *judge) found(f finding.Finding) { j.v.Findings = append(j.v.Findings, f) }

// under names the collection whose own change covers this item's: the fields
// of a collection that comes or goes as a whole.
func (j *judge) under(c *threeway.Change) string {
	if c.Key.Kind == snapshot.Collection || c.Key.Kind == snapshot.SystemField {
		return ""
	}
	owner := j.changed[snapshot.Key{Kind: snapshot.Collection, Collection: c.Key.Collection}]
	if owner == nil || (owner.Live == nil) != (c.Live == nil) || (owner.Target == nil) != (c.Target == nil) {
		return ""
	}
	if owner.Live != nil && owner.Target != nil {
		return ""
	}
	return c.Key.Collection
}

// change reports one item of the comparison.
func (j *judge) change(c *threeway.Change) {
	action := j.actions[c.Key]
	out := Change{
		Item: c.Key.String(), Kind: c.Key.Kind.String(), Name: c.Key.Name(), Class: c.Class, Branch: c.Branch,
		Boot: bootWords(c, action), Loses: destroys(c, action), Under: j.under(c),
		Paths: pathsOf(c),
	}
	author := j.authorOf(c)
	out.Author, out.ChangedAt = author.Text, author.At
	if out.Under == "" {
		out.Loss = j.lossOf(c.Key, action)
		j.count(c.Class)
	}
	j.v.Changes = append(j.v.Changes, out)
	if out.Under == "" {
		j.judgeChange(c, action, out)
	}
}

func (j *judge) count(class threeway.Class) {
	n := &j.v.Counts
	switch {
	case class.Unsaved():
		n.Unsaved++
	case class.Pending():
		n.Pending++
	case class == threeway.Ahead:
		n.Ahead++
	case class == threeway.Conflict:
		n.Conflict++
	case class == threeway.CommittedDrop:
		n.CommittedDrop++
	}
}

// authorOf says who did it, if the last known change of the item is of the kind
// that the class is: an edit made past Directus leaves an older entry behind.
func (j *judge) authorOf(c *threeway.Change) Author {
	author := j.Authors[c.Key]
	switch {
	case c.Class == threeway.UnsavedCreate && author.Action == "create",
		c.Class == threeway.UnsavedDelete && author.Action == "delete",
		(c.Class == threeway.UnsavedEdit || c.Class == threeway.Conflict) && author.Action == "update":
		return author
	}
	return Author{}
}

// others tells whether somebody else than those who are asked made the change.
func (j *judge) others(c *threeway.Change) bool {
	email := j.authorOf(c).Email
	return j.Mine != nil && email != "" && !slices.ContainsFunc(j.Mine, func(m string) bool { return strings.EqualFold(m, email) })
}

// judgeChange makes the findings of one item that stands for itself.
func (j *judge) judgeChange(c *threeway.Change, action *plan.Action, out Change) {
	f := finding.Finding{
		Code: codeOf(c, action), Item: out.Item, Message: out.Item + " " + classWords(c), Harm: harmWords(out, action),
		Author: out.Author, File: j.File,
	}
	if c.Class == threeway.Ahead && j.Rule == Boot {
		f.Code = finding.StaleTarget
	}
	if c.Target != nil {
		f.Line = c.Target.Line
	}
	f.Severity, f.Refuses, f.Fix = j.weigh(c, action, out)
	if f.Line == 0 && f.File != "" {
		f.Line = 1
	}
	j.found(f)
	if j.Rule != Join && j.HandEdited[c.Key] && c.Class != threeway.InSync {
		j.found(j.handEdit(out.Item, f.Line))
	}
	if action != nil && action.NotConvergent != "" {
		j.found(finding.Finding{
			Code: finding.NotConvergent, Severity: finding.Warning, Item: out.Item, File: j.File, Line: f.Line,
			Message: out.Item + " would differ again after every boot: " + action.NotConvergent, Fix: saveCommand,
		})
	}
}

// handEdit reports an item of the file that nobody ever had.
func (j *judge) handEdit(item string, line int) finding.Finding {
	f := finding.Finding{
		Code: finding.HandEdit, Severity: finding.Warning, Item: item, File: j.File, Line: line,
		Message: item + " was changed in the file by hand: neither the database nor any commit has it so",
		Fix:     "schemaguard diff live " + cmp.Or(j.File, "worktree"),
	}
	if j.Staged && j.Rule == Commit {
		f.Severity, f.Refuses, f.Fix = finding.Danger, true, "git checkout HEAD -- "+cmp.Or(j.File, "snapshots/schema.yaml")
	}
	return f
}

// saveCommand is the way out of everything that live has and no snapshot holds.
const saveCommand = "schemaguard snapshot --stage"

// weigh decides what a change means under the rule that asks.
func (j *judge) weigh(c *threeway.Change, action *plan.Action, out Change) (s finding.Severity, refuses bool, fix string) {
	switch {
	case isBug(action):
		return finding.Danger, true, saveCommand
	case c.Class.Unsaved(), c.Class == threeway.Conflict:
		if j.Rule == Join || j.others(c) {
			return finding.Warning, false, ""
		}
		return finding.Danger, true, saveCommand
	case c.Class == threeway.Ahead:
		if j.Rule == Boot {
			return finding.Danger, true, "git log --oneline " + quoteRef(c.Branch) + " -1"
		}
		return finding.Note, false, ""
	case c.Class == threeway.CommittedDrop:
		if j.Rule == Boot && takesRows(out.Loss) {
			return finding.Danger, true, ""
		}
		return finding.Note, false, ""
	case out.Loses && takesRows(out.Loss):
		return finding.Danger, j.Rule == Boot, ""
	}
	return finding.Note, false, ""
}

// isBug tells an action that destroys what nobody asked to have destroyed:
// Directus takes an edit for a deletion, or a part for the whole.
func isBug(a *plan.Action) bool {
	return a != nil && a.Verb == plan.Drop && (a.Code == finding.MetaKeyMissing || a.Code == finding.PartialIgnored)
}

// takesRows tells whether something would be lost, or might be: what was not
// counted is not nothing.
func takesRows(loss []Loss) bool {
	for _, l := range loss {
		if l.Count != 0 && l.Data {
			return true
		}
	}
	return false
}

// planOnly reports what a boot would destroy although both sides agree on it:
// side effects of other changes.
func (j *judge) planOnly() {
	if j.Plan == nil {
		return
	}
	for i := range j.Plan.Actions {
		a := &j.Plan.Actions[i]
		if j.changed[a.Key] != nil || a.Verb != plan.Drop || a.Implied {
			continue
		}
		loss := j.lossOf(a.Key, a)
		f := finding.Finding{
			Code: a.Code, Severity: finding.Danger, Item: a.Key.String(), File: j.File, Fix: saveCommand,
			Message: a.Key.String() + " is the same in the database and the snapshot, yet a boot drops it: " + a.Cause,
			Harm:    lossWords(loss), Refuses: j.Rule == Boot || isBug(a),
		}
		j.found(f)
	}
}

// applyFails reports what would make the whole apply fail.
func (j *judge) applyFails() {
	if j.Plan == nil {
		return
	}
	if j.Plan.Fails != "" {
		j.found(finding.Finding{
			Code: cmp.Or(j.Plan.FailsCode, finding.ApplyFails), Severity: finding.Warning,
			Item: keyText(j.Plan.FailsAt), File: j.File, Refuses: j.Rule == Boot,
			Message: "the next boot fails and changes nothing: " + j.Plan.Fails, Fix: "schemaguard explain APPLY_FAILS",
		})
	}
	for _, d := range j.Plan.MayFail {
		j.found(finding.Finding{
			Code: cmp.Or(d.Code, finding.ApplyFails), Severity: finding.Note, Item: keyText(d.Key), File: j.File,
			Message: "the next boot may fail at " + d.Key.String() + ": " + d.Why,
		})
	}
}

func (j *judge) notAdopted() {
	j.found(finding.Finding{
		Code: finding.NotAdopted, Severity: finding.Danger, Refuses: true, File: j.File,
		Message: "the database has collections of its own, and nothing says which snapshot they came from",
		Fix:     "schemaguard init",
	})
}

func keyText(k snapshot.Key) string {
	if k.Collection == "" {
		return ""
	}
	return k.String()
}

// conclude sums the findings up.
func (j *judge) conclude() {
	v := &j.v
	refuses, invalid := 0, false
	for i := range v.Findings {
		if v.Findings[i].Refuses {
			refuses++
		}
		invalid = invalid || v.Findings[i].Severity == finding.Invalid
	}
	switch {
	case invalid:
		v.State, v.Reason = NotRun, "the snapshot file cannot be trusted"
	case refuses > 0 && j.Guard:
		v.State = Refused
	case refuses > 0:
		v.State = Drift
	}
	v.Summary = summary(v)
	v.Next = j.next()
}

// next lists the commands to type, best first.
func (j *judge) next() []string {
	n := j.v.Counts
	switch {
	case j.v.State == NotRun, j.Rule == Join:
		return nil
	case n.Conflict > 0:
		// Saving and committing in one go would take out what somebody committed.
		return []string{"schemaguard diff live " + j.side(), j.save()}
	case j.handEdits() > 0:
		return nil // the findings say how to take them back, and keeping what is pending would keep them
	case n.Unsaved > 0:
		return []string{j.save(), "git commit -m \"Save the schema\""}
	}
	return nil
}

// save is the command that saves live, without taking out of the file what
// somebody committed and live does not have yet.
func (j *judge) save() string {
	if n := j.v.Counts; n.Pending+n.CommittedDrop > 0 {
		return "schemaguard snapshot --keep-pending --stage"
	}
	return saveCommand
}

// side is what `schemaguard diff` calls the target.
func (j *judge) side() string {
	if j.Staged {
		return "index"
	}
	return cmp.Or(j.File, "worktree")
}

// handEdits counts the edits by hand that refuse.
func (j *judge) handEdits() int {
	n := 0
	for i := range j.v.Findings {
		if f := &j.v.Findings[i]; f.Code == finding.HandEdit && f.Refuses {
			n++
		}
	}
	return n
}

// ExitCode returns the exit code of the verdict: 0 clean, 2 drift or refused,
// 3 not-run, 5 where the snapshot file is invalid.
func (v Verdict) ExitCode() int {
	for i := range v.Findings {
		if v.Findings[i].Severity == finding.Invalid {
			return 5
		}
	}
	switch v.State {
	case Clean:
		return 0
	case Drift, Refused:
		return 2
	case NotRun:
	}
	return 3
}

// Unable returns the verdict of a check that could not be made.
func Unable(code finding.Code, reason, fix string) Verdict {
	info, _ := finding.Lookup(code)
	return Verdict{
		State: NotRun, Reason: reason, Summary: reason, Changes: []Change{},
		Findings: []finding.Finding{{Code: code, Severity: info.Severity, Message: reason, Fix: fix}},
	}
}

func summary(v *Verdict) string {
	parts := v.Counts.Words("to be dropped as committed")
	for _, p := range []struct {
		code finding.Code
		what string
	}{{finding.HandEdit, "edited by hand"}, {finding.MergeLost, "lost in the merge"}} {
		refused := 0
		for i := range v.Findings {
			if f := &v.Findings[i]; f.Code == p.code && f.Refuses {
				refused++
			}
		}
		if refused > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", refused, p.what))
		}
	}
	if len(parts) == 0 {
		parts = []string{"the database and the snapshot agree"}
	}
	return strings.Join(parts, ", ")
}

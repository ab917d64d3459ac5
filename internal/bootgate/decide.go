package bootgate

import (
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/merge"
	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

// verb is what a boot does with the schema.
type verb uint8

const (
	refuse  verb = iota // apply nothing
	nothing             // live is what is wanted already
	adopt               // take live as what was applied, and apply nothing
	show                // say the plan, and apply nothing
	apply               // apply the file
)

// decision is what follows from one look.
type decision struct {
	verb   verb
	exit   int    // of a refusal
	reason string // of a refusal, as a clause
	// file is what is applied: the target, or with additive what of it takes
	// nothing away; nil where that is what live is already.
	file    *snapshot.Snapshot
	partial bool     // file is not the target
	kept    []string // the items that were kept out of file
	plan    *plan.Plan
	// bin tells that what is doomed has to be in the recycle bin first, and why.
	bin string
	// stale tells that an approval was given, and for another plan.
	stale bool
}

// decide is what a boot does after a look; hash is that of the plan. It is pure.
func decide(o Options, l *Look, hash string) decision {
	v := &l.Verdict
	d := decision{stale: o.Approve != "" && o.Approve != hash, file: l.Target}
	if v.State == policy.NotRun || l.Target == nil {
		d.exit, d.reason = v.ExitCode(), v.Reason
		if d.exit == exitcode.OK {
			d.exit = exitcode.NotRun
		}
		return d
	}
	d.plan = l.simulate(l.Target)
	switch {
	case o.Adopt && o.Mode != DryRun && notAdopted(v):
		d.verb = adopt
		return d
	case len(v.Changes) == 0 && v.State == policy.Clean:
		d.verb = nothing
		return d
	case o.Mode == DryRun:
		d.verb = show
		return d
	case o.Mode == Force:
		d.verb, d.bin = apply, doomedBy(d.plan, "boot --mode force")
		return d
	case o.Approve != "" && o.Approve == hash:
		d.verb, d.bin = apply, doomedBy(d.plan, "boot, plan "+hash+" approved")
		return d
	case o.Mode == Additive:
		d.add(l)
		return d
	}
	if v.State != policy.Clean {
		d.exit, d.reason = v.ExitCode(), v.Summary
		return d
	}
	d.verb = apply
	return d
}

// simulate foretells what an apply of a snapshot would do.
func (l *Look) simulate(file *snapshot.Snapshot) *plan.Plan {
	before := l.Live
	if l.Upgraded != nil {
		before = l.Upgraded
	}
	return plan.Simulate(before, file, l.Version, l.Facts)
}

func notAdopted(v *policy.Verdict) bool {
	for i := range v.Findings {
		if v.Findings[i].Code == finding.NotAdopted {
			return true
		}
	}
	return false
}

// add decides what additive applies: of the target only what is pending and takes
// nothing away, and live for the rest.
func (d *decision) add(l *Look) {
	waits, taken := map[string]bool{}, map[string]bool{}
	for _, item := range dropped(d.plan) {
		taken[item] = true
	}
	for i := range l.Verdict.Changes {
		c := &l.Verdict.Changes[i]
		if c.Class.Pending() && !c.Loses && !taken[c.Item] {
			waits[c.Item] = true
		} else if c.Under == "" {
			d.kept = append(d.kept, c.Item)
		}
	}
	if len(d.kept) == 0 && !destructive(d.plan) && d.plan.Fails == "" {
		d.verb = apply
		return
	}
	d.partial = true
	d.file = merge.Keep(l.Live, l.Target, func(k snapshot.Key) bool { return waits[k.String()] })
	d.plan = l.simulate(d.file)
	switch {
	case destructive(d.plan):
		d.verb, d.exit = refuse, exitcode.Drift
		d.reason = "even the additive part would take something away: " + some(dropped(d.plan))
	case d.plan.Fails != "":
		d.verb, d.exit = refuse, exitcode.Drift
		d.reason = "the additive part cannot be applied: " + d.plan.Fails
	case d.plan.Empty():
		d.verb, d.file = nothing, nil
	default:
		d.verb = apply
	}
}

// doomedBy returns the reason to fill the recycle bin, empty where nothing is doomed.
func doomedBy(p *plan.Plan, reason string) string {
	if !destructive(p) {
		return ""
	}
	return reason
}

// destructive tells whether a plan takes away tables, columns, rows, values or
// settings. Whatever it sets to something else is not meant.
func destructive(p *plan.Plan) bool { return len(dropped(p)) > 0 }

func dropped(p *plan.Plan) []string {
	var items []string
	for i := range p.Actions {
		a := &p.Actions[i]
		if a.Verb == plan.Drop || takesAway(a.Effects) {
			items = append(items, a.Key.String())
		}
	}
	return items
}

func takesAway(effects []plan.Effect) bool {
	for _, e := range effects {
		switch e.Op {
		case plan.DropTable, plan.DropColumn, plan.NarrowType, plan.ChangeType, plan.DeleteMetaRow, plan.PurgeRows:
			return true
		}
	}
	return false
}

// pointAfter is what was applied, once live is l: the items in which live and the
// target agree; of the others what was applied before, so that work which was
// kept out of this boot does not count as applied. Where the target was applied
// as a whole, what Directus made of an item counts as well, even where it is not
// what the file says.
func pointAfter(l *Look, target *snapshot.Snapshot, whole bool) threeway.SyncPoint {
	var applied, last threeway.SyncPoint
	if p := syncpoint.Find(l.Points, syncpoint.Applied); p != nil {
		applied = p.Items
	}
	if p := syncpoint.Latest(l.Points); p != nil {
		last = p.Items
	}
	differs := map[snapshot.Key]bool{}
	for _, d := range threeway.Differences(l.Live, target) {
		differs[d.Key] = true
	}
	items := threeway.SyncPoint{}
	for _, key := range l.Live.Keys() {
		made := whole && target.Get(key) != nil
		if before, ok := applied[key]; differs[key] && !made {
			if ok {
				items[key] = before
			}
			continue
		}
		items[key] = l.Live.Digest(key)
	}
	for _, key := range target.Keys() {
		if before, ok := last[key]; ok && l.Live.Get(key) == nil {
			items[key] = before // deleted in live, and no boot brought it back
		}
	}
	return items
}

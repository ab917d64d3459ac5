package bootgate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/check"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
)

// attempts is how often a boot starts over because the schema changed while it
// was looking.
const attempts = 3

// errMoved says that the schema, or the rows that would go, changed between two looks.
var errMoved = errors.New("the database changed while this boot was looking at it")

// schema checks, applies what may be applied, and looks whether it was.
func (g *Gate) schema(ctx context.Context) (settled bool, err error) {
	if g.Target.Missing != nil {
		return false, g.unchecked(*g.Target.Missing)
	}
	for range attempts {
		settled, err = g.attempt(ctx)
		if !errors.Is(err, errMoved) {
			return settled, err
		}
	}
	reason := fmt.Sprintf("%v, %d times in a row: somebody is editing it", errMoved, attempts)
	return false, &failure{exit: exitcode.NotRun, reason: reason}
}

// unchecked fails a boot that has no snapshot.
func (g *Gate) unchecked(f finding.Finding) error {
	v := policy.Judge(policy.Input{Rule: policy.Boot, Guard: true, Problems: []finding.Finding{f}})
	v.Reason, v.Summary = f.Message, f.Message
	g.Show(v, nil)
	return &failure{exit: exitcode.Invalid, reason: f.Message}
}

// look asks the check about the target.
func (g *Gate) look(ctx context.Context, target check.Target, step string) (*Look, error) {
	began := g.Now()
	l, err := g.Database.Look(ctx, target)
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, g.failed(step, began, err, false)
	}
	if step == stepCheck {
		g.Log.Info("the database was compared with the snapshot: "+l.Verdict.Summary, append(g.at(step, began),
			slog.String("verdict", l.Verdict.State.String()), slog.String("directus", l.Verdict.Directus.Version),
			slog.String("snapshot", g.Target.File), slog.String("plan", PlanHash(l, target.Data)))...)
	}
	return l, nil
}

func (g *Gate) attempt(ctx context.Context) (settled bool, err error) {
	l, err := g.look(ctx, g.Target.Target, stepCheck)
	if err != nil {
		return false, err
	}
	hash := PlanHash(l, g.Target.Data)
	d := decide(g.Options, l, hash)
	g.approvals(d, hash)
	switch d.verb {
	case refuse:
		g.Show(l.Verdict, g.ways(l, d, hash))
		return false, &failure{exit: d.exit, reason: d.reason}
	case adopt:
		return false, g.adopt(ctx, l)
	case show:
		g.Show(l.Verdict, g.ways(l, d, hash))
		return false, nil
	case nothing:
		g.keptOut(l, d)
		if g.Mode != DryRun {
			g.record(ctx, l, l.Target, false)
		}
		return !d.partial, nil
	case apply:
	}
	g.keptOut(l, d)
	kept, err := g.fill(ctx, l, d)
	if err != nil {
		return false, err
	}
	if err := g.apply(ctx, l, d, kept); err != nil {
		return false, err
	}
	return !d.partial, nil
}

// approvals says what became of an approval.
func (g *Gate) approvals(d decision, hash string) {
	switch {
	case d.stale && d.verb == nothing:
		g.Log.Info("SCHEMAGUARD_APPROVE_PLAN can be taken away: there is no plan to approve", g.at(stepCheck, g.Now())...)
	case d.stale:
		g.Log.Warn("SCHEMAGUARD_APPROVE_PLAN approves another plan ("+g.Approve+"), so it is stale: this one is "+hash, g.at(stepCheck, g.Now())...)
	case g.Approve != "" && d.verb == apply && g.Mode != Force:
		g.Log.Warn("plan "+hash+" was approved: it is carried out", g.at(stepCheck, g.Now())...)
	}
}

// keptOut names what additive leaves as it is.
func (g *Gate) keptOut(l *Look, d decision) {
	if !d.partial {
		return
	}
	g.Log.Warn("kept out, because it would take something away: "+some(d.kept), append(g.at(stepCheck, g.Now()),
		slog.Int("kept", len(d.kept)))...)
	g.Show(l.Verdict, nil)
}

// ways are the ways out of a refusal, best first.
func (g *Gate) ways(l *Look, d decision, hash string) []string {
	if l.Verdict.State == policy.NotRun || l.Verdict.State == policy.Clean {
		return slices.Clone(l.Verdict.Next)
	}
	var ways []string
	if notAdopted(&l.Verdict) {
		ways = append(ways, "schemaguard boot --adopt    # once: take the database as it is for what was applied")
	}
	ways = append(ways,
		"schemaguard snapshot --stage && git commit -m \"Save the schema\"    # where the project is, then build the image again",
		"DIRECTUS_SCHEMA_APPLY_MODE=additive    # apply only what takes nothing away")
	if d.plan != nil && d.verb != apply {
		ways = append(ways, "SCHEMAGUARD_APPROVE_PLAN="+hash+"    # carry out exactly this plan, after the recycle bin has what it takes away")
	}
	return ways
}

// adopt takes live as what was last applied. It applies nothing: the next boot
// does, and by then somebody has read what it will do.
func (g *Gate) adopt(ctx context.Context, l *Look) error {
	g.Show(l.Verdict, nil)
	p := syncpoint.New(syncpoint.Applied, l.Live, snapshot.Encode(l.Live, snapshot.YAML), g.Now(), g.Tool, g.By)
	began := g.Now()
	if err := g.Database.Record(ctx, p); err != nil {
		return g.failed(stepCheck, began, fmt.Errorf("adopting the database: %w", err), false)
	}
	g.Log.Warn("adopted: the database as it is counts as applied from now on, and the next boot does what the plan above says", g.at(stepCheck, began)...)
	return &failure{exit: exitcode.OK, reason: "this boot adopted the database and applied nothing"}
}

// fill has the recycle bin take what is doomed. Without it nothing is destroyed.
func (g *Gate) fill(ctx context.Context, l *Look, d decision) (Kept, error) {
	if d.bin == "" {
		return Kept{}, nil
	}
	began := g.Now()
	if g.Bin == nil {
		return Kept{}, &failure{exit: exitcode.Drift, reason: "there is no recycle bin to keep what this plan takes away"}
	}
	kept, err := g.Bin.Fill(ctx, Doomed{Plan: d.plan, Live: l.Live, Version: l.Version, Reason: d.bin})
	if err != nil {
		return Kept{}, g.notKept(ctx, began, err)
	}
	g.Log.Warn(kept.Said, g.at(stepBin, began)...)
	return kept, nil
}

// notKept says that the bin has no copy, which stops the apply.
func (g *Gate) notKept(ctx context.Context, began time.Time, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	reason := "the recycle bin has no copy, so nothing is taken away: " + err.Error()
	attrs := g.at(stepBin, began)
	if own := (*Error)(nil); errors.As(err, &own) {
		attrs = append(attrs, slog.String("code", own.Code))
	}
	g.Log.Error(reason, attrs...)
	return &failure{exit: exitcode.Drift, reason: reason}
}

// apply runs `directus schema apply` on exactly the content that was checked, if
// nothing has moved since, and looks at what became of it.
func (g *Gate) apply(ctx context.Context, l *Look, d decision, kept Kept) error {
	data := g.Target.Data
	if d.partial {
		data = snapshot.Encode(d.file, snapshot.YAML)
	}
	file, cleanUp, err := g.write(data, d.partial)
	if err != nil {
		return &failure{exit: exitcode.NotRun, reason: err.Error()}
	}
	defer cleanUp()
	if err := g.still(ctx, l, kept); err != nil {
		return err
	}
	began := g.Now()
	ended, err := g.Directus.Apply(ctx, file)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		g.Log.Error(err.Error(), g.at(stepApply, began)...)
	} else {
		g.Log.Info("`directus schema apply` ended", append(g.at(stepApply, began), slog.Int("exit_code", ended.Code))...)
	}
	return g.converged(ctx, d, check.Target{Source: g.Target.Source, File: g.Target.File, Data: data}, ended, err)
}

// still makes sure that nothing has moved since it was decided on: not the schema,
// not what it would take along, not what was copied, not the lock.
func (g *Gate) still(ctx context.Context, before *Look, kept Kept) error {
	again, err := g.look(ctx, g.Target.Target, stepRecheck)
	if err != nil {
		return err
	}
	if now := PlanHash(again, g.Target.Data); now != PlanHash(before, g.Target.Data) || again.Verdict.State != before.Verdict.State {
		g.Log.Warn(errMoved.Error()+": it is looked at again", append(g.at(stepRecheck, g.Now()), slog.String("plan", now))...)
		return errMoved
	}
	if kept.Recheck != nil {
		began := g.Now()
		moved, err := kept.Recheck(ctx)
		if err != nil {
			return g.notKept(ctx, began, err)
		}
		if len(moved) > 0 {
			g.Log.Warn("written since the recycle bin took its copy, which is made again: "+some(moved), g.at(stepBin, began)...)
			return errMoved
		}
	}
	if err := g.lock.Verify(ctx); err != nil {
		return g.failed(stepLock, g.Now(), err, false)
	}
	return nil
}

// converged looks whether live is now what was applied, whatever the command said.
func (g *Gate) converged(ctx context.Context, d decision, applied check.Target, ended Ended, ran error) error {
	began := g.Now()
	after, err := g.look(ctx, applied, stepRecheck)
	if err != nil {
		return err
	}
	left, settled := leftovers(after, d, ran != nil || ended.Code != 0)
	attrs := g.at(stepRecheck, began)
	if after.Verdict.State == policy.NotRun {
		left = append(left, after.Verdict.Reason)
	}
	if len(left) > 0 {
		reason := fmt.Sprintf("`directus schema apply` ended with exit code %d, and %s still differ%s from the snapshot: %s%s",
			ended.Code, amount.Of(len(left), "item"), map[bool]string{true: "s"}[len(left) == 1], some(left), lastError(ended))
		if ran != nil {
			reason = ran.Error() + "; " + amount.Of(len(left), "item") + " of the snapshot not applied: " + some(left)
		}
		g.Log.Error(reason, append(attrs, slog.Int("items", len(left)), slog.String("code", CodeNotApplied))...)
		return &failure{exit: exitcode.Drift, reason: reason}
	}
	if len(settled) > 0 {
		g.Log.Warn("Directus never makes these as the snapshot says, and every boot tries again: "+some(settled), attrs...)
	}
	for _, line := range ended.Errors {
		g.Log.Warn("`directus schema apply` said: "+line, attrs...)
	}
	g.Log.Info("applied: the database holds what the snapshot says", attrs...)
	target := d.file
	if d.partial {
		// What was kept out is not applied, though live and the file agree on it.
		if target = snapshot.Decode(g.Target.File, g.Target.Data).Snapshot; target == nil {
			return nil
		}
	}
	g.record(ctx, after, target, !d.partial)
	return nil
}

// leftovers are the items that still differ, apart from those that this version
// of Directus is known never to make equal. What it creates has to be there, though, and an apply
// that failed settles nothing.
func leftovers(after *Look, d decision, failed bool) (left, settled []string) {
	v, never := &after.Verdict, map[string]bool{}
	for i := range d.plan.Actions {
		a := &d.plan.Actions[i]
		made := a.Verb != plan.Create || after.Live.Get(a.Key) != nil
		if a.NotConvergent != "" && made && !failed {
			never[a.Key.String()] = true
		}
	}
	for i := range v.Changes {
		c := &v.Changes[i]
		switch {
		case c.Under != "":
		case never[c.Item]:
			settled = append(settled, c.Item)
		default:
			left = append(left, c.Item)
		}
	}
	return left, settled
}

// record keeps what is applied now. That it could not be kept is said: the next
// boot knows less, and refuses more.
func (g *Gate) record(ctx context.Context, l *Look, target *snapshot.Snapshot, whole bool) {
	p := syncpoint.New(syncpoint.Applied, l.Live, snapshot.Encode(l.Live, snapshot.YAML), g.Now(), g.Tool, g.By)
	p.Items = pointAfter(l, target, whole)
	began := g.Now()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	if err := g.Database.Record(ctx, p); err != nil {
		g.Log.Warn("what was applied could not be kept, so the next boot cannot tell it from unsaved work: "+err.Error(), g.at(stepRecheck, began)...)
	}
}

// recordTimeout bounds the writing of the sync point.
const recordTimeout = 30 * time.Second

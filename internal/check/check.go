// Package check is the one question that everything else asks: is there work in
// the live database that the next boot, with this snapshot, would destroy? It
// joins the sides, the history and the simulated apply into a verdict.
//
// It imports no driver. Callers hand it the live schema, the target and the
// ways to ask further; most checks end before anything further is asked.
package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/history"
	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

// Live is the database's side.
type Live struct {
	Source   policy.Source
	Snapshot *snapshot.Snapshot
	// Upgraded is the schema as it will be once the migrations of the Directus
	// version have run; nil where they have.
	Upgraded *snapshot.Snapshot
	Version  directus.Version
	Says     policy.Version
	// Problems and Notes were found while the database was read.
	Problems []finding.Finding
	Notes    []string
}

// Target is the snapshot the question is asked about.
type Target struct {
	Source policy.Source
	File   string // what findings call the file
	Data   []byte
	// Decoded waits for what was made of Data beforehand; nil to do that when it
	// is needed, which mostly is never.
	Decoded func() *snapshot.File
	// Past holds the commits whose ancestors, themselves included, are the
	// target's past.
	Past []string
	// Editable says that the target is in nobody's commit yet: the index and the
	// worktree, in which hand edits can still be found.
	Editable bool
	// Staged says that the target is what the next commit takes.
	Staged bool
}

// Database is what a check may ask once the sides differ.
type Database interface {
	// Facts returns what the simulated apply needs beyond the snapshot.
	Facts(ctx context.Context) (plan.Facts, error)
	// SyncPoints returns what was last applied and written; none is no error.
	SyncPoints(ctx context.Context) ([]syncpoint.Point, error)
	// CountLoss counts what the effects destroy, within a budget.
	CountLoss(ctx context.Context, effects []plan.Effect, budget time.Duration) (map[plan.Effect]policy.Count, error)
	// Authors says who changed the items last, in words, where it is known.
	Authors(ctx context.Context, keys []snapshot.Key) (map[snapshot.Key]policy.Author, error)
}

// History is what git knows; nil where there is no repository.
type History interface {
	// Look finds versions of items in the past of the given commits, and on all
	// branches.
	Look(ctx context.Context, past []string, wanted []history.Wanted) (map[history.Wanted]threeway.Past, error)
	// Committed tells whether a commit in the past of the given ones has exactly
	// this content.
	Committed(ctx context.Context, past []string, data []byte) (bool, error)
	// Shallow tells whether the history was cut off.
	Shallow() bool
}

// Request is one question.
type Request struct {
	Live     Live
	Target   Target
	Database Database
	History  History
	Rule     policy.Rule
	Guard    bool
	Budget   time.Duration // for counting losses
	Now      time.Time
	// Mine are the e-mail addresses of those whose unsaved work refuses; nil for
	// everybody's.
	Mine []string
	// Problems were found by the caller, and are judged with the others.
	Problems []finding.Finding
}

// Run answers. It never fails: what could not be found out makes the verdict
// not-run.
func Run(ctx context.Context, r Request) policy.Verdict {
	c := &run{Request: r}
	v := c.verdict(ctx)
	v.Live, v.Target, v.Directus = r.Live.Source, r.Target.Source, r.Live.Says
	v.SyncPoint = c.syncWords()
	v.Notes = append(append([]string{}, r.Live.Notes...), c.notes...)
	return v
}

// run is one check in progress.
type run struct {
	Request
	file   *snapshot.File
	points []syncpoint.Point
	asked  bool // the sync points were read
	notes  []string
	// noticed are problems that were found on the way, beside those of live, of
	// the file and of the caller.
	noticed []finding.Finding
	past    map[snapshot.Key]threeway.Past
	hand    map[snapshot.Key]bool
	adopted bool
}

// errGit marks a failure to read the history.
type errGit struct{ error }

func (c *run) verdict(ctx context.Context) policy.Verdict {
	in := policy.Input{
		Rule: c.Rule, Guard: c.Guard, File: c.Target.File, Staged: c.Target.Staged, Mine: c.Mine,
		Problems: append(slices.Clone(c.Live.Problems), c.Problems...),
	}
	if c.sameBytes() {
		in.InSync = c.Live.Snapshot.Len()
		return policy.Judge(in)
	}
	if c.Target.Decoded != nil {
		c.file = c.Target.Decoded()
	} else {
		c.file = snapshot.Decode(c.Target.File, c.Target.Data)
	}
	in.Problems = append(append([]finding.Finding{}, in.Problems...), c.file.Problems...)
	if !c.file.Trusted() {
		return policy.Judge(in)
	}
	in.Problems = append(in.Problems, c.headerSkew()...)
	facts := c.askFacts(ctx)          // the server looks while the sides are compared
	defer func() { _, _ = facts() }() // the connection is free again after that
	live := scoped(c.Live.Snapshot, c.file.Snapshot, c.Live.Version)
	diffs := threeway.Differences(live, c.file.Snapshot)
	in.InSync = len(live.Keys()) - liveOnly(diffs)
	if len(diffs) == 0 && !slices.Equal(live.Keys(), c.file.Snapshot.Keys()) {
		in.Problems = append(in.Problems, c.orderOnly())
	}
	if len(diffs) == 0 && c.Live.Upgraded == nil && !c.Live.Snapshot.Repeats {
		return policy.Judge(in)
	}
	if err := c.fill(ctx, &in, diffs, facts); err != nil {
		return unable(err)
	}
	in.Problems = append(in.Problems, c.noticed...)
	return policy.Judge(in)
}

// orderOnly says that the lists have another order, which means nothing: ids
// that Directus sorts by differ from database to database.
func (c *run) orderOnly() finding.Finding {
	return finding.Finding{
		Code: finding.OrderOnly, Severity: finding.Note, File: c.Target.File, Line: 1,
		Message: c.Target.File + " lists the same items in another order than the database",
	}
}

// sameBytes is the clean path: what Directus would write is what the target
// holds, so nothing needs to be parsed. It is closed where equal snapshots do
// not mean that a boot changes nothing: before a migration, and where an item
// stands twice.
func (c *run) sameBytes() bool {
	if c.Live.Upgraded != nil || c.Live.Snapshot.Repeats {
		return false
	}
	return snapshot.Matches(c.Live.Snapshot, snapshot.FormatOf(c.Target.Data), c.Target.Data)
}

// askFacts begins to ask for the facts. What it returns waits for them, after
// which the database can be asked something else.
func (c *run) askFacts(ctx context.Context) func() (plan.Facts, error) {
	var facts plan.Facts
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		facts, err = c.Database.Facts(ctx)
	}()
	return func() (plan.Facts, error) {
		<-done
		return facts, err
	}
}

// fill finds out everything that the judgement of differences needs.
func (c *run) fill(ctx context.Context, in *policy.Input, diffs []threeway.Difference, ask func() (plan.Facts, error)) error {
	facts, err := ask()
	if err != nil {
		return err
	}
	var sync threeway.SyncPoint
	if len(diffs) > 0 {
		if sync, err = c.sync(ctx); err != nil {
			return err
		}
		if err = c.lookBack(ctx, diffs, sync); err != nil {
			return err
		}
	}
	in.Changes = threeway.Classify(diffs, sync, c.past)
	in.HandEdited, in.NotAdopted = c.hand, c.notAdopted(diffs)
	before := c.Live.Snapshot
	if c.Live.Upgraded != nil {
		before = c.Live.Upgraded
	}
	in.Plan = plan.Simulate(before, c.file.Snapshot, c.Live.Version, facts)
	if in.Loss, err = c.Database.CountLoss(ctx, effectsOf(in.Plan), c.Budget); err != nil {
		return err
	}
	in.Authors, err = c.Database.Authors(ctx, authored(in.Changes))
	if err != nil {
		c.notes = append(c.notes, "who made the changes is not known: "+err.Error())
	}
	return nil
}

// sync returns the items of the point that counts, nil for none.
func (c *run) sync(ctx context.Context) (threeway.SyncPoint, error) {
	points, err := c.Database.SyncPoints(ctx)
	if err != nil {
		return nil, err
	}
	c.points, c.asked = points, true
	if last := syncpoint.Latest(points); last != nil {
		return last.Items, nil
	}
	return nil, nil
}

// lookBack asks the history about live's versions, and of a target that can
// still be edited about its own.
func (c *run) lookBack(ctx context.Context, diffs []threeway.Difference, sync threeway.SyncPoint) error {
	c.past, c.hand = map[snapshot.Key]threeway.Past{}, map[snapshot.Key]bool{}
	if c.History == nil {
		c.lookAtApplied(diffs)
		return nil
	}
	var wanted []history.Wanted
	for _, d := range diffs {
		if d.Live != nil {
			wanted = append(wanted, history.Wanted{Key: d.Key, Digest: d.LiveDigest})
		}
		if d.Target != nil && c.Target.Editable {
			wanted = append(wanted, history.Wanted{Key: d.Key, Digest: d.TargetDigest})
		}
	}
	found, err := c.History.Look(ctx, c.Target.Past, wanted)
	if err != nil {
		return errGit{err}
	}
	missing := false
	for _, d := range diffs {
		if d.Live != nil {
			past := found[history.Wanted{Key: d.Key, Digest: d.LiveDigest}]
			c.past[d.Key] = past
			missing = missing || !past.Known
		}
	}
	if missing && c.History.Shallow() {
		c.noticed = append(c.noticed, finding.Finding{
			Code: finding.ShallowHistory, Severity: finding.Note,
			Message: "this clone is shallow: what only older commits have counts as unsaved", Fix: "git fetch --unshallow",
		})
	}
	return c.handEdits(ctx, diffs, found, sync)
}

// lookAtApplied is the past where there is no git: what was last applied.
func (c *run) lookAtApplied(diffs []threeway.Difference) {
	applied := syncpoint.Find(c.points, syncpoint.Applied)
	if applied == nil {
		return
	}
	c.adopted = true
	for _, d := range diffs {
		if d.Live != nil && applied.Items[d.Key] == d.LiveDigest {
			c.past[d.Key] = threeway.Past{Behind: true, Known: true}
		}
	}
}

// handEdits finds items of the target that nobody ever had: neither live nor a
// commit nor the snapshot last written; and items that live and the last commit
// have and the target lacks, unless the file as a whole is an older commit's.
func (c *run) handEdits(ctx context.Context, diffs []threeway.Difference, found map[history.Wanted]threeway.Past, sync threeway.SyncPoint) error {
	if !c.Target.Editable {
		return nil
	}
	for _, d := range diffs {
		if d.Target == nil {
			c.hand[d.Key] = c.past[d.Key].Tip
			continue
		}
		past := found[history.Wanted{Key: d.Key, Digest: d.TargetDigest}]
		committed := past.Behind || past.Known && past.Branch != history.Index
		c.hand[d.Key] = !committed && sync[d.Key] != d.TargetDigest
	}
	for _, edited := range c.hand {
		if !edited {
			continue
		}
		committed, err := c.History.Committed(ctx, c.Target.Past, c.Target.Data)
		if err != nil {
			return errGit{err}
		}
		if committed {
			clear(c.hand)
		}
		break
	}
	return nil
}

// notAdopted tells whether nothing can say whose the live collections are.
func (c *run) notAdopted(diffs []threeway.Difference) bool {
	if c.History != nil || c.adopted || len(diffs) == 0 {
		return false
	}
	return len(c.Live.Snapshot.Items(snapshot.Collection)) > 0
}

// headerSkew compares the version in the file's header with the one that runs.
func (c *run) headerSkew() []finding.Finding {
	wrote, err := directus.ParseVersion(c.file.Snapshot.Directus)
	if err != nil || wrote.Compare(c.Live.Version) == 0 {
		return nil
	}
	f := finding.Finding{
		Code: finding.VersionSkew, Severity: finding.Note, File: c.Target.File, Line: 2,
		Message: fmt.Sprintf("%s was written by Directus %s; the next boot is Directus %s (%s)",
			c.Target.File, wrote, c.Live.Version, c.Live.Says.Source),
		Fix: "schemaguard snapshot --stage",
	}
	if wrote.Major != c.Live.Version.Major || wrote.Minor != c.Live.Version.Minor {
		f.Severity = finding.Warning
	}
	return []finding.Finding{f}
}

func (c *run) syncWords() string {
	switch last := syncpoint.Latest(c.points); {
	case last != nil:
		return last.Describe(c.Now)
	case c.asked:
		return "none yet"
	}
	return ""
}

// unable turns a failure half-way into a verdict.
func unable(err error) policy.Verdict {
	if git, ok := errors.AsType[errGit](err); ok {
		return policy.Unable(finding.GitUnreadable, git.Error(), "schemaguard doctor")
	}
	return policy.Unable(finding.NotRun, err.Error(), "schemaguard doctor")
}

// scoped returns the part of live that a partial target speaks of, where the
// Directus honours partial snapshots; else all of it.
func scoped(live, target *snapshot.Snapshot, v directus.Version) *snapshot.Snapshot {
	if target.Version != snapshot.FormatPartial || !directus.RulesFor(v).PartialSnapshots {
		return live
	}
	items, system := map[string]bool{}, map[string]bool{}
	for _, key := range target.Keys() {
		if key.Kind == snapshot.SystemField {
			system[key.Collection] = true
		} else {
			items[key.Collection] = true
		}
	}
	part := snapshot.New(live.Version, live.Directus, live.Vendor)
	part.HasSystemFields = live.HasSystemFields
	for _, kind := range snapshot.Kinds() {
		for _, item := range live.Items(kind) {
			if kind == snapshot.SystemField && system[item.Key.Collection] || kind != snapshot.SystemField && items[item.Key.Collection] {
				part.Add(item)
			}
		}
	}
	return part
}

// liveOnly counts the differences in which live has an item.
func liveOnly(diffs []threeway.Difference) int {
	n := 0
	for _, d := range diffs {
		if d.Live != nil {
			n++
		}
	}
	return n
}

func effectsOf(p *plan.Plan) []plan.Effect {
	var effects []plan.Effect
	for i := range p.Actions {
		if !p.Actions[i].Implied {
			effects = append(effects, p.Actions[i].Effects...)
		}
	}
	return effects
}

// authored picks the items of which somebody will ask who made them.
func authored(changes []threeway.Change) []snapshot.Key {
	var keys []snapshot.Key
	for _, c := range changes {
		if c.Class.Unsaved() || c.Class == threeway.Conflict {
			keys = append(keys, c.Key)
		}
	}
	return keys
}

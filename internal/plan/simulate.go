package plan

import (
	"fmt"
	"slices"

	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/plan/dbstate"
	"github.com/schemaguard/schemaguard/internal/plan/deepdiff"
	"github.com/schemaguard/schemaguard/internal/plan/quirk"
	"github.com/schemaguard/schemaguard/internal/plan/schemadiff"
	"github.com/schemaguard/schemaguard/internal/plan/why"
	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// Simulate returns what `schema apply --yes` of Directus v would do with the file target to the database that live was
// taken from, as that version itself would have taken it. Both snapshots are only read.
func Simulate(live, target *snapshot.Snapshot, v directus.Version, facts Facts) *Plan {
	s := &simulation{
		plan: &Plan{}, live: live, target: target, facts: facts, version: v,
		rules: directus.RulesFor(v), quirks: quirk.Of(v), db: facts.database(live), index: map[snapshot.Key]int{}, relinked: map[[2]string]bool{}, edited: map[Effect][]int{},
		at: map[*schemadiff.Entry]int{}, done: map[*schemadiff.Entry]bool{}, deleting: map[snapshot.Key]bool{},
	}
	s.foreignAtFirst = slices.Clone(s.db.Foreign)
	s.why = why.Context{Live: live, Target: target, Version: v, Rules: s.rules}
	s.diff = schemadiff.Compare(live, target, s.rules)
	for _, k := range snapshot.Kinds() {
		for _, e := range s.diff[k] {
			s.list(e)
		}
	}
	all := s.diff
	s.createCollections(s.roots())
	s.deleteCollections()
	s.updateCollections()
	s.applyFields()
	s.applySystemFields()
	s.applyRelations()
	for _, k := range snapshot.Kinds() {
		for _, e := range all[k] {
			s.settle(e)
		}
	}
	s.implyParts()
	s.dropDoubles()
	s.checkForeignKeys()
	s.checkDropped()
	return s.plan
}

// simulation is one run of Simulate.
type simulation struct {
	plan         *Plan
	live, target *snapshot.Snapshot
	facts        Facts
	version      directus.Version
	rules        directus.Rules
	quirks       quirk.Quirks
	why          why.Context
	db           *dbstate.Database
	diff         schemadiff.Differences

	current int                       // the action in play
	at      map[*schemadiff.Entry]int // the action of an entry
	index   map[snapshot.Key]int      // the first action of a key

	done     map[*schemadiff.Entry]bool // collections that were created or deleted
	deleting map[snapshot.Key]bool      // fields, in the course of it

	foreignAtFirst []dbstate.ForeignKey
	dropped        []string           // collections
	keyless        []string           // collections that lost their primary key
	relinked       map[[2]string]bool // columns whose foreign key came, went or changed
	edited         map[Effect][]int   // the actions that edited a row of the meta tables
}

// list adds the action of an entry, with what the dry run would call it. It starts as None: a step that takes effect
// says which verb it is.
func (s *simulation) list(e *schemadiff.Entry) {
	first, listed := e.First(), ""
	switch {
	case first.Kind == deepdiff.Edit, first.Kind == deepdiff.Array, e.Key.Kind == snapshot.Field && e.NestedMeta():
		listed = "Update"
	case e.Key.Kind == snapshot.SystemField:
	case first.Kind == deepdiff.Delete:
		listed = "Delete"
	default:
		listed = "Create"
	}
	s.at[e] = s.add(Action{Key: e.Key, Listed: listed, Paths: paths(e)})
}

func (s *simulation) add(a Action) int {
	i := len(s.plan.Actions)
	s.plan.Actions = append(s.plan.Actions, a)
	if _, ok := s.index[a.Key]; !ok {
		s.index[a.Key] = i
	}
	return i
}

// begin makes an entry's action the one in play.
func (s *simulation) begin(e *schemadiff.Entry) *Action {
	s.current = s.at[e]
	return s.action()
}

func (s *simulation) action() *Action { return &s.plan.Actions[s.current] }

func (s *simulation) effect(e Effect) {
	a := s.action()
	a.Effects = append(a.Effects, e)
	switch e.Op {
	case SetMeta:
		s.edited[e] = append(s.edited[e], s.current)
	case AddForeignKey, DropForeignKey, ChangeForeignKey:
		s.relinked[[2]string{e.Table, e.Column}] = true
	}
}

// firstLive returns the entry with the first live item of its key: where there are several, the one that Directus
// writes the changes over.
func (s *simulation) firstLive(e *schemadiff.Entry) *schemadiff.Entry {
	first := *e
	first.Live = s.live.Get(e.Key)
	return &first
}

// fail notes the first certain reason for the apply to fail. The simulation goes on, to show what was meant to happen.
func (s *simulation) fail(format string, args ...any) { s.failAs(finding.ApplyFails, format, args...) }

func (s *simulation) failAs(code finding.Code, format string, args ...any) {
	a := s.action()
	why := fmt.Sprintf(format, args...)
	if s.plan.Fails == "" {
		s.plan.Fails, s.plan.FailsAt, s.plan.FailsCode = why, a.Key, code
	}
	if a.Code == "" {
		a.Code, a.Cause = code, why
	}
}

func (s *simulation) mayFail(format string, args ...any) {
	s.plan.MayFail = append(s.plan.MayFail, Doubt{s.action().Key, finding.ApplyFails, fmt.Sprintf(format, args...)})
}

// diverge notes why the next apply would find the item in play different again.
func (s *simulation) diverge(format string, args ...any) {
	if a := s.action(); a.NotConvergent == "" {
		a.NotConvergent = fmt.Sprintf(format, args...)
	}
}

// also notes what happens to another item along with the one in play.
func (s *simulation) also(key snapshot.Key, verb Verb, code finding.Code, cause string) *Action {
	if i, ok := s.index[key]; ok && s.plan.Actions[i].Verb == verb {
		return &s.plan.Actions[i]
	}
	if verb == Drop && s.live.Get(key) == nil {
		return &Action{}
	}
	i := s.add(Action{Key: key, Verb: verb, Code: code, Cause: cause, Implied: true})
	return &s.plan.Actions[i]
}

// rewrite takes back what earlier actions edited in a row that is now written anew, every key of it.
func (s *simulation) rewrite(table, name string) {
	e := Effect{Op: SetMeta, Table: table, Column: name}
	for _, i := range s.edited[e] {
		a := &s.plan.Actions[i]
		a.Effects = slices.DeleteFunc(a.Effects, func(o Effect) bool { return o == e })
		s.action().NotConvergent = ""
	}
	delete(s.edited, e)
}

// alsoEdit notes an edit of an item that stays, made along with another's and against what the file says.
func (s *simulation) alsoEdit(key snapshot.Key, cause, notConvergent string) {
	if i, listed := s.index[key]; listed {
		if a := &s.plan.Actions[i]; a.NotConvergent == "" && a.Verb != Drop {
			a.NotConvergent = notConvergent
		}
		return
	}
	s.also(key, Update, finding.EditLost, cause).NotConvergent = notConvergent
}

// implyParts adds the fields and relations that go with the dropped collections.
func (s *simulation) implyParts() {
	for _, k := range []snapshot.Kind{snapshot.Field, snapshot.Relation} {
		code := [...]finding.Code{snapshot.Field: finding.FieldDrop, snapshot.Relation: finding.RelationDrop}[k]
		for _, item := range s.live.Items(k) {
			if slices.Contains(s.dropped, item.Key.Collection) {
				s.also(item.Key, Drop, code, "it goes with its collection "+item.Key.Collection)
			}
		}
	}
}

// paths lists the values in which live and the file differ, of an item that both have.
func paths(e *schemadiff.Entry) []Path {
	var out []Path
	e.EachPath(func(name, live, target string) { out = append(out, Path{name, live, target}) })
	return out
}

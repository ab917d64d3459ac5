package verify

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/dockerguard/consent"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/threeway"
	"github.com/schemaguard/schemaguard/internal/verify/server"
)

// noUpgrade skips the upgrade where there is nothing to come from, and says so. A
// base that was asked for and cannot be had is no skip.
func (r *run) noUpgrade() bool {
	switch {
	case r.NoBase != nil && r.NoBase.Wanted:
		r.step("upgrade", func() outcome {
			r.missing = true
			r.findings = append(r.findings, finding.Finding{
				Code: finding.NotRun, Severity: finding.Danger, File: r.Name, Fix: r.NoBase.Fix,
				Message: "what an upgrade would destroy is not known: " + terminal.Clean(r.NoBase.Msg),
			})
			return outcome{state: NotRun, text: terminal.Clean(r.NoBase.Msg)}
		})
	case r.NoBase != nil:
		r.skip("upgrade", terminal.Clean(r.NoBase.Msg))
	case r.Base == nil:
		r.skip("upgrade", "it was not asked for")
	case r.Base.Data == nil:
		r.skip("upgrade", r.Base.Name+" has no snapshot")
	case bytes.Equal(r.Base.Data, r.Data) && sameFiles(r.Base.Set, r.Set):
		r.skip("upgrade", "nothing has changed since "+r.Base.Name)
	default:
		return false
	}
	return true
}

// sameFiles tells whether two sets hold the same files.
func sameFiles(a, b sqlfile.Set) bool {
	return slices.EqualFunc(a.Files, b.Files, func(x, y sqlfile.File) bool {
		return x.Name == y.Name && x.Checksum == y.Checksum && x.Phase == y.Phase
	})
}

// upgrade brings a database to the base's schema and then to this one, as
// production will be, and says what is lost on the way.
func (r *run) upgrade(ctx context.Context, srv *server.Server, clean *pgconn.Config) outcome {
	base := snapshot.Decode(r.Name+"@"+r.Base.Name, r.Base.Data)
	if !base.Trusted() {
		return r.unable("reading the snapshot of "+r.Base.Name, fmt.Errorf("%s", base.Problems[len(base.Problems)-1].Message), nil)
	}
	b := &building{run: r, name: "base", pg: clean, set: r.Base.Set, problems: r.Base.Problems, data: r.Base.Data}
	if out := r.buildBase(ctx, srv, b); out.state != OK {
		return out
	}
	b.set, b.problems, b.data, b.name = r.Set, r.Problems, r.Data, "upgrade"
	dropped, out := b.keeping(ctx, sqlfile.Pre)
	if out.state != OK {
		return out
	}
	s, err := b.look(ctx)
	if err != nil {
		return r.unable("taking a snapshot of the base's database", err, nil)
	}
	lost := dropped + r.losses(plan.Simulate(s.side.Snapshot, r.file.Snapshot, s.side.Version, s.facts))
	if out := b.apply(ctx); out.state != OK {
		return out
	}
	if dropped, out = b.keeping(ctx, sqlfile.Post); out.state != OK {
		return out
	}
	lost += dropped
	if s, err = b.look(ctx); err != nil {
		return r.unable("taking a snapshot of the upgraded database", err, nil)
	}
	differ := threeway.Differences(s.side.Snapshot, r.file.Snapshot)
	for _, d := range differ {
		b.different(d, "after an upgrade from "+r.Base.Name+" ")
	}
	switch {
	case lost > 0:
		return outcome{state: Failed, text: amount.Of(lost, "loss") + " that nobody agreed to"}
	case len(differ) > 0:
		return outcome{state: Failed, text: amount.Of(len(differ), "item") + " did not become as in the file"}
	}
	return outcome{state: OK, text: "from " + r.Base.Name}
}

// keeping runs the db-init files of a phase, reports the tables and columns that they
// drop, and returns how much of it nobody agreed to.
func (b *building) keeping(ctx context.Context, phase sqlfile.Phase) (lost int, out outcome) {
	before, err := server.Look(ctx, b.pg)
	if err != nil {
		return 0, b.unable("looking at the base's database", err, nil)
	}
	if out = b.files(ctx, phase); out.state != OK {
		return 0, out
	}
	after, err := server.Look(ctx, b.pg)
	if err != nil {
		return 0, b.unable("looking at the upgraded database", err, nil)
	}
	for _, item := range before.Lost(after) {
		f := finding.Finding{
			Code: finding.UntrackedDrop, Severity: finding.Danger, Item: item, File: b.Name, Refuses: true,
			Message: fmt.Sprintf("the db-init files drop %s, which a database of %s has", item, b.Base.Name),
			Harm:    "in production what is in it goes, unless the files have moved it", Fix: "schemaguard explain " + string(finding.UntrackedDrop),
		}
		lost += b.agree(&f)
		b.report(f)
	}
	return lost, out
}

// buildBase makes the base's database. Where the base itself does not apply, nothing
// can be said of an upgrade from it.
func (r *run) buildBase(ctx context.Context, srv *server.Server, b *building) outcome {
	before := len(r.findings)
	broken := func(what string, out outcome) outcome {
		r.findings, r.dbinit = r.findings[:before], false // they are the base's
		return r.unable(r.Base.Name+" cannot be built ("+what+"; --no-upgrade leaves it out)", fmt.Errorf("%s", out.text), out.output)
	}
	if b.pg == nil {
		var err error
		if srv.Own() { // roles are the server's: what the other database's files made would be there already
			both := sqlfile.Set{Files: slices.Concat(r.Base.Set.Files, r.Set.Files)}
			if srv, err = r.start(ctx, both); err != nil {
				return r.unable("starting Postgres for the base", err, nil)
			}
		}
		if b.pg, err = srv.Create(ctx, "base", nil); err != nil {
			return r.unable("making a database", err, nil)
		}
		if out := b.files(ctx, sqlfile.Pre); out.state != OK {
			return broken("db-init before", out)
		}
		if out := b.bootstrap(ctx); out.state != OK {
			return out
		}
	}
	if out := b.apply(ctx); out.state != OK {
		return broken("apply", out)
	}
	if out := b.files(ctx, sqlfile.Post); out.state != OK {
		return broken("db-init after", out)
	}
	return outcome{state: OK}
}

// planned says from the files alone what an upgrade would lose.
func (r *run) planned() outcome {
	base := snapshot.Decode(r.Name+"@"+r.Base.Name, r.Base.Data)
	if !base.Trusted() {
		return r.unable("reading the snapshot of "+r.Base.Name, fmt.Errorf("%s", base.Problems[len(base.Problems)-1].Message), nil)
	}
	v, err := directus.ParseVersion(r.says.Version)
	if err != nil {
		return r.unable("foretelling an upgrade", err, nil)
	}
	p := plan.Simulate(base.Snapshot, r.file.Snapshot, v, own(v))
	switch lost := r.losses(p); {
	case lost > 0:
		return outcome{state: Failed, text: amount.Of(lost, "loss") + " that nobody agreed to"}
	case p.Fails != "":
		return outcome{state: Failed, text: terminal.Clean("it fails at " + p.FailsAt.String() + ": " + p.Fails)}
	}
	return outcome{state: OK, text: "from " + r.Base.Name + ", foretold from the files alone"}
}

// own are Directus's own tables, which every database has and no snapshot tells.
func own(v directus.Version) plan.Facts {
	f := plan.Facts{Tables: map[string]plan.Table{}}
	for _, name := range directus.SystemCollections(v) {
		key := "id"
		if name == "directus_collections" {
			key = "collection"
		}
		f.Tables[name] = plan.Table{PrimaryKey: key}
	}
	return f
}

// losses reports what a plan destroys, and returns how much of it nobody agreed to.
func (r *run) losses(p *plan.Plan) int {
	if p.Fails != "" {
		r.report(finding.Finding{
			Code: p.FailsCode, Severity: finding.Danger, Item: p.FailsAt.String(), File: r.Name, Refuses: true,
			Message: fmt.Sprintf("an upgrade from %s fails at %s: %s", r.Base.Name, p.FailsAt, p.Fails), Fix: "schemaguard explain " + string(p.FailsCode),
		})
	}
	lost := 0
	for i := range p.Actions {
		a := &p.Actions[i]
		if a.Code == "" || a.Implied || a.Code == finding.NotConvergent {
			continue
		}
		f := finding.Finding{
			Code: a.Code, Severity: finding.Warning, Item: a.Key.String(), File: r.Name,
			Message: fmt.Sprintf("an upgrade from %s %s", r.Base.Name, deed(a)), Fix: "schemaguard explain " + string(a.Code),
		}
		if item := r.file.Snapshot.Get(a.Key); item != nil {
			f.Line = item.Line
		}
		if what := destroyed(a); what != "" {
			f.Severity, f.Harm, f.Refuses = finding.Danger, "in production "+what, true
		}
		if f.Refuses {
			lost += r.agree(&f)
		}
		r.report(f)
	}
	return lost
}

// agree looks whether somebody agreed to a loss; 0 where that is so, else 1, and then
// the finding says how to.
func (r *run) agree(f *finding.Finding) int {
	key := consent.Key(f)
	if slices.Contains(r.Allowed, key) {
		f.Refuses, f.Message = false, f.Message+", which was agreed to"
		return 0
	}
	if line, ok := allow(key); ok {
		f.Fix = line
	}
	if !slices.Contains(r.consent, key) {
		r.consent = append(r.consent, key)
	}
	return 1
}

// deed says what an action does.
func deed(a *plan.Action) string {
	verb := map[plan.Verb]string{plan.Create: "creates", plan.Update: "changes", plan.Drop: "drops"}[a.Verb]
	if verb == "" {
		verb = "touches"
	}
	text := verb + " " + a.Key.String()
	if a.Cause != "" {
		text += ": " + a.Cause
	}
	return terminal.Clean(text)
}

// destroyed says which rows or values an action takes; empty for none.
func destroyed(a *plan.Action) string {
	for _, e := range a.Effects {
		switch e.Op {
		case plan.DropTable:
			return "the rows of " + terminal.Clean(e.Table) + " go"
		case plan.DropColumn:
			return "the values of " + terminal.Clean(e.Table+"."+e.Column) + " go"
		case plan.NarrowType:
			return fmt.Sprintf("values of %s that do not fit %s are cut, or the boot fails", terminal.Clean(e.Table+"."+e.Column), terminal.Clean(e.To))
		}
	}
	return ""
}

// allow is the command that agrees to losses, to paste; not ok where a name has what
// cannot be pasted.
func allow(keys ...string) (line string, ok bool) {
	words := []string{"schemaguard", "verify"}
	for _, key := range keys {
		words = append(words, "--allow", key)
	}
	return terminal.Quote(words...)
}

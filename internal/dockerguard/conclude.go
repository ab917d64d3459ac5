package dockerguard

import (
	"context"
	"fmt"
	"os/user"
	"slices"
	"strconv"
	"strings"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/dockerguard/consent"
	"github.com/schemaguard/schemaguard/internal/dockerguard/recognise"
	"github.com/schemaguard/schemaguard/internal/finding"
)

// conclude sums the targets and the volumes up, and asks for consent where something refuses.
func (g *guard) conclude(ctx context.Context) {
	outcome, reason := Pass, g.d.Reason
	worst := func(o Outcome, why string) {
		rank := map[Outcome]int{Pass: 0, Warn: 1, NotRun: 2, Refuse: 3}
		if rank[o] > rank[outcome] {
			outcome, reason = o, why
		}
	}
	for i := range g.d.Targets {
		t := &g.d.Targets[i]
		starts := t.Boots != bootsource.No.String()
		switch {
		case t.Verdict == refused && starts:
			worst(Refuse, t.Label+" would boot with a snapshot that loses work: "+t.Reason)
		case t.Verdict == notRun && starts:
			worst(NotRun, t.Label+" could not be checked: "+t.Reason)
		case t.Verdict == refused:
			worst(Warn, "the next start of "+t.Label+" would lose work: "+t.Reason)
		case t.Verdict == notRun:
			t.Notes = append(t.Notes, t.Reason)
		case t.Verdict == clean && starts && outcome == Pass && t.Directus:
			reason = t.Label + ": " + t.Reason
		}
	}
	for i := range g.d.Findings {
		f := &g.d.Findings[i]
		if f.Code == finding.VolumeLoss {
			worst(Refuse, f.Message)
		} else if f.Refuses {
			worst(NotRun, f.Message)
		}
	}
	if reason == "" {
		reason = "nothing would be lost"
	}
	g.settle(outcome, reason)
	if outcome == Warn {
		g.d.Next = g.next(nil)
	}
	g.consents(ctx)
}

func (g *guard) settle(o Outcome, reason string) { g.d.Outcome, g.d.Reason = o, reason }

// consents lets a refusal pass that somebody agreed to, item by item.
func (g *guard) consents(ctx context.Context) {
	if g.d.Allows() {
		return
	}
	refusals := g.d.Refusals()
	how := "flag or variable"
	missing := consent.Missing(refusals, g.allowed)
	if len(refusals) == 0 {
		return // nothing names what it is about, so nothing can be agreed to
	}
	g.d.Next = g.next(refusals)
	if len(missing) > 0 && g.Ask != nil && g.Run != nil && ctx.Err() == nil {
		if g.Show != nil {
			g.Show(&g.d)
			g.d.Shown = true
		}
		if g.typed(missing) {
			how, missing = "typed", nil
		}
	}
	if len(missing) > 0 {
		return
	}
	var keys []string
	for i := range refusals {
		if k := consent.Key(&refusals[i]); !slices.Contains(g.d.Consented, k) {
			keys = append(keys, k)
		}
	}
	if g.Run != nil && len(keys) > 0 { // what only explains does nothing that would have to be kept
		err := consent.Open(g.getenv).Add(consent.Entry{
			Time: g.Now().UTC(), User: g.user(), Command: g.d.Command, Allowed: keys, How: how,
		})
		if err != nil {
			g.d.Notes = append(g.d.Notes, "the consent does not count: "+line(err))
			return
		}
	}
	kept, ok := g.keep(ctx)
	if !ok {
		return
	}
	g.d.Consented = append(g.d.Consented, keys...)
	g.allowed = append(g.allowed, keys...) // nobody is asked twice, before and after a build
	g.d.Next = nil
	g.settle(Warn, strings.Join(append([]string{"agreed to: " + strings.Join(g.d.Consented, ", ")}, kept...), "; "))
}

// keep keeps what is about to be destroyed, and says where; ok is false where that failed.
func (g *guard) keep(ctx context.Context) (kept []string, ok bool) {
	if g.Keep == nil || g.Run == nil || !g.last {
		return nil, true
	}
	for _, d := range g.doomed {
		note, err := g.Keep(ctx, d.session, d.target)
		if err != nil {
			g.d.Notes = append(g.d.Notes, "the consent does not count, since what would be destroyed could not be kept: "+line(err))
			return nil, false
		}
		if note != "" {
			kept = append(kept, note)
		}
	}
	g.doomed = nil
	return kept, true
}

// typed asks a person to type back how much would be lost.
func (g *guard) typed(missing []finding.Finding) bool {
	n, what := g.d.Rows(), "rows that would be lost"
	if n <= 0 {
		n, what = int64(len(missing)), "refusals above"
	}
	answer, err := g.Ask(fmt.Sprintf("Type the number of %s (%d) to go on all the same: ", what, n))
	return err == nil && strings.TrimSpace(answer) == strconv.FormatInt(n, 10)
}

// user is who agrees: the one behind sudo where there is one.
func (g *guard) user() string {
	if name := g.getenv("SUDO_USER"); name != "" {
		return name
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return g.getenv("USER")
}

// next are the commands to type instead, best first; the consent comes last.
func (g *guard) next(refusals []finding.Finding) []string {
	var out []string
	add := func(s string) {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for i := range g.d.Targets {
		for _, v := range g.d.Targets[i].Verdicts {
			for _, n := range v.Next {
				add(n)
			}
		}
	}
	saves := len(out) > 0
	for i := range refusals {
		add(refusals[i].Fix)
	}
	if len(refusals) == 0 {
		return out
	}
	if b := g.first(); saves && b != nil && g.cmd.Family != 0 {
		add(g.renew(b))
	}
	add(g.agreeing(refusals))
	return out
}

// agreeing is the command line that goes on all the same. It works with a shim in place and without.
func (g *guard) agreeing(refusals []finding.Finding) string {
	words := consent.Words(refusals)
	if g.cmd.Standalone || g.cmd.Podman {
		return consent.Variable + "=" + terminalQuote([]string{words}) + " " + terminalQuote(g.d.Command)
	}
	return terminalQuote(append([]string{"schemaguard", "docker", "--allow", words}, g.d.Command[min(1, len(g.d.Command)):]...))
}

// first is the first Directus that boots.
func (g *guard) first() *bootsource.Boot {
	for i := range g.plan.Boots {
		if b := &g.plan.Boots[i]; b.Will != bootsource.No && recognise.Directus(b, g.service) {
			return b
		}
	}
	return nil
}

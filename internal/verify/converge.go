package verify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/threeway"
	"github.com/schemaguard/schemaguard/internal/verify/runner"
)

// maxPaths is how many values of an item are named.
const maxPaths = 4

func (b *building) database() runner.Database {
	return runner.Database{PG: b.pg, SearchPath: b.SearchPath, Exclude: b.Exclude}
}

// converged compares what the apply made with the file: what is not equal now will
// be different at every boot.
func (b *building) converged(ctx context.Context) outcome {
	s, err := b.look(ctx)
	if err != nil {
		return b.unable("taking a snapshot of the new database", err, nil)
	}
	b.live = s.side.Snapshot
	differ := threeway.Differences(b.live, b.file.Snapshot)
	if len(differ) == 0 {
		return outcome{state: OK, text: b.live.Describe() + ", all as in the file"}
	}
	for _, d := range differ {
		b.different(d, "after an apply to a new database ")
	}
	return outcome{Failed, amount.Of(len(differ), "item") + " did not come back as in the file" + tail(b.ended.Errors), b.ended.Errors}
}

// different reports an item that an apply did not make as it is written, once.
func (b *building) different(d threeway.Difference, when string) {
	f := finding.Finding{
		Code: finding.NotConvergent, Severity: finding.Danger, Item: d.Key.String(), File: b.Name, Refuses: true,
		Harm: "every boot finds it different again", Fix: "schemaguard explain " + string(finding.NotConvergent),
	}
	switch {
	case d.Target == nil:
		f.Message = fmt.Sprintf("%s%s is there, and the file lacks it", when, d.Key)
	case d.Live == nil:
		f.Message, f.Line = fmt.Sprintf("%s%s is not there", when, d.Key), d.Target.Line
	default:
		f.Message, f.Line = fmt.Sprintf("%s%s differs from the file: %s", when, d.Key, values(d)), d.Target.Line
	}
	b.report(f)
}

// report adds a finding, unless its item has one of that code.
func (r *run) report(f finding.Finding) {
	if slices.ContainsFunc(r.findings, func(have finding.Finding) bool {
		return have.Code == f.Code && have.Item == f.Item && f.Item != ""
	}) {
		return
	}
	f.Message = terminal.Clean(f.Message)
	r.findings = append(r.findings, f)
}

// values names the values in which two versions of an item differ.
func values(d threeway.Difference) string {
	paths := threeway.Paths(snapshot.Comparable(d.Live), snapshot.Comparable(d.Target))
	var words []string
	for i, p := range paths {
		if i == maxPaths {
			words = append(words, fmt.Sprintf("%d more", len(paths)-i))
			break
		}
		words = append(words, fmt.Sprintf("%s is %s, not %s", p.Path, orNothing(p.A), orNothing(p.B)))
	}
	if len(words) == 0 {
		return "it stands there more than once"
	}
	return strings.Join(words, "; ")
}

func orNothing(json string) string {
	if json == "" {
		return "missing"
	}
	return terminal.Shorten(json, 60)
}

// noChanges is what `schema apply` says where it finds nothing to do
// (cli/commands/schema/apply.js of every version from 10.5 to 12.4).
const noChanges = "No changes to apply"

// again applies the file a second time: nothing may change.
func (b *building) again(ctx context.Context) outcome {
	path, err := b.applyFile()
	if err != nil {
		return b.unable("writing the snapshot for Directus", err, nil)
	}
	ended, err := b.call(ctx, "schema", "apply", "--yes", path)
	if err != nil {
		return b.unable("running "+b.Directus.Name, err, b.output)
	}
	said := b.output
	s, err := b.look(ctx)
	if err != nil {
		return b.unable("taking a snapshot of the new database", err, nil)
	}
	if b.live != nil {
		moved := threeway.Differences(s.side.Snapshot, b.live)
		for _, d := range moved {
			b.report(finding.Finding{
				Code: finding.NotConvergent, Severity: finding.Danger, Item: d.Key.String(), File: b.Name, Refuses: true,
				Message: fmt.Sprintf("a second apply changes %s, which the first had made", d.Key),
				Harm:    "every boot changes it", Fix: "schemaguard explain " + string(finding.NotConvergent),
			})
		}
		if len(moved) > 0 {
			return outcome{Failed, "it changes " + amount.Of(len(moved), "item"), said}
		}
	}
	if ended.Code == 0 && strings.Contains(strings.Join(said, "\n"), noChanges) {
		return outcome{state: OK, text: "changes nothing"}
	}
	return b.restless(ctx, path, s, said)
}

// restless names what Directus finds to change though nothing differs afterwards.
func (b *building) restless(ctx context.Context, path string, s seen, said []string) outcome {
	if _, err := b.call(ctx, "schema", "apply", "--dry-run", path); err != nil {
		return b.unable("running "+b.Directus.Name, err, b.output)
	}
	var items []string
	for _, line := range b.output {
		if word, ok := strings.CutPrefix(strings.TrimSpace(line), "- "); ok && !strings.HasPrefix(word, "Set ") {
			items = append(items, word)
		}
	}
	for _, d := range threeway.Differences(s.side.Snapshot, b.file.Snapshot) {
		b.different(d, "after two applies ")
	}
	text := "it finds changes again"
	if len(items) > 0 {
		text += ": " + strings.Join(items[:min(len(items), maxPaths)], ", ")
	}
	b.report(finding.Finding{
		Code: finding.NotConvergent, Severity: finding.Danger, Item: "second apply", File: b.Name, Refuses: true,
		Message: "a second apply of " + b.Name + " does not say that there is nothing to do: " + text,
		Harm:    "every boot changes the schema", Fix: "schemaguard explain " + string(finding.NotConvergent),
	})
	return outcome{Failed, text, said}
}

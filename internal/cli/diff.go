package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/threeway"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

func (a *app) diffCommand() *cobra.Command {
	var json bool
	cmd := &cobra.Command{
		Use: "diff [A] [B]", Short: "Compare any two snapshots by item and value",
		Long: `Compares two snapshots by item and by value. Each side is live, index, HEAD,
worktree, a commit, a file, or container:NAME. Without B, A is compared with the
staged snapshot; without both, live is.

Exit 0: equal. Exit 2: different. The order of lists is no difference.`,
		Example: "  schemaguard diff\n  schemaguard diff HEAD~3 HEAD\n  schemaguard diff live prod.yaml --json",
		Args:    cobra.MaximumNArgs(2),
		RunE:    func(_ *cobra.Command, args []string) error { return a.diff(args, json) },
	}
	cmd.Flags().BoolVar(&json, "json", false, "one JSON object on stdout")
	return cmd
}

// compared is one side of a diff.
type compared struct {
	source policy.Source
	snap   *snapshot.Snapshot
	order  []byte // how a canonical encoding looks, to tell order alone
}

func (a *app) diff(args []string, json bool) error {
	w, err := a.workspace()
	if err != nil {
		return err
	}
	words := [2]string{"live", ""}
	copy(words[:], args)
	var sides [2]compared
	for i, word := range words {
		if sides[i], err = a.compared(w, word); err != nil {
			return err
		}
	}
	d := report.Diff{A: sides[0].source, B: sides[1].source}
	for _, diff := range threeway.Differences(sides[0].snap, sides[1].snap) {
		d.Items = append(d.Items, diffItem(diff))
	}
	d.OrderOnly = len(d.Items) == 0 && string(sides[0].order) != string(sides[1].order)
	if len(d.Items) > 0 {
		a.code = exitcode.Drift
	}
	if json {
		return report.DiffJSON(a.streams.Out, &d, a.outOptions())
	}
	if a.flags.quiet && a.code == exitcode.OK {
		return nil
	}
	return report.DiffText(a.streams.Out, &d, a.outOptions())
}

// compared reads one side of a diff.
func (a *app) compared(w *workspace.Workspace, word string) (compared, error) {
	if strings.EqualFold(word, "live") {
		s, err := w.Connect(a.ctx)
		if err != nil {
			return compared{}, err
		}
		defer s.Close()
		side := s.Live()
		return compared{side.Source, side.Snapshot, order(side.Snapshot)}, nil
	}
	t, err := w.Target(a.ctx, word)
	if err != nil {
		return compared{}, err
	}
	if t.Missing != nil {
		return compared{}, hintError{code: exitcode.Invalid, err: fmt.Errorf("%s", t.Missing.Message), hints: []string{t.Missing.Fix}}
	}
	file := snapshot.Decode(t.File, t.Data)
	if !file.Trusted() {
		p := file.Problems[len(file.Problems)-1]
		return compared{}, hintError{
			code: exitcode.Invalid, err: fmt.Errorf("%s:%d: %s", t.File, p.Line, p.Message),
			hints: []string{"schemaguard explain " + string(p.Code)},
		}
	}
	return compared{t.Source, file.Snapshot, order(file.Snapshot)}, nil
}

// order is the keys of a snapshot in the order of its lists.
func order(s *snapshot.Snapshot) []byte {
	var b []byte
	for _, key := range s.Keys() {
		b = append(append(b, key.String()...), 0)
	}
	return b
}

func diffItem(d threeway.Difference) report.DiffItem {
	item := report.DiffItem{Kind: d.Key.Kind.String(), Name: d.Key.Name()}
	switch {
	case d.Target == nil:
		item.Where = report.OnlyA
	case d.Live == nil:
		item.Where = report.OnlyB
	default:
		item.Where = report.Both
		for _, p := range threeway.Paths(d.Live.Value, d.Target.Value) {
			item.Paths = append(item.Paths, report.DiffPath{Path: p.Path, A: p.A, B: p.B})
		}
	}
	return item
}

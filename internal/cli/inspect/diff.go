package inspect

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/itemdiff"
	"github.com/schemaguard/schemaguard/internal/report"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// diffFlags are the flags of diff.
type diffFlags struct{ json, markdown bool }

func (a commands) diffCommand() *cobra.Command {
	var f diffFlags
	cmd := &cobra.Command{
		Use: "diff [A] [B]", Short: "Compare any two snapshots by item and value",
		Long: `Compares two snapshots by item and by value. Each side is live, index, HEAD,
worktree, a commit, a file, or container:NAME. Without B, A is compared with the
staged snapshot; without both, live is.

With --markdown it writes the body of a comment on a pull request: what
destroys data first, each collection apart, cut to what GitHub takes.

Exit 0: equal. Exit 2: different. The order of lists is no difference.`,
		Example: "  schemaguard diff\n  schemaguard diff HEAD~3 HEAD\n  schemaguard diff live prod.yaml --json\n  schemaguard diff origin/main HEAD --markdown | gh pr comment --body-file -",
		Args:    cobra.MaximumNArgs(2),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.diff(cmd, args, f) },
	}
	cmd.Flags().BoolVar(&f.json, "json", false, "one JSON object on stdout")
	cmd.Flags().BoolVar(&f.markdown, "markdown", false, "Markdown for a comment on a pull request")
	return cmd
}

func (a commands) diff(cmd *cobra.Command, args []string, f diffFlags) error {
	if f.json && f.markdown {
		return app.Usagef(cmd, "--json and --markdown cannot both be written")
	}
	w, err := a.Workspace()
	if err != nil {
		return err
	}
	words := [2]string{"live", ""}
	copy(words[:], args)
	var sides [2]itemdiff.Side
	for i, word := range words {
		if sides[i], err = a.compared(w, word); err != nil {
			return err
		}
	}
	d := itemdiff.Between(sides[0], sides[1])
	if len(d.Items) > 0 {
		a.Code = exitcode.Drift
	}
	switch {
	case f.json:
		return report.DiffJSON(a.Streams.Out, &d, a.OutOptions())
	case f.markdown:
		return report.DiffMarkdown(a.Streams.Out, &d, a.OutOptions())
	case a.Flags.Quiet && a.Code == exitcode.OK:
		return nil
	}
	return report.DiffText(a.Streams.Out, &d, a.OutOptions())
}

// compared reads one side of a diff.
func (a commands) compared(w *workspace.Workspace, word string) (itemdiff.Side, error) {
	if strings.EqualFold(word, "live") {
		s, err := a.Connect(w)
		if err != nil {
			return itemdiff.Side{}, err
		}
		defer s.Close()
		side := s.Live()
		return itemdiff.Side{Source: side.Source, Snapshot: side.Snapshot}, nil
	}
	t, err := w.Target(a.Ctx, word)
	if err != nil {
		return itemdiff.Side{}, err
	}
	if t.Missing != nil {
		return itemdiff.Side{}, app.HintError{Code: exitcode.Invalid, Err: fmt.Errorf("%s", t.Missing.Message), Hints: []string{t.Missing.Fix}}
	}
	file := snapshot.Decode(t.File, t.Data)
	if !file.Trusted() {
		p := file.Problems[len(file.Problems)-1]
		return itemdiff.Side{}, app.HintError{
			Code: exitcode.Invalid, Err: fmt.Errorf("%s:%d: %s", t.File, p.Line, p.Message),
			Hints: []string{"schemaguard explain " + string(p.Code)},
		}
	}
	return itemdiff.Side{Source: t.Source, Snapshot: file.Snapshot}, nil
}

package inspect

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/syncpoint"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

func (a commands) statusCommand() *cobra.Command {
	var json bool
	cmd := &cobra.Command{
		Use: "status", Short: "Show what differs, what a boot would destroy, and what to do next",
		Long: `Shows one screen: which database and which Directus, then the live schema, the
sync point, the worktree, the index and HEAD side by side, what is unsaved,
ahead, pending or in conflict, what a boot would destroy, and the one command
to type next. It changes nothing.`,
		Example: "  schemaguard status\n  schemaguard status --verbose\n  schemaguard status --json",
		RunE:    func(*cobra.Command, []string) error { return a.status(json) },
	}
	cmd.Flags().BoolVar(&json, "json", false, "one JSON object on stdout")
	return cmd
}

func (a commands) status(json bool) error {
	st, err := a.collectStatus()
	if err != nil {
		v, ok := app.Unable(err)
		if !ok {
			return err
		}
		st = &report.Status{Verdict: v}
	}
	a.Code = st.Verdict.ExitCode()
	if json {
		return report.StatusJSON(a.Streams.Out, st, a.OutOptions())
	}
	return report.StatusText(a.Streams.Out, st, a.OutOptions())
}

// collectStatus compares live with every side. The verdict shown is that of the
// worktree, which is what the next build takes; by the rule of commits, since
// nothing is about to boot.
func (a commands) collectStatus() (*report.Status, error) {
	s, err := a.Open()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	live := s.Live()
	st := &report.Status{Database: s.Settings.Display, Found: s.Settings.Source}
	st.Sides = append(st.Sides, report.Side{Name: "live", Where: s.Settings.Display, Items: live.Snapshot.Len()}, a.syncSide(s))
	seen := map[string]policy.Verdict{}
	for _, name := range sideNames(s) {
		t, err := s.Target(a.Ctx, name)
		if err != nil {
			return nil, err
		}
		v, done := seen[string(t.Data)]
		if !done || t.Missing != nil {
			v = s.Check(a.Ctx, t, policy.Commit, false)
			seen[string(t.Data)] = v
		}
		if name == "worktree" {
			st.Verdict = v
		}
		st.Sides = append(st.Sides, side(t, v))
	}
	return st, nil
}

func sideNames(s *workspace.Session) []string {
	if s.Repo == nil {
		return []string{"worktree"}
	}
	return []string{"worktree", "index", "HEAD"}
}

// syncSide is the row of the sync point.
func (a commands) syncSide(s *workspace.Session) report.Side {
	out := report.Side{Name: "sync point", Items: -1, Against: "none yet"}
	points, err := s.Database.SyncPoints(a.Ctx)
	if err != nil {
		out.Against = "not readable"
		return out
	}
	last := syncpoint.Latest(points)
	if last == nil {
		return out
	}
	out.Where, out.Items = last.Describe(a.Now()), len(last.Items)
	moved := 0
	now := s.Live().Snapshot.Digests()
	for key, digest := range last.Items {
		if now[key] != digest {
			moved++
		}
	}
	for key := range now {
		if _, had := last.Items[key]; !had {
			moved++
		}
	}
	out.Against = "same"
	if moved > 0 {
		out.Against = fmt.Sprintf("live moved in %d since", moved)
	}
	return out
}

// side is the row of a snapshot.
func side(t workspace.Target, v policy.Verdict) report.Side {
	out := report.Side{Name: t.Source.Name, Where: t.Source.Origin, Items: -1}
	if t.Source.Detail != "" {
		out.Where = t.Source.Detail
	}
	if t.Missing != nil {
		out.Against = "absent"
		return out
	}
	if file := snapshot.Decode(t.File, t.Data); file.Trusted() {
		out.Items = file.Snapshot.Len()
	}
	switch words := v.Counts.Words("to drop"); {
	case v.State == policy.NotRun:
		out.Against = "not readable"
	case len(words) == 0:
		out.Against = "same"
	default:
		out.Against = strings.Join(words, ", ")
	}
	return out
}

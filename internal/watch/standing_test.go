package watch

import (
	"testing"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/overview"
	"github.com/schemaguard/schemaguard/internal/policy"
)

// place is one of the places with its counts.
func place(name string, c policy.Counts) overview.Place {
	v := policy.Verdict{State: policy.Clean, Counts: c}
	if c.Unsaved+c.Conflict > 0 || name == boot && c.Ahead > 0 {
		v.State = policy.Drift
	}
	return overview.Place{Name: name, Items: 10, Verdict: v}
}

func TestStanding(t *testing.T) {
	t.Parallel()
	none := policy.Counts{}
	unsaved, ahead := policy.Counts{Unsaved: 1}, policy.Counts{Ahead: 1}
	pending := policy.Counts{Pending: 1}
	all := func(worktree, index, head policy.Counts, more ...overview.Place) []overview.Place {
		return append([]overview.Place{place("worktree", worktree), place("index", index), place("HEAD", head)}, more...)
	}
	missing := func(name string) overview.Place { return overview.Place{Name: name, Items: -1, Missing: true} }
	unread := overview.Place{Name: boot, Items: -1, Verdict: policy.Unable(finding.NotRun, "docker does not answer", "")}
	invalid := place("worktree", none)
	invalid.Verdict = policy.Verdict{State: policy.NotRun, Findings: []finding.Finding{{Code: finding.ConflictMarkers, Severity: finding.Invalid}}}
	invalid.Items = -1
	notRun := place("worktree", none)
	notRun.Verdict = policy.Unable(finding.NotRun, "the server went away", "")
	for name, tt := range map[string]struct {
		places []overview.Place
		want   Standing
		shown  string
	}{
		"all agree":                            {all(none, none, none), Clean, "worktree"},
		"all agree, the boot too":              {all(none, none, none, place(boot, none)), Clean, "worktree"},
		"nowhere saved":                        {all(unsaved, unsaved, unsaved, place(boot, unsaved)), Unsaved, "worktree"},
		"a conflict is graver than unsaved":    {all(policy.Counts{Unsaved: 1, Conflict: 1}, none, none), Conflict, "worktree"},
		"live is of another branch":            {all(ahead, ahead, ahead), Ahead, "worktree"},
		"saved in the worktree":                {all(none, unsaved, unsaved, place(boot, unsaved)), NotStaged, "index"},
		"staged":                               {all(none, none, ahead, place(boot, ahead)), NotInCommit, "HEAD"},
		"committed":                            {all(none, none, none, place(boot, ahead)), NotInImage, boot},
		"the second container is stale":        {all(none, none, none, place(boot, none), place(boot, ahead)), NotInImage, boot},
		"the file is not in git":               {append(all(none, none, none)[:1], missing("index"), missing("HEAD")), NotStaged, "index"},
		"staged for the first time":            {append(all(none, none, none)[:2], missing("HEAD")), NotInCommit, "HEAD"},
		"no repository":                        {all(unsaved, none, none)[:1], Unsaved, "worktree"},
		"after a pull":                         {all(pending, pending, pending), Pending, "worktree"},
		"a pull that was overwritten":          {all(none, pending, pending), Pending, "index"},
		"an image with more than git":          {all(none, none, none, place(boot, pending)), Pending, boot},
		"an image that drops what git dropped": {all(none, none, none, place(boot, policy.Counts{CommittedDrop: 1})), Pending, boot},
		"a commit removed it":                  {all(policy.Counts{CommittedDrop: 1}, none, none), Pending, "worktree"},
		"work is graver than what is pending":  {all(policy.Counts{Pending: 3, Unsaved: 1}, none, none), Unsaved, "worktree"},
		"a boot that cannot be read":           {all(none, none, none, unread), BootUnknown, boot},
		"the one that can be read is stale":    {all(none, none, none, unread, place(boot, ahead)), NotInImage, boot},
		"a boot without a snapshot":            {all(none, none, none, overview.Place{Name: boot, Items: -1, Missing: true, Verdict: policy.Verdict{State: policy.Clean}}), Clean, "worktree"},
		"a file nobody can read":               {[]overview.Place{invalid}, Invalid, "worktree"},
		"not run":                              {append([]overview.Place{notRun}, all(none, none, none)[1:]...), NotChecked, "worktree"},
	} {
		got, shown := standing(tt.places)
		if got != tt.want || shown.Name != tt.shown {
			t.Errorf("%s: %s by %s, want %s by %s", name, got, shown.Name, tt.want, tt.shown)
		}
	}
}

// A file that cannot be read is told with the place in it.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	v := policy.Verdict{State: policy.NotRun, Reason: "the snapshot file cannot be trusted", Findings: []finding.Finding{
		{Code: finding.NotRun, Severity: finding.Note, Message: "beside the point"},
		{Code: finding.ConflictMarkers, Severity: finding.Invalid, File: "a.yaml", Line: 7, Message: "a.yaml holds marks"},
	}}
	if got, want := unreadable(&v), "the snapshot file cannot be trusted: a.yaml:7: holds marks"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

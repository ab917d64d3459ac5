package policy

import (
	"slices"
	"testing"

	"github.com/schemaguard/schemaguard/internal/finding"
)

// Each command works where it is named: outside a repository there is nothing to
// stage in.
func TestWithoutGit(t *testing.T) {
	t.Parallel()
	v := Verdict{
		Next:     []string{"schemaguard snapshot --stage", "git commit -m x", "schemaguard snapshot", "schemaguard doctor"},
		Findings: []finding.Finding{{Fix: "schemaguard snapshot --keep-pending --stage"}, {Fix: "git fetch"}, {}},
	}
	v.WithoutGit()
	if want := []string{"schemaguard snapshot", "schemaguard doctor"}; !slices.Equal(v.Next, want) {
		t.Errorf("%q, want %q", v.Next, want)
	}
	if v.Findings[0].Fix != "schemaguard snapshot --keep-pending" || v.Findings[1].Fix != "" {
		t.Errorf("%+v", v.Findings)
	}
}

package policy

import (
	"slices"
	"strings"
)

// WithoutGit takes out of the verdict's commands what there is no index and no
// commit for, of a project outside a git repository.
func (v *Verdict) WithoutGit() {
	var next []string
	for _, c := range v.Next {
		if c = withoutGit(c); c != "" && !slices.Contains(next, c) {
			next = append(next, c)
		}
	}
	v.Next = next
	for i := range v.Findings {
		v.Findings[i].Fix = withoutGit(v.Findings[i].Fix)
	}
}

func withoutGit(command string) string {
	if strings.HasPrefix(command, "git ") {
		return ""
	}
	return strings.TrimSuffix(command, " --stage")
}

package summary

import (
	"fmt"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
)

// MaxHints is how many commands a person is told to type; more are not read.
const MaxHints = 3

// Headline is the verdict in one line: of a check that was not made, the reason.
func Headline(v *policy.Verdict) string {
	if v.State == policy.NotRun && v.Reason != "" {
		return v.Reason
	}
	if v.Summary == "" {
		return "no summary was given"
	}
	return v.Summary
}

// Next returns the commands to type: those of the verdict, else those that fix
// the findings, each once.
func Next(v *policy.Verdict) []string {
	if len(v.Next) > 0 {
		return v.Next
	}
	findings := append([]finding.Finding(nil), v.Findings...)
	SortFindings(findings)
	var commands []string
	seen := map[string]bool{}
	for _, f := range findings {
		if f.Fix != "" && !seen[f.Fix] && (f.Refuses || f.Severity >= finding.Warning) {
			seen[f.Fix] = true
			commands = append(commands, f.Fix)
		}
	}
	return commands
}

// Place returns file:line of a finding, as editors and terminals link it.
func Place(f finding.Finding) string {
	if f.File == "" || f.Line < 1 {
		return f.File
	}
	return fmt.Sprintf("%s:%d", f.File, f.Line)
}

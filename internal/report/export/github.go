package export

import (
	"fmt"
	"io"
	"strings"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report/summary"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// maxAnnotations is how many annotations of one level GitHub shows for a step;
// it drops the others without a word. For a whole job, it shows 50.
// https://docs.github.com/en/rest/checks/runs
const maxAnnotations = 10

// GitHub writes a verdict as workflow commands, which GitHub shows as
// annotations: first the verdict, then the findings, the gravest first, and
// where they are too many, one line that counts the others. The whole verdict
// belongs in the step summary: see [StepSummary]. Its errors are those of w.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
func GitHub(w io.Writer, v *policy.Verdict, o Options) error {
	var b strings.Builder
	shown := map[string]int{}
	if v.State == policy.Clean {
		fmt.Fprintf(&b, "schemaguard: clean: %s\n", annotation(summary.Headline(v)))
	} else {
		level := "error"
		if v.State == policy.Drift {
			level = "warning"
		}
		shown[level]++
		command(&b, level, properties{title: "schemaguard: " + v.State.String()}, summaryLines(v)...)
	}
	byLevel := map[string][]finding.Finding{}
	findings := append([]finding.Finding(nil), v.Findings...)
	summary.SortFindings(findings)
	for _, f := range findings {
		byLevel[level(f)] = append(byLevel[level(f)], f)
	}
	for _, level := range []string{"error", "warning", "notice"} {
		annotate(&b, level, byLevel[level], maxAnnotations-shown[level], o)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// level returns how GitHub should mark a finding.
func level(f finding.Finding) string {
	switch {
	case f.Refuses || f.Severity >= finding.Danger:
		return "error"
	case f.Severity == finding.Warning:
		return "warning"
	}
	return "notice"
}

// summaryLines is the verdict with what is at stake and what to do about it.
func summaryLines(v *policy.Verdict) []string {
	groups, _ := summary.Groups(v, false)
	lines := []string{summary.Headline(v)}
	if h := summary.Harm(groups); h != "" {
		lines = append(lines, "harm: "+h)
	}
	for i, command := range summary.Next(v) {
		if i < summary.MaxHints {
			lines = append(lines, "hint: "+command)
		}
	}
	return lines
}

// annotate writes the findings of one level; room is at least 1.
func annotate(b *strings.Builder, level string, findings []finding.Finding, room int, o Options) {
	var left []finding.Finding
	if len(findings) > room {
		findings, left = findings[:room-1], findings[room-1:]
	}
	for _, f := range findings {
		at := properties{file: f.File, line: f.Line, title: string(f.Code)}
		if at.file == "" {
			at.file, at.line = o.File, 0
		}
		lines := []string{f.Message}
		if f.Harm != "" {
			lines = append(lines, "harm: "+f.Harm)
		}
		if f.Fix != "" {
			lines = append(lines, "hint: "+f.Fix)
		}
		command(b, level, at, lines...)
	}
	if len(left) > 0 {
		var codes []string
		number := map[string]int{}
		for _, f := range left {
			code := string(f.Code)
			if number[code]++; number[code] == 1 {
				codes = append(codes, code)
			}
		}
		for i, code := range codes {
			codes[i] = fmt.Sprintf("%s %s", amount.Thousands(number[code]), code)
		}
		command(b, level, properties{title: "schemaguard: " + amount.Of(len(left), "more finding")}, summary.List(codes, 0))
	}
}

// properties are those of an annotation.
type properties struct {
	file  string
	line  int
	title string
}

// command writes one workflow command.
func command(b *strings.Builder, level string, p properties, lines ...string) {
	var props []string
	if p.file != "" {
		props = append(props, "file="+property(p.file))
		if p.line > 0 {
			props = append(props, fmt.Sprintf("line=%d", p.line))
		}
	}
	props = append(props, "title="+property(p.title))
	for i, line := range lines {
		lines[i] = annotation(line)
	}
	fmt.Fprintf(b, "::%s %s::%s\n", level, strings.Join(props, ","), strings.Join(lines, "%0A"))
}

// annotation makes one line of a message safe: no control characters, no
// commands, and the escapes that the runner undoes.
func annotation(s string) string {
	return strings.ReplaceAll(terminal.Shorten(summary.Shown(s), summary.MaxMessage), "%", "%25")
}

// property escapes what ends a property, besides.
func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(annotation(s))
}

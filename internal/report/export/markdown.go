package export

import (
	"fmt"
	"io"
	"strings"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report/summary"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// What a page of Markdown may hold. GitHub refuses step summaries over 1 MiB.
const (
	maxRows     = 200
	maxMarkdown = 900_000
)

// StepSummary returns the verdict as Markdown that fits into the step summary
// of a GitHub workflow: the caller appends it to the file $GITHUB_STEP_SUMMARY.
func StepSummary(v *policy.Verdict, o Options) []byte {
	return []byte(markdown(v, o))
}

// Markdown writes a verdict as GitHub's Markdown, for step summaries and
// comments. Its errors are those of w.
func Markdown(w io.Writer, v *policy.Verdict, o Options) error {
	_, err := io.WriteString(w, markdown(v, o))
	return err
}

func markdown(v *policy.Verdict, o Options) string {
	var b strings.Builder
	groups, rest := summary.Groups(v, o.Verbose)
	fmt.Fprintf(&b, "### schemaguard: %s\n\n%s\n", v.State, prose(summary.Headline(v)))
	if h := summary.Harm(groups); h != "" {
		fmt.Fprintf(&b, "\n**Harm:** %s\n", prose(h))
	}
	markdownSources(&b, v)
	rows := table{b: &b, head: "| item | class | a boot | loss | who |\n|---|---|---|---|---|\n"}
	for _, g := range groups {
		for _, e := range g.Entries {
			item := prose(e.Kind) + " " + code(e.Name)
			if with := e.With(); with != "" {
				item += " with " + with
			}
			who := prose(e.Who())
			if e.Branch != "" {
				who = strings.TrimSpace(who + " on " + code(e.Branch))
			}
			rows.row(item, g.Class.String(), prose(e.Boot), prose(summary.List(e.Losses(), 0)), who)
		}
	}
	rows.end()
	for _, g := range groups {
		for _, e := range g.Entries {
			for _, f := range e.Findings {
				if !summary.Generic(f.Code) {
					rest = append(rest, f)
				}
			}
		}
	}
	summary.SortFindings(rest)
	rows = table{b: &b, head: "| finding | where | what | harm |\n|---|---|---|---|\n"}
	for _, f := range rest {
		where := ""
		if at := summary.Place(f); at != "" {
			where = code(at)
		}
		rows.row(code(string(f.Code)), where, prose(f.Message), prose(f.Harm))
	}
	rows.end()
	for _, note := range v.Notes {
		fmt.Fprintf(&b, "\n> %s\n", prose(note))
	}
	markdownNext(&b, summary.Next(v))
	return b.String()
}

func markdownSources(b *strings.Builder, v *policy.Verdict) {
	if v.State == policy.Clean {
		return
	}
	rows := table{b: b, head: "| | |\n|---|---|\n"}
	for _, s := range []struct {
		label string
		policy.Source
	}{{"live", v.Live}, {"target", v.Target}} {
		if s.Origin == "" {
			s.Origin = s.Name
		}
		if s.Origin == "" {
			continue
		}
		value := code(s.Origin)
		if s.Detail != "" {
			value += " " + prose(s.Detail)
		}
		rows.row(s.label, value)
	}
	if v.Directus.Version != "" {
		rows.row("Directus", prose(v.Directus.Version+" ("+v.Directus.Source+")"))
	}
	if v.SyncPoint != "" {
		rows.row("sync point", prose(v.SyncPoint))
	}
	rows.end()
}

func markdownNext(b *strings.Builder, commands []string) {
	if len(commands) == 0 {
		return
	}
	if len(commands) > summary.MaxHints {
		commands = commands[:summary.MaxHints]
	}
	var lines strings.Builder
	for _, command := range commands {
		if summary.Shown(command) != command {
			lines.WriteString("# cannot be pasted: a name holds characters that cannot be shown\n# ")
		}
		lines.WriteString(summary.Shown(command) + "\n")
	}
	fence := strings.Repeat("`", max(3, longestRun(lines.String(), '`')+1))
	fmt.Fprintf(b, "\n**Next:**\n\n%ssh\n%s%s\n", fence, lines.String(), fence)
}

// table writes rows until there are too many, and counts the others.
type table struct {
	b       *strings.Builder
	head    string
	rows    int
	skipped int
}

func (t *table) row(cells ...string) {
	if t.rows == maxRows || t.b.Len() > maxMarkdown {
		t.skipped++
		return
	}
	if t.rows == 0 {
		t.b.WriteString("\n" + t.head)
	}
	t.rows++
	t.b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

func (t *table) end() {
	if t.skipped > 0 {
		fmt.Fprintf(t.b, "\nand %s more\n", amount.Thousands(t.skipped))
	}
}

// code returns a name as a code span that also fits into a cell of a table. A
// backslash before a pipe is doubled, so that whoever counts it as an escape of
// its own finds the pipe escaped all the same.
func code(s string) string {
	s = span(s)
	var b strings.Builder
	for i := range len(s) {
		if s[i] == '|' {
			before := i - len(strings.TrimRight(s[:i], `\`))
			b.WriteString(strings.Repeat(`\`, before+1))
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// span returns a name as a code span for everywhere but in tables.
func span(s string) string {
	s = terminal.Shorten(summary.Shown(s), summary.MaxName)
	if strings.TrimSpace(s) == "" {
		return "(empty)"
	}
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// prose returns text in which nothing is markup, a mention or a link.
func prose(s string) string {
	s = terminal.Shorten(summary.Shown(s), summary.MaxMessage)
	var b strings.Builder
	for i, r := range s {
		switch r {
		case '#', '-':
			switch linked := i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9'; {
			case linked && (r == '#' || i >= 2 && strings.EqualFold(s[i-2:i], "GH")): // #12 and GH-12 would be told to that issue
				b.WriteString(string(r) + "<!-- -->")
			case r == '#':
				b.WriteString(`\#`)
			default:
				b.WriteRune(r)
			}
		case '<':
			b.WriteString("&lt;")
		case '&':
			b.WriteString("&amp;")
		case '@':
			b.WriteString("@<!-- -->")
		case '\\', '`', '*', '_', '{', '}', '[', ']', '>', '!', '|', '~', '$':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return strings.NewReplacer("://", ":<!-- -->//", "www.", "www<!-- -->.").Replace(b.String())
}

// longestRun returns the length of the longest run of c in s.
func longestRun(s string, c byte) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != c {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

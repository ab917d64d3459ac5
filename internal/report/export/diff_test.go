package export

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/schemaguard/schemaguard/internal/itemdiff"
	"github.com/schemaguard/schemaguard/internal/policy"
)

// many makes a diff of collections with 20 fields each, every fifth of which is dropped.
func many(collections int, note string) *itemdiff.Diff {
	d := &itemdiff.Diff{A: policy.Source{Name: "main"}, B: policy.Source{Name: "HEAD"}}
	for i := range collections {
		name := fmt.Sprintf("c%04d", i)
		if i%5 == 0 {
			d.Items = append(d.Items, itemdiff.Item{Kind: "collection", Name: name, Collection: name, Where: itemdiff.OnlyA, A: "table", Loss: "drops the table with all its rows"})
		}
		for j := range 20 {
			item := itemdiff.Item{Kind: "field", Name: fmt.Sprintf("%s.f%d", name, j), Collection: name, Where: itemdiff.Both, Paths: []itemdiff.Path{{Path: "meta.note", A: `"x"`, B: note}}}
			if i%5 == 0 {
				item = itemdiff.Item{Kind: "field", Name: item.Name, Collection: name, Where: itemdiff.OnlyA, A: "text", Loss: "drops the column with all its values"}
			}
			d.Items = append(d.Items, item)
		}
	}
	return d
}

// TestCommentFits: whatever the size, the comment fits, is whole, and counts
// what it leaves out.
func TestCommentFits(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 10, 40, 60, 70, 300, 5000} {
		for _, note := range []string{`"y"`, `"` + strings.Repeat("ü", 400) + `"`, `"` + strings.Repeat("@", 400) + `"`} {
			d := many(n, note)
			text := diffMarkdown(d)
			if size := utf8.RuneCountInString(text); size > 65_536 || len(text) > 65_536 {
				t.Errorf("%d collections: %d characters, %d bytes", n, size, len(text))
			}
			if open, closed := strings.Count(text, "<details>"), strings.Count(text, "</details>"); open != closed || open == 0 {
				t.Errorf("%d collections: %d details are opened, %d closed", n, open, closed)
			}
			rows := strings.Count(text, "\n| changed | field") + strings.Count(text, "\n| removed | field") + strings.Count(text, "\n| **removed** | collection")
			left := 0
			if m := regexp.MustCompile(`\n([0-9,]+) more differences? (is|are) left out`).FindStringSubmatch(text); m != nil {
				_, _ = fmt.Sscan(strings.ReplaceAll(m[1], ",", ""), &left)
			}
			if rows+left != len(d.Items) {
				t.Errorf("%d collections: %d rows and %d left out of %d", n, rows, left, len(d.Items))
			}
			if first, _, _ := strings.Cut(text, "\n"); !strings.Contains(first, "destroying data") || !strings.Contains(text, "drops the table") {
				t.Errorf("%d collections: what is destroyed is not on top: %s", n, first)
			}
		}
	}
}

// TestNothingOfADiffIsMarkup puts texts that mean something in Markdown, HTML or
// on GitHub into every place, and looks at what is left outside of code.
func TestNothingOfADiffIsMarkup(t *testing.T) {
	t.Parallel()
	allowed := regexp.MustCompile(`</?(details|summary|code)>|<br>|<!-- -->`)
	for _, evil := range hostileTexts() {
		d := hostileDiff(evil)
		few := *d
		few.Items = d.Items[:1]
		for _, text := range []string{diffMarkdown(d), diffMarkdown(&few)} {
			for line := range strings.SplitSeq(text, "\n") {
				rest := allowed.ReplaceAllString(outsideOfCode(line), "␀")
				if strings.ContainsAny(rest, "<") || strings.Contains(strings.ReplaceAll(rest, "@␀", ""), "@") {
					t.Errorf("%q: outside of code stands %q", evil, rest)
				}
				if strings.HasPrefix(line, "| ") {
					if n := len(regexp.MustCompile(`(^|[^\\])(\\\\)*\|`).FindAllString(line, -1)); n != 4 {
						t.Errorf("%q: a row of %d bars: %s", evil, n, line)
					}
				}
			}
		}
	}
}

// outsideOfCode is a line without its code spans, by the rule of CommonMark: a
// span ends at a run of backticks as long as the one that began it.
func outsideOfCode(line string) string {
	line = regexp.MustCompile(`<code>.*?</code>`).ReplaceAllString(line, "")
	var out strings.Builder
	for i := 0; i < len(line); {
		n := 0
		for i+n < len(line) && line[i+n] == '`' {
			n++
		}
		switch {
		case line[i] == '\\' && i+1 < len(line):
			i += 2
			continue
		case n == 0:
			out.WriteByte(line[i])
			i++
			continue
		}
		end := -1
		for j := i + n; j < len(line); {
			m := 0
			for j+m < len(line) && line[j+m] == '`' {
				m++
			}
			if m == n {
				end = j + m
				break
			}
			j += max(m, 1)
		}
		if end < 0 {
			out.WriteString(line[i : i+n])
			end = i + n
		}
		i = end
	}
	return out.String()
}

package export

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/itemdiff"
	"github.com/schemaguard/schemaguard/internal/policy"
)

// hostileTexts mean something in Markdown, in HTML or on GitHub.
func hostileTexts() []string {
	return []string{
		"@team", "a|@team|b", "`@team", "``` @team", `\|@team`, `\\|@team`, `x\`, "a`b``@team", "<script>@x</script>", "</details>@x", "<!-- @x",
		"#12 GH-12 a/b#3", "![x](http://e.example/@y)", "\n\n@team\n", "</code>@team", "https://e.example/@x", "&lt;@team", "", " ", "`", "--- @x ---", "$@x$",
		"a\\`|@team", "`|`@team|`", "\\`@team\\`", "||@team||", "<br>@team", "~~@team~~", "[x]: http://e.example", "*a*_b_@team", "www.e.example", "x@e.example", "`` `", "&#64;team", "\u202e@team",
	}
}

// hostileDiff has such a text in every place.
func hostileDiff(evil string) *itemdiff.Diff {
	d := &itemdiff.Diff{A: policy.Source{Name: evil, Detail: evil}, B: policy.Source{Name: evil, Detail: "d" + evil}, Notes: []string{evil}}
	for _, where := range []itemdiff.Presence{itemdiff.OnlyA, itemdiff.OnlyB, itemdiff.Both} {
		for range openRows { // so that the collection is folded
			d.Items = append(d.Items, itemdiff.Item{
				Kind: "field", Name: evil + "." + evil, Collection: evil, Where: where, A: evil, B: evil, Loss: "drops " + evil,
				Paths: []itemdiff.Path{{Path: evil, A: evil, B: "x" + evil}},
			})
		}
	}
	return d
}

// TestGitHubsOwnRenderer renders hostile diffs with cmark-gfm, which GitHub
// itself uses, and looks for what came through.
func TestGitHubsOwnRenderer(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("cmark-gfm"); err != nil {
		t.Skip("needs cmark-gfm")
	}
	code := regexp.MustCompile(`(?s)<code>.*?</code>`)
	for _, evil := range hostileTexts() {
		d := hostileDiff(evil)
		few := *d
		few.Items = d.Items[:1]
		for _, d := range []*itemdiff.Diff{d, &few} {
			cmd := exec.CommandContext(t.Context(), "cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "tasklist")
			cmd.Stdin = strings.NewReader(diffMarkdown(d))
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			html := string(out)
			if rows := strings.Count(html, "<tr>"); rows != len(d.Items)+1 {
				t.Errorf("%q: %d rows of a table, want %d:\n%s", evil, rows, len(d.Items)+1, html)
			}
			if cells := strings.Count(html, "<td>"); cells != 3*len(d.Items) {
				t.Errorf("%q: %d cells, want %d:\n%s", evil, cells, 3*len(d.Items), html)
			}
			if open, closed := strings.Count(html, "<details>"), strings.Count(html, "</details>"); open != closed {
				t.Errorf("%q: %d details are opened, %d closed", evil, open, closed)
			}
			rest := code.ReplaceAllString(html, "")
			for _, bad := range []string{"<a ", "<script", "<img", "@team", "@x", "@y", "<del>", "<em>", "<hr", "#12", "GH-12"} {
				if strings.Contains(rest, bad) {
					t.Errorf("%q: %s came through:\n%s", evil, bad, rest)
				}
			}
		}
	}
}

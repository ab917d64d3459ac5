package finding

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/findings.md from the table")

const docsFile = "../../docs/findings.md"

// declared returns the value of every constant of type Code in codes.go.
func declared(t *testing.T) map[Code]bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[Code]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		codes[Code(text)] = true
		return true
	})
	return codes
}

func TestEveryCodeStandsInTheTableOnce(t *testing.T) {
	t.Parallel()
	want := declared(t)
	seen := map[Code]bool{}
	for _, info := range All() {
		if seen[info.Code] {
			t.Errorf("%s stands in the table twice", info.Code)
		}
		seen[info.Code] = true
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("codes.go (-) and the table (+) differ:\n%s", diff)
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	for _, info := range All() {
		if problem := badText(info); problem != "" {
			t.Errorf("%s: %s", info.Code, problem)
		}
	}
}

// The rules themselves have to be able to say no.
func TestTextRulesRefuse(t *testing.T) {
	t.Parallel()
	good := Info{Code: "A_B", Group: Boot, Severity: Note, Title: "a title", Harm: "Harm.", Fix: "Fix with `cmd`."}
	if problem := badText(good); problem != "" {
		t.Fatalf("a good entry was refused: %s", problem)
	}
	for name, spoil := range map[string]func(*Info){
		"code in lower case":   func(i *Info) { i.Code = "a_b" },
		"no group":             func(i *Info) { i.Group = 0 },
		"no severity":          func(i *Info) { i.Severity = 0 },
		"no title":             func(i *Info) { i.Title = "" },
		"title in upper case":  func(i *Info) { i.Title = "Title" },
		"title with a period":  func(i *Info) { i.Title = "title." },
		"title too long":       func(i *Info) { i.Title = strings.Repeat("x", 101) },
		"no harm":              func(i *Info) { i.Harm = "" },
		"harm not a sentence":  func(i *Info) { i.Harm = "harm" },
		"no fix":               func(i *Info) { i.Fix = "" },
		"fix without a period": func(i *Info) { i.Fix = "Fix" },
		"open backquote":       func(i *Info) { i.Fix = "Fix `it." },
		"line break":           func(i *Info) { i.Harm = "Harm\nmore." },
	} {
		bad := good
		spoil(&bad)
		if badText(bad) == "" {
			t.Errorf("%s: not refused", name)
		}
	}
}

var codeForm = regexp.MustCompile(`^[A-Z]+(_[A-Z]+)*$`)

func badText(info Info) string {
	first, _ := utf8.DecodeRuneInString(info.Title)
	switch {
	case !codeForm.MatchString(string(info.Code)):
		return "code is not in upper case"
	case info.Group.String() == "unknown":
		return "no group"
	case info.Severity.String() == "unknown":
		return "no severity"
	case info.Title == "" || unicode.IsUpper(first):
		return "title does not start in lower case"
	case strings.HasSuffix(info.Title, "."):
		return "title ends with a period"
	case len(info.Title) > 100:
		return "title is longer than 100 bytes"
	}
	for name, text := range map[string]string{"harm": info.Harm, "fix": info.Fix} {
		first, _ := utf8.DecodeRuneInString(text)
		switch {
		case !strings.HasSuffix(text, "."):
			return name + " is not a sentence"
		case !unicode.IsUpper(first) && first != '`':
			return name + " does not start like a sentence"
		case strings.Count(text, "`")%2 != 0:
			return name + " leaves a backquote open"
		case strings.ContainsAny(text, "\n\t"):
			return name + " holds a line break"
		}
	}
	return ""
}

func TestLookup(t *testing.T) {
	t.Parallel()
	for in, want := range map[Code]Code{
		"COLLECTION_DROP": CollectionDrop, "collection-drop": CollectionDrop, " crlf ": CRLF,
		"": "", "COLLECTION": "", "COLLECTION_DROPS": "",
	} {
		got, ok := Lookup(in)
		if got.Code != want || ok != (want != "") {
			t.Errorf("Lookup(%q) = %q, %v; want %q", in, got.Code, ok, want)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Code{
		"colection_drop": CollectionDrop, "FELD_DROP": FieldDrop, "stale-traget": StaleTarget,
		"unreachble": Unreachable, "": "", "SOMETHING_ELSE_ENTIRELY_HERE": "",
	} {
		if got := Nearest(in); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestAllIsTheCallersOwn(t *testing.T) {
	t.Parallel()
	All()[0].Title = "changed"
	if All()[0].Title == "changed" {
		t.Error("a caller can change the table")
	}
}

func TestURL(t *testing.T) {
	t.Parallel()
	info, _ := Lookup(MetaKeyMissing)
	if got := info.URL(); !strings.HasSuffix(got, "/docs/findings.md#meta_key_missing") {
		t.Errorf("URL() = %q", got)
	}
}

func TestSeverityString(t *testing.T) {
	t.Parallel()
	got := []string{Severity(0).String(), Note.String(), Warning.String(), Danger.String(), Invalid.String()}
	if diff := cmp.Diff([]string{"unknown", "note", "warning", "danger", "invalid"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestDocsAreTheTable(t *testing.T) {
	t.Parallel()
	want := markdown()
	if *update {
		if err := os.WriteFile(docsFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/findings.md is not the table (go test ./internal/finding -update writes it):\n%s", diff)
	}
}

// markdown is docs/findings.md.
func markdown() string {
	var b strings.Builder
	b.WriteString("# Findings\n\nEvery finding has a code that does not change, so scripts may match it. " +
		"`schemaguard explain CODE` prints the same text.\nThis page is made from the table in `internal/finding`; " +
		"`go test ./internal/finding -update` writes it.\n\n" +
		"| severity | means |\n|---|---|\n" +
		"| invalid | the snapshot file cannot be trusted; exit code 5 |\n" +
		"| danger | work or data would be lost |\n" +
		"| warning | wrong or risky; refuses nothing by itself |\n" +
		"| note | worth a line; never refuses anything |\n\n" +
		"The severity is that of the finding alone. What is refused, the guard that asks decides.\n")
	group := Group(0)
	for _, info := range All() {
		if info.Group != group {
			group = info.Group
			fmt.Fprintf(&b, "\n## %s\n", group)
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s: **%s**\n\n%s\n\nFix: %s\n", info.Code, info.Severity, info.Title, info.Harm, info.Fix)
	}
	return b.String()
}

package report

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/itemdiff"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

// outputs returns everything that this package writes about a verdict.
func outputs(t *testing.T, v *policy.Verdict, o Options) map[string]string {
	t.Helper()
	out := map[string]string{}
	for f := range formats {
		out[formats[f]] = written(t, func(w io.Writer) error { return Write(w, Format(f), v, o) })
	}
	s := &Status{Database: v.Summary, Found: v.Summary, Verdict: *v, Sides: []Side{{Name: v.Summary, Where: v.Summary, Against: v.Summary}}}
	out["status"] = written(t, func(w io.Writer) error { return StatusText(w, s, o) })
	out["status-json"] = written(t, func(w io.Writer) error { return StatusJSON(w, s, o) })
	d := &itemdiff.Diff{A: v.Live, B: v.Target, Notes: v.Notes}
	for _, c := range v.Changes {
		d.Items = append(d.Items, itemdiff.Item{Kind: c.Kind, Name: c.Name, Where: itemdiff.Both, Paths: []itemdiff.Path{{Path: c.Name, A: c.Name, B: c.Boot}}})
	}
	out["diff"] = written(t, func(w io.Writer) error { return DiffText(w, d, o) })
	out["diff-json"] = written(t, func(w io.Writer) error { return DiffJSON(w, d, o) })
	out["message"] = written(t, func(w io.Writer) error {
		return Message(w, Problem{Word: "error", Text: v.Summary, Harm: v.Summary, Hints: v.Next}, o)
	})
	return out
}

// ownEscapes are the sequences that this package writes itself.
var ownEscapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// unsafe says what makes an output unfit for a terminal or a log; empty: nothing.
func unsafe(output string, coloured bool) string {
	if !utf8.ValidString(output) {
		return "is not UTF-8"
	}
	if coloured {
		output = ownEscapes.ReplaceAllString(output, "")
	}
	for line := range strings.Lines(output) {
		line = strings.TrimSuffix(line, "\n")
		if !terminal.IsClean(line) {
			return "holds what cannot be shown: " + terminal.Clean(line)
		}
		if strings.Contains(line, "##[") {
			return "commands the runner: " + line
		}
	}
	return ""
}

func checkSafe(t *testing.T, v *policy.Verdict) {
	t.Helper()
	for _, o := range []Options{{}, {Width: 30, Colour: true}, {Width: 80, Verbose: true, File: v.Summary, Version: "1"}} {
		for name, output := range outputs(t, v, o) {
			if problem := unsafe(output, o.Colour); problem != "" {
				t.Errorf("%s with %+v %s", name, o, problem)
			}
			if strings.Contains(name, "json") || name == "sarif" {
				if !json.Valid([]byte(output)) {
					t.Errorf("%s is not JSON", name)
				}
				continue
			}
			for line := range strings.Lines(output) {
				command := strings.HasPrefix(strings.TrimLeft(ownEscapes.ReplaceAllString(line, ""), " \t"), "::")
				// Markdown is for a file, not for the log.
				if command && name != "github" && name != "markdown" {
					t.Errorf("%s with %+v commands the runner: %q", name, o, line)
				}
			}
		}
	}
}

func TestHostileNamesNeverReachTheTerminal(t *testing.T) {
	t.Parallel()
	checkSafe(t, hostile())
}

func TestUnsafeIsRecognised(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"\x1b[31m", "a\rb", "\u202e", "\xff", "a ##[x]", "\x07"} {
		if unsafe(bad, false) == "" {
			t.Errorf("%q passes", bad)
		}
	}
	if problem := unsafe("\x1b[31mred\x1b[m\nnext\n", true); problem != "" {
		t.Errorf("a coloured line %s", problem)
	}
}

func FuzzNames(f *testing.F) {
	for _, seed := range []string{"orders", "", evil, "::error::x", " ::x", "##[x]", "`", "|", "\n", "\u2028", "a.b", "日本語"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := change(s, s, threeway.UnsavedEdit, s)
		c.Loses, c.Author, c.Branch, c.Loss = true, s, s, []policy.Loss{{What: s, Count: 1}}
		c.Paths = []policy.PathChange{{Path: s, Live: s, Target: s}}
		pending := change("collection", s, threeway.PendingCreate, s)
		side := policy.Source{Name: s, Origin: s, Detail: s}
		checkSafe(t, &policy.Verdict{
			State: policy.Refused, Summary: s, Reason: s, Live: side, Target: side, Directus: policy.Version{Version: s, Source: s},
			SyncPoint: s, Changes: []policy.Change{c, pending}, Notes: []string{s}, Next: []string{s},
			Findings: []finding.Finding{
				{Code: finding.Code(s), Item: s, Message: s, Harm: s, Author: s, File: s, Line: 1, Fix: s},
				{Code: finding.HandEdit, Severity: finding.Warning, Item: c.Item, Message: s, Harm: s},
			},
		})
	})
}

func TestNoLineIsWiderThanTheTerminalUnlessOneWordIs(t *testing.T) {
	t.Parallel()
	for _, width := range []int{20, 40, 80, 120} {
		for name, output := range map[string]string{
			"text":   written(t, func(w io.Writer) error { return Text(w, rich(), Options{Width: width, Verbose: true}) }),
			"status": written(t, func(w io.Writer) error { return StatusText(w, richStatus(), Options{Width: width}) }),
			"diff":   written(t, func(w io.Writer) error { return DiffText(w, richDiff(), Options{Width: width}) }),
		} {
			for line := range strings.Lines(output) {
				line = strings.TrimSuffix(line, "\n")
				whole := strings.Contains(line, `"the plate of`) || strings.Contains(line, "schemaguard ") || strings.Contains(line, "written 2026")
				if columns(line) > width && strings.Contains(strings.TrimSpace(line), " ") && !whole {
					t.Errorf("%s at %d columns: %q has %d", name, width, line, columns(line))
				}
			}
		}
	}
}

func TestColourChangesNothingButColour(t *testing.T) {
	t.Parallel()
	for name, v := range verdicts() {
		plain := outputs(t, v, Options{Width: 50})
		for kind, coloured := range outputs(t, v, Options{Width: 50, Colour: true}) {
			if got := ownEscapes.ReplaceAllString(coloured, ""); got != plain[kind] {
				t.Errorf("%s of %s differs in more than colour:\n%s\n%s", kind, name, got, plain[kind])
			}
		}
	}
}

// failing fails every write.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestErrorsOfTheWriterAreReturned(t *testing.T) {
	t.Parallel()
	info, _ := finding.Lookup(finding.CRLF)
	for name, write := range map[string]func(io.Writer) error{
		"text": func(w io.Writer) error { return Text(w, rich(), Options{}) }, "json": func(w io.Writer) error { return Write(w, FormatJSON, rich(), Options{}) },
		"github": func(w io.Writer) error { return Write(w, FormatGitHub, rich(), Options{}) }, "sarif": func(w io.Writer) error { return Write(w, FormatSARIF, rich(), Options{}) },
		"markdown": func(w io.Writer) error { return Write(w, FormatMarkdown, rich(), Options{}) }, "diff": func(w io.Writer) error { return DiffText(w, richDiff(), Options{}) },
		"equal":  func(w io.Writer) error { return DiffText(w, &itemdiff.Diff{}, Options{}) },
		"status": func(w io.Writer) error { return StatusText(w, richStatus(), Options{}) }, "explain": func(w io.Writer) error { return Explain(w, info, Options{}) },
		"all": func(w io.Writer) error { return ExplainAll(w, Options{}) }, "message": func(w io.Writer) error { return Message(w, Problem{Word: "error"}, Options{}) },
	} {
		if write(failing{}) == nil {
			t.Errorf("%s: the error is lost", name)
		}
		if err := write(&bytes.Buffer{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

package report

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/itemdiff"
	"github.com/schemaguard/schemaguard/internal/policy"
)

var update = flag.Bool("update", false, "write the golden files in testdata")

// golden compares outputs with the files of one archive, in which ESC stands
// as ␛ and a missing newline at the end as ⏎.
func golden(t *testing.T, archive string, outputs map[string]string) {
	t.Helper()
	file := "testdata/" + archive + ".txtar"
	var names []string
	for name, output := range outputs {
		names = append(names, name)
		output = strings.ReplaceAll(output, "\x1b", "␛")
		if !strings.HasSuffix(output, "\n") {
			output += "⏎\n"
		}
		outputs[name] = output
	}
	sort.Strings(names)
	if *update {
		written := &txtar.Archive{}
		for _, name := range names {
			written.Files = append(written.Files, txtar.File{Name: name, Data: []byte(outputs[name])})
		}
		if err := os.WriteFile(file, txtar.Format(written), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, f := range txtar.Parse(data).Files {
		want[f.Name] = string(f.Data)
	}
	if diff := cmp.Diff(want, outputs); diff != "" {
		t.Errorf("%s (-), written (+); -update writes it:\n%s", file, diff)
	}
}

func written(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func verdicts() map[string]*policy.Verdict {
	return map[string]*policy.Verdict{"rich": rich(), "clean": clean(), "not-run": notRun(), "hostile": hostile()}
}

// widths are those that a fixture is laid out in.
func widths(fixture string) []int {
	if fixture == "hostile" {
		return []int{0, 60}
	}
	return []int{0, 40, 80, 120}
}

func TestTextGolden(t *testing.T) {
	t.Parallel()
	out := map[string]string{}
	for name, v := range verdicts() {
		for _, width := range widths(name) {
			out[fmt.Sprintf("%s-%d", name, width)] = written(t, func(w io.Writer) error { return Text(w, v, Options{Width: width}) })
		}
		out[name+"-80-colour"] = written(t, func(w io.Writer) error { return Text(w, v, Options{Width: 80, Colour: true}) })
		out[name+"-80-verbose"] = written(t, func(w io.Writer) error { return Text(w, v, Options{Width: 80, Verbose: true}) })
	}
	golden(t, "text", out)
}

func TestFormatsGolden(t *testing.T) {
	t.Parallel()
	for _, format := range []Format{FormatJSON, FormatGitHub, FormatMarkdown} {
		out := map[string]string{}
		for name, v := range verdicts() {
			out[name] = written(t, func(w io.Writer) error {
				return Write(w, format, v, Options{File: "snapshots/schema.yaml", Version: "0.1.0"})
			})
		}
		golden(t, formats[format], out)
	}
}

func TestSARIFGolden(t *testing.T) {
	t.Parallel()
	out := map[string]string{}
	for name, v := range verdicts() {
		log := written(t, func(w io.Writer) error { return Write(w, FormatSARIF, v, Options{Version: "0.1.0"}) })
		// The rules are the table of findings, and not repeated here.
		head, rest, _ := strings.Cut(log, `"rules": [`)
		_, tail, found := strings.Cut(rest, "\n          ]")
		if !found {
			t.Fatal("no rules in the log")
		}
		out[name] = head + `"rules": [...]` + tail
	}
	golden(t, "sarif", out)
}

func TestDiffGolden(t *testing.T) {
	t.Parallel()
	hostile := &itemdiff.Diff{
		A: policy.Source{Name: "::error::a"}, B: policy.Source{Name: evil, Origin: evil, Detail: evil},
		Items: []itemdiff.Item{{Kind: "field", Name: evil + "." + evil, Collection: evil, Where: itemdiff.Both, A: evil, B: evil, Loss: "drops " + evil, Paths: []itemdiff.Path{{Path: "::error::p" + evil, A: evil, B: strings.Repeat("v", 500)}}}}, Notes: []string{evil},
	}
	equal := &itemdiff.Diff{A: richDiff().A, B: richDiff().B, OrderOnly: true}
	out := map[string]string{}
	for name, d := range map[string]*itemdiff.Diff{"rich": richDiff(), "equal": equal, "hostile": hostile} {
		for _, width := range []int{0, 40, 80} {
			out[fmt.Sprintf("%s-%d", name, width)] = written(t, func(w io.Writer) error { return DiffText(w, d, Options{Width: width}) })
		}
		out[name+"-colour"] = written(t, func(w io.Writer) error { return DiffText(w, d, Options{Width: 80, Colour: true}) })
		out[name+"-json"] = written(t, func(w io.Writer) error { return DiffJSON(w, d, Options{Version: "0.1.0"}) })
		out[name+"-markdown"] = written(t, func(w io.Writer) error { return DiffMarkdown(w, d, Options{}) })
	}
	golden(t, "diff", out)
}

func TestStatusGolden(t *testing.T) {
	t.Parallel()
	calm := &Status{Database: "app@localhost:5432/app", Verdict: *clean(), Sides: []Side{
		{Name: "live", Where: "app@localhost:5432/app", Items: 128}, {Name: "index", Where: "snapshots/schema.yaml", Items: 128, Against: "same"},
	}}
	hostile := &Status{Database: evil, Found: evil, Verdict: *hostile(), Sides: []Side{{Name: "::error::", Where: evil, Items: 1, Against: evil}, {Name: "日本語", Where: "ü", Items: 2, Against: "same"}}}
	out := map[string]string{}
	for name, s := range map[string]*Status{"rich": richStatus(), "clean": calm, "hostile": hostile} {
		for _, width := range widths(name) {
			out[fmt.Sprintf("%s-%d", name, width)] = written(t, func(w io.Writer) error { return StatusText(w, s, Options{Width: width}) })
		}
		out[name+"-120-colour"] = written(t, func(w io.Writer) error { return StatusText(w, s, Options{Width: 120, Colour: true}) })
		out[name+"-json"] = written(t, func(w io.Writer) error { return StatusJSON(w, s, Options{Version: "0.1.0"}) })
	}
	golden(t, "status", out)
}

func TestMessagesGolden(t *testing.T) {
	t.Parallel()
	info, _ := finding.Lookup(finding.MetaKeyMissing)
	problem := Problem{
		Word: "refused", Text: "field orders.total exists in the database but not in the snapshot", Harm: "the next boot drops it (1,204 rows have a value)",
		Hints: []string{"schemaguard snapshot --stage", "git commit", "third", "fourth"},
	}
	out := map[string]string{
		"exit-codes": ExitCodesHelp(),
		"message":    written(t, func(w io.Writer) error { return Message(w, problem, Options{}) }),
		"message-hostile": written(t, func(w io.Writer) error {
			return Message(w, Problem{Word: "error", Text: evil, Harm: evil, Hints: []string{"rm " + evil}}, Options{Width: 60})
		}),
		"message-colour": written(t, func(w io.Writer) error { return Message(w, problem, Options{Colour: true, Width: 40}) }),
		"explain":        written(t, func(w io.Writer) error { return Explain(w, info, Options{Width: 80}) }),
		"explain-colour": written(t, func(w io.Writer) error { return Explain(w, info, Options{Width: 80, Colour: true}) }),
		"explain-all":    written(t, func(w io.Writer) error { return ExplainAll(w, Options{}) }),
	}
	golden(t, "messages", out)
}

package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report"
	"github.com/schemaguard/schemaguard/internal/verify"
)

// refused is a result with a failed step, a skipped one, and hostile words.
func refused() *verify.Result {
	lines := make([]string, 30)
	for i := range lines {
		lines[i] = fmt.Sprintf("line %d \x1b[31mof output", i)
	}
	return &verify.Result{
		Mode: "full", Exit: 2, Consent: []string{"FIELD_DROP:field a.b"},
		Steps: []verify.Step{
			{Name: "apply", State: verify.OK, Duration: 1500 * time.Millisecond, Text: "applied"},
			{Name: "upgrade", State: verify.Failed, Duration: 12 * time.Second, Text: "1 loss\x1b[2J", Output: lines},
			{Name: "later", State: verify.Skipped, Text: "upgrade did not succeed"},
		},
		Verdict: policy.Verdict{State: policy.Refused, Summary: "a field goes", Findings: []finding.Finding{
			{Code: finding.FieldDrop, Severity: finding.Danger, Item: "field a.b", Message: "drops field a.b", File: "s.yaml", Line: 7, Refuses: true, Fix: "schemaguard verify --allow x"},
		}},
	}
}

func TestEveryFormat(t *testing.T) {
	t.Parallel()
	for _, format := range Formats() {
		var b bytes.Buffer
		if err := Write(&b, format, refused(), report.Options{File: "s.yaml"}); err != nil {
			t.Errorf("%s: %v", format, err)
		}
		if out := b.String(); strings.ContainsRune(out, '\x1b') || !strings.Contains(out, "FIELD_DROP") || !strings.Contains(out, "s.yaml") {
			t.Errorf("%s:\n%s", format, out)
		}
	}
	if err := Write(&bytes.Buffer{}, "yaml", refused(), report.Options{}); err == nil {
		t.Error("a format that is none is written")
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := Write(&b, "text", refused(), report.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"ok       apply                1.5s  applied\n", "failed   upgrade               12s  1 loss", "skipped  later                   -  upgrade did not succeed\n",
		"| (10 lines before; --verbose shows them)", "| line 29 ", "refused: a field goes",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "line 9 ") {
		t.Errorf("all of the output is shown:\n%s", b.String())
	}
	b.Reset()
	if err := Write(&b, "text", refused(), report.Options{Verbose: true}); err != nil || !strings.Contains(b.String(), "| line 0 ") {
		t.Errorf("%v\n%s", err, b.String())
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := Write(&b, "json", refused(), report.Options{}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		SchemaVersion int `json:"schema_version"`
		Verdict, Mode string
		ExitCode      int `json:"exit_code"`
		Consent       []string
		Steps         []struct {
			Name, State  string
			Milliseconds int64
		}
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.SchemaVersion != 1 || got.Verdict != "refused" || got.Mode != "full" || got.ExitCode != 2 || len(got.Consent) != 1 || len(got.Steps) != 3 || got.Steps[1].Milliseconds != 12000 {
		t.Errorf("%+v", got)
	}
}

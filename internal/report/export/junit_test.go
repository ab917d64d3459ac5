package export

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
)

// read parses what JUnit writes, as a reader of such files would.
func read(t *testing.T, v *policy.Verdict, cases ...Case) (junitSuites, string) {
	t.Helper()
	var b bytes.Buffer
	if err := JUnit(&b, v, cases, Options{File: "snapshots/schema.yaml"}); err != nil {
		t.Fatal(err)
	}
	var out junitSuites
	if err := xml.Unmarshal(b.Bytes(), &out); err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	return out, b.String()
}

func TestJUnitCounts(t *testing.T) {
	t.Parallel()
	lost := finding.Finding{Code: finding.FieldDrop, Severity: finding.Danger, Item: "field a.b", Message: "drops it", Refuses: true, File: "s.yaml", Line: 4}
	line := finding.Finding{Code: finding.RelationDrop, Severity: finding.Warning, Message: "drops a relation"}
	steps := []Case{
		{Name: "snapshot", State: "ok", Seconds: 0.5, Text: "fine"},
		{Name: "apply", State: "failed", Seconds: 1.25, Text: "exit code 1", Output: []string{"ERROR: no"}},
		{Name: "upgrade", State: "skipped", Text: "no base"},
		{Name: "postgres", State: "not-run", Text: "nothing there"},
		{Name: "later", State: "a word of tomorrow", Text: "?"},
	}
	got, text := read(t, &policy.Verdict{State: policy.Refused, Findings: []finding.Finding{lost, line}}, steps...)
	s, f := got.Suites[0], got.Suites[1]
	if s.Tests != 5 || s.Failures != 1 || s.Errors != 2 || s.Skipped != 1 || s.Time != "1.750" {
		t.Errorf("steps: %+v", s)
	}
	if f.Tests != 2 || f.Failures != 1 || f.Errors != 0 || f.Cases[0].File != "s.yaml" || f.Cases[0].Line != 4 || f.Cases[1].File != "snapshots/schema.yaml" {
		t.Errorf("findings: %+v", f)
	}
	if !strings.Contains(text, "ERROR: no") || !strings.Contains(text, "FIELD_DROP field a.b") {
		t.Error(text)
	}
}

// TestJUnitIsNeverGreenByMistake: what is not clean has a failure or an error, and
// what is clean has none.
func TestJUnitIsNeverGreenByMistake(t *testing.T) {
	t.Parallel()
	bad := func(s junitSuites) int {
		n := 0
		for _, suite := range s.Suites {
			n += suite.Failures + suite.Errors
		}
		return n
	}
	for _, state := range []policy.State{policy.Drift, policy.Refused, policy.NotRun, 0} {
		if got, text := read(t, &policy.Verdict{State: state, Summary: "x"}); bad(got) == 0 {
			t.Errorf("%s has no failure:\n%s", state, text)
		}
	}
	unknown := finding.Finding{Code: finding.NotRun, Severity: finding.Danger, Message: "no server"}
	if got, text := read(t, &policy.Verdict{State: policy.NotRun, Findings: []finding.Finding{unknown}}); got.Suites[1].Errors != 1 {
		t.Error(text)
	}
	if got, text := read(t, &policy.Verdict{State: policy.Clean}, Case{Name: "a", State: "ok"}); bad(got) != 0 {
		t.Error(text)
	}
}

func TestJUnitTakesAnyText(t *testing.T) {
	t.Parallel()
	hostile := "]]></failure>\x1b[31m\x00\xff<&\"'\u202e"
	_, text := read(t, &policy.Verdict{State: policy.Refused, Findings: []finding.Finding{{Code: "X", Item: hostile, Message: hostile, Refuses: true}}},
		Case{Name: hostile, State: "failed", Text: hostile, Output: []string{hostile}})
	if strings.ContainsAny(text, "\x1b\x00") || strings.Contains(text, "></failure>\x1b") {
		t.Errorf("%q", text)
	}
}

package report

import (
	"bufio"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report/summary"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

func TestParseFormat(t *testing.T) {
	t.Parallel()
	for i, name := range Formats() {
		if f, err := ParseFormat(name); err != nil || f != Format(i) {
			t.Errorf("ParseFormat(%q) = %v, %v", name, f, err)
		}
	}
	_, err := ParseFormat("xml")
	if err == nil || err.Error() != `reading --format: "xml" is none of text, json, github, sarif, markdown` {
		t.Errorf("error = %v", err)
	}
}

func TestEveryClassIsReported(t *testing.T) {
	t.Parallel()
	for class := threeway.InSync + 1; class.String() != "unknown"; class++ {
		v := clean()
		v.Changes = []policy.Change{change("collection", "c", class, "does something")}
		for name, output := range outputs(t, v, Options{}) {
			if name == "text" || name == "markdown" || name == "json" || name == "status" {
				if !strings.Contains(output, class.String()) {
					t.Errorf("%s leaves out a change of class %s", name, class)
				}
			}
		}
	}
}

// A verdict that was not made must not look clean in any format.
func TestNotRunNeverLooksClean(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]*policy.Verdict{"bare": {State: policy.NotRun, Reason: "timeout"}, "zero": {}} {
		for kind, output := range outputs(t, v, Options{}) {
			if strings.HasPrefix(kind, "diff") || kind == "message" {
				continue
			}
			word := v.State.String()
			if !strings.Contains(output, word) || strings.Contains(strings.ReplaceAll(output, "cleanup", ""), `"clean"`) || strings.Contains(output, "clean:") {
				t.Errorf("%s of %s: %s", kind, name, output)
			}
		}
		var log sarifLog
		if err := json.Unmarshal([]byte(written(t, func(w io.Writer) error { return Write(w, FormatSARIF, v, Options{}) })), &log); err != nil {
			t.Fatal(err)
		}
		if len(log.Runs[0].Results) == 0 {
			t.Errorf("%s: SARIF without results closes every alert", name)
		}
	}
}

func TestJSONIsTheWholeVerdict(t *testing.T) {
	t.Parallel()
	for name, v := range verdicts() {
		var got struct {
			SchemaVersion int `json:"schema_version"`
			Verdict       string
			NotRunReason  string `json:"not_run_reason"`
			Summary       string
			Changes       []policyChange
			Findings      []struct{ Code, Message, Harm, Severity, Fingerprint, URL string }
			Counts        policy.Counts
			Next          []string
		}
		output := written(t, func(w io.Writer) error { return Write(w, FormatJSON, v, Options{}) })
		if err := json.Unmarshal([]byte(output), &got); err != nil {
			t.Fatal(err)
		}
		if got.SchemaVersion != 1 || got.Verdict != v.State.String() || got.NotRunReason != v.Reason || got.Counts != v.Counts ||
			len(got.Changes) != len(v.Changes) || len(got.Findings) != len(v.Findings) || len(got.Next) != len(v.Next) {
			t.Errorf("%s: %+v", name, got)
		}
		if got.Changes == nil || got.Findings == nil {
			t.Errorf("%s: empty lists are not []", name)
		}
		if want := strings.ToValidUTF8(v.Summary, "\ufffd"); got.Summary != want {
			t.Errorf("%s: the summary reads back as %q, want %q", name, got.Summary, want)
		}
		prints := map[string]bool{}
		for i, f := range got.Findings {
			if f.Severity != v.Findings[i].Severity.String() || len(f.Fingerprint) != 32 || prints[f.Fingerprint] {
				t.Errorf("%s: finding %+v", name, f)
			}
			prints[f.Fingerprint] = true
		}
	}
}

type policyChange struct{ Item, Class, Boot string }

// workflowCommand is a command as the runner reads it.
var workflowCommand = regexp.MustCompile(`^::(error|warning|notice) ([^:]*)::(.*)$`)

func TestGitHubLimits(t *testing.T) {
	t.Parallel()
	levels := map[string]int{}
	mentioned := ""
	for line := range strings.Lines(written(t, func(w io.Writer) error { return Write(w, FormatGitHub, crowded(), Options{}) })) {
		m := workflowCommand.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			t.Fatalf("not a command: %q", line)
		}
		levels[m[1]]++
		mentioned += m[2] + m[3] + "\n"
	}
	if diff := cmp.Diff(map[string]int{"error": 10, "warning": 10, "notice": 10}, levels); diff != "" {
		t.Error(diff)
	}
	for _, want := range []string{"1,500 items are in no commit", "491 more findings", "492 more findings", "491 FIELD_DROP", "492 TYPE_CHANGE"} {
		if !strings.Contains(mentioned, want) {
			t.Errorf("%q is nowhere in\n%s", want, mentioned)
		}
	}
}

func TestGitHubReadsBack(t *testing.T) {
	t.Parallel()
	unescape := strings.NewReplacer("%0A", "\n", "%0D", "\r", "%3A", ":", "%2C", ",", "%25", "%")
	v := &policy.Verdict{State: policy.Refused, Summary: "100% of a,b:c", Findings: []finding.Finding{{
		Code: finding.HandEdit, Severity: finding.Warning, Message: "50%0A::error::x", File: "a,b:c%.yaml", Line: 12,
	}}}
	output := written(t, func(w io.Writer) error { return Write(w, FormatGitHub, v, Options{}) })
	var got [][]string
	for s := bufio.NewScanner(strings.NewReader(output)); s.Scan(); {
		m := workflowCommand.FindStringSubmatch(s.Text())
		if m == nil {
			t.Fatalf("not a command: %q", s.Text())
		}
		call := []string{m[1], unescape.Replace(m[3])}
		for prop := range strings.SplitSeq(m[2], ",") {
			call = append(call, unescape.Replace(prop))
		}
		got = append(got, call)
	}
	want := [][]string{
		{"error", "100% of a,b:c", "title=schemaguard: refused"},
		{"warning", "50%0A::error::x", "file=a,b:c%.yaml", "line=12", "title=HAND_EDIT"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// sarifLog is what SARIF 2.1.0 and GitHub require of a log.
type sarifLog struct {
	Schema  string `json:"$schema"`
	Version string
	Runs    []struct {
		Tool struct {
			Driver struct {
				Name  string
				Rules []struct{ ID string }
			}
		}
		Invocations []struct{ ExecutionSuccessful *bool }
		Results     []struct {
			RuleID              string
			RuleIndex           *int
			Level               string
			Message             struct{ Text string }
			PartialFingerprints map[string]string
			Locations           []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           struct{ StartLine int }
				}
			}
		}
	}
}

// badSARIF says which requirement a log breaks.
func badSARIF(log sarifLog) string {
	switch {
	case log.Version != "2.1.0" || log.Schema == "":
		return "version or schema"
	case len(log.Runs) != 1:
		return "one run"
	case log.Runs[0].Tool.Driver.Name == "" || log.Runs[0].Results == nil:
		return "tool.driver.name and results"
	case len(log.Runs[0].Invocations) != 1 || log.Runs[0].Invocations[0].ExecutionSuccessful == nil:
		return "executionSuccessful"
	}
	run := log.Runs[0]
	for _, r := range run.Results {
		switch {
		case r.RuleID == "" || r.Message.Text == "" || len(r.PartialFingerprints) == 0:
			return "ruleId, message.text and fingerprint of a result"
		case r.RuleIndex != nil && run.Tool.Driver.Rules[*r.RuleIndex].ID != r.RuleID:
			return "ruleIndex of " + r.RuleID
		case r.Level != "error" && r.Level != "warning" && r.Level != "note":
			return "level " + r.Level
		case len(r.Locations) != 1 || r.Locations[0].PhysicalLocation.ArtifactLocation.URI == "" || r.Locations[0].PhysicalLocation.Region.StartLine < 1:
			return "location of " + r.RuleID
		}
		if _, err := url.Parse(r.Locations[0].PhysicalLocation.ArtifactLocation.URI); err != nil {
			return err.Error()
		}
	}
	return ""
}

func TestSARIFIsComplete(t *testing.T) {
	t.Parallel()
	all := verdicts()
	all["crowded"] = crowded()
	for name, v := range all {
		var log sarifLog
		if err := json.Unmarshal([]byte(written(t, func(w io.Writer) error { return Write(w, FormatSARIF, v, Options{}) })), &log); err != nil {
			t.Fatal(err)
		}
		if problem := badSARIF(log); problem != "" {
			t.Errorf("%s: %s", name, problem)
		}
		if got := *log.Runs[0].Invocations[0].ExecutionSuccessful; got != (v.State != policy.NotRun) {
			t.Errorf("%s: executionSuccessful is %v", name, got)
		}
		if len(log.Runs[0].Results) > 0 {
			log.Runs[0].Results[0].Locations = nil
			if badSARIF(log) == "" {
				t.Errorf("%s: a result without a location passes", name)
			}
		}
	}
}

func TestMarkdownFitsIntoAStepSummary(t *testing.T) {
	t.Parallel()
	v := crowded()
	for i := range v.Changes {
		v.Changes[i].Boot = strings.Repeat("_", 5000)
		v.Changes[i].Loss[0].What = strings.Repeat("*", 5000)
	}
	summary := StepSummary(v, Options{})
	if len(summary) > 1<<20 {
		t.Errorf("%d bytes", len(summary))
	}
	if !strings.Contains(string(summary), "\nand 1,") {
		t.Error("what was left out is not counted")
	}
}

func TestMarkdownTablesKeepTheirColumns(t *testing.T) {
	t.Parallel()
	cells := func(row string) int { return strings.Count(strings.ReplaceAll(row, `\|`, ""), "|") }
	want := 0
	for line := range strings.Lines(written(t, func(w io.Writer) error { return Write(w, FormatMarkdown, hostile(), Options{}) })) {
		switch {
		case !strings.HasPrefix(line, "|"):
			want = 0
		case want == 0:
			want = cells(line)
		case cells(line) != want:
			t.Errorf("%d cells instead of %d: %s", cells(line), want, line)
		}
	}
}

func TestExcerptsShowWhereValuesDiffer(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 500)
	a, b := summary.Excerpts(`"`+long+`left"`, `"`+long+`right"`)
	if !strings.HasSuffix(a, `left"`) || !strings.HasSuffix(b, `right"`) || len(a) > summary.MaxName || !strings.HasPrefix(a, "…") {
		t.Errorf("excerpts: %s, %s", a, b)
	}
	if a, b = summary.Excerpts("1", "2"); a != "1" || b != "2" {
		t.Errorf("short values changed: %s, %s", a, b)
	}
	if a, b = summary.Excerpts("left"+long, ""); !strings.HasPrefix(a, "left") || b != "" {
		t.Errorf("excerpts: %s, %s", a, b)
	}
}

func TestExitCodesAreThoseOfTheDesign(t *testing.T) {
	t.Parallel()
	help := ExitCodesHelp()
	for i, c := range ExitCodes() {
		if c.Code != i || !strings.Contains(help, c.Meaning) {
			t.Errorf("%+v at place %d", c, i)
		}
	}
	if len(ExitCodes()) != 7 {
		t.Errorf("%d exit codes", len(ExitCodes()))
	}
}

func TestGoldenFilesHoldNoEscapes(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".txtar") {
			continue
		}
		data, err := os.ReadFile("testdata/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(string(data), "\x1b\x07\r") {
			t.Errorf("%s holds control characters", e.Name())
		}
	}
}

package export

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report/summary"
)

// Case is one step of what was done, for [JUnit].
type Case struct {
	Name    string
	State   string // "ok", "failed", "not-run" or "skipped"
	Seconds float64
	Text    string   // what came of it
	Output  []string // lines of what ran, for those that did not succeed
}

// The parts of JUnit's XML that GitLab, Jenkins and GitHub's test reporters read.
// https://github.com/testmoapp/junitxml, https://docs.gitlab.com/ci/testing/unit_test_reports/
type (
	junitSuites struct {
		XMLName xml.Name     `xml:"testsuites"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name      string       `xml:"name,attr"`
		Class     string       `xml:"classname,attr"`
		File      string       `xml:"file,attr,omitempty"`
		Line      int          `xml:"line,attr,omitempty"`
		Time      string       `xml:"time,attr"`
		Failure   *junitReason `xml:"failure,omitempty"`
		Error     *junitReason `xml:"error,omitempty"`
		Skipped   *junitReason `xml:"skipped,omitempty"`
		SystemOut string       `xml:"system-out,omitempty"`
	}
	junitReason struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes what was done and found as JUnit's XML: a suite of the steps, and one
// of the findings. A step or finding that refuses is a failure, one that could not be
// made an error. A verdict that is not clean has at least one of either, since who
// reads the file may count nothing else. Its errors are those of w.
func JUnit(w io.Writer, v *policy.Verdict, cases []Case, o Options) error {
	steps := junitSuite{Name: "schemaguard steps"}
	for _, c := range cases {
		steps.add(junitStep(c), c.Seconds)
	}
	found := junitSuite{Name: "schemaguard findings"}
	for _, f := range reportable(v) {
		found.add(junitFinding(f, v, o), 0)
	}
	if v.State != policy.Clean && steps.Failures+steps.Errors+found.Failures+found.Errors == 0 {
		c := junitCase{Name: v.State.String(), Class: "schemaguard.verdict", Time: "0.000"}
		c.Failure = &junitReason{Message: summary.Shown(summary.Headline(v)), Type: v.State.String()}
		found.add(c, 0)
	}
	for _, s := range []*junitSuite{&steps, &found} {
		if s.Time == "" {
			s.Time = "0.000"
		}
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(junitSuites{Suites: []junitSuite{steps, found}}); err != nil {
		return fmt.Errorf("writing JUnit: %w", err)
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}

// add appends a case and counts it.
func (s *junitSuite) add(c junitCase, seconds float64) {
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
	total := 0.0
	_, _ = fmt.Sscanf(s.Time, "%f", &total)
	s.Time = fmt.Sprintf("%.3f", total+seconds)
	s.Cases = append(s.Cases, c)
}

func junitStep(c Case) junitCase {
	out := junitCase{Name: summary.Shown(c.Name), Class: "schemaguard.steps", Time: fmt.Sprintf("%.3f", c.Seconds)}
	lines := make([]string, len(c.Output))
	for i, line := range c.Output {
		lines[i] = summary.Shown(line)
	}
	reason := &junitReason{Message: summary.Shown(c.Text), Type: c.State, Text: strings.Join(lines, "\n")}
	switch c.State {
	case "ok":
		out.SystemOut = summary.Shown(c.Text)
	case "skipped":
		out.Skipped = &junitReason{Message: reason.Message}
	case "failed":
		out.Failure = reason
	default: // what is not known is never a pass
		out.Error = reason
	}
	return out
}

func junitFinding(f finding.Finding, v *policy.Verdict, o Options) junitCase {
	name := string(f.Code)
	if f.Item != "" {
		name += " " + f.Item
	}
	out := junitCase{Name: summary.Shown(name), Class: "schemaguard.findings", File: f.File, Line: f.Line, Time: "0.000"}
	if out.File == "" {
		out.File = o.File
	}
	reason := &junitReason{Message: summary.Shown(f.Message), Type: string(f.Code), Text: sarifMessage(f)}
	switch {
	case f.Refuses, f.Severity == finding.Invalid:
		out.Failure = reason
	case v.State == policy.NotRun && f.Severity == finding.Danger:
		out.Error = reason
	default:
		out.SystemOut = sarifMessage(f)
	}
	return out
}

package export

import (
	"io"
	"net/url"
	"strings"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report/summary"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// The parts of SARIF 2.1.0 that are written.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"` // an empty list says that nothing was found; none, that nothing was looked for
		Properties  map[string]string `json:"properties"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string       `json:"id"`
		ShortDescription sarifText    `json:"shortDescription"`
		FullDescription  sarifText    `json:"fullDescription"`
		Help             sarifText    `json:"help"`
		HelpURI          string       `json:"helpUri"`
		Default          sarifDefault `json:"defaultConfiguration"`
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    *int              `json:"ruleIndex,omitempty"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
	}
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	homepage    = "https://github.com/schemaguard/schemaguard"
	defaultFile = "snapshots/schema.yaml"
)

// SARIF writes a verdict as a SARIF 2.1.0 log of one run. Every result has a
// location, since GitHub refuses a log with one that has none; and a verdict
// that is not clean has at least one result, since GitHub closes the alerts that
// an upload no longer holds. Its errors are those of w.
func SARIF(w io.Writer, v *policy.Verdict, o Options) error {
	rules, index := sarifRules()
	run := sarifRun{
		Tool:        sarifTool{Driver: sarifDriver{Name: "schemaguard", Version: o.Version, InformationURI: homepage, Rules: rules}},
		Invocations: []sarifInvocation{{Successful: v.State != policy.NotRun}},
		Results:     []sarifResult{},
		Properties:  map[string]string{"verdict": v.State.String(), "summary": summary.Headline(v)},
	}
	if v.State == policy.NotRun {
		run.Invocations[0].Notifications = []sarifNotification{{Level: "error", Message: sarifText{summary.Shown(summary.Headline(v))}}}
	}
	findings := reportable(v)
	prints := fingerprints(findings)
	for i, f := range findings {
		result := sarifResult{
			RuleID: string(f.Code), Level: sarifLevel(f), Message: sarifText{sarifMessage(f)},
			Locations:    []sarifLocation{location(f, o)},
			Fingerprints: map[string]string{"schemaguard/v1": prints[i]},
		}
		if at, ok := index[f.Code]; ok {
			result.RuleIndex = &at
		}
		run.Results = append(run.Results, result)
	}
	return WriteJSON(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

// reportable returns the findings; of a verdict that is not clean at least one,
// made from the verdict itself.
func reportable(v *policy.Verdict) []finding.Finding {
	if v.State == policy.Clean || len(v.Findings) > 0 {
		return v.Findings
	}
	code := finding.Code(strings.ToUpper(strings.ReplaceAll(v.State.String(), "-", "_")))
	return []finding.Finding{{Code: code, Severity: finding.Danger, Message: summary.Headline(v)}}
}

func sarifRules() ([]sarifRule, map[finding.Code]int) {
	all := finding.All()
	rules := make([]sarifRule, len(all))
	index := make(map[finding.Code]int, len(all))
	for i, info := range all {
		index[info.Code] = i
		rules[i] = sarifRule{
			ID: string(info.Code), ShortDescription: sarifText{info.Title}, FullDescription: sarifText{info.Harm},
			Help: sarifText{info.Fix}, HelpURI: info.URL(),
			Default: sarifDefault{Level: sarifLevel(finding.Finding{Severity: info.Severity})},
		}
	}
	return rules, index
}

func sarifLevel(f finding.Finding) string {
	if l := level(f); l != "notice" {
		return l
	}
	return "note"
}

// sarifMessage is all that is known of a finding; GitHub shows only this.
func sarifMessage(f finding.Finding) string {
	parts := []string{summary.Shown(f.Message)}
	if f.Harm != "" {
		parts = append(parts, "Harm: "+summary.Shown(f.Harm))
	}
	if f.Author != "" {
		parts = append(parts, summary.Shown(f.Author))
	}
	if f.Fix != "" {
		parts = append(parts, "Fix: "+summary.Shown(f.Fix))
	}
	for i, part := range parts {
		parts[i] = terminal.Shorten(part, summary.MaxMessage)
	}
	return strings.Join(parts, "\n")
}

func location(f finding.Finding, o Options) sarifLocation {
	file, line := f.File, f.Line
	if file == "" {
		file, line = o.File, 0
	}
	if file == "" {
		file = defaultFile
	}
	at := sarifLocation{Physical: sarifPhysical{Artifact: sarifArtifact{URI: uri(file)}, Region: sarifRegion{StartLine: max(line, 1)}}}
	if f.Item != "" {
		at.Logical = []sarifLogical{{Name: f.Item}}
	}
	return at
}

// uri returns a file name as a URI: relative, or with the scheme file.
func uri(file string) string {
	u := url.URL{Path: file}
	if strings.HasPrefix(file, "/") {
		u.Scheme = "file"
	}
	return u.String()
}

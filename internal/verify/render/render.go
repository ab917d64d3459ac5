// Package render writes the result of a verification: its steps, and through
// package report the verdict in every form that a check has.
//
// It decides nothing. Every string is fit for a terminal.
package render

import (
	"fmt"
	"io"
	"time"

	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/report"
	"github.com/schemaguard/schemaguard/internal/report/export"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/verify"
)

// JUnit is the one form that a check does not have.
const JUnit = "junit"

// Formats are the names that --format takes.
func Formats() []string { return append(report.Formats(), JUnit) }

// maxOutput is how many lines of a failed command are shown, unless verbose.
const maxOutput = 20

// Write writes a result in a format of [Formats]. Its errors are those of w, and one
// for a format that is not known.
func Write(w io.Writer, format string, r *verify.Result, o report.Options) error {
	switch format {
	case JUnit:
		return export.JUnit(w, &r.Verdict, cases(r), export.Options{Verbose: o.Verbose, File: o.File, Version: o.Version})
	case "json":
		return asJSON(w, r, o)
	}
	f, err := report.ParseFormat(format)
	if err != nil {
		return err
	}
	if f != report.FormatText {
		return report.Write(w, f, &r.Verdict, o)
	}
	return text(w, r, o)
}

// step is a step as JSON has it.
type step struct {
	verify.Step
	Milliseconds int64 `json:"milliseconds"`
}

func asJSON(w io.Writer, r *verify.Result, o report.Options) error {
	steps := make([]step, len(r.Steps))
	for i, s := range r.Steps {
		steps[i] = step{s, s.Duration.Milliseconds()}
	}
	return export.WriteJSON(w, struct {
		export.Verdict
		Mode    string   `json:"mode"`
		Exit    int      `json:"exit_code"`
		Steps   []step   `json:"steps"`
		Consent []string `json:"consent"` // what --allow would have to name
	}{export.VerdictJSON(&r.Verdict, export.Options{File: o.File, Version: o.Version}), r.Mode, r.Exit, steps, append([]string{}, r.Consent...)})
}

func cases(r *verify.Result) []export.Case {
	out := make([]export.Case, len(r.Steps))
	for i, s := range r.Steps {
		out[i] = export.Case{Name: s.Name, State: s.State, Seconds: s.Duration.Seconds(), Text: s.Text, Output: s.Output}
	}
	return out
}

// Step writes a step in one line for people, and what a command printed where it
// failed. Its errors are those of w.
func Step(w io.Writer, s verify.Step, verbose bool) error {
	took := "-"
	if s.State != verify.Skipped {
		took = s.Duration.Round(time.Millisecond).String()
		if s.Duration >= 10*time.Second {
			took = s.Duration.Round(100 * time.Millisecond).String()
		}
	}
	if _, err := fmt.Fprintf(w, "%-8s %-16s %8s  %s\n", s.State, s.Name, took, terminal.Clean(s.Text)); err != nil {
		return err
	}
	if s.State == verify.OK || s.State == verify.Skipped {
		return nil
	}
	lines := s.Output
	if n := len(lines) - maxOutput; n > 0 && !verbose {
		lines = append([]string{fmt.Sprintf("(%d lines before; --verbose shows them)", n)}, lines[n:]...)
	}
	for _, line := range lines {
		if _, err := fmt.Fprintf(w, "         | %s\n", terminal.Clean(line)); err != nil {
			return err
		}
	}
	return nil
}

// text writes the steps, then the verdict as every check writes it.
func text(w io.Writer, r *verify.Result, o report.Options) error {
	for _, s := range r.Steps {
		if err := Step(w, s, o.Verbose); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintln(w); err != nil {
		return err
	}
	if r.Verdict.State == policy.Clean {
		o.Verbose = false // there are no sides to show
	}
	return report.Text(w, &r.Verdict, o)
}

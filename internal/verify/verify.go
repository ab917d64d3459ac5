// Package verify is what CI runs before a deployment: it reads the snapshot and the
// db-init files as a boot would, and then boots them, with a real Directus, on a
// Postgres that is thrown away.
//
// It prints nothing, and never says clean of a step that did not run: what was
// left out is in the result, with the reason. No database of anybody's is written
// to.
package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/dockerguard/consent"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/live"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/verify/baseline"
	"github.com/schemaguard/schemaguard/internal/verify/runner"
	"github.com/schemaguard/schemaguard/internal/verify/server"
)

// Options say what is verified, and with what.
type Options struct {
	Name string // the snapshot file as messages name it, from the root of the repository
	Data []byte // its content
	// Missing says that there is no such file.
	Missing *finding.Finding

	Set      sqlfile.Set
	Problems []sqlfile.Problem
	// AllowFiles are the problems of db-init that do not stop a run.
	AllowFiles []sqlfile.Code

	// Versions are who says which Directus will apply the file, strongest first;
	// the header of the file is no one of them.
	Versions []live.Candidate
	// Root is the folder of the project, absolute, and Folder the same from the root of
	// the repository, "" for that itself: annotations need files to be named from there.
	Root, Folder string
	// Directus runs the whole of it; nil for the files alone, and then Why says why.
	Directus *runner.Runner
	Why      string
	// Server makes the throwaway Postgres.
	Server func(ctx context.Context, extensions []string) (*server.Server, error)

	// Base is what production is taken to run; nil where there is none, and then
	// NoBase says why. A wanted one that cannot be had makes the verdict not-run.
	Base   *baseline.Baseline
	NoBase *baseline.NoneError

	// SearchPath and Exclude are Directus's DB_SEARCH_PATH and DB_EXCLUDE_TABLES.
	SearchPath, Exclude []string
	Allowed             []string // losses that somebody agreed to: CODE:ITEM
	Timeout             time.Duration
	Environ             []string
	Tool                string // the version of this program
	Now                 func() time.Time
	// Observe is told of each step as it begins (State "running") and ends; nil for
	// nobody.
	Observe func(Step)
}

// The states of a step.
const (
	Running = "running"
	OK      = "ok"
	Failed  = "failed"
	NotRun  = "not-run" // it could not be made, though it should have been
	Skipped = "skipped" // it was not asked for, or makes no sense after what went before
)

// Step is one part of a verification.
type Step struct {
	Name     string        `json:"name"`
	State    string        `json:"state"`
	Duration time.Duration `json:"-"`
	Text     string        `json:"text,omitempty"`   // what was found, or why it did not run
	Output   []string      `json:"output,omitempty"` // of the command that failed, without secrets; the last lines
}

// Result is the outcome.
type Result struct {
	Mode    string // "native": the files alone; "full"
	Verdict policy.Verdict
	Steps   []Step
	Exit    int // 0, 2, 3, 5 or 6
	// Consent are the losses that refuse, as --allow takes them.
	Consent []string
}

// run is one verification.
type run struct {
	Options
	file     *snapshot.File
	findings []finding.Finding
	steps    []Step
	notes    []string
	says     policy.Version
	invalid  bool // the snapshot cannot work (5)
	dbinit   bool // a problem of db-init (6)
	missing  bool // something could not be found out (3)
	work     string
	servers  []*server.Server
	consent  []string // the losses that refuse, as --allow takes them
}

// Run verifies. It never fails: what could not be done is in the result.
func Run(ctx context.Context, o Options) *Result {
	r := &run{Options: o}
	if r.Observe == nil {
		r.Observe = func(Step) {}
	}
	if r.Missing != nil {
		f := *r.Missing
		f.Refuses = true
		r.findings, r.invalid = append(r.findings, f), true
		r.skip("snapshot", "there is none")
		return r.result("native")
	}
	r.step("snapshot", r.lint)
	r.step("db-init files", r.lintFiles)
	switch {
	case o.Directus == nil:
		r.skip("apply", o.Why)
		switch {
		case r.invalid || r.dbinit:
			r.skip("upgrade", "the files would fail")
		case !r.noUpgrade():
			r.step("upgrade", r.planned)
		}
		return r.result("native")
	case r.invalid || r.dbinit:
		r.skip("apply", "the files would fail")
		return r.result("native")
	}
	r.full(ctx)
	return r.result("full")
}

// outcome is what a step comes to.
type outcome struct {
	state  string
	text   string
	output []string
}

func (r *run) step(name string, do func() outcome) bool {
	r.Observe(Step{Name: name, State: Running})
	began := r.Now()
	out := do()
	s := Step{Name: name, State: out.state, Duration: r.Now().Sub(began), Text: out.text, Output: out.output}
	r.steps = append(r.steps, s)
	r.Observe(s)
	return s.State == OK
}

func (r *run) skip(name, why string) {
	s := Step{Name: name, State: Skipped, Text: why}
	r.steps = append(r.steps, s)
	r.Observe(s)
}

// version is the Directus that will apply the file; zero where nobody says.
func (r *run) version() directus.Version {
	for _, c := range r.Versions {
		if v, err := directus.ParseVersion(c.Version); err == nil {
			return v
		}
	}
	return directus.Version{}
}

// result puts everything together. What cannot work is graver than what would be
// lost, and that than what is not known.
func (r *run) result(mode string) *Result {
	out := &Result{Mode: mode, Steps: r.steps}
	v := &out.Verdict
	v.Target = policy.Source{Name: "snapshot", Origin: r.Name}
	if mode == "native" && r.Directus == nil && r.Missing == nil {
		r.notes = append(r.notes, "the files alone were read, nothing was applied: "+r.Why)
	}
	v.Directus, v.Notes, v.Changes = r.says, r.notes, []policy.Change{}
	v.Findings = append([]finding.Finding{}, r.findings...)
	refusals := 0
	for i := range v.Findings {
		if v.Findings[i].Refuses {
			refusals++
		}
	}
	out.Consent = r.consent
	switch {
	case r.invalid:
		v.State, out.Exit = policy.Refused, exitcode.Invalid
	case r.dbinit:
		v.State, out.Exit = policy.Refused, exitcode.DBInit
	case refusals > 0:
		v.State, out.Exit = policy.Refused, exitcode.Drift
	case r.missing:
		v.State, out.Exit = policy.NotRun, exitcode.NotRun
	default:
		v.State, out.Exit = policy.Clean, exitcode.OK
	}
	v.Summary = r.summary(mode, v.State, refusals)
	if v.State == policy.NotRun {
		v.Reason = v.Summary
	}
	v.Next = r.next(v.Findings)
	return out
}

// next are the commands that help; to agree to what is lost takes one for all of it.
func (r *run) next(findings []finding.Finding) []string {
	var out []string
	if line, ok := allow(r.consent...); ok && len(r.consent) > 0 {
		out = append(out, line)
	}
	for i := range findings {
		f := &findings[i]
		agrees := slices.Contains(r.consent, consent.Key(f))
		if f.Refuses && f.Fix != "" && !agrees && !slices.Contains(out, f.Fix) && len(out) < 3 {
			out = append(out, f.Fix)
		}
	}
	return out
}

func (r *run) summary(mode string, state policy.State, refusals int) string {
	failed := ""
	for _, s := range r.steps {
		if s.State == Failed || s.State == NotRun {
			failed = s.Name + ": " + s.Text
			break
		}
	}
	switch state {
	case policy.Clean:
		text := "the files apply to a new database and come back as they are"
		if mode == "native" {
			text = "the files are sound; nothing was applied (" + r.Why + ")"
		}
		for _, s := range r.steps { // in every format, since not all show the steps
			if s.Name == "upgrade" && s.State == Skipped && (r.NoBase != nil || r.Base != nil && r.Base.Data == nil) {
				text += "; no upgrade was tried (" + terminal.Clean(s.Text) + ")"
			}
		}
		return text
	case policy.NotRun:
		return "not verified: " + failed
	case policy.Drift, policy.Refused:
	}
	if refusals == 1 {
		for i := range r.findings {
			if r.findings[i].Refuses {
				return r.findings[i].Message
			}
		}
	}
	return fmt.Sprintf("%d findings refuse", refusals)
}

// unable is the outcome of a step that could not be made.
func (r *run) unable(what string, err error, output []string) outcome {
	r.missing = true
	text := what + ": " + shown(err)
	r.findings = append(r.findings, finding.Finding{
		Code: finding.NotRun, Severity: finding.Danger, Message: text, File: r.Name, Fix: "schemaguard verify --verbose",
	})
	if errors.Is(err, context.Canceled) {
		text = what + ": interrupted"
	}
	return outcome{NotRun, text, output}
}

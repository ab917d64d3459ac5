// Package decision is what the docker guard answers, and how it is shown: as JSON, as an explanation, and as the
// lines that a person who typed the command sees.
package decision

import (
	"github.com/schemaguard/schemaguard/internal/dockercmd"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
)

// Outcome is what is decided.
type Outcome string

// The outcomes. NotRun is never a pass.
const (
	Pass   Outcome = "pass"
	Warn   Outcome = "warn"
	Refuse Outcome = "refuse"
	NotRun Outcome = "not-run"
)

// The verdicts of a target.
const (
	Clean   = "clean"
	Refused = "refused"
	Unknown = "not-run"
)

// Decision is the answer to a command line; its JSON is what `docker --explain --json` prints.
type Decision struct {
	SchemaVersion int               `json:"schema_version"`
	Command       []string          `json:"command"` // without secrets
	Kind          string            `json:"kind"`    // "read-only", "boots", "arms", "loses"
	Verb          string            `json:"verb"`
	Outcome       Outcome           `json:"decision"`
	Reason        string            `json:"reason"`
	Targets       []Target          `json:"targets"`
	Volumes       []Volume          `json:"volumes"`
	Steps         [][]string        `json:"steps"`               // what is run first, before the rest is decided
	Findings      []finding.Finding `json:"findings,omitempty"`  // of the command as a whole
	Consented     []string          `json:"consented,omitempty"` // the refusals that were agreed to
	Notes         []string          `json:"notes,omitempty"`
	Next          []string          `json:"next,omitempty"` // what to type instead

	Args []string `json:"-"` // the words after the program that are to be run in the end
	// Shown says that a person saw it all already, before being asked.
	Shown bool  `json:"-"`
	Err   error `json:"-"` // of a first step that failed: its exit code is the command's
}

// Target is one container that the command touches.
type Target struct {
	Container string            `json:"container"` // its name; empty for one that is still to be made
	ID        string            `json:"id"`
	Project   string            `json:"project"`
	Service   string            `json:"service"`
	Directus  bool              `json:"directus"`
	Boots     string            `json:"boots"`           // "yes", "no", "maybe"
	Armed     bool              `json:"armed,omitempty"` // a later start will read the sources
	Sources   []Source          `json:"sources"`         // several where it is unclear which
	Database  string            `json:"database"`
	Verdict   string            `json:"verdict"` // "clean", "refused", "not-run"; empty where nobody asked
	Reason    string            `json:"reason,omitempty"`
	Findings  []finding.Finding `json:"findings"`
	Notes     []string          `json:"notes,omitempty"`

	Verdicts []*policy.Verdict `json:"-"` // that Findings were joined from
	Label    string            `json:"-"` // as messages name it
}

// Source is a place that a container takes its snapshot from.
type Source struct {
	Kind   string `json:"kind"`   // "container", "mount", "image", "build", "pull"
	Detail string `json:"detail"` // the image, the path on the host, the context
	Path   string `json:"path"`   // in the container
	SHA256 string `json:"sha256"` // of the snapshot; empty where it is not known yet, or there is none
}

// Volume is one that the command would delete.
type Volume struct {
	Name     string `json:"name"`
	Project  string `json:"project"`
	Database bool   `json:"database"` // it holds a database
	Rows     int64  `json:"rows"`     // -1: not counted
	Estimate bool   `json:"estimate,omitempty"`
}

// ExitCode is that of --explain, and of a command that was not let through: 0 pass or warn, 2 refuse,
// 3 not-run.
func (d *Decision) ExitCode() int {
	switch d.Outcome {
	case Pass, Warn:
		return exitcode.OK
	case Refuse:
		return exitcode.Drift
	case NotRun:
	}
	return exitcode.NotRun
}

// Allows tells whether the command may go on.
func (d *Decision) Allows() bool { return d.Outcome == Pass || d.Outcome == Warn }

// KindWord is a kind of command in the words of the JSON.
func KindWord(k dockercmd.Kind) string {
	switch k {
	case dockercmd.Arms:
		return "arms"
	case dockercmd.LosesVolumes:
		return "loses"
	case dockercmd.MayBoot:
		return "boots"
	case dockercmd.ReadOnly:
	}
	return "read-only"
}

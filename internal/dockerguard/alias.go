package dockerguard

import "github.com/schemaguard/schemaguard/internal/dockerguard/decision"

// The parts of an answer.
type (
	// Decision is the answer to a command line.
	Decision = decision.Decision
	// Target is one container that the command touches.
	Target = decision.Target
	// Source is a place that a container takes its snapshot from.
	Source = decision.Source
	// Volume is one that the command would delete.
	Volume = decision.Volume
	// Outcome is what is decided.
	Outcome = decision.Outcome
)

// The outcomes. NotRun is never a pass.
const (
	Pass   = decision.Pass
	Warn   = decision.Warn
	Refuse = decision.Refuse
	NotRun = decision.NotRun
)

// The verdicts of a target.
const (
	clean   = decision.Clean
	refused = decision.Refused
	notRun  = decision.Unknown
)

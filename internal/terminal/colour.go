package terminal

import "fmt"

// ColourMode is what the flag --color says.
type ColourMode uint8

// The modes; the zero value decides by the environment.
const (
	ColourAuto ColourMode = iota
	ColourAlways
	ColourNever
)

// ParseColourMode reads the value of --color: auto, always or never.
func ParseColourMode(s string) (ColourMode, error) {
	switch s {
	case "auto":
		return ColourAuto, nil
	case "always":
		return ColourAlways, nil
	case "never":
		return ColourNever, nil
	}
	return ColourAuto, fmt.Errorf("reading --color: %q is none of auto, always, never", s)
}

// OutColour tells whether what goes to Out should be coloured.
func (s *Streams) OutColour(mode ColourMode) bool { return Colour(mode, s.Env, s.OutTTY) }

// ErrColour tells whether what goes to Err should be coloured.
func (s *Streams) ErrColour(mode ColourMode) bool { return Colour(mode, s.Env, s.ErrTTY) }

// Colour decides whether a stream gets colour. The first that speaks wins:
//
//  1. the flag
//  2. NO_COLOR, not empty: no
//  3. FORCE_COLOR or CLICOLOR_FORCE, not empty and not 0: yes
//  4. CLICOLOR=0: no
//  5. whether the stream is a terminal, and TERM is not dumb
//
// The conventions disagree about NO_COLOR against the two that force:
// https://no-color.org and https://bixense.com/clicolors let NO_COLOR win,
// https://force-color.org the other. Whoever asks for no colour has a reason.
func Colour(mode ColourMode, env Getenv, tty bool) bool {
	switch {
	case mode != ColourAuto:
		return mode == ColourAlways
	case env("NO_COLOR") != "":
		return false
	case forced(env("FORCE_COLOR")) || forced(env("CLICOLOR_FORCE")):
		return true
	case env("CLICOLOR") == "0":
		return false
	}
	return tty && env("TERM") != "dumb"
}

func forced(value string) bool { return value != "" && value != "0" }

package cli

import (
	"github.com/schemaguard/schemaguard/internal/report"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// outOptions say how to write what goes to stdout.
func (a *app) outOptions() report.Options {
	mode, _ := terminal.ParseColourMode(a.flags.color)
	return report.Options{Colour: a.streams.OutColour(mode), Width: a.streams.Width, Verbose: a.flags.verbose, Version: version()}
}

// errOptions say how to write what goes to stderr.
func (a *app) errOptions() report.Options {
	o := a.outOptions()
	mode, _ := terminal.ParseColourMode(a.flags.color)
	o.Colour = a.streams.ErrColour(mode)
	return o
}

package app

import (
	"github.com/schemaguard/schemaguard/internal/report"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// OutOptions say how to write what goes to stdout.
func (a *App) OutOptions() report.Options {
	mode, _ := terminal.ParseColourMode(a.Flags.Color)
	return report.Options{Colour: a.Streams.OutColour(mode), Width: a.Streams.Width, Verbose: a.Flags.Verbose, Version: Version()}
}

// ErrOptions say how to write what goes to stderr.
func (a *App) ErrOptions() report.Options {
	o := a.OutOptions()
	mode, _ := terminal.ParseColourMode(a.Flags.Color)
	o.Colour = a.Streams.ErrColour(mode)
	return o
}

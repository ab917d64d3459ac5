package report

import (
	"charm.land/lipgloss/v2"

	"github.com/schemaguard/schemaguard/internal/policy"
)

// style is how a piece of text looks. Only the sixteen colours that every
// terminal has are used, so that the user's own theme decides.
type style uint8

const (
	plain style = iota
	bold
	dim
	red
	green
	yellow
	magenta
	cyan
)

// render returns one line of text in the style.
func (s style) render(text string) string {
	look := lipgloss.NewStyle()
	switch s {
	case plain:
		return text
	case bold:
		look = look.Bold(true)
	case dim:
		look = look.Faint(true)
	case red:
		look = look.Foreground(lipgloss.Red)
	case green:
		look = look.Foreground(lipgloss.Green)
	case yellow:
		look = look.Foreground(lipgloss.Yellow)
	case magenta:
		look = look.Foreground(lipgloss.Magenta)
	case cyan:
		look = look.Foreground(lipgloss.Cyan)
	}
	return look.Render(text)
}

// stateStyle returns the style of a verdict's word.
func stateStyle(s policy.State) style {
	switch s {
	case policy.Clean:
		return green
	case policy.Drift:
		return yellow
	case policy.Refused:
		return red
	case policy.NotRun:
	}
	return magenta
}

// columns returns how many columns of a terminal the text takes.
func columns(text string) int { return lipgloss.Width(text) }

package screen

import tea "charm.land/bubbletea/v2"

// resumedMsg says that the view is back in the foreground.
type resumedMsg struct{}

// suspend does nothing: Windows stops no processes.
func suspend() tea.Cmd { return nil }

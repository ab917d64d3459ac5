package screen

import (
	"io"

	tea "charm.land/bubbletea/v2"
)

// framesPerSecond bounds how often the terminal is written to, and is how often
// the renderer wakes up to see that there is nothing to write.
const framesPerSecond = 16

// show runs the model on a terminal until it ends. prepare is handed the program
// before it runs.
func show(m *model, in io.Reader, out io.Writer, prepare func(*tea.Program), options ...tea.ProgramOption) error {
	program := tea.NewProgram(m, append(options, tea.WithInput(in), tea.WithOutput(out), tea.WithFPS(framesPerSecond))...)
	prepare(program)
	_, err := program.Run()
	return err
}

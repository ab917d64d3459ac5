//go:build unix

package screen

import (
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/schemaguard/schemaguard/internal/watch/screen/canvas"
)

// display shows the model on a canvas. bubbletea reads the keys and runs the
// loop; its renderer is left out, see package canvas.
type display struct {
	*model
	canvas *canvas.Canvas
	broken error // a failure that ends the view
}

// redrawMsg says that the terminal has to be taken over and drawn anew.
type redrawMsg struct{}

// show runs the model on a terminal until it ends, and gives the terminal back.
// prepare is handed the program before it runs.
func show(m *model, in io.Reader, out io.Writer, prepare func(*tea.Program), options ...tea.ProgramOption) (err error) {
	c, err := canvas.Open(in, out)
	if err != nil {
		return err
	}
	d := &display{model: m, canvas: c}
	defer func() {
		if left := c.Leave(); err == nil {
			err = left
		}
		if d.broken != nil {
			err = d.broken
		}
	}()
	program := tea.NewProgram(d, append(options, tea.WithoutRenderer(), tea.WithInput(in), tea.WithOutput(io.Discard), tea.WithFPS(1), tea.WithWindowSize(c.Size()))...)
	prepare(program)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGWINCH, syscall.SIGCONT)
	finished := make(chan struct{})
	defer func() {
		signal.Stop(signals)
		close(finished)
	}()
	go func() {
		for {
			select {
			case <-finished:
				return
			case s := <-signals:
				if s == syscall.SIGCONT {
					program.Send(redrawMsg{})
				}
				width, height := c.Size()
				program.Send(tea.WindowSizeMsg{Width: width, Height: height})
			}
		}
	}()
	_, err = program.Run()
	return err
}

// Init asks the terminal for its background. Many do not answer, and then it is
// taken for dark, as most are.
func (d *display) Init() tea.Cmd {
	if d.colour {
		d.fail(d.canvas.Write(ansi.RequestBackgroundColor))
	}
	return nil
}

// Update hands the message on, and draws.
func (d *display) Update(msg tea.Msg) (m tea.Model, cmd tea.Cmd) {
	defer func() {
		if r := recover(); r != nil {
			d.broken = &Panic{Value: r, Stack: debug.Stack()}
		}
		m = d
		if d.broken != nil {
			cmd = tea.Quit
		}
	}()
	switch msg := msg.(type) {
	case redrawMsg:
		d.fail(d.canvas.Enter())
		d.dirty = true
	case tea.KeyPressMsg:
		if msg.String() == "ctrl+z" {
			d.fail(d.canvas.Suspend())
			msg = tea.KeyPressMsg{}
			d.dirty = true
		}
		_, cmd = d.model.Update(msg)
	default:
		_, cmd = d.model.Update(msg)
	}
	if d.broken == nil && d.dirty && d.Width > 0 {
		d.dirty = false
		d.fail(d.canvas.Draw(d.Lines(), d.Width))
	}
	return d, cmd
}

// fail ends the view where the terminal fails.
func (d *display) fail(err error) {
	if err != nil && d.broken == nil {
		d.broken = err
	}
}

// View is not asked for what is drawn.
func (d *display) View() tea.View { return tea.View{} }

//go:build unix

// Package canvas puts lines on a terminal and gives it back as it was.
//
// It is there because bubbletea's renderer wakes up many times a second to see
// whether there is anything to draw, which costs more than all the rest of an
// idle watcher. A canvas writes when it is told to, and only the lines that
// changed. It reads no keys and draws nothing of its own.
package canvas

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"
)

// What is switched on while the canvas is shown, and off afterwards: the screen
// without scrollback, no cursor, no wrapping of lines that a terminal takes for
// longer than they are, clicks and the wheel of the mouse, marked pastes.
const (
	enter = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?1000h\x1b[?1006h\x1b[?2004h"
	leave = "\x1b[m\x1b[?2004l\x1b[?1006l\x1b[?1000l\x1b[?7h\x1b[?25h\x1b[?1049l"
)

// Canvas is a terminal that is drawn on. It is not safe for concurrent use.
type Canvas struct {
	in    int // file descriptors
	out   *os.File
	saved *term.State // nil while the terminal is as it was
	drawn []string    // nil where nothing is known of what is on the terminal
	width int
}

// ErrNoTerminal says that one of the streams is not a terminal.
var ErrNoTerminal = errors.New("the input and the output must be a terminal")

// Open takes the terminal over. It is an error where one of the two is none.
func Open(in io.Reader, out io.Writer) (*Canvas, error) {
	keys, okIn := in.(*os.File)
	screen, okOut := out.(*os.File)
	if !okIn || !okOut || !term.IsTerminal(int(keys.Fd())) || !term.IsTerminal(int(screen.Fd())) {
		return nil, ErrNoTerminal
	}
	c := &Canvas{in: int(keys.Fd()), out: screen}
	return c, c.Enter()
}

// Enter takes the terminal over, again where that was undone by [Canvas.Leave] or
// from outside. All lines are drawn anew.
func (c *Canvas) Enter() error {
	saved, err := term.MakeRaw(c.in)
	if err != nil {
		return fmt.Errorf("taking over the terminal: %w", err)
	}
	if c.saved == nil {
		c.saved = saved
	}
	c.drawn = nil
	return c.Write(enter)
}

// Leave gives the terminal back as it was; a second time does nothing.
func (c *Canvas) Leave() error {
	if c.saved == nil {
		return nil
	}
	err := errors.Join(c.Write(leave), term.Restore(c.in, c.saved))
	c.saved = nil
	if err != nil {
		return fmt.Errorf("giving the terminal back: %w", err)
	}
	return nil
}

// Write writes an escape sequence: a question to the terminal.
func (c *Canvas) Write(sequence string) error {
	_, err := c.out.WriteString(sequence)
	return err
}

// Size returns the columns and rows of the terminal; 80 and 24 where it does not
// know.
func (c *Canvas) Size() (width, height int) {
	width, height, err := term.GetSize(int(c.out.Fd()))
	if err != nil || width <= 0 || height <= 0 {
		return 80, 24
	}
	return width, height
}

// Draw makes the terminal show lines, of at most width columns each.
func (c *Canvas) Draw(lines []string, width int) error {
	update := c.update(lines, width)
	if update == "" {
		return nil
	}
	return c.Write(update)
}

// update returns what makes the terminal show lines: those that changed, or after
// a change of the size all of them.
func (c *Canvas) update(lines []string, width int) string {
	var b strings.Builder
	if c.drawn == nil || c.width != width || len(c.drawn) != len(lines) {
		b.WriteString("\x1b[m\x1b[2J")
		c.drawn, c.width = make([]string, len(lines)), width
	}
	for i, line := range lines {
		if line == c.drawn[i] {
			continue
		}
		c.drawn[i] = line
		b.WriteString("\x1b[" + strconv.Itoa(i+1) + ";1H" + line)
		if ansi.StringWidth(line) < width { // after a full line it would erase the last character
			b.WriteString("\x1b[m\x1b[K")
		}
	}
	return b.String()
}

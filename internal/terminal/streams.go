// Package terminal knows what a program must know to talk to a person: the
// three streams and what is at their other end, whether colour is wanted, how
// to show hostile text and command lines safely, and a line that says that
// something is going on.
//
// It lays nothing out and styles nothing. It never asks the terminal anything:
// what it knows comes from the environment and from the file descriptors.
package terminal

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// Getenv returns the value of an environment variable, empty where it is not
// set, as [os.Getenv] does.
type Getenv func(name string) string

// Streams are the three streams of a process and the facts about them.
type Streams struct {
	In  io.Reader
	Out io.Writer // data
	Err io.Writer // what is meant for people

	InTTY, OutTTY, ErrTTY bool // whether the stream is a terminal

	// Width is the number of columns of the terminal; 0 where neither Out nor
	// Err is one, which means that lines are not to be wrapped.
	Width int

	// Env is the environment that colour and interaction are decided by.
	Env Getenv
}

// System returns the streams of this process. Its cost is a few ioctls.
func System(env Getenv) *Streams { return newStreams(os.Stdin, os.Stdout, os.Stderr, env) }

func newStreams(in, out, errs *os.File, env Getenv) *Streams {
	s := &Streams{In: in, Out: out, Err: errs, Env: env}
	s.InTTY = term.IsTerminal(int(in.Fd()))
	s.OutTTY = term.IsTerminal(int(out.Fd()))
	s.ErrTTY = term.IsTerminal(int(errs.Fd()))
	switch {
	case s.OutTTY:
		s.Width = width(out, env)
	case s.ErrTTY:
		s.Width = width(errs, env)
	}
	return s
}

// The bounds of a width that is believed, and the one assumed where a terminal
// does not know its own.
const (
	minWidth     = 20
	maxWidth     = 1000
	defaultWidth = 80
)

// width returns the columns of a terminal. COLUMNS wins, since a person who
// exports it means it.
func width(f *os.File, env Getenv) int {
	columns, err := strconv.Atoi(env("COLUMNS"))
	if err != nil || columns <= 0 {
		columns, _, err = term.GetSize(int(f.Fd()))
	}
	if err != nil || columns <= 0 {
		return defaultWidth
	}
	return min(max(columns, minWidth), maxWidth)
}

// Interactive tells whether a person is there to see progress and answer
// questions: stdin and stderr are terminals, the terminal can move its cursor,
// and CI is empty.
func (s *Streams) Interactive() bool {
	return s.InTTY && s.animated()
}

// animated tells whether a line on stderr may be drawn over.
func (s *Streams) animated() bool {
	return s.ErrTTY && s.Env("CI") == "" && s.Env("TERM") != "dumb"
}

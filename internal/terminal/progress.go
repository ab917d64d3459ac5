package terminal

import (
	"fmt"
	"io"
	"sync"
	"time"
	"unicode/utf8"
)

// The pace of the progress line: it appears only for work that takes longer
// than a glance, so that quick work does not flicker.
const (
	progressDelay = 200 * time.Millisecond
	progressFrame = 120 * time.Millisecond
)

// Progress says on stderr that something is going on, until done is called. It
// draws one line, which it erases again, and nothing at all where stderr is not
// a terminal or CI is set. While it runs, nobody else may write to Err. done
// returns when the line is gone; calling it again does nothing.
func (s *Streams) Progress(msg string) (done func()) {
	if !s.animated() {
		return func() {}
	}
	ticker := time.NewTicker(progressFrame)
	stop := s.draw(msg, ticker.C, time.Now().Add(progressDelay))
	return func() { ticker.Stop(); stop() }
}

// draw draws a frame for each tick from the time appear on.
func (s *Streams) draw(msg string, ticks <-chan time.Time, appear time.Time) (stop func()) {
	quit, gone := make(chan struct{}), make(chan struct{})
	line := fit(Clean(msg), s.Width)
	go func() {
		defer close(gone)
		drawn := 0
		for {
			select {
			case <-quit:
				if drawn > 0 {
					io.WriteString(s.Err, "\r\x1b[K")
				}
				return
			case now := <-ticks:
				if !now.Before(appear) {
					fmt.Fprintf(s.Err, "\r\x1b[K%c %s", `-\|/`[drawn%4], line)
					drawn++
				}
			}
		}
	}()
	var once sync.Once
	return func() {
		once.Do(func() { close(quit) })
		<-gone
	}
}

// fit cuts the message so that the line never wraps, since a wrapped line could
// not be erased. A rune may take two columns, so half as many are safe.
func fit(msg string, columns int) string {
	room := columns - 3 // the frame, a space, and the last column left free
	if columns == 0 {
		room = defaultWidth - 3
	}
	if utf8.RuneCountInString(msg) != len(msg) {
		room /= 2
	}
	return Shorten(msg, room)
}

package command

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"sync"

	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

const (
	maxLine   = 16 << 10 // of a line that is looked at
	maxShown  = 400      // bytes of a line that are kept
	maxErrors = 5        // lines that are kept, the last ones
)

// colours are the sequences with which a terminal is told to colour.
var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// level is pino's level in a line of JSON: 50 is error, 60 fatal
// (LOG_STYLE=raw).
var level = regexp.MustCompile(`^\{"level":(?:50|60)\b`)

// scanner notes the errors in what a command prints, while it passes it on.
type scanner struct {
	mu      sync.Mutex
	found   []string
	streams []*lines
}

// beside returns a writer that passes on to w, nil for nowhere, and looks at the
// lines. Each is for one stream.
func (s *scanner) beside(w io.Writer) io.Writer {
	if w == nil {
		w = io.Discard
	}
	l := &lines{to: w, scanner: s}
	s.streams = append(s.streams, l)
	return l
}

// lines is one stream.
type lines struct {
	to      io.Writer
	scanner *scanner
	part    []byte // of a line that has not ended
}

// Write passes p on unchanged.
func (l *lines) Write(p []byte) (int, error) {
	rest := p
	for {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			break
		}
		l.scanner.line(append(l.part, rest[:i]...))
		l.part, rest = l.part[:0], rest[i+1:]
	}
	if room := maxLine - len(l.part); room > 0 {
		l.part = append(l.part, rest[:min(room, len(rest))]...)
	}
	return l.to.Write(p)
}

// line looks at one line. Directus logs with pino: "[12:00:00.000] ERROR: text",
// with colours on a terminal.
func (s *scanner) line(text []byte) {
	if len(text) > maxLine {
		text = text[:maxLine]
	}
	plain := strings.TrimSpace(colours.ReplaceAllString(string(text), ""))
	if !strings.Contains(plain, " ERROR: ") && !strings.Contains(plain, " FATAL: ") && !level.MatchString(plain) {
		return
	}
	if len(plain) > maxShown {
		plain = plain[:maxShown] + "..."
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.found = append(s.found, terminal.Clean(redact.String(plain)))
	if len(s.found) > maxErrors {
		s.found = s.found[1:]
	}
}

// errors returns what was found, once the streams have ended.
func (s *scanner) errors() []string {
	for _, l := range s.streams {
		s.line(l.part) // a last line that nothing ends
		l.part = nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.found
}

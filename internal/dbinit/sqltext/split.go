package sqltext

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Statement is one statement: Text begins with its first token and ends before
// its semicolon, Offset says in bytes where in the file it begins.
type Statement struct {
	Text   string
	Offset int
}

// UnfinishedError says that a text ends inside of something.
type UnfinishedError struct {
	What   string // "a quoted string", "a comment", ...
	Offset int    // where it begins, in bytes
}

// Error implements error.
func (e *UnfinishedError) Error() string { return fmt.Sprintf("%s is not closed", e.What) }

// Split cuts a text into statements; pieces without any token but comments are
// none. Where the text ends inside a quote or comment it returns the statements
// before, that piece as the last, and an [*UnfinishedError]. A backslash outside
// of quotes stays part of its statement: see [Lint].
func Split(text string) ([]Statement, error) {
	s := splitter{lexer: lexer{text: text}}
	for {
		t, ok := s.next()
		if !ok {
			break
		}
		if t.Kind == Unfinished {
			s.piece(t)
			return s.flush(), &UnfinishedError{unfinished(t.Text), t.Offset}
		}
		s.add(t)
	}
	return s.flush(), nil
}

// Tokens returns the tokens of a text, comments left out.
func Tokens(text string) []Token {
	l := lexer{text: text}
	var all []Token
	for {
		t, ok := l.next()
		if !ok {
			return all
		}
		if t.Kind != Comment {
			all = append(all, t)
		}
	}
}

// splitter collects the tokens of one statement at a time.
type splitter struct {
	lexer
	done []Statement

	started    bool
	start, end int
	depth      int      // of parentheses
	atomic     int      // of BEGIN ATOMIC, and of CASE in there
	first      []string // its first words, in capitals, four at most
	last       string   // the word before, in capitals
}

func (s *splitter) add(t Token) {
	switch {
	case t.Kind == Comment:
		return
	case t.Kind == Semicolon && s.depth == 0 && s.atomic == 0:
		s.flush()
		return
	case t.Kind == Open:
		s.depth++
	case t.Kind == Close:
		s.depth = max(0, s.depth-1)
	case t.Kind == Word:
		s.word(strings.ToUpper(t.Text))
		s.piece(t)
		return
	}
	s.last = ""
	s.piece(t)
}

// word follows BEGIN ATOMIC ... END in CREATE [OR REPLACE] FUNCTION | PROCEDURE.
func (s *splitter) word(w string) {
	switch {
	case s.depth > 0 || !s.routine():
	case s.atomic == 0 && w == "ATOMIC" && s.last == "BEGIN":
		s.atomic = 1
	case s.atomic > 0 && w == "CASE":
		s.atomic++
	case s.atomic > 0 && w == "END":
		s.atomic--
	}
	if len(s.first) < 4 {
		s.first = append(s.first, w)
	}
	s.last = w
}

// routine tells whether the statement creates a function or procedure.
func (s *splitter) routine() bool {
	f := s.first
	if len(f) > 3 && f[1] == "OR" && f[2] == "REPLACE" {
		f = append([]string{f[0]}, f[3:]...)
	}
	return len(f) > 1 && f[0] == "CREATE" && (f[1] == "FUNCTION" || f[1] == "PROCEDURE")
}

func (s *splitter) piece(t Token) {
	if !s.started {
		s.started, s.start = true, t.Offset
	}
	s.end = t.End()
}

// flush ends the statement and returns all of them.
func (s *splitter) flush() []Statement {
	if s.started {
		s.done = append(s.done, Statement{s.text[s.start:s.end], s.start})
	}
	*s = splitter{lexer: s.lexer, done: s.done}
	return s.done
}

func unfinished(text string) string {
	switch {
	case strings.HasPrefix(text, "/*"):
		return "a comment"
	case strings.HasPrefix(text, "$"):
		tag := text[:strings.Index(text[1:], "$")+2]
		return "the string that " + tag + " opens"
	case strings.HasSuffix(strings.ToLower(text[:min(3, len(text))]), `u&"`), text[0] == '"':
		return "a quoted name"
	}
	return "a quoted string"
}

// Place is a position in a file, counted from 1, the column in characters.
type Place struct{ Line, Column int }

// String returns "12:5".
func (p Place) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

// At returns the place of a byte offset. Lines end with \n; an offset beyond
// the text is its end.
func At(text string, offset int) Place {
	before := text[:min(max(offset, 0), len(text))]
	line := strings.LastIndexByte(before, '\n') + 1
	return Place{strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[line:]) + 1}
}

// ByteOffset returns the byte offset of a position as Postgres reports it: in
// characters, from 1. Positions beyond the text are its end.
func ByteOffset(text string, position int) int {
	for i := range text {
		if position--; position == 0 {
			return i
		}
	}
	return len(text)
}

// CommentAt tells whether, but for spaces, a comment begins at a byte offset: a
// line that looks like one can also be part of a string.
func CommentAt(text string, offset int) bool {
	l := lexer{text: text}
	for {
		t, ok := l.next()
		if !ok || t.Offset > offset && strings.TrimSpace(text[offset:t.Offset]) != "" {
			return false
		}
		if t.Offset >= offset {
			return t.Kind == Comment
		}
		if t.End() > offset {
			return false
		}
	}
}

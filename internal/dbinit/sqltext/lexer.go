// Package sqltext cuts SQL text into the statements that Postgres would see, and
// knows where each stands in its file.
//
// It knows the lexical rules of Postgres (src/backend/parser/scan.l) and the two
// of psql that decide where a statement ends (src/fe_utils/psqlscan.l):
// semicolons in parentheses and in the body of a BEGIN ATOMIC function do not
// end one. It assumes standard_conforming_strings = on, the default since 9.1.
//
// It refuses to be a parser: it never says that a statement is valid, and it
// executes nothing.
//
//	stmts, err := sqltext.Split("SELECT ';'; SELECT 2")
//	stmts[1].Text, stmts[1].Offset // "SELECT 2", 12
package sqltext

import (
	"strings"
	"unicode/utf8"
)

// Kind says what a token is.
type Kind uint8

// The kinds of tokens. Spaces are none.
const (
	Word       Kind = iota + 1 // an identifier or key word as written, without quotes
	Quoted                     // "an identifier", with U& in front or not
	String                     // a constant: '...', E'...', U&'...', B'...', $tag$...$tag$
	Number                     // digits; what follows the digits (1e5) is a token of its own
	Comment                    // -- to the end of the line, or /* */, nested
	Semicolon                  // ;
	Open                       // (
	Close                      // )
	Backslash                  // outside of all quotes: psql takes it for a command
	Other                      // one character of anything else
	Unfinished                 // a quote or comment that the text ends in
)

// Token is a piece of SQL text; Offset counts bytes.
type Token struct {
	Kind   Kind
	Text   string
	Offset int
}

// End is the offset behind the token.
func (t Token) End() int { return t.Offset + len(t.Text) }

// Is tells whether the token is this key word, given in upper case.
func (t Token) Is(word string) bool { return t.Kind == Word && strings.EqualFold(t.Text, word) }

// Name returns the identifier that a Word or Quoted token names: folded to lower
// case where it has no quotes, as Postgres folds ASCII. ok is false for other
// tokens, and for U&"..." whose escapes are not undone here.
func (t Token) Name() (name string, ok bool) {
	switch {
	case t.Kind == Word:
		return lower(t.Text), true
	case t.Kind == Quoted && t.Text[0] == '"':
		return strings.ReplaceAll(t.Text[1:len(t.Text)-1], `""`, `"`), true
	}
	return "", false
}

func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// lexer walks over a text.
type lexer struct {
	text string
	at   int
}

// next returns the next token; ok is false at the end of the text.
func (l *lexer) next() (t Token, ok bool) {
	for l.at < len(l.text) && space(l.text[l.at]) {
		l.at++
	}
	if l.at == len(l.text) {
		return Token{}, false
	}
	start := l.at
	kind := l.scan()
	return Token{kind, l.text[start:l.at], start}, true
}

// scan moves behind one token and returns its kind.
func (l *lexer) scan() Kind {
	c := l.text[l.at]
	switch {
	case l.sees("--"):
		l.line()
		return Comment
	case l.sees("/*"):
		return l.block()
	case c == '\'':
		return l.quote(0, '\'', false)
	case c == '"':
		return l.quote(0, '"', false)
	case l.prefixed("e'"):
		return l.quote(1, '\'', true)
	case l.prefixed("b'"), l.prefixed("x'"), l.prefixed("n'"):
		return l.quote(1, '\'', false)
	case l.prefixed("u&'"):
		return l.quote(2, '\'', false)
	case l.prefixed(`u&"`):
		return l.quote(2, '"', false)
	case identStart(c):
		return l.take(identPart, Word)
	case digit(c):
		return l.take(digit, Number)
	case c == '$':
		return l.dollar()
	}
	_, size := utf8.DecodeRuneInString(l.text[l.at:])
	l.at += size
	switch c {
	case ';':
		return Semicolon
	case '(':
		return Open
	case ')':
		return Close
	case '\\':
		return Backslash
	}
	return Other
}

func (l *lexer) sees(s string) bool { return strings.HasPrefix(l.text[l.at:], s) }

// prefixed tells whether the text goes on with s, a lower case letter in which
// stands for both cases.
func (l *lexer) prefixed(s string) bool {
	return len(l.text)-l.at >= len(s) && lower(l.text[l.at:l.at+1]) == s[:1] && l.text[l.at+1:l.at+len(s)] == s[1:]
}

func (l *lexer) take(part func(byte) bool, kind Kind) Kind {
	for l.at++; l.at < len(l.text) && part(l.text[l.at]); {
		l.at++
	}
	return kind
}

// line moves to the end of the line; Postgres ends a comment at \r as well.
func (l *lexer) line() {
	if i := strings.IndexAny(l.text[l.at:], "\r\n"); i >= 0 {
		l.at += i
		return
	}
	l.at = len(l.text)
}

// block moves behind a comment; they nest, as the standard wants.
func (l *lexer) block() Kind {
	depth := 0
	for l.at < len(l.text) {
		switch {
		case l.sees("/*"):
			depth++
			l.at += 2
		case l.sees("*/"):
			depth--
			l.at += 2
			if depth == 0 {
				return Comment
			}
		default:
			l.at++
		}
	}
	return Unfinished
}

// quote moves behind a string or quoted identifier whose opening quote stands
// after a prefix of skip bytes.
func (l *lexer) quote(skip int, mark byte, backslashes bool) Kind {
	l.at += skip + 1
	for l.at < len(l.text) {
		switch c := l.text[l.at]; {
		case backslashes && c == '\\' && l.at+1 < len(l.text):
			l.at += 2
		case c != mark:
			l.at++
		case l.at+1 < len(l.text) && l.text[l.at+1] == mark:
			l.at += 2
		case mark == '\'' && l.continues():
			l.at++ // inside again, by the same rules
		default:
			l.at++
			if mark == '"' {
				return Quoted
			}
			return String
		}
	}
	return Unfinished
}

// continues tells whether a closed string goes on in a later line, and if so
// moves to its next opening quote: 'a' and 'b' with a line break in between are
// one constant, and the second follows the escape rules of the first
// ({quotecontinue} in scan.l).
func (l *lexer) continues() bool {
	ahead := lexer{l.text, l.at + 1}
	lines := false
	for ahead.at < len(ahead.text) {
		switch c := ahead.text[ahead.at]; {
		case c == '\n' || c == '\r':
			lines = true
			ahead.at++
		case space(c):
			ahead.at++
		case ahead.sees("--"):
			ahead.line()
		case c == '\'' && lines:
			l.at = ahead.at
			return true
		default:
			return false
		}
	}
	return false
}

// dollar moves behind a dollar-quoted string, a parameter ($1) or a lone $.
func (l *lexer) dollar() Kind {
	rest := l.text[l.at+1:]
	i := 0
	for i < len(rest) && (identStart(rest[i]) || i > 0 && digit(rest[i])) {
		i++
	}
	if i == len(rest) || rest[i] != '$' {
		l.at++
		if len(rest) > 0 && digit(rest[0]) {
			return l.take(digit, Number)
		}
		return Other
	}
	tag := l.text[l.at : l.at+i+2]
	body := l.at + len(tag)
	end := strings.Index(l.text[body:], tag)
	if end < 0 {
		l.at = len(l.text)
		return Unfinished
	}
	l.at = body + end + len(tag)
	return String
}

// space is {space} of scan.l; \v is one since Postgres 16, and an error before.
func space(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func identStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= utf8.RuneSelf
}

func identPart(c byte) bool { return identStart(c) || digit(c) || c == '$' }

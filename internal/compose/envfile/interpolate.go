package envfile

import (
	"errors"
	"strings"
)

// maxNesting bounds ${A:-${B:-...}}.
const maxNesting = 20

var errTemplate = errors.New("invalid interpolation: write $$ for a dollar sign")

// Interpolate replaces $NAME and ${NAME...} as docker compose does. missing is
// called with the name of a variable that is not set and has no default; it may be
// nil. The error never holds a value.
func Interpolate(s string, lookup func(string) (string, bool), missing func(string)) (string, error) {
	return expand(s, lookup, missing, 0)
}

func expand(s string, lookup func(string) (string, bool), missing func(string), depth int) (string, error) {
	if depth > maxNesting {
		return "", errTemplate
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '$')
		if i < 0 {
			b.WriteString(s)
			return b.String(), nil
		}
		b.WriteString(s[:i])
		s = s[i+1:]
		switch {
		case strings.HasPrefix(s, "$"):
			b.WriteByte('$')
			s = s[1:]
		case strings.HasPrefix(s, "{"):
			end := closing(s)
			if end < 0 {
				return "", errTemplate
			}
			value, err := braced(s[1:end], lookup, missing, depth)
			if err != nil {
				return "", err
			}
			b.WriteString(value)
			s = s[end+1:]
		default:
			n := nameLen(s)
			if n == 0 {
				b.WriteByte('$') // "$1", "a$": no template
				continue
			}
			b.WriteString(plain(s[:n], lookup, missing))
			s = s[n:]
		}
	}
}

// braced evaluates what stands between ${ and }.
func braced(s string, lookup func(string) (string, bool), missing func(string), depth int) (string, error) {
	n := nameLen(s)
	if n == 0 {
		return "", errTemplate
	}
	name, rest := s[:n], s[n:]
	if rest == "" {
		return plain(name, lookup, missing), nil
	}
	orEmpty := strings.HasPrefix(rest, ":")
	op := strings.TrimPrefix(rest, ":")
	if op == "" {
		return "", errTemplate
	}
	value, ok := lookup(name)
	there := ok && !(orEmpty && value == "")
	word := op[1:]
	switch op[0] {
	case '-':
		if there {
			return value, nil
		}
		return expand(word, lookup, missing, depth+1)
	case '+':
		if !there {
			return "", nil
		}
		return expand(word, lookup, missing, depth+1)
	case '?':
		if there {
			return value, nil
		}
		return "", errors.New("required variable " + name + " is not set")
	}
	return "", errTemplate
}

func plain(name string, lookup func(string) (string, bool), missing func(string)) string {
	value, ok := lookup(name)
	if !ok && missing != nil {
		missing(name)
	}
	return value
}

// closing returns the place of the "}" that closes the "{" at s[0].
func closing(s string) int {
	open := 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			open++
		case '}':
			if open--; open == 0 {
				return i
			}
		}
	}
	return -1
}

// nameLen is the length of the variable name at the beginning of s.
func nameLen(s string) int {
	for i := range len(s) {
		c := s[i]
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return i
		}
	}
	return len(s)
}

// Package envfile reads text as docker compose reads it: ${NAME} in a compose file,
// and the lines of an env_file or of the project's .env.
//
// Directus reads its own .env by other rules: see package directusenv. This
// package refuses to open files and to look into the process environment.
package envfile

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// A Var is one environment variable and where it was set.
type Var struct {
	Name   string
	Value  string
	Origin string // "compose.yaml:12", "directus.env:3"
}

// Parse reads an env file as docker compose does, which is not how Directus
// does it: variables are replaced, "KEY" alone takes the value from lookup. The
// origins are shown:line. A line that cannot be read ends the reading with an
// error that names it and never quotes it; what came before is returned.
func Parse(shown, src string, lookup func(string) (string, bool)) ([]Var, error) {
	p := &dotenvParser{src: strings.TrimPrefix(strings.ReplaceAll(src, "\r\n", "\n"), "\ufeff")}
	values := make(map[string]string)
	resolve := func(name string) (string, bool) {
		if v, ok := lookup(name); ok {
			return v, true
		}
		v, ok := values[name]
		return v, ok
	}
	var out []Var
	for p.skipBlank() {
		line := p.line()
		name, inherited, err := p.name()
		if err != nil {
			return out, p.fail(line, err)
		}
		value, ok := "", true
		if inherited {
			value, ok = lookup(name)
		} else if value, err = p.value(resolve); err != nil {
			return out, p.fail(line, err)
		}
		if ok {
			values[name] = value
			out = Set(out, Var{Name: name, Value: value, Origin: shown + ":" + strconv.Itoa(line)})
		}
	}
	return out, nil
}

// Set replaces the variable of that name, or appends it, and returns the list.
func Set(vars []Var, v Var) []Var {
	for i := range vars {
		if vars[i].Name == v.Name {
			vars[i] = v
			return vars
		}
	}
	return append(vars, v)
}

type dotenvParser struct {
	src     string
	pos     int
	counted int // the line of pos, minus one, as far as it was counted
	upTo    int
}

func (p *dotenvParser) line() int {
	p.counted += strings.Count(p.src[p.upTo:p.pos], "\n")
	p.upTo = p.pos
	return p.counted + 1
}

func (p *dotenvParser) fail(line int, err error) error {
	return errors.New("line " + strconv.Itoa(line) + ": " + err.Error())
}

// skipBlank moves to the next statement and reports whether there is one.
func (p *dotenvParser) skipBlank() bool {
	for {
		i := strings.IndexFunc(p.src[p.pos:], func(r rune) bool { return !unicode.IsSpace(r) })
		if i < 0 {
			return false
		}
		p.pos += i
		if p.src[p.pos] != '#' {
			return true
		}
		p.restOfLine()
	}
}

// restOfLine returns the text up to the line break and moves behind it.
func (p *dotenvParser) restOfLine() string {
	text, _, found := strings.Cut(p.src[p.pos:], "\n")
	p.pos += len(text)
	if found {
		p.pos++
	}
	return text
}

var export = regexp.MustCompile(`^export\s+`)

func (p *dotenvParser) name() (name string, inherited bool, err error) {
	p.pos += len(export.FindString(p.src[p.pos:]))
	rest := p.src[p.pos:]
	for i, r := range rest {
		switch {
		case r == '=' || r == ':':
			p.pos += i + 1
			p.pos += len(p.src[p.pos:]) - len(strings.TrimLeftFunc(p.src[p.pos:], lineSpace))
			return checkName(rest[:i], false)
		case r == '\n':
			p.pos += i + 1
			return checkName(rest[:i], true)
		case lineSpace(r) || unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("_.-[]", r):
		default:
			return "", false, errors.New("unexpected character in a variable name")
		}
	}
	p.pos = len(p.src)
	return checkName(rest, true)
}

func checkName(name string, inherited bool) (string, bool, error) {
	name = strings.TrimRightFunc(name, unicode.IsSpace)
	if strings.Contains(name, " ") {
		return "", false, errors.New("a variable name cannot contain a space")
	}
	return name, inherited, nil
}

func (p *dotenvParser) value(lookup func(string) (string, bool)) (string, error) {
	rest := p.src[p.pos:]
	if rest == "" || rest[0] != '"' && rest[0] != '\'' {
		text, _, _ := strings.Cut(p.restOfLine(), " #")
		return Interpolate(strings.TrimRightFunc(text, unicode.IsSpace), lookup, nil)
	}
	var b strings.Builder
	for i := 1; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == rest[0]:
			p.pos += i + 1
			if c == '\'' {
				return b.String(), nil
			}
			return Interpolate(unescape(b.String()), lookup, nil)
		case c == '\\' && i+1 < len(rest):
			i++
			if rest[i] != rest[0] {
				b.WriteByte('\\')
			}
			b.WriteByte(rest[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", errors.New("a quoted value does not end")
}

// lineSpace is white space that does not end a line.
func lineSpace(r rune) bool {
	return strings.ContainsRune("\t\v\f\r \u0085\u00a0", r)
}

// escapes are the sequences that compose-go expands in double quotes.
var escapes = regexp.MustCompile(`\\(?:[abcfnrtv$"\\]|0[0-7]{0,3})`)

func unescape(s string) string {
	return escapes.ReplaceAllStringFunc(s, func(m string) string {
		if m == `\$` {
			return "$$"
		}
		if strings.HasPrefix(m, `\0`) {
			m = `\` + m[2:]
		}
		r, _, _, err := strconv.UnquoteChar(m, '"')
		if err != nil {
			return m
		}
		return string(r)
	})
}

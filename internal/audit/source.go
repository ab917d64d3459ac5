package audit

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/schemaguard/schemaguard/internal/audit/object"
)

// Source is a file of db-init.
type Source struct {
	Path string // as it is shown
	Text string
}

// locate returns the file and line that an object seems to come from: the last line that names it in a
// statement that makes or changes something; else that of its table; else "".
func locate(sources []Source, k object.Key) string {
	name := k.Name
	switch {
	case k.Kind.In(object.Function, object.Aggregate):
		name, _, _ = strings.Cut(name, "(")
		name = strings.Trim(name, `"`)
	case k.Kind == object.Comment:
		name = k.Table
	}
	for _, look := range []string{name, k.Table} {
		if at := lastMention(sources, look); look != "" && at != "" {
			return at
		}
	}
	return ""
}

// lastMention finds the last line that has a word in it and makes something.
func lastMention(sources []Source, word string) string {
	found := ""
	for _, s := range sources {
		line := 0
		for text := range strings.Lines(s.Text) {
			line++
			code, _, _ := strings.Cut(text, "--")
			if makes(code) && hasWord(code, word) {
				found = fmt.Sprintf("%s:%d", s.Path, line)
			}
		}
	}
	return found
}

// makes tells a line that begins to make or change something.
func makes(line string) bool {
	upper := strings.ToUpper(line)
	for _, verb := range []string{"CREATE ", "ALTER ", "ADD ", "COMMENT ON", "CONSTRAINT ", "CREATE_HYPERTABLE", "SELECT "} {
		if strings.Contains(upper, verb) {
			return true
		}
	}
	return false
}

// hasWord tells whether a line has a word, in any case, with no letter or digit beside it.
func hasWord(line, word string) bool {
	if word == "" {
		return false
	}
	line, word = strings.ToLower(line), strings.ToLower(word)
	for from := 0; ; {
		i := strings.Index(line[from:], word)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(word)
		before, _ := utf8.DecodeLastRuneInString(line[:start])
		after, _ := utf8.DecodeRuneInString(line[end:])
		if !isNamePart(before) && !isNamePart(after) {
			return true
		}
		_, size := utf8.DecodeRuneInString(line[start:])
		from = start + size
	}
}

func isNamePart(r rune) bool {
	return r == '_' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

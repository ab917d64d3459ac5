package jsyaml

import (
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

// yaml.v3 refuses escapes of surrogates, which JSON has for everything above
// U+FFFF and which js-yaml writes for lone ones. So they are given to it as
// escapes of private characters of the last plane, and taken back from the
// nodes. Only escapes are ever replaced, so that a raw character stays itself.
const privatePlane = 0x100000 // U+10D800 stands for U+D800, and so on

var (
	surrogateEscape = regexp.MustCompile(`(?i)\\u(d[89a-f][0-9a-f][0-9a-f])`)
	privateEscape   = regexp.MustCompile(`\\U0010(D[89A-F][0-9A-F][0-9A-F])`)
)

// hideSurrogates replaces the escapes of surrogates in a text; ok is false if
// there are none, or if the text has the characters that would stand for them.
func hideSurrogates(data []byte) (_ []byte, ok bool) {
	if !surrogateEscape.Match(data) || privateEscape.Match(data) || strings.ContainsFunc(string(data), isPrivate) {
		return nil, false
	}
	return surrogateEscape.ReplaceAllFunc(data, func(esc []byte) []byte {
		return []byte(`\U0010` + strings.ToUpper(string(esc[2:])))
	}), true
}

func isPrivate(r rune) bool { return utf16.IsSurrogate(r - privatePlane) }

// showSurrogates undoes hideSurrogates in the scalars of a tree.
func showSurrogates(n *yaml.Node) {
	switch {
	case n.Kind != yaml.ScalarNode:
		for _, child := range n.Content {
			showSurrogates(child)
		}
	case n.Style&yaml.DoubleQuotedStyle != 0:
		n.Value = joinSurrogates(n.Value)
	default: // no escape there, only the look of one
		n.Value = privateEscape.ReplaceAllString(n.Value, `\u$1`)
	}
}

func joinSurrogates(s string) string {
	if !strings.ContainsFunc(s, isPrivate) {
		return s
	}
	var buf []byte
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if isPrivate(r) {
			r -= privatePlane
			low, size := utf8.DecodeRuneInString(s[i:])
			if both := utf16.DecodeRune(r, low-privatePlane); both != utf8.RuneError {
				r = both
				i += size
			}
		}
		buf = jsvalue.AppendRune(buf, r)
	}
	return string(buf)
}

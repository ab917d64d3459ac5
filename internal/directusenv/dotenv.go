package directusenv

import (
	"regexp"
	"strconv"
	"strings"
)

// line is the LINE expression of the dotenv package that Directus uses (16.4.5
// to 17.2.3: the same), with JavaScript's \s spelled out. Both engines take the
// leftmost alternative first, so it finds the same.
var line = regexp.MustCompile(strings.ReplaceAll(
	"(?m)^§*(?:export§+)?([\\w.-]+)(?:§*=§*?|:§+?)(§*'(?:\\\\'|[^'])*'|§*\"(?:\\\\\"|[^\"])*\"|§*`(?:\\\\`|[^`])*`|[^#\\r\\n]+)?§*(?:#.*)?$",
	"§", `[\s\v\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]`))

// parseDotenv reads a .env file as the dotenv package of Directus does: no
// interpolation, what it cannot read it skips, the last of two wins (in the place
// of the first).
func parseDotenv(shown string, data []byte) []Var {
	src := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(string(data), "\ufffd"))
	var out []Var
	at := make(map[string]int)
	lineNo, counted := 1, 0
	for _, m := range line.FindAllStringSubmatchIndex(src, -1) {
		name := src[m[2]:m[3]]
		lineNo += strings.Count(src[counted:m[2]], "\n")
		counted = m[2]
		value := ""
		if m[4] >= 0 {
			value = unquote(strings.Trim(src[m[4]:m[5]], jsSpace))
		}
		v := Var{Name: name, Value: value, Origin: shown + ":" + strconv.Itoa(lineNo)}
		if i, ok := at[name]; ok {
			out[i] = v
			continue
		}
		at[name] = len(out)
		out = append(out, v)
	}
	return out
}

// unquote takes off one pair of quotes; double quotes also turn \n and \r into
// line breaks, even when the closing one is missing.
func unquote(value string) string {
	if value == "" {
		return ""
	}
	quote := value[0]
	if len(value) > 1 && strings.IndexByte("'\"`", quote) >= 0 && value[len(value)-1] == quote {
		value = value[1 : len(value)-1]
	}
	if quote == '"' {
		value = strings.NewReplacer(`\n`, "\n").Replace(value)
		value = strings.NewReplacer(`\r`, "\r").Replace(value)
	}
	return value
}

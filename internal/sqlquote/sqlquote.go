// Package sqlquote writes names and texts into SQL, where parameters cannot stand.
package sqlquote

import "strings"

// Identifier quotes a name. A NUL, which no name of Postgres has, is dropped.
func Identifier(name string) string {
	return `"` + strings.ReplaceAll(strings.ReplaceAll(name, "\x00", ""), `"`, `""`) + `"`
}

// Literal quotes a text, whatever standard_conforming_strings is. A NUL, which no
// text of Postgres has, is dropped.
func Literal(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\x00", ""), `'`, `''`)
	if strings.Contains(text, `\`) {
		return `E'` + strings.ReplaceAll(text, `\`, `\\`) + `'`
	}
	return `'` + text + `'`
}

package outline

import (
	"slices"
	"strings"
	"unicode"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/terminal"
)

// inlineList is how long a list of plain values may be to stand in one line.
const inlineList = 100

// value writes a value: an object key by key, a list element by element, so that
// a change inside it is a change of one line.
func (p *page) value(prefix, path, key string, v jsvalue.Value) {
	switch v.Kind() {
	case jsvalue.KindObject:
		o := v.Object()
		if o.Len() == 0 {
			break
		}
		for _, k := range ordered(o) {
			m, _ := o.Get(k)
			p.value(prefix, path+"."+name(k), "", m)
		}
		return
	case jsvalue.KindList:
		if text := compact(v); plainList(v) && len(text) <= inlineList {
			break
		}
		for _, e := range v.List() {
			p.lines = append(p.lines, prefix+path+"[] "+compact(e))
		}
		return
	case jsvalue.KindBool:
		if v.Bool() && isFlag(key) {
			p.lines = append(p.lines, prefix+path)
			return
		}
	case jsvalue.KindString:
		if isSymbolic(key) {
			p.lines = append(p.lines, prefix+path+" "+symbol(v.Str()))
			return
		}
	case jsvalue.KindNull, jsvalue.KindNumber:
	}
	p.lines = append(p.lines, prefix+path+" "+compact(v))
}

// plainList tells whether a list holds no lists and no objects.
func plainList(v jsvalue.Value) bool {
	return !slices.ContainsFunc(v.List(), func(e jsvalue.Value) bool {
		return e.Kind() == jsvalue.KindList || e.Kind() == jsvalue.KindObject
	})
}

// compact writes a value as one JSON text, which it is but for the numbers that
// JSON lacks: keys sorted, everything escaped that does not show.
func compact(v jsvalue.Value) string { return terminal.Clean(string(appendValue(nil, v))) }

func appendValue(dst []byte, v jsvalue.Value) []byte {
	switch v.Kind() {
	case jsvalue.KindNumber:
		return append(dst, jsvalue.FormatNumber(v.Number())...)
	case jsvalue.KindList:
		dst = append(dst, '[')
		for i, e := range v.List() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendValue(dst, e)
		}
		return append(dst, ']')
	case jsvalue.KindObject:
		dst = append(dst, '{')
		for i, key := range ordered(v.Object()) {
			if i > 0 {
				dst = append(dst, ',')
			}
			m, _ := v.Object().Get(key)
			dst = append(jsvalue.AppendJSON(dst, jsvalue.String(key)), ':')
			dst = appendValue(dst, m)
		}
		return append(dst, '}')
	case jsvalue.KindNull, jsvalue.KindBool, jsvalue.KindString:
	}
	return jsvalue.AppendJSON(dst, v)
}

// keyed is anything that has keys.
type keyed interface{ Keys() []string }

// ordered returns the keys in the order of their bytes.
func ordered(k keyed) []string {
	keys := k.Keys()
	if slices.IsSorted(keys) {
		return keys
	}
	return slices.Sorted(slices.Values(keys))
}

// itemName is the name of an item, in which each part stands for itself.
func itemName(key snapshot.Key) string {
	if key.Kind == snapshot.Collection {
		return name(key.Collection)
	}
	return name(key.Collection) + "." + name(key.Field)
}

// name writes a name of letters, digits, _ and - as it is, any other as JSON.
func name(s string) string {
	for i, r := range s {
		letter := r == '_' || r < unicode.MaxASCII && unicode.IsLetter(r)
		if !letter && (i == 0 || r != '-' && (r < '0' || r > '9')) {
			return quoted(s)
		}
	}
	if s == "" {
		return quoted(s)
	}
	return s
}

func quoted(s string) string { return compact(jsvalue.String(s)) }

// symbol is name for values: what reads as a value that is no text is quoted.
func symbol(s string) string {
	switch s {
	case "null", "true", "false", "NaN", "Infinity":
		return quoted(s)
	}
	return name(s)
}

// version writes the version of a header, which has dots.
func version(s string) string {
	if s == "" || strings.Trim(s, "0123456789.abcdefghijklmnopqrstuvwxyz-+") != "" {
		return quoted(s)
	}
	return s
}

// pathName names a key of an item's meta or schema. Keys of meta stand alone,
// since almost everything is there; one that reads as something else is quoted.
func pathName(in section, key string) string {
	if in == inSchema {
		return "schema." + name(key)
	}
	switch key {
	case "schema", "meta", "lacks", "again":
		return quoted(key)
	}
	if isHeadWord(key) {
		return quoted(key)
	}
	return name(key)
}

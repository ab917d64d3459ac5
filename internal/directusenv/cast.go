package directusenv

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// typeOf is @directus/env's TYPE_MAP, the rows that concern a database.
func typeOf(name string) string {
	switch name {
	case "DB_NAME", "DB_USER", "DB_PASSWORD", "DB_DATABASE":
		return "string"
	case "DB_PORT":
		return "number"
	case "DB_EXCLUDE_TABLES":
		return "array"
	}
	return ""
}

// castFlag returns the type in front of a value, "" when there is none.
func castFlag(value string) string {
	flag, _, ok := strings.Cut(value, ":")
	if !ok {
		return ""
	}
	switch flag {
	case "string", "number", "regex", "array", "json", "boolean":
		return flag
	}
	return ""
}

// cast returns the value as Directus has it: string, float64, bool, []any, or
// what JSON holds (nil, map[string]any). A regular expression stays its text.
func cast(value, name string) any {
	flag := castFlag(value)
	kind := flag
	if kind == "" {
		kind = typeOf(name)
	}
	if kind == "" {
		kind = guess(value)
	}
	if flag != "" {
		value = value[len(flag)+1:]
	}
	switch kind {
	case "number":
		return number(value)
	case "boolean":
		return value == "true" || value == "1"
	case "array":
		list := []any{}
		for part := range strings.SplitSeq(value, ",") {
			// Elements are cast too, and an empty one is left out.
			if v := cast(part, ""); v != "" {
				list = append(list, v)
			}
		}
		return list
	case "json":
		var v any
		if json.Unmarshal([]byte(value), &v) == nil {
			return v
		}
		if n := number(value); math.IsInf(n, 0) && decimal.MatchString(value) {
			return n // a JSON number too large for Go's decoder
		}
	}
	return value
}

// guess is @directus/env's guessType for a string.
func guess(value string) string {
	if value == "true" || value == "false" {
		return "boolean"
	}
	if value != "" && !strings.HasPrefix(value, "0") {
		if n := number(value); !math.IsNaN(n) && math.Abs(n) <= 1<<53-1 {
			return "number"
		}
	}
	if strings.Contains(value, ",") {
		return "array"
	}
	return "json"
}

var (
	decimal = regexp.MustCompile(`^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$`)
	radix   = regexp.MustCompile(`^0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)$`)
)

// jsSpace is what JavaScript's trim and \s take for white space.
const jsSpace = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"

// number is JavaScript's Number(string).
func number(s string) float64 {
	s = strings.Trim(s, jsSpace)
	switch {
	case s == "":
		return 0
	case s == "Infinity" || s == "+Infinity":
		return math.Inf(1)
	case s == "-Infinity":
		return math.Inf(-1)
	case radix.MatchString(s):
		if n, err := strconv.ParseUint(s, 0, 64); err == nil {
			return float64(n)
		}
		return math.NaN()
	case !decimal.MatchString(s):
		return math.NaN()
	}
	n, _ := strconv.ParseFloat(s, 64) // out of range is ±Inf, as in JavaScript
	return n
}

// text is JavaScript's String(value) for what cast returns; lists are joined.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e21 {
			return strconv.FormatFloat(v, 'f', 0, 64)
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = text(e)
		}
		return strings.Join(parts, ",")
	}
	return ""
}

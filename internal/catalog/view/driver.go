package view

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

// driverValue is what the pg driver of Node makes of a column's text (pg-types
// 2.2, lib/textParsers.js), dates as Directus then writes them. Types that the
// driver has no parser for stay text, bigint and numeric among them.
func driverValue(oid uint32, raw []byte) jsvalue.Value {
	s := string(raw)
	switch oid {
	case pgtype.BoolOID:
		return jsvalue.Bool(s == "t")
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.OIDOID, pgtype.Float4OID, pgtype.Float8OID:
		return number(s)
	case pgtype.JSONOID, pgtype.JSONBOID:
		v, err := jsvalue.ParseJSON(raw)
		if err != nil { // Postgres takes a few texts that JSON.parse does not
			return jsvalue.String(s)
		}
		return v
	case pgtype.TimestamptzOID, pgtype.TimestampOID, pgtype.DateOID:
		return dateText(oid, s)
	case pgtype.IntervalOID:
		return interval(s)
	case pgtype.Int2ArrayOID, pgtype.Int4ArrayOID, pgtype.Float4ArrayOID, pgtype.Float8ArrayOID:
		return array(s, number)
	case pgtype.TextArrayOID, pgtype.VarcharArrayOID:
		return array(s, jsvalue.String)
	}
	return jsvalue.String(s)
}

// number reads a number's text; what is none is NaN, as in JavaScript.
func number(s string) jsvalue.Value {
	f, ok := jsvalue.ParseNumber(s)
	if !ok {
		f = math.NaN()
	}
	return jsvalue.Number(f)
}

// dateText is how Directus writes a date column: a timestamptz as ISO text in
// UTC with milliseconds, the others without a zone. The driver knows no date
// style but ISO and gives null for the others.
func dateText(oid uint32, s string) jsvalue.Value {
	t, ok := parseTimestamp(s)
	if !ok {
		return jsvalue.Null()
	}
	switch oid {
	case pgtype.TimestamptzOID:
		return jsvalue.String(t.UTC().Format("2006-01-02T15:04:05.000Z"))
	case pgtype.TimestampOID:
		return jsvalue.String(t.Format("2006-01-02T15:04:05"))
	}
	return jsvalue.String(t.Format("2006-01-02"))
}

// intervalText is the interval style "postgres", the only one that the driver
// reads (postgres-interval 1.2, index.js).
var intervalText = regexp.MustCompile(`^(?:(-?\d+) years? ?)?(?:(-?\d+) mons? ?)?(?:(-?\d+) days? ?)?(?:(-)?(\d+):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?$`)

// interval is the driver's object: the parts that are not zero.
func interval(s string) jsvalue.Value {
	o := jsvalue.NewObject(7)
	m := intervalText.FindStringSubmatch(s)
	if m == nil {
		return jsvalue.FromObject(o)
	}
	for i, name := range []string{1: "years", 2: "months", 3: "days", 5: "hours", 6: "minutes", 7: "seconds"} {
		n, _ := strconv.Atoi(m[i])
		if name == "" || n == 0 {
			continue
		}
		if m[4] == "-" && i > 3 {
			n = -n
		}
		o.Set(name, jsvalue.Number(float64(n)))
	}
	if micros, _ := strconv.Atoi((m[8] + "000000")[:6]); m[8] != "" && micros != 0 {
		ms := float64(micros) / 1000
		if m[4] == "-" {
			ms = -ms
		}
		o.Set("milliseconds", jsvalue.Number(ms))
	}
	return jsvalue.FromObject(o)
}

// array reads the text of an array of any number of dimensions.
func array(s string, element func(string) jsvalue.Value) jsvalue.Value {
	if i := strings.Index(s, "={"); i >= 0 && strings.HasPrefix(s, "[") {
		s = s[i+1:] // bounds other than 1 are not shown
	}
	v, _ := arrayFrom(s, element, 0)
	return v
}

// maxDimensions is Postgres's limit; deeper braces are no array's text.
const maxDimensions = 6

func arrayFrom(s string, element func(string) jsvalue.Value, depth int) (jsvalue.Value, string) {
	elems := []jsvalue.Value{}
	s = strings.TrimPrefix(s, "{")
	for s != "" && s[0] != '}' {
		var v jsvalue.Value
		switch {
		case s[0] == '{' && depth < maxDimensions:
			v, s = arrayFrom(s, element, depth+1)
		case s[0] == '"':
			var text string
			text, s = quotedElement(s[1:])
			v = element(text)
		default:
			end := strings.IndexAny(s, ",}")
			if end < 0 {
				end = len(s)
			}
			if text := s[:end]; text != "NULL" {
				v = element(text)
			}
			s = s[end:]
		}
		elems = append(elems, v)
		s = strings.TrimPrefix(s, ",")
	}
	return jsvalue.List(elems...), strings.TrimPrefix(s, "}")
}

func quotedElement(s string) (text, rest string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
			if i < len(s) {
				b.WriteByte(s[i])
			}
		case '"':
			return b.String(), s[i+1:]
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), ""
}

// timestampLayouts are the texts of timestamptz and timestamp under DateStyle ISO.
var timestampLayouts = []string{"2006-01-02 15:04:05.999999-07", "2006-01-02 15:04:05.999999-07:00", "2006-01-02 15:04:05.999999", "2006-01-02"}

func parseTimestamp(s string) (time.Time, bool) {
	for _, layout := range timestampLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

package scalar

import (
	"math"
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/jsvalue"
)

// What js-yaml 4.3.2 loads.
func TestResolve(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "null", "~": "null", "null": "null", "Null": "null", "NULL": "null", "nULL": `"nULL"`, "true": "true", "FALSE": "false", "yes": `"yes"`, "tRue": `"tRue"`,
		"0": "0", "-0": "0", "+1": "1", "007": "7", "09": "9", "0x1F": "31", "-0x1f": "-31", "0o17": "15", "0b11": "3", "0X1F": `"0X1F"`, "0o8": `"0o8"`, "0x": `"0x"`, "0b2": `"0b2"`,
		"1.": "1", ".5": "0.5", "-1.5e3": "-1500", "1e3": "1000", "1E+3": "1000", "1e21": "1e+21", "+.5": `"+.5"`, "1e": `"1e"`, "e1": `"e1"`, ".": `"."`, "+": `"+"`, "-": `"-"`, "1.2.3": `"1.2.3"`,
		"1_000": `"1_000"`, "1_0.5": `"1_0.5"`, "_1": `"_1"`, "1:30": `"1:30"`, "1e999": `"1e999"`, "-1e999": `"-1e999"`,
		strings.Repeat("9", 308): "1e+308", strings.Repeat("9", 309): `"` + strings.Repeat("9", 309) + `"`,
		"0x" + strings.Repeat("f", 256): `"0x` + strings.Repeat("f", 256) + `"`,
		"123456789012345678901234":      "1.2345678901234569e+23",
		"2020-01-01":                    `"2020-01-01"`, "2020-01-01T00:00:00Z": `"2020-01-01T00:00:00Z"`, "=": `"="`, "<<": `"<<"`,
	} {
		if got := string(jsvalue.AppendJSON(nil, Resolve(in))); got != want {
			t.Errorf("%.40q is %.60s, want %.60s", in, got, want)
		}
	}
	if f := Resolve("-00").Number(); f != 0 || !math.Signbit(f) {
		t.Errorf("-00 is %g, want -0", f)
	}
	if f := Resolve("-0.0").Number(); f != 0 || !math.Signbit(f) {
		t.Errorf("-0.0 is %g, want -0", f)
	}
	for in, sign := range map[string]int{".inf": 1, "+.Inf": 1, "-.INF": -1} {
		if f := Resolve(in).Number(); !math.IsInf(f, sign) {
			t.Errorf("%s is %g", in, f)
		}
	}
	for _, in := range []string{".nan", ".NaN", ".NAN"} {
		if v := Resolve(in); v.Kind() != jsvalue.KindNumber || !math.IsNaN(v.Number()) {
			t.Errorf("%s is not NaN", in)
		}
	}
	for _, in := range []string{".Nan", ".iNF", "-.nan", "--.inf", "inf"} {
		if v := Resolve(in); v.Kind() != jsvalue.KindString {
			t.Errorf("%s is not a string", in)
		}
	}
}

// What js-yaml 4.3.2 and 4.1.1 write in quotes.
func TestIsAmbiguous(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		texts        string
		newer, older bool
	}{
		{"y Y yes Yes YES on On ON n N no No NO off Off OFF null Null NULL ~ true True TRUE false False FALSE <<", true, true},
		{"0 00 09 -1 +1 +0 0x1F 0o17 0b11 -0x1 1.5 1. .5 1e3 1E-3 1.e5 .5e-3 .inf -.INF +.Inf .nan .NaN", true, true},
		{"1:30 -1:30 +1:2 1:2:3.4 1:2:3. 1:2.4_5 _:_ 1_:2 1:30.", true, true},
		{"2020-01-01 2020-13-45 2020-1-1T1:02:03 2020-01-01t00:00:00.5Z 2020-01-01T00:00:00.+1:30 2020-01-01T00:00:00-05", true, true},
		{"1_000 1__0 0_1 0x1_f 0x_1 0b_1 1_0.5 1._5 ._1 1e999 -1e999 .5_5 0_0.5", false, true},
		{"yEs Yesx yess nO oFF nuLL tRue <<< < ~~ 0x 0o8 0b2 0X1F +.5 . .. ... + - -- e1 1e 1e+ 1e5x 1.2.3 v1.0 1_ _1 1_000_ ._ 1._ .inF .Nan -.nan +.nan", false, false},
		{"1:2:x :1 1: 1::2 1:2.3.4 1:2.x 2020-1-1 2020-01-1 20-01-01 2020-01-01T 2020-01-01T0:0:0 2020-01-01T00:00 2020-01-01T00:00:00Z1 2020-01-01T00:00:00+1:3 2020-01-01T00:00:00z 2020-01-011", false, false},
		{"0_x1 1e1_0 1_e5_ 0x1_ 0b1_ -_1 +_1", false, false},
	} {
		for s := range strings.FieldsSeq(c.texts) {
			if got := IsAmbiguous(s, Dialect43); got != c.newer {
				t.Errorf("4.3: IsAmbiguous(%s) = %t", s, got)
			}
			if got := IsAmbiguous(s, Dialect41); got != c.older {
				t.Errorf("4.1: IsAmbiguous(%s) = %t", s, got)
			}
		}
	}
	for s, want := range map[string]bool{
		"2020-01-01 00:00:00": true, "2020-01-01 \t 00:00:00 +00": true, "2020-01-01 00:00:00 Z": true, "2020-01-01 00:00:00 ": false, "2020-01-01  ": false, "2020-01-01 00:00:00 x": false,
	} {
		if got := IsTimestamp(s); got != want {
			t.Errorf("IsTimestamp(%q) = %t", s, got)
		}
	}
}

func TestIsPrintable(t *testing.T) {
	t.Parallel()
	for _, r := range " ~\u00a1\u00ad\u200b\ud7ff\ue000\ufffd😀\U0010FFFF" {
		if !IsPrintable(r) {
			t.Errorf("%U is to be printable", r)
		}
	}
	for _, r := range []rune{0, '\t', '\n', '\r', 0x1F, 0x7F, 0x85, 0x9F, 0xA0, 0x2028, 0x2029, 0xD800, 0xDFFF, 0xFEFF, 0xFFFE, 0xFFFF} {
		if IsPrintable(r) {
			t.Errorf("%U is not to be printable", r)
		}
	}
}

func FuzzResolve(f *testing.F) {
	for _, s := range []string{"1_000", "-0x1F", "1:30.5", "2020-01-01 00:00:00 +00", ".inf", "1.5e-7", "<<", "Off"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s == "" {
			return
		}
		v := Resolve(s)
		if v.Kind() == jsvalue.KindString && v.Str() != s {
			t.Errorf("%q became %q", s, v.Str())
		}
		if v.Kind() != jsvalue.KindString && !IsAmbiguous(s, Dialect43) {
			t.Errorf("%q is no string, but would be written plain", s)
		}
		if IsAmbiguous(s, Dialect43) && !IsAmbiguous(s, Dialect41) {
			t.Errorf("%q is ambiguous to js-yaml 4.3 only", s)
		}
	})
}

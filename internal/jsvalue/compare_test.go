package jsvalue

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// utf16Units is the definition that CompareUTF16 and LenUTF16 are held to.
func utf16Units(s string) []uint16 {
	var units []uint16
	for s != "" {
		r, size := DecodeRune(s)
		if utf16.IsSurrogate(r) {
			units = append(units, uint16(r))
		} else {
			units = utf16.AppendRune(units, r)
		}
		s = s[size:]
	}
	return units
}

const (
	loneHigh = "\xED\xA0\xBD" // U+D83D, the first half of 😀
	loneLow  = "\xED\xB8\x80" // U+DE00, the second
)

func TestCompareUTF16(t *testing.T) {
	t.Parallel()
	texts := []string{"", "a", "b", "ab", "é", "日", "\uD7FF", "\uE000", "\uFFFD", "\uFFFF", "😀", "😁", "𐀀", "\U0010FFFF", loneHigh, loneLow, loneHigh + "x", "\xED\xBF\xBF"}
	for _, x := range texts {
		for _, y := range texts {
			for _, prefix := range []string{"", "a", "日", "😀"} {
				a, b := prefix+x, prefix+y
				if got, want := CompareUTF16(a, b), slices.Compare(utf16Units(a), utf16Units(b)); got != want {
					t.Errorf("CompareUTF16(%q, %q) = %d, want %d", a, b, got, want)
				}
			}
		}
	}
	// The order of Go strings is another one, else there would be no need.
	if CompareUTF16("😀", "\uFFFF") != -1 || strings.Compare("😀", "\uFFFF") != 1 {
		t.Error("a character above U+FFFF is to come before U+FFFF")
	}
}

func TestLenUTF16(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{"": 0, "a": 1, "é": 1, "日本": 2, "😀": 2, "a😀é": 4, loneHigh: 1, loneHigh + "x" + loneLow: 3} {
		if got := LenUTF16(s); got != want {
			t.Errorf("LenUTF16(%q) = %d, want %d", s, got, want)
		}
	}
}

func FuzzUTF16(f *testing.F) {
	f.Add("😀", "\uFFFF")
	f.Add(loneHigh+"x", "😀")
	f.Add("a日", "aé")
	f.Fuzz(func(t *testing.T, a, b string) {
		a, b = ToValid(a), ToValid(b)
		if strings.Contains(a+b, "\xED") && (joined(a) != a || joined(b) != b) {
			t.Skip("a pair in two halves, which no string of this package holds")
		}
		if got, want := CompareUTF16(a, b), slices.Compare(utf16Units(a), utf16Units(b)); got != want {
			t.Errorf("CompareUTF16(%q, %q) = %d, want %d", a, b, got, want)
		}
		if got, want := LenUTF16(a), len(utf16Units(a)); got != want {
			t.Errorf("LenUTF16(%q) = %d, want %d", a, got, want)
		}
		if cmp.Compare(CompareUTF16(a, b), 0) != -cmp.Compare(CompareUTF16(b, a), 0) {
			t.Errorf("CompareUTF16(%q, %q) is not the opposite of the other way round", a, b)
		}
	})
}

// joined writes s as JSON and reads it back, which joins halves.
func joined(s string) string {
	v, err := ParseJSON(AppendJSON(nil, String(s)))
	if err != nil {
		return ""
	}
	return v.Str()
}

func TestEqual(t *testing.T) {
	t.Parallel()
	object := func(pairs ...string) Value {
		o := NewObject(0)
		for i := 0; i < len(pairs); i += 2 {
			o.Set(pairs[i], String(pairs[i+1]))
		}
		return FromObject(o)
	}
	for _, c := range []struct {
		name string
		a, b Value
		want bool
	}{
		{"nulls", Null(), FromObject(nil), true},
		{"null and false", Null(), Bool(false), false},
		{"false and 0", Bool(false), Number(0), false},
		{"1 and true", Number(1), Bool(true), false},
		{"bools", Bool(true), Bool(false), false},
		{"zeros", Number(0), Number(math.Copysign(0, -1)), true},
		{"NaNs", Number(math.NaN()), Number(math.NaN()), true},
		{"a number and its text", Number(1), String("1"), false},
		{"strings", String("a"), String("b"), false},
		{"order of a list", List(Number(1), Number(2)), List(Number(2), Number(1)), false},
		{"length of a list", List(Number(1)), List(Number(1), Null()), false},
		{"empty list and object", List(), FromObject(NewObject(0)), false},
		{"order of keys", object("a", "1", "b", "2"), object("b", "2", "a", "1"), true},
		{"other value", object("a", "1"), object("a", "2"), false},
		{"other value out of order", object("a", "1", "b", "2"), object("b", "2", "a", "x"), false},
		{"other key", object("a", "1"), object("b", "1"), false},
		{"one key more", object("a", "1"), object("a", "1", "b", "2"), false},
		{"null is a member", FromObject(NewObject(0).With("a", Null())), FromObject(NewObject(0).With("b", Null())), false},
	} {
		if got := Equal(c.a, c.b); got != c.want {
			t.Errorf("%s: Equal = %t, want %t", c.name, got, c.want)
		}
		if got := Equal(c.b, c.a); got != c.want {
			t.Errorf("%s the other way round: Equal = %t, want %t", c.name, got, c.want)
		}
	}
}

// What node 20 gives for String(v).
func TestText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`null`: "null", `true`: "true", `false`: "false", `-0`: "0", `1e21`: "1e+21", `"a"`: "a", `[]`: "", `[null]`: "", `[[]]`: "", `{}`: "[object Object]",
		`[1,null,[2,[3,null]],{},true,"x"]`: "1,,2,3,,[object Object],true,x",
	} {
		v, err := ParseJSON([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		if got := Text(v); got != want {
			t.Errorf("Text of %s = %q, want %q", in, got, want)
		}
	}
}

func TestToValid(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "aé😀": "aé😀", loneHigh: loneHigh, "a\xFFb": "a\uFFFDb", "\xC3": "\uFFFD", "\xED\xA0": "\uFFFD\uFFFD", "\xED\xA0x": "\uFFFD\uFFFDx",
		"\xF8\x80": "\uFFFD\uFFFD", "\uFFFD": "\uFFFD", loneLow + "\x80": loneLow + "\uFFFD",
	} {
		if got := ToValid(in); got != want {
			t.Errorf("ToValid(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTrim(t *testing.T) {
	t.Parallel()
	if got, want := Trim("\u00a0\t\v\ufeff a b\u3000\u2028\r\n"), "a b"; got != want {
		t.Errorf("Trim = %q, want %q", got, want)
	}
	if got := Trim("\u0085a\u200b"); got != "\u0085a\u200b" {
		t.Errorf("Trim took %q, which JavaScript does not", got)
	}
}

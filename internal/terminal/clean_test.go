package terminal

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"empty":                   {"", ""},
		"ascii":                   {`orders.total "x" \ ~`, `orders.total "x" \ ~`},
		"letters of all scripts":  {"Bücher 日本語 العربية עברית हिन्दी", "Bücher 日本語 العربية עברית हिन्दी"},
		"combining marks":         {"e\u0301", "e\u0301"},
		"emoji":                   {"🚗❤️", "🚗❤️"},
		"wide and no-break space": {"a\u3000b\u00a0c", "a\u3000b\u00a0c"},
		"colour":                  {"\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		"title and hyperlink":     {"\x1b]8;;http://evil\x07x", `\x1b]8;;http://evil\x07x`},
		"newline, return, tab":    {"a\r\n\tb", `a\r\n\tb`},
		"NUL, backspace, DEL":     {"\x00a\bb\x7f", `\x00a\x08b\x7f`},
		"C1 control sequence":     {"\u009b31m\u0085", `\u009b31m\u0085`},
		"bidi override":           {"abc\u202etxt.exe\u2066", `abc\u202etxt.exe\u2066`},
		"bidi marks":              {"\u200e\u200f\u061c", `\u200e\u200f\u061c`},
		"zero width":              {"a\u200bb\u200cc\u200dd\u2060e\ufefff", `a\u200bb\u200cc\u200dd\u2060e\ufefff`},
		"soft hyphen":             {"a\u00adb", `a\u00adb`},
		"line separators":         {"a\u2028b\u2029", `a\u2028b\u2029`},
		"invisible letters":       {"a\u3164b\u2800\u115f", `a\u3164b\u2800\u115f`},
		"tags and selectors":      {"a\U000e0041\U000e0100", `a\U000e0041\U000e0100`},
		"private use":             {"\ue000\U000f0000", `\ue000\U000f0000`},
		"bytes that are no UTF-8": {"a\xff\xc3(\xe2\x82", `a\xff\xc3(\xe2\x82`},
		"surrogate in UTF-8":      {"\xed\xa0\x80", `\xed\xa0\x80`},
		"replacement character":   {"a\ufffdb", "a\ufffdb"},
	} {
		if got := Clean(c.in); got != c.want {
			t.Errorf("%s: Clean(%q) = %q, want %q", name, c.in, got, c.want)
		}
		if got := IsClean(c.in); got != (c.in == c.want) {
			t.Errorf("%s: IsClean(%q) = %v", name, c.in, got)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", "plain", "\x1b[31m", "a\xffb\n", "\u202e\u200b", "🚗❤️\u200d", "::error::x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if !utf8.ValidString(got) {
			t.Fatalf("Clean(%q) = %q is not UTF-8", s, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
				t.Fatalf("Clean(%q) = %q holds %U", s, got, r)
			}
		}
		if again := Clean(got); again != got {
			t.Fatalf("Clean is not idempotent: %q, then %q", got, again)
		}
		if IsClean(s) != (got == s) {
			t.Fatalf("IsClean(%q) = %v, Clean gives %q", s, IsClean(s), got)
		}
	})
}

func TestShorten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"", 5, ""},
		{"abc", 3, "abc"},
		{"abcd", 3, "ab…"},
		{"äöü", 3, "äöü"},
		{"äöüß", 3, "äö…"},
		{"abc", 1, "…"},
		{"abc", 0, "…"},
		{"a", -1, "a"},
		{strings.Repeat("x", 1000), 4, "xxx…"},
	} {
		if got := Shorten(c.in, c.limit); got != c.want {
			t.Errorf("Shorten(%q, %d) = %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}

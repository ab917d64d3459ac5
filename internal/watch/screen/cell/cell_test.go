package cell

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"github.com/schemaguard/schemaguard/internal/terminal"
)

func TestLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][2]string{ // shown where there is UTF-8, and where there is only ASCII
		"orders":                  {"orders", "orders"},
		"注文":                      {"注文", `\u6ce8\u6587`},
		"a\x1b[31mb\n":            {`a\x1b[31mb\n`, `a\x1b[31mb\n`},
		"e\u0301":                 {"e\u0301", `e\u0301`},
		"👍🏽":                      {`👍\U0001f3fd`, `\U0001f44d\U0001f3fd`},
		"❤\ufe0f":                 {`❤\ufe0f`, `\u2764\ufe0f`},
		strings.Repeat("x", 2000): {strings.Repeat("x", MaxLine-1) + "…", strings.Repeat("x", MaxLine-1) + "~"},
	} {
		for i, text := range []Text{{}, {ASCII: true}} {
			if got := text.Line(in); got != want[i] {
				t.Errorf("%+v.Line(%q) = %q, want %q", text, in, got, want[i])
			}
		}
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{
		{"orders", 6, "orders"}, {"orders", 5, "orde…"}, {"orders", 1, "…"}, {"orders", 0, ""}, {"orders", -3, ""}, {"注文合計", 5, "注文…"}, {"注文合計", 4, "注…"}, {"", 3, ""},
	} {
		if got := (Text{}).Cut(c.in, c.width); got != c.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
		}
	}
	if got := (Text{}).Fit("注文", 5) + "|" + (Text{}).Right("ab", 4) + "|"; got != "注文 |  ab|" {
		t.Errorf("filled up: %q", got)
	}
}

func TestAge(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 14, 0, 0, 0, time.UTC)
	for d, want := range map[time.Duration]string{
		-time.Hour: "now", 0: "now", 4999 * time.Millisecond: "now", 5 * time.Second: "5 s", 59 * time.Second: "55 s", time.Minute: "1 min",
		119 * time.Second: "1 min", time.Hour: "1 h", 47 * time.Hour: "47 h", 48 * time.Hour: "2 d", 400 * 24 * time.Hour: "400 d",
	} {
		got, next := Age(now.Add(-d), now)
		if got != want || next <= 0 {
			t.Errorf("Age of %v = %q for %v, want %q", d, got, next, want)
		}
		if then, _ := Age(now.Add(-d), now.Add(next)); then == got && d >= 0 {
			t.Errorf("%q is still true after %v", got, next)
		}
	}
}

// FuzzWrap sees that whatever comes from outside takes the columns that it is
// given, on every terminal, and that nothing of it is lost.
func FuzzWrap(f *testing.F) {
	for _, s := range []string{"", "a b", "注文.合計金額", "e\u0301\u0301", "👩\u200d👧 🇩🇪🇩🇪", "a\xffb\u202e", strings.Repeat("long ", 60), strings.Repeat("x", 300), "\u0301", "    ", "한글\u1160"} {
		f.Add(s, 7, false)
		f.Add(s, 2, true)
	}
	f.Fuzz(func(t *testing.T, s string, width int, ascii bool) {
		if width < 2 || width > 300 {
			return
		}
		text := Text{ASCII: ascii}
		s = text.Whole(s)
		if !terminal.IsClean(s) || !utf8.ValidString(s) || ascii && !plain(s) {
			t.Fatalf("%q", s)
		}
		if a, b := ansi.StringWidth(s), ansi.StringWidthWc(s); a != b {
			t.Fatalf("%q takes %d columns or %d", s, a, b)
		}
		if got := text.Fit(s, width); Width(got) != width {
			t.Fatalf("Fit(%q, %d) takes %d", s, width, Width(got))
		}
		all := ""
		for _, line := range Wrap(s, width) {
			if Width(line) > width {
				t.Fatalf("%q takes more than %d", line, width)
			}
			all += line
		}
		if squeezed(all) != squeezed(s) {
			t.Fatalf("%q became %q", s, all)
		}
	})
}

func squeezed(s string) string { return strings.ReplaceAll(s, " ", "") }

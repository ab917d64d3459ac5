package terminal

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestQuote(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   []string
		want string
		ok   bool
	}{
		"nothing":           {nil, "", true},
		"plain":             {[]string{"schemaguard", "diff", "live", "head"}, "schemaguard diff live head", true},
		"path and flag":     {[]string{"git", "add", "--chmod=+x", "a/b-c_d.yaml", "u@h:p"}, "git add --chmod=+x a/b-c_d.yaml u@h:p", true},
		"empty":             {[]string{"a", ""}, "a ''", true},
		"space":             {[]string{"my snapshots/schema.yaml"}, "'my snapshots/schema.yaml'", true},
		"single quote":      {[]string{"it's"}, `'it'\''s'`, true},
		"shell characters":  {[]string{"$(rm -rf ~)`x`;&|*?<>!#\"\\"}, "'$(rm -rf ~)`x`;&|*?<>!#\"\\'", true},
		"home":              {[]string{"~root"}, "'~root'", true},
		"zsh equals":        {[]string{"=ls"}, "'=ls'", true},
		"assignment":        {[]string{"PATH=x"}, "'PATH=x'", true},
		"other scripts":     {[]string{"Bücher"}, "'Bücher'", true},
		"newline":           {[]string{"a\nrm -rf /"}, `'a\nrm -rf /'`, false},
		"escape":            {[]string{"a", "\x1b[31m"}, `a '\x1b[31m'`, false},
		"bidi":              {[]string{"a\u202eb"}, `'a\u202eb'`, false},
		"bytes, not UTF-8":  {[]string{"a\xff"}, `'a\xff'`, false},
		"braces and equals": {[]string{"{a,b}", "a=b"}, "'{a,b}' 'a=b'", true},
	} {
		got, ok := Quote(c.in...)
		if got != c.want || ok != c.ok {
			t.Errorf("%s: Quote(%q) = %s, %v; want %s, %v", name, c.in, got, ok, c.want, c.ok)
		}
	}
}

// FuzzQuote lets a real shell read back what was quoted.
func FuzzQuote(f *testing.F) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		f.Skip("needs sh")
	}
	for _, seed := range []string{"", "a b", "it's", "$(x)`y`", "~", "=ls", "a=b", "-n", "*", "ü", "\\", "a\nb", "{a,b}", "!x", "#", "a%b+c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, arg string) {
		line, ok := Quote("printf", "%s|", "start", arg, "end")
		if !IsClean(line) {
			t.Fatalf("Quote(%q) = %q is not fit to be shown", arg, line)
		}
		if !ok {
			return
		}
		out, err := exec.Command(shell, "-c", line).Output()
		if err != nil {
			t.Fatalf("sh -c %q: %v", line, err)
		}
		if diff := cmp.Diff("start|"+arg+"|end|", string(out)); diff != "" {
			t.Fatalf("sh read %s otherwise:\n%s", line, diff)
		}
	})
}

func TestQuoteOfEverySafeByteIsPlainOrQuoted(t *testing.T) {
	t.Parallel()
	for c := byte(' '); c < 0x7f; c++ {
		line, ok := Quote("x" + string(c))
		if !ok {
			t.Errorf("%q cannot be shown", c)
		}
		if special := strings.ContainsRune(" !\"#$&'()*;<=>?[\\]^`{|}~", rune(c)); special != strings.Contains(line, "'") {
			t.Errorf("%q is quoted as %s", c, line)
		}
	}
}

package envfile

import (
	"io"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/google/go-cmp/cmp"
	"github.com/sirupsen/logrus"
)

// lookup is the environment of the tests.
func lookup(name string) (string, bool) {
	switch name {
	case "A":
		return "a", true
	case "EMPTY":
		return "", true
	}
	return "", false
}

var templates = []string{
	"", "plain", "$A", "${A}", "$$A", "$${A}", "x${A}y$A-z", "${B}", "${B:-d}", "${B-d}", "${EMPTY:-d}", "${EMPTY-d}", "${A:-d}",
	"${A:+s}", "${A+s}", "${EMPTY:+s}", "${EMPTY+s}", "${B:+s}", "${B:?e}", "${B?e}", "${EMPTY:?e}", "${A:?e}", "${B:-${A}}", "${B:-${C:-x}}y",
	"${B:-a-b:c}", "${B:-}", "$", "${", "${}", "${A", "$1", "${1}", "a$", "${A}}", "${B:-a}b}", "${B:-{x}}", "$_x", "${a}", "${B:-$A}", "${B:-$$}",
	"postgres://${A}:${B:-p}@db/${A}", "${A}${B:-${A}}", "${A!}", "${A:}",
}

func TestInterpolateAsComposeGo(t *testing.T) {
	t.Parallel()
	for _, s := range templates {
		want, wantErr := template.SubstituteWithOptions(s, lookup, template.WithoutLogging)
		got, err := Interpolate(s, lookup, nil)
		if (err != nil) != (wantErr != nil) || err == nil && got != want {
			t.Errorf("%q: got %q, %v; compose-go %q, %v", s, got, err, want, wantErr)
		}
	}
}

func TestInterpolateTellsWhatIsMissing(t *testing.T) {
	t.Parallel()
	var missing []string
	if _, err := Interpolate("$A ${B} ${C:-d} $D", lookup, func(n string) { missing = append(missing, n) }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"B", "D"}, missing); diff != "" {
		t.Error(diff)
	}
	deep := strings.Repeat("${B:-", 1000) + strings.Repeat("}", 1000)
	if _, err := Interpolate(deep, lookup, nil); err == nil {
		t.Error("a thousand levels were followed")
	}
}

// A name alone on the last line needs its line break: compose-go then reads the
// name as a value, which nobody relies on.
var files = []string{
	"X=1", "X = 1 ", "export X=1", "X: 1", "X\n", "A\n", "A\nB\n", "X=a#b", "X=a #b", "X='a #b' ", "X=\"a\\nb\"", "X='a\\nb'", "X=\"a\nb\"\nY=2", "X=$A", "X='$A'", "X=\"$A\"",
	"X=\"\\$A\"", "X=$$A", "X=1\nY=${X}2", "X=${B:-d}", "#c\n\n X=1", "X=\r\nY=1\r\n", "\ufeffX=1", "X=\"a", "X Y=1", "X!=1", "=1", "X=a=b", "X=1\nX=2", "X.y-z[0]=1", "X='it\\'s'", "X=\"\\\\\"", "X=\"\\101\\0101\"", "X=1 # y\nY='z'", "X=\"a\" b\nY=1", "\t", "X=\"\"", "X==", "export\tX=1", "exportX=1", "X=\"${B:?no}\"",
}

func TestParseAsComposeGo(t *testing.T) {
	t.Parallel()
	logrus.SetOutput(io.Discard)
	for _, src := range files {
		compare(t, src)
	}
}

// compare holds one file against compose-go. Where that fails, what it makes of
// the lines before does not count.
func compare(t *testing.T, src string) {
	t.Helper()
	want, wantErr := dotenv.ParseWithLookup(strings.NewReader(src), lookup)
	vars, err := Parse("f", src, lookup)
	if (err != nil) != (wantErr != nil) {
		t.Errorf("%q: error %v; compose-go %v", src, err, wantErr)
		return
	}
	if err != nil {
		return
	}
	got := map[string]string{}
	for _, v := range vars {
		got[v.Name] = v.Value
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%q: compose-go (-), this package (+): %s", src, diff)
	}
}

func TestParseKnowsTheLineAndKeepsSecrets(t *testing.T) {
	t.Parallel()
	vars, err := Parse(".env", "# x\nX=\"1\n2\"\n\nY=3\nZ='hunter2", lookup)
	want := []Var{{"X", "1\n2", ".env:2"}, {"Y", "3", ".env:5"}}
	if diff := cmp.Diff(want, vars); diff != "" {
		t.Error(diff)
	}
	if err == nil || err.Error() != "line 6: a quoted value does not end" {
		t.Errorf("got %v", err)
	}
}

func FuzzInterpolate(f *testing.F) {
	for _, s := range templates {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Interpolate(s, lookup, nil)
		if err == nil && !strings.Contains(s, "$") && got != s {
			t.Errorf("%q became %q", s, got)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range files {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		vars, _ := Parse("f", src, lookup)
		for i, v := range vars {
			for _, w := range vars[:i] {
				if w.Name == v.Name {
					t.Errorf("%q: %q twice", src, v.Name)
				}
			}
		}
	})
}

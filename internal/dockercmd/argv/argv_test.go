package argv

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const table Table = "detach,d env=,e file=,f force-recreate interactive,i no-recreate no-start timeout|time=,t tty,t2 volumes|volume,v"

func TestCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line  string
		rules Rules
		want  Line
	}{
		{"", Rules{}, Line{}},
		{"a b", Rules{}, Line{Operands: []string{"a", "b"}, Rest: 1}},
		{"-d a", Rules{}, Line{Flags: []Flag{{"detach", "", 0, 1}}, Operands: []string{"a"}, Rest: 2}},
		{"a -d b", Rules{}, Line{Flags: []Flag{{"detach", "", 1, 1}}, Operands: []string{"a", "b"}, Rest: 1}},
		{"a -d b", Rules{Stops: true}, Line{Operands: []string{"a", "-d", "b"}, Rest: 1}},
		{"-d -- -d a", Rules{}, Line{Flags: []Flag{{"detach", "", 0, 1}}, Operands: []string{"-d", "a"}, Rest: 3}},
		{"-- a", Rules{Stops: true}, Line{Operands: []string{"a"}, Rest: 2}},
		{"-e A=1 -e=B=2 -eC=3 --env D --env=E=5", Rules{}, Line{Flags: []Flag{{"env", "A=1", 0, 2}, {"env", "B=2", 2, 1}, {"env", "C=3", 3, 1}, {"env", "D", 4, 2}, {"env", "E=5", 6, 1}}}},
		{"-e --help a", Rules{}, Line{Flags: []Flag{{"env", "--help", 0, 2}}, Operands: []string{"a"}, Rest: 3}},
		{"-dive x", Rules{}, Line{Flags: []Flag{{"detach", "", 0, 1}, {"interactive", "", 0, 1}, {"volumes", "", 0, 1}, {"env", "x", 0, 2}}}},
		{"-d=false -id=0", Rules{}, Line{Flags: []Flag{{"detach", "false", 0, 1}, {"interactive", "", 1, 1}, {"detach", "0", 1, 1}}}},
		{"-d=", Rules{}, Line{Flags: []Flag{{"detach", "", 0, 1}}, Unknown: []string{"-="}}},
		{"-t=", Rules{}, Line{Flags: []Flag{{"timeout", "=", 0, 1}}}},
		{"--time 5 --volume", Rules{}, Line{Flags: []Flag{{"timeout", "5", 0, 2}, {"volumes", "", 2, 1}}}},
		{"a --file", Rules{}, Line{Operands: []string{"a"}, Rest: 1}},
		{"- -", Rules{}, Line{Operands: []string{"-", "-"}, Rest: 1}},
		{"--no-s", Rules{}, Line{Unknown: []string{"--no-s"}}},
		{"--no-s --vol", Rules{Prefixes: true}, Line{Flags: []Flag{{"no-start", "", 0, 1}, {"volumes", "", 1, 1}}}},
		{"--no a", Rules{Prefixes: true}, Line{Unknown: []string{"--no"}, Operands: []string{"a"}, Rest: 2}},
		{"--new=1 -Zx a", Rules{}, Line{Unknown: []string{"--new", "-Z"}, Operands: []string{"a"}, Rest: 3}},
		{"--=x ---y", Rules{}, Line{Unknown: []string{"--", "---y"}}},
		{"--help", Rules{}, Line{Flags: []Flag{{"help", "", 0, 1}}, Help: true}},
		{"-h", Rules{}, Line{Flags: []Flag{{"help", "", 0, 1}}, Help: true}},
		{"--he", Rules{Prefixes: true}, Line{Flags: []Flag{{"help", "", 0, 1}}, Help: true}},
		{"--help --help=false", Rules{}, Line{Flags: []Flag{{"help", "", 0, 1}, {"help", "false", 1, 1}}}},
		{"--help=false", Rules{Help: true}, Line{Flags: []Flag{{"help", "false", 0, 1}}}},
		{"a", Rules{Help: true}, Line{Operands: []string{"a"}, Rest: 1, Help: true}},
		{"a --help", Rules{Stops: true}, Line{Operands: []string{"a", "--help"}, Rest: 1}},
		{"--new --help", Rules{}, Line{Flags: []Flag{{"help", "", 1, 1}}, Unknown: []string{"--new"}}},
	} {
		words := strings.Fields(c.line)
		if len(c.want.Operands) == 0 {
			c.want.Rest = len(words)
		}
		if diff := cmp.Diff(c.want, Cut(words, table, c.rules)); diff != "" {
			t.Errorf("%q %+v (-want +got):\n%s", c.line, c.rules, diff)
		}
	}
}

func TestATableCanGiveAwayTheLetterOfHelp(t *testing.T) {
	t.Parallel()
	l := Cut([]string{"-h", "host", "img"}, "hostname=,h help", Rules{})
	if l.Help || len(l.Flags) != 1 || l.Flags[0].Name != "hostname" {
		t.Errorf("-h host is read as %+v", l)
	}
}

func TestOnAndValues(t *testing.T) {
	t.Parallel()
	flags := Cut(strings.Fields("-d --detach=false -e A -v=true -e B --no-start=perhaps"), table, Rules{}).Flags
	for name, want := range map[string]bool{"detach": false, "volumes": true, "no-start": true, "interactive": false} {
		if got := On(flags, name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if diff := cmp.Diff([]string{"A", "B"}, Values(flags, "env")); diff != "" {
		t.Errorf("env (-want +got):\n%s", diff)
	}
}

// FuzzCut holds that a flag lies within the line and that nothing of the line is lost: every word is a
// flag, its value, an operand, a "--", or unknown.
func FuzzCut(f *testing.F) {
	f.Add("-dive\x00x\x00--\x00-d", string(table), true, false)
	f.Add("--no-s\x00--help", "a,a b=,b =, |x=,y ,", false, true)
	f.Fuzz(func(t *testing.T, line, table string, stops, prefixes bool) {
		words := strings.Split(line, "\x00")
		l := Cut(words, Table(table), Rules{Stops: stops, Prefixes: prefixes})
		owned := map[int]bool{}
		for _, fl := range l.Flags {
			if fl.At < 0 || fl.Words < 1 || fl.At+fl.Words > len(words) {
				t.Fatalf("%q: flag %+v lies outside", words, fl)
			}
			owned[fl.At], owned[fl.At+fl.Words-1] = true, true
		}
		missing := len(words) - len(owned) - len(l.Operands) - len(l.Unknown)
		if missing > 2 { // a "--", and a last flag without its value
			t.Errorf("%q: %d words are lost in %+v", words, missing, l)
		}
		if l.Rest < 0 || l.Rest > len(words) {
			t.Errorf("%q: the rest begins at %d", words, l.Rest)
		}
	})
}

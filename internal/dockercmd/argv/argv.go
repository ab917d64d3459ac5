// Package argv cuts the words of a command line into flags and operands as the flag parsers of docker,
// compose and podman do: spf13/pflag (docker, Compose v2, podman), and docopt, which also takes a unique
// prefix of a long flag (Compose v1), as does argparse (podman-compose).
//
// It knows no command: which flags there are is a Table that its caller gives. It refuses to judge what
// the flags mean, to check their values, and to fail: a flag that the table does not have is reported.
package argv

import (
	"strconv"
	"strings"
)

// A Table lists the flags of one command, with blanks between:
//
//	detach,d      a switch, --detach or -d
//	scale=        takes a value, --scale web=2 or --scale=web=2
//	timeout|time=,t  two long spellings and a short one, of the flag "timeout" which takes a value
//
// The first entry that has a spelling counts.
type Table string

// A Flag is one flag as given.
type Flag struct {
	Name  string // the first spelling of its table entry, without dashes
	Value string // "" where the flag is a switch that was given without one
	At    int    // index of its word in the arguments
	Words int    // 1, or 2 where the value is a word of its own
}

// Rules are the differences between parsers.
type Rules struct {
	Stops    bool // the first operand ends the flags (pflag's SetInterspersed(false))
	Prefixes bool // a unique prefix of a long flag is that flag
	Help     bool // --help was given further left, to a flag that both command lines share
}

// A Line is a command line, cut.
type Line struct {
	Flags    []Flag
	Operands []string // what is no flag, in order, without a "--" that ended the flags
	Rest     int      // index of the word after the first operand, or the number of words
	Unknown  []string // spellings of flags that the table lacks; whether they take the next word is unknown
	Help     bool     // the usage is printed and nothing else happens; never so after an unknown flag
}

// Cut cuts the words. It never fails: docker itself will refuse what is wrong.
func Cut(words []string, table Table, rules Rules) Line {
	l := &cutter{Line: Line{Rest: len(words), Help: rules.Help}, words: words, table: table, rules: rules}
	for l.at = 0; l.at < len(words); l.at++ {
		switch w := words[l.at]; {
		case w == "--":
			l.operands(l.at + 1)
		case strings.HasPrefix(w, "--"):
			l.long(w[2:])
		case len(w) > 1 && w[0] == '-':
			l.shorts(w[1:])
		case rules.Stops:
			l.operands(l.at)
		default:
			l.operand(w)
		}
	}
	if len(l.Unknown) > 0 {
		l.Help = false // it may be the value of a flag that we do not know
	}
	return l.Line
}

type cutter struct {
	Line
	words []string
	table Table
	rules Rules
	at    int
}

// operands takes everything from an index on.
func (l *cutter) operands(from int) {
	for l.at = from; l.at < len(l.words); l.at++ {
		l.operand(l.words[l.at])
	}
}

func (l *cutter) operand(w string) {
	if len(l.Operands) == 0 {
		l.Rest = l.at + 1
	}
	l.Operands = append(l.Operands, w)
}

func (l *cutter) long(text string) {
	name, value, valued := strings.Cut(text, "=")
	e, known := l.table.long(name, l.rules.Prefixes)
	switch {
	case !known:
		l.unknown("--" + name)
	case e.switches || valued:
		l.add(e, value, 1)
	default:
		l.next(e)
	}
}

// shorts reads a bundle such as -dit, -t5, -t=5 or -vf name.
func (l *cutter) shorts(bundle string) {
	for i := 0; i < len(bundle); i++ {
		e, known := l.table.short(bundle[i])
		rest := bundle[i+1:]
		switch {
		case !known:
			l.unknown("-" + bundle[i:i+1])
			return // the rest may be its value
		case strings.HasPrefix(rest, "=") && len(rest) > 1:
			l.add(e, rest[1:], 1)
			return
		case e.switches:
			l.add(e, "", 1)
		case rest != "":
			l.add(e, rest, 1)
			return
		default:
			l.next(e)
			return
		}
	}
}

// next gives a flag the word that follows, whatever that looks like. Without one the parsers refuse the
// line; the flag is left out.
func (l *cutter) next(e entry) {
	if l.at+1 == len(l.words) {
		return
	}
	l.at++
	l.add(e, l.words[l.at], 2)
}

func (l *cutter) add(e entry, value string, words int) {
	l.Flags = append(l.Flags, Flag{Name: e.name, Value: value, At: l.at - words + 1, Words: words})
	if e.help {
		l.Help = on(value)
	}
}

func (l *cutter) unknown(spelling string) { l.Unknown = append(l.Unknown, spelling) }

// On tells whether a switch is on: its last mention counts. A value that is no truth value is refused by
// docker; here it counts as on.
func On(flags []Flag, name string) bool {
	state := false
	for _, f := range flags {
		if f.Name == name {
			state = on(f.Value)
		}
	}
	return state
}

func on(value string) bool {
	b, err := strconv.ParseBool(value)
	return b || err != nil
}

// Values returns the values of every mention of a flag, in order.
func Values(flags []Flag, name string) []string {
	var values []string
	for _, f := range flags {
		if f.Name == name {
			values = append(values, f.Value)
		}
	}
	return values
}

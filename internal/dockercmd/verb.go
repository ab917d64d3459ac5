package dockercmd

import (
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dockercmd/argv"
)

// verb is a row of a table of commands.
type verb struct {
	names  string // the canonical name first, others after bars: "container restart|restart"
	flags  argv.Table
	stops  bool // flags end at the first operand
	kind   Kind
	effect Effect
	takes  operands
	object Object // what the effect is on
	lax    bool   // about images alone: a flag that is not known does not make it start anything
}

// operands says what the operands of a verb are.
type operands int

const (
	anything operands = iota
	targets
	targetThenWords // SERVICE [COMMAND...]
	imageThenWords  // IMAGE [COMMAND...]
	images
	lastImage  // SOURCE TARGET
	volumes    // names of volumes
	replicas   // SERVICE=N...
	copies     // SRC DEST
	firstOnly  // the rest is no target: NAME NEW
	secondOnly // NETWORK CONTAINER
)

// is tells whether the verb goes by a name.
func (v verb) is(name string) bool {
	for n := range strings.SplitSeq(v.names, "|") {
		if n == name {
			return true
		}
	}
	return false
}

// canonical is the name under which the verb is reported.
func (v verb) canonical() string {
	name, _, _ := strings.Cut(v.names, "|")
	return name
}

// ownHelp tells whether the verb has a --help of its own, which one before the verb does not switch on.
func (v verb) ownHelp() bool { return strings.Contains(string(v.flags), " help ") }

// find returns the first row of several tables that goes by a name.
func find(name string, tables ...[]verb) (verb, bool) {
	for _, t := range tables {
		if i := slices.IndexFunc(t, func(v verb) bool { return v.is(name) }); i >= 0 {
			return t[i], true
		}
	}
	return verb{}, false
}

// listed tells whether a word is in a list with blanks between.
func listed(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if w == word {
			return true
		}
	}
	return false
}

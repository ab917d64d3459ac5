package argv

import "strings"

// entry is one flag of a table.
type entry struct {
	name     string
	switches bool // takes no value of its own word
	help     bool
}

// help is the flag that every command has unless its table says otherwise.
const help = "help"

func helpEntry() entry { return entry{name: help, switches: true, help: true} }

// long finds a flag by its long spelling.
func (t Table) long(name string, prefixes bool) (entry, bool) {
	if name == "" || name[0] == '-' {
		return entry{}, false
	}
	var similar []entry
	for field := range strings.FieldsSeq(string(t)) {
		e, spellings, _ := parse(field)
		for spelling := range strings.SplitSeq(spellings, "|") {
			if spelling == name {
				return e, true
			}
			if prefixes && strings.HasPrefix(spelling, name) {
				similar = append(similar, e)
				break
			}
		}
	}
	if name == help {
		return helpEntry(), true
	}
	if prefixes && strings.HasPrefix(help, name) {
		similar = append(similar, helpEntry())
	}
	if len(similar) == 1 {
		return similar[0], true
	}
	return entry{}, false
}

// short finds a flag by its letter.
func (t Table) short(letter byte) (entry, bool) {
	for field := range strings.FieldsSeq(string(t)) {
		if e, _, short := parse(field); short == string(letter) {
			return e, true
		}
	}
	return helpEntry(), letter == 'h'
}

// parse reads a field of a table: its spellings still have the bars between.
func parse(field string) (e entry, spellings, short string) {
	field, short, _ = strings.Cut(field, ",")
	spellings, valued := strings.CutSuffix(field, "=")
	e.name, _, _ = strings.Cut(spellings, "|")
	e.switches = !valued
	e.help = e.name == help && e.switches
	return e, spellings, short
}

// Entries returns every spelling of the table, with dashes, and whether it takes a value: for tests that
// hold a table against the help text of the real command.
func (t Table) Entries() map[string]bool {
	all := map[string]bool{}
	for field := range strings.FieldsSeq(string(t)) {
		e, spellings, short := parse(field)
		for spelling := range strings.SplitSeq(spellings, "|") {
			if _, seen := all["--"+spelling]; !seen {
				all["--"+spelling] = !e.switches
			}
		}
		if _, seen := all["-"+short]; short != "" && !seen {
			all["-"+short] = !e.switches
		}
	}
	return all
}

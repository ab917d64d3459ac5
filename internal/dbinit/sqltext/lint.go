package sqltext

import "strings"

// Trouble is something in a statement that a runner of files can't do.
type Trouble uint8

// The troubles.
const (
	PsqlCommand   Trouble = iota + 1 // \i, \connect, \copy: psql's own, the server knows none
	CopyStdin                        // COPY ... FROM STDIN: its rows would have to come from somewhere
	Transaction                      // BEGIN, COMMIT, ...: the file's transaction is the runner's
	OutsideOnly                      // cannot run inside a transaction block
	StringsUnsafe                    // standard_conforming_strings off: strings would end elsewhere
)

// Found is a trouble, where it begins and the words that make it.
type Found struct {
	Trouble Trouble
	Words   string // "CREATE INDEX CONCURRENTLY", `\copy`
	Offset  int    // in bytes, in the statement
}

// Lint returns the first trouble of each sort in a statement.
func Lint(statement string) []Found {
	tokens := Tokens(statement)
	var found []Found
	for _, t := range tokens {
		if t.Kind == Backslash {
			return append(found, Found{PsqlCommand, command(statement[t.Offset:]), t.Offset})
		}
	}
	w := words(tokens)
	if len(w) == 0 || tokens[0].Kind != Word {
		return nil
	}
	add := func(kind Trouble, words string) { found = append(found, Found{kind, words, 0}) }
	if w[0] == "COPY" && follows(w, "FROM", "STDIN") {
		add(CopyStdin, "COPY ... FROM STDIN")
	}
	if control := transactionControl(w); control != "" {
		add(Transaction, control)
	}
	if outside := outsideOnly(w); outside != "" {
		add(OutsideOnly, outside)
	}
	if (w[0] == "SET" || w[0] == "ALTER") && follows(w, "STANDARD_CONFORMING_STRINGS") && !switchesOn(tokens[len(tokens)-1]) {
		add(StringsUnsafe, "SET standard_conforming_strings")
	}
	return found
}

// command is a psql command without its arguments, which can hold a password.
func command(text string) string {
	end := 1
	for end < len(text) && (identPart(text[end]) || strings.IndexByte("!?+.", text[end]) >= 0) {
		end++
	}
	return text[:end]
}

// words are the words of a statement outside of parentheses, in capitals; what
// is no word is an empty one.
func words(tokens []Token) []string {
	var all []string
	depth := 0
	for _, t := range tokens {
		switch {
		case t.Kind == Open:
			depth++
		case t.Kind == Close:
			depth = max(0, depth-1)
		case depth > 0:
		case t.Kind == Word:
			all = append(all, strings.ToUpper(t.Text))
		default:
			all = append(all, "")
		}
	}
	return all
}

// switchesOn tells the value that every pg_dump sets, and that is the default.
func switchesOn(last Token) bool {
	return last.Is("on") || last.Is("true") || strings.EqualFold(last.Text, "'on'")
}

// starts tells whether a list of words begins with these.
func starts(w []string, with ...string) bool {
	if len(w) < len(with) {
		return false
	}
	for i, word := range with {
		if w[i] != word {
			return false
		}
	}
	return true
}

// follows tells whether these stand anywhere in a list of words, one after the
// other.
func follows(w []string, these ...string) bool {
	for i := range w {
		if starts(w[i:], these...) {
			return true
		}
	}
	return false
}

// transactionControl names what a statement does to the transaction that it is
// in; savepoints are no trouble.
func transactionControl(w []string) string {
	switch {
	case w[0] == "BEGIN", w[0] == "COMMIT", w[0] == "END", w[0] == "ABORT":
		return w[0]
	case starts(w, "START", "TRANSACTION"), starts(w, "PREPARE", "TRANSACTION"):
		return w[0] + " " + w[1]
	case w[0] == "ROLLBACK" && !follows(w, "TO"):
		return w[0]
	}
	return ""
}

// outsideOnly names the statements that call PreventInTransactionBlock, which is
// how Postgres 18 refuses them ("cannot run inside a transaction block").
func outsideOnly(w []string) string {
	switch w[0] {
	case "VACUUM":
		return w[0]
	case "CLUSTER":
		if len(w) == 1 || len(w) == 2 && w[1] == "VERBOSE" {
			return w[0]
		}
	case "REINDEX":
		switch {
		case follows(w, "CONCURRENTLY"):
			return "REINDEX CONCURRENTLY"
		case len(w) > 1 && (w[1] == "DATABASE" || w[1] == "SYSTEM" || w[1] == "SCHEMA"):
			return "REINDEX " + w[1]
		}
	case "CREATE", "DROP":
		return outsideOnlyObject(w)
	case "ALTER":
		switch {
		case starts(w, "ALTER", "SYSTEM"):
			return "ALTER SYSTEM"
		case starts(w, "ALTER", "DATABASE") && follows(w, "SET", "TABLESPACE"):
			return "ALTER DATABASE SET TABLESPACE"
		case starts(w, "ALTER", "TABLE") && follows(w, "DETACH", "PARTITION") && w[len(w)-1] == "CONCURRENTLY":
			return "ALTER TABLE DETACH PARTITION CONCURRENTLY"
		}
	case "DISCARD":
		if starts(w, "DISCARD", "ALL") {
			return "DISCARD ALL"
		}
	}
	return ""
}

func outsideOnlyObject(w []string) string {
	if len(w) < 2 {
		return ""
	}
	switch w[1] {
	case "DATABASE", "TABLESPACE", "SUBSCRIPTION":
		return w[0] + " " + w[1]
	case "INDEX", "UNIQUE":
		if starts(w[1:], "INDEX", "CONCURRENTLY") || starts(w[1:], "UNIQUE", "INDEX", "CONCURRENTLY") {
			return w[0] + " INDEX CONCURRENTLY"
		}
	}
	return ""
}

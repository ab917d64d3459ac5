package terminal

import "strings"

// Quote returns a command line that a POSIX shell reads back as exactly these
// arguments, to be shown as a hint that can be pasted. ok is false where an
// argument holds what cannot be shown and pasted (control and invisible
// characters, bytes that are not UTF-8): then line shows them as [Clean] does,
// and must be shown as something to look at, not to run.
func Quote(args ...string) (line string, ok bool) {
	ok = true
	parts := make([]string, len(args))
	for i, arg := range args {
		clean := Clean(arg)
		ok = ok && clean == arg
		parts[i] = quoteOne(clean)
	}
	return strings.Join(parts, " "), ok
}

// quoteOne quotes one argument: plain where no shell could see anything in it,
// else within single quotes, in which only the single quote itself is special.
func quoteOne(arg string) string {
	if plain(arg) {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}

// plain tells whether no shell treats the argument specially. `=` and `~` are
// special at the start (zsh, every shell), and `=` hides an assignment.
func plain(arg string) bool {
	if arg == "" || strings.IndexByte("=~+", arg[0]) >= 0 {
		return false
	}
	for i := range len(arg) {
		c := arg[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && strings.IndexByte("_-./:,@%+", c) < 0 && (c != '=' || arg[0] != '-') {
			return false
		}
	}
	return true
}

package dockershim

import (
	"fmt"
	"hash/fnv"
	"os"
	"slices"
	"strings"
)

// markVariable tells the processes that a call is handed on to which words were decided on, and through
// which programs they went already: the hash of the words, then paths, separated as in PATH. It holds for
// these words alone, so that a docker plugin or a script that runs another docker command is guarded anew.
const markVariable = "SCHEMAGUARD_SHIM"

// Mark returns environ with the note that a guard has decided on the words args of program, so that no
// shim asks again: for the own calls of a guard, whose docker may run its compose plugin through a shim.
func Mark(environ []string, program string, args []string) []string {
	return withVariable(environ, markVariable, hash(program, args))
}

// decided tells whether a guard before this one has decided on just these words.
func (c Call) decided(env func(string) string) bool {
	mark, _, _ := strings.Cut(env(markVariable), string(os.PathListSeparator))
	return mark == hash(c.language(env), c.Args)
}

// visited are the programs that these very words went through already: whatever they are, going there
// again would never end.
func (c Call) visited(env func(string) string) []string {
	if !c.decided(env) {
		return nil
	}
	return strings.Split(env(markVariable), string(os.PathListSeparator))[1:]
}

// passOn returns environ for a program that is to run with the words of the call.
func (c Call) passOn(environ []string, env func(string) string, path string) []string {
	mark := append([]string{hash(c.language(env), c.Args)}, c.visited(env)...)
	mark = append(mark, path)
	return withVariable(environ, markVariable, strings.Join(mark, string(os.PathListSeparator)))
}

func hash(program string, args []string) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\x00%s", program, strings.Join(args, "\x00"))
	return fmt.Sprintf("%016x", h.Sum64())
}

func withVariable(environ []string, name, value string) []string {
	environ = slices.DeleteFunc(slices.Clone(environ), func(v string) bool { return strings.HasPrefix(v, name+"=") })
	return append(environ, name+"="+value)
}

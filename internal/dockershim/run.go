package dockershim

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// Exit codes of a program that could not be run, as shells give them.
const (
	exitDenied  = 126
	exitMissing = 127
)

// Process is the process that a call arrived in.
type Process struct {
	Self    string   // the path of this program
	Environ []string // what the other program gets
	Env     func(string) string
	Err     io.Writer // where it is said that there is no program to run
}

// System returns this process.
func System() Process {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0] // as good as it gets; Mark ends what would go round
	}
	return Process{Self: self, Environ: os.Environ(), Env: os.Getenv, Err: os.Stderr}
}

// Run hands the call on, and returns an exit code: on Unix only where that failed, as the process becomes
// the other program (what was to happen before it ends must have happened, and signals that are listened
// to must have been let go of); on Windows that of the other program.
func (c Call) Run(p Process) int {
	path, err := c.next(p.Self, p.Env)
	if err != nil {
		fmt.Fprintf(p.Err, "schemaguard: %v\n", err)
		if missing := (*NotFoundError)(nil); errors.As(err, &missing) && missing.Denied != "" {
			return exitDenied
		}
		return exitMissing
	}
	code, err := Exec(path, append([]string{c.argv0(path)}, c.Args...), c.passOn(p.Environ, p.Env, path))
	if err != nil {
		fmt.Fprintf(p.Err, "schemaguard: running %s: %v\n", path, err)
	}
	return code
}

// argv0 is the name that the other program is called by: as a shell does, by which programs that are
// several in one (snap, busybox) know which they are; docker calls a plugin by its path.
func (c Call) argv0(path string) string {
	if c.Plugin {
		return path
	}
	return c.Program
}

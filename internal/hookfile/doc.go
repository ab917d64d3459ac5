// Package hookfile puts schemaguard into a git repository and takes it out again: the hooks, the merge driver and the
// diff driver of the snapshot.
//
// [Look] reads what is there, [Site.Install] and [Site.Uninstall] make a [Plan] of it without touching anything,
// [Site.Apply] carries that out. [Site.Prove] asks git to run a hook and sees whether schemaguard was reached.
//
// It lives with what is there: a hook that exists runs first and is put back byte for byte; a hook manager's files are
// changed only on consent, between two marks; a core.hooksPath that belongs to the team, or to all repositories of the
// user, is refused with the ways out. What it did not write, or what somebody changed since, it never removes.
//
// It refuses to know what a hook decides: a script only finds the program and runs `schemaguard hook NAME`.
package hookfile

import (
	"errors"

	"github.com/schemaguard/schemaguard/internal/gitrepo"
)

// Method is a way to have git run a hook.
type Method string

// The methods.
const (
	Auto   Method = "auto"   // the first that fits: a hook manager's own file, configuration, hook files
	File   Method = "file"   // files in the folder of hooks
	Config Method = "config" // hook.<name>.event and .command, since git 2.54
	Print  Method = "print"  // nothing is done; what to do by hand is printed
)

// Methods are all of them, for a usage message.
func Methods() []Method { return []Method{Auto, File, Config, Print} }

// RefusedError says that this repository is none to install into as asked. Nothing was changed.
type RefusedError struct {
	Msg   string
	Hints []string // the commands that are ways out
	Err   error    // the cause; may be nil
}

// Error is the reason alone; the ways out are in Hints.
func (e *RefusedError) Error() string { return e.Msg }

// Unwrap returns the cause.
func (e *RefusedError) Unwrap() error { return e.Err }

// Refusal turns the errors of [gitrepo.Open] into what they mean for hooks; any other error is returned as it is.
func Refusal(err error) error {
	switch {
	case errors.Is(err, gitrepo.ErrNotRepository):
		return &RefusedError{Msg: "no git repository here: there is nothing to put hooks into", Hints: []string{"git init"}, Err: err}
	case errors.Is(err, gitrepo.ErrBare):
		return &RefusedError{
			Msg:   "this repository has no working tree here (it is bare, or this is its git directory): nobody commits in it, so hooks would guard nothing",
			Hints: []string{"git clone <this repository> <folder>   (and install there)"}, Err: err,
		}
	}
	return err
}

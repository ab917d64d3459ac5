// Package exitcode holds the exit codes of the program. `schemaguard help
// exit-codes` explains them; a wrapped command's own code passes through
// untouched and is none of these.
package exitcode

// The exit codes.
const (
	OK       = 0 // clean or allowed
	Internal = 1 // internal error
	Drift    = 2 // drift or refused
	NotRun   = 3 // could not check
	Usage    = 4 // usage or configuration
	Invalid  = 5 // the snapshot file is invalid
	DBInit   = 6 // a db-init problem

	Interrupted = 130 // by ctrl-c or a request to end, as a shell says it
)

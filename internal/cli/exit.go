package cli

// The exit codes, as `schemaguard help exit-codes` prints them.
const (
	exitOK       = 0 // clean or allowed
	exitInternal = 1 // internal error
	exitDrift    = 2 // drift or refused
	exitNotRun   = 3 // could not check
	exitUsage    = 4 // usage or configuration
	exitInvalid  = 5 // the snapshot file is invalid
)

package sqlfile

import (
	"fmt"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dbinit/sqltext"
	"github.com/schemaguard/schemaguard/internal/finding"
)

// Code names a problem with db-init: one of the codes of group finding.DBInit.
type Code = finding.Code

// What is wrong with the files themselves.
const (
	BadName     = finding.DBInitFileName        // a .sql file that is no NNN_name.sql
	NotPlain    = finding.DBInitNotPlain        // a symbolic link, a folder, a device
	Unreadable  = finding.DBInitUnreadable      // not UTF-8, a NUL byte, too large
	Empty       = finding.DBInitEmpty           // no statement in it
	Directive   = finding.DBInitDirective       // a "-- schemaguard:" line that is not understood
	DupNumber   = finding.DBInitDuplicateNumber // two files with one number
	DupName     = finding.DBInitDuplicateName   // two names that differ in nothing but case, or in their folder
	Gap         = finding.DBInitGap             // a number is missing in between
	Unfinished  = finding.DBInitUnfinished      // a quote or comment that is not closed
	Psql        = finding.DBInitPsqlCommand     // a backslash command of psql
	CopyStdin   = finding.DBInitCopyStdin       // COPY ... FROM STDIN
	Transaction = finding.DBInitTransaction     // BEGIN or COMMIT in a file that runs in one
	NeedsNoTx   = finding.DBInitNoTransaction   // a statement that cannot run in a transaction
	Strings     = finding.DBInitStrings         // standard_conforming_strings is changed
)

// What is wrong between the files and what the database says was applied.
const (
	Changed     = finding.DBInitChanged       // an applied file has another content now
	Missing     = finding.DBInitMissing       // an applied file is no longer there
	OutOfOrder  = finding.DBInitOutOfOrder    // a pending file comes before an applied one
	Interrupted = finding.DBInitInterrupted   // a file began without a transaction and never ended
	Failed      = finding.DBInitFailed        // a file without a transaction failed half way
	Retry       = finding.DBInitRetry         // the last try of a file failed and left nothing behind
	NotAdopted  = finding.DBInitNotAdopted    // the table is the team's own and was not adopted yet
	BadTable    = finding.DBInitTable         // the table cannot be used
	NoChecksum  = finding.DBInitNoChecksum    // an applied file whose content nobody recorded
	Twice       = finding.DBInitRecordedTwice // two rows for one file
	Pending     = finding.DBInitPending       // a file is not applied yet
	LockLost    = finding.DBInitLock          // the lock could not be had, or was lost
)

// What db-init and Directus both claim.
const (
	Revert  = finding.DBInitRevert  // changes what the snapshot manages: the next apply reverts it
	Creates = finding.DBInitCreates // creates a table that the snapshot creates too: apply fails
	Ghost   = finding.DBInitGhost   // creates a table that Directus tracks and the snapshot lacks: apply drops it
)

// Problem is one thing that is wrong, with the place and the way out.
type Problem struct {
	Code Code
	File string // path as messages name it; "" where it is about no file
	Name string // base name of the file, the key in the table; "" as above
	At   sqltext.Place
	// Text says what is wrong: lower case, no final period.
	Text string
	// Hint is the way out: a command to type or what to change; may be empty.
	Hint string
	// Statement marks what only matters until the file is applied.
	Statement bool
}

// Error implements error: "db-init/002_x.sql:3:1: text".
func (p Problem) Error() string { return p.Where() + p.Text }

// Where returns "db-init/002_x.sql:3:1: ", or as much of it as there is.
func (p Problem) Where() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File)
		if p.At.Line > 0 {
			fmt.Fprintf(&b, ":%s", p.At)
		}
		b.WriteString(": ")
	}
	return b.String()
}

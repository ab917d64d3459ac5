package sqlfile

import (
	"fmt"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dbinit/sqltext"
)

// Code names a problem with db-init.
type Code string

// What is wrong with the files themselves.
const (
	BadName     Code = "DBINIT_FILE_NAME"        // a .sql file that is no NNN_name.sql
	NotPlain    Code = "DBINIT_NOT_PLAIN"        // a symbolic link, a folder, a device
	Unreadable  Code = "DBINIT_UNREADABLE"       // not UTF-8, a NUL byte, too large
	Empty       Code = "DBINIT_EMPTY"            // no statement in it
	Directive   Code = "DBINIT_DIRECTIVE"        // a "-- schemaguard:" line that is not understood
	DupNumber   Code = "DBINIT_DUPLICATE_NUMBER" // two files with one number
	DupName     Code = "DBINIT_DUPLICATE_NAME"   // two names that differ in nothing but case, or in their folder
	Gap         Code = "DBINIT_GAP"              // a number is missing in between
	Unfinished  Code = "DBINIT_UNFINISHED"       // a quote or comment that is not closed
	Psql        Code = "DBINIT_PSQL_COMMAND"     // a backslash command of psql
	CopyStdin   Code = "DBINIT_COPY_STDIN"       // COPY ... FROM STDIN
	Transaction Code = "DBINIT_TRANSACTION"      // BEGIN or COMMIT in a file that runs in one
	NeedsNoTx   Code = "DBINIT_NO_TRANSACTION"   // a statement that cannot run in a transaction
	Strings     Code = "DBINIT_STRINGS"          // standard_conforming_strings is changed
)

// What is wrong between the files and what the database says was applied.
const (
	Changed     Code = "DBINIT_CHANGED"        // an applied file has another content now
	Missing     Code = "DBINIT_MISSING"        // an applied file is no longer there
	OutOfOrder  Code = "DBINIT_OUT_OF_ORDER"   // a pending file comes before an applied one
	Interrupted Code = "DBINIT_INTERRUPTED"    // a file began without a transaction and never ended
	Failed      Code = "DBINIT_FAILED"         // a file without a transaction failed half way
	Retry       Code = "DBINIT_RETRY"          // the last try of a file failed and left nothing behind
	NotAdopted  Code = "DBINIT_NOT_ADOPTED"    // the table is the team's own and was not adopted yet
	BadTable    Code = "DBINIT_TABLE"          // the table cannot be used
	NoChecksum  Code = "DBINIT_NO_CHECKSUM"    // an applied file whose content nobody recorded
	Twice       Code = "DBINIT_RECORDED_TWICE" // two rows for one file
	Pending     Code = "DBINIT_PENDING"        // a file is not applied yet
	LockLost    Code = "DBINIT_LOCK"           // the lock could not be had, or was lost
)

// What db-init and Directus both claim.
const (
	Revert  Code = "DBINIT_REVERT"  // changes what the snapshot manages: the next apply reverts it
	Creates Code = "DBINIT_CREATES" // creates a table that the snapshot creates too: apply fails
	Ghost   Code = "DBINIT_GHOST"   // creates a table that Directus tracks and the snapshot lacks: apply drops it
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

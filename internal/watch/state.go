// Package watch knows at every moment whether the live schema holds work that git
// or the next boot lacks: it waits for the database, the files and the containers
// to move, asks the one check, and tells what changed.
//
// It draws nothing. The screen, the lines and the alerts are made of what it tells.
package watch

import (
	"time"

	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
)

// Standing is where the work in live stands, in one word or two.
type Standing string

// The standings, gravest first. Where several hold, the gravest is meant.
const (
	NotChecked  Standing = "not checked"      // the last attempt to look failed, or there was none yet
	Invalid     Standing = "invalid"          // the snapshot file cannot be read
	Conflict    Standing = "conflict"         // changed in live and, differently, in the snapshot
	Unsaved     Standing = "unsaved"          // in live, and in no snapshot
	Ahead       Standing = "ahead"            // in git, but not in this snapshot
	NotStaged   Standing = "not staged"       // saved in the worktree
	NotInCommit Standing = "not committed"    // staged
	NotInImage  Standing = "not in the image" // committed, and the next boot still lacks it
	BootUnknown Standing = "boot not checked" // git has it all, and what a container boots with could not be read
	Pending     Standing = "pending"          // nothing to lose: a boot will bring what live lacks
	Clean       Standing = "clean"            // live, git and the next boot agree
)

// Place is one place that holds a version of the schema.
type Place struct {
	Name  string `json:"place"`           // "live", "worktree", "index", "HEAD", "boot"
	Where string `json:"where,omitempty"` // the file, the commit, the container and its image
	Items int    `json:"items"`           // -1 where there is none, or it cannot be read
	// Against says how it stands to live: "same", "2 unsaved, 1 pending", "absent",
	// "not readable"; empty for live.
	Against string `json:"against_live,omitempty"`
	// Lacks counts the items of live that a boot with this snapshot would destroy.
	Lacks int `json:"lacks"`
	// Stale says why the place is behind, of a boot: "older than HEAD".
	Stale string `json:"stale,omitempty"`
}

// State is everything that the watcher knows at one moment.
type State struct {
	Standing Standing `json:"state"`
	Project  string   `json:"project"`            // the folder's name
	Database string   `json:"database,omitempty"` // user@host:port/name
	Directus string   `json:"directus,omitempty"` // "12.4.1"
	Branch   string   `json:"branch,omitempty"`   // "main", or "1a2b3c4d5e (detached)"
	Summary  string   `json:"summary"`            // one line
	Places   []Place  `json:"places"`             // live, worktree, index, HEAD, then each boot
	// Items are the differences of the place that Standing is about: of the first
	// one that lacks work, else of the worktree.
	Items    []policy.Change   `json:"items"`
	Counts   policy.Counts     `json:"counts"`
	Findings []finding.Finding `json:"findings,omitempty"`
	Notes    []string          `json:"notes,omitempty"`
	Next     []string          `json:"next,omitempty"` // commands to type next, best first

	CheckedAt time.Time     `json:"checked_at,omitzero"` // when this was true; zero for never
	Took      time.Duration `json:"-"`                   // of the last check
	// Failure is why the last attempt to look failed, and what is shown is not
	// current any more; empty where it is.
	Failure string `json:"failure,omitempty"`
	Seeing  string `json:"seeing"` // how the database is seen: "triggers", "every 1s"
}

// Unsaved counts the items that only live holds: what the user would lose.
func (s *State) Unsaved() int { return s.Counts.Unsaved + s.Counts.Conflict }

// Kind is a sort of event.
type Kind string

// The kinds of events.
const (
	StateChanged Kind = "state"     // the standing or the items are others than before
	Failing      Kind = "failing"   // looking began to fail: what is known grows old
	Recovered    Kind = "recovered" // it works again
	Saved        Kind = "saved"     // the watcher wrote the snapshot file
	Noticed      Kind = "notice"    // something else that is worth a line
)

// Event is something that happened.
type Event struct {
	At    time.Time `json:"at"`
	Kind  Kind      `json:"event"`
	Text  string    `json:"text"`           // one line, fit for a terminal
	State State     `json:"current"`        // what is known afterwards
	Hint  string    `json:"hint,omitempty"` // the command that helps
}

// Standings returns all of them, gravest first.
func Standings() []Standing {
	return []Standing{NotChecked, Invalid, Conflict, Unsaved, Ahead, NotStaged, NotInCommit, NotInImage, BootUnknown, Pending, Clean}
}

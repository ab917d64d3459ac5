package itemdiff

import "time"

// Commit is a commit and what it changed in the snapshot, A being what was there
// before.
type Commit struct {
	ID      string    `json:"commit"`
	Time    time.Time `json:"time"` // of the commit
	Author  string    `json:"author"`
	Email   string    `json:"email,omitempty"`
	Subject string    `json:"subject"`
	// Merge names the further parents of a merge. Its items are those of which it
	// made a version that no parent had.
	Merge []string `json:"merge,omitempty"`
	// NotReadable says why the commit's snapshot cannot be compared; Items is empty then.
	NotReadable string `json:"not_readable,omitempty"`
	// FileRemoved: the commit removed the snapshot file, with everything in it.
	FileRemoved bool `json:"file_removed,omitempty"`
	// Directus is the change of the version in the file's header, "11.17.4 -> 12.4.1".
	Directus string `json:"directus,omitempty"`
	Items    []Item `json:"items"`
}

// Log is the history of a snapshot file, or of one item in it.
type Log struct {
	File string `json:"file"`
	// Item is whose history it is, "field vehicles.plate"; empty for everything.
	Item string `json:"item,omitempty"`
	// Gone: the newest version of the file does not have the item any more.
	Gone    bool     `json:"gone,omitempty"`
	Commits []Commit `json:"commits"` // newest first
	Notes   []string `json:"notes,omitempty"`
}

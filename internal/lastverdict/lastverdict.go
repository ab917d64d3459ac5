// Package lastverdict remembers what the last check of a database saw on this
// machine, for when the database cannot be asked.
//
// It is best effort: a folder that cannot be written remembers nothing, a damaged
// entry counts as none. What it says is never a reason to call anything clean.
package lastverdict

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path/filepath"
	"time"

	"github.com/schemaguard/schemaguard/internal/gitrepo/diskcache"
	"github.com/schemaguard/schemaguard/internal/statedir"
)

// storeBytes bounds the folder: an entry has a few hundred bytes.
const storeBytes = 4 << 20

// Record is what one check saw.
type Record struct {
	Database string    `json:"database"` // host:port/name
	At       time.Time `json:"at"`
	Target   string    `json:"target"`          // "index", "HEAD", a commit
	State    string    `json:"state"`           // the verdict: clean, drift or refused
	Unsaved  int       `json:"unsaved"`         // unsaved items and conflicts
	Items    []string  `json:"items,omitempty"` // some of them: "collection orders"
	Live     string    `json:"live"`            // SHA-256 of live as YAML
	// Standing is where the work stands, in the words of the watcher; empty where
	// no watcher saw it.
	Standing string `json:"standing,omitempty"`
}

// Project is the key of what was seen last of a project, whichever its database:
// root is its folder, without symbolic links.
func Project(root string) string { return "project " + root }

// Store is the folder that remembers.
type Store struct{ dir *diskcache.Dir }

// Open returns the store of this user, in its state folder. It makes nothing yet.
func Open(env func(string) string) Store {
	dir := statedir.Path(env)
	if dir == "" {
		return Store{}
	}
	return Store{diskcache.New(filepath.Join(dir, "verdicts"), storeBytes)}
}

// Load returns the last record of a database; false where there is none.
func (s Store) Load(database string) (Record, bool) {
	data, ok := s.dir.Load(database)
	var r Record
	if !ok || json.Unmarshal(data, &r) != nil || r.Database != database {
		return Record{}, false
	}
	return r, true
}

// fresh is the age below which the same verdict need not be written again.
const fresh = time.Minute

// Keep remembers a record in place of the earlier one of its database. One that
// says the same and is less than a minute old stays.
func (s Store) Keep(r Record) {
	data, err := json.Marshal(r)
	if err != nil {
		return
	}
	if old, ok := s.Load(r.Database); ok && !r.At.Before(old.At) && r.At.Sub(old.At) < fresh {
		old.At = r.At
		if same, err := json.Marshal(old); err == nil && bytes.Equal(same, data) {
			return
		}
	}
	s.dir.Store(r.Database, data)
}

// Sum condenses a snapshot as YAML for [Record.Live].
func Sum(yaml []byte) string {
	sum := sha256.Sum256(yaml)
	return hex.EncodeToString(sum[:])
}

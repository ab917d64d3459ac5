// Package syncpoint keeps the snapshot that live was last known to equal: what
// was last applied to a database by a boot, and what was last written from it.
//
// It lives in the database itself, in one small table of the schema
// "schemaguard", so that every clone and every container sees the same one.
// Checks only read it; the table is made by the commands that write. Where the
// role may not create it, a file under the git directory has to do.
package syncpoint

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/schemaguard/schemaguard/internal/moment"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/threeway"
)

// Kind is how live and a snapshot came to be equal.
type Kind string

// The kinds.
const (
	Applied Kind = "applied" // a boot applied the snapshot to the database
	Written Kind = "written" // the snapshot was written from the database
)

// Point is one sync point.
type Point struct {
	Kind     Kind               `json:"kind"`
	At       time.Time          `json:"at"`
	Directus string             `json:"directus"` // the version it was taken as
	Tool     string             `json:"tool"`     // the version of schemaguard
	By       string             `json:"by"`       // user@host
	Content  string             `json:"content"`  // SHA-256 of the snapshot as YAML
	Items    threeway.SyncPoint `json:"-"`
}

// New makes the point of a snapshot and of the YAML it was encoded as.
func New(kind Kind, s *snapshot.Snapshot, encoded []byte, at time.Time, tool, by string) Point {
	sum := sha256.Sum256(encoded)
	return Point{
		Kind: kind, At: at, Directus: s.Directus, Tool: tool, By: by,
		Content: hex.EncodeToString(sum[:]), Items: s.Digests(),
	}
}

// Describe says in a few words what the point is: "written 2026-11-24 14:02 by
// anna@laptop"; of today only the time.
func (p Point) Describe(now time.Time) string {
	s := string(p.Kind) + " " + moment.Text(p.At, now)
	if p.By != "" {
		s += " by " + p.By
	}
	return s
}

// Latest returns the point that counts: the later of the two; nil for none.
func Latest(points []Point) *Point {
	var last *Point
	for i := range points {
		if last == nil || points[i].At.After(last.At) {
			last = &points[i]
		}
	}
	return last
}

// Find returns the point of one kind; nil for none.
func Find(points []Point, kind Kind) *Point {
	for i := range points {
		if points[i].Kind == kind {
			return &points[i]
		}
	}
	return nil
}

// itemsJSON is the form of the items in the table: by list, collection and
// field ("" for a collection), the digest in hexadecimal. It is plain, so that
// it can be looked at with psql.
type itemsJSON map[string]map[string]map[string]string

func encodeItems(items threeway.SyncPoint) ([]byte, error) {
	out := itemsJSON{}
	for key, digest := range items {
		list := key.Kind.List()
		if out[list] == nil {
			out[list] = map[string]map[string]string{}
		}
		if out[list][key.Collection] == nil {
			out[list][key.Collection] = map[string]string{}
		}
		out[list][key.Collection][key.Field] = digest.String()
	}
	return json.Marshal(out)
}

func decodeItems(data []byte) (threeway.SyncPoint, error) {
	var in itemsJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, fmt.Errorf("reading the items of the sync point: %w", err)
	}
	items := threeway.SyncPoint{}
	for _, kind := range snapshot.Kinds() {
		for collection, fields := range in[kind.List()] {
			for field, text := range fields {
				var d snapshot.Digest
				raw, err := hex.DecodeString(text)
				if err != nil || copy(d[:], raw) != len(raw) || len(raw) != len(d) {
					return nil, fmt.Errorf("reading the items of the sync point: %q is no digest", text)
				}
				items[snapshot.Key{Kind: kind, Collection: collection, Field: field}] = d
			}
		}
	}
	return items, nil
}

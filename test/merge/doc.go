// Package merge holds the merge of snapshots against real Directuses: two copies of a database are edited, each as on a branch
// of its own, and what the merge makes of their snapshots must be, byte for byte, what Directus writes of a database that saw
// both edits. It has tests only (build tag directus).
package merge
